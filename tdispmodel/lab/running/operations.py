"""What each step of the model is on a real machine.

Given the name of an action instance, gives who does it there and how: a line of the guest's shell, something that the
host does, nothing because the kernel does it on its own, nothing because no kernel has it, or that the lab cannot.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from tdispmodel.lab.counterexamples import emulating
from tdispmodel.lab.running.machine import HELPER, address

INSTANCE = re.compile(r"(?P<action>\w+)(?:\(devices\[(?P<device>\d+)\]\))?")
PCI_BUS = "pci"
PCI = f"/sys/bus/{PCI_BUS}"


class Doer(Enum):
    """Who makes a step of the model happen in the lab."""

    GUEST = "guest"
    HOST = "host"
    KERNEL = "kernel"
    NOBODY = "nobody"
    EMULATED = "emulated"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class Driver:
    """The driver under test: its name, its module and what that needs before it, QEMU's name of its device,
    the parameters of its module, the bus on which it is, and whether its table matches only where driver_override names
    it.
    """

    name: str
    modules: tuple[str, ...]
    device: str
    parameters: str = ""
    bus: str = PCI_BUS
    override_only: bool = False


PVPANIC = Driver("pvpanic-pci", ("pvpanic", "pvpanic-pci"), "pvpanic-pci")
"""A driver of the distribution that is a module and binds whatever it matches."""

VFIO_MODULES = ("irqbypass", "vfio", "vfio_iommu_type1", "vfio-pci-core", "vfio-pci")
VFIO = Driver("vfio-pci", VFIO_MODULES, "pvpanic-pci", override_only=True)
"""A driver of the distribution whose table has one entry, which is override_only; it binds where there is an IOMMU."""

OWN = "lab_driver"
DEFERS = Driver(OWN, (OWN,), "pvpanic-pci", "does=1")
FAILS = Driver(OWN, (OWN,), "pvpanic-pci", "does=2")
REGISTERS_CHILD = Driver(OWN, (OWN,), "pvpanic-pci", "does=3")
WAITS = Driver(OWN, (OWN,), "pvpanic-pci", "does=4")
"""Our own driver, lab/module/lab_driver.c, for the same device: what it does is said when it is loaded."""

PREPARE = "lab_prepare"
"""Our own driver that only prepares a device, lab/module/lab_prepare.c, and binds where driver_override names it."""

PROBES = frozenset({"load_module", "bind", "drivers_probe", "new_id", "rescan"})
"""What the guest does and does not come back from while a probe goes on."""

VIRTIO = Driver("virtio-pci", (), "virtio-rng-pci")
"""A driver that is built into the kernel."""

DOES = f"/sys/module/{OWN}/parameters/does"
SLEEP = (
    "echo 0 > /sys/class/rtc/rtc0/wakealarm; echo +2 > /sys/class/rtc/rtc0/wakealarm; echo freeze > /sys/power/state"
)
NOBODY = "nobody"
"""A name that no driver has."""

VIRTIO_BUS, PLATFORM_BUS = "virtio", "platform"
VIRTIO_RNG = Driver("virtio_rng", ("virtio-rng",), "virtio-rng-pci", bus=VIRTIO_BUS)
"""A driver of the distribution on a bus whose devices appear when `virtio-pci` is bound: those of path a."""

PVPANIC_ACPI = Driver("pvpanic-mmio", ("pvpanic", "pvpanic-mmio"), "pvpanic", bus=PLATFORM_BUS)
"""A driver of the distribution on the platform bus; its device is in the ACPI tables and cannot be taken away."""

FUNCTIONS = {VIRTIO_BUS: "virtio0", PLATFORM_BUS: "QEMU0001:00"}
"""The device on each bus besides PCI: that of the helper, and one of the machine's board."""

STRANGER = "dead beef"
"""IDs that no device of the lab has."""


@dataclass(frozen=True)
class Operation:
    """A step of the model in the lab; ``command`` is a line for the guest's shell or a verb of the host."""

    doer: Doer
    command: str = ""
    device: int | None = None
    tells: bool = False
    """Whether the exit status is the errno that the model's `result` is about."""


KERNEL = frozenset(
    {
        "attach_on_arrival",
        "attach_prepare_on_arrival",
        "pass_over_on_arrival",
        "end_initcalls",
        "retry_deferred",
        "trigger_deferred",
    }
)
"""What the kernel does on its own as soon as it can."""

CAN_BE_PATCHED = KERNEL | {"load_module", "bind", "unbind", "drivers_probe", "new_id", "rescan"}
"""Steps in which an unmodified kernel decides: what a proposal changes of them it does not have."""

ELSEWHERE = frozenset(
    {
        "approve",
        "verify",
        "answer",
        "send_evidence",
        "deploy_secrets",
        "decide",
        "plan_another_prepare",
        "report_failure",
        "stall",
        "start_userspace",
    }
)
"""What happens in somebody's head or in another machine: no kernel notices."""

NO_KERNEL = frozenset(
    {
        "lock",
        "measure",
        "accept",
        "accept_in_vain",
        "unlock",
        "unlock_in_vain",
        "rival_lock",
        "rival_unlock",
        "register_tsm",
        "unregister_tsm",
        "fake_capability",
        "error",
        "fault",
        "function_level_reset",
        "hot_reset",
        "swap",
        "refuse",
    }
)
"""What only a kernel with a TSM, or only a TDISP device, has: no distribution's kernel does."""

NOT_HERE = frozenset(
    {
        "load_shared_module",
        "recover_from_error",
        "time_passes",
        "suspend",
        "resume",
        "reset",
        "scan_later_bus",
    }
)
"""Steps of the base model that the lab does not have."""


def operation(step: str, driver: Driver) -> Operation:
    """Return what a step of the model is in the lab, where ``driver`` plays the operating driver.

    A driver whose probe waits has the guest go on meanwhile; the probe ends by a step of its own.
    """
    name = step.split("(", maxsplit=1)[0]
    if driver == WAITS and name in PROBES:
        return Operation(Doer.GUEST, f"{_operation(step, driver).command} & probe=$!")
    if driver == WAITS and name in ("finish_automatic_probe", "finish_requested_probe"):
        return Operation(Doer.GUEST, f"echo 1 > /sys/module/{OWN}/parameters/finish; wait $probe", tells=True)
    return _operation(step, driver)


def _operation(step: str, driver: Driver) -> Operation:
    found = INSTANCE.fullmatch(step)
    if found is None:
        return Operation(Doer.IMPOSSIBLE)
    name = found["action"]
    device = None if found["device"] is None else int(found["device"])
    where = address(device or 0)
    drivers = f"{PCI}/drivers/{driver.name}"
    match name:
        case "load_module":
            return Operation(Doer.GUEST, load(driver))
        case "remove":
            return Operation(Doer.HOST, "pull", device)
        case "hot_add":
            return Operation(Doer.HOST, "plug", device)
        case "bind" | "unbind":
            return Operation(Doer.GUEST, f"echo {where} > {drivers}/{name}", device, tells=True)
        case "drivers_probe":
            return Operation(Doer.GUEST, f"echo {where} > {PCI}/drivers_probe", device)
        case "new_id":
            return Operation(Doer.GUEST, f"echo {STRANGER} > {drivers}/new_id && echo {STRANGER} > {drivers}/remove_id")
        case "override_driver":
            return Operation(Doer.GUEST, f"echo {driver.name} > {PCI}/devices/{where}/driver_override", device)
        case "select_prepare_driver":
            return Operation(Doer.GUEST, f"echo {PREPARE} > {PCI}/devices/{where}/driver_override", device)
        case "bind_prepare":
            return Operation(Doer.GUEST, f"echo {where} > {PCI}/drivers/{PREPARE}/bind", device, tells=True)
        case "finish_prepare":
            line = f"echo {where} > {PCI}/drivers/{PREPARE}/unbind && echo > {PCI}/devices/{where}/driver_override"
            return Operation(Doer.GUEST, line, device, tells=True)
        case "turn_autoprobe_on":
            return Operation(Doer.GUEST, autoprobe(on=True))
        case "turn_autoprobe_off":
            return Operation(Doer.GUEST, autoprobe(on=False))
        case "rescan":
            return Operation(Doer.GUEST, f"echo 1 > {PCI}/devices/{where}/remove; echo 1 > {PCI}/rescan", device)
        case "other_probe_succeeds":
            own = f"{PCI}/drivers/virtio-pci"
            return Operation(Doer.GUEST, f"echo {HELPER} > {own}/unbind; echo {HELPER} > {own}/bind")
        case _ if name in KERNEL:
            return Operation(Doer.KERNEL, device=device)
        case _ if name in ELSEWHERE:
            return Operation(Doer.NOBODY, device=device)
        case _ if name in NO_KERNEL:
            told = emulating.command(name, where)
            return Operation(Doer.EMULATED, told, device, tells=name in emulating.RESULTS and bool(told))
        case _:
            return Operation(Doer.IMPOSSIBLE, device=device)


def driven(step: str, driver: Driver) -> Operation:
    """Return what a step is where sequences are made: more than in a counterexample, whose order is the model's.

    A guest that is suspended is woken at once, so that it can be told to do that, and what the lab's own model adds is
    done.
    """
    if driver.bus != PCI_BUS:
        return elsewhere(step, driver)
    found = INSTANCE.fullmatch(step)
    name = "" if found is None else found["action"]
    device = None if found is None or found["device"] is None else int(found["device"])
    where = f"{PCI}/devices/{address(device or 0)}"
    match name:
        case "name_driver":
            return Operation(Doer.GUEST, f"echo {driver.name} > {where}/driver_override", device)
        case "name_another":
            return Operation(Doer.GUEST, f"echo {NOBODY} > {where}/driver_override", device)
        case "name_none":
            return Operation(Doer.GUEST, f"echo > {where}/driver_override", device)
        case "hide":
            return Operation(Doer.GUEST, f"echo 1 > {where}/remove", device)
        case "scan":
            return Operation(Doer.GUEST, f"echo 1 > {PCI}/rescan")
        case "reset":
            return Operation(Doer.GUEST, f"echo 1 > {where}/reset", device, tells=True)
        case "tell_to_defer" | "tell_to_bind":
            return Operation(Doer.GUEST, f"echo {int(name == 'tell_to_defer')} > {DOES}")
        case "suspend":
            return Operation(Doer.HOST, "sleep")
        case "inject_fatal_error":
            return Operation(Doer.HOST, "error", device)
        case "time_passes":
            return Operation(Doer.HOST, "wait")
        case _:
            return operation(step, driver)


def elsewhere(step: str, driver: Driver) -> Operation:
    """Return what a step is on a bus besides PCI: a virtio device comes and goes with the driver of its parent."""
    name = step.partition("(")[0]
    parent, own, function = f"{PCI}/drivers/virtio-pci", f"/sys/bus/{driver.bus}", FUNCTIONS[driver.bus]
    match name:
        case "load_module":
            return Operation(Doer.GUEST, load(driver))
        case "hot_add":
            return Operation(Doer.GUEST, f"echo {HELPER} > {parent}/bind", 0)
        case "remove":
            return Operation(Doer.GUEST, f"echo {HELPER} > {parent}/unbind", 0)
        case "rescan":
            return Operation(Doer.GUEST, f"echo {HELPER} > {parent}/unbind; echo {HELPER} > {parent}/bind", 0)
        case "bind" | "unbind":
            return Operation(Doer.GUEST, f"echo {function} > {own}/drivers/{driver.name}/{name}", 0, tells=True)
        case "drivers_probe":
            return Operation(Doer.GUEST, f"echo {function} > {own}/drivers_probe", 0)
        case "turn_later_autoprobe_on" | "turn_later_autoprobe_off":
            return Operation(Doer.GUEST, f"echo {int(name.endswith('on'))} > {own}/drivers_autoprobe")
        case _:
            return Operation(Doer.IMPOSSIBLE)


def load(driver: Driver) -> str:
    """Return the line that loads a driver's modules, in their order."""
    return f"{' && '.join(f'insmod /modules/{name}.ko' for name in driver.modules)} {driver.parameters}".rstrip()


def autoprobe(*, on: bool) -> str:
    """Return the line that turns automatic probing on the PCI bus on or off."""
    return f"echo {int(on)} > {PCI}/drivers_autoprobe"
