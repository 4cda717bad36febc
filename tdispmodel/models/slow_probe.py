"""A probe that takes time: designs whose test reads the hardware need its begin and its end as two steps.

The device lock is held meanwhile: it keeps the sysfs verbs and every other probe out, not the host.
"""

from __future__ import annotations

from enum import Enum

from tdispmodel.dsl import Actor, Each, action, replaces, require, restricts
from tdispmodel.models.base import Device, Driver, Guest, Mapping, Phase


class Probing(Enum):
    """What holds the device lock for a while: nothing, a probe and who asked for it, the raising of a trust level."""

    NONE = 0
    AUTOMATIC = 1
    REQUESTED = 2
    RAISING = 3


class ProbedDevice(Device):
    """A device with a probe that takes time."""

    probing: Probing = Probing.NONE


class SlowProbe(Guest):
    """A guest in which a probe that does not defer at once holds the device lock until it ends.

    Tests are made when the probe begins; the driver is attached, and its mappings made, when it ends.
    """

    devices: Each[ProbedDevice]

    @replaces(Guest.probe_is_allowed)
    def probe_is_allowed(self, device: ProbedDevice) -> bool:
        """One probe at a time: the device lock."""
        return device.probing is Probing.NONE

    @replaces(Guest.probe)
    def probe(self, device: ProbedDevice, attempted: bool, queued: bool, asked: bool) -> None:
        """A probe begins: it defers at once, or goes on and holds the device lock until it ends. [really_probe]"""
        goes_on = attempted and self.probe_binds(device)
        defers = attempted and self.probe_is_deferred(device)
        prepares = defers and not self.suspended and self.probe_prepares(device)
        begun = Probing.REQUESTED if asked else Probing.AUTOMATIC
        device.probing = begun if goes_on else device.probing
        self.note_deferral(device, goes_on, defers, queued)
        self.note_prepare(device, prepares)

    def finish(self, device: ProbedDevice) -> None:
        """The probe ends: the driver is attached, in the mode that is asked for now. [driver_bound]"""
        private = self.maps_privately(device)
        prepares = self.probe_prepares(device)
        device.triggers = device.triggers or self.binds_trigger
        device.probing = Probing.NONE
        device.driver = Driver.OPERATING
        device.mapping = Mapping.PRIVATE if private else Mapping.SHARED
        exposes = not private and not device.is_listed
        device.exposed = device.exposed or (exposes and self.phase is not Phase.BOOT)
        self.note_prepare(device, prepares)

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

    @restricts(Guest.start_initrd)
    def start_initrd(self) -> None:
        """Probes that began in BOOT have ended. [kernel_init, async_synchronize_full]"""
        require(all(device.probing is Probing.NONE for device in self.devices))

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

    @restricts(Guest.unlock_in_vain)
    def unlock_in_vain(self, device: ProbedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.reset)
    def reset(self, device: ProbedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.rescan)
    def rescan(self, device: ProbedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.rival_unlock)
    def rival_unlock(self, device: ProbedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.rival_lock)
    def rival_lock(self, device: ProbedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.recover_from_error)
    def recover_from_error(self, device: ProbedDevice) -> None:
        """Recovery takes the device lock to ask the driver. [report_error_detected]"""
        require(device.probing is Probing.NONE)

    @restricts(Guest.unregister_tsm)
    def unregister_tsm(self) -> None:
        require(all(device.probing is Probing.NONE for device in self.devices))

    @restricts(Guest.suspend)
    def suspend(self) -> None:
        """Suspend waits for probes. [dpm_prepare, wait_for_device_probe]"""
        require(all(device.probing is Probing.NONE for device in self.devices))
