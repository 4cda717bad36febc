"""A system with its diagrams and, beside them, the reference semantics: what the tests of single parts compare."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from tdispmodel.engines.diagrams.encoding import Encoding, Set
from tdispmodel.engines.diagrams.exploring import Watch
from tdispmodel.engines.diagrams.formulas import Formulas
from tdispmodel.engines.diagrams.moves import Move
from tdispmodel.engines.protocol import Limits, silent
from tdispmodel.ir.system import State, System, SystemAction
from tdispmodel.semantics.meaning import LeavesRange, Semantics

NODES = 1 << 16


def watch() -> Watch:
    """Nobody watches, and there is time."""
    return Watch(Limits(), silent)


class Parts:
    """One small system: its encoding and translation, and all combinations of values, reachable or not."""

    def __init__(self, made: System) -> None:
        self.system = made
        self.semantics = Semantics(made)
        self.encoding = Encoding(made, NODES)
        self.formulas = Formulas(self.encoding)
        self.states: list[State] = list(product(*(variable.sort.values for variable in made.variables)))

    @property
    def moves(self) -> list[Move]:
        """All actions as moves."""
        return [Move(action, self.encoding, self.formulas) for action in self.system.actions]

    def set_of(self, states: Iterable[State]) -> Set:
        """The set of these states."""
        found = self.encoding.none
        for state in states:
            found |= self.encoding.one(state)
        return found

    def members(self, states: Set) -> set[State]:
        """The states in a set, asked for one by one."""
        return {state for state in self.states if (self.encoding.one(state) & states).satisfiable()}

    def steps(self, action: SystemAction) -> set[tuple[State, State]]:
        """The steps of an action from any combination of values, as far as they stay in range."""
        found = set()
        for state in self.states:
            if action in self.semantics.enabled(state):
                try:
                    found.add((state, self.semantics.step(state, action)))
                except LeavesRange:
                    continue
        return found

    def distances(self) -> dict[State, int]:
        """How far each reachable state is from the start."""
        steps = [(before, after) for action in self.system.actions for before, after in self.steps(action)]
        distance = dict.fromkeys(self.semantics.initial_states(), 0)
        queue = list(distance)
        for state in queue:
            for before, after in steps:
                if before == state and after not in distance:
                    distance[after] = distance[state] + 1
                    queue.append(after)
        return distance
