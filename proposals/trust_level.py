"""Trust 0 blocks every attach path; the highest level needs RUN and falls when RUN is lost."""

from __future__ import annotations

from enum import Enum

from tdispmodel.dsl import Actor, Each, action, anything, initially, replaces, require
from tdispmodel.models.base import Driver, Guest, OperatingDriver, Result, Tdi, Userspace
from tdispmodel.models.slow_probe import ProbedDevice, Probing, SlowProbe


class Trust(Enum):
    """Who may drive the device: nobody, drivers at T=0 (levels 1 and 2 of the debate), drivers at T=1."""

    BLOCKED = 0
    LIMITED = 1
    PRIVATE = 2


class TrustedDevice(ProbedDevice):
    """A device with a trust level, and a probe that takes time."""

    trust: Trust = anything(Trust.BLOCKED, Trust.LIMITED)

    @property
    def is_distrusted(self) -> bool:
        """Trust 0."""
        return self.trust is Trust.BLOCKED


class TrustLevel(SlowProbe):
    """Every attach path asks the trust level when it begins; raising it to the top asks the TSM for RUN.

    When the device or the host ends RUN the level falls by a step of the kernel's own, later; a driver that is bound by
    then stays bound.  When the kernel itself unlocks the device the level falls in the same step.  The device lock keeps
    sysfs verbs out while a probe runs, not the host: a probe that began in RUN may end in ERROR.
    Modules' devices start blocked, built-in drivers' devices start limited (debate 132).
    Gives up: `distrusted_device_is_driverless` (the driver stays bound), `kernel_binds_only_verified` and
    `kernel_binds_only_verified_after_boot` (RUN ends during a probe).
    Keeps: `lost_run_revokes_acceptance` (the level falls, nothing is bound any more, and an unlock finds no driver).
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

    @replaces(Guest.maps_privately)
    def maps_privately(self, device: TrustedDevice) -> bool:
        """The flag asks for it, and the level; a level that fell during the probe lets nothing be shared instead."""
        return device.accepted and device.trust is not Trust.LIMITED

    @replaces(Guest.take_back)
    def take_back(self, device: TrustedDevice, taken: bool) -> None:
        """The kernel unlocks the device itself, so it knows: a level that needs RUN ends in the same step. [debate 124]"""
        device.trust = Trust.BLOCKED if taken and device.trust is Trust.PRIVATE else device.trust

    @replaces(Guest.forget)
    def forget(self, device: TrustedDevice) -> None:
        """A struct device that comes back starts with the initial level."""
        device.trust = Trust.LIMITED if self.operating_driver is OperatingDriver.BUILTIN else Trust.BLOCKED
        device.probing = Probing.NONE

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def trust_privately(self, device: TrustedDevice) -> None:
        """Userspace raises the level to the top; the kernel does it only for an unbound device in RUN. [debate 124, 126]"""
        require(self.userspace_runs and device.present and self.userspace_may_bind(device))
        require(device.probing is Probing.NONE and device.trust is not Trust.PRIVATE)
        runs = device.accepted and device.tdi is Tdi.RUN
        raises = runs and device.driver is Driver.NONE
        device.probing = Probing.RAISING if raises else device.probing
        self.note_failure(device, device.accepted and not runs)
        self.result = Result.EIO if not runs else Result.DONE if raises else Result.EBUSY

    @action(by=Actor.KERNEL)
    def finish_raising(self, device: TrustedDevice) -> None:
        """The TSM said RUN: the level is set. [debate 124]"""
        require(device.probing is Probing.RAISING)
        device.probing = Probing.NONE
        device.trust = Trust.PRIVATE

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def trust_hostile(self, device: TrustedDevice) -> None:
        """A userspace that trusts the host uses the device at T=0. [debate 103, 104, 124]"""
        require(self.userspace_runs and device.present and self.userspace is not Userspace.CAREFUL)
        require(device.probing is Probing.NONE)
        raises = device.driver is Driver.NONE and device.trust is Trust.BLOCKED
        device.trust = Trust.LIMITED if raises else device.trust
        self.result = Result.DONE if raises else Result.EBUSY

    @action(by=Actor.KERNEL)
    def distrust(self, device: TrustedDevice) -> None:
        """The kernel notices that RUN is lost and takes all trust away. [debate 127]"""
        require(device.trust is Trust.PRIVATE and device.tdi is not Tdi.RUN)
        device.trust = Trust.BLOCKED
