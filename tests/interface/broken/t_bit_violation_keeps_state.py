"""A device that faults when a packet violates the T bit."""

from __future__ import annotations

from tdispmodel.dsl import replaces
from tdispmodel.models.interface import Effect, Interface, Platform, Response


class Broken(Platform):
    """A device that faults when a packet violates the T bit."""

    @replaces(Platform.write_unprotected)
    def write_unprotected(self, interface: Interface) -> None:
        """Rejecting is not enough for it."""
        self.response = Response.ACCEPTED if interface.shared else Response.REJECTED
        self.settle(interface, Effect.NONE if interface.shared else Effect.ERROR)
