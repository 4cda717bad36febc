"""A guest as the lab can have it: the device core of the base, a userspace that tries everything, a driver of our own.

Test sequences for real kernels are made of this model (docs/lab.md); no design is asked about it.
"""

from __future__ import annotations

from tdispmodel.dsl import Actor, Constant, action, replaces, require
from tdispmodel.models.base import Guest as Guest
from tdispmodel.models.device import Device


class LabGuest(Guest):
    """Today's kernel, whose userspace turns autoprobe off and on at will, with a driver that does as it is told."""

    driver_defers: Constant[bool] = False
    driver_fails: Constant[bool] = False

    @replaces(Guest.probe_defers)
    def probe_defers(self, device: Device) -> bool:
        """Whether the lab's driver defers, whenever it is asked. [lab/module/lab_driver.c]"""
        return self.driver_defers

    @replaces(Guest.probe_fails)
    def probe_fails(self, device: Device) -> bool:
        """Whether the lab's driver fails with EIO, whenever it is asked. [lab/module/lab_driver.c]"""
        return self.driver_fails

    @action(by=Actor.USERSPACE, to=Actor.KERNEL, fair=False)
    def turn_autoprobe_off(self) -> None:
        """Userspace writes 0 to drivers_autoprobe. [drivers_autoprobe_store]"""
        require(self.userspace_runs and self.autoprobe)
        self.autoprobe = False
