"""A guard that asks, for each device, for another one."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Device(Component):
    """One device."""

    awake: bool = True


class Root(Component):
    """All of them."""

    devices: Each[Device]
    flag: bool = False

    @action(by=Actor.KERNEL)
    def wave(self) -> None:
        """Each device sees another one that is awake."""
        require(all(any(other is not one and other.awake for other in self.devices) for one in self.devices))
        self.flag = True


@invariant(code="TDM901")
def down(now: Root) -> bool:
    """The flag stays down: wrong with two devices."""
    return not now.flag
