"""Loops over all instances, calls of procedures inside, values that were named before."""

from __future__ import annotations

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Constant, Each, Range, action, anything, leads_to, require, stays_possible


class Slot(Component):
    """A part of a device."""

    level: Annotated[int, Range(0, 2)] = 0


class Device(Component):
    """A device with a slot."""

    slot: Slot
    marked: bool = anything()
    kept: bool = False


class Guest(Component):
    """The root."""

    devices: Each[Device]
    bold: Constant[bool] = True
    count: Annotated[int, Range(0, 3)] = 0

    def forget(self, device: Device, kept: bool) -> None:
        """Forget the mark."""
        device.marked = False
        device.kept = kept

    @action(by=Actor.HOST)
    def reset(self) -> None:
        """Forget all, keep which ones were marked."""
        counted = sum(device.marked for device in self.devices)
        for device in self.devices:
            was = device.marked
            self.forget(device, was and self.bold)
        self.count = min(3, counted)

    @action(by=Actor.KERNEL)
    def raise_all(self) -> None:
        """Change a part of every device."""
        require(any(device.slot.level < 2 for device in self.devices))
        for device in self.devices:
            device.slot.level = device.slot.level + 1 if device.slot.level < 2 else 2

    @action(by=Actor.USERSPACE)
    def mark(self, device: Device) -> None:
        """Mark one where no other one is marked, by a count over pairs."""
        pairs = sum(1 for one in self.devices for other in self.devices if one is not other if one.marked)
        require(not device.marked and pairs == 0)
        device.marked = True


@leads_to(after=lambda now, other: now.marked and not other.marked)
def it_is_kept(now: Device, other: Device) -> bool:
    """A premise about two instances."""
    return now.kept or other.marked


@stays_possible(after=lambda now: all(device.slot.level == 0 for device in now.devices))
def levels_rise(now: Guest) -> bool:
    """A premise about all instances."""
    return min(2, now.count + 2) == 2 and all(device.slot.level == 2 for device in now.devices)
