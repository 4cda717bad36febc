"""Uevents: which ones a step of the model has the kernel send about a device, and which ones were seen.

Given a device before and after a step, gives the actions in their order; of what the guest's recorder wrote, those
about each address.  Source: kobject_uevent() in device_add, driver_bound, __device_release_driver, device_del and
pci_uevent_ers; what the kernels here send was measured (docs/lab.md).
"""

from __future__ import annotations

from collections.abc import Iterable

Sent = tuple[str, ...]

BACK_AT_ONCE = "rescan"
RECOVERY = "recover_from_error"


def sent(step: str, device: str, before: tuple[bool, bool], after: tuple[bool, bool]) -> Sent:
    """Return the uevents about a device that a step has the kernel send, in their order.

    ``before`` and ``after``: whether the device is there, and whether it has a driver.
    """
    (was_there, was_bound), (is_there, is_bound) = before, after
    name, _, instance = step.partition("(")
    goes = ("unbind", "remove") if was_bound else ("remove",)
    if instance == f"{device})" and name == BACK_AT_ONCE:
        return (*goes, "add")
    if instance == f"{device})" and name == RECOVERY:
        return ("change",)
    if was_there and not is_there:
        return goes
    arrives = ("add",) if is_there and not was_there else ()
    bound = ("bind",) if is_bound and not was_bound else ("unbind",) if was_bound and not is_bound else ()
    return (*arrives, *bound)


def recorded(uevents: Iterable[str], address: str) -> Sent:
    """Return the actions of the uevents about the device at an address, in their order: ``add /devices/...``."""
    pairs = (event.split(" ", 1) for event in uevents)
    return tuple(action for action, path in pairs if path.rsplit("/", 1)[-1] == address)
