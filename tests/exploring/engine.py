"""What the engine `explicit` says of a system: compiled successors, which share no code with the reference semantics that
pages are made by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tdispmodel.compiling.successors import Compiled, Watch
from tdispmodel.engines.exploration import Exploration
from tdispmodel.engines.protocol import Limits, silent
from tdispmodel.ir.expressions import Expression, Value
from tdispmodel.ir.system import State, System, speaks_of_step


class Engine:
    """All states of a system, their steps, and where formulas are true."""

    def __init__(self, system: System, formulas: Iterable[Expression] = ()) -> None:
        self.system = system
        listed = list(dict.fromkeys(formulas))
        compiled = Compiled(system, [Watch(formula, speaks_of_step(formula), every=True) for formula in listed])
        self.explored = Exploration(compiled, Limits(), silent, keep_edges=True)
        self.explored.run()
        self.states: list[State] = [self.explored.state(number) for number in range(len(self.explored.order))]
        self.found = {formula: (compiled.states[n], compiled.steps[n]) for n, formula in enumerate(listed)}

    def truth(self, formula: Expression) -> Callable[[int, int], bool]:
        """Whether a formula is true of a state by its number, or of a step: a state and the index of an action.  One about
        states is true of a step where it is true in the state before.
        """
        of_states, of_steps = map(set, self.found[formula])
        order = self.explored.order
        if speaks_of_step(formula):
            return lambda number, action: (order[number], action) in of_steps
        return lambda number, _: order[number] in of_states

    def steps(self, number: int) -> list[tuple[int, int]]:
        """The steps of a state: the index of the action instance, and the number of the state that it leads to."""
        explored = self.explored
        places = range(explored.offsets[number], explored.offsets[number + 1])
        return [(explored.actions[place], explored.targets[place]) for place in places]

    def path(self, number: int) -> tuple[State, list[int]]:
        """A shortest way to a state: its start, and the indices of the actions."""
        trace = self.explored.trace(self.explored.order[number])
        index = {action.name: position for position, action in enumerate(self.system.actions)}
        return trace.initial, [index[name] for name, _ in trace.steps]


def words(value: Value) -> str:
    """A value as pages write it."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
