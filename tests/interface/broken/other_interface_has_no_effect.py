"""A device that stops all its TDIs when one is stopped."""

from __future__ import annotations

from tdispmodel.dsl import replaces, require
from tdispmodel.models.interface import Effect, Interface, Platform, Response


class Broken(Platform):
    """A device that stops all its TDIs when one is stopped."""

    @replaces(Platform.stop_interface)
    def stop_interface(self, interface: Interface) -> None:  # noqa: ARG002  # that is the fault
        """INTERFACE_ID is not looked at."""
        require(self.session)
        self.response = Response.RESPONSE
        for other in self.interfaces:
            self.settle(other, Effect.STOP)
