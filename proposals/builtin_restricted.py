"""Which drivers are built in is chosen with the image: the operating driver is not among them."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff
from tdispmodel.models.base import OperatingDriver


class BuiltinRestricted(InitrdAutoprobeOff):
    """With automatic probing off from the initrd on, and no operating driver of a TDISP device in the kernel image.

    It closes the gap that `initrd_autoprobe_off` leaves open in BOOT, where built-in drivers bind before the first
    userspace instruction, by an assumption about the image: it gives up the kernel that fits every guest, or needs a
    mechanism before the initrd that tells which built-ins may bind, which is not modelled.
    Gives up: nothing beyond what every design here does.
    Source: a kernel configuration for confidential guests (debate 16), a restriction when the initrd is made
    (debate 97); "only built in is trusted" (debate 132) is its reverse.
    """

    operating_driver = OperatingDriver.MODULE
