"""Devices that work one at a time, because they take a lock."""

from enum import Enum

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Work(Enum):
    """What a device does."""

    IDLE = 0
    WAITING = 1
    WORKING = 2


class Device(Component):
    """One device."""

    work: Work = Work.IDLE


class Shop(Component):
    """Devices that share what they work with."""

    devices: Each[Device]
    locked: bool = False

    @action(by=Actor.USERSPACE)
    def ask(self, device: Device) -> None:
        """A device wants to work."""
        require(device.work is Work.IDLE)
        device.work = Work.WAITING

    @action(by=Actor.KERNEL)
    def take(self, device: Device) -> None:
        """A device that waits takes the lock."""
        require(device.work is Work.WAITING and not self.locked)
        device.work = Work.WORKING
        self.locked = True

    @action(by=Actor.KERNEL)
    def drop(self, device: Device) -> None:
        """A device is done."""
        require(device.work is Work.WORKING)
        device.work = Work.IDLE
        self.locked = False


@invariant(code="TDM901")
def one_works(now: Shop) -> bool:
    """No two devices work at once."""
    return all(
        one is other or not (one.work is Work.WORKING and other.work is Work.WORKING)
        for one in now.devices
        for other in now.devices
    )


@invariant(code="TDM902")
def whoever_works_has_the_lock(now: Shop) -> bool:
    """While a device works the lock is taken."""
    return now.locked or not any(device.work is Work.WORKING for device in now.devices)


@invariant(code="TDM903")
def nobody_waits_for_another(now: Shop) -> bool:
    """While a device works no other one waits: wrong."""
    return all(
        one is other or not (one.work is Work.WORKING and other.work is Work.WAITING)
        for one in now.devices
        for other in now.devices
    )
