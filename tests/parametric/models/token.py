"""A token that devices pass on: that somebody has it is true, and no formula about a few devices at a time says why."""

from tdispmodel.dsl import Actor, Component, Each, action, anything, initially, invariant, require


class Device(Component):
    """One device."""

    has_token: bool = anything()


class Ring(Component):
    """Who passes the token on."""

    devices: Each[Device]

    @initially
    def somebody_begins(self) -> bool:
        return any(device.has_token for device in self.devices)

    @initially
    def only_one_begins(self) -> bool:
        return all(
            one is other or not (one.has_token and other.has_token) for one in self.devices for other in self.devices
        )

    @action(by=Actor.KERNEL)
    def pass_on(self, giver: Device, taker: Device) -> None:
        """One device gives the token to another, or keeps it."""
        require(giver.has_token)
        giver.has_token = giver is taker
        taker.has_token = True


@invariant(code="TDM901")
def somebody_has_it(now: Ring) -> bool:
    """The token is never lost."""
    return any(device.has_token for device in now.devices)


@invariant(code="TDM902")
def only_one_has_it(now: Ring) -> bool:
    """There is one token."""
    return all(one is other or not (one.has_token and other.has_token) for one in now.devices for other in now.devices)
