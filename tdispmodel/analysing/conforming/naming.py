"""Which line is about which device of the model: names of the log to ``devices[0]``, drivers to the model's.

Given logs and what the command line says; gives `Observation`s, one sequence a log: lines that say nothing about the
model are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tdispmodel.analysing.conforming.observations import Item, Log, Observation, Told
from tdispmodel.analysing.conforming.table import ABOUT_NO_DEVICE, FORMS, Event
from tdispmodel.checking.mistakes import CONFORM, USAGE, mistake, shortened
from tdispmodel.source import Complaint, Rejected, did_you_mean

ADDRESS = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")
DRIVERS = ("OPERATING", "PREPARE")
MOST_NAMED = 12


@dataclass(frozen=True)
class Names:
    """Names of the log: those of the devices in the model's order, which of them are below a port, and the drivers."""

    devices: tuple[str, ...]
    ports: tuple[tuple[str, int], ...]
    operating: str = ""
    prepare: str = ""

    def below(self, port: str) -> tuple[int, ...]:
        """Return the devices below a port."""
        return tuple(number for name, number in self.ports if name == port)


@dataclass(frozen=True)
class Vocabulary:
    """What the model has: action instances by name, and the results that verbs can have."""

    actions: frozenset[str]
    results: tuple[str, ...]
    events: frozenset[Event]
    """Those that the model has variables for."""


def given(words: Sequence[str], logs: Sequence[Log], count: int, operating: str, prepare: str) -> Names:
    """Return the names: those of ``--device NAME[@PORT]``, or the PCI devices of the log when these are few enough.

    Raises `Rejected` when there are too many or too few.
    """
    parts = [word.partition("@") for word in words]
    known_ports = {device: port for log in logs for device, port in log.ports.items()}
    devices = [device for device, _, _ in parts]
    if words and (len(devices) != count or len(set(devices)) != count or not all(devices)):
        message = f"--device names {len(set(devices))} devices, the model has {count}"
        raise mistake(USAGE, message, "name each device once, in the order of the model, or set --devices")
    if not words:
        devices = list(dict.fromkeys(named(logs, set(known_ports.values()))))
        if len(devices) > count:
            shown = ", ".join(map(shortened, devices[:MOST_NAMED])) + (", ..." if len(devices) > MOST_NAMED else "")
            message = f"the log is about {len(devices)} devices, the model has {count}: {shown}"
            raise mistake(USAGE, message, "say which one is meant: --device 0000:01:00.0, or set --devices")
    ports = {device: port for device, _, port in parts if port}
    below = {device: ports.get(device) or known_ports.get(device, "") for device in devices}
    pairs = tuple((port, number) for number, device in enumerate(devices) if (port := below[device]))
    if not operating:
        bound = {
            folded(told.detail)
            for log in logs
            for told in log.told
            if FORMS[told.form].event in (Event.BOUND, Event.PROBED) and told.device in devices and told.detail
        } - {folded(prepare)}
        operating = bound.pop() if len(bound) == 1 else ""
    return Names(tuple(devices), pairs, folded(operating), folded(prepare))


def named(logs: Iterable[Log], ports: set[str]) -> Iterator[str]:
    """Yield the PCI devices that lines are about, but for ports."""
    for log in logs:
        for told in log.told:
            names = told.detail.split()[1:] if FORMS[told.form].event is Event.MARKED else [told.device]
            for name in names:
                if ADDRESS.fullmatch(name) and name not in ports and not told.is_port:
                    yield name


def folded(name: str) -> str:
    """Return a driver's name as modules spell it."""
    return name.replace("-", "_")


def observations(log: Log, names: Names, known: Vocabulary) -> tuple[Observation, ...]:
    """Return the lines of a log that are about the model.  Raises `Rejected` for a marker that it does not have."""
    found = []
    complaints: list[Complaint] = []
    for told in log.told:
        try:
            items = frozenset(items_of(told, names, known))
        except Rejected as rejected:
            complaints += rejected.complaints
            continue
        if items:
            found.append(Observation(told, items))
    if complaints:
        raise Rejected(complaints)
    return tuple(found)


def items_of(told: Told, names: Names, known: Vocabulary) -> Iterator[Item]:
    """Yield what explains a line; nothing when it says nothing about the model."""
    event = FORMS[told.form].event
    if event is Event.MARKED:
        yield from marked(told, names, known)
    elif event not in known.events:
        return
    elif event is Event.REGISTERED:
        if names.operating and folded(told.detail) == names.operating:
            yield Item(told.form, -1, "")
    elif event in ABOUT_NO_DEVICE:
        yield Item(told.form, -1, "")
    else:
        if told.device in names.devices:
            about: tuple[int, ...] = (names.devices.index(told.device),)
        else:
            about = names.below(told.device) if told.is_port else ()
        details = drivers(folded(told.detail), names) if event is Event.BOUND else ("",)
        yield from (Item(told.form, device, detail) for device in about for detail in details)


def drivers(name: str, names: Names) -> tuple[str, ...]:
    """Return what a driver of the log can be in the model."""
    if name and name == names.operating:
        return ("OPERATING",)
    if name and name == names.prepare:
        return ("PREPARE",)
    return DRIVERS


def marked(told: Told, names: Names, known: Vocabulary) -> Iterator[Item]:
    """Yield what a marker says: ``accept 0000:01:00.0 DONE``.  Raises `Rejected` for an action that there is not."""
    action, *words = told.detail.split()
    results = [word for word in words if word in known.results]
    others = [word for word in words if word not in known.results]
    if any(ADDRESS.fullmatch(word) and word not in names.devices for word in others):
        return
    instances = [f"devices[{names.devices.index(word)}]" if word in names.devices else word for word in others]
    name = f"{action}({', '.join(instances)})" if instances else action
    if name not in known.actions or len(results) > 1:
        message = f"the model has no action {shortened(name)}"
        hint = did_you_mean(name, known.actions) or "write: tdisp: accept 0000:01:00.0 DONE"
        raise Rejected([Complaint(CONFORM, message, told.place, hint, told.text)])
    for result in results or ("", *known.results):
        yield Item(told.form, -1, f"{name} {result}".rstrip())
