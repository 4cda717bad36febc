"""Closing sets of states under moves, and breadth-first levels with shortest ways through them.

`closure` is how large sets are found: group after group, each closed in itself before the next one is looked at (the
chaining of Roig, Cortadella and Pastor, "Verification of asynchronous circuits by BDD-based model checking of Petri
nets", 1995), because the sets in between stay small; breadth-first levels do not.  `Levels` is for distances and ways.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from tdispmodel.engines.diagrams.encoding import Encoding, Set
from tdispmodel.engines.diagrams.moves import Group, Move
from tdispmodel.engines.protocol import LimitReached, Limits, Progress, rounded
from tdispmodel.ir.system import State

Way = list[tuple[str, State]]
"""The steps from some state: the action taken, and where it leads."""


class Watch:
    """Looks at the time between operations, and tells now and then where things stand."""

    def __init__(self, limits: Limits, progress: Progress) -> None:
        self.limits = limits
        self.progress = progress
        self.doing = "states"
        self._operations = 0
        self._told = time.monotonic()

    @property
    def spent(self) -> float:
        """Which part of the time is used up; 0 where there is no bound."""
        return self.limits.spent() / self.limits.seconds if self.limits.seconds else 0.0

    def look(self, found: Set) -> None:
        """Raise `LimitReached` when the time is used up; ``found`` is what is being worked on."""
        self._operations += 1
        if self.limits.out_of_time():
            message = f"out of time after {self.limits.seconds:g} s, {self.doing}"
            raise LimitReached(message)
        now = time.monotonic()
        if now - self._told >= 1.0:
            self._told = now
            nodes = rounded(found.manager.approx_num_inner_nodes())
            self.progress(f"{self.doing}: {rounded(self._operations)} operations on sets  {nodes} nodes")


def closure(start: Set, groups: Sequence[Group], apply: Callable[[Move, Set], Set], inside: Set, watch: Watch) -> Set:
    """Return the least set that contains ``start`` and whatever ``apply`` gives of it inside ``inside``."""
    found = start
    while True:
        before = found
        for group in groups:
            while True:
                within = found
                for move in group:
                    watch.look(found)
                    found |= apply(move, found) & inside
                if found == within:
                    break
        if found == before:
            return found


def forwards(start: Set, groups: Sequence[Group], inside: Set, watch: Watch) -> Set:
    """Return what ``start`` reaches without leaving ``inside``; ``start`` must lie in it."""
    return closure(start, groups, Move.after, inside, watch)


def backwards(goal: Set, groups: Sequence[Group], inside: Set, watch: Watch) -> Set:
    """Return what reaches ``goal`` without leaving ``inside``; ``goal`` must lie in it."""
    return closure(goal, groups, Move.before, inside, watch)


class TooMuchWork(Exception):
    """Going on to the next breadth-first level would take longer than is allowed."""


class Levels:
    """The states inside a set by their distance from some first ones, found as far as they are asked for.

    ``work`` is about what finding them took: for each level the nodes of its diagram times the number of moves; a
    million is about a second.
    """

    def __init__(self, encoding: Encoding, start: Set, moves: Sequence[Move], inside: Set, watch: Watch) -> None:
        self.encoding = encoding
        self.moves = [move for move in moves if move.changed]
        self.inside = inside
        self.watch = watch
        self.levels = [start]
        self.seen = start
        self.work = 0

    def further(self, most_work: int | None = None) -> bool:
        """Find the next level; False when there is none.  Raises `TooMuchWork`."""
        last = self.levels[-1]
        work = self.work + last.node_count() * len(self.moves)
        if most_work is not None and work > most_work:
            raise TooMuchWork
        self.work = work
        fresh = self.encoding.none
        for move in self.moves:
            self.watch.look(fresh)
            fresh |= move.after(last) & self.inside
        fresh &= ~self.seen
        if not fresh.satisfiable():
            return False
        self.seen |= fresh
        self.levels.append(fresh)
        return True

    def distance(self, goal: Set, most_work: int | None = None) -> int | None:
        """Return how far the nearest state of ``goal`` is; None when none is reached.  Raises `TooMuchWork`."""
        for place, level in enumerate(self.levels):
            if (level & goal).satisfiable():
                return place
        while self.further(most_work):
            if (self.levels[-1] & goal).satisfiable():
                return len(self.levels) - 1
        return None

    def way(self, goal: Set, most_work: int | None = None) -> tuple[State, Way] | None:
        """Return a shortest way to ``goal``: where it begins, and its steps; None when none is reached.

        Raises `TooMuchWork`.
        """
        place = self.distance(goal, most_work)
        if place is None:
            return None
        state = self.encoding.pick(self.levels[place] & goal)
        steps: Way = []
        for level in reversed(self.levels[:place]):
            name, before = self._step_to(state, level)
            steps.append((name, state))
            state = before
        return state, steps[::-1]

    def _step_to(self, state: State, level: Set) -> tuple[str, State]:
        """A step from a level to a state: that of the first action that has one."""
        one = self.encoding.one(state)
        for move in self.moves:
            before = move.before(one) & level
            if before.satisfiable():
                return move.name, self.encoding.pick(before)
        message = "a state of one level has no predecessor in the level before"
        raise AssertionError(message)


def some_way(encoding: Encoding, start: Set, groups: Sequence[Group], goal: Set, watch: Watch) -> tuple[State, Way]:
    """Return a way to a state of ``goal``, which must be reached, not a shortest one: as `closure` came there."""
    trail: list[tuple[Move, Set]] = []

    def noted(move: Move, found: Set) -> Set:
        after = move.after(found)
        if (after & ~found).satisfiable():
            trail.append((move, found))
        return after

    found = closure(start, groups, noted, encoding.all, watch)
    state = encoding.pick(found & goal)
    steps: Way = []
    for move, before in reversed(trail):
        one = encoding.one(state)
        if not (one & before).satisfiable():
            steps.append((move.name, state))
            state = encoding.pick(move.before(one) & before)
    return state, steps[::-1]


def union(none: Set, sets: Iterable[Set]) -> Set:
    """Return the union of some sets."""
    found = none
    for one in sets:
        found |= one
    return found
