"""Something happens where there are two devices, and neither more nor fewer."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Device(Component):
    """One device."""

    seen: bool = False


class Root(Component):
    """All of them."""

    devices: Each[Device]
    flag: bool = False

    @action(by=Actor.KERNEL)
    def gather(self, one: Device, other: Device, third: Device) -> None:
        """Two devices are all there are; the third may be one of them."""
        require(one is not other and all(each is one or each is other for each in self.devices))
        third.seen = True
        self.flag = True


@invariant(code="TDM901")
def down(now: Root) -> bool:
    """The flag stays down: wrong with two devices."""
    return not now.flag
