"""Autoprobe off, and a list in the initrd of the drivers that devices without TDISP may have."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.dsl import replaces
from tdispmodel.models.base import Device, Guest


class NontdispDenylist(InitrdAutoprobeOff):
    """For a device that shows no TDISP, userspace asks whether its driver is trusted before it binds it.

    `driver_is_allowed` of a device says whether its operating driver is on the list; the operating driver of a
    confidential device is not, so that a device that hides its capability gets no driver either.  The list is
    userspace's: built-in drivers, and before v6.19 devices that are hot-added, never meet it.
    Gives up: nothing beyond what every design here does.
    Source: 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch, "CC only deny list stored in the initrd" (debate 40).
    """

    @replaces(Guest.userspace_may_bind_plain)
    def userspace_may_bind_plain(self, device: Device) -> bool:
        """Only drivers on the list. [debate 40]"""
        return device.driver_is_allowed
