"""What becomes of a mutant, by definitions written out: mutate the model, ground all of it again, visit every state.

Given a model, its properties and a mutant; `Naive` gives, system by system, which properties change their verdicts and
whether anything reachable differs.  It shares `mutated` and the grounding with what it is compared with, no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tdispmodel.analysing.mutation.operators import Mutant, mutants, mutated
from tdispmodel.checking.asking import Group, Plan, grouped
from tdispmodel.ir.expressions import TRUE, Read
from tdispmodel.ir.model import Model, Property
from tdispmodel.ir.system import State, System, within
from tdispmodel.semantics import LeavesRange, Scope, Semantics, ground
from tests.laws.oracle import Oracle

Step = tuple[State, str, State]


@dataclass(frozen=True)
class Seen:
    """The reachable part of a system on the variables that count."""

    starts: frozenset[State]
    steps: dict[State, frozenset[Step]]


@dataclass(frozen=True)
class Told:
    """What a mutant does in one system: ``flips`` the properties with another verdict, None where it is no model."""

    flips: frozenset[str] | None
    same: bool
    distance: int | None
    differing: int


class Naive:
    """One system that properties are asked of."""

    def __init__(self, model: Model, group: Group, kept: Sequence[str]) -> None:
        self.model = model
        self.group = group
        self.kept = kept
        system = group.system
        self.scope = Scope(system.devices, dict(system.constants), system.without)
        self.before = Oracle(ground(model, self.scope))
        self.holds = self._verdicts(self.before)

    def _verdicts(self, oracle: Oracle) -> dict[str, bool]:
        return {
            wanted.name: all(oracle.holds(question) for question in questions)
            for wanted, questions in self.group.questions.items()
        }

    def seen(self, oracle: Oracle) -> Seen:
        """Return the reachable part of a system on the variables that count."""
        places = [oracle.system.index[name] for name in self.kept]

        def on(state: State) -> State:
            return tuple(state[place] for place in places)

        steps: dict[State, set[Step]] = {}
        for state, found in oracle.steps.items():
            steps.setdefault(on(state), set()).update((on(state), action.name, on(after)) for _, action, after in found)
        return Seen(frozenset(map(on, oracle.starts)), {state: frozenset(found) for state, found in steps.items()})

    def told(self, mutant: Mutant) -> Told:
        """Return what a mutant does."""
        system = ground(mutated(self.model, mutant), self.scope)
        try:
            after = Oracle(system)
        except LeavesRange:
            return Told(None, same=False, distance=None, differing=0)
        if not after.starts:
            return Told(None, same=False, distance=None, differing=0)
        verdicts = self._verdicts(after)
        flips = frozenset(name for name, holds in self.holds.items() if verdicts[name] is not holds)
        one, other = self.seen(self.before), self.seen(after)
        return Told(
            flips,
            same=one == other,
            distance=apart(one, other),
            differing=self.differing(system),
        )

    def differing(self, mutant: System) -> int:
        """Return in how many states that the system reaches, on the variables that count, a step is another one."""
        before, after = self._moves(self.before.system), self._moves(mutant)
        return sum(before[state] != after[state] for state in before)

    def _moves(self, system: System) -> dict[State, set[tuple[str, State]]]:
        """Return the steps that a system takes from what the unmutated one reaches; a step out of range leads nowhere."""
        semantics = Semantics(system)
        places = [system.index[name] for name in self.kept]
        found: dict[State, set[tuple[str, State]]] = {}
        for state in self.before.steps:
            moves = found.setdefault(tuple(state[place] for place in places), set())
            for action in semantics.enabled(state):
                try:
                    after = semantics.step(state, action)
                except LeavesRange:
                    moves.add((action.name, ()))
                else:
                    moves.add((action.name, tuple(after[place] for place in places)))
        return found


def apart(one: Seen, other: Seen) -> int | None:
    """Return how many steps a shortest behaviour has that only one of two systems has, None if there is none."""
    if one.starts != other.starts:
        return 0
    level, known, length = set(one.starts), set(one.starts), 0
    while level:
        length += 1
        if any(one.steps[state] != other.steps[state] for state in level):
            return length
        level = {after for state in level for _, _, after in one.steps[state]} - known
        known |= level
    return None


def counting(model: Model, group: Group) -> list[str]:
    """Return the variables that can matter in a system or one of its mutants: those that are read, and whence.

    So can an integer that something is assigned to which may be outside its range, as far as its words tell.
    """
    system = group.system
    scope = Scope(system.devices, dict(system.constants), system.without)
    systems: list[System] = [system, *(ground(mutated(model, mutant), scope) for mutant in mutants(model))]
    formulas = [known.initially for known in systems]
    formulas += [action.guard for known in systems for action in known.actions]
    formulas += [part for parts in group.questions.values() for one in parts for part in (one.formula, one.after)]
    counted = {node.name for formula in formulas for node in formula.walk() if isinstance(node, Read)}
    counted |= {
        each.variable
        for known in systems
        for action in known.actions
        for each in action.assignments
        if within(each.value, known.sorts[each.variable]) != TRUE
    }
    effects = {
        (each.variable, node.name)
        for known in systems
        for action in known.actions
        for each in action.assignments
        for node in each.value.walk()
        if isinstance(node, Read)
    }
    while more := {read for variable, read in effects if variable in counted} - counted:
        counted |= more
    return [variable.name for variable in system.variables if variable.name in counted]


def sides(model: Model, properties: Sequence[Property], plan: Plan) -> list[Naive]:
    """Return the systems that properties are asked of."""
    return [Naive(model, group, counting(model, group)) for group in grouped(model, properties, plan)[0]]
