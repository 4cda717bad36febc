"""Breadth-first search over numbered parts: exact counts, shortest behaviours, many states at once.

Given a system, what to watch for and limits; gives a `Search`.  Levels are complete, so depth and shortest behaviours
are exact.  Behaviours cost no memory: the level of each state is known, and `ways` goes back from what was found.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tdispmodel.compiling.arrays import Packing
from tdispmodel.compiling.parts import Numbers, Parts
from tdispmodel.compiling.successors import Watch
from tdispmodel.engines.protocol import LimitReached, Limits, Progress, rounded
from tdispmodel.engines.wide.formulas import Here, Tables
from tdispmodel.engines.wide.moves import Moves, Steps, StepWatch
from tdispmodel.engines.wide.orbits import Orbits
from tdispmodel.engines.wide.symmetry import Classes
from tdispmodel.engines.wide.visited import Dense, Keys, Runs, taken_apart
from tdispmodel.ir.system import System
from tdispmodel.semantics import Semantics, TooManyStarts, start_states
from tdispmodel.verdict import Space

CHUNK = 1 << 15
"""How many states are expanded at once, at most."""
LEAST_CHUNK = 1 << 6
BYTES_OF_CHUNK = 1 << 12
"""For each state that is expanded: its steps, and what is worked out on the way."""
SHARE_OF_CHUNK = 8
"""Of the memory allowed, one part in so many is for the states that are expanded at once."""
DENSE_MEMORY = 1 << 29
"""Bytes that a place for every combination may take, if the limits say nothing."""
PAIRS_MEMORY = 1 << 28
"""Bytes that the pairs of local states may take, if the limits say nothing."""
SHARE_OF_DENSE = SHARE_OF_PAIRS = 4
"""Of the memory allowed, one part in so many may be taken by places that may stay empty, and one by pairs."""
BYTES_OF_MERGING = 16
"""For each state in runs: while two runs are merged."""
SHARE_FOR_WAYS = 0.1
"""Of the time allowed, what is kept for the behaviours that lead to what was met."""
TELL_EVERY = 1.0
"""Seconds between two lines of progress."""


@dataclass(frozen=True)
class Met:
    """Where something watched was true first: the level and the parts' numbers of a state, and the action of the step
    if it is one.
    """

    level: int
    numbers: tuple[int, ...]
    action: int = -1


class Left(Exception):
    """A step leaves an integer's range: where it begins, and by which action."""

    def __init__(self, met: Met) -> None:
        self.met = met
        super().__init__()


class Search:
    """What was found: ``met`` has for each watched formula, by its number, where it was true first.

    With classes of interchangeable parts ``states`` are representatives of orbits, and what was met is the first of all
    that the watched formulas become; the space is that of all states nevertheless.
    """

    def __init__(
        self, system: System, watched: Sequence[Watch], limits: Limits, progress: Progress, classes: Classes = ()
    ) -> None:
        """Raises `RecursionError` for a formula that nests too deeply."""
        self.system = system
        self.actions = system.actions
        self.limits = limits
        self.progress = progress
        self.packing = Packing(system)
        self.parts = Parts(self.packing)
        self.most_dense = DENSE_MEMORY if limits.memory is None else limits.memory // SHARE_OF_DENSE
        self.tables = Tables(self.parts, PAIRS_MEMORY if limits.memory is None else limits.memory // SHARE_OF_PAIRS)
        self.moves = Moves(self.tables, system.actions)
        self.met: dict[int, Met] = {}
        self._states = {
            number: self.tables.node(watch.formula) for number, watch in enumerate(watched) if not watch.of_steps
        }
        self._steps = {
            number: StepWatch(self.tables, self.moves, watch.formula)
            for number, watch in enumerate(watched)
            if watch.of_steps
        }
        self.visited: Dense | Runs = Dense(len(self.parts.names))
        self.orbits = Orbits(classes, len(self.parts.names))
        self.states = self.stood_for = self.transitions = 0
        self.sizes_of_levels: list[int] = []
        self.complete_levels = 0
        self.finished = False
        self._began = self._told = time.monotonic()

    def run(self) -> None:
        """Search until nothing new is found.

        Raises `LimitReached` and `TooWide`, and `Left` where an integer leaves its range.
        """
        level = self._start()
        while len(level):
            self.sizes_of_levels.append(len(level))
            self.states += len(level)
            self._expand(level)
            self.complete_levels += 1
            self._needs(self.visited.bytes_of_level())
            level = self.visited.level()
        self.finished = True

    @property
    def space(self) -> Space | None:
        """The counts, once nothing new is found."""
        return Space(self.stood_for, self.transitions, max(0, len(self.sizes_of_levels) - 1)) if self.finished else None

    @property
    def visiting(self) -> str:
        """What is visited, in words."""
        return "orbits" if self.orbits.classes else "states"

    @property
    def bound(self) -> int | None:
        """The depth down to which every state was examined; None when not even the start states were."""
        return self.complete_levels - 1 if self.complete_levels else None

    @property
    def chunk(self) -> int:
        """How many states are expanded at once."""
        if self.limits.memory is None:
            return CHUNK
        return min(CHUNK, max(LEAST_CHUNK, self.limits.memory // (SHARE_OF_CHUNK * BYTES_OF_CHUNK)))

    def memory(self) -> int:
        """Return about how many bytes are in use."""
        sizes = self.sizes_of_levels[-1:]
        return self.visited.memory() + self.tables.memory() + self.moves.memory() + 8 * sum(sizes)

    def after(self, here: Here, steps: Steps) -> list[Numbers]:
        """Return the numbers of the parts after some steps, or of what represents what is there then."""
        found = [
            steps.after[part] if part in steps.after else here.numbers[part][steps.source]
            for part in range(len(self.parts.names))
        ]
        return self.orbits.representative(found)

    def look(self, *, ways: bool = False) -> None:
        """Raise `LimitReached` when time or memory is used up; the last of the time is for ``ways``."""
        limits = self.limits
        kept = SHARE_FOR_WAYS if self.met and not ways else 0.0
        if limits.seconds is not None and limits.spent() >= limits.seconds * (1 - kept):
            self._stop(f"out of time after {limits.seconds:g} s")
        self._needs(self.chunk * BYTES_OF_CHUNK)
        now = time.monotonic()
        if now - self._told >= TELL_EVERY:
            self._told = now
            self.progress(self._line(now))

    # --- forwards -----------------------------------------------------------------------------------------------------

    def _start(self) -> Keys:
        try:
            rows = self.packing.packed(list(start_states(Semantics(self.system))))
        except TooManyStarts as many:
            raise LimitReached(many.words) from many
        numbers = [self.parts.gathered(part, rows) for part in range(len(self.parts.names))]
        self._make_room()
        self.visited.offer(self.visited.keys(self.orbits.representative(numbers)))
        return self.visited.level()

    def _expand(self, level: Keys) -> None:
        depth = len(self.sizes_of_levels) - 1
        chunk = self.chunk
        sides = list(self.visited.sides)  # those of this level, whatever becomes of the set meanwhile
        for first in range(0, len(level), chunk):
            self.look()
            here = Here(self.tables, taken_apart(level[first : first + chunk], sides))
            self._watch(here, depth)
            sizes = self.orbits.sizes(here.numbers)
            self.stood_for += int(sizes.sum())
            for steps in self.moves.steps(here):
                self.transitions += int(sizes[steps.source].sum())
                if steps.left.any():
                    place = int(np.argmax(steps.left))
                    raise Left(Met(depth, here.one(int(steps.source[place])), int(steps.action[place])))
                after = self.after(here, steps)
                self._make_room()
                self.visited.offer(self.visited.keys(after))

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
        visited = self.visited
        if isinstance(visited, Dense) and not visited.fits(sizes):
            grown = Dense.BYTES * visited.places(sizes)
            if grown <= self.most_dense:
                self._needs(grown)
            else:
                self._needs(3 * BYTES_OF_MERGING * (self.states + visited.waiting()))
                self.visited = visited.sparse(sizes)
        self.visited.reach(sizes)

    def _needs(self, more: int) -> None:
        """Raise `LimitReached` when so many bytes more are not allowed."""
        if isinstance(self.visited, Runs):
            more += BYTES_OF_MERGING * self.states
        if self.limits.memory is not None and self.memory() + more > self.limits.memory:
            self._stop(f"out of memory ({self.limits.memory / 1e6:g} MB)")

    def _stop(self, why: str) -> None:
        message = f"{why} with {self.states} {self.visiting} found and {self.complete_levels} levels complete"
        raise LimitReached(message)

    def _line(self, now: float) -> str:
        speed = self.states / max(now - self._began, 1e-9)
        return (
            f"{rounded(self.states)} {self.visiting}  {rounded(self.transitions)} steps  "
            f"depth {len(self.sizes_of_levels) - 1}  frontier {rounded(self.sizes_of_levels[-1])}  "
            f"{rounded(int(speed))}/s"
        )
