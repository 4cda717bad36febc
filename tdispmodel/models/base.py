"""The base model: a confidential guest, its TDISP devices, and everybody who can move.

Today's design space in five short files: `device.py`, the device as TDISP and everybody else sees it; `device_core.py`,
the Linux device core with its attach paths and gates; `security_manager.py`, the TSM; `userspace.py`, its policy and
its verbs; and here the relying party, and the host as the adversary.  A proposal is a class that derives from `Guest`
and says what it removes, replaces or restricts.

Sources in brackets: kernel functions by name; "PCIe 11.x" is chapter 11 of the PCI Express Base Specification 6.x;
"debate N" is statement N of the numbered debate; "measured" means observed on unmodified kernels.

How to read it
    Verbs that can be refused always fire and set `result`; a refusal changes nothing else.
    Guards read what their actor can see; effects may depend on what only the kernel or the device knows.
    `verdict` is what userspace believes; `evidence_is_current` is whether that is still true.  Guards read the belief,
    properties read both.
    `probe` is the device core's really_probe(): every attach path calls it, and a proposal that changes what a probe
    does replaces one of the small functions in front of it.
    Constants of which the default switches something off (suspend, the deferral timeout, recovery from fatal errors,
    override_only, a shared module) cost no states until they are set.

Where the facts are silent or this model is coarser than the world
    By default one move of the environment triggers the deferred list (`other_probe_succeeds`): it stands for any other
    device's successful probe, one that is modelled as well.  Timeout and resume are moves of their own where they are
    switched on.  Time itself is not measured: a timeout that is extended runs out later, and that is all.
    Measurement needs CONFIG_LOCKED here; measuring again in RUN is left out.
    Unlocking while no TSM is registered is refused: the posted series do not say what would happen.
    An unbind does not make a device unready; a driver may do that in fact [debate 86].
    Memory ranges are one set: recorded as encrypted or not; ranges that stay shared (MSI-X table) are left out.
    A probe at T=0 is not asked whether the TDI is locked: no posted kernel does.
"""

from __future__ import annotations

from tdispmodel.dsl import Actor, Constant, action, require
from tdispmodel.models.device import Device as Device
from tdispmodel.models.userspace import ManagedGuest
from tdispmodel.models.vocabulary import (
    Bus as Bus,
    DeviceKind as DeviceKind,
    Driver as Driver,
    Evidence as Evidence,
    Identity as Identity,
    Initcalls as Initcalls,
    Kernel as Kernel,
    Mapping as Mapping,
    OperatingDriver as OperatingDriver,
    Phase as Phase,
    Preparation as Preparation,
    Result as Result,
    SecretRule as SecretRule,
    Sleep as Sleep,
    Tdi as Tdi,
    Timeout as Timeout,
    Userspace as Userspace,
    Verdict as Verdict,
)


class Guest(ManagedGuest):
    """A confidential guest on today's kernel, its relying party, and a host that is not trusted.

    What every design gives up in which the flag outlives RUN and userspace acts on the flag:
    `accepted_is_running`, `reset_clears_acceptance`, `acceptance_needs_tsm` (nothing clears the flag but unlock and
    removal); with it `no_bind_on_stale_acceptance`, `no_trusted_driver_binds_pre_run`,
    `trusted_driver_binds_only_verified`, `private_driver_only_in_run` (somebody binds on the stale flag) and
    `lost_run_revokes_acceptance`.  And as no design forbids a bind with secrets, nor allows another lock by default:
    `no_new_bind_with_secrets`, `run_recoverable_with_secrets`.  A proposal says what else it gives up, or keeps.
    """

    secret_rule: Constant[SecretRule] = SecretRule.PRIVATE_OR_UNBOUND

    approved: bool = False  # the relying party accepted what the guest enumerated

    # --- what a proposal may replace ---------------------------------------------------------------------------------

    def later_buses_are_managed(self) -> bool:
        """Whether userspace decides the binds on buses that are registered later, too. [debate 19, 20]"""
        return False

    def note_approval(self) -> None:
        """What follows from the approval in the same step: nothing in the base."""

    def note_arrival(self, device: Device) -> None:
        """What else the guest notes of a device that appears: nothing in the base."""

    def topology_is_locked(self) -> bool:
        """Whether the guest stopped enumerating devices: nothing in the base does."""
        return False

    # --- relying party -----------------------------------------------------------------------------------------------

    def secrets_are_safe(self) -> bool:
        """What the relying party wants to see before it deploys secrets. [debate 28, 36, 77]"""
        unshared = all(device.driver is Driver.NONE or device.mapping is Mapping.PRIVATE for device in self.devices)
        return self.secret_rule is SecretRule.NONE or (
            unshared if self.secret_rule is SecretRule.PRIVATE_OR_UNBOUND else self.topology_is_locked()
        )

    @action(by=Actor.RELYING_PARTY, to=Actor.USERSPACE)
    def verify(self, device: Device) -> None:
        """The relying party approves evidence of the device that the tenant means. [debate 37, 113]"""
        require(device.present and device.evidence is Evidence.OF_GENUINE and device.verdict is Verdict.NONE)
        require(not self.suspended and not self.verdict_comes_late)
        device.verdict = Verdict.APPROVED
        device.answer_is_current = device.evidence_is_current

    @action(by=Actor.RELYING_PARTY, to=Actor.USERSPACE)
    def answer(self, device: Device) -> None:
        """The relying party answers what it was sent; userspace may have locked the device anew meanwhile. [debate 119, 128]"""
        require(device.present and device.asked is not Evidence.NONE and not self.suspended)
        device.verdict = Verdict.APPROVED if device.asked is Evidence.OF_GENUINE else device.verdict
        device.asked = Evidence.NONE

    @action(by=Actor.RELYING_PARTY, to=Actor.USERSPACE)
    def approve(self) -> None:
        """The relying party says that the launch state looks good. [debate 27, 28]"""
        require(self.phase is Phase.USERSPACE and not self.approved and not self.suspended)
        self.approved = True
        self.note_approval()

    @action(by=Actor.RELYING_PARTY, to=Actor.USERSPACE)
    def deploy_secrets(self) -> None:
        """The relying party deploys the tenant's secrets. [debate 28, 36]"""
        require(self.phase is Phase.USERSPACE and self.approved and self.secrets_are_safe() and not self.suspended)
        self.phase = Phase.SECRETS
        self.secrets = True

    # --- device ------------------------------------------------------------------------------------------------------

    @action(by=Actor.DEVICE)
    def fault(self, device: Device) -> None:
        """The device finds an error of its own and leaves for ERROR. [PCIe 11.4.5, 11.4.6]"""
        require(device.present and device.is_locked_or_running)
        self.detach_with_run(device, device.tdi is Tdi.RUN)
        self.fall_to_error(device, True)
        self.report_error(device)

    # --- host --------------------------------------------------------------------------------------------------------

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def error(self, device: Device) -> None:
        """The host provokes an error: a tracked register is written, the IDE stream is cut. [PCIe 11.2, 11.4.3]"""
        require(device.present and device.is_locked_or_running)
        self.detach_with_run(device, device.tdi is Tdi.RUN)
        self.fall_to_error(device, True)
        self.report_error(device)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def function_level_reset(self, device: Device) -> None:
        """The host resets the function; a TDI that was locked or running goes to ERROR. [PCIe 11.4.9]"""
        require(device.present and device.is_locked_or_running)
        self.detach_with_run(device, device.tdi is Tdi.RUN)
        self.fall_to_error(device, True)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def hot_reset(self, device: Device) -> None:
        """The host resets the link: the TDI is unlocked, its configuration lost; the guest keeps flag and driver. [PCIe 11.4.8]"""
        require(device.present)
        self.reset_link(device)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def swap(self, device: Device) -> None:
        """The host puts an impostor in the device's place, or takes another device to plug in; a session that ties lock and RUN notices. [PCIe 11.4.5; debate 129]"""
        require(device.identity is Identity.GENUINE or not device.present)
        require(device.kind is not DeviceKind.IMPOSTOR)
        notices = device.is_locked_or_running and self.tsm_ties_session
        self.detach_with_run(device, notices and device.tdi is Tdi.RUN)
        self.revoke_with_run(device, notices and device.tdi is Tdi.RUN)
        device.identity = Identity.IMPOSTOR if device.identity is Identity.GENUINE else Identity.GENUINE
        device.tdi = Tdi.ERROR if notices else device.tdi
        self.void_evidence(device, True)

    def appear(self, device: Device) -> None:
        """The guest enumerates a new struct device. [pci_device_add, device_add]"""
        device.present = True
        device.arrived = True
        self.note_arrival(device)

    def disappear(self, device: Device) -> None:
        """The struct device goes, and with it all that guest and userspace kept of it. [pci_stop_and_remove_bus_device]"""
        device.overridden = False
        device.driver = Driver.NONE
        device.mapping = Mapping.NONE
        device.triggers = False
        device.deferred = False
        device.retry_due = False
        device.error_reported = False
        device.asked = Evidence.NONE
        self.drop_context(device, True)
        self.forget_verdict(device, True)
        self.forget(device)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def remove(self, device: Device) -> None:
        """The host removes the device, which loses its lock and configuration; the guest forgets all about it. [pciehp, pci_stop_and_remove_bus_device]"""
        require(device.present)
        device.present = False
        device.arrived = False
        device.tdi = Tdi.CONFIG_UNLOCKED
        device.ready = not self.needs_prepare(device)
        device.preparation = Preparation.NONE
        self.disappear(device)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def hot_add(self, device: Device) -> None:
        """The host plugs the device in; the guest enumerates a new struct device. [pci_device_add, device_add]"""
        require(not device.present and (device.bus is Bus.PCI or self.phase is not Phase.BOOT))
        self.appear(device)

    @action(by=Actor.ENVIRONMENT, to=Actor.KERNEL)
    def scan_later_bus(self, device: Device) -> None:
        """A bus is registered after the initrd began, and the device on it appears. [bus_register, device_add]"""
        require(not device.present and device.bus is Bus.LATER and self.phase is not Phase.BOOT)
        self.appear(device)

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def rescan(self, device: Device) -> None:
        """A rogue userspace removes the device through sysfs, where a TSM unlocks it, and rescans the bus: a new struct device arrives. [remove_store, pci_tsm_destroy, rescan_store; measured]"""
        require(self.userspace_runs and device.present and self.userspace is Userspace.ROGUE)
        device.arrived = True
        unbinds = device.driver is not Driver.NONE and not self.vmm_traps_bus_master
        unlocks = device.tsm_context and self.tsm_registered
        fails = unbinds and device.is_locked_or_running
        device.tdi = Tdi.CONFIG_UNLOCKED if unlocks else Tdi.ERROR if fails else device.tdi
        self.disappear(device)
        self.note_arrival(device)

    @action(by=Actor.HOST, to=Actor.USERSPACE)
    def refuse(self) -> None:
        """The host has a request of userspace fail. [PCIe 11.2.4]"""
        require(self.userspace_runs)
        self.result = Result.EIO

    @action(by=Actor.HOST)
    def stall(self) -> None:
        """The host does nothing, for as long as it likes. [Documentation/security/snp-tdx-threat-model.rst]"""

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def fake_capability(self, device: Device) -> None:
        """The host shows a wrong TDISP capability bit: in the base what a device shows is settled by its kind. [debate 107]"""
