"""What no distribution's kernel has, emulated by a module of our own: the verbs of a TSM, and the states of TDIs.

Given the name of a step, gives what the guest writes into sysfs for it; given a state of the model, what the emulated
TSM must then say.  Nothing of it is a kernel's: it makes the verbs meet a real device core.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tdispmodel.ir.expressions import Value

TSM = "lab_tsm"
PARAMETERS = f"/sys/module/{TSM}/parameters"
PCI = "/sys/bus/pci/devices"
FOLDER = "emulated_tsm"
CONSTANTS = {
    "tsm_ties_session": "ties_session",
    "tsm_refuses_second_start": "refuses_second_start",
    "vmm_traps_bus_master": "traps_bus_master",
}
"""Which parameter of the module stands for which constant of the model."""
VERBS = {"lock": "echo tsm0 >", "unlock": "echo tsm0 >", "accept": "echo 1 >"}
RESULTS = frozenset({*VERBS, "measure", "accept_in_vain"})
"""The steps of which the model's `result` is about the error in which the write ends."""
HOST = {
    "error": "error",
    "fault": "error",
    "function_level_reset": "error",
    "hot_reset": "reset",
    "swap": "swap",
    "remove": "reset",
}
"""What host and device do, in the words of the module's parameter."""
PLAIN, PREPARED = ("PLAIN", "FAKED"), "NEEDS_PREPARE"


@dataclass(frozen=True)
class Interface:
    """What the emulated TSM says of one address: the TDI's state, and what the guest's kernel would keep."""

    tdi: str = "CONFIG_UNLOCKED"
    locked: bool = False
    accepted: bool = False
    ranges: int = 0

    @property
    def line(self) -> str:
        """The state as the module writes and reads it."""
        return f"{self.tdi} {int(self.locked)} {int(self.accepted)} {self.ranges}"


def command(name: str, where: str) -> str:
    """Return the line of shell that does a step to the device at an address; empty where the module has nothing."""
    folder = f"{PCI}/{where}/{FOLDER}"
    verb = name.removeprefix("rival_")
    match name:
        case _ if verb in VERBS:
            return f"{VERBS[verb]} {folder}/{verb}"
        case "measure":
            return f"cat {folder}/report"
        case "accept_in_vain":
            return _with("fails_late", f"{VERBS['accept']} {folder}/accept")
        case "unlock_in_vain":
            return _with("loses_stop", f"{VERBS['unlock']} {folder}/unlock")
        case "register_tsm" | "unregister_tsm":
            return f"echo {int(name == 'register_tsm')} > {PARAMETERS}/registered"
        case _ if name in HOST:
            return host(where, HOST[name])
        case _:
            return ""


def _with(parameter: str, line: str) -> str:
    """Return a line that is done while a parameter of the module is on, and ends as the line does."""
    path = f"{PARAMETERS}/{parameter}"
    return f"echo 1 > {path}; {line}; ended=$?; echo 0 > {path}; test $ended = 0"


def host(where: str, word: str) -> str:
    """Return the line that tells the module what host or device do at an address."""
    return f"echo {where} {word} > {PARAMETERS}/host"


def begin(constants: Mapping[str, Value], values: Mapping[str, Value], addresses: Sequence[str]) -> Iterator[str]:
    """Yield the lines that load the emulated TSM, and bring it into a state of the model."""
    told = [f"{parameter}={int(constants.get(name) is True)}" for name, parameter in CONSTANTS.items()]
    registered = int(values.get("tsm_registered") is True)
    yield " ".join((f"insmod /modules/{TSM}.ko", *told, f"registered={registered}"))
    for slot, where in enumerate(addresses):
        kind = str(constants.get(f"devices[{slot}].kind"))
        if kind in PLAIN:
            yield host(where, "plain")
        if kind == PREPARED or constants.get("device_needs_prepare") is True:
            yield host(where, "unready")
            if values.get(f"devices[{slot}].ready") is True:
                yield host(where, "ready")
        yield force(where, interface(values, slot))


def force(where: str, wanted: Interface) -> str:
    """Return the line that brings the module into a state of the model, where the model's word is taken."""
    return host(where, f"set {wanted.line}")


def interface(values: Mapping[str, Value], slot: int) -> Interface:
    """Return what is to be seen of a device in a state of the model."""
    of = f"devices[{slot}]."
    ranges = values.get(f"{of}encrypted_ranges")
    return Interface(
        str(values.get(f"{of}tdi", Interface.tdi)),
        values.get(f"{of}tsm_context") is True,
        values.get(f"{of}accepted") is True,
        ranges if isinstance(ranges, int) else 0,
    )


def look(addresses: Sequence[str]) -> str:
    """Return the line that shows what the emulated TSM says of these addresses, an empty line where nothing is."""
    return "; ".join(f"cat {PCI}/{where}/{FOLDER}/state 2> /dev/null || echo" for where in addresses)


def seen(text: str) -> tuple[Interface | None, ...]:
    """Return what the guest showed as data; None where no device is."""
    found: list[Interface | None] = []
    for line in text.splitlines():
        match line.split():
            case [tdi, locked, accepted, ranges]:
                found.append(Interface(tdi, locked == "1", accepted == "1", int(ranges)))
            case _:
                found.append(None)
    return tuple(found)


def difference(wanted: Sequence[Interface], shown: Sequence[Interface | None]) -> str:
    """Return how the emulated TSM differs from the model, in words, of the devices that are there; empty if not."""
    return "; ".join(
        f"devices[{slot}] of the emulated TSM: the model says {said(model)}, seen {said(real)}"
        for slot, (model, real) in enumerate(zip(wanted, shown, strict=True))
        if real is not None and real != model
    )


def said(shown: Interface) -> str:
    """Return a state in words: ``RUN, locked, accepted, 1 set of ranges``."""
    ranges = {0: "", 1: "1 set of ranges"}.get(shown.ranges, f"{shown.ranges} sets of ranges")
    words = (shown.tdi, "locked" * shown.locked, "accepted" * shown.accepted, ranges)
    return ", ".join(word for word in words if word)
