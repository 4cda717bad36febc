"""Parts of derived kinds, actions of parts that are removed or restricted, two collections of one family."""

from enum import Enum
from typing import Annotated

from tdispmodel.dsl import (
    Actor,
    Component,
    Each,
    HiddenFrom,
    Range,
    Step,
    action,
    anything,
    initially,
    invariant,
    must_be_possible,
    removes,
    replaces,
    require,
    restricts,
    step_property,
)


class Level(Enum):
    """How far a device is trusted."""

    LOW = 1
    HIGH = 2


class Device(Component):
    """A device."""

    on: bool = anything()
    seen: Annotated[bool, HiddenFrom(Actor.HOST)] = False

    @action(by=Actor.DEVICE)
    def flip(self) -> None:
        """Turn on or off."""
        self.on = not self.on

    @action(by=Actor.DEVICE)
    def break_down(self) -> None:
        """Break."""
        self.on = False


class Trusted(Device):
    """A device with a level."""

    on = True
    level: Level = Level.LOW

    @restricts(Device.flip)
    def flip(self) -> None:
        require(self.level is Level.HIGH)

    @action(by=Actor.KERNEL)
    def rise(self) -> None:
        """Trust it."""
        require(self.level is Level.LOW)
        self.level = Level.HIGH


class Manager(Component):
    """A part of the guest, exactly one."""

    calls: Annotated[int, Range(0, 2)] = 0

    @action(by=Actor.RELYING_PARTY)
    def answer(self) -> None:
        """Answer a call."""
        require(self.calls > 0)
        self.calls -= 1


class Guest(Component):
    """The base."""

    devices: Each[Device]
    manager: Manager

    @initially
    def idle(self) -> bool:
        """Nobody calls at first."""
        return self.manager.calls == 0

    @action(by=Actor.KERNEL)
    def look(self, device: Device, other: Device) -> None:
        """Look at one device that is on while another one is not seen."""
        require(device.on and device is not other and not other.seen)
        device.seen = True

    @action(by=Actor.KERNEL)
    def call(self, device: Device) -> None:
        """Call about a device."""
        require(self.manager.calls < 2 and device.seen)
        self.manager.calls = self.manager.calls + 1


@removes(Device.break_down)
class Plan(Guest):
    """The proposal: trusted devices, and plain ones beside them."""

    devices: Each[Trusted]

    @replaces(Guest.call)
    def call(self, device: Trusted) -> None:
        """Call about a trusted device, also when nobody saw it."""
        calls = self.manager.calls
        require(calls < 2 and device.level is Level.HIGH)
        self.manager.calls = min(calls + 1, 2)
        device.level = Level.LOW


@invariant
def off_means_trusted_once(now: Device) -> bool:
    """Only a trusted device can be turned off; false, since the level falls again by a call."""
    return now.on or now.seen


@invariant
def pairs(now: Trusted, manager: Manager) -> bool:
    """A property about two kinds of components."""
    return now.level is Level.LOW or manager.calls < 2


@step_property
def answers(now: Manager, after: Manager, step: Step) -> bool:
    """The action of a part names its own instance first."""
    return after.calls >= now.calls or step.is_(Manager.answer, now)


@step_property
def flips(now: Device, after: Device, step: Step) -> bool:
    """An action is named by the class that declared it first; what was removed is never taken."""
    return now.on is after.on or (step.is_(Device.flip, now) and not step.is_(Device.break_down))


@must_be_possible
def a_device_is_turned_off(now: Device, after: Device, step: Step) -> bool:
    """Some step turns a device off."""
    return now.on and not after.on and step.actor is Actor.DEVICE
