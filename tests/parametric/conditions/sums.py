"""A guard that counts devices."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Device(Component):
    """One device."""

    armed: bool = False


class Root(Component):
    """All of them."""

    devices: Each[Device]
    flag: bool = False
    quiet: bool = True

    @action(by=Actor.KERNEL)
    def arm(self, one: Device) -> None:
        """A device is armed."""
        one.armed = True

    @action(by=Actor.KERNEL)
    def fire(self) -> None:
        """Two devices are armed."""
        require(sum(device.armed for device in self.devices) >= 2)
        self.flag = True


@invariant(code="TDM901")
def down(now: Root) -> bool:
    """The flag stays down: wrong with two devices."""
    return not now.flag


@invariant(code="TDM902")
def silence(now: Root) -> bool:
    """Nobody speaks: true, and not proven, since a guard counts."""
    return now.quiet
