"""Which logs a proposal with few states can write, by brute force: the reference semantics and a table of its own.

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
    """A line as the oracle calls it: its source, its form, for a marker what it says, and its device (-1: none)."""

    source: str
    form: str
    detail: str = ""
    device: int = 0


Tail = tuple[tuple[Label, bool], ...]
"""What a step may still write to a source, in order; True: it always does."""


class Edge(NamedTuple):
    """A step: its action, where it leads, and what it writes, a list a source; True: always.

    ``kind`` numbers what steps write: two steps that write the same have the same.
    """

    action: str
    after: int
    writes: tuple[tuple[tuple[Label, bool], ...], ...]
    kind: int


ABOUT_NONE = {
    "init runs",
    "suspend entry",
    "suspend exit",
    "driver added",
    "timeout extended",
    "tsm removed uevent",
    "tsm added uevent",
    "tsm changed uevent",
    "driver uevent",
    "module uevent",
    "module_load",
}
"""The forms that are about no device."""

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
        found += [(f"bound device {driver}", True), ("returned 0", True)]
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


def of_device(values: Mapping[str, object], device: int) -> dict[str, object]:
    """Return the values that are one device's, by the names of its variables, or nobody's."""
    own = f"devices[{device}]."
    return {name.removeprefix(own): value for name, value in values.items() if name.startswith(own) or "[" not in name}


def together(writes: list[Lines], source: str) -> list[tuple[Label, bool]]:
    """Return what a step writes about all devices, given what it writes about each: lines about none are there once.

    What stands before a line about no device still does.
    """
    found: list[tuple[Label, bool]] = []
    left = [list(lines) for lines in writes]
    while any(left):
        for device, lines in enumerate(left):
            while lines and lines[0][0] not in ABOUT_NONE:
                form, surely = lines.pop(0)
                found.append((Label(source, form, device=device), surely))
        shared = {lines.pop(0) for lines in left if lines}
        found += [(Label(source, form, device=-1), surely) for form, surely in shared]
    return found


def stated(now: Mapping[str, object], device: int) -> set[Label]:
    """Return what may be told of a device, or of none, in a state without a step."""
    found = facts_of(now)
    return {label._replace(device=-1 if label.form in ABOUT_NONE else device) for label in found}


def facts_of(now: Mapping[str, object]) -> set[Label]:
    """Return what may be told in a state without a step, of one device."""
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
    """All states of a proposal, by the reference semantics, and what its steps write."""

    def __init__(self, system: System) -> None:
        self.system = system
        semantics = Semantics(system)
        names = [known.name for known in system.variables]
        self.devices = system.devices
        number: dict[State, int] = {}
        for state in semantics.initial_states():
            number.setdefault(state, len(number))
        self.starts = frozenset(number.values())
        self.edges: list[list[Edge]] = []
        self.facts: list[set[Label]] = []
        self.kinds: dict[tuple[Tail, ...], int] = {}
        waiting = list(number)
        for state in waiting:
            now = dict(zip(names, state, strict=True))
            found = []
            for action, after in semantics.successors(state):
                if after not in number:
                    number[after] = len(number)
                    waiting.append(after)
                then = dict(zip(names, after, strict=True))
                writes = self.writes(now, action.name, then)
                found.append(Edge(action.name, number[after], writes, self.kinds.setdefault(writes, len(self.kinds))))
            self.edges.append(found)
            self.facts.append({label for one in range(self.devices) for label in stated(of_device(now, one), one)})

    def writes(self, now: Values, action: str, then: Values) -> tuple[tuple[tuple[Label, bool], ...], ...]:
        """Return what a step writes, source by source."""
        name, _, about = action.partition("(")
        by_device = []
        for device in range(self.devices):
            concerns = not about or f"[{device}]" in about
            by_device.append(
                written(of_device(now, device), action if concerns else "another device", of_device(then, device))
            )
        found = []
        for source in SOURCES:
            lines = together([one[source] for one in by_device], source)
            if source != UEVENTS and name in MARKERS:
                instance = int(about.partition("[")[2].partition("]")[0])
                lines.append((Label(source, "marker", f"{name} {instance} {then['result']}", -1), True))
            found.append(tuple(lines))
        return tuple(found)


@cache
def graph_of(
    proposal: str, constants: tuple[tuple[str, str], ...] = (), off: tuple[str, ...] = (), devices: int = 1
) -> Graph:
    """Return the graph of a proposal of the catalogue."""
    return Graph(system_of(proposal, constants, devices, off))


Spot = tuple[int, tuple[Tail, ...]]
"""A state, and for each source what the latest step may still write."""

NOTHING: tuple[Tail, ...] = ((), (), ())


def key(label: Label) -> tuple[str, str, str]:
    """Return what a complete log shows always if it shows it once."""
    form = label.form
    for driver in (" OPERATING", " PREPARE"):
        form = form.removesuffix(driver)
    return (label.source, form, label.detail.partition(" ")[0])


def related(one: Label, other: Label) -> bool:
    """Whether lines of one step have an order: those about different devices do not."""
    return one.device == other.device or -1 in (one.device, other.device)


@dataclass
class Oracle:
    """The exact search.  ``always``: the keys of what is never missing (complete logs); empty where all may be.

    What was worked out is remembered: where steps without a trace lead, what a step writes after a line, and each set
    of spots once.
    """

    graph: Graph
    always: frozenset[tuple[str, str, str]] = frozenset()
    hidden: dict[int, tuple[Spot, ...]] = field(default_factory=dict)
    ways: dict[tuple[int, Label], tuple[Tail, ...] | None] = field(default_factory=dict)
    closures: dict[frozenset[Spot], frozenset[Spot]] = field(default_factory=dict)
    lines: dict[tuple[frozenset[Spot], Label], frozenset[Spot]] = field(default_factory=dict)
    sets: dict[frozenset[Spot], frozenset[Spot]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.owing = [self.owes(writes) for writes in self.graph.kinds]

    def owes(self, tails: Iterable[Tail]) -> bool:
        """Whether a line is still to be written that is never missing."""
        return any(surely and key(label) in self.always for tail in tails for label, surely in tail)

    def unseen(self, state: int) -> tuple[Spot, ...]:
        """Return where steps lead from a state that leave no trace."""
        if state not in self.hidden:
            found = {edge.after for edge in self.graph.edges[state] if not self.owing[edge.kind]}
            self.hidden[state] = tuple((after, NOTHING) for after in found)
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
                gone = tuple(line for line in tail[:position] if related(line[0], label))
                others = tuple(line for line in tail[:position] if not related(line[0], label))
                return None if self.owes((gone,)) else (*others, *tail[position + 1 :])
        return None

    def left(self, edge: Edge, label: Label) -> tuple[Tail, ...] | None:
        """Return what a step may still write after a line, None when it is not the first that is seen of it."""
        if (edge.kind, label) not in self.ways:
            source = SOURCES.index(label.source)
            rest = self.rest(edge.writes[source], label)
            self.ways[edge.kind, label] = (
                None if rest is None else (*edge.writes[:source], rest, *edge.writes[source + 1 :])
            )
        return self.ways[edge.kind, label]

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
                if self.owes(tails):
                    continue
                for edge in self.graph.edges[state]:
                    tails_left = self.left(edge, label)
                    if tails_left is not None:
                        found.add((edge.after, tails_left))
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
