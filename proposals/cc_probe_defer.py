"""The v1 series: an enlightened driver's probe defers until the device is accepted."""

from __future__ import annotations

from tdispmodel.dsl import replaces
from tdispmodel.models.base import Device, Guest


class CcProbeDefer(Guest):
    """device_cc_probe() returns -EPROBE_DEFER until the device is accepted; automatic probing stays on.

    The probe does its T=0 step before it defers, and the deferral list runs it again after every success elsewhere.
    Nothing retries after acceptance by itself: userspace binds, or another success triggers the list (debate 1 to 10,
    13, 72, 73, 78).
    Gives up: `prepare_runs_once` (every retry prepares), `kernel_binds_only_verified` and
    `kernel_binds_only_verified_after_boot` (a retry, a registration or an arrival binds on the stale flag).
    Source: v1 series of 27 Aug 2025, patch 3/7 "device core: Introduce confidential device acceptance", dropped in v2.
    """

    @replaces(Guest.probe_defers)
    def probe_defers(self, device: Device) -> bool:
        """device_cc_probe(): "TEE acceptance pending". It reads the flag, not the hardware."""
        return not device.accepted

    @replaces(Guest.probe_prepares)
    def probe_prepares(self, device: Device) -> bool:
        """The enlightened driver brings the device into a lockable configuration before it defers."""
        return not device.accepted

    @replaces(Guest.userspace_prepares)
    def userspace_prepares(self, device: Device) -> bool:
        """bind, lock, accept, bind: where devices need it, the first bind prepares the device and defers. [debate 76]"""
        return self.device_needs_prepare and self.lock_may_follow(device)
