"""The kernel learns of the loss of RUN, then revokes, unmaps and unbinds, each in a step of its own."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.dsl import Actor, Constant, Each, action, replaces, require
from tdispmodel.models.base import Device, Driver, Guest, Mapping, Tdi


class WatchedDevice(Device):
    """A device of which the kernel learns that it left RUN."""

    loss_known: bool = False  # the kernel knows, and is not done with taking back


class EagerRevoke(InitrdAutoprobeOff):
    """What `atomic_revoke` idealises, as a kernel can do it; binding and accepting ask what the kernel knows of a loss.

    The flag falls sooner or later, whatever userspace does; until the kernel knows, a bind still finds it set.  A
    re-check that reads the hardware moves this gap and does not close it (see `open_coded_defer`).
    The order costs, too: revoked first, a driver keeps private mappings on a device that is not accepted any more, and
    the flag falls under a driver; `driver_goes_first` keeps both rules, and leaves the flag set for longer.
    Gives up: `acceptance_changes_driverless`, `private_mapping_needs_acceptance`, `private_mapping_stays_private`
    (revoked before unmapped, unmapped before unbound) and `no_impostor_with_secrets` (a driver that is unmapped
    still counts as bound).
    Keeps: `lost_run_revokes_acceptance` (the kernel does not wait for userspace).
    Source: the implementable form of debate 127 and 131; an event or a failed read tells the kernel.
    """

    devices: Each[WatchedDevice]

    driver_goes_first: Constant[bool] = False

    @replaces(Guest.probe_is_allowed)
    def probe_is_allowed(self, device: WatchedDevice) -> bool:
        """No driver for a device whose loss is known."""
        return not device.loss_known

    @replaces(Guest.forget)
    def forget(self, device: WatchedDevice) -> None:
        """A struct device that comes back has lost nothing."""
        device.loss_known = False

    @replaces(Guest.accept_is_allowed)
    def accept_is_allowed(self, device: WatchedDevice) -> bool:
        """The kernel refuses while it is taking back what was lost."""
        return not device.loss_known

    @action(by=Actor.KERNEL)
    def learn_of_loss(self, device: WatchedDevice) -> None:
        """An event or a failed read tells the kernel that an accepted device is not in RUN. [debate 127]"""
        require(device.present and device.accepted and device.tdi is not Tdi.RUN and not device.loss_known)
        device.loss_known = True

    @action(by=Actor.KERNEL)
    def revoke(self, device: WatchedDevice) -> None:
        """The kernel clears the flag, and with it the record of encrypted ranges. [debate 127]"""
        require(device.loss_known and device.accepted)
        require(not self.driver_goes_first or device.driver is Driver.NONE)
        device.accepted = False
        device.encrypted_ranges = 0

    @action(by=Actor.KERNEL)
    def unmap(self, device: WatchedDevice) -> None:
        """The kernel tears the private mappings down. [debate 131]"""
        require(device.loss_known and device.mapping is Mapping.PRIVATE)
        require(self.driver_goes_first or not device.accepted)
        device.mapping = Mapping.NONE

    @action(by=Actor.KERNEL)
    def detach(self, device: WatchedDevice) -> None:
        """The kernel unbinds the driver that has lost its mappings. [device_release_driver; debate 131]"""
        require(device.loss_known and device.driver is not Driver.NONE and device.mapping is not Mapping.PRIVATE)
        device.driver = Driver.NONE
        device.mapping = Mapping.NONE

    @action(by=Actor.KERNEL)
    def finish_revoking(self, device: WatchedDevice) -> None:
        """Nothing is left to be taken back. [debate 127]"""
        require(device.loss_known and not device.accepted and device.driver is Driver.NONE)
        device.loss_known = False
