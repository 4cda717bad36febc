"""A device raises the flag when there is another one that it sees."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Device(Component):
    """One device."""

    hidden: bool = False


class Root(Component):
    """All of them."""

    devices: Each[Device]
    flag: bool = False

    @action(by=Actor.KERNEL)
    def notice(self, one: Device) -> None:
        """A device sees another one."""
        require(any(other is not one and not other.hidden for other in self.devices))
        self.flag = True


@invariant(code="TDM901")
def down(now: Root) -> bool:
    """The flag stays down: wrong with two devices."""
    return not now.flag
