"""The v2 series: a module's autoprobe=0 gates automatic probes of its drivers; built-ins are never gated."""

from __future__ import annotations

from tdispmodel.dsl import Constant, replaces
from tdispmodel.models.base import Device, Guest, OperatingDriver


class ModuleAutoprobe(Guest):
    """Modules are loaded with autoprobe=0: every path that the kernel takes on its own skips their drivers.

    bind, drivers_probe and new_id stay ungated, and so do built-in drivers.  The gate is the module's: it covers the
    auxiliary drivers of the same module, which wait for somebody to bind them.
    `another_driver_matches`: an allowed driver that probes asynchronously matches the same device, so that the
    asynchronous helper runs, which does not ask again (derived from the posted code).
    Gives up: `internal_devices_bind` (the module's auxiliary drivers are gated as well).
    Source: v2 series of 2 Mar 2026, CONFIG_MODULES_AUTOPROBE and autoprobe= (debate 117, 118, 120).
    """

    another_driver_matches: Constant[bool] = False

    @replaces(Guest.automatic_probe_is_allowed)
    def automatic_probe_is_allowed(self, device: Device) -> bool:
        """driver->owner's autoprobe; a built-in driver has no owner."""
        return self.operating_driver is OperatingDriver.BUILTIN

    @replaces(Guest.arrival_probe_is_allowed)
    def arrival_probe_is_allowed(self, device: Device) -> bool:
        """Path j does not ask the module's autoprobe again. [__device_attach_async_helper]"""
        return self.automatic_probe_is_allowed(device) or self.another_driver_matches

    @replaces(Guest.function_attaches)
    def function_attaches(self, device: Device) -> bool:
        """The module's auxiliary drivers are its own, too. [auxiliary_bus]"""
        return self.auxiliary_autoprobe and self.automatic_probe_is_allowed(device)
