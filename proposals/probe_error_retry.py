"""A plain probe error before acceptance; userspace binds again afterwards."""

from __future__ import annotations

from tdispmodel.dsl import replaces
from tdispmodel.models.base import Device, Guest


class ProbeErrorRetry(Guest):
    """The enlightened driver's probe prepares the device and fails; userspace binds again once it is accepted.

    A plain error is never queued (measured), so there is no deferral and no endless loop; automatic probing stays on,
    and the prepare step still runs whenever a probe is attempted before acceptance (debate 12, 13).
    Gives up: `kernel_binds_only_verified` and `kernel_binds_only_verified_after_boot` (a registration or an arrival
    binds on the stale flag).
    Source: 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch ("plain probe error plus retry").
    """

    @replaces(Guest.probe_fails)
    def probe_fails(self, device: Device) -> bool:
        """The driver returns an error other than -EPROBE_DEFER while the device is not accepted."""
        return not device.accepted

    @replaces(Guest.probe_prepares)
    def probe_prepares(self, device: Device) -> bool:
        """The enlightened driver brings the device into a lockable configuration before it fails."""
        return not device.accepted

    @replaces(Guest.userspace_prepares)
    def userspace_prepares(self, device: Device) -> bool:
        """bind, lock, accept, bind: where devices need it, the first bind prepares the device and fails. [debate 76]"""
        return self.device_needs_prepare and self.lock_may_follow(device)
