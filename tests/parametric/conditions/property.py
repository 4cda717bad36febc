"""A property that two different devices break, though it names none."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Device(Component):
    """One device."""

    left: bool = False
    right: bool = False


class Root(Component):
    """All of them."""

    devices: Each[Device]

    @action(by=Actor.KERNEL)
    def go_left(self, one: Device) -> None:
        """A device goes left."""
        require(not one.right)
        one.left = True

    @action(by=Actor.KERNEL)
    def go_right(self, one: Device) -> None:
        """A device goes right."""
        require(not one.left)
        one.right = True


@invariant(code="TDM901")
def all_on_one_side(now: Root) -> bool:
    """Not both sides are taken: wrong with two devices."""
    return not (any(device.left for device in now.devices) and any(device.right for device in now.devices))
