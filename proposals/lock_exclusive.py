"""A file descriptor that is exclusive from CONFIG_LOCKED to RUN keeps other agents out."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.dsl import Each, replaces
from tdispmodel.models.base import Device, Guest


class HeldDevice(Device):
    """A device that an agent holds through a file descriptor."""

    held: bool = False


class LockExclusive(InitrdAutoprobeOff):
    """Who locks a device holds it until it is accepted or unlocked; no other agent can unlock or lock it meanwhile.

    With one agent this is `initrd_autoprobe_off`; what it is for shows with `rival_agent=True`.  It protects the way
    from CONFIG_LOCKED to RUN only: a rival that relocks the device afterwards leaves the first agent with a verdict of
    an earlier lock, which `lock_cookie` would notice.
    Gives up: nothing beyond what every design here does.
    Source: v2 thread, Apr 2026, the form with a character device (debate 138).
    """

    devices: Each[HeldDevice]

    @replaces(Guest.note_lock)
    def note_lock(self, device: HeldDevice, locked: bool) -> None:
        """The lock comes with the descriptor. [debate 138]"""
        device.held = device.held or locked

    @replaces(Guest.note_start)
    def note_start(self, device: HeldDevice, started: bool) -> None:
        """In RUN the descriptor has done its duty. [debate 138]"""
        device.held = device.held and not started

    @replaces(Guest.rival_may_interfere)
    def rival_may_interfere(self, device: HeldDevice) -> bool:
        """Not while it is held. [debate 138]"""
        return not device.held

    @replaces(Guest.take_back)
    def take_back(self, device: HeldDevice, taken: bool) -> None:
        """With the lock its descriptor ends."""
        device.held = device.held and not taken

    @replaces(Guest.forget)
    def forget(self, device: HeldDevice) -> None:
        """A struct device that comes back is held by nobody."""
        device.held = False
