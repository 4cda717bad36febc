"""The operating driver defers until the device is accepted, and the initrd turns automatic probing off."""

from __future__ import annotations

from proposals.cc_probe_defer import CcProbeDefer
from tdispmodel.dsl import replaces, require
from tdispmodel.models.base import Guest


class DeferralAndAutoprobeOff(CcProbeDefer):
    """Two mechanisms of the debate at once: what the mail of 29 Aug 2025 13:00 calls manageable (debate 10)."""

    @replaces(Guest.note_initrd)
    def note_initrd(self) -> None:
        """The initrd's first instruction turns automatic probing off. [debate 17]"""
        self.autoprobe = False

    @replaces(Guest.turn_autoprobe_on)
    def turn_autoprobe_on(self) -> None:
        """Userspace writes 1 to drivers_autoprobe of the PCI bus. [drivers_autoprobe_store]"""
        require(self.userspace_runs and not self.autoprobe)
        self.autoprobe = True
