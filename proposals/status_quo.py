"""Today's kernel: drivers bind as they match, userspace asks for nothing but the acceptance flag."""

from __future__ import annotations

from tdispmodel.models.base import Guest, Userspace


class StatusQuo(Guest):
    """Automatic probing stays on and userspace is naive: what a distribution does today.

    Gives up the headline rule: the kernel binds on module load and on arrival, long before RUN
    (debate 69).
    Source: drivers/base/bus.c bus_add_driver, drivers/pci/bus.c pci_bus_add_device.
    """

    userspace = Userspace.NAIVE
