"""A guard that asks how many devices there are."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Device(Component):
    """One device."""

    armed: bool = False


class Root(Component):
    """All of them."""

    devices: Each[Device]
    flag: bool = False

    @action(by=Actor.KERNEL)
    def fire(self) -> None:
        """There are three devices."""
        require(len(self.devices) == 3)
        self.flag = True


@invariant(code="TDM901")
def down(now: Root) -> bool:
    """The flag stays down: wrong with three devices."""
    return not now.flag
