"""Breadth-first search over numbered parts: exact counts, shortest behaviours, many states at once.

Given a system, formulas to watch and limits; gives a `Search`.  Levels are complete, so depth and shortest behaviours
are exact.  Behaviours cost no memory: the level of each state is known, and going back from what was found, each level
is looked at once more for states that lead there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tdispmodel.compiling.arrays import Packing
from tdispmodel.compiling.parts import Numbers, Parts
from tdispmodel.engines.protocol import LimitReached, Limits, Progress, rounded
from tdispmodel.engines.wide.formulas import Here, Tables
from tdispmodel.engines.wide.moves import Moves, Steps, StepWatch
from tdispmodel.engines.wide.visited import Dense, Keys, Runs
from tdispmodel.ir.expressions import Expression
from tdispmodel.ir.system import State, System, speaks_of_step
from tdispmodel.semantics import LeavesRange, Semantics, TooManyStarts, start_states
from tdispmodel.verdict import OutOfRange, Space, Trace

CHUNK = 1 << 15
"""How many states are expanded at once."""
DENSE_MEMORY = 1 << 29
"""Bytes that a place for every combination may take, if the limits say nothing."""
SHARE_OF_DENSE = 4
"""Of the memory allowed, one part in so many may be taken by places that may stay empty."""
BYTES_OF_RUNS = 32
"""For each state in runs: once in a run, once in a level, and while two runs are merged."""


def never() -> bool:
    """Nothing is enough."""
    return False


@dataclass(frozen=True)
class Met:
    """Where a watched formula was true first: the level and the parts' numbers of a state, and the action of the step
    if it speaks of one.
    """

    level: int
    numbers: tuple[int, ...]
    action: int = -1


@dataclass(frozen=True)
class _Wanted:
    """A way that is being followed back: the states known so far, the last first, and the actions between them."""

    key: int
    states: tuple[State, ...]
    actions: tuple[int, ...]


class Search:
    """What was found.  ``met`` says for each watched formula that was true somewhere where it was first.

    Raises `OutOfRange` with a shortest trace, `LimitReached` and `TooWide`.
    """

    def __init__(self, system: System, watched: Sequence[Expression], limits: Limits, progress: Progress) -> None:
        self.system = system
        self.limits = limits
        self.progress = progress
        self.packing = Packing(system)
        self.parts = Parts(self.packing)
        self.tables = Tables(self.parts)
        self.actions = system.actions
        self.moves = Moves(self.tables, self.actions)
        self.watched = list(watched)
        self.met: dict[int, Met] = {}
        self._states = {
            number: self.tables.node(formula) for number, formula in enumerate(watched) if not speaks_of_step(formula)
        }
        self._steps = {
            number: StepWatch(self.tables, self.moves, formula)
            for number, formula in enumerate(watched)
            if speaks_of_step(formula)
        }
        self.visited: Dense | Runs = Dense(len(self.parts.names))
        self.states = self.transitions = 0
        self.sizes_of_levels: list[int] = []
        self._told = time.monotonic()

    def run(self, enough: Callable[[], bool] = never) -> None:
        """Search until nothing new is found, or after a level with which there was ``enough``."""
        level = self._start()
        while len(level):
            self.sizes_of_levels.append(len(level))
            self.states += len(level)
            self._expand(level)
            if enough():
                return
            level = self.visited.level()

    @property
    def space(self) -> Space:
        """The counts."""
        return Space(self.states, self.transitions, len(self.sizes_of_levels) - 1)

    # --- forwards -----------------------------------------------------------------------------------------------------

    def _start(self) -> Keys:
        try:
            rows = self.packing.packed(list(start_states(Semantics(self.system))))
        except TooManyStarts as many:
            raise LimitReached(many.words) from many
        numbers = [self.parts.gathered(part, rows) for part in range(len(self.parts.names))]
        self._make_room()
        self.visited.offer(self.visited.keys(numbers))
        return self.visited.level()

    def _expand(self, level: Keys) -> None:
        numbers = self.visited.numbers(level)
        depth = len(self.sizes_of_levels) - 1
        for first in range(0, len(level), CHUNK):
            here = Here(self.tables, [each[first : first + CHUNK] for each in numbers])
            self._watch(here, depth)
            for steps in self.moves.steps(here):
                self.transitions += len(steps.source)
                if steps.left.any():
                    self._leaves(here, steps, depth)
                after = self._after(here, steps)
                self._make_room()
                self.visited.offer(self.visited.keys(after))
            self._look(depth)

    def _after(self, here: Here, steps: Steps) -> list[Numbers]:
        """The numbers of the parts after some steps."""
        return [
            steps.after[part] if part in steps.after else here.numbers[part][steps.source]
            for part in range(len(self.parts.names))
        ]

    def _watch(self, here: Here, depth: int) -> None:
        """Look for what was not met yet."""
        for number in [number for number in self._states if number not in self.met]:
            true = self._states[number].true(here)
            if true.any():
                self.met[number] = Met(depth, here.one(int(true.argmax())))
        for number in [number for number in self._steps if number not in self.met]:
            for action, where in self._steps[number].found(here):
                self.met[number] = Met(depth, here.one(int(where.argmax())), action)
                break

    def _make_room(self) -> None:
        sizes = [len(local) for local in self.parts.local]
        if isinstance(self.visited, Dense):
            allowed = DENSE_MEMORY if self.limits.memory is None else self.limits.memory // SHARE_OF_DENSE
            if Dense.BYTES * self.visited.places(sizes) <= allowed:
                self.visited.reach(sizes)
                return
            self.visited = self.visited.sparse(sizes)
        self.visited.reach(sizes)

    def _look(self, depth: int) -> None:
        limits = self.limits
        if limits.out_of_time():
            message = f"out of time after {limits.seconds:g} s: {self.states} states, all to depth {depth}"
            raise LimitReached(message)
        if limits.memory is not None and isinstance(self.visited, Runs) and BYTES_OF_RUNS * self.states > limits.memory:
            message = f"out of memory: {self.states} states, all to depth {depth}"
            raise LimitReached(message)
        now = time.monotonic()
        if now - self._told >= 1.0:
            self._told = now
            speed = self.transitions / max(limits.spent(), 1e-9)
            self.progress(
                f"{rounded(self.states)} states  {rounded(self.transitions)} steps  depth {depth}  "
                f"{rounded(int(speed))} steps/s"
            )

    def _leaves(self, here: Here, steps: Steps, depth: int) -> None:
        """Raise `OutOfRange` for the first step of some that leaves a range."""
        first = int(np.argmax(steps.left))
        action = self.actions[int(steps.action[first])]
        (trace,) = self.traces([Met(depth, here.one(int(steps.source[first])))])
        try:
            Semantics(self.system).step(trace.states[-1], action)
        except LeavesRange as left:
            raise OutOfRange(trace, left.action, left.variable, left.value) from None
        message = f"{action.name} does not leave a range"
        raise AssertionError(message)

    # --- backwards ----------------------------------------------------------------------------------------------------

    def traces(self, met: Sequence[Met]) -> list[Trace]:
        """Return a shortest behaviour to each; all levels are looked at once more, together."""
        wanted: dict[int, list[tuple[int, _Wanted]]] = {}
        for number, each in enumerate(met):
            wanted.setdefault(each.level, []).append((number, self._last(each)))
        found: dict[int, _Wanted] = {}
        following: list[tuple[int, _Wanted]] = []
        for level in range(max(wanted, default=0), -1, -1):
            following = [*self._before(level, following), *wanted.get(level, [])]
            if level == 0:
                found.update(following)
        return [self._told_forwards(found[number]) for number in range(len(met))]

    def _last(self, met: Met) -> _Wanted:
        key = int(self.visited.keys([np.array([number], np.int32) for number in met.numbers])[0])
        state = self._state(key)
        if met.action < 0:
            return _Wanted(key, (state,), ())
        after = Semantics(self.system).step(state, self.actions[met.action])
        return _Wanted(key, (after, state), (met.action,))

    def _before(self, level: int, wanted: Sequence[tuple[int, _Wanted]]) -> Iterator[tuple[int, _Wanted]]:
        """Yield the ways one step further back, to a state of ``level``."""
        if not wanted:
            return
        sought = {each.key for _, each in wanted}
        reached: dict[int, tuple[int, int]] = {}
        keys = self.visited.at(level)
        numbers = self.visited.numbers(keys)
        for first in range(0, len(keys), CHUNK):
            here = Here(self.tables, [each[first : first + CHUNK] for each in numbers])
            missing = np.array(sorted(sought - reached.keys()))
            for steps in self.moves.steps(here) if len(missing) else ():
                after = self.visited.keys(self._after(here, steps))
                for place in np.flatnonzero(np.isin(after, missing)).tolist():
                    source, action = first + int(steps.source[place]), int(steps.action[place])
                    best = reached.get(int(after[place]))
                    if best is None or (source, action) < best:
                        reached[int(after[place])] = (source, action)
        for number, each in wanted:
            source, action = reached[each.key]
            key = int(keys[source])
            yield number, _Wanted(key, (*each.states, self._state(key)), (*each.actions, action))

    def _state(self, key: int) -> State:
        return self.packing.unpacked(self.parts.whole(self.visited.numbers(np.array([key]))))[0]

    def _told_forwards(self, way: _Wanted) -> Trace:
        states, actions = way.states[::-1], way.actions[::-1]
        names = [self.actions[action].name for action in actions]
        return Trace(states[0], tuple(zip(names, states[1:], strict=True)))
