"""What can be seen of a guest: sysfs, the list of deferred devices, the kernel's log, uevents.

`look` waits until nothing changes any more, since what the kernel does on its own takes it a moment.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tdispmodel.lab.running.machine import Machine, Said

QUIET_SECONDS = 0.15
LOOKS = 60
QUIET_LOOKS = 2
MARK = "--"
ERRORS = {
    "No such device or address": "ENXIO",
    "No such device": "ENODEV",
    "Device or resource busy": "EBUSY",
    "Resource temporarily unavailable": "EAGAIN",
    "Invalid argument": "EINVAL",
    "Input/output error": "EIO",
}
PROBED = re.compile(r"(?P<device>\S+): bus: '\S+': really_probe: probing driver (?P<driver>\S+) with device")
NUMBER = re.compile(r"^SEQNUM=(\d+)$", re.MULTILINE)
LINE = re.compile(r"<\d+>(\[ *\d+\.\d+\] .*)")


@dataclass(frozen=True)
class Device:
    """One address of the PCI bus: whether something is there, the name of its driver, whether its probe is deferred."""

    present: bool = False
    driver: str = ""
    deferred: bool = False


@dataclass(frozen=True)
class Seen:
    """What was seen after a step: of the bus, of each address, and what the kernel said meanwhile."""

    autoprobe: bool
    driver_loaded: bool
    devices: tuple[Device, ...]
    log: tuple[str, ...] = field(default=(), compare=False)
    uevents: tuple[str, ...] = field(default=(), compare=False)

    def probes(self, device: str, driver: str) -> int:
        """Return how often a driver's probe was called for a device meanwhile."""
        found = (PROBED.search(line) for line in self.log)
        return sum(1 for known in found if known and known["device"] == device and known["driver"] == driver)


def error(said: Said) -> str:
    """Return the name of the error that a write into sysfs ended in, ``DONE`` if in none, ``?`` if in another."""
    if not said.status:
        return "DONE"
    return next((name for words, name in ERRORS.items() if words in said.text), "?")


def look(machine: Machine, driver: str, addresses: Sequence[str], bus: str = "pci") -> Seen:
    """Look until a few looks in a row show the same, and the kernel said nothing meanwhile.  Raises `GuestLost`."""
    log: list[str] = []
    before: Seen | None = None
    quiet = 0
    for _ in range(LOOKS):
        time.sleep(QUIET_SECONDS)
        said = machine.run(f"dmesg -r -c; echo {MARK}; look {bus} {driver} {' '.join(addresses)}").text
        new, _, shown = said.rpartition(f"{MARK}\n")
        log += lines(new)
        seen = snapshot(shown)
        quiet = quiet + 1 if seen == before and not lines(new) else 0
        if quiet == QUIET_LOOKS:
            break
        before = seen
    return Seen(seen.autoprobe, seen.driver_loaded, seen.devices, tuple(log), events(recorded(machine)))


def recorded(machine: Machine) -> str:
    """Return what the guest's recorder wrote since last time, up to the last uevent that was sent.  Raises `GuestLost`.

    It runs a process for each uevent, and so is late; the kernel numbers them.
    """
    text = ""
    for _ in range(LOOKS):
        told = machine.run(f"cat /sys/kernel/uevent_seqnum; tail -n +{machine.recorded + 1} /tmp/uevents").text
        last, _, text = told.partition("\n")
        machine.numbered = max([machine.numbered, *map(int, NUMBER.findall(text))])
        if machine.numbered >= int(last):
            break
        time.sleep(QUIET_SECONDS)
    machine.recorded += len(text.splitlines())
    return text


def lines(text: str) -> list[str]:
    """Return the lines of a raw kernel log without their levels."""
    return [found[1] for line in text.splitlines() if (found := LINE.fullmatch(line.rstrip()))]


def events(text: str) -> tuple[str, ...]:
    """Return what happened to which device, of the environments of uevents: ``add /devices/...``."""
    found: list[str] = []
    action = ""
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name == "ACTION":
            action = value
        elif name == "DEVPATH" and "/pci" in value:
            found.append(f"{action} {value}")
    return tuple(found)


def snapshot(text: str) -> Seen:
    """Return what the guest's `look` wrote as data."""
    common: dict[str, str] = {}
    devices: list[dict[str, str]] = []
    for line in text.splitlines():
        name, _, value = line.partition("=")
        if name == "device":
            devices.append({})
        (devices[-1] if devices else common)[name] = value
    return Seen(
        common.get("autoprobe") == "1",
        common.get("driver_loaded") == "1",
        tuple(
            Device(known.get("present") == "1", known.get("driver", ""), known.get("deferred") == "1")
            for known in devices
        ),
    )
