"""Two different devices raise the flag: one device alone never does."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Device(Component):
    """One device."""

    seen: bool = False


class Root(Component):
    """All of them."""

    devices: Each[Device]
    flag: bool = False

    @action(by=Actor.KERNEL)
    def meet(self, one: Device, other: Device) -> None:
        """Two devices meet."""
        require(one is not other)
        self.flag = True


@invariant(code="TDM901")
def down(now: Root) -> bool:
    """The flag stays down: wrong with two devices."""
    return not now.flag
