"""A TDI as the designs need it: four states, and how they follow each other.

The base model performs these steps on `Device.tdi` (lock, accept, unlock, faults, resets), the device alone on
`Interface.tdi`; `tdispmodel refine` shows for both that they take no other.
"""

from __future__ import annotations

from tdispmodel.dsl import Actor, Component, action, require
from tdispmodel.models.vocabulary import Tdi as Tdi


class SmallInterface(Component):
    """A TEE device interface, its state only."""

    tdi: Tdi = Tdi.CONFIG_UNLOCKED

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def lock(self) -> None:
        """The configuration is locked. [LOCK_INTERFACE_REQUEST, PCIe 11.3.8]"""
        require(self.tdi is Tdi.CONFIG_UNLOCKED)
        self.tdi = Tdi.CONFIG_LOCKED

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def start(self) -> None:
        """A locked TDI is started. [START_INTERFACE_REQUEST, PCIe 11.3.14]"""
        require(self.tdi is Tdi.CONFIG_LOCKED)
        self.tdi = Tdi.RUN

    @action(by=Actor.USERSPACE, to=Actor.DEVICE)
    def unlock(self) -> None:
        """STOP, a conventional reset, or a device that leaves ERROR by itself. [PCIe 11.2, 11.3.16, 11.4.8]"""
        self.tdi = Tdi.CONFIG_UNLOCKED

    @action(by=Actor.HOST, to=Actor.DEVICE)
    def fail(self) -> None:
        """A TDI that is locked or running goes to ERROR. [PCIe 11.2]"""
        require(self.tdi in (Tdi.CONFIG_LOCKED, Tdi.RUN))
        self.tdi = Tdi.ERROR
