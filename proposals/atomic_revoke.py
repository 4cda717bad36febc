"""An idealised bound: flag, mappings and driver are gone in the very step in which RUN ends."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.dsl import replaces
from tdispmodel.models.base import Device, Driver, Guest, Mapping


class AtomicRevoke(InitrdAutoprobeOff):
    """Whatever ends RUN - a fault, the host, an unbind - takes acceptance, mappings and driver with it.

    No guest can do that: the host ends RUN without asking, and while a probe or an accept is under way, which here take no
    time.  It is the best that revoking can be, and shows what cannot
    be had even then: whoever clears the flag when RUN ends clears it under a bound driver, so that `accepted_is_running`
    and `acceptance_changes_driverless` exclude each other where a driver can be bound in RUN at all.  A TSM that goes
    away does not end RUN, and its devices keep the flag.
    Gives up: `acceptance_changes_driverless` (the flag falls under the driver).
    Keeps: `no_trusted_driver_binds_pre_run`, `trusted_driver_binds_only_verified`, `no_bind_on_stale_acceptance`,
    `accepted_is_running`, `private_driver_only_in_run`, `reset_clears_acceptance`, `lost_run_revokes_acceptance`
    (nothing is stale, ever).
    Source: the automatic reset of the level (debate 127) and the wish for synchrony (debate 131), taken to the limit.
    """

    @replaces(Guest.revoke_with_run)
    def revoke_with_run(self, device: Device, ends: bool) -> None:
        """Flag and record fall with RUN. [idealised]"""
        device.accepted = device.accepted and not ends
        device.encrypted_ranges = 0 if ends else device.encrypted_ranges

    @replaces(Guest.detach_with_run)
    def detach_with_run(self, device: Device, ends: bool) -> None:
        """Driver and mappings fall with RUN. [idealised]"""
        device.driver = Driver.NONE if ends else device.driver
        device.mapping = Mapping.NONE if ends else device.mapping
