"""What is said of two systems: that they take the same steps, or that one does what the other cannot.

Given both, and what names and values of the second one are in the first; refuses what the reference semantics does not
confirm.  A step is seen by its name, by who takes it and what it is promised, and by the values of the variables that
both systems have.  Knows nothing of whoever found it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import State, System, SystemAction
from tdispmodel.judging.judgement import Allowance, Refused
from tdispmodel.judging.traces import replay
from tdispmodel.semantics import Semantics, start_states
from tdispmodel.verdict import Trace

CHECK_EVERY = 64
Seen = tuple[Value, ...]


@dataclass(frozen=True)
class Names:
    """What the second system's names are in the first: of action instances, and of variables with their values.

    A variable that is not there is one of its own, and nobody sees it.
    """

    actions: Mapping[str, str]
    variables: Mapping[str, str]
    values: Mapping[str, Mapping[Value, Value]]
    """For a variable of the second system, what its values are called in the first, where that is something else."""


class _Side:
    """One system as it is seen."""

    def __init__(
        self, system: System, places: list[tuple[int, Mapping[Value, Value]]], actions: Mapping[str, str]
    ) -> None:
        self.semantics = Semantics(system)
        self.places = places
        self.actions = actions

    def seen(self, state: State) -> Seen:
        return tuple(values.get(state[place], state[place]) for place, values in self.places)

    def label(self, action: SystemAction) -> tuple[str, str, str]:
        return self.actions.get(action.name, action.name), action.actor.value, action.fairness.value

    def moves(self, state: State) -> dict[tuple[str, str, str], State]:
        return {self.label(action): after for action, after in self.semantics.successors(state)}


class Pair:
    """Two systems side by side.  Raises `Refused` when two names of the second are one of the first."""

    def __init__(self, first: System, second: System, names: Names) -> None:
        called = [names.actions.get(action.name, action.name) for action in second.actions]
        shared = [(first.index[new], second.index[old], old) for old, new in names.variables.items()]
        places = [place for place, _, _ in shared]
        values = [list(table.values()) for table in names.values.values()]
        twice = len(set(called)) < len(called) or len(set(places)) < len(places)
        if twice or any(len(set(table)) < len(table) for table in values):
            message = "two names of the second system are the same name of the first"
            raise Refused(message)
        self.first = _Side(first, [(place, {}) for place, _, _ in shared], {})
        self.second = _Side(second, [(place, names.values.get(old, {})) for _, place, old in shared], names.actions)

    def only(self, trace: Trace, *, of_first: bool) -> None:
        """Check that a trace is a behaviour of one system and that the other has none that looks like it.

        Raises `Refused`.
        """
        mine, theirs = (self.first, self.second) if of_first else (self.second, self.first)
        replay(mine.semantics, trace)
        there = {state for state in start_states(theirs.semantics) if theirs.seen(state) == mine.seen(trace.initial)}
        for name, after in trace.steps:
            label, look = mine.label(mine.semantics.system.by_name[name]), mine.seen(after)
            led = {theirs.moves(state).get(label) for state in there}
            there = {state for state in led if state is not None and theirs.seen(state) == look}
        if there:
            message = "the other system has a behaviour that looks the same"
            raise Refused(message)

    def bisimilar(self, related: Collection[tuple[State, State]], allowance: Allowance) -> None:
        """Check that a relation of states is a bisimulation that relates each start state to one of the other system.

        Raises `Refused` when it is none, `Undecided` when there is no time to see.
        """
        known = set(related)
        mine, theirs = (set(start_states(side.semantics)) for side in (self.first, self.second))
        starting = [(one, other) for one, other in known if one in mine and other in theirs]
        if mine - {one for one, _ in starting} or theirs - {other for _, other in starting}:
            message = "a start state is related to no start state of the other system"
            raise Refused(message)
        for number, (one, other) in enumerate(related):
            if number % CHECK_EVERY == 0:
                allowance.look(0)
            self._match(one, other, known)

    def _match(self, mine: State, theirs: State, known: set[tuple[State, State]]) -> None:
        if self.first.seen(mine) != self.second.seen(theirs):
            message = "related states look different"
            raise Refused(message)
        moves, answers = self.first.moves(mine), self.second.moves(theirs)
        if moves.keys() != answers.keys():
            message = "in related states different steps can be taken"
            raise Refused(message)
        if any((after, answers[label]) not in known for label, after in moves.items()):
            message = "a step leads from related states to unrelated ones"
            raise Refused(message)
