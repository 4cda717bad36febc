"""What a third device does breaks a clause about two others."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Device(Component):
    """One device."""

    has_key: bool = False


class Root(Component):
    """All of them."""

    devices: Each[Device]
    open: bool = False
    key_is_out: bool = False

    @action(by=Actor.KERNEL)
    def hand_out(self, one: Device) -> None:
        """One device gets the key."""
        require(not self.key_is_out)
        one.has_key = True
        self.key_is_out = True

    @action(by=Actor.KERNEL)
    def unlock(self, one: Device) -> None:
        """The device with the key opens."""
        require(one.has_key)
        self.open = True


@invariant(code="TDM901")
def one_of_two_has_the_key(now: Root) -> bool:
    """Of two devices one has the key once it is open: wrong with three."""
    return not now.open or all(
        one is other or one.has_key or other.has_key for one in now.devices for other in now.devices
    )
