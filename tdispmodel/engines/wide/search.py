"""Breadth-first search over numbered parts: exact counts, shortest behaviours, many states at once.

Given a system, what to watch for and limits; gives a `Search`.  Levels are complete, so depth and shortest behaviours
are exact.  Behaviours cost no memory: the level of each state is known, and `ways` goes back from what was found.
What is found depends on nothing but the system: of all states of a level in which something is true first, the least is
noted, however many are looked at together, however they are numbered and wherever they are kept.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NoReturn, Protocol

import numpy as np

from tdispmodel.compiling.arrays import Flags, Packing, Words
from tdispmodel.compiling.parts import Numbers, Parts
from tdispmodel.compiling.successors import Watch
from tdispmodel.engines.protocol import LimitReached, Limits, Progress
from tdispmodel.engines.wide.bitmaps import multisets, product
from tdispmodel.engines.wide.bitmaps.layout import Layout, Outgrown
from tdispmodel.engines.wide.bitmaps.multisets import Multisets
from tdispmodel.engines.wide.bitmaps.product import Count, Product
from tdispmodel.engines.wide.fast import gone_over
from tdispmodel.engines.wide.formulas import Here, Node, Tables
from tdispmodel.engines.wide.moves import Moves, Steps, StepWatch
from tdispmodel.engines.wide.orbits import Orbits
from tdispmodel.engines.wide.progress import line
from tdispmodel.engines.wide.spilled import Level, Spilled, spilled
from tdispmodel.engines.wide.symmetry import Classes
from tdispmodel.engines.wide.visited import BLOCK, Dense, Runs, taken_apart
from tdispmodel.ir.system import System
from tdispmodel.semantics import Semantics, TooManyStarts, start_states
from tdispmodel.verdict import Space

if TYPE_CHECKING:
    from tdispmodel.engines.wide.fast.search import Compiled

CHUNK = 1 << 15
"""How many states are expanded at once, at most."""
LEAST_CHUNK = 1 << 6
BYTES_OF_CHUNK = 1 << 12
"""For each state that is expanded: its steps, and what is worked out on the way."""
SHARE_OF_CHUNK = 8
"""Of the memory allowed, one part in so many is for the states that are expanded at once."""
DENSE_MEMORY = 1 << 29
"""Bytes that a place for every combination may take, if the limits say nothing."""
LEAST_FOR_PRODUCT = 1 << 11
"""With fewer states on a level nothing is to be gained from a bit for every combination."""
PRODUCT_MEMORY = 1 << 30
"""Bytes that bitmaps may take, if the limits say nothing."""
SECONDS_OF_STEP = 5e-8
"""What a step takes without bitmaps."""
PAIRS_MEMORY = 1 << 28
"""Bytes that the pairs of local states may take, if the limits say nothing."""
SHARE_OF_DENSE = SHARE_OF_PAIRS = SHARE_OF_SPILLED = 4
"""Of the memory allowed, one part in so many may be taken by places that may stay empty, one by pairs, and one by what
is read from files or on its way there."""
SHARE_OF_BLOCK = 1 << 10
"""Of the memory allowed in bytes, one part in so many is how many places are looked at together."""
LEAST_BLOCK = 1 << 10
BYTES_OF_MERGING = 16
"""For each state in runs that are in memory: while two are merged."""
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


@dataclass(frozen=True)
class Found:
    """Where something is true: the values of the state as words, with the action, by which the least is chosen."""

    key: tuple[int, ...]
    met: Met


class Left(Exception):
    """A step leaves an integer's range: where it begins, and by which action."""

    def __init__(self, met: Met) -> None:
        self.met = met
        super().__init__()


class Kept(Protocol):
    """Where a search writes down how far it is."""

    def resumed(self, search: Search) -> bool:
        """Bring a search to where one like it was; return whether there is such a thing.  Raises OSError."""

    def keep(self, search: Search) -> None:
        """Write down where a search is, between two levels.  Raises OSError."""


def start_rows(packing: Packing) -> Words:
    """Return the start states of a system as rows.  Raises `LimitReached` when there are too many to be tried."""
    try:
        return packing.packed(list(start_states(Semantics(packing.system))))
    except TooManyStarts as many:
        raise LimitReached(many.words) from many


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
        self._least: dict[int, Found] = {}
        self._left: Found | None = None
        self._states = {
            number: self.tables.node(watch.formula) for number, watch in enumerate(watched) if not watch.of_steps
        }
        self._steps = {
            number: StepWatch(self.tables, self.moves, watch.formula)
            for number, watch in enumerate(watched)
            if watch.of_steps
        }
        memory = limits.memory
        block = BLOCK if memory is None else min(BLOCK, max(LEAST_BLOCK, memory // SHARE_OF_BLOCK))
        self._nothing = partial(Dense, len(self.parts.names), block)
        self.visited: Dense | Runs | Spilled | Product | Multisets | Compiled = self._nothing()
        self.orbits = Orbits(classes, len(self.parts.names))
        self.most_dense //= self.orbits.permutations  # of its places one in so many is used
        self.able = product.able(self) or multisets.able(self)
        """Whether bitmaps may be used."""
        self.fast = True
        """Whether compiled kernels may be used, where they are installed."""
        self.frontier: Level | Count = np.zeros(0, np.int64)
        self._sides: list[int] = []
        self.states = self.stood_for = self.transitions = 0
        self.sizes_of_levels: list[int] = []
        self.complete_levels = 0
        self.finished = False
        self._began = self._told = time.monotonic()
        self._before = 0

    def run(self, kept: Kept | None = None) -> None:
        """Search until nothing new is found; with ``kept`` from where it was before, and written down after each level.

        Raises `LimitReached` and `TooWide`, and `Left` where an integer leaves its range.
        """
        self.able = self.able and kept is None  # a level is written down as the numbers of its states
        try:
            if kept is None or not kept.resumed(self):
                self._start()
            self._before = self.states
            try:
                self._go_on(kept)
            except Outgrown:
                self._begin_anew()
                self._go_on(kept)
            self.finish()
        except OSError as error:
            self._stop(f"the disk fails ({error.strerror or error})")

    def _go_on(self, kept: Kept | None) -> None:
        while len(self.frontier):
            self._expand()
            self.complete_levels += 1
            self.advance()
            self.finished = not len(self.frontier)
            if kept is not None:
                kept.keep(self)

    def _begin_anew(self) -> None:
        """Begin once more, without bitmaps; what is numbered was met."""
        self.able, self.fast, self.visited = False, False, self._nothing()
        self.forget()
        self._start()

    def forget(self) -> None:
        """Forget what was found, but not the numbers of local states."""
        self.met, self._least, self._left = {}, {}, None
        self.states = self.stood_for = self.transitions = self.complete_levels = 0
        self.sizes_of_levels = []

    def advance(self) -> None:
        """Go on to the next level: what was offered and is new."""
        if not self._fits(self.visited.bytes_of_level()):
            self._spill()
        visited = self.visited
        self.frontier = visited.level()
        self._sides = [] if isinstance(visited, Product | Multisets) else list(visited.sides)
        if len(self.frontier):
            self.sizes_of_levels.append(len(self.frontier))
            self.states += len(self.frontier)

    def finish(self) -> None:
        """Nothing is left to be looked at."""
        self.frontier = np.zeros(0, np.int64)
        self.finished = True
        if isinstance(self.visited, Product):
            self.transitions = self.visited.transitions()

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
        frontier = self.frontier.nbytes if isinstance(self.frontier, np.ndarray) else 0
        return self.visited.memory() + self.tables.memory() + self.moves.memory() + frontier

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
        self._needs(self.chunk * BYTES_OF_CHUNK, ways=ways)
        now = time.monotonic()
        if now - self._told >= TELL_EVERY:
            self._told = now
            if isinstance(self.visited, Product) and not ways:
                self.transitions = self.visited.transitions()
            self.progress(line(self.sizes_of_levels, self.visiting, self.transitions, self._speed(now), self.memory()))

    # --- forwards -----------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        rows = start_rows(self.packing)
        numbers = [self.parts.gathered(part, rows) for part in range(len(self.parts.names))]
        self.offer(self.orbits.representative(numbers))
        self.advance()

    def offer(self, numbers: Sequence[Numbers]) -> None:
        """Take note of some states that represent orbits, by the numbers of their parts."""
        self._make_room()
        visited = self.listing()
        visited.offer(visited.keys(numbers))

    def listing(self) -> Dense | Runs | Spilled | Compiled:
        """Return the states that were found, as long as each has a number."""
        if isinstance(self.visited, Product | Multisets):
            message = "states are bits"
            raise TypeError(message)
        return self.visited

    def _expand(self) -> None:
        made = gone_over(self)
        if made is not None:
            self.visited = made
            self.frontier, self._sides = made.found[-1], list(made.sides)
        elif isinstance(self.visited, Dense | Runs) and self._pays():
            self.visited = (Multisets if self.orbits.classes else Product)(self, self.visited)
        if isinstance(self.visited, Dense | Runs | Spilled):
            self.expand_listed()
        else:
            self.visited.expand(len(self.sizes_of_levels) - 1)

    def expand_listed(self) -> None:
        """Look at the last level, and offer what comes after it.  Raises `LimitReached`, `TooWide` and `Left`."""
        for _ in self.expanded():
            pass
        self.tell_left()

    def expanded(self) -> Iterator[None]:
        """Look at the last level, so many states at once, and offer what comes after them.  Raises `LimitReached`."""
        depth = len(self.sizes_of_levels) - 1
        if isinstance(self.frontier, Count):
            message = "a level of which only the number of states is known"
            raise TypeError(message)
        chunk = self.chunk
        for first in range(0, len(self.frontier), chunk):
            self.look()
            # the numbers are those of this level, whatever there is room for meanwhile
            here = Here(self.tables, taken_apart(self.frontier[first : first + chunk], self._sides))
            self._watch(here, depth)
            sizes = self.orbits.sizes(here.numbers)
            self.stood_for += int(sizes.sum())
            for steps in self.moves.steps(here):
                self.transitions += int(sizes[steps.source].sum())
                if steps.left.any():
                    self._leave(here, steps, depth)
                elif self._left is None:
                    self.offer(self.after(here, steps))
            yield

    def _pays(self) -> bool:
        """Whether the level takes less with a bit for every combination of the local states met so far."""
        if not self.able or len(self.frontier) < LEAST_FOR_PRODUCT:
            return False
        sizes = [len(local) for local in self.parts.local]
        most = PRODUCT_MEMORY if self.limits.memory is None else self.limits.memory
        if self.orbits.classes:
            orbits = sizes[0], sizes[1], len(sizes) - 1
            needed, fits = multisets.needed(*orbits), multisets.fits(*orbits)
        else:
            needed, fits = product.needed(Layout(sizes)), True
        if not fits or needed > most or not self._fits(needed + self.chunk * BYTES_OF_CHUNK):
            return False
        taken = multisets.seconds(self) if self.orbits.classes else product.seconds(self, Layout(sizes))
        return taken < SECONDS_OF_STEP * len(self.frontier) * self.transitions / max(1, self.stood_for)

    def watched_states(self, depth: int) -> Iterator[tuple[int, Node]]:
        """Yield the formulas about states of which none was met on an earlier level."""
        for number, node in self._states.items():
            if number not in self.met or self.met[number].level == depth:
                yield number, node

    def watched_steps(self, depth: int) -> Iterator[tuple[int, StepWatch]]:
        """Yield the formulas about steps of which none was met on an earlier level."""
        for number, watch in self._steps.items():
            if number not in self.met or self.met[number].level == depth:
                yield number, watch

    def nodes(self) -> Iterator[Node]:
        """Yield all formulas that are watched, as they are looked up."""
        yield from self._states.values()
        for watch in self._steps.values():
            yield from (node for _, node in watch.nodes)

    def watch(self, here: Here, depth: int) -> None:
        """Look at some states of a level for what was not met on an earlier one."""
        self._watch(here, depth)

    def _watch(self, here: Here, depth: int) -> None:
        """Look for what was not met on an earlier level."""
        for number, node in self.watched_states(depth):
            self.meet(number, here, node.true(here), depth)
        for number, watch in self.watched_steps(depth):
            for action, where in watch.found(here):
                self.meet(number, here, where, depth, action)

    def is_met(self, number: int, met: Met) -> bool:
        """Whether what is watched is true where it is said to have been met.  Raises LookupError."""
        if not 0 <= met.level < len(self.sizes_of_levels):
            raise IndexError(met.level)
        for part, local in zip(met.numbers, self.parts.local, strict=True):
            if not 0 <= part < len(local):
                raise IndexError(part)
        numbers = [np.array([part], np.int32) for part in met.numbers]
        here = Here(self.tables, numbers)
        if number in self._states:
            true = met.action < 0 and bool(self._states[number].true(here)[0])
        else:
            true = any(met.action == action for action, _ in self._steps[number].found(here))
        key = self.visited.keys(numbers)
        return true and any(np.isin(key, keys)[0] for keys in self.visited.pieces(met.level, self.chunk))

    def meet(self, number: int, here: Here, where: Flags, depth: int, action: int = -1) -> None:
        """Note the least of the states in which something is true, and the first action if it is a step."""
        if where.any():
            found = self._least_of(here, where, depth, action)
            if number not in self.met or found.key < self._least[number].key:
                self.met[number], self._least[number] = found.met, found

    def _least_of(self, here: Here, where: Flags, depth: int, action: int) -> Found:
        places = np.flatnonzero(where)
        rows = self.parts.whole([each[places] for each in here.numbers])
        for word in range(rows.shape[1]):
            least = rows[:, word] == rows[:, word].min()
            places, rows = places[least], rows[least]
        return Found((*rows[0].tolist(), action), Met(depth, here.one(int(places[0])), action))

    def _leave(self, here: Here, steps: Steps, depth: int) -> None:
        """Note the least of the steps that leave an integer's range."""
        for action in np.unique(steps.action[steps.left]).tolist():
            where = np.zeros(here.count, np.bool_)
            where[steps.source[steps.left & (steps.action == action)]] = True
            found = self._least_of(here, where, depth, action)
            if self._left is None or found.key < self._left.key:
                self._left = found

    def leave_from(self, here: Here, depth: int) -> None:
        """Look for steps from some states that leave a range."""
        for steps in self.moves.steps(here):
            if steps.left.any():
                self._leave(here, steps, depth)

    def tell_left(self) -> None:
        """Raise `Left` if a step left an integer's range."""
        left, self._left = self._left, None
        if left is not None:
            raise Left(left.met)

    def _make_room(self) -> None:
        sizes = [len(local) for local in self.parts.local]
        visited = self.visited
        if isinstance(visited, Dense) and not visited.fits(sizes):
            grown = Dense.BYTES * visited.places(sizes)
            if grown > self.most_dense and self._fits(3 * BYTES_OF_MERGING * (self.states + visited.waiting())):
                self.visited = visited.sparse(sizes)
            elif grown > self.most_dense or not self._fits(grown):
                self._spill()
        self.listing().reach(sizes)

    def spill(self) -> None:
        """Keep states in files from now on."""
        self._spill()

    def _spill(self) -> None:
        most = self.limits.memory
        if most is not None and not isinstance(self.visited, Spilled | Product | Multisets):
            sizes = [len(local) for local in self.parts.local]
            self.visited = made = spilled(self.visited, sizes, most // SHARE_OF_SPILLED)
            self.frontier, self._sides = made.last, list(made.sides)  # the same states in the same order

    def _fits(self, more: int) -> bool:
        """Whether so many bytes more are allowed, and then what it takes to give up keeping states in memory."""
        most = self.limits.memory
        if most is None:
            return True
        if not isinstance(self.visited, Spilled):
            more += most // SHARE_OF_SPILLED
        if isinstance(self.visited, Runs):
            more += BYTES_OF_MERGING * self.states
        return self.memory() + more <= most

    def may_take(self, more: int) -> bool:
        """Whether so many bytes more are allowed."""
        return self._fits(more)

    def _needs(self, more: int, *, ways: bool = False) -> None:
        """Raise `LimitReached` when so many bytes more are not allowed, although states were put into files.

        On the way back states stay where they are.
        """
        most = self.limits.memory
        if most is None:
            return
        if not ways and not self._fits(more):
            self._spill()
        if self.memory() + more > most:
            self._stop(f"out of memory ({most / 1e6:g} MB)")

    def _stop(self, why: str) -> NoReturn:
        self.tell_left()
        message = f"{why} with {self.states} {self.visiting} found and {self.complete_levels} levels complete"
        raise LimitReached(message)

    def _speed(self, now: float) -> float:
        """States a second, of those found since it began or was resumed."""
        return (self.states - self._before) / max(now - self._began, 1e-9)
