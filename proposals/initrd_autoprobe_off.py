"""The initrd turns automatic probing off; userspace decides every bind."""

from __future__ import annotations

from tdispmodel.dsl import Constant, replaces
from tdispmodel.models.base import Guest


class InitrdAutoprobeOff(Guest):
    """The first thing the initrd does is to write 0 to drivers_autoprobe; userspace binds by policy.

    Before v6.19 the attribute did not gate devices that are hot-added (measured on 6.12.117): a device that comes back
    binds at once.  Built-in drivers bind before the initrd runs.  Userspace sees the acceptance flag, not the TDI, so a
    device that left RUN after it was accepted is bound all the same.
    Gives up: nothing beyond what every design here does.
    Source: 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch, points 2 and 3 (debate 17, 18, 33, 37, 44);
    debate 140.
    """

    initrd_writes_false: Constant[bool] = False  # the word, as the mail has it, which turns the attribute on

    @property
    def bus_is_managed(self) -> bool:
        """Userspace decides the binds on the PCI bus. [debate 19]"""
        return True

    @replaces(Guest.note_initrd)
    def note_initrd(self) -> None:
        """The initrd's first instruction turns automatic probing off on the managed bus: "0" does, the word "false" does not. [drivers_autoprobe_store; measured; debate 17]"""
        self.autoprobe = self.initrd_writes_false
