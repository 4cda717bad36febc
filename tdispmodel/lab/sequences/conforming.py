"""Is the model the kernel?  Sequences made of the model, run on a kernel, and compared both ways.

After each step what the kernel did must be a behaviour of the model with that kernel's constants; and since the model's
own steps are followed until the kernel has nothing more to do, what the model says must happen has to have happened.
Compared are the state, the error of the step, the uevents about each device and how often its driver's probe was
called.  A difference is told, and the sequence ends there: nothing is guessed of how it might go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import State
from tdispmodel.lab.counterexamples.reproducing import difference, expected
from tdispmodel.lab.kernels.packages import Kernel
from tdispmodel.lab.running.observing import Seen
from tdispmodel.lab.running.operations import DEFERS, PCI_BUS, PLATFORM_BUS, Driver
from tdispmodel.lab.sequences.gates import AUTOPROBE_OFF, OPEN, Cell, cell_of, effect, pairs
from tdispmodel.lab.sequences.planning import ON_ANOTHER_BUS, PATHS, Core, Outcome, Transition
from tdispmodel.lab.sequences.subjects import Booted, Case, Observation, Subject

BEFORE, SINCE = "BEFORE_6_19", "SINCE_6_19"
ANOTHER_BUS = {**PATHS, "hot_add": "a", "rescan": "a"}
"""The attach paths on a bus of devices that are created by a driver."""
OFTEN = {"NONE": 0, "ONCE": 1, "REPEATED": 2}
"""The model counts probes up to two."""

GATES: Mapping[str, Value] = {"overrides_are_written": True}
MORE: Mapping[str, Value] = {
    "devices_are_hidden": True,
    "functions_are_reset": True,
    "errors_are_injected": True,
    "aer_resets": True,
}
"""Steps besides the attach paths and gates."""
SLEEP: Mapping[str, Value] = {"sleep": "LOSES_STATE"}
"""To be suspended to memory: ends a sequence, since hotplug is not heard of afterwards, and needs another boot."""


@dataclass(frozen=True)
class Difference:
    """A step that the kernel and the model do not agree about: what went before it, and how they differ."""

    steps: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Conformance:
    """What came of the sequences on one kernel: which transitions there are, which were taken, and what differs.

    ``cells``: of each pair of attach path and gate, what was seen to come of it.
    """

    release: str
    driver: Driver
    constants: Mapping[str, Value]
    transitions: tuple[Transition, ...]
    taken: frozenset[Transition]
    steps: int
    differences: tuple[Difference, ...]
    cells: Mapping[Cell, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def missing(self) -> tuple[Transition, ...]:
        """The transitions that no sequence took."""
        return tuple(one for one in self.transitions if one not in self.taken)

    @property
    def paths(self) -> Mapping[str, str]:
        """The attach path that each step takes, on the bus of the driver."""
        return ANOTHER_BUS if self.driver.bus != PCI_BUS else PATHS

    def pairs(self) -> Mapping[tuple[str, bool], tuple[int, int]]:
        """Return for each attach path, with autoprobe on or off, how many transitions were taken and how many are."""
        found: dict[tuple[str, bool], tuple[int, int]] = {}
        for one in self.transitions:
            if one.name in PATHS:
                key = (self.paths[one.name], one.autoprobe)
                taken, known = found.get(key, (0, 0))
                found[key] = (taken + (one in self.taken), known + 1)
        return dict(sorted(found.items()))


def constants_of(kernel: Kernel, driver: Driver) -> Mapping[str, Value]:
    """Return the model's constants of a kernel and of a driver of the lab."""
    return {
        "kernel": SINCE if kernel.gates_hot_added else BEFORE,
        "driver_defers": driver.parameters == "does=1",
        "driver_fails": driver.parameters == "does=2",
    }


def core_of(case: Case, more: Mapping[str, Value] = MappingProxyType({})) -> Core:
    """Return the device core that a case is about, as the model has it."""
    told = {name: value for name, value in case.told.items() if isinstance(value, (bool, int, str))}
    bus = ON_ANOTHER_BUS if case.driver.bus != PCI_BUS else {}
    named = {**GATES, "override_only": True} if case.driver.override_only else {}
    stays = case.driver.bus == PLATFORM_BUS
    return Core({**constants_of(case.kernel, case.driver), **bus, **named, **more, **told}, case.devices, stays=stays)


def programme(case: Case) -> Iterator[tuple[Core, tuple[Transition, ...]]]:
    """Yield what is to be taken: the pairs of attach path and autoprobe; and unless that is enough, everything else.

    That is every transition, those with resets, errors and hidden devices, the pairs with every gate, and sleep.
    """
    core = core_of(case)
    if case.briefly:
        yield core, pairs(core, (OPEN, AUTOPROBE_OFF))
        return
    if case.driver.bus != PCI_BUS or case.driver.override_only:
        yield core, tuple(core.transitions())
        return
    told = {"driver_is_told": True} if case.driver == DEFERS and case.devices > 1 else {}
    core = core_of(case, {**(MORE if case.devices == 1 else {}), **told})
    yield core, tuple(core.transitions())
    gates = core_of(case, GATES)
    yield gates, pairs(gates)
    sleeps = core_of(case, SLEEP)
    yield sleeps, tuple(one for one in sleeps.transitions() if one.name == "suspend" and one.before[2] is True)


def conform(case: Case) -> Conformance:
    """Run the sequences of a case in one boot.  Raises `NoLab`, and `GuestLost` when the machine fails."""
    transitions: list[Transition] = []
    tally = Tally()
    with Booted(case) as subject:
        for core, wanted in programme(case):
            transitions += wanted
            for sequence in core.sequences(wanted):
                tally.note(core, followed(subject, core, case.driver, sequence))
    return tally.conformance(case, core_of(case).told, tuple(transitions))


@dataclass(frozen=True)
class Done:
    """A step that was taken: the transition of the model, what was seen after it, and how that differs."""

    transition: Transition
    observed: Observation
    differs: str = ""


class Tally:
    """What sequences have come to so far."""

    def __init__(self) -> None:
        self.taken: set[Transition] = set()
        self.cells: dict[Cell, str] = {}
        self.differences: list[Difference] = []
        self.steps = 0

    def note(self, core: Core, sequence: Iterable[Done]) -> Difference | None:
        """Take note of a sequence, as it is run; return how it differs, if it does."""
        names: list[str] = []
        for done in sequence:
            names.append(done.transition.action)
            self.steps += 1
            if done.differs:
                found = Difference(tuple(names), done.differs)
                self.differences.append(found)
                return found
            self.taken.add(done.transition)
            cell = cell_of(core, done.transition)
            if cell is not None:
                self.cells.setdefault(cell, effect(core, done.transition, done.observed))
        return None

    def conformance(
        self, case: Case, constants: Mapping[str, Value], transitions: tuple[Transition, ...]
    ) -> Conformance:
        """Return what came of a case."""
        return Conformance(
            case.kernel.release,
            case.driver,
            constants,
            transitions,
            frozenset(self.taken),
            self.steps,
            tuple(self.differences),
            dict(self.cells),
        )


def followed(subject: Subject, core: Core, driver: Driver, sequence: Sequence[str]) -> Iterator[Done]:
    """Yield each step of a sequence and how the kernel differs then; ends after the first difference.

    It ends as well where the kernel took another way than the one that the sequence was made for.  Raises `GuestLost`.
    """
    start = core.start()
    observed = subject.begin()
    words = difference(wanted(core, start, driver), observed.seen)
    if words:
        yield Done(core.transition(start, "start"), observed, words)
        return
    states = frozenset({start})
    for name in sequence:
        possible = [state for state in sorted(states, key=str) if name in core.outcomes(state)]
        if not possible:
            return
        came = frozenset(outcome for state in possible for outcome in core.outcomes(state)[name])
        observed = subject.take(name)
        differs = {outcome: differing(core, driver, outcome, observed) for outcome in sorted(came, key=str)}
        states = frozenset(outcome.state for outcome, words in differs.items() if not words)
        words = "" if states else " or ".join(differs.values())
        yield Done(core.transition(possible[0], name), observed, words)
        if words:
            return


def differing(core: Core, driver: Driver, outcome: Outcome, observed: Observation) -> str:
    """Return how what was observed differs from what the model says; empty if it does not."""
    words = [difference(wanted(core, outcome.state, driver), observed.seen)]
    if observed.ended and outcome.result != observed.ended:
        words.append(f"the model says {outcome.result}, seen {observed.ended}")
    for device, said, seen in zip(core.devices, outcome.uevents, observed.uevents, strict=True):
        if said != seen:
            words.append(f"uevents of {device}: the model says {told(said)}, seen {told(seen)}")
    for device, times, probed in zip(core.devices, outcome.probes, observed.probes, strict=True):
        if OFTEN[str(times)] != min(probed, max(OFTEN.values())):
            words.append(f"probes of {device}: the model says {OFTEN[str(times)]}, seen {probed}")
    return "; ".join(part for part in words if part)


def wanted(core: Core, state: State, driver: Driver) -> Seen:
    """Return what is to be seen in a state: of autoprobe, that of the bus which the device is on."""
    return replace(expected(core.system, state, driver), autoprobe=state[core.place[core.autoprobe]] is True)


def told(uevents: Sequence[str]) -> str:
    """Return uevents as the output has them."""
    return ", ".join(uevents) or "none"
