"""A device that gives reports always."""

from __future__ import annotations

from tdispmodel.dsl import replaces
from tdispmodel.models.interface import Interface, Platform


class Broken(Platform):
    """A device that gives reports always."""

    @replaces(Platform.has_report)
    def has_report(self, interface: Interface) -> bool:  # noqa: ARG002  # that is the fault
        """Whatever the state."""
        return True
