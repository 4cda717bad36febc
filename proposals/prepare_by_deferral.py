"""Autoprobe off; userspace binds the operating driver twice: before the lock it prepares and defers, after accept it stays."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.dsl import Actor, Each, action, replaces, require, restricts
from tdispmodel.models.base import Device, Driver, Guest, Result, Userspace, Verdict


class SelfPreparingDevice(Device):
    """A device whose operating driver prepares it at T=0."""

    prepared: bool = False  # userspace believes that the device is ready


class PrepareByDeferral(InitrdAutoprobeOff):
    """The operating driver's probe prepares an unaccepted device and defers; userspace sequences both binds.

    bind, lock, accept, bind (debate 76).  An explicit bind that defers answers EAGAIN and is never queued (measured), so
    that the deferral list plays no part, and with automatic probing off it would drop the device (debate 10).
    Userspace learns from a refusal that it must prepare again, and cannot tell the host's from a lost configuration.
    It prepares in order to lock: with secrets deployed only where it may lock again.
    The operating driver's code runs at T=0, on the device's word, in its prepare step; no property here counts a probe
    that defers as a bind.
    Gives up: `prepare_runs_once` (userspace cannot tell a refusal by the host from a lost configuration).
    Source: 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch, the second of the alternatives (debate 13).
    """

    devices: Each[SelfPreparingDevice]

    @replaces(Guest.probe_defers)
    def probe_defers(self, device: SelfPreparingDevice) -> bool:
        """The driver waits for acceptance: it reads the flag."""
        return not device.accepted

    @replaces(Guest.probe_prepares)
    def probe_prepares(self, device: SelfPreparingDevice) -> bool:
        """The driver brings the device into a lockable configuration before it defers."""
        return not device.accepted

    @replaces(Guest.userspace_may_bind)
    def userspace_may_bind(self, device: SelfPreparingDevice) -> bool:
        """Not a plain device: as in the base once the device is accepted."""
        believes = self.userspace is Userspace.NAIVE or device.verdict is Verdict.APPROVED
        return self.userspace is Userspace.ROGUE or (device.accepted and believes)

    @replaces(Guest.userspace_prepares)
    def userspace_prepares(self, device: SelfPreparingDevice) -> bool:
        """bind, lock, accept, bind: the first bind prepares the device and defers. [debate 76]"""
        return not device.prepared and self.lock_may_follow(device)

    @replaces(Guest.note_bind)
    def note_bind(self, device: SelfPreparingDevice) -> None:
        """EAGAIN before acceptance tells userspace that the device is prepared. [bind_store]"""
        device.prepared = device.prepared or (self.attaches_on_request(device) and not device.accepted)

    @restricts(Guest.drivers_probe)
    def drivers_probe(self, device: SelfPreparingDevice) -> None:
        """drivers_probe does not tell how the probe ended: userspace uses it after acceptance only. [drivers_probe_store]"""
        require(device.accepted or self.userspace is Userspace.ROGUE)

    @restricts(Guest.lock)
    def lock(self, device: SelfPreparingDevice) -> None:
        """Userspace locks only where it sees no reason for a refusal, and so learns from one. [lock_store]"""
        require(self.tsm_registered and not device.tsm_context and device.driver is Driver.NONE)

    @restricts(Guest.accept)
    def accept(self, device: SelfPreparingDevice) -> None:
        """Userspace accepts what it sees locked, so that no other refusal hides that of a lock. [tsm/lock reads the name of the TSM]"""
        require(device.tsm_context)

    @action(by=Actor.USERSPACE)
    def plan_another_prepare(self, device: SelfPreparingDevice) -> None:
        """Userspace takes a TSM's refusal for a sign that the device lost its configuration. [debate 61]"""
        require(self.userspace_runs and device.present and self.result is Result.EIO)
        require(device.prepared and not device.tsm_context and device.driver is Driver.NONE)
        device.prepared = False

    @replaces(Guest.forget)
    def forget(self, device: SelfPreparingDevice) -> None:
        """What userspace knew of the device is gone."""
        device.prepared = False
