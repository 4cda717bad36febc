"""A loop that asks, for each device, about the others."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant


class Device(Component):
    """One device."""

    awake: bool = True
    greeted: bool = False


class Root(Component):
    """All of them."""

    devices: Each[Device]

    @action(by=Actor.KERNEL)
    def greet(self) -> None:
        """Each device is greeted by another one that is awake."""
        for one in self.devices:
            one.greeted = any(other is not one and other.awake for other in self.devices)


@invariant(code="TDM901")
def nobody_is_greeted(now: Device) -> bool:
    """No device is greeted: wrong with two devices."""
    return not now.greeted
