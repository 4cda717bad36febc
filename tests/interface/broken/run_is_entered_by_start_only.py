"""A device that runs again by itself after an error."""

from __future__ import annotations

from tdispmodel.dsl import Actor, action, require
from tdispmodel.models.interface import Effect, Interface, Platform, Response, Tdi


class Broken(Platform):
    """A device that runs again by itself after an error."""

    @action(by=Actor.DEVICE)
    def run_again(self, interface: Interface) -> None:
        """The device repairs itself."""
        require(interface.tdi is Tdi.ERROR)
        self.response = Response.NONE
        self.settle(interface, Effect.START)
