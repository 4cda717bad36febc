"""The answer to a litmus file: in which states may the behaviours end that take its steps.

Given a `Scenario`; searches, breadth first, the product of the system with the steps: a state together with how many
steps of the file were taken.  Where the file says ``...`` any step may be taken without counting, a step of the file
among them.  All states in which a fitting behaviour may end are found, and a shortest behaviour to one of them, which
the reference semantics replays.  Conditions are decided by the reference semantics, too.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tdispmodel.analysing.scenario import Scenario
from tdispmodel.checking.asking import range_complaint
from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.constants import chosen
from tdispmodel.checking.mistakes import UNKNOWN_PROPOSAL, UNKNOWN_STEP, OurFault
from tdispmodel.checking.settings import without
from tdispmodel.compiling.successors import Compiled, Leaves
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.expressions import Expression
from tdispmodel.ir.model import Model
from tdispmodel.ir.system import State, System
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.traces import replay
from tdispmodel.reading import Reading, read
from tdispmodel.reading.conditions import ROOT
from tdispmodel.reports.litmus import Blocked, Litmus
from tdispmodel.reports.naming import without_arguments
from tdispmodel.semantics import Scope, Semantics, TooManyStarts, ground
from tdispmodel.semantics.grounding import action_names, ground_formula, instances
from tdispmodel.source import Rejected, did_you_mean
from tdispmodel.verdict import OutOfRange, Trace

CHECK_EVERY = 2048
MOST_LOOKED_AT = 20_000
BYTES_PER_STATE = 150
"""About what one found state takes beside the containers' own room."""

Readings = dict[str, Reading]
"""Models that were read already, by path."""


def litmus(
    asked: Scenario, catalogue: Catalogue, limits: Limits, known: Readings, progress: Progress = silent
) -> Litmus:
    """Return the answer to a scenario.

    Raises `Rejected` when it does not fit its proposal, and `OurFault` when the semantics refuses what was found.
    """
    reading = reading_of(asked, catalogue, known)
    model = reading.model
    scope = scope_of(asked, reading)
    names = steps_of(asked, model, scope.devices)
    system = ground(model, scope)
    condition = condition_of(asked, reading, scope)
    return Search(asked, system, names, condition, limits, progress).answer()


def reading_of(asked: Scenario, catalogue: Catalogue, known: Readings) -> Reading:
    """Return the proposal of a scenario: a name of the catalogue, or a model file beside the scenario's."""
    line = asked.proposal
    path = catalogue.proposals.get(line.words.replace("-", "_"))
    if path is None:
        if not line.words.endswith(".py"):
            hint = did_you_mean(line.words, catalogue.proposals)
            raise line.wrong(UNKNOWN_PROPOSAL, f"there is no proposal {line.words[:60]}", hint)
        path = Path(line.place.path).parent / line.words
    if str(path) not in known:
        known[str(path)] = read(path, (catalogue.root,))
    return known[str(path)]


def scope_of(asked: Scenario, reading: Reading) -> Scope:
    """Return the assumptions of a scenario.  Raises `Rejected` when the model does not have them."""
    model = reading.model
    models = (model, reading.base() or model) if asked.without else (model,)
    try:
        return Scope(*chosen(model, asked.settings, asked.devices), without(models, asked.without))
    except Rejected as rejected:
        line = asked.proposal
        raise Rejected(
            replace(complaint, place=line.place, line_text=line.whole, message=complaint.message.removeprefix("--"))
            for complaint in rejected.complaints
        ) from None


def steps_of(asked: Scenario, model: Model, devices: int) -> tuple[str, ...]:
    """Return the full names of the steps.  Raises `Rejected` for one that the model does not have."""
    full = action_names(model, devices)
    short: dict[str, list[str]] = {}
    for name in full if devices == 1 else ():
        short.setdefault(without_arguments(name), []).append(name)
    found = []
    for step in asked.steps:
        name = ", ".join(part.strip() for part in step.line.words.split(","))
        meant = [name] if name in full else short.get(name, [])
        if len(meant) != 1:
            message = f"{model.name} has no action {name[:60]}"
            raise step.line.wrong(UNKNOWN_STEP, message, did_you_mean(name, [*full, *short]))
        found += meant
    return tuple(found)


def condition_of(asked: Scenario, reading: Reading, scope: Scope) -> Expression:
    """Return the condition in ground form.  Raises `Rejected`."""
    named = {known.name: known.name for known in instances(reading.model, scope.devices) if known.name}
    line = asked.condition
    formula = reading.condition(line.words, line.place, line.whole, tuple(named))
    return ground_formula(reading.model, formula, {**named, ROOT: ""}, scope)


@dataclass
class Search:
    """The product of a system and the steps of a file; a place in it is a packed state and how many steps were taken.

    Places are numbered in the order in which they are found, so by depth.
    """

    asked: Scenario
    system: System
    names: tuple[str, ...]
    condition: Expression
    limits: Limits
    progress: Progress = silent
    stopped: str = ""
    places: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    number: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.compiled = Compiled(self.system)
        self.semantics = Semantics(self.system)
        self.width = len(self.names) + 1
        self.open = [step.after_anything for step in self.asked.steps] + [self.asked.before_the_end]
        self.indexes = {action.name: number for number, action in enumerate(self.system.actions)}

    def answer(self) -> Litmus:
        """Search, and return what was found.  Raises `Rejected` when an integer leaves its range, and `OurFault`."""
        self.run()
        last = len(self.names)
        ends = [number for number, place in enumerate(self.places) if place % self.width == last]
        good = [number for number in ends if self.semantics.holds(self.condition, self.state(number))]
        bad = sorted(set(ends) - set(good))
        wanted = (bad or good) if self.asked.question == "always" else (good or bad)
        blocked = None if ends or self.stopped else self.blocked()
        shown = wanted[0] if wanted else None if blocked is None else blocked.number
        trace, counted = (None, ()) if shown is None else self.behaviour(shown)
        return Litmus(
            name=self.asked.name,
            path=self.asked.proposal.place.path,
            system=self.system,
            question=self.asked.question,
            condition=self.asked.condition.words,
            claim=self.asked.claim,
            positive=len(good),
            negative=len(bad),
            stopped=self.stopped,
            trace=trace,
            counted=counted,
            blocked=blocked,
        )

    def run(self) -> None:
        """Find every place that can be reached, until a limit is."""
        try:
            for packed in self.compiled.starts():
                self.found(packed * self.width, -1, -1)
                if len(self.places) % CHECK_EVERY == 0 and self.at_limit():
                    return
        except TooManyStarts as many:
            self.stopped = many.words
            return
        steps = [self.indexes.get(name, -1) for name in self.names]
        current = 0
        while current < len(self.places):
            if current % CHECK_EVERY == 0 and self.at_limit():
                return
            packed, position = divmod(self.places[current], self.width)
            wanted = steps[position] if position < len(steps) else -1
            anything = self.open[position]
            if anything or wanted >= 0:
                for action, after in self.successors(current, packed):
                    if anything:
                        self.found(after * self.width + position, current, action)
                    if action == wanted:
                        self.found(after * self.width + position + 1, current, action)
            current += 1

    def found(self, place: int, parent: int, action: int) -> None:
        """Note a place, unless it is known."""
        if self.number.setdefault(place, len(self.places)) == len(self.places):
            self.places.append(place)
            self.parents.append(parent)
            self.taken.append(action)

    def successors(self, number: int, packed: int) -> Sequence[tuple[int, int]]:
        """Return action and next state of every step.  Raises `Rejected` when an integer leaves its range."""
        try:
            return self.compiled.visit(packed)
        except Leaves as left:
            name = self.system.actions[left.action].name
            variable = self.system.variables[left.variable].name
            wrong = OutOfRange(self.behaviour(number)[0], name, variable, left.value)
            raise Rejected([range_complaint(self.system, wrong)]) from None

    def at_limit(self) -> bool:
        """Tell where the search stands, and note if time or memory is used up."""
        count = len(self.places)
        self.progress(f"{self.asked.name}: {count} states")
        room = sum(map(sys.getsizeof, (self.places, self.parents, self.taken, self.number))) + BYTES_PER_STATE * count
        if self.limits.out_of_time():
            self.stopped = f"out of time after {self.limits.seconds:g} s, {count} states found"
        elif self.limits.memory is not None and room > self.limits.memory:
            self.stopped = f"out of memory ({self.limits.memory / 1e6:g} MB), {count} states found"
        return bool(self.stopped)

    def state(self, number: int) -> State:
        """Return the values of a place's state."""
        return self.compiled.unpack(self.places[number] // self.width)

    def behaviour(self, number: int) -> tuple[Trace, tuple[int, ...]]:
        """Return a shortest behaviour to a place, and which of its steps (from 1) are those of the file, in order.

        Raises `OurFault` when the reference semantics does not replay it, or it does not fit the file.
        """
        path = [number]
        while self.parents[path[-1]] >= 0:
            path.append(self.parents[path[-1]])
        path.reverse()
        steps = tuple((self.system.actions[self.taken[one]].name, self.state(one)) for one in path[1:])
        trace = Trace(self.state(path[0]), steps)
        position = [self.places[one] % self.width for one in path]
        counted = tuple(one for one in range(1, len(path)) if position[one] > position[one - 1])
        try:
            replay(self.semantics, trace)
        except Refused as refused:
            message = f"the semantics refuses a behaviour of {self.asked.name}: {refused}"
            raise OurFault(message) from None
        self.check_fit(trace, counted)
        return trace, counted

    def check_fit(self, trace: Trace, counted: Sequence[int]) -> None:
        """Check that a behaviour takes the file's steps at ``counted``, and others only where the file allows it."""
        fits = [trace.steps[one - 1][0] for one in counted] == list(self.names[: len(counted)])
        for position, (before, after) in enumerate(zip((0, *counted), (*counted, len(trace) + 1), strict=True)):
            fits = fits and (self.open[position] or after == before + 1)
        if not fits:
            message = f"a behaviour of {self.asked.name} does not take its steps"
            raise OurFault(message)

    def blocked(self) -> Blocked:
        """Return where the steps of the file stop: after as many of them as can be, with as few guards false."""
        furthest = max((place % self.width for place in self.places), default=0)
        name = self.names[furthest] if self.places else ""
        action = self.system.by_name.get(name)
        reached = [number for number, place in enumerate(self.places) if place % self.width == furthest]
        if not reached or action is None:
            off = [known for known in self.system.without if known.endswith(f".{name.partition('(')[0]}")]
            why = f"{', '.join(off)} is switched off" if off else "its guard is never true under these constants"
            return Blocked(reached[0] if reached else None, name, (), why if reached else "there is no start state")
        failing = [
            (number, [position for position, guard in enumerate(action.guards) if not self.holds(guard, number)])
            for number in reached[:MOST_LOOKED_AT]
        ]
        number, guards = min(failing, key=lambda one: len(one[1]))
        places = [*action.places, *[None] * len(action.guards)]
        return Blocked(number, name, tuple((action.guards[one], places[one]) for one in guards), "")

    def holds(self, guard: Expression, number: int) -> bool:
        """Whether a guard holds at a place."""
        return self.semantics.holds(guard, self.state(number))
