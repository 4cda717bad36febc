"""Devices that work one at a time, because each looks at all others first; and a lazy one that does not look."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require, step_property


class Device(Component):
    """One device."""

    works: bool = False
    looked: bool = False


class Shop(Component):
    """Devices that share what they work with."""

    devices: Each[Device]

    @action(by=Actor.KERNEL)
    def begin(self, device: Device) -> None:
        """A device begins where no other one works."""
        require(all(not other.works for other in self.devices))
        device.works = True

    @action(by=Actor.KERNEL)
    def end(self, device: Device) -> None:
        """A device is done."""
        require(device.works)
        device.works = False

    @action(by=Actor.KERNEL)
    def look(self, device: Device) -> None:
        """A device looks around, and remembers that it may look away."""
        require(all(not other.looked for other in self.devices))
        device.looked = True

    @action(by=Actor.KERNEL)
    def hand_over(self, giver: Device, taker: Device) -> None:
        """One device hands its work over to another."""
        require(giver.works and giver is not taker)
        giver.works = False
        taker.works = True


@invariant(code="TDM901")
def one_works(now: Shop) -> bool:
    """No two devices work at once."""
    return all(one is other or not (one.works and other.works) for one in now.devices for other in now.devices)


@step_property(code="TDM902")
def work_is_not_taken_away(now: Device, after: Device) -> bool:
    """A device that works goes on or has ended, whoever moves: true of every step."""
    return not now.works or after.works or not after.works


@step_property(code="TDM903")
def work_goes_nowhere_else(now: Shop, after: Shop) -> bool:
    """The work of one device does not become that of another in one step: wrong."""
    return not any(
        one.works and not one_later.works and not other.works and other_later.works
        for one, one_later in zip(now.devices, after.devices, strict=True)
        for other, other_later in zip(now.devices, after.devices, strict=True)
    )
