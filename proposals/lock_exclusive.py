"""A file descriptor that is exclusive from CONFIG_LOCKED to RUN keeps other agents out."""

from __future__ import annotations

from enum import Enum

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.dsl import Each, replaces, require, restricts
from tdispmodel.models.base import Device, Guest


class Holder(Enum):
    """Which agent holds the descriptor of a device."""

    NONE = 0
    FIRST = 1
    RIVAL = 2


class HeldDevice(Device):
    """A device that an agent holds through a file descriptor."""

    holder: Holder = Holder.NONE


class LockExclusive(InitrdAutoprobeOff):
    """Who locks a device holds it until it is accepted or unlocked; nobody else can unlock, lock or accept it meanwhile.

    With one agent this is `initrd_autoprobe_off`; what it is for shows with `rival_agent=True`: a rival can take a
    device that runs, but what it locks then is not for the first agent to accept.
    Gives up: nothing beyond what every design here does.
    Source: v2 thread, Apr 2026, the form with a character device (debate 138).
    """

    devices: Each[HeldDevice]

    @replaces(Guest.note_lock)
    def note_lock(self, device: HeldDevice, locked: bool) -> None:
        """The lock comes with the descriptor. [debate 138]"""
        device.holder = Holder.FIRST if locked else device.holder

    @replaces(Guest.note_rival_lock)
    def note_rival_lock(self, device: HeldDevice, locked: bool) -> None:
        """The rival's lock comes with a descriptor, too. [debate 138]"""
        device.holder = Holder.RIVAL if locked else device.holder

    @replaces(Guest.accept_is_allowed)
    def accept_is_allowed(self, device: HeldDevice) -> bool:
        """Only the holder can accept. [debate 138]"""
        return device.holder is Holder.FIRST

    @replaces(Guest.note_start)
    def note_start(self, device: HeldDevice, started: bool) -> None:
        """In RUN the descriptor has done its duty. [debate 138]"""
        device.holder = Holder.NONE if started else device.holder

    @replaces(Guest.rival_may_interfere)
    def rival_may_interfere(self, device: HeldDevice) -> bool:
        """Not while the first agent holds it. [debate 138]"""
        return device.holder is not Holder.FIRST

    @restricts(Guest.unlock)
    def unlock(self, device: HeldDevice) -> None:
        """The first agent cannot unlock what the rival holds. [debate 138]"""
        require(device.holder is not Holder.RIVAL)

    @restricts(Guest.unlock_in_vain)
    def unlock_in_vain(self, device: HeldDevice) -> None:
        require(device.holder is not Holder.RIVAL)

    @replaces(Guest.take_back)
    def take_back(self, device: HeldDevice, taken: bool) -> None:
        """With the lock its descriptor ends."""
        device.holder = Holder.NONE if taken else device.holder

    @replaces(Guest.forget)
    def forget(self, device: HeldDevice) -> None:
        """A struct device that comes back is held by nobody."""
        device.holder = Holder.NONE
