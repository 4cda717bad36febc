"""The VMM refuses to clear Bus Master Enable and Memory Space Enable in LOCKED and RUN: a duty, not an assumption."""

from __future__ import annotations

from proposals.initrd_autoprobe_off import InitrdAutoprobeOff


class VmmTrapsBme(InitrdAutoprobeOff):
    """With automatic probing off, and the VMM's duty part of the design: an unbind does not end RUN.

    The duty is the host's: one that neglects it does what `host.error` does, so nothing that must hold against the host
    is won; an honest unbind and bind again is.
    Gives up: nothing beyond what every design here does.
    Source: v1 series, the notes on Bus Master Enable (debate 82).
    """

    vmm_traps_bus_master = True
