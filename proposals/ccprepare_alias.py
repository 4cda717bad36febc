"""Autoprobe off, and a prepare driver that userspace finds through ccprepare_pci: aliases."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.dsl import Actor, Each, action, replaces, require, restricts
from tdispmodel.models.base import Device, Driver, Guest, Mapping, Result, Userspace


class PreparableDevice(Device):
    """A device with an override_only prepare driver."""

    prepare_selected: bool = False  # driver_override names the prepare driver
    prepared: bool = False  # userspace believes that the device is ready


class CcprepareAlias(InitrdAutoprobeOff):
    """Userspace binds a special T=0 driver that prepares the device, unbinds it, and goes on to lock and run.

    The prepare driver is override_only: it matches only while driver_override names it.  The kernel takes the override
    for an order: where arrival is not gated (before v6.19), a device whose override was written between its uevent and
    the attach is bound to the prepare driver by the kernel.  Userspace learns from a refused lock that it must prepare
    again.  With secrets deployed it prepares only where it may lock again: recovery and "nothing at T=0 with secrets"
    exclude each other (debate 62; `relock_with_secrets`).
    Gives up: `prepare_runs_once` (userspace cannot tell a refusal by the host from a lost configuration).
    Source: 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch, point 4 (debate 11, 13, 54 to 60); override_only as in
    cc6711b0bf36.
    """

    devices: Each[PreparableDevice]

    def userspace_may_prepare(self, device: PreparableDevice) -> bool:
        """Userspace prepares a device in order to lock it: with secrets deployed only where it may lock again (RAS)."""
        serves_a_lock = not self.secrets or self.relock_with_secrets
        lockable = not device.tsm_context and not device.accepted
        return self.userspace is Userspace.ROGUE or (serves_a_lock and lockable)

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def select_prepare_driver(self, device: PreparableDevice) -> None:
        """Userspace finds the ccprepare_pci: alias and writes driver_override. [debate 55, 58]"""
        require(self.userspace_runs and device.present and not device.prepare_selected and not device.prepared)
        require(self.userspace_may_prepare(device))
        device.prepare_selected = True

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def bind_prepare(self, device: PreparableDevice) -> None:
        """Userspace binds the prepare driver, which readies the device at T=0. [bind_store; debate 56]"""
        require(self.userspace_runs and device.present and device.prepare_selected)
        require(not device.arrived and device.driver is Driver.NONE)
        require(self.userspace_may_prepare(device))
        device.driver = Driver.PREPARE
        device.mapping = Mapping.SHARED
        device.ready = True
        device.preparation = device.prepared_once_more
        self.result = Result.DONE

    @action(by=Actor.KERNEL, to=Actor.DEVICE)
    def attach_prepare_on_arrival(self, device: PreparableDevice) -> None:
        """The PCI core finds driver_override set on a device that has just appeared, and attaches the prepare driver. [pci_bus_add_device, pci_match_device]"""
        require(device.present and device.arrived and device.prepare_selected)
        require(self.arrival_is_open(device) and not self.suspended)
        device.arrived = False
        device.driver = Driver.PREPARE
        device.mapping = Mapping.PRIVATE if device.accepted else Mapping.SHARED
        device.ready = True
        device.preparation = device.prepared_once_more

    @action(by=Actor.USERSPACE, to=Actor.KERNEL)
    def finish_prepare(self, device: PreparableDevice) -> None:
        """Userspace unbinds the prepare driver and clears driver_override. [unbind_store; debate 56]"""
        require(self.userspace_runs and device.present and device.prepare_selected)
        require(device.driver is Driver.PREPARE)
        device.driver = Driver.NONE
        device.mapping = Mapping.NONE
        device.prepare_selected = False
        device.prepared = True
        self.result = Result.DONE

    @action(by=Actor.USERSPACE)
    def plan_another_prepare(self, device: PreparableDevice) -> None:
        """Userspace takes a refused request for a sign that the device lost its configuration. [debate 61, 62]"""
        require(self.userspace_runs and device.present and self.result is Result.EIO)
        require(device.prepared and not device.tsm_context and device.driver is Driver.NONE)
        device.prepared = False

    @replaces(Guest.matches)
    def matches(self, device: PreparableDevice) -> bool:
        """While driver_override names the prepare driver, the operating driver does not match. [pci_match_device]"""
        return not device.prepare_selected and (device.overridden or not self.override_only)

    @replaces(Guest.forget)
    def forget(self, device: PreparableDevice) -> None:
        """driver_override and what userspace knew of the device are gone."""
        device.prepare_selected = False
        device.prepared = False

    @restricts(Guest.pass_over_on_arrival)
    def pass_over_on_arrival(self, device: PreparableDevice) -> None:
        require(not (device.prepare_selected and self.arrival_is_open(device) and not self.suspended))

    @restricts(Guest.lock)
    def lock(self, device: PreparableDevice) -> None:
        """Userspace locks only where it sees no reason for a refusal, and so learns from one. [lock_store]"""
        require(self.tsm_registered and not device.tsm_context)
        require(device.driver is Driver.NONE and not device.prepare_selected)

    @restricts(Guest.accept)
    def accept(self, device: PreparableDevice) -> None:
        """Userspace accepts what it sees locked, so that no other refusal hides that of a lock. [tsm/lock reads the name of the TSM]"""
        require(device.tsm_context)

    @restricts(Guest.unlock)
    def unlock(self, device: PreparableDevice) -> None:
        """Userspace unlocks what it sees locked. [tsm/lock reads the name of the TSM]"""
        require(device.tsm_context)

    @restricts(Guest.unbind)
    def unbind(self, device: PreparableDevice) -> None:
        require(device.driver is Driver.OPERATING)
