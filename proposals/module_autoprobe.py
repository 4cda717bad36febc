"""The v2 series: a module's autoprobe=0 gates automatic probes of its drivers; built-ins are never gated."""

from __future__ import annotations

from tdispmodel.dsl import replaces
from tdispmodel.models.base import Device, Guest, OperatingDriver


class ModuleAutoprobe(Guest):
    """Modules are loaded with autoprobe=0: every path that the kernel takes on its own skips their drivers.

    bind, drivers_probe and new_id stay ungated, and so do built-in drivers.
    Source: v2 series of 2 Mar 2026, CONFIG_MODULES_AUTOPROBE and autoprobe= (debate 117, 118, 120).
    """

    @replaces(Guest.automatic_probe_is_allowed)
    def automatic_probe_is_allowed(self, device: Device) -> bool:
        """driver->owner's autoprobe; a built-in driver has no owner."""
        return self.operating_driver is OperatingDriver.BUILTIN
