"""Compares a model as read with the same file as CPython runs it: variables, start states, steps, truth of properties.

Given both, gives a list of differences in words; an empty list is agreement.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass

from tdispmodel.ir.expressions import Actor, Fairness, Value
from tdispmodel.ir.model import Model, Variable
from tdispmodel.ir.system import System, SystemAction, SystemProperty
from tdispmodel.semantics import Scope, Semantics, ground
from tdispmodel.semantics.grounding import constants, ground_properties, instances
from tdispmodel.semantics.meaning import Denotation
from tests.laws.native_runner import Firing, Native, Question, State, plain

MAXIMUM_DIFFERENCES = 5


@dataclass(frozen=True)
class Pair:
    """A native question beside the read one, of which the denotations are at hand."""

    question: Question
    name: str
    formula: Denotation
    after: Denotation


Pairs = list[Pair]


def differences(native: Native, model: Model, scope: Scope, limit: int = 100_000) -> list[str]:
    """Return in which ways the two meanings differ, on at most ``limit`` reachable states (the first in breadth)."""
    comparison = _Comparison(native, model, scope)
    found: list[str] = []
    for difference in comparison.run(limit):
        found.append(difference)
        if len(found) == MAXIMUM_DIFFERENCES:
            break
    return found


def turned(model: Model, devices: int, turn: int) -> dict[str, Value]:
    """Return values of all constants that may be chosen, the next value for each next instance, beginning at ``turn``."""
    seen: Counter[str] = Counter()
    chosen: dict[str, Value] = {}
    for name, known in constants(model, devices).items():
        plain_name = name.partition("]")[2] or name
        if not known.fixed:
            chosen[name] = known.sort.values[(seen[plain_name] + turn) % len(known.sort.values)]
        seen[plain_name] += 1
    return chosen


class _Comparison:
    """One native model beside one read model."""

    def __init__(self, native: Native, model: Model, scope: Scope) -> None:
        self.native, self.model, self.scope = native, model, scope
        self.system: System = ground(model, scope)
        self.semantics = Semantics(self.system)
        members = [{plain(value): value for value in variable.values} for variable in native.variables]
        self.members = dict(zip(native.names, members, strict=True))

    def run(self, limit: int) -> Iterator[str]:
        wrong = [*self.variables(), *self.constants()]
        if wrong:
            yield from wrong
            return
        pairs, missing = self.questions()
        yield from missing
        starts = {self.read(state) for state in self.native.start_states()}
        read_starts = set(self.semantics.initial_states())
        if starts != read_starts:
            yield f"start states: natively {self.some(starts - read_starts)}, read {self.some(read_starts - starts)}"
        waiting, seen = deque(sorted(read_starts, key=repr)), set(read_starts)
        while waiting and limit > 0:
            limit -= 1
            state = waiting.popleft()
            yield from self.state(state, pairs)
            for _, after in self.semantics.successors(state):
                if after not in seen:
                    seen.add(after)
                    waiting.append(after)

    def variables(self) -> Iterator[str]:
        """Yield differences in names, start values, values and who sees what."""
        flat = {variable.name: variable for variable in self.system.variables}
        if set(flat) != set(self.native.names):
            yield f"variables: natively {sorted(self.native.names)}, read {sorted(flat)}"
            return
        hidden = {
            instance_variable: variable.hidden_from
            for instance_variable, variable in zip(flat, self.templates(), strict=True)
        }
        for variable in self.native.variables:
            read = flat[variable.full_name]
            if {plain(value) for value in variable.starts} != set(read.initial):
                yield f"{read.name} starts natively as {variable.starts}, read as {read.initial}"
            if [plain(value) for value in variable.values] != list(read.sort.values):
                yield f"{read.name} is natively one of {variable.values}, read of {read.sort}"
            if variable.hidden_from != {actor.name for actor in hidden[read.name]}:
                yield f"{read.name} is natively hidden from {sorted(variable.hidden_from)}"

    def constants(self) -> Iterator[str]:
        """Yield differences in names, defaults, values of constants and in who sees them."""
        known = constants(self.model, self.scope.devices)
        names = sorted(constant.full_name for constant in self.native.constants)
        if sorted(known) != names:
            yield f"constants: natively {names}, read {sorted(known)}"
            return
        for constant in self.native.constants:
            name, read = constant.full_name, known[constant.full_name]
            if [plain(value) for value in constant.starts] != [read.value]:
                yield f"{name} is natively {constant.starts}, read as {read.value}"
            if [plain(value) for value in constant.values] != list(read.sort.values):
                yield f"{name} is natively one of {constant.values}, read of {read.sort}"
            if constant.hidden_from != {actor.name for actor in read.hidden_from}:
                yield f"{name} is natively hidden from {sorted(constant.hidden_from)}"

    def templates(self) -> Iterator[Variable]:
        """Yield the variables of all instances in the order of the system."""
        for instance in instances(self.model, self.scope.devices):
            yield from instance.component.variables

    def questions(self) -> tuple[Pairs, list[str]]:
        """Return native questions beside read ones, in the same order, and what has no partner."""
        read: dict[str, list[SystemProperty]] = {
            wanted.name: list(ground_properties(self.model, wanted, self.scope)) for wanted in self.model.properties
        }
        native: dict[str, list[Question]] = {}
        for question in self.native.questions:
            native.setdefault(question.name, []).append(question)
        missing = [
            f"property {name}: natively asked {len(native.get(name, []))} times, read {len(read.get(name, []))}"
            for name in dict.fromkeys((*native, *read))
            if len(native.get(name, [])) != len(read.get(name, []))
        ]
        if missing:
            return [], missing
        return [
            Pair(question, name, self.semantics.denotation(known.formula), self.semantics.denotation(known.after))
            for name in native
            for question, known in zip(native[name], read[name], strict=True)
        ], []

    def state(self, state: tuple[Value, ...], pairs: Pairs) -> Iterator[str]:
        """Yield differences of what is true in a state, which steps leave it and what is true of these."""
        own = self.own(state)
        native_steps = {(firing.label, self.read(after)): (firing, after) for firing, after in self.native.steps(own)}
        read_steps = {(action.name, after): action for action, after in self.semantics.successors(state)}
        for extra, who in (
            (native_steps.keys() - read_steps.keys(), "natively only"),
            (read_steps.keys() - native_steps.keys(), "read only"),
        ):
            for name, after in sorted(extra, key=repr):
                yield f"{who}: {self.named(state)} --{name}--> {self.changed(state, after)}"
        for pair in pairs:
            if pair.question.about_steps:
                continue
            native_truths = self.native.holds_in(pair.question, own)
            truths = (pair.formula(state, state, ""), pair.after(state, state, ""))
            if native_truths != truths:
                yield f"{pair.name} natively {native_truths}, read {truths} in {self.named(state)}"
        for key in native_steps.keys() & read_steps.keys():
            yield from self.step((state, own), native_steps[key], (read_steps[key], key[1]), pairs)

    def step(
        self,
        before: tuple[tuple[Value, ...], State],
        native: tuple[Firing, State],
        read: tuple[SystemAction, tuple[Value, ...]],
        pairs: Pairs,
    ) -> Iterator[str]:
        """Yield differences of who takes a step and of what is true of it."""
        (state, own), (firing, native_after), (action, after) = before, native, read
        actor = Actor[firing.moves.actor.name]
        said = firing.moves.fairness
        fairness = actor.fairness if said is None else Fairness(said)
        if (action.actor, action.fairness) != (actor, fairness):
            yield f"{action.name} natively by {actor}, {fairness}; read by {action.actor}, {action.fairness}"
        for pair in pairs:
            if not pair.question.about_steps:
                continue
            native_truth = self.native.holds_on(pair.question, own, firing, native_after)
            truth = pair.formula(state, after, action.name)
            if native_truth is not truth:
                yield f"{pair.name} natively {native_truth}, read {truth} on {action.name} from {self.named(state)}"

    def own(self, state: tuple[Value, ...]) -> State:
        """Return a read state as CPython holds it."""
        values = dict(zip(self.system.index, state, strict=True))
        return tuple(self.members[name][values[name]] for name in self.native.names)

    def read(self, state: State) -> tuple[Value, ...]:
        """Return a native state as the semantics holds it."""
        values = self.native.shown(state)
        return tuple(values[name] for name in self.system.index)

    def named(self, state: tuple[Value, ...]) -> dict[str, Value]:
        return dict(zip(self.system.index, state, strict=True))

    def changed(self, before: tuple[Value, ...], after: tuple[Value, ...]) -> dict[str, Value]:
        return {name: new for name, old, new in zip(self.system.index, before, after, strict=True) if old != new}

    def some(self, states: set[tuple[Value, ...]]) -> list[dict[str, Value]]:
        return [self.named(state) for state in sorted(states, key=repr)[:2]]
