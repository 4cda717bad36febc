"""What each step of a behaviour is needed for: a dynamic slice (Korel and Laski 1988, Dynamic program slicing).

Given the semantics, a question and a trace that shows an answer to it; gives for each step the values that it gives to
variables and who uses them: the guard or the effects of a later step, the loop, or the end, that is, what the question
says.  A step that nobody uses does not matter: what is left when all of these are dropped shows the same answer.

Going backwards, the values that matter after a step matter before it unless the step assigns them; then what they were
made of matters instead, and what enables the step.  Of a formula only what decides its value matters (`support`).
docs/traces.md says for each kind of property what matters at its end, and why steps can be dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise

from tdispmodel.ir.expressions import Expression, Fairness, Value
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, SystemProperty, speaks_of_step
from tdispmodel.semantics import Semantics
from tdispmodel.semantics.support import Reads, support
from tdispmodel.verdict import Trace


class User(Enum):
    """Who uses a value, if it is no later step."""

    LOOP = "loop"
    END = "end"


By = int | User
Demand = dict[str, dict[By, None]]
"""The variables that matter at a moment, each with those who use it."""


@dataclass(frozen=True)
class Given:
    """The value to which a step changes a variable (or that it has at the start), and who uses it."""

    variable: str
    value: Value
    by: tuple[By, ...]


@dataclass(frozen=True)
class Needed:
    """What matters of a trace: by the number of the step, 1 being the first, what it gives; ``start`` is what matters
    of the start state.

    ``itself`` are steps that matter beside what they give: those of the loop, and the one that the question is about.
    """

    start: tuple[Given, ...] = ()
    steps: dict[int, tuple[Given, ...]] = field(default_factory=dict)
    itself: dict[int, User] = field(default_factory=dict)

    @property
    def marked(self) -> frozenset[int]:
        """The steps that matter."""
        return frozenset(self.steps) | frozenset(self.itself)


def needed(semantics: Semantics, question: SystemProperty, trace: Trace) -> Needed:
    """Return what matters of a trace that shows an answer, a violation or what is possible.

    Of a trace that takes actions which the system does not have, nothing is known.
    """
    if any(name not in semantics.system.by_name for name, _ in trace.steps):
        return Needed()
    return _Slice(semantics, question, trace).needed()


class _Slice:
    """One walk from the end of a trace to its start."""

    def __init__(self, semantics: Semantics, question: SystemProperty, trace: Trace) -> None:
        self.semantics, self.question, self.trace = semantics, question, trace
        self.states = trace.states
        self.asked: list[Demand] = [{} for _ in self.states]
        """What the question itself, or the loop, wants of each state."""
        self.itself: dict[int, User] = {}

    def needed(self) -> Needed:
        self._seed()
        steps: dict[int, tuple[Given, ...]] = {}
        demand: Demand = {}
        for number in range(len(self.trace), 0, -1):
            _merge(demand, self.asked[number])
            demand = self._before(number, demand, steps)
        _merge(demand, self.asked[0])
        start = self._given(demand, self.states[0])
        return Needed(start, dict(sorted(steps.items())), dict(sorted(self.itself.items())))

    def _before(self, number: int, demand: Demand, steps: dict[int, tuple[Given, ...]]) -> Demand:
        """Return what matters before a step, from what matters after it."""
        name, after = self.trace.steps[number - 1]
        before, index = self.states[number - 1], self.semantics.system.index
        if number not in self.itself and all(before[index[known]] == after[index[known]] for known in demand):
            return demand
        action = self.semantics.system.by_name[name]
        found = dict(demand)
        mine: Demand = {}
        for assignment in action.assignments:
            by = found.pop(assignment.variable, None)
            if by is not None:
                if before[index[assignment.variable]] != after[index[assignment.variable]]:
                    mine[assignment.variable] = by
                _want(found, self._support(assignment.value, before), number)
        for guard in action.guards:
            _want(found, self._support(guard, before), number)
        given = self._given(mine, after)
        if given:
            steps[number] = given
        return found

    def _given(self, demand: Demand, state: State) -> tuple[Given, ...]:
        system = self.semantics.system
        return tuple(
            Given(known.name, value, tuple(sorted(demand[known.name], key=_order)))
            for known, value in zip(system.variables, state, strict=True)
            if known.name in demand
        )

    # --- what matters at the end -------------------------------------------------------------------------------------

    def _seed(self) -> None:
        last = len(self.trace)
        match self.question.kind:
            case Kind.INVARIANT:
                self._state(last)
            case Kind.STEP:
                if last:
                    self._step(last)
            case Kind.LEADS_TO:
                self._loop()
                self._waiting()
            case Kind.NEVER_ENDLESS:
                self._loop()
                self._again()
            case Kind.STAYS_POSSIBLE:
                _want(self.asked[last], (known.name for known in self.semantics.system.variables), User.END)
            case Kind.MUST_BE_POSSIBLE:
                self._met()

    def _state(self, position: int, formula: Expression | None = None) -> None:
        """What makes a formula (the question's) true or false in a state matters there."""
        state = self.states[position]
        wanted = self._support(self.question.formula if formula is None else formula, state)
        _want(self.asked[position], wanted, User.END)

    def _step(self, number: int) -> None:
        """What makes the question's formula true or false over a step matters before and after it, and so does it."""
        name, after = self.trace.steps[number - 1]
        found = support(self.semantics, self.question.formula, self.states[number - 1], after, name)
        _want(self.asked[number - 1], (read.name for read in found if not read.after), User.END)
        _want(self.asked[number], (read.name for read in found if read.after), User.END)
        self.itself.setdefault(number, User.END)

    def _loop(self) -> None:
        """All that its steps assign matters where the loop begins and ends, and that nobody fair is kept waiting."""
        system, last = self.semantics.system, len(self.trace)
        begin = last if self.trace.loop is None else self.trace.loop
        around = range(begin, max(last, begin + 1))
        taken = {name for name, _ in self.trace.steps[begin:]}
        for number in range(begin + 1, last + 1):
            self.itself[number] = User.LOOP
        for name in sorted(taken):
            assigned = [assignment.variable for assignment in system.by_name[name].assignments]
            for position in (begin, last):
                _want(self.asked[position], assigned, User.LOOP)
        for action in system.actions:
            if action.name in taken or action.fairness is Fairness.NONE:
                continue
            idle = [place for place in around if not self.semantics.holds(action.guard, self.states[place])]
            for place in idle[:1] if action.fairness is Fairness.WEAK else idle:
                _want(self.asked[place], self._support(action.guard, self.states[place]), User.LOOP)

    def _waiting(self) -> None:
        """The latest premise matters, and that the goal is false from there on and all around the loop."""
        begin = len(self.trace) if self.trace.loop is None else self.trace.loop
        met = False
        for position in range(len(self.trace), -1, -1):
            self._state(position)
            if not met and self.semantics.holds(self.question.after, self.states[position]):
                self._state(position, self.question.after)
                met = True
            if met and position <= begin:
                return

    def _again(self) -> None:
        """It matters why some step of the loop is one that must not recur."""
        for number in range((self.trace.loop or 0) + 1, len(self.trace) + 1):
            name, after = self.trace.steps[number - 1]
            if self.semantics.holds(self.question.formula, self.states[number - 1], after, name):
                self._step(number)
                return

    def _met(self) -> None:
        """It matters why the goal is met where it first is."""
        formula = self.question.formula
        if speaks_of_step(formula):
            pairs = enumerate(zip(pairwise(self.states), self.trace.steps, strict=True), 1)
            met = (n for n, (pair, (name, _)) in pairs if self.semantics.holds(formula, *pair, name))
            for number in met:
                self._step(number)
                return
        for position, state in enumerate(self.states):
            if not speaks_of_step(formula) and self.semantics.holds(formula, state):
                self._state(position)
                return

    def _support(self, expression: Expression, state: State) -> Iterable[str]:
        found: Reads = support(self.semantics, expression, state)
        return [read.name for read in found]


def _want(demand: Demand, names: Iterable[str], by: By) -> None:
    for name in names:
        demand.setdefault(name, {})[by] = None


def _merge(demand: Demand, more: Demand) -> None:
    for name, users in more.items():
        demand[name] = demand.get(name, {}) | users


def _order(by: By) -> tuple[int, int]:
    match by:
        case User.LOOP:
            return 1, 0
        case User.END:
            return 1, 1
        case _:
            return 0, by
