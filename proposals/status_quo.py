"""Today's kernel: drivers bind as they match, userspace asks for nothing but the acceptance flag."""

from __future__ import annotations

from tdispmodel.models.base import Guest, Userspace


class StatusQuo(Guest):
    """Automatic probing stays on and userspace is naive: what a distribution does today.

    The kernel binds on module load and on arrival, long before RUN (debate 69).
    Gives up: everything that needs a verdict (`accept_needs_verdict`, `running_is_verified`,
    `accepted_running_is_genuine`) or a kernel that waits (`kernel_binds_only_verified`,
    `kernel_binds_only_verified_after_boot`, `no_shared_exposure_after_initrd`, `no_shared_bind_with_secrets`,
    `no_shared_driver_with_secrets`, `no_impostor_with_secrets`, `wanted_device_gets_its_driver`).
    Source: drivers/base/bus.c bus_add_driver, drivers/pci/bus.c pci_bus_add_device.
    """

    userspace = Userspace.NAIVE
