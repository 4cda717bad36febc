"""A start condition that one device is enough for."""

from tdispmodel.dsl import Actor, Component, Each, action, anything, initially, invariant, require


class Device(Component):
    """One device."""

    chief: bool = anything()


class Root(Component):
    """All of them."""

    devices: Each[Device]
    flag: bool = False

    @initially
    def there_is_a_chief(self) -> bool:
        return any(device.chief for device in self.devices)

    @action(by=Actor.KERNEL)
    def rest(self) -> None:
        """Nothing happens."""
        require(not self.flag)


@invariant(code="TDM901")
def all_are_chiefs(now: Device) -> bool:
    """Every device is a chief: wrong with two devices."""
    return now.chief
