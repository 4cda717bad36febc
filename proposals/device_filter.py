"""An in-kernel filter: every automatic probe needs an accepted device or an allow-listed driver."""

from __future__ import annotations

from tdispmodel.dsl import replaces
from tdispmodel.models.base import Device, Guest


class DeviceFilter(Guest):
    """The device core refuses automatic probes of devices that are not accepted, but for drivers on an allow list.

    The operating driver is on that list only where a topology says so (`driver_is_allowed`).  What userspace asks for is
    not filtered.  The filter reads the flag, and nothing clears the flag when the TDI leaves RUN.
    Gives up: `kernel_binds_only_verified` and `kernel_binds_only_verified_after_boot` (an arrival or a registration
    binds on the stale flag).
    Source: "driver core: Add common support to skip probe for un-authorized devices" (Sep 2021), rejected (debate 39).
    """

    @replaces(Guest.automatic_probe_is_allowed)
    def automatic_probe_is_allowed(self, device: Device) -> bool:
        """has_probe_authorization(): here, the acceptance flag, or a driver on the allow list."""
        return device.accepted or device.driver_is_allowed
