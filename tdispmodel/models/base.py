"""The base model: a confidential guest, its TDISP devices, and everybody who can move.

This is today's design space in one file: the device as TDISP sees it, the Linux device core with its attach paths and
gates, userspace with its policy, the relying party, and the host as the adversary.  A proposal is a class that derives
from `Guest` and says what it removes, replaces or restricts.

Sources in brackets: kernel functions by name; "PCIe 11.x" is chapter 11 of the PCI Express Base Specification 6.x;
"debate N" is statement N of the numbered debate; "measured" means observed on unmodified kernels.

How to read it
    Verbs that can be refused always fire and set `result`; a refusal changes nothing else.
    Guards read what their actor can see; effects may depend on what only the kernel or the device knows.
    `verdict` is what userspace believes; `evidence_is_current` is whether that is still true.  Guards read the belief,
    properties read both.
    `probe` is the device core's really_probe(): every attach path calls it, and a proposal that changes what a probe
    does replaces one of the small functions in front of it.

Where the facts are silent or this model is coarser than the world
    Who triggers the deferred list is one move of the environment (`other_probe_succeeds`): it stands for any other
    device's successful probe, the one-time boot timeout and the end of a suspend.  That a bind of one modelled device
    triggers another one is covered by it, too.
    Attach path a (device_add) never matches a PCI device, paths h and i are not used for PCI, and the asynchronous
    helper j decides as b did; paths b to g are modelled [drivers/base/dd.c, bus.c].
    Measurement needs CONFIG_LOCKED here; measuring again in RUN is left out.
    Unlocking while no TSM is registered is refused: the posted series do not say what would happen.
    An unbind does not make a device unready; a driver may do that in fact [debate 86].
    Memory ranges are one set: recorded as encrypted or not; ranges that stay shared (MSI-X table) are left out.
    A probe at T=0 is not asked whether the TDI is locked: no posted kernel does.
"""

from __future__ import annotations

from typing import Annotated

from tdispmodel.dsl import (
    Actor,
    Component,
    Constant,
    Each,
    Ghost,
    HiddenFrom,
    Range,
    action,
    anything,
    initially,
    require,
)
from tdispmodel.models.vocabulary import (
    Driver as Driver,
    Evidence as Evidence,
    Identity as Identity,
    Kernel as Kernel,
    Mapping as Mapping,
    OperatingDriver as OperatingDriver,
    Phase as Phase,
    Preparation as Preparation,
    Result as Result,
    SecretRule as SecretRule,
    Tdi as Tdi,
    Topology as Topology,
    Userspace as Userspace,
    Verdict as Verdict,
)


class Device(Component):
    """One PCI device with its TDI, what the guest kernel knows of it, and what userspace believes."""

    # the device itself
    tdisp_capable: bool = anything()
    tdi: Annotated[Tdi, HiddenFrom(Actor.USERSPACE, Actor.RELYING_PARTY)] = Tdi.CONFIG_UNLOCKED
    identity: Annotated[Identity, HiddenFrom(Actor.KERNEL, Actor.USERSPACE, Actor.RELYING_PARTY)] = anything()
    ready: Annotated[bool, HiddenFrom(Actor.USERSPACE, Actor.RELYING_PARTY)] = anything()
    # what the guest kernel keeps
    present: bool = True
    arrived: bool = True  # the PCI core has not yet tried to attach a driver
    driver: Driver = Driver.NONE
    mapping: Mapping = Mapping.NONE
    deferred: bool = False
    retry_due: bool = False  # moved from the pending to the active list
    tsm_context: bool = False
    accepted: bool = False
    encrypted_ranges: Annotated[int, Range(0, 2)] = 0  # how many sets of ranges are recorded as encrypted
    # what userspace holds and believes
    evidence: Evidence = Evidence.NONE
    verdict: Verdict = Verdict.NONE
    # ghosts
    evidence_is_current: Annotated[bool, Ghost] = False
    exposed: Annotated[bool, Ghost] = False  # the operating driver was ever bound at T=0 after BOOT
    preparation: Annotated[Preparation, Ghost] = Preparation.NONE

    @property
    def is_locked_or_running(self) -> bool:
        """The states in which tracked changes end in ERROR. [PCIe 11.2]"""
        return self.tdi in (Tdi.CONFIG_LOCKED, Tdi.RUN)

    @property
    def prepared_once_more(self) -> Preparation:
        """What the ghost says after another run of the prepare step."""
        return Preparation.ONCE if self.preparation is Preparation.NONE else Preparation.REPEATED

    @property
    def is_approved(self) -> bool:
        """A current verdict: userspace believes in an approval, and the evidence still belongs to this lock."""
        return self.verdict is Verdict.APPROVED and self.evidence_is_current


class Guest(Component):
    """A confidential guest on today's kernel, with a userspace that can sequence TDISP devices."""

    devices: Each[Device]

    kernel: Constant[Kernel] = Kernel.SINCE_6_19
    operating_driver: Constant[OperatingDriver] = OperatingDriver.MODULE
    device_needs_prepare: Constant[bool] = False
    userspace: Constant[Userspace] = Userspace.CAREFUL
    secret_rule: Constant[SecretRule] = SecretRule.PRIVATE_OR_UNBOUND
    relock_with_secrets: Constant[bool] = False
    tsm_ties_session: Constant[bool] = True
    vmm_traps_bus_master: Constant[bool] = True
    probe_registers_child: Constant[bool] = False
    topology: Constant[Topology] = Topology.TDISP

    phase: Phase = Phase.BOOT
    autoprobe: bool = True  # drivers_autoprobe of the PCI bus
    driver_loaded: bool = anything()
    tsm_registered: bool = False
    approved: bool = False  # the relying party accepted what the guest enumerated
    secrets: bool = False
    result: Result = Result.DONE

    @initially
    def only_built_ins_are_there_at_boot(self) -> bool:
        return self.driver_loaded is (self.operating_driver is OperatingDriver.BUILTIN)

    @initially
    def a_device_starts_ready_unless_it_needs_preparing(self) -> bool:
        return all(device.ready is not self.device_needs_prepare for device in self.devices)

    @initially
    def devices_are_as_the_topology_says(self) -> bool:
        return all(
            (device.tdisp_capable or self.topology is not Topology.TDISP)
            and not (device.tdisp_capable and self.topology is Topology.PLAIN)
            for device in self.devices
        )

    # --- what a proposal may replace ---------------------------------------------------------------------------------

    def probe_is_allowed(self, device: Device) -> bool:
        """Whether the device core lets any driver attach, whoever asks. [really_probe]"""
        return True

    def automatic_probe_is_allowed(self, device: Device) -> bool:
        """Whether the device core lets a driver attach without being asked by userspace. [bus_probe_device]"""
        return True

    def probe_defers(self, device: Device) -> bool:
        """Whether the operating driver's probe ends in -EPROBE_DEFER."""
        return False

    def probe_fails(self, device: Device) -> bool:
        """Whether the operating driver's probe ends in another error."""
        return False

    def probe_prepares(self, device: Device) -> bool:
        """Whether the operating driver, probing at T=0, brings the device into a lockable configuration. [debate 79]"""
        return self.device_needs_prepare

    def userspace_may_bind(self, device: Device) -> bool:
        """Userspace's policy for binding the operating driver. [debate 33, 37, 108, 130]"""
        return self.userspace is Userspace.ROGUE or (
            device.accepted and (self.userspace is Userspace.NAIVE or device.verdict is Verdict.APPROVED)
        )

    def userspace_may_accept(self, device: Device) -> bool:
        """Userspace's policy for accepting a device. [debate 43, 115]"""
        return self.userspace is not Userspace.CAREFUL or device.verdict is Verdict.APPROVED

    def secrets_are_safe(self) -> bool:
        """What the relying party wants to see before it deploys secrets. [debate 28, 36, 77]"""
        unshared = all(device.driver is Driver.NONE or device.mapping is Mapping.PRIVATE for device in self.devices)
        return self.secret_rule is SecretRule.NONE or (
            unshared if self.secret_rule is SecretRule.PRIVATE_OR_UNBOUND else self.topology_is_locked()
        )

    def topology_is_locked(self) -> bool:
        """Whether the guest stopped enumerating devices: nothing in the base does."""
        return False

    # --- what every attach path ends in ------------------------------------------------------------------------------

    @property
    def userspace_runs(self) -> bool:
        """The first userspace instruction is the initrd's."""
        return self.phase is not Phase.BOOT

    def probe_binds(self, device: Device) -> bool:
        """Whether a probe that is attempted ends with the operating driver bound."""
        return not self.probe_defers(device) and not self.probe_fails(device)

    def attaches_on_arrival(self, device: Device) -> bool:
        """Path b: before v6.19 drivers_autoprobe did not gate it (measured). [pci_bus_add_device]"""
        gate = self.autoprobe or self.kernel is Kernel.BEFORE_6_19
        return self.driver_loaded and gate and self.automatic_probe_is_allowed(device) and self.probe_is_allowed(device)

    def attaches_on_registration(self, device: Device) -> bool:
        """Path c: the driver's registration finds the device. [bus_add_driver, driver_attach]"""
        there = device.present and not device.arrived and device.driver is Driver.NONE
        return there and self.autoprobe and self.automatic_probe_is_allowed(device) and self.probe_is_allowed(device)

    def attaches_on_retry(self, device: Device) -> bool:
        """Path d: with drivers_autoprobe off the device is silently dropped (measured). [deferred_probe_work_func]"""
        return self.autoprobe and self.automatic_probe_is_allowed(device) and self.probe_is_allowed(device)

    def attaches_on_request(self, device: Device) -> bool:
        """Paths e, f, g: no gate but the device's own state; nothing matches before the PCI core allows it. [pci_bus_match, device_driver_attach, bus_rescan_devices, driver_attach]"""
        there = device.present and not device.arrived and device.driver is Driver.NONE
        return there and self.probe_is_allowed(device)

    def probe(self, device: Device, attempted: bool, queued: bool, asked: bool) -> None:
        """The operating driver's probe: it binds, defers or fails.

        `queued`: a deferral puts the device on the list (not for explicit bind: EAGAIN, measured).  `asked`: by
        userspace.  The mapping follows the flag as it is now. [really_probe, driver_bound; debate 67, 89]
        """
        binds = attempted and self.probe_binds(device)
        defers = attempted and self.probe_defers(device)
        prepares = attempted and not device.accepted and self.probe_prepares(device)
        device.driver = Driver.OPERATING if binds else device.driver
        device.mapping = (Mapping.PRIVATE if device.accepted else Mapping.SHARED) if binds else device.mapping
        device.deferred = defers if queued else device.deferred and not binds
        device.retry_due = defers and self.probe_registers_child if queued else device.retry_due and not binds
        device.ready = device.ready or prepares
        device.exposed = device.exposed or (binds and not device.accepted and self.phase is not Phase.BOOT)
        device.preparation = device.prepared_once_more if prepares else device.preparation

    def release(self, device: Device, released: bool) -> None:
        """unlock: STOP_INTERFACE scrubs and unlocks the TDI; the kernel drops flag, context and ranges. [PCIe 11.3.16]"""
        device.tdi = Tdi.CONFIG_UNLOCKED if released else device.tdi
        device.tsm_context = device.tsm_context and not released
        device.accepted = device.accepted and not released
        device.encrypted_ranges = 0 if released else device.encrypted_ranges
        device.evidence = Evidence.NONE if released else device.evidence
        device.verdict = Verdict.NONE if released else device.verdict
        device.evidence_is_current = device.evidence_is_current and not released

    def forget(self, device: Device) -> None:
        """What the design keeps about a device goes with it: nothing in the base beyond what `remove` resets."""

    def take_back(self, device: Device, taken: bool) -> None:
        """What else the kernel takes back in the step in which it unlocks a device: nothing in the base."""

    # --- kernel ------------------------------------------------------------------------------------------------------

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def attach_on_arrival(self, device: Device) -> None:
        """The PCI core attaches the operating driver to a device that has just appeared. [pci_bus_add_device]"""
        require(device.present and device.arrived and self.attaches_on_arrival(device))
        device.arrived = False
        self.probe(device, True, True, False)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def pass_over_on_arrival(self, device: Device) -> None:
        """The PCI core attaches nothing to a device that has just appeared. [pci_bus_add_device]"""
        require(device.present and device.arrived and not self.attaches_on_arrival(device))
        device.arrived = False

    @action(by=Actor.KERNEL)
    def load_module(self) -> None:
        """udev loads the operating driver's module; its registration attaches it where it matches. [bus_add_driver]"""
        require(self.userspace_runs and not self.driver_loaded)
        self.driver_loaded = True
        for device in self.devices:
            self.probe(device, self.attaches_on_registration(device), self.attaches_on_registration(device), False)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def retry_deferred(self, device: Device) -> None:
        """The deferred-probe worker takes the device off its list and tries again. [deferred_probe_work_func; debate 1, 2, 120]"""
        require(device.deferred and device.retry_due)
        self.probe(device, self.attaches_on_retry(device), True, False)

    @action(by=Actor.KERNEL)
    def register_tsm(self) -> None:
        """The TSM driver registers: tsm/lock and tsm/accept appear. [tsm_register]"""
        require(not self.tsm_registered)
        self.tsm_registered = True

    # --- userspace ---------------------------------------------------------------------------------------------------

    @action(by=Actor.USERSPACE)
    def start_initrd(self) -> None:
        """The first userspace instruction runs, in the initrd; every boot device was attached or passed over. [kernel_init, run_init_process]"""
        require(self.phase is Phase.BOOT and all(not device.arrived for device in self.devices))
        self.phase = Phase.INITRD

    @action(by=Actor.USERSPACE)
    def start_userspace(self) -> None:
        """The initrd hands over to the real root. [debate 24, 25]"""
        require(self.phase is Phase.INITRD)
        self.phase = Phase.USERSPACE

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def bind(self, device: Device) -> None:
        """Userspace writes the device to the operating driver's bind file. [bind_store; debate 33, 76]"""
        require(self.userspace_runs and device.present and self.driver_loaded and self.userspace_may_bind(device))
        binds = self.attaches_on_request(device) and self.probe_binds(device)
        self.result = Result.DONE if binds else Result.REFUSED
        self.probe(device, self.attaches_on_request(device), False, True)

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def drivers_probe(self, device: Device) -> None:
        """Userspace writes the device to drivers_probe. [drivers_probe_store]"""
        require(self.userspace_runs and device.present and self.driver_loaded and self.userspace_may_bind(device))
        require(device.driver is Driver.NONE)
        self.probe(device, self.attaches_on_request(device), self.attaches_on_request(device), True)
        self.result = Result.DONE

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def new_id(self) -> None:
        """A rogue userspace writes new_id: the driver attaches to every matching unbound device. [new_id_store]"""
        require(self.userspace_runs and self.driver_loaded and self.userspace is Userspace.ROGUE)
        self.result = Result.DONE
        for device in self.devices:
            self.probe(device, self.attaches_on_request(device), self.attaches_on_request(device), True)

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def unbind(self, device: Device) -> None:
        """Userspace unbinds the driver; unless the VMM traps it, the cleared Bus Master Enable ends RUN. [debate 81, 82]"""
        require(self.userspace_runs and device.present and device.driver is not Driver.NONE)
        faults = device.is_locked_or_running and not self.vmm_traps_bus_master
        device.driver = Driver.NONE
        device.mapping = Mapping.NONE
        device.tdi = Tdi.ERROR if faults else device.tdi
        device.evidence_is_current = device.evidence_is_current and not faults
        self.result = Result.DONE

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def lock(self, device: Device) -> None:
        """Userspace has the TSM lock the interface; an earlier verdict is dropped. [lock_store; PCIe 11.3.8; debate 76]"""
        require(self.userspace_runs and device.present and (not self.secrets or self.relock_with_secrets))
        free = self.tsm_registered and device.driver is Driver.NONE and not device.tsm_context
        locks = free and device.tdisp_capable and device.tdi is Tdi.CONFIG_UNLOCKED and device.ready
        device.tdi = Tdi.CONFIG_LOCKED if locks else device.tdi
        device.tsm_context = device.tsm_context or locks
        device.evidence = Evidence.NONE if locks else device.evidence
        device.verdict = Verdict.NONE if locks else device.verdict
        device.evidence_is_current = device.evidence_is_current and not locks
        self.result = Result.DONE if locks else Result.REFUSED

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def measure(self, device: Device) -> None:
        """Userspace collects evidence from the locked device. [GET_DEVICE_INTERFACE_REPORT, PCIe 11.3.10; debate 41]"""
        require(self.userspace_runs and device.present and device.tsm_context and device.verdict is Verdict.NONE)
        collected = Evidence.OF_GENUINE if device.identity is Identity.GENUINE else Evidence.OF_IMPOSTOR
        locked = self.tsm_registered and device.tdi is Tdi.CONFIG_LOCKED
        device.evidence = collected if locked else device.evidence
        device.evidence_is_current = device.evidence_is_current or locked
        self.result = Result.DONE if locked else Result.REFUSED

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def accept(self, device: Device) -> None:
        """Userspace accepts the device: the TSM starts it and the kernel sets the flag. [accept_store; PCIe 11.3.14; debate 43, 76, 78]"""
        require(self.userspace_runs and device.present and self.userspace_may_accept(device))
        free = self.tsm_registered and device.driver is Driver.NONE and device.tsm_context
        starts = free and device.tdi is Tdi.CONFIG_LOCKED
        device.tdi = Tdi.RUN if starts else device.tdi
        device.accepted = device.accepted or starts
        device.encrypted_ranges = device.encrypted_ranges + 1 if starts else device.encrypted_ranges
        self.result = Result.DONE if starts else Result.REFUSED

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def unlock(self, device: Device) -> None:
        """Userspace unlocks the device, from whatever state it is in. [unlock_store; PCIe 11.3.16]"""
        require(self.userspace_runs and device.present)
        unlocks = self.tsm_registered and device.tsm_context and device.driver is Driver.NONE
        self.release(device, unlocks)
        self.take_back(device, unlocks)
        self.result = Result.DONE if unlocks else Result.REFUSED

    # --- relying party -----------------------------------------------------------------------------------------------

    @action(by=Actor.RELYING_PARTY, to=Actor.USERSPACE)
    def verify(self, device: Device) -> None:
        """The relying party approves evidence of the device that the tenant means. [debate 37, 113]"""
        require(device.present and device.evidence is Evidence.OF_GENUINE and device.verdict is Verdict.NONE)
        device.verdict = Verdict.APPROVED

    @action(by=Actor.RELYING_PARTY, to=Actor.USERSPACE)
    def approve(self) -> None:
        """The relying party says that the launch state looks good. [debate 27, 28]"""
        require(self.phase is Phase.USERSPACE and not self.approved)
        self.approved = True

    @action(by=Actor.RELYING_PARTY, to=Actor.USERSPACE)
    def deploy_secrets(self) -> None:
        """The relying party deploys the tenant's secrets. [debate 28, 36]"""
        require(self.phase is Phase.USERSPACE and self.approved and self.secrets_are_safe())
        self.phase = Phase.SECRETS
        self.secrets = True

    # --- device ------------------------------------------------------------------------------------------------------

    @action(by=Actor.DEVICE)
    def fault(self, device: Device) -> None:
        """The device finds an error of its own and leaves for ERROR. [PCIe 11.4.5, 11.4.6]"""
        require(device.present and device.is_locked_or_running)
        device.tdi = Tdi.ERROR
        device.evidence_is_current = False

    # --- host --------------------------------------------------------------------------------------------------------

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def error(self, device: Device) -> None:
        """The host provokes an error: a tracked register is written, the IDE stream is cut. [PCIe 11.2, 11.4.3]"""
        require(device.present and device.is_locked_or_running)
        device.tdi = Tdi.ERROR
        device.evidence_is_current = False

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def function_level_reset(self, device: Device) -> None:
        """The host resets the function; a TDI that was locked or running goes to ERROR. [PCIe 11.4.9]"""
        require(device.present and device.is_locked_or_running)
        device.tdi = Tdi.ERROR
        device.evidence_is_current = False

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def hot_reset(self, device: Device) -> None:
        """The host resets the link: the TDI is unlocked, its configuration lost; the guest keeps flag and driver. [PCIe 11.4.8]"""
        require(device.present)
        device.tdi = Tdi.CONFIG_UNLOCKED
        device.ready = not self.device_needs_prepare
        device.preparation = Preparation.NONE if self.device_needs_prepare else device.preparation
        device.evidence_is_current = False

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def swap(self, device: Device) -> None:
        """The host puts an impostor in the device's place, or takes another device to plug in; a session that ties lock and RUN notices. [PCIe 11.4.5; debate 129]"""
        require(device.identity is Identity.GENUINE or not device.present)
        notices = device.is_locked_or_running and self.tsm_ties_session
        device.identity = Identity.IMPOSTOR if device.identity is Identity.GENUINE else Identity.GENUINE
        device.tdi = Tdi.ERROR if notices else device.tdi
        device.evidence_is_current = False

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def remove(self, device: Device) -> None:
        """The host removes the device; the guest forgets all about it. [pciehp, pci_stop_and_remove_bus_device]"""
        require(device.present)
        device.present = False
        device.arrived = False
        device.driver = Driver.NONE
        device.mapping = Mapping.NONE
        device.deferred = False
        device.retry_due = False
        device.ready = not self.device_needs_prepare
        device.preparation = Preparation.NONE
        self.release(device, True)
        self.forget(device)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def hot_add(self, device: Device) -> None:
        """The host plugs the device in; the guest enumerates a new struct device. [pci_device_add, device_add]"""
        require(not device.present)
        device.present = True
        device.arrived = True

    @action(by=Actor.HOST, to=Actor.USERSPACE)
    def refuse(self) -> None:
        """The host has a request of userspace fail. [PCIe 11.2.4]"""
        require(self.userspace_runs)
        self.result = Result.REFUSED

    @action(by=Actor.HOST)
    def stall(self) -> None:
        """The host does nothing, for as long as it likes. [Documentation/security/snp-tdx-threat-model.rst]"""

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def fake_capability(self, device: Device) -> None:
        """The host shows a wrong TDISP capability bit; nothing in the base looks at it. [debate 107]"""

    # --- environment -------------------------------------------------------------------------------------------------

    @action(by=Actor.ENVIRONMENT, to=Actor.KERNEL)
    def other_probe_succeeds(self) -> None:
        """Another driver's probe succeeds somewhere, or the boot timeout fires: pending devices are due. [driver_bound, driver_deferred_probe_trigger; debate 3 to 5, 87]"""
        require(any(device.deferred and not device.retry_due for device in self.devices))
        for device in self.devices:
            device.retry_due = device.deferred

    @action(by=Actor.ENVIRONMENT, to=Actor.KERNEL)
    def unregister_tsm(self) -> None:
        """The TSM goes away: devices are unlocked, except those with a driver, which keep flag and context. [tsm_unregister, pci_tsm_unlock]"""
        require(self.tsm_registered)
        self.tsm_registered = False
        for device in self.devices:
            unlocks = device.tsm_context and device.driver is Driver.NONE
            self.release(device, unlocks)
            self.take_back(device, unlocks)
