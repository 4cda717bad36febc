"""A step property that another device breaks than the one that moves."""

from tdispmodel.dsl import Actor, Component, Each, action, require, step_property


class Device(Component):
    """One device."""

    awake: bool = True
    moves: bool = False


class Root(Component):
    """All of them."""

    devices: Each[Device]

    @action(by=Actor.KERNEL)
    def move(self, one: Device) -> None:
        """A device moves, and falls asleep."""
        require(one.awake)
        one.moves = True
        one.awake = False


@step_property(code="TDM901")
def all_sleep_after_a_step(now: Root, after: Root) -> bool:
    """After each step everybody sleeps: wrong with two devices."""
    return all(not later.awake for device, later in zip(now.devices, after.devices, strict=True))
