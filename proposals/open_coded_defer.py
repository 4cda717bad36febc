"""An enlightened driver's probe asks the hardware for RUN, and defers where it is not."""

from __future__ import annotations

from tdispmodel.dsl import replaces
from tdispmodel.models.base import Guest, Tdi
from tdispmodel.models.slow_probe import ProbedDevice, SlowProbe


class OpenCodedDefer(SlowProbe):
    """The driver itself returns -EPROBE_DEFER unless the TDI is in RUN when the probe begins; automatic probing stays on.

    As `cc_probe_defer`, but the test reads the hardware, not the flag.  No probe goes on outside RUN, and so
    the flag falls in the end: a userspace that unlocks finds no driver.  The device lock keeps sysfs verbs out while a
    probe runs, not the host: a probe that began in RUN may end in ERROR.
    Gives up: `prepare_runs_once` (every retry prepares), `kernel_binds_only_verified` and
    `kernel_binds_only_verified_after_boot` (RUN ends during a probe).
    Keeps: `lost_run_revokes_acceptance` (an unlock finds no driver in the end).
    Source: 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch ("open code EPROBE_DEFER", debate 72).
    """

    @replaces(Guest.probe_defers)
    def probe_defers(self, device: ProbedDevice) -> bool:
        """The driver reads the state of the TDI from the TSM."""
        return device.tdi is not Tdi.RUN

    @replaces(Guest.probe_prepares)
    def probe_prepares(self, device: ProbedDevice) -> bool:
        """The enlightened driver brings the device into a lockable configuration before it defers."""
        return device.tdi is not Tdi.RUN

    @replaces(Guest.userspace_prepares)
    def userspace_prepares(self, device: ProbedDevice) -> bool:
        """bind, lock, accept, bind: where devices need it, the first bind prepares the device and defers. [debate 76]"""
        return self.device_needs_prepare and self.lock_may_follow(device)
