"""Trust 0 blocks every attach path; the highest level needs RUN and falls when RUN is lost."""

from __future__ import annotations

from enum import Enum

from tdispmodel.dsl import Actor, Each, action, anything, initially, replaces, require, restricts
from tdispmodel.models.base import Device, Driver, Guest, Mapping, OperatingDriver, Phase, Result, Tdi, Userspace


class Trust(Enum):
    """Who may drive the device: nobody, drivers at T=0 (levels 1 and 2 of the debate), drivers at T=1."""

    BLOCKED = 0
    LIMITED = 1
    PRIVATE = 2


class Probing(Enum):
    """Whether a probe is under way, and who asked for it."""

    NONE = 0
    AUTOMATIC = 1
    REQUESTED = 2


class TrustedDevice(Device):
    """A device with a trust level, and a probe that takes time."""

    trust: Trust = anything(Trust.BLOCKED, Trust.LIMITED)
    probing: Probing = Probing.NONE

    @property
    def is_distrusted(self) -> bool:
        """Trust 0."""
        return self.trust is Trust.BLOCKED


class TrustLevel(Guest):
    """Every attach path asks the trust level when it begins; raising it to the top asks the TSM for RUN.

    When the device or the host ends RUN the level falls by a step of the kernel's own, later; a driver that is bound by
    then stays bound.  When the kernel itself unlocks the device the level falls in the same step.  The device lock keeps
    sysfs verbs out while a probe runs, not the host: a probe that began in RUN may end in ERROR.
    Modules' devices start blocked, built-in drivers' devices start limited (debate 132).
    Source: v2 thread, Mar 2026 (debate 122 to 127, 131, 132, 134, 136, 137).
    """

    devices: Each[TrustedDevice]

    @initially
    def only_what_is_built_in_starts_trusted(self) -> bool:
        built_in = self.operating_driver is OperatingDriver.BUILTIN
        return all(device.trust is (Trust.LIMITED if built_in else Trust.BLOCKED) for device in self.devices)

    @replaces(Guest.probe_is_allowed)
    def probe_is_allowed(self, device: TrustedDevice) -> bool:
        """Trust 0 blocks driver binding, whoever asks. [debate 125]"""
        return device.trust is not Trust.BLOCKED and device.probing is Probing.NONE

    @replaces(Guest.probe)
    def probe(self, device: TrustedDevice, attempted: bool, queued: bool, asked: bool) -> None:
        """A probe begins: the device lock is held until it ends."""
        begun = Probing.REQUESTED if asked else Probing.AUTOMATIC
        device.probing = begun if attempted else device.probing

    def finish(self, device: TrustedDevice) -> None:
        """The probe ends: the driver is attached, in the mode that the flag and the level ask for now."""
        private = device.accepted and device.trust is Trust.PRIVATE
        device.probing = Probing.NONE
        device.driver = Driver.OPERATING
        device.mapping = Mapping.PRIVATE if private else Mapping.SHARED
        device.exposed = device.exposed or (not private and self.phase is not Phase.BOOT)
        prepares = self.device_needs_prepare and not device.accepted
        device.ready = device.ready or prepares
        device.preparation = device.prepared_once_more if prepares else device.preparation

    @replaces(Guest.take_back)
    def take_back(self, device: TrustedDevice, taken: bool) -> None:
        """The kernel unlocks the device itself, so it knows: a level that needs RUN ends in the same step. [debate 124]"""
        device.trust = Trust.BLOCKED if taken and device.trust is Trust.PRIVATE else device.trust

    @replaces(Guest.forget)
    def forget(self, device: TrustedDevice) -> None:
        """A struct device that comes back starts with the initial level."""
        device.trust = Trust.LIMITED if self.operating_driver is OperatingDriver.BUILTIN else Trust.BLOCKED
        device.probing = Probing.NONE

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def finish_automatic_probe(self, device: TrustedDevice) -> None:
        """A probe that the kernel began ends with the operating driver attached. [driver_bound]"""
        require(device.present and device.probing is Probing.AUTOMATIC)
        self.finish(device)

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def finish_requested_probe(self, device: TrustedDevice) -> None:
        """A probe that userspace asked for ends with the operating driver attached. [driver_bound]"""
        require(device.present and device.probing is Probing.REQUESTED)
        self.finish(device)

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def trust_privately(self, device: TrustedDevice) -> None:
        """Userspace raises the level to the top; the kernel does it only for an unbound device in RUN. [debate 124, 126]"""
        require(self.userspace_runs and device.present and self.userspace_may_bind(device))
        raises = device.accepted and device.tdi is Tdi.RUN and device.driver is Driver.NONE
        device.trust = Trust.PRIVATE if raises and device.probing is Probing.NONE else device.trust
        self.result = Result.DONE if raises and device.probing is Probing.NONE else Result.REFUSED

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def trust_hostile(self, device: TrustedDevice) -> None:
        """A userspace that trusts the host uses the device at T=0. [debate 103, 104, 124]"""
        require(self.userspace_runs and device.present and self.userspace is not Userspace.CAREFUL)
        raises = device.driver is Driver.NONE and device.probing is Probing.NONE and device.trust is Trust.BLOCKED
        device.trust = Trust.LIMITED if raises else device.trust
        self.result = Result.DONE if raises else Result.REFUSED

    @action(by=Actor.KERNEL)
    def distrust(self, device: TrustedDevice) -> None:
        """The kernel notices that RUN is lost and takes all trust away. [debate 127]"""
        require(device.trust is Trust.PRIVATE and device.tdi is not Tdi.RUN and device.probing is Probing.NONE)
        device.trust = Trust.BLOCKED

    @restricts(Guest.start_initrd)
    def start_initrd(self) -> None:
        """Probes that began in BOOT have ended. [kernel_init, async_synchronize_full]"""
        require(all(device.probing is Probing.NONE for device in self.devices))

    @restricts(Guest.lock)
    def lock(self, device: TrustedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.accept)
    def accept(self, device: TrustedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.unlock)
    def unlock(self, device: TrustedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.bind)
    def bind(self, device: TrustedDevice) -> None:
        require(device.probing is Probing.NONE)

    @restricts(Guest.unregister_tsm)
    def unregister_tsm(self) -> None:
        require(all(device.probing is Probing.NONE for device in self.devices))
