"""accept succeeds only with the lock generation that the evidence carries."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.dsl import Each, replaces
from tdispmodel.models.base import Device, Guest


class GenerationDevice(Device):
    """A device whose locks the kernel counts."""

    generation_matches: bool = False  # the generation of userspace's evidence is the kernel's count
    asked_matches: bool = False  # so is that of the evidence which the relying party was sent


class LockCookie(InitrdAutoprobeOff):
    """The kernel counts locks, evidence carries the count, and accept is refused unless it is the current one.

    Also a naive userspace has to measure before it accepts; whether it asks anybody about the evidence stays its own
    affair.  The kernel counts the locks that the guest asked for: where the TSM does not tie the session, a lock behind
    the guest's back goes uncounted.
    Gives up: nothing beyond what every design here does.
    Source: v2 thread, Apr 2026, the netlink form (debate 119, 128).
    """

    devices: Each[GenerationDevice]

    @replaces(Guest.note_lock)
    def note_lock(self, device: GenerationDevice, locked: bool) -> None:
        """A new generation, and no evidence of it yet. [evidence->generation; debate 119]"""
        device.generation_matches = device.generation_matches and not locked
        device.asked_matches = device.asked_matches and not locked

    @replaces(Guest.note_evidence)
    def note_evidence(self, device: GenerationDevice, collected: bool) -> None:
        """Evidence carries the generation of the lock. [debate 119]"""
        device.generation_matches = device.generation_matches or collected

    @replaces(Guest.note_asked)
    def note_asked(self, device: GenerationDevice) -> None:
        """The answer will be about evidence of this generation. [debate 119]"""
        device.asked_matches = device.generation_matches

    @replaces(Guest.accept_is_allowed)
    def accept_is_allowed(self, device: GenerationDevice) -> bool:
        """Userspace names the generation of its evidence. [debate 128]"""
        return device.asked_matches if self.verdict_comes_late else device.generation_matches

    @replaces(Guest.take_back)
    def take_back(self, device: GenerationDevice, taken: bool) -> None:
        """With the lock its generation ends. [PCIe 11.3.16]"""
        device.generation_matches = device.generation_matches and not taken
        device.asked_matches = device.asked_matches and not taken

    @replaces(Guest.forget)
    def forget(self, device: GenerationDevice) -> None:
        """A struct device that comes back has no generation."""
        device.generation_matches = False
        device.asked_matches = False
