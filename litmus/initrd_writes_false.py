"""The initrd writes the word false to drivers_autoprobe."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.dsl import replaces, require
from tdispmodel.models.base import Guest, Phase


class InitrdWritesFalse(InitrdAutoprobeOff):
    """What begins with 0 turns the attribute off, anything else on (measured): the mail's "to false" is meant, not written."""

    @replaces(Guest.start_initrd)
    def start_initrd(self) -> None:
        """The initrd's first instruction leaves automatic probing on. [drivers_autoprobe_store; debate 17]"""
        require(self.phase is Phase.BOOT and all(not device.arrived for device in self.devices))
        self.phase = Phase.INITRD
        self.autoprobe = True
