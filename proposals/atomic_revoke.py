"""An idealised bound: flag, mappings and driver are gone in the very step in which RUN ends."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.dsl import replaces, require
from tdispmodel.models.base import Device, Driver, Guest, Identity, Mapping, Preparation, Result, Tdi


class AtomicRevoke(InitrdAutoprobeOff):
    """Whatever ends RUN - a fault, the host, an unbind - takes acceptance, mappings and driver with it.

    No guest can do that: the host ends RUN without asking.  It is the best that revoking can be, and shows what cannot
    be had even then: whoever clears the flag when RUN ends clears it under a bound driver, so that `accepted_is_running`
    and `acceptance_changes_driverless` exclude each other where a driver can be bound in RUN at all.  A TSM that goes
    away does not end RUN, and its devices keep the flag.
    Source: the automatic reset of the level (debate 127) and the wish for synchrony (debate 131), taken to the limit.
    """

    def end_run(self, device: Device, ends: bool) -> None:
        """What falls with RUN."""
        device.accepted = device.accepted and not ends
        device.encrypted_ranges = 0 if ends else device.encrypted_ranges
        device.driver = Driver.NONE if ends else device.driver
        device.mapping = Mapping.NONE if ends else device.mapping

    @replaces(Guest.fault)
    def fault(self, device: Device) -> None:
        """The device finds an error of its own and leaves for ERROR; with RUN fall flag, mappings and driver. [PCIe 11.4.5, 11.4.6; idealised]"""
        require(device.present and device.is_locked_or_running)
        self.end_run(device, device.tdi is Tdi.RUN)
        device.tdi = Tdi.ERROR
        device.evidence_is_current = False

    @replaces(Guest.error)
    def error(self, device: Device) -> None:
        """The host provokes an error; with RUN fall flag, mappings and driver. [PCIe 11.2, 11.4.3; idealised]"""
        require(device.present and device.is_locked_or_running)
        self.end_run(device, device.tdi is Tdi.RUN)
        device.tdi = Tdi.ERROR
        device.evidence_is_current = False

    @replaces(Guest.function_level_reset)
    def function_level_reset(self, device: Device) -> None:
        """The host resets the function; with RUN fall flag, mappings and driver. [PCIe 11.4.9; idealised]"""
        require(device.present and device.is_locked_or_running)
        self.end_run(device, device.tdi is Tdi.RUN)
        device.tdi = Tdi.ERROR
        device.evidence_is_current = False

    @replaces(Guest.hot_reset)
    def hot_reset(self, device: Device) -> None:
        """The host resets the link; with RUN fall flag, mappings and driver. [PCIe 11.4.8; idealised]"""
        require(device.present)
        self.end_run(device, device.tdi is Tdi.RUN)
        device.tdi = Tdi.CONFIG_UNLOCKED
        device.ready = not self.device_needs_prepare
        device.preparation = Preparation.NONE if self.device_needs_prepare else device.preparation
        device.evidence_is_current = False

    @replaces(Guest.swap)
    def swap(self, device: Device) -> None:
        """The host puts another device in the device's place; a session that notices takes flag, mappings and driver. [PCIe 11.4.5; idealised]"""
        require(device.identity is Identity.GENUINE or not device.present)
        notices = device.is_locked_or_running and self.tsm_ties_session
        self.end_run(device, device.tdi is Tdi.RUN and self.tsm_ties_session)
        device.identity = Identity.IMPOSTOR if device.identity is Identity.GENUINE else Identity.GENUINE
        device.tdi = Tdi.ERROR if notices else device.tdi
        device.evidence_is_current = False

    @replaces(Guest.unbind)
    def unbind(self, device: Device) -> None:
        """Userspace unbinds the driver; where the cleared Bus Master Enable ends RUN, the flag falls, too. [unbind_store; idealised]"""
        require(self.userspace_runs and device.present and device.driver is not Driver.NONE)
        faults = device.is_locked_or_running and not self.vmm_traps_bus_master
        ends = device.tdi is Tdi.RUN and faults
        device.accepted = device.accepted and not ends
        device.encrypted_ranges = 0 if ends else device.encrypted_ranges
        device.driver = Driver.NONE
        device.mapping = Mapping.NONE
        device.tdi = Tdi.ERROR if faults else device.tdi
        device.evidence_is_current = device.evidence_is_current and not faults
        self.result = Result.DONE
