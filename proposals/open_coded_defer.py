"""An enlightened driver's probe asks the hardware for RUN, and defers where it is not."""

from __future__ import annotations

from enum import Enum

from tdispmodel.dsl import Actor, Each, action, replaces, require, restricts
from tdispmodel.models.base import Device, Driver, Guest, Mapping, Phase, Tdi


class Probing(Enum):
    """Whether a probe that found RUN is under way, and who asked for it."""

    NONE = 0
    AUTOMATIC = 1
    REQUESTED = 2


class ProbedDevice(Device):
    """A device with a probe that takes time."""

    probing: Probing = Probing.NONE


class OpenCodedDefer(Guest):
    """The driver itself returns -EPROBE_DEFER unless the TDI is in RUN when the probe begins; automatic probing stays on.

    As `cc_probe_defer`, but the test reads the hardware, not the flag.  No probe goes on outside RUN, and so
    the flag falls in the end: a userspace that unlocks finds no driver.  The device lock keeps sysfs verbs out while a
    probe runs, not the host: a probe that began in RUN may end in ERROR.  Gives up prepare_runs_once, and the headline
    rule by that gap.
    Source: 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch ("open code EPROBE_DEFER", debate 72).
    """

    devices: Each[ProbedDevice]

    @replaces(Guest.probe_is_allowed)
    def probe_is_allowed(self, device: ProbedDevice) -> bool:
        """One probe at a time: the device lock."""
        return device.probing is Probing.NONE

    @replaces(Guest.probe_defers)
    def probe_defers(self, device: ProbedDevice) -> bool:
        """The driver reads the state of the TDI from the TSM."""
        return device.tdi is not Tdi.RUN

    @replaces(Guest.probe_prepares)
    def probe_prepares(self, device: ProbedDevice) -> bool:
        """The enlightened driver brings the device into a lockable configuration before it defers."""
        return True

    @replaces(Guest.probe)
    def probe(self, device: ProbedDevice, attempted: bool, queued: bool, asked: bool) -> None:
        """A probe begins: it defers at once, or goes on and holds the device lock until it ends."""
        goes_on = attempted and not self.probe_defers(device)
        defers = attempted and self.probe_defers(device)
        prepares = defers and not device.accepted
        begun = Probing.REQUESTED if asked else Probing.AUTOMATIC
        device.probing = begun if goes_on else device.probing
        device.deferred = defers if queued else device.deferred and not goes_on
        device.retry_due = defers and self.probe_registers_child if queued else device.retry_due and not goes_on
        device.ready = device.ready or prepares
        device.preparation = device.prepared_once_more if prepares else device.preparation

    def finish(self, device: ProbedDevice) -> None:
        """The probe ends: the driver is attached, in the mode that the flag asks for now."""
        device.probing = Probing.NONE
        device.driver = Driver.OPERATING
        device.mapping = Mapping.PRIVATE if device.accepted else Mapping.SHARED
        device.exposed = device.exposed or (not device.accepted and self.phase is not Phase.BOOT)

    @replaces(Guest.forget)
    def forget(self, device: ProbedDevice) -> None:
        """A device that is removed is probed no longer."""
        device.probing = Probing.NONE

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def finish_automatic_probe(self, device: ProbedDevice) -> None:
        """A probe that the kernel began ends with the operating driver attached. [driver_bound]"""
        require(device.present and device.probing is Probing.AUTOMATIC)
        self.finish(device)

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def finish_requested_probe(self, device: ProbedDevice) -> None:
        """A probe that userspace asked for ends with the operating driver attached. [driver_bound]"""
        require(device.present and device.probing is Probing.REQUESTED)
        self.finish(device)

    @restricts(Guest.lock)
    def lock(self, device: ProbedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.accept)
    def accept(self, device: ProbedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.unlock)
    def unlock(self, device: ProbedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.bind)
    def bind(self, device: ProbedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.drivers_probe)
    def drivers_probe(self, device: ProbedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.unregister_tsm)
    def unregister_tsm(self) -> None:
        require(all(device.probing is Probing.NONE for device in self.devices))
