"""accept succeeds only with the lock generation that the evidence carries."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.dsl import Each, replaces, require
from tdispmodel.models.base import Device, Driver, Evidence, Guest, Identity, Result, Tdi, Verdict


class GenerationDevice(Device):
    """A device whose locks the kernel counts."""

    generation_matches: bool = False  # the generation of userspace's evidence is the kernel's count


class LockCookie(InitrdAutoprobeOff):
    """The kernel counts locks, evidence carries the count, and accept is refused unless it is the current one.

    Also a naive userspace has to measure before it accepts; whether it asks anybody about the evidence stays its own
    affair.  The kernel counts the locks that the guest asked for: where the TSM does not tie the session, a lock behind
    the guest's back goes uncounted.
    Source: v2 thread, Apr 2026, the netlink form (debate 119, 128).
    """

    devices: Each[GenerationDevice]

    @replaces(Guest.lock)
    def lock(self, device: GenerationDevice) -> None:
        """Userspace has the TSM lock the interface: a new generation, and no evidence of it yet. [lock_store; PCIe 11.3.8]"""
        require(self.userspace_runs and device.present and (not self.secrets or self.relock_with_secrets))
        free = self.tsm_registered and device.driver is Driver.NONE and not device.tsm_context
        locks = free and device.tdi is Tdi.CONFIG_UNLOCKED and device.ready
        device.tdi = Tdi.CONFIG_LOCKED if locks else device.tdi
        device.tsm_context = device.tsm_context or locks
        device.evidence = Evidence.NONE if locks else device.evidence
        device.verdict = Verdict.NONE if locks else device.verdict
        device.evidence_is_current = device.evidence_is_current and not locks
        device.generation_matches = device.generation_matches and not locks
        self.result = Result.DONE if locks else Result.REFUSED

    @replaces(Guest.measure)
    def measure(self, device: GenerationDevice) -> None:
        """Userspace collects evidence from the locked device, with the generation of the lock. [PCIe 11.3.10]"""
        require(self.userspace_runs and device.present and device.tsm_context and device.verdict is Verdict.NONE)
        collected = Evidence.OF_GENUINE if device.identity is Identity.GENUINE else Evidence.OF_IMPOSTOR
        locked = self.tsm_registered and device.tdi is Tdi.CONFIG_LOCKED
        device.evidence = collected if locked else device.evidence
        device.evidence_is_current = device.evidence_is_current or locked
        device.generation_matches = device.generation_matches or locked
        self.result = Result.DONE if locked else Result.REFUSED

    @replaces(Guest.accept)
    def accept(self, device: GenerationDevice) -> None:
        """Userspace accepts the device, naming the generation of its evidence. [accept_store; PCIe 11.3.14]"""
        require(self.userspace_runs and device.present and self.userspace_may_accept(device))
        free = self.tsm_registered and device.driver is Driver.NONE and device.tsm_context
        starts = free and device.tdi is Tdi.CONFIG_LOCKED and device.generation_matches
        device.tdi = Tdi.RUN if starts else device.tdi
        device.accepted = device.accepted or starts
        device.encrypted_ranges = device.encrypted_ranges + 1 if starts else device.encrypted_ranges
        self.result = Result.DONE if starts else Result.REFUSED

    @replaces(Guest.release)
    def release(self, device: GenerationDevice, released: bool) -> None:
        """unlock: with the lock its generation ends. [PCIe 11.3.16]"""
        device.tdi = Tdi.CONFIG_UNLOCKED if released else device.tdi
        device.tsm_context = device.tsm_context and not released
        device.accepted = device.accepted and not released
        device.encrypted_ranges = 0 if released else device.encrypted_ranges
        device.evidence = Evidence.NONE if released else device.evidence
        device.verdict = Verdict.NONE if released else device.verdict
        device.evidence_is_current = device.evidence_is_current and not released
        device.generation_matches = device.generation_matches and not released
