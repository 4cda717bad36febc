"""Automatic probing off on every bus and on every future one, internal buses included."""

from __future__ import annotations

from tdispmodel.dsl import Constant, replaces
from tdispmodel.models.base import Guest


class FutureBusesOff(Guest):
    """The initrd turns drivers_autoprobe off on all buses and the default of every later bus, internal ones included.

    What breaks is the long tail (debate 22, 23, 98): faux_device_create() returns NULL where nothing binds at once, so that
    a TSM driver that loads later never registers; platform_driver_probe() users unregister again and have no bind file;
    auxiliary functions wait for somebody to bind them.  A constant each spares one of the three buses.  On the PCI bus
    the design is `initrd_autoprobe_off`.
    Gives up: `tsm_registers`, `internal_devices_bind` (the long tail); with a TSM that cannot come back
    `wanted_device_gets_its_driver`, `run_stays_reachable`, `ready_again_is_reachable` and
    `acceptance_stays_revocable`.
    Source: 68b206c9e3f43_75db100e4@dwillia2-mobl4.notmuch ("for all future busses too", debate 20, 22, 109).
    """

    faux_is_spared: Constant[bool] = False
    auxiliary_is_spared: Constant[bool] = False
    platform_is_spared: Constant[bool] = False

    @property
    def bus_is_managed(self) -> bool:
        """Userspace decides the binds on the PCI bus. [debate 20]"""
        return True

    @replaces(Guest.later_buses_are_managed)
    def later_buses_are_managed(self) -> bool:
        """Every future bus, too. [debate 20]"""
        return True

    @replaces(Guest.note_initrd)
    def note_initrd(self) -> None:
        """The initrd's first instruction turns automatic probing off, on every bus. [debate 17, 20]"""
        self.autoprobe = False
        self.later_autoprobe = False
        self.faux_autoprobe = self.faux_is_spared
        self.auxiliary_autoprobe = self.auxiliary_is_spared
        self.platform_autoprobe = self.platform_is_spared
