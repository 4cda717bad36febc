"""Which states and steps a page has: all of them, or those near the start and along behaviours worth showing.

Given a system, a number of states for which there is room, and behaviours; gives a `Part` of its graph, computed by the
reference semantics.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from tdispmodel.checking.asking import range_complaint
from tdispmodel.checking.mistakes import USAGE, mistake
from tdispmodel.engines.protocol import Progress, rounded, silent
from tdispmodel.ir.sorts import code_of
from tdispmodel.ir.system import State, System
from tdispmodel.semantics import LeavesRange, Semantics, start_states
from tdispmodel.source import Rejected
from tdispmodel.verdict import OutOfRange, Trace

TELL_EVERY = 512

Step = tuple[int, State]
"""The index of the action instance taken, and the state it leads to."""


@dataclass(frozen=True)
class Part:
    """States in the order of their values, and the steps from those of them that were looked at.

    ``radius`` is None when these are all reachable states and steps; else every state of fewer steps from the start
    was looked at, and so were those on the behaviours.  The others are the border: what can happen there is not known
    here.
    """

    system: System
    starts: tuple[State, ...]
    looked_at: dict[State, tuple[Step, ...]]
    radius: int | None

    @cached_property
    def states(self) -> tuple[State, ...]:
        """All states, ordered by the positions of their values."""
        sorts = [variable.sort for variable in self.system.variables]
        found = set(self.starts) | set(self.looked_at)
        found.update(after for steps in self.looked_at.values() for _, after in steps)
        return tuple(sorted(found, key=lambda state: tuple(map(code_of, state, sorts))))

    @cached_property
    def number(self) -> dict[State, int]:
        """The position of each state among `states`."""
        return {state: position for position, state in enumerate(self.states)}

    @property
    def transitions(self) -> int:
        """How many steps the page has, self-loops included."""
        return sum(map(len, self.looked_at.values()))


class Walker:
    """Looks at states by the reference semantics."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.semantics = Semantics(system)
        self.index = {action.name: position for position, action in enumerate(system.actions)}

    def steps(self, state: State) -> tuple[Step, ...]:
        """Return each enabled action instance by its index, with where it leads.  Raises `LeavesRange`."""
        return tuple((self.index[action.name], after) for action, after in self.semantics.successors(state))


def part_of(system: System, room: int, behaviours: Iterable[Trace] = (), progress: Progress = silent) -> Part:
    """Return all reachable states, if there is room for them, else those within the largest radius for which there is,
    and those on the behaviours.

    Raises `Rejected` when there are too many start states, or an integer of the model leaves its range.
    """
    walker = Walker(system)
    starts = tuple(dict.fromkeys(start_states(walker.semantics)))
    if len(starts) > room:
        message = f"{system.name} has {len(starts)} start states, and there is room for {room} states"
        raise mistake(USAGE, message, "give more room: --states N")
    search = _Search(walker, starts, room, progress)
    radius = search.all_around()
    for behaviour in behaviours if radius is not None else ():
        for state in behaviour.states:
            if state not in search.looked_at:
                search.looked_at[state] = search.look(state)
    return Part(system, starts, search.looked_at, radius)


class _Search:
    """A breadth-first search that gives up a level for which there is no room."""

    def __init__(self, walker: Walker, starts: Sequence[State], room: int, progress: Progress) -> None:
        self.walker, self.starts, self.room, self.progress = walker, starts, room, progress
        self.looked_at: dict[State, tuple[Step, ...]] = {}
        self.found_from: dict[State, tuple[State, int] | None] = dict.fromkeys(starts)

    def all_around(self) -> int | None:
        """Look at states level by level; return how many levels there was room for, None if that was all."""
        level = list(self.starts)
        radius = 0
        while level:
            after = self.behind(level)
            if after is None:
                return radius
            level = after
            radius += 1
        return None

    def behind(self, level: list[State]) -> list[State] | None:
        """Return the new states behind a level; None, and it is as if nobody had looked, where there is no room."""
        new: list[State] = []
        for position, state in enumerate(level):
            self.looked_at[state] = self.look(state)
            for action, after in self.looked_at[state]:
                if after not in self.found_from:
                    self.found_from[after] = (state, action)
                    new.append(after)
            if len(self.found_from) > self.room:
                for forgotten in new:
                    del self.found_from[forgotten]
                for forgotten in level[: position + 1]:
                    del self.looked_at[forgotten]
                return None
            if position % TELL_EVERY == 0:
                self.progress(f"{rounded(len(self.found_from))} states")
        return new

    def look(self, state: State) -> tuple[Step, ...]:
        """Return the steps of a state.  Raises `Rejected` when one takes an integer out of its range."""
        try:
            return self.walker.steps(state)
        except LeavesRange as left:
            found = OutOfRange(self.way_to(state), left.action, left.variable, left.value)
            raise Rejected([range_complaint(self.walker.system, found)]) from None

    def way_to(self, state: State) -> Trace:
        """Return the way on which a state was found."""
        steps: list[tuple[str, State]] = []
        while (found := self.found_from.get(state)) is not None:
            before, action = found
            steps.append((self.walker.system.actions[action].name, state))
            state = before
        return Trace(state, tuple(reversed(steps)))


def all_steps(part: Part) -> Iterable[tuple[State, Step]]:
    """Yield the steps of a part with the states in which they begin, in the order of the states."""
    return chain.from_iterable(((state, step) for step in part.looked_at.get(state, ())) for state in part.states)
