"""The operating driver's module is loaded only after the device is accepted; automatic probing stays on."""

from __future__ import annotations

from tdispmodel.dsl import require, restricts
from tdispmodel.models.base import Guest


class ModprobeBlacklist(Guest):
    """The driver is blacklisted in modprobe policy; userspace locks, attests and accepts, then loads the module.

    From then on the driver is registered and the kernel binds whatever matches and arrives.
    Gives up: once the module is loaded for one accepted device, a device that is replugged is bound at T=0:
    `kernel_binds_only_verified`, `kernel_binds_only_verified_after_boot`, `no_shared_exposure_after_initrd`,
    `no_shared_bind_with_secrets`, `no_shared_driver_with_secrets`, `no_impostor_with_secrets`,
    `wanted_device_gets_its_driver`.
    Source: Alexey Kardashevskiy's flow (debate 51, 90).
    """

    @restricts(Guest.load_module)
    def load_module(self) -> None:
        require(any(device.accepted for device in self.devices))
