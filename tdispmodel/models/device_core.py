"""The device core: who attaches a driver when, what happens in a probe, and the deferred list.

Every attach path asks its own gates and ends in `probe`; a proposal replaces the small functions in front of it.
The paths are named by the letters of the table of attach paths (measured on unmodified kernels, before and since v6.19):

    a  device_add: never matches a PCI device; how faux, auxiliary and platform devices normally get their drivers
    b  pci_bus_add_device: boot scan, hot-add, rescan           `attach_on_arrival`, `pass_over_on_arrival`
    c  driver registration                                      `load_module`
    d  the deferred-probe worker                                `retry_deferred`
    e  bind, f  drivers_probe, g  new_id                        in `userspace.py`
    h  device_attach() by other subsystems, i  device_bind_driver(): not used for PCI
    j  the asynchronous helper of a and b decides as they did; where it does not, the proposal says so

The add uevent and the attach are not ordered: userspace may act on a device that `arrived` before the attach, after it,
or not at all; a bind before it finds no match.
"""

from __future__ import annotations

from tdispmodel.dsl import Actor, Component, Constant, Each, action, anything, initially, require
from tdispmodel.models.device import Device
from tdispmodel.models.vocabulary import (
    Bus,
    DeviceKind,
    Driver,
    Identity,
    Initcalls,
    Kernel,
    Mapping,
    OperatingDriver,
    Phase,
    Preparation,
    Sleep,
    Tdi,
    Timeout,
)


class DeviceCore(Component):
    """The part of the guest kernel that attaches drivers to devices."""

    devices: Each[Device]

    kernel: Constant[Kernel] = Kernel.SINCE_6_19
    operating_driver: Constant[OperatingDriver] = OperatingDriver.MODULE
    override_only: Constant[bool] = False  # the operating driver's entry matches only where driver_override names it
    module_is_shared: Constant[bool] = False  # the module brings another device's driver, too, and is loaded for that
    device_needs_prepare: Constant[bool] = False
    probe_registers_child: Constant[bool] = False
    binds_trigger: Constant[bool] = False  # a bind of one device here retries the others
    other_drivers_probe: Constant[bool] = True  # other devices' probes go on succeeding, and so trigger the list
    deferred_probe_timeout: Constant[bool] = False  # the one-time timeout is a trigger of its own
    sleep: Constant[Sleep] = Sleep.NEVER
    aer_resets: Constant[bool] = False  # errors are reported as fatal, and the kernel resets the link

    phase: Phase = Phase.BOOT
    autoprobe: bool = True  # drivers_autoprobe of the PCI bus
    later_autoprobe: bool = True  # of a bus that is registered after the initrd began: on, as bus_register() has it
    faux_autoprobe: bool = True
    auxiliary_autoprobe: bool = True
    platform_autoprobe: bool = True
    driver_loaded: bool = anything()
    initcalls: Initcalls = anything()  # over from the start for a module: nothing can be deferred in BOOT then
    timeout: Timeout = Timeout.RUNNING
    suspended: bool = False

    @initially
    def only_built_ins_are_there_at_boot(self) -> bool:
        return self.driver_loaded is (self.operating_driver is OperatingDriver.BUILTIN)

    @initially
    def initcalls_matter_to_built_ins(self) -> bool:
        built_in = self.operating_driver is OperatingDriver.BUILTIN
        return self.initcalls is (Initcalls.RUNNING if built_in else Initcalls.OVER)

    @initially
    def a_device_starts_ready_unless_it_needs_preparing(self) -> bool:
        return all(device.ready is not self.needs_prepare(device) for device in self.devices)

    @initially
    def the_devices_of_the_pci_bus_are_there_at_boot(self) -> bool:
        return all(
            device.present is (device.bus is Bus.PCI) and device.arrived is device.present for device in self.devices
        )

    @initially
    def the_capability_bit_is_as_the_kind_says(self) -> bool:
        return all(
            device.shows_tdisp is (device.kind not in (DeviceKind.PLAIN, DeviceKind.HIDDEN)) for device in self.devices
        )

    @initially
    def an_impostor_is_one_from_the_start(self) -> bool:
        return all(
            device.kind is not DeviceKind.IMPOSTOR or device.identity is Identity.IMPOSTOR for device in self.devices
        )

    def needs_prepare(self, device: Device) -> bool:
        """Whether the device can be locked only after a vendor step at T=0. [debate 74, 75]"""
        return self.device_needs_prepare or device.kind is DeviceKind.NEEDS_PREPARE

    @property
    def deferred_probing_started(self) -> bool:
        """Until the late initcalls nothing triggers the deferred list. [driver_deferred_probe_enable]"""
        return self.initcalls is not Initcalls.RUNNING

    @property
    def userspace_runs(self) -> bool:
        """The first userspace instruction is the initrd's; a suspended guest's userspace is frozen."""
        return self.phase is not Phase.BOOT and not self.suspended

    # --- what a proposal may replace ---------------------------------------------------------------------------------

    def probe_is_allowed(self, device: Device) -> bool:
        """Whether the device core lets any driver attach, whoever asks. [really_probe]"""
        return True

    def automatic_probe_is_allowed(self, device: Device) -> bool:
        """Whether the device core lets a driver attach without being asked by userspace. [bus_probe_device]"""
        return True

    def arrival_probe_is_allowed(self, device: Device) -> bool:
        """What path b asks: the asynchronous helper, path j, decides as it did. [__device_attach_async_helper]"""
        return self.automatic_probe_is_allowed(device)

    def probe_defers(self, device: Device) -> bool:
        """Whether the operating driver's probe ends in -EPROBE_DEFER."""
        return False

    def probe_fails(self, device: Device) -> bool:
        """Whether the operating driver's probe ends in another error."""
        return False

    def probe_prepares(self, device: Device) -> bool:
        """Whether the operating driver, probing at T=0, brings the device into a lockable configuration. [debate 79]"""
        return self.needs_prepare(device) and not device.accepted

    def maps_privately(self, device: Device) -> bool:
        """Whether a driver that is attached now gets private mappings: it follows the flag. [debate 67, 89]"""
        return device.accepted

    def function_attaches(self, device: Device) -> bool:
        """Whether the auxiliary functions of a bound operating driver get their drivers. [auxiliary_bus; path a; debate 23, 135]"""
        return self.auxiliary_autoprobe

    def revoke_with_run(self, device: Device, ends: bool) -> None:
        """What the guest takes back in the very step in which RUN ends: nothing; the host does not ask."""

    def detach_with_run(self, device: Device, ends: bool) -> None:
        """What becomes of the driver in the very step in which RUN ends: it stays bound."""

    # --- gates -------------------------------------------------------------------------------------------------------

    def is_free(self, device: Device) -> bool:
        """There, allowed to match, and without a driver. [pci_bus_match, __driver_probe_device]"""
        return device.present and not device.arrived and device.driver is Driver.NONE

    def matches(self, device: Device) -> bool:
        """Whether the operating driver's table matches. [pci_match_device]"""
        return device.overridden or not self.override_only

    def arrival_is_open(self, device: Device) -> bool:
        """drivers_autoprobe on path b: before v6.19 it did not gate what is hot-added to the PCI bus (measured). [pci_bus_add_device]"""
        return self.bus_probes(device) or (self.kernel is Kernel.BEFORE_6_19 and device.bus is Bus.PCI)

    def bus_probes(self, device: Device) -> bool:
        """drivers_autoprobe of the device's bus."""
        return self.autoprobe if device.bus is Bus.PCI else self.later_autoprobe

    def attaches_on_arrival(self, device: Device) -> bool:
        """Path b. [pci_bus_add_device; debate 18]"""
        gate = self.arrival_is_open(device)
        allowed = self.arrival_probe_is_allowed(device) and self.probe_is_allowed(device)
        return self.driver_loaded and self.matches(device) and gate and allowed

    def attaches_on_registration(self, device: Device) -> bool:
        """Path c: the driver's registration finds the device. [bus_add_driver, driver_attach]"""
        gate = self.bus_probes(device) and self.automatic_probe_is_allowed(device)
        return self.is_free(device) and self.matches(device) and gate and self.probe_is_allowed(device)

    def attaches_on_retry(self, device: Device) -> bool:
        """Path d: with drivers_autoprobe off the device is silently dropped (measured). [deferred_probe_work_func; debate 10]"""
        gate = self.bus_probes(device) and self.automatic_probe_is_allowed(device)
        return self.matches(device) and gate and self.probe_is_allowed(device)

    def attaches_on_request(self, device: Device) -> bool:
        """Paths e, f, g: no gate but the match and the device's own state. [device_driver_attach, bus_rescan_devices, driver_attach]"""
        return self.is_free(device) and self.matches(device) and self.probe_is_allowed(device)

    # --- what every attach path ends in ------------------------------------------------------------------------------

    def probe_is_deferred(self, device: Device) -> bool:
        """While the guest is suspended every probe is deferred, whoever asks. [device_block_probing, really_probe]"""
        return self.suspended or self.probe_defers(device)

    def probe_binds(self, device: Device) -> bool:
        """Whether a probe that is attempted ends with the operating driver bound."""
        return not self.probe_is_deferred(device) and not self.probe_fails(device)

    def probe(self, device: Device, attempted: bool, queued: bool, asked: bool) -> None:
        """The operating driver's probe: it binds, defers or fails.

        `queued`: a deferral puts the device on the list (not for explicit bind: EAGAIN, measured).  `asked`: by
        userspace. [really_probe, driver_probe_device, driver_bound]
        """
        binds = attempted and self.probe_binds(device)
        defers = attempted and self.probe_is_deferred(device)
        prepares = attempted and not self.suspended and self.probe_prepares(device)
        device.triggers = device.triggers or (binds and self.binds_trigger)
        device.driver = Driver.OPERATING if binds else device.driver
        device.mapping = (
            (Mapping.PRIVATE if self.maps_privately(device) else Mapping.SHARED) if binds else device.mapping
        )
        exposes = binds and not self.maps_privately(device) and not device.is_listed
        device.exposed = device.exposed or (exposes and self.phase is not Phase.BOOT)
        self.note_deferral(device, binds, defers, queued)
        self.note_prepare(device, prepares)

    def note_deferral(self, device: Device, binds: bool, defers: bool, queued: bool) -> None:
        """The deferred list after a probe; a child that was bound meanwhile triggers it at once. [driver_deferred_probe_add, driver_bound]"""
        due = defers and self.probe_registers_child and self.deferred_probing_started and not self.suspended
        device.deferred = defers if queued else device.deferred and not binds
        device.retry_due = due if queued else device.retry_due and not binds

    def trigger_list(self, triggers: bool) -> None:
        """A successful probe, of any device on any bus, makes all pending devices due. [driver_bound, driver_deferred_probe_trigger; measured]"""
        for pending in self.devices:
            pending.retry_due = pending.deferred if triggers and self.deferred_probing_started else pending.retry_due

    def note_prepare(self, device: Device, prepares: bool) -> None:
        """A probe at T=0 may leave the device in a lockable configuration. [debate 6, 8]"""
        device.ready = device.ready or prepares
        device.preparation = device.prepared_once_more if prepares else device.preparation

    # --- what happens to a device ------------------------------------------------------------------------------------

    def void_evidence(self, device: Device, voided: bool) -> None:
        """Evidence that was collected, or is being judged, says nothing any more about the device."""
        device.evidence_is_current = device.evidence_is_current and not voided
        device.answer_is_current = device.answer_is_current and not voided

    def fall_to_error(self, device: Device, falls: bool) -> None:
        """The TDI leaves CONFIG_LOCKED or RUN for ERROR: the evidence says nothing any more. [PCIe 11.2]"""
        self.revoke_with_run(device, falls and device.tdi is Tdi.RUN)
        device.tdi = Tdi.ERROR if falls else device.tdi
        self.void_evidence(device, falls)

    def report_error(self, device: Device) -> None:
        """A fatal error message reaches the root port, where that is modelled. [aer_isr]"""
        device.error_reported = self.aer_resets

    def reset_link(self, device: Device) -> None:
        """A conventional reset unlocks the TDI and loses its configuration; the guest keeps flag and driver. [PCIe 11.4.8]"""
        self.revoke_with_run(device, device.tdi is Tdi.RUN)
        self.detach_with_run(device, device.tdi is Tdi.RUN)
        device.tdi = Tdi.CONFIG_UNLOCKED
        device.ready = not self.needs_prepare(device)
        device.preparation = Preparation.NONE if self.needs_prepare(device) else device.preparation
        self.void_evidence(device, True)

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

    def register_driver(self) -> None:
        """The operating driver registers: it is attached where it matches, and a running timeout starts anew. [bus_add_driver, deferred_probe_extend_timeout; debate 4]"""
        self.driver_loaded = True
        self.timeout = Timeout.RUNNING if self.timeout is Timeout.NEARLY_OVER else self.timeout
        for device in self.devices:
            self.probe(device, self.attaches_on_registration(device), self.attaches_on_registration(device), False)

    @action(by=Actor.KERNEL)
    def end_initcalls(self) -> None:
        """The late initcalls start deferred probing: pending devices are due, and once more when they were tried. [deferred_probe_initcall; debate 9]"""
        require(self.initcalls is not Initcalls.OVER)
        require(all(not device.arrived for device in self.devices))
        require(self.probe_registers_child or all(not device.retry_due for device in self.devices))
        self.initcalls = Initcalls.RETRYING if self.initcalls is Initcalls.RUNNING else Initcalls.OVER
        for device in self.devices:
            device.retry_due = device.deferred

    @action(by=Actor.KERNEL)
    def load_module(self) -> None:
        """udev loads the operating driver's module; its registration attaches it where it matches. [bus_add_driver]"""
        require(self.userspace_runs and not self.driver_loaded)
        self.register_driver()

    @action(by=Actor.KERNEL, fair=False)
    def load_shared_module(self) -> None:
        """The module is loaded for another device whose driver it brings as well: modules are no drivers. [bus_add_driver; debate 51]"""
        require(self.module_is_shared and self.userspace_runs and not self.driver_loaded)
        self.register_driver()

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def retry_deferred(self, device: Device) -> None:
        """The deferred-probe worker takes the device off its list and tries again. [deferred_probe_work_func; debate 1, 2, 120]"""
        require(device.deferred and device.retry_due)
        self.probe(device, self.attaches_on_retry(device), True, False)

    @action(by=Actor.KERNEL)
    def trigger_deferred(self, device: Device) -> None:
        """The bind of one device makes all pending ones due. [driver_bound, driver_deferred_probe_trigger; debate 5]"""
        require(device.triggers)
        device.triggers = False
        self.trigger_list(True)

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def recover_from_error(self, device: Device) -> None:
        """A fatal error resets the link, with or without a driver; nothing asks the TSM, and the driver stays bound. [pcie_do_recovery; debate 42]"""
        require(device.present and device.error_reported)
        device.error_reported = False
        self.reset_link(device)

    # --- environment -------------------------------------------------------------------------------------------------

    @action(by=Actor.ENVIRONMENT, to=Actor.KERNEL)
    def other_probe_succeeds(self) -> None:
        """Another driver's probe succeeds somewhere: pending devices are due. [driver_bound, driver_deferred_probe_trigger; debate 5, 87]"""
        require(self.other_drivers_probe and self.deferred_probing_started)
        require(any(device.deferred and not device.retry_due for device in self.devices))
        self.trigger_list(True)

    @action(by=Actor.ENVIRONMENT, to=Actor.KERNEL)
    def time_passes(self) -> None:
        """The deferral timeout runs on; when it is over, pending devices are due, for the last time. [deferred_probe_timeout_work_func; debate 3, 4]"""
        require(self.deferred_probe_timeout and self.phase is not Phase.BOOT and self.timeout is not Timeout.OVER)
        fires = self.timeout is Timeout.NEARLY_OVER
        for device in self.devices:
            device.retry_due = device.deferred if fires else device.retry_due
        self.timeout = Timeout.OVER if fires else Timeout.NEARLY_OVER

    @action(by=Actor.ENVIRONMENT, to=Actor.KERNEL)
    def suspend(self) -> None:
        """The guest is suspended; where devices lose power, locked and running ones are lost, and configurations, too. [dpm_prepare, device_block_probing; PCIe Table 11-2]"""
        require(self.sleep is not Sleep.NEVER and self.userspace_runs)
        self.suspended = True
        for device in self.devices:
            unpowered = device.present and self.sleep is Sleep.LOSES_STATE
            self.detach_with_run(device, unpowered and device.tdi is Tdi.RUN)
            self.fall_to_error(device, unpowered and device.is_locked_or_running)
            device.ready = device.ready and not (unpowered and self.needs_prepare(device))
            device.preparation = Preparation.NONE if unpowered and self.needs_prepare(device) else device.preparation

    @action(by=Actor.ENVIRONMENT, to=Actor.KERNEL, fair=True)
    def resume(self) -> None:
        """The guest resumes: pending devices are due once more. [dpm_complete, device_unblock_probing; debate 9]"""
        require(self.suspended)
        self.suspended = False
        for device in self.devices:
            device.retry_due = device.deferred
