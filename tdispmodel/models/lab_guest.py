"""A guest as the lab can have it: the device core of the base, a userspace that tries everything, a driver of our own.

Test sequences for real kernels are made of this model (docs/lab.md); no design is asked about it.  What a constant
switches on costs no states until it is set.
"""

from __future__ import annotations

from tdispmodel.dsl import Actor, Constant, Each, action, anything, initially, replaces, require, restricts
from tdispmodel.models.base import Guest as Guest
from tdispmodel.models.device import Device
from tdispmodel.models.vocabulary import Bus


class LabDevice(Device):
    """A device that userspace gives to a driver by name, or takes out of sysfs while it stays in its slot."""

    overridden_elsewhere: bool = False  # driver_override names a driver that nobody has
    hidden: bool = False  # in its slot, and out of sysfs until the bus is scanned


class LabGuest(Guest):
    """Today's kernel, whose userspace turns autoprobe off and on at will, with a driver that does as it is told."""

    devices: Each[LabDevice]

    driver_defers: Constant[bool] = False
    driver_fails: Constant[bool] = False
    driver_is_told: Constant[bool] = False  # while it is registered: to defer, or to bind
    overrides_are_written: Constant[bool] = False
    devices_are_hidden: Constant[bool] = False
    functions_are_reset: Constant[bool] = False
    errors_are_injected: Constant[bool] = False

    defers: bool = anything()  # what the driver was told

    @initially
    def the_driver_begins_as_it_is_loaded(self) -> bool:
        return self.defers is self.driver_defers

    @replaces(Guest.probe_defers)
    def probe_defers(self, device: LabDevice) -> bool:
        """Whether the lab's driver defers, as it was told. [lab/module/lab_driver.c]"""
        return self.defers

    @replaces(Guest.probe_fails)
    def probe_fails(self, device: LabDevice) -> bool:
        """Whether the lab's driver fails with EIO, whenever it is asked. [lab/module/lab_driver.c]"""
        return self.driver_fails

    @replaces(Guest.matches)
    def matches(self, device: LabDevice) -> bool:
        """Where driver_override names a driver no other one matches, whatever its table says. [pci_match_device]"""
        return not device.overridden_elsewhere and (device.overridden or not self.override_only)

    @replaces(Guest.forget)
    def forget(self, device: LabDevice) -> None:
        """The override is the struct device's and goes with it. [pci_release_dev]"""
        device.overridden_elsewhere = False

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def turn_autoprobe_off(self) -> None:
        """Userspace writes 0 to drivers_autoprobe. [drivers_autoprobe_store]"""
        require(self.userspace_runs and self.autoprobe)
        self.autoprobe = False

    @action(by=Actor.USERSPACE, to=Actor.DEVICE, fair=False)
    def tell_to_defer(self) -> None:
        """The lab's driver is told to defer: a parameter of its module. [lab/module/lab_driver.c]"""
        require(self.driver_is_told and self.userspace_runs and self.driver_loaded and not self.defers)
        self.defers = True

    @action(by=Actor.USERSPACE, to=Actor.DEVICE, fair=False)
    def tell_to_bind(self) -> None:
        """The lab's driver is told to bind: a parameter of its module. [lab/module/lab_driver.c]"""
        require(self.driver_is_told and self.userspace_runs and self.driver_loaded and self.defers)
        self.defers = False

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def turn_later_autoprobe_on(self) -> None:
        """Userspace writes 1 to drivers_autoprobe of the other bus. [drivers_autoprobe_store]"""
        require(self.userspace_runs and not self.later_autoprobe)
        require(any(device.bus is Bus.LATER for device in self.devices))
        self.later_autoprobe = True

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def turn_later_autoprobe_off(self) -> None:
        """Userspace writes 0 to drivers_autoprobe of the other bus. [drivers_autoprobe_store]"""
        require(self.userspace_runs and self.later_autoprobe)
        require(any(device.bus is Bus.LATER for device in self.devices))
        self.later_autoprobe = False

    # --- driver_override: writing it neither loads nor probes anything ------------------------------------------------

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def name_driver(self, device: LabDevice) -> None:
        """Userspace writes the driver's name to driver_override. [driver_override_store]"""
        require(self.overrides_are_written and self.userspace_runs and device.present and not device.overridden)
        device.overridden = True
        device.overridden_elsewhere = False

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def name_another(self, device: LabDevice) -> None:
        """Userspace writes the name of a driver that nobody has to driver_override. [driver_override_store]"""
        require(self.overrides_are_written and self.userspace_runs and device.present)
        require(not device.overridden_elsewhere)
        device.overridden = False
        device.overridden_elsewhere = True

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def name_none(self, device: LabDevice) -> None:
        """Userspace writes an empty line to driver_override. [driver_override_store]"""
        require(self.overrides_are_written and self.userspace_runs and device.present)
        require(device.overridden or device.overridden_elsewhere)
        device.overridden = False
        device.overridden_elsewhere = False

    # --- out of sysfs and back: `rescan` of the base in two steps -----------------------------------------------------

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def hide(self, device: LabDevice) -> None:
        """Userspace removes the device through sysfs; it stays in its slot. [remove_store]"""
        require(self.devices_are_hidden and self.userspace_runs and device.present)
        device.present = False
        device.arrived = False
        self.disappear(device)
        device.hidden = True

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def scan(self) -> None:
        """Userspace has the bus scanned: what is in a slot and not in sysfs arrives. [rescan_store]"""
        require(self.devices_are_hidden and self.userspace_runs and any(device.hidden for device in self.devices))
        for device in self.devices:
            device.present = device.present or device.hidden
            device.arrived = device.arrived or device.hidden
            device.hidden = False

    @restricts(Guest.hot_add)
    def hot_add(self, device: LabDevice) -> None:
        """A slot holds one device. [QEMU]"""
        require(not device.hidden)

    @restricts(Guest.rescan)
    def rescan(self, device: LabDevice) -> None:
        """A scan finds all that is hidden; here it is made where nothing else is. [rescan_store]"""
        require(all(not other.hidden for other in self.devices))

    @restricts(Guest.reset)
    def reset(self, device: LabDevice) -> None:
        """The function is reset where that is wanted. [reset_store]"""
        require(self.functions_are_reset)

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def inject_fatal_error(self, device: LabDevice) -> None:
        """The host has the port above the device report a fatal error. [pcie_aer_inject_error of QEMU]"""
        require(self.errors_are_injected and self.userspace_runs and device.present and not device.error_reported)
        device.error_reported = True
