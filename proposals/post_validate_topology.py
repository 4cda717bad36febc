"""Everything may bind until the relying party's verdict; then the topology is locked, then come the secrets."""

from __future__ import annotations

from tdispmodel.dsl import Each, replaces
from tdispmodel.models.base import Device, Guest, SecretRule


class EnumeratedDevice(Device):
    """A device that remembers whether it was there when the topology was locked."""

    newcomer: bool = False


class PostValidateTopology(Guest):
    """Unaccepted devices bind freely at first; the relying party validates what was enumerated and locks the topology.

    After the lock the guest attaches no driver to a device that arrives.  Secrets need only the locked topology: a
    device that is bound at T=0 may stay bound (debate 24 to 32, 46, 47).
    Gives up: `kernel_binds_only_verified`, `kernel_binds_only_verified_after_boot`,
    `no_shared_exposure_after_initrd`, `no_shared_bind_with_secrets`, `no_shared_driver_with_secrets`,
    `no_impostor_with_secrets` (all by intention: T=0 is allowed), `wanted_device_gets_its_driver` (a T=0 driver
    holds the device) and `run_stays_reachable` (a device that is replugged after the lock is a newcomer).
    Source: 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch ("post validate model").
    """

    devices: Each[EnumeratedDevice]

    secret_rule = SecretRule.TOPOLOGY_LOCKED
    topology_locked: bool = False

    @replaces(Guest.topology_is_locked)
    def topology_is_locked(self) -> bool:
        return self.topology_locked

    @replaces(Guest.probe_is_allowed)
    def probe_is_allowed(self, device: EnumeratedDevice) -> bool:
        """No driver for a device that was not there when the topology was locked. [debate 21, 32]"""
        return not device.newcomer

    @replaces(Guest.note_approval)
    def note_approval(self) -> None:
        """Launch state looks good, lock the device topology. [debate 28]"""
        self.topology_locked = True

    @replaces(Guest.note_arrival)
    def note_arrival(self, device: EnumeratedDevice) -> None:
        """With the topology locked the guest notes a newcomer. [debate 21, 32]"""
        device.newcomer = self.topology_locked
