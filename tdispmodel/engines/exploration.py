"""Level by level breadth-first search over compiled successors, with exact counts and shortest traces.

Given a `Compiled` system and limits; gives an `Exploration`: all reachable states in the order in which they were found
(so by depth), for each the state that it was found from, and on request every edge.  The order depends on nothing but
the system, so that the same question gives the same trace every time.
"""

from __future__ import annotations

import sys
import time
from array import array
from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise

from tdispmodel.compiling.successors import Compiled, Leaves
from tdispmodel.engines.protocol import Limits, Progress, rounded
from tdispmodel.semantics import TooManyStarts
from tdispmodel.verdict import OutOfRange, Space, Trace

CHECK_EVERY = 2048
"""Limits are looked at once per so many states: often enough to stop within some tens of milliseconds."""

BYTES_PER_VALUE = 8
BYTES_PER_TUPLE = 56
BYTES_PER_STATE_HIT = 9
BYTES_PER_STEP_HIT = 73
NO_PARENT = 0xFFFFFFFF


ENOUGH = "enough was seen"
"""Why a search stopped that may be gone on with."""


def never() -> bool:
    """Nothing is enough."""
    return False


class Exploration:
    """What has been seen so far, states numbered in the order in which they were found.

    ``levels[d]`` is the number of the first state at depth d.  ``stopped`` says in words why the search ended early
    (empty: the space is exhausted), ``complete_levels`` how many levels had all their states expanded by then.  With
    ``edges``, those of state n are ``targets[offsets[n]:offsets[n + 1]]``, taken by the action instances ``actions``
    at the same places.
    """

    def __init__(
        self, compiled: Compiled, limits: Limits, progress: Progress, *, keep_edges: bool, taken: int = 0
    ) -> None:
        """``taken`` bytes of the memory that the limits allow are used already."""
        self.compiled = compiled
        self.limits = limits
        self.progress = progress
        self.keep_edges = keep_edges
        self.taken = taken
        self.order: list[int] = []
        self.number: dict[int, int] = {}
        self.parents = array("I")
        self.levels = array("Q", [0])
        self.offsets = array("Q", [0])
        self.targets = array("I")
        self.actions = array("I")
        self.transitions = 0
        self.stopped = ""
        self.complete_levels = 0
        self._told = time.monotonic()
        self._began = self._told
        self._expanded = 0

    def run(self, enough: Callable[[], bool] = never) -> None:
        """Search until the space is exhausted, a limit is reached, or after a level ``enough`` was seen.  Run again
        after that, it goes on.

        Raises `OutOfRange` with a shortest trace when an integer leaves its range.
        """
        try:
            if self.stopped == ENOUGH:
                self.stopped = ""
            else:
                self._start()
            while not self.stopped and self.levels[-1] < len(self.order):
                self._expand_level()
                if enough() and not self.stopped:
                    self.stopped = ENOUGH
        except Leaves as left:
            raise self._out_of_range(left) from None
        except TooManyStarts as many:
            self.stopped = many.words

    @property
    def space(self) -> Space | None:
        """The counts, once the space is exhausted."""
        return None if self.stopped else Space(len(self.order), self.transitions, max(0, len(self.levels) - 2))

    @property
    def bound(self) -> int | None:
        """The depth down to which every state was examined; None when not even the start states were."""
        return self.complete_levels - 1 if self.complete_levels else None

    def depth(self, number: int) -> int:
        """Return how many steps state ``number`` is away from the start."""
        return bisect_right(self.levels, number) - 1

    def trace(self, packed: int, last_action: int = -1) -> Trace:
        """Return a shortest trace to a state, and on by one step of ``last_action`` unless that is -1."""
        path = [self.number[packed]]
        while self.parents[path[-1]] != NO_PARENT:
            path.append(self.parents[path[-1]])
        path.reverse()
        steps = [(self.action_between(before, after), after) for before, after in pairwise(path)]
        named = [(self.name(action), self.state(after)) for action, after in steps]
        if last_action >= 0:
            after = self.compiled.successor(packed, last_action)
            named.append((self.name(last_action), self.compiled.unpack(after)))
        return Trace(self.state(path[0]), tuple(named))

    def name(self, action: int) -> str:
        """Return the name of an action instance."""
        return self.compiled.system.actions[action].name

    def state(self, number: int) -> tuple[bool | int | str, ...]:
        """Return the values of a state."""
        return self.compiled.unpack(self.order[number])

    def action_between(self, before: int, after: int) -> int:
        """Return the first action instance that leads from one state to the other."""
        wanted = self.order[after]
        return next(action for action, packed in self.compiled.visit(self.order[before]) if packed == wanted)

    def _start(self) -> None:
        for position, packed in enumerate(self.compiled.starts()):
            if packed not in self.number:
                self.number[packed] = len(self.order)
                self.order.append(packed)
                self.parents.append(NO_PARENT)
            if position % CHECK_EVERY == CHECK_EVERY - 1 and self._at_limit():
                return

    def _expand_level(self) -> None:
        """Expand every state of the last level; what is new forms the next one."""
        first, last = self.levels[-1], len(self.order)
        self.levels.append(last)
        for begin in range(first, last, CHECK_EVERY):
            if self._at_limit():
                return
            self._expand(begin, min(last, begin + CHECK_EVERY))
        self.complete_levels += 1

    def _expand(self, begin: int, end: int) -> None:
        visit, number, order = self.compiled.visit, self.number, self.order
        found, parent = order.append, self.parents.append
        target, taken, offset = self.targets.append, self.actions.append, self.offsets.append
        keep = self.keep_edges
        count = len(order)
        for current in range(begin, end):
            successors = visit(order[current])
            self.transitions += len(successors)
            for action, packed in successors:
                known = number.setdefault(packed, count)
                if known == count:
                    found(packed)
                    parent(current)
                    count += 1
                if keep:
                    target(known)
                    taken(action)
            if keep:
                offset(len(self.targets))
        self._expanded = end

    def _at_limit(self) -> bool:
        """Tell where the search stands, and note if time or memory is used up."""
        now = time.monotonic()
        if now - self._told >= 1.0:
            self._told = now
            self.progress(self._line(now))
        if self.limits.out_of_time():
            self.stopped = f"out of time after {self.limits.seconds:g} s"
        elif self.limits.memory is not None and self.memory() > self.limits.memory:
            self.stopped = f"out of memory ({self.limits.memory / 1e6:g} MB)"
        else:
            return False
        self.stopped += f" with {len(self.order)} states found and {self.complete_levels} levels complete"
        return True

    def memory(self) -> int:
        """Return about how many bytes the search and its certificate take."""
        count = len(self.order)
        one = sys.getsizeof(self.order[-1]) if self.order else 0
        decoded = BYTES_PER_TUPLE + BYTES_PER_VALUE * len(self.compiled.layout.slots)
        containers = (self.order, self.number, self.parents, self.offsets, self.targets, self.actions)
        numbers = 28 * count
        hits = BYTES_PER_STATE_HIT * sum(map(len, self.compiled.states))
        hits += BYTES_PER_STEP_HIT * sum(map(len, self.compiled.steps))
        return self.taken + sum(map(sys.getsizeof, containers)) + count * (one + decoded) + numbers + hits

    def _line(self, now: float) -> str:
        speed = self._expanded / max(now - self._began, 1e-9)
        return (
            f"{rounded(len(self.order))} states  {rounded(self.transitions)} steps  depth {len(self.levels) - 1}  "
            f"queue {rounded(len(self.order) - self._expanded)}  {rounded(int(speed))}/s"
        )

    def _out_of_range(self, left: Leaves) -> OutOfRange:
        system = self.compiled.system
        variable = system.variables[left.variable].name
        return OutOfRange(self.trace(left.packed), self.name(left.action), variable, left.value)
