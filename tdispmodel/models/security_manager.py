"""The guest's TEE security manager (TSM) and the checks of its sysfs verbs.

lock, accept and unlock are posted designs, not merged code (v1 of 27 Aug 2025, v2 of 2 Mar 2026).  Their checks come in
the order in which the kernel makes them, each with its errno; what is left to the TSM answers EIO.  The core asks for
neither state, evidence, verdict nor an earlier accept.
"""

from __future__ import annotations

from tdispmodel.dsl import Actor, Constant, action, require
from tdispmodel.models.device import Device
from tdispmodel.models.device_core import DeviceCore
from tdispmodel.models.vocabulary import Driver, Result, Tdi


class SecurityManager(DeviceCore):
    """The part of the guest kernel that asks the TSM, and keeps flag, context and encrypted ranges."""

    tsm_ties_session: Constant[bool] = True
    tsm_refuses_second_start: Constant[bool] = True  # the sample TSM of the v2 series does not (review of 10 Apr 2026)

    tsm_registered: bool = False

    # --- what a proposal may replace ---------------------------------------------------------------------------------

    def accept_is_allowed(self, device: Device) -> bool:
        """What else the kernel asks for before it has the TSM start a device: nothing in the base."""
        return True

    def note_lock(self, device: Device, locked: bool) -> None:
        """What else the kernel records when a lock succeeds: nothing in the base."""

    def note_rival_lock(self, device: Device, locked: bool) -> None:
        """What the kernel records when another agent's lock succeeds: the same as for anybody's."""
        self.note_lock(device, locked)

    def note_start(self, device: Device, started: bool) -> None:
        """What else the kernel records when an accept succeeds: nothing in the base."""

    def note_evidence(self, device: Device, collected: bool) -> None:
        """What else comes with evidence: nothing in the base."""

    def note_asked(self, device: Device) -> None:
        """What else goes with evidence that is sent to the relying party: nothing in the base."""

    def forget(self, device: Device) -> None:
        """What the design keeps about a device goes with it: nothing in the base beyond what `remove` resets."""

    def take_back(self, device: Device, taken: bool) -> None:
        """What else the kernel takes back in the step in which it unlocks a device: nothing in the base."""

    # --- how the verbs end -------------------------------------------------------------------------------------------

    def lock_result(self, device: Device) -> Result:
        """EBUSY: locked, or a driver is bound.  ENXIO: no TSM.  EIO: not capable, not unlocked, or not lockable. [lock_store; PCIe 11.3.9]"""
        lockable = device.tdisp_capable and device.tdi is Tdi.CONFIG_UNLOCKED and device.ready
        return (
            Result.EBUSY
            if device.tsm_context
            else Result.ENXIO
            if not self.tsm_registered
            else Result.EBUSY
            if device.driver is not Driver.NONE
            else Result.DONE
            if lockable
            else Result.EIO
        )

    def measure_result(self, device: Device) -> Result:
        """ENXIO: no TSM.  EIO: not in CONFIG_LOCKED. [PCIe 11.3.10]"""
        locked = device.tdi is Tdi.CONFIG_LOCKED
        return Result.ENXIO if not self.tsm_registered else Result.DONE if locked else Result.EIO

    def accept_result(self, device: Device) -> Result:
        """EINVAL: not locked.  EBUSY: a driver is bound.  EIO: the TSM cannot start the device. [accept_store; PCIe 11.3.15]"""
        again = device.tdi is Tdi.RUN and not self.tsm_refuses_second_start
        starts = self.tsm_registered and (device.tdi is Tdi.CONFIG_LOCKED or again)
        return (
            Result.EINVAL
            if not device.tsm_context
            else Result.EBUSY
            if device.driver is not Driver.NONE
            else Result.DONE
            if starts and self.accept_is_allowed(device)
            else Result.EIO
        )

    def unlock_result(self, device: Device) -> Result:
        """EINVAL: not locked, or not by a TSM that is there.  EBUSY: a driver is bound. [unlock_store]"""
        known = device.tsm_context and self.tsm_registered
        return Result.EINVAL if not known else Result.EBUSY if device.driver is not Driver.NONE else Result.DONE

    def release(self, device: Device, released: bool) -> None:
        """unlock: the kernel drops flag, ranges and context, and STOP_INTERFACE scrubs and unlocks the TDI. [PCIe 11.3.16]"""
        self.drop_context(device, released)
        device.tdi = Tdi.CONFIG_UNLOCKED if released else device.tdi

    def drop_context(self, device: Device, dropped: bool) -> None:
        """What unlock does in the kernel: one set of ranges is dropped, and one that was recorded twice stays. [v2 review, 10 Apr 2026]"""
        leaked = device.encrypted_ranges == 2
        device.tsm_context = device.tsm_context and not dropped
        device.accepted = device.accepted and not dropped
        device.encrypted_ranges = (1 if leaked else 0) if dropped else device.encrypted_ranges
        device.failed = device.failed and not dropped
        self.void_evidence(device, dropped)

    # --- registration ------------------------------------------------------------------------------------------------

    @action(by=Actor.KERNEL)
    def register_tsm(self) -> None:
        """The TSM driver's faux device binds, and the TSM registers: tsm/lock and tsm/accept appear. [faux_device_create, tsm_register; debate 23]"""
        require(not self.tsm_registered and self.faux_autoprobe and not self.suspended)
        self.tsm_registered = True
        self.trigger_list(True)

    @action(by=Actor.ENVIRONMENT, to=Actor.KERNEL)
    def unregister_tsm(self) -> None:
        """The TSM goes away: devices are unlocked, except those with a driver, which keep flag and context. [tsm_unregister, pci_tsm_unlock]"""
        require(self.tsm_registered)
        self.tsm_registered = False
        for device in self.devices:
            unlocks = device.tsm_context and device.driver is Driver.NONE
            self.release(device, unlocks)
            self.take_back(device, unlocks)
