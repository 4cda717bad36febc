"""A device that begins DMA as soon as it is locked."""

from __future__ import annotations

from tdispmodel.dsl import replaces
from tdispmodel.models.interface import Interface, Platform


class Broken(Platform):
    """A device that begins DMA as soon as it is locked."""

    @replaces(Platform.dma)
    def dma(self, interface: Interface) -> None:
        """DMA with T=1 in CONFIG_LOCKED, too."""
        self.pass_packet(interface, interface.is_locked_or_running, True)
