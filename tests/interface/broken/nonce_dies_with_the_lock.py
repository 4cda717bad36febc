"""A device that forgets to destroy the nonce of a locked TDI that faults."""

from __future__ import annotations

from tdispmodel.dsl import replaces
from tdispmodel.models.interface import Interface, Platform, Response, Tdi


class Broken(Platform):
    """A device that forgets to destroy the nonce of a locked TDI that faults."""

    @replaces(Platform.find_data_error)
    def find_data_error(self, interface: Interface) -> None:
        """The state changes and nothing else does."""
        self.response = Response.NONE
        interface.tdi = Tdi.ERROR if interface.is_locked_or_running else interface.tdi
