"""The definition of bisimilar, and all behaviours of a few steps, both as slow and obvious as can be.

A step is seen by its name, who takes it, what it is promised, and by the values of some variables after it.
"""

from __future__ import annotations

from itertools import product

from tdispmodel.ir.system import State, System
from tdispmodel.semantics import Semantics

Look = tuple[bool | int | str, ...]
Steps = list[tuple[tuple[str, str, str], State]]
Behaviour = tuple[Look, tuple[tuple[tuple[str, str, str], Look], ...]]


class Seen:
    """All reachable states of a system with their steps, as somebody sees them who sees some variables only."""

    def __init__(self, system: System, shared: list[str]) -> None:
        self.system = system
        semantics = Semantics(system)
        self.starts = list(dict.fromkeys(semantics.initial_states()))
        self.steps: dict[State, Steps] = {}
        waiting = list(self.starts)
        while waiting:
            state = waiting.pop()
            if state not in self.steps:
                self.steps[state] = [
                    ((action.name, action.actor.value, action.fairness.value), after)
                    for action, after in semantics.successors(state)
                ]
                waiting += [after for _, after in self.steps[state]]
        self.places = [system.index[name] for name in shared]

    def look(self, state: State) -> Look:
        """What a state looks like."""
        return tuple(state[place] for place in self.places)

    def behaviours(self, length: int) -> list[set[Behaviour]]:
        """All behaviours of 0, 1, ... ``length`` steps, as they look."""
        ends: list[tuple[Behaviour, State]] = [((self.look(state), ()), state) for state in self.starts]
        found = [{behaviour for behaviour, _ in ends}]
        for _ in range(length):
            ends = list(
                dict.fromkeys(
                    ((start, (*steps, (label, self.look(after)))), after)
                    for (start, steps), state in ends
                    for label, after in self.steps[state]
                )
            )
            found.append({behaviour for behaviour, _ in ends})
        return found


def bisimilar(first: Seen, second: Seen) -> bool:
    """Whether each start state is related to one of the other by the largest bisimulation: all pairs that look alike,
    without those in which one has a step that the other cannot answer, until nothing changes.
    """
    related = {pair for pair in product(first.steps, second.steps) if first.look(pair[0]) == second.look(pair[1])}

    def answered(mine: Steps, theirs: Steps, turned: bool) -> bool:
        return all(
            any(label == other and ((there, after) if turned else (after, there)) in related for other, there in theirs)
            for label, after in mine
        )

    while True:
        kept = {
            (one, other)
            for one, other in related
            if answered(first.steps[one], second.steps[other], False)
            and answered(second.steps[other], first.steps[one], True)
        }
        if kept == related:
            break
        related = kept
    return all(any((one, other) in related for other in second.starts) for one in first.starts) and all(
        any((one, other) in related for one in first.starts) for other in second.starts
    )
