"""The operating driver's module is loaded only after the device is accepted; automatic probing stays on."""

from __future__ import annotations

from tdispmodel.dsl import require, restricts
from tdispmodel.models.base import Guest


class ModprobeBlacklist(Guest):
    """The driver is blacklisted in modprobe policy; userspace locks, attests and accepts, then loads the module.

    From then on the driver is registered and the kernel binds whatever matches and arrives.
    Source: Alexey Kardashevskiy's flow (debate 90).
    """

    @restricts(Guest.load_module)
    def load_module(self) -> None:
        require(any(device.accepted for device in self.devices))
