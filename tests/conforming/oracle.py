"""Which logs a proposal with one device can write, by brute force: the reference semantics and a table of its own.

The whole graph is listed by the reference semantics; what a step writes is said here once more, from what the kernel's
functions print, as one list a source in the order of printing.  Shares no code with `tdispmodel.analysing.conforming`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.constants import chosen
from tdispmodel.checking.settings import without
from tdispmodel.ir.system import State, System
from tdispmodel.reading import read
from tdispmodel.semantics import Scope, Semantics, ground

ROOT = Path(__file__).resolve().parents[2]
KERNEL, UEVENTS, FTRACE = "kernel", "uevents", "ftrace"
SOURCES = (KERNEL, UEVENTS, FTRACE)


class Label(NamedTuple):
    """A line as the oracle calls it: its source, its form, and for a marker what it says."""

    source: str
    form: str
    detail: str = ""


class Edge(NamedTuple):
    """A step: its action, where it leads, and what it writes, a list a source; True: always."""

    action: str
    after: int
    writes: tuple[tuple[tuple[Label, bool], ...], ...]


QUEUED_PATHS = {
    "attach_on_arrival",
    "attach_prepare_on_arrival",
    "load_module",
    "load_shared_module",
    "retry_deferred",
    "drivers_probe",
    "new_id",
}


Lines = list[tuple[str, bool]]
Values = Mapping[str, object]


def written(now: Values, action: str, then: Values) -> dict[str, Lines]:
    """Return what a step writes, by source, in order; True: always."""
    name = action.partition("(")[0]
    return {
        KERNEL: [
            *global_lines(now, then),
            *plug_lines(now, name, then),
            *probe_lines(now, name, then),
            *errors(now, name),
        ],
        UEVENTS: uevents(now, name, then),
        FTRACE: traces(now, name, then),
    }


def global_lines(now: Values, then: Values) -> Lines:
    """Return what the kernel log says about no device."""
    found: Lines = []
    if now["phase"] == "BOOT" and then["phase"] == "INITRD":
        found.append(("init runs", True))
    if then["suspended"] and not now["suspended"]:
        found.append(("suspend entry", True))
    if now["suspended"] and not then["suspended"]:
        found.append(("suspend exit", True))
    if now["tsm_registered"] and not then["tsm_registered"] and now["tsm_context"] and now["driver"] != "NONE":
        found.append(("unlock warning", True))
    if then["driver_loaded"] and not now["driver_loaded"]:
        found.append(("driver added", True))
    return found


def plug_lines(now: Values, name: str, then: Values) -> Lines:
    """Return what the kernel log says of a device that comes or goes."""
    found: Lines = []
    if now["present"] and not then["present"]:
        found += [("link down", True), ("card not present", True)]
    if (now["present"] and not then["present"]) or name == "rescan":
        found.append(("device removed", True))
    if name == "hot_add":
        found += [("card present", True), ("link up", True)]
    if (not now["present"] and then["present"]) or name == "rescan":
        found += [("enumerated", True), ("device added", True)]
    return found


def probe_lines(now: Values, name: str, then: Values) -> Lines:
    """Return what the kernel log says of a probe and of the deferred list."""
    found: Lines = [("retried", True)] if name == "retry_deferred" else []
    asked = name in ("bind", "bind_prepare")
    free = now["present"] and now["driver"] == "NONE"
    if free and (name in QUEUED_PATHS or (asked and then["result"] in ("DONE", "EAGAIN", "EIO"))):
        found += [("matched", False), ("probing", False)]
        if then["driver"] == "NONE":
            if now["suspended"]:
                found.append(("forced deferral", False))
            if (asked and then["result"] == "EAGAIN") or (not asked and then["deferred"]):
                found += [("defers", True), ("returned deferral", True)]
            if (asked and then["result"] == "EIO") or (not asked and not then["deferred"]):
                found += [("failed", asked), ("returned error", asked)]
    taken_off: Lines = []
    if now["deferred"] and not then["deferred"] and name != "retry_deferred":
        taken_off.append(("dequeued", False))
    if now["driver"] == "NONE" and then["driver"] != "NONE":
        driver = then["driver"]
        found += [(f"driver bound {driver}", True), *taken_off]
        found += [(f"bound device {driver}", True), (f"returned 0 {driver}", True)]
    else:
        found += taken_off
    if then["deferred"] and (not now["deferred"] or name == "retry_deferred"):
        found.append(("queued", True))
    return found


def errors(now: Values, name: str) -> Lines:
    """Return what the kernel log says of a fatal error."""
    found: Lines = []
    if now["present"] and name in ("fault", "error", "hot_reset"):
        found.append(("fatal error", False))
    if now["present"] and name in ("hot_reset", "recover_from_error"):
        surely = name == "recover_from_error"
        found += [("link reset", surely), ("recovery ended", surely)]
    return found


def uevents(now: Values, name: str, then: Values) -> Lines:
    """Return the uevents of a step."""
    found: Lines = []
    if now["tsm_registered"] and not then["tsm_registered"]:
        found.append(("tsm removed uevent", True))
    if then["tsm_registered"] and not now["tsm_registered"]:
        found += [("tsm added uevent", True), ("tsm changed uevent", True)]
    if now["driver"] != "NONE" and then["driver"] == "NONE":
        found.append(("unbind uevent", True))
    if (now["present"] and not then["present"]) or name == "rescan":
        found.append(("remove uevent", True))
    if (not now["present"] and then["present"]) or name == "rescan":
        found.append(("add uevent", True))
    if now["driver"] == "NONE" and then["driver"] != "NONE":
        found.append((f"bind uevent {then['driver']}", True))
    if then["driver_loaded"] and not now["driver_loaded"]:
        found += [("driver uevent", True), ("module uevent", True)]
    if now["present"] and name in ("hot_reset", "recover_from_error"):
        surely = name == "recover_from_error"
        found += [("recovery begins uevent", surely), ("recovery ended uevent", surely)]
    return found


def traces(now: Values, name: str, then: Values) -> Lines:
    """Return what ftrace says of a step."""
    found: Lines = []
    if then["driver_loaded"] and not now["driver_loaded"]:
        found.append(("module_load", True))
    if now["present"] and not then["present"]:
        found += [("hp link down", True), ("hp card not present", True)]
    if name == "hot_add":
        found += [("hp card present", True), ("hp link up", True)]
    if now["present"] and name in ("fault", "error", "hot_reset"):
        found.append(("aer_event", False))
    return found


def stated(now: Mapping[str, object]) -> set[Label]:
    """Return what may be told in a state without a step."""
    found = set()
    if now["phase"] == "BOOT" and now["present"] and now["arrived"]:
        found |= {Label(KERNEL, "enumerated"), Label(KERNEL, "device added"), Label(UEVENTS, "add uevent")}
    if now["phase"] == "BOOT" and now["driver_loaded"]:
        found |= {Label(KERNEL, "driver added"), Label(FTRACE, "module_load")}
        found |= {Label(UEVENTS, "driver uevent"), Label(UEVENTS, "module uevent")}
    if now["deferred"]:
        found.add(Label(KERNEL, "still pending"))
    if now["timeout"] != "OVER":
        found.add(Label(KERNEL, "timeout extended"))
    if now["present"] and now["shows_tdisp"]:
        found.add(Label(KERNEL, "capability"))
    return found


@cache
def system_of(
    proposal: str, constants: tuple[tuple[str, str], ...] = (), devices: int = 1, off: tuple[str, ...] = ()
) -> System:
    """Return a proposal of the catalogue."""
    catalogue = find_catalogue(ROOT)
    reading = read(catalogue.proposals[proposal], (catalogue.root,))
    model = reading.model
    bases = (model, reading.base() or model)
    return ground(model, Scope(*chosen(model, dict(constants), devices), without(bases, off)))


MARKERS = ("lock", "accept", "unlock", "bind", "unbind")
"""The verbs after which userspace writes a marker."""


class Graph:
    """All states of a proposal with one device, by the reference semantics, and what its steps write."""

    def __init__(self, system: System) -> None:
        self.system = system
        semantics = Semantics(system)
        names = [known.name.removeprefix("devices[0].") for known in system.variables]
        number: dict[State, int] = {}
        for state in semantics.initial_states():
            number.setdefault(state, len(number))
        self.starts = frozenset(number.values())
        self.edges: list[list[Edge]] = []
        self.facts: list[set[Label]] = []
        waiting = list(number)
        for state in waiting:
            now = dict(zip(names, state, strict=True))
            found = []
            for action, after in semantics.successors(state):
                if after not in number:
                    number[after] = len(number)
                    waiting.append(after)
                then = dict(zip(names, after, strict=True))
                found.append(Edge(action.name, number[after], self.writes(now, action.name, then)))
            self.edges.append(found)
            self.facts.append(stated(now))

    @staticmethod
    def writes(
        now: Mapping[str, object], action: str, then: Mapping[str, object]
    ) -> tuple[tuple[tuple[Label, bool], ...], ...]:
        """Return what a step writes, source by source."""
        by_source = written(now, action, then)
        found = []
        for source in SOURCES:
            lines = [(Label(source, form), surely) for form, surely in by_source[source]]
            if source != UEVENTS and action.partition("(")[0] in MARKERS:
                name = action.partition("(")[0]
                lines.append((Label(source, "marker", f"{name} {then['result']}"), True))
            found.append(tuple(lines))
        return tuple(found)


@cache
def graph_of(proposal: str, constants: tuple[tuple[str, str], ...] = (), off: tuple[str, ...] = ()) -> Graph:
    """Return the graph of a proposal of the catalogue with one device."""
    return Graph(system_of(proposal, constants, off=off))


Tail = tuple[tuple[Label, bool], ...]
Spot = tuple[int, tuple[Tail, ...]]
"""A state, and for each source what the latest step may still write."""

NOTHING: tuple[Tail, ...] = ((), (), ())


def key(label: Label) -> tuple[str, str, str]:
    """Return what a complete log shows always if it shows it once."""
    form = label.form
    for driver in (" OPERATING", " PREPARE"):
        form = form.removesuffix(driver)
    return (label.source, form, label.detail.partition(" ")[0])


@dataclass
class Oracle:
    """The exact search.  ``always``: the keys of what is never missing (complete logs); empty where all may be.

    What was worked out is remembered: where steps without a trace lead, what a state leads to with a line, and each set
    of spots once.
    """

    graph: Graph
    always: frozenset[tuple[str, str, str]] = frozenset()
    hidden: dict[int, tuple[Spot, ...]] = field(default_factory=dict)
    ways: dict[tuple[int, Label], tuple[Spot, ...]] = field(default_factory=dict)
    closures: dict[frozenset[Spot], frozenset[Spot]] = field(default_factory=dict)
    lines: dict[tuple[frozenset[Spot], Label], frozenset[Spot]] = field(default_factory=dict)
    sets: dict[frozenset[Spot], frozenset[Spot]] = field(default_factory=dict)

    def owes(self, tails: Iterable[Tail]) -> bool:
        """Whether a line is still to be written that is never missing."""
        return any(surely and key(label) in self.always for tail in tails for label, surely in tail)

    def unseen(self, state: int) -> tuple[Spot, ...]:
        """Return where steps lead from a state that leave no trace."""
        if state not in self.hidden:
            found = {(edge.after, NOTHING) for edge in self.graph.edges[state] if not self.owes(edge.writes)}
            self.hidden[state] = tuple(found)
        return self.hidden[state]

    def closed(self, spots: frozenset[Spot]) -> frozenset[Spot]:
        """Return all spots after any number of steps that leave no trace."""
        if spots not in self.closures:
            found = set(spots)
            waiting = list(spots)
            while waiting:
                state, tails = waiting.pop()
                if self.owes(tails):
                    continue
                for after in self.unseen(state):
                    if after not in found:
                        found.add(after)
                        waiting.append(after)
            self.closures[spots] = self.once(found)
        return self.closures[spots]

    def once(self, spots: Iterable[Spot]) -> frozenset[Spot]:
        """Return the one object that stands for a set."""
        found = frozenset(spots)
        return self.sets.setdefault(found, found)

    def rest(self, tail: Tail, label: Label) -> Tail | None:
        """Return what may follow a line of a step, None when the step does not write it next."""
        for position, (other, _) in enumerate(tail):
            if other == label:
                return None if self.owes((tail[:position],)) else tail[position + 1 :]
        return None

    def written(self, state: int, label: Label) -> tuple[Spot, ...]:
        """Return the spots after steps from a state of which a line is the first that is seen."""
        if (state, label) not in self.ways:
            source = SOURCES.index(label.source)
            found = []
            for edge in self.graph.edges[state]:
                left = self.rest(edge.writes[source], label)
                if left is not None:
                    found.append((edge.after, (*edge.writes[:source], left, *edge.writes[source + 1 :])))
            self.ways[state, label] = tuple(found)
        return self.ways[state, label]

    def after(self, spots: frozenset[Spot], label: Label) -> frozenset[Spot]:
        """Return the spots after a line."""
        if (spots, label) not in self.lines:
            source = SOURCES.index(label.source)
            found: set[Spot] = set()
            for state, tails in self.closed(spots):
                if label in self.graph.facts[state]:
                    found.add((state, tails))
                left = self.rest(tails[source], label)
                if left is not None:
                    found.add((state, (*tails[:source], left, *tails[source + 1 :])))
                if not self.owes(tails):
                    found.update(self.written(state, label))
            self.lines[spots, label] = self.once(found)
        return self.lines[spots, label]

    def explained(self, labels: Iterable[Label]) -> int:
        """Return how many lines of one log have an explanation."""
        spots = frozenset((state, NOTHING) for state in self.graph.starts)
        count = 0
        for label in labels:
            spots = self.after(spots, label)
            if not spots:
                break
            count += 1
        return count

    def merged(self, logs: list[list[Label]], before: Callable[[int, int, int, int], bool]) -> bool:
        """Whether logs together have an explanation; ``before(a, i, b, j)``: line i of a is before line j of b."""
        start = (0,) * len(logs)
        cells = {start: frozenset((state, NOTHING) for state in self.graph.starts)}
        for _ in range(sum(map(len, logs))):
            following: dict[tuple[int, ...], frozenset[Spot]] = {}
            for cell, spots in cells.items():
                for log, lines in enumerate(logs):
                    if cell[log] == len(lines) or any(
                        before(other, position, log, cell[log])
                        for other in range(len(logs))
                        if other != log
                        for position in range(cell[other], len(logs[other]))
                    ):
                        continue
                    after = self.after(spots, lines[cell[log]])
                    there = tuple(taken + (number == log) for number, taken in enumerate(cell))
                    following[there] = following.get(there, frozenset()) | after
            cells = following
        return any(cells.values())
