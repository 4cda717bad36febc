"""Constants of an instance: devices that differ from one another, each for a whole check.

`kind: Constant[Kind] = ...` in a part gives each instance a constant of its own.  It is chosen for a check
(`--set devices.kind=TDISP,PLAIN`, or a topology file), may be fixed by a component that derives from the part,
and is never assigned.  Everybody sees it, unless it is hidden as variables may be (07).  It takes no room in a state.

Figures, 1 device: 6 states, 7 transitions.  (A device that is capable goes from free to locked to bound, 3 states
and 2 steps; the bridge from free to bound, 2 states and 1 step; together 3 * 2 states and 2 * 2 + 3 * 1 steps.)
Figures, 2 devices: 18 states, 33 transitions.  (By default both are capable; with `TDISP,PLAIN` there are 12
states and 20 transitions.)
"""

from enum import Enum, auto

from tdispmodel.dsl import (
    Actor,
    Component,
    Constant,
    Each,
    Step,
    action,
    initially,
    invariant,
    require,
    step_property,
)


class Kind(Enum):
    """What a device can do."""

    TDISP = auto()
    PLAIN = auto()


class Device(Component):
    """A device of one kind or the other."""

    kind: Constant[Kind] = Kind.TDISP
    locked: bool = False
    bound: bool = False

    @property
    def is_capable(self) -> bool:
        """Helpers read constants like variables."""
        return self.kind is Kind.TDISP

    @action(by=Actor.DEVICE)
    def lock(self) -> None:
        """Only a device that is capable can be locked."""
        require(self.is_capable and not self.locked)
        self.locked = True


class Bridge(Device):
    """A device of which the kind is known: no check can choose it."""

    kind = Kind.PLAIN


class Guest(Component):
    """Binds what is locked, or cannot be."""

    devices: Each[Device]
    bridge: Bridge

    @initially
    def what_cannot_be_locked_starts_unlocked(self) -> bool:
        """Start conditions read them, too."""
        return all(not device.locked or device.kind is Kind.TDISP for device in self.devices)

    @action(by=Actor.KERNEL)
    def bind(self, device: Device) -> None:
        """Bind one of the devices, or the bridge."""
        require(not device.bound and (device.locked or device.kind is Kind.PLAIN))
        device.bound = True


@invariant
def capable_ones_are_bound_locked(now: Device) -> bool:
    """A property may ask for the kind."""
    return now.locked or not now.bound or now.kind is Kind.PLAIN


@invariant
def whatever_is_bound_is_locked(now: Device) -> bool:
    """Not true: the bridge is plain, and so may be others."""
    return now.locked or not now.bound


@step_property
def kinds_stay(now: Device, after: Device, step: Step) -> bool:
    """Before a step and after it, whoever takes it, a constant is the same."""
    return now.kind is after.kind and (now.kind is Kind.TDISP or not step.is_(Device.lock, now))
