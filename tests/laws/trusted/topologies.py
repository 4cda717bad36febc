"""Constants of instances wherever a value may stand: nested parts, two parts with one name, loops, sums, premises."""

from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import (
    Actor,
    Component,
    Constant,
    Each,
    Ghost,
    HiddenFrom,
    Range,
    Step,
    action,
    initially,
    invariant,
    leads_to,
    must_be_possible,
    replaces,
    require,
    restricts,
    step_property,
)


class Kind(Enum):
    """What something is."""

    SMALL = auto()
    LARGE = auto()
    STRANGE = auto()


class Port(Component):
    """A part of a part, with a constant called as that of its owner."""

    kind: Constant[Kind] = Kind.SMALL
    lanes: Annotated[Constant[Annotated[int, Range(1, 3)]], HiddenFrom(Actor.USERSPACE, Actor.HOST)] = 1
    used: Annotated[int, Range(0, 3)] = 0

    @action(by=Actor.ENVIRONMENT)
    def use(self) -> None:
        """Use another lane."""
        require(self.used < self.lanes and self.kind is not Kind.STRANGE)
        self.used += 1


class Thing(Component):
    """The oldest ancestor of devices."""

    kind: Constant[Kind] = Kind.SMALL
    quick: Constant[bool] = True
    spare: Annotated[Constant[bool], Ghost] = False
    on: bool = False

    def fits(self, least: int) -> bool:
        """A helper with a parameter."""
        return self.kind is Kind.LARGE or least <= 1


class Device(Thing):
    """A device, with its port."""

    port: Port
    level: Annotated[int, Range(0, 3)] = 0

    @property
    def room(self) -> int:
        """Arithmetic on a constant."""
        return self.port.lanes - self.port.used

    @action(by=Actor.DEVICE)
    def turn_on(self) -> None:
        """Its constant decides whether, and with what."""
        require(not self.on and (self.quick or self.kind in (Kind.LARGE, Kind.STRANGE)))
        self.on = True
        self.level = 1 if self.spare else self.port.lanes if self.kind is Kind.LARGE else 0


class Slow(Thing):
    """A part of which a constant is fixed and another one is not."""

    quick = False
    spare = True


class Guest(Component):
    """The base."""

    devices: Each[Device]
    slow: Slow
    strict: Constant[bool] = False

    @initially
    def large_ones_are_used_nowhere(self) -> bool:
        return all(device.port.used == 0 for device in self.devices if device.kind is Kind.LARGE)

    def settle(self, device: Device) -> None:
        """A procedure."""
        device.level = min(device.port.lanes, 2) if device.quick else device.level

    @action(by=Actor.KERNEL)
    def reset(self) -> None:
        """A loop over all of them."""
        require(sum(device.port.lanes for device in self.devices if device.on) > 1 or self.slow.on)
        for device in self.devices:
            device.on = device.kind is Kind.STRANGE and device.on

    @action(by=Actor.KERNEL)
    def pair(self, device: Device, other: Device) -> None:
        """Two names, perhaps of one instance."""
        require(device.on and device.kind is not other.kind)
        self.settle(other)

    @action(by=Actor.USERSPACE)
    def help_slow(self) -> None:
        """A single part."""
        require(not self.slow.on and not self.slow.quick and self.slow.fits(1))
        self.slow.on = True


class Plan(Guest):
    """The proposal: another check of the levels."""

    strict = True

    @restricts(Guest.help_slow)
    def help_slow(self) -> None:
        require(any(device.fits(2) for device in self.devices) or self.slow.kind is not Kind.LARGE)

    @replaces(Guest.pair)
    def pair(self, device: Device, other: Device) -> None:
        """Only what is strict."""
        require(device.on and self.strict and device.room >= other.room)
        self.settle(other)


@invariant
def levels_fit(now: Device) -> bool:
    """No level is above the lanes."""
    return now.level <= now.port.lanes


@invariant
def two_kinds(now: Device, other: Device) -> bool:
    """Constants of two instances; false where a small one is on and a large one is not."""
    return now is other or now.kind is not Kind.SMALL or other.kind is not Kind.LARGE or not now.on or other.on


@step_property
def constants_stay(now: Thing, after: Thing, step: Step) -> bool:
    """Before and after."""
    return now.kind is after.kind and now.quick == after.quick and (now.quick or not step.is_(Device.turn_on))


@step_property
def pairs_of_guests(now: Plan, after: Plan, step: Step) -> bool:
    """Pairwise, before and after the step."""
    return all(
        a.on is b.on or a.kind is b.kind or step.actor is Actor.HOST
        for a, b in zip(now.devices, after.devices, strict=True)
    )


@leads_to(after=lambda now: now.kind is Kind.LARGE and now.on)
def large_ones_end(now: Device) -> bool:
    """A premise about a constant."""
    return now.on and now.port.used == now.port.lanes


@must_be_possible
def all_on(now: Plan) -> bool:
    """A witness, where the kinds allow."""
    return all(device.on for device in now.devices if device.quick) and now.slow.kind is not Kind.STRANGE
