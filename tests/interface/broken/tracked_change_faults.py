"""A device that tracks nothing while it runs."""

from __future__ import annotations

from tdispmodel.dsl import replaces
from tdispmodel.models.interface import Configuration, Interface, Platform, Tdi


class Broken(Platform):
    """A device that tracks nothing while it runs."""

    @replaces(Platform.write_tracked_register)
    def write_tracked_register(self, interface: Interface) -> None:
        """The write goes unnoticed in RUN."""
        fits = interface.configuration is Configuration.FIT
        interface.configuration = Configuration.UNFIT if fits else Configuration.FIT
        self.write_register(interface, interface.tdi is Tdi.CONFIG_LOCKED)
