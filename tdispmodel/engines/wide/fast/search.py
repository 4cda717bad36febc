"""Levels of a search over numbered parts, expanded by kernels and threads.

Given a search and the states that it found so far; `Compiled` takes their place.  Local states, pairs and tables are
worked out between the kernels' runs: before a level is expanded all pairs on it are known.  What is watched, and steps
that a table does not have yet, are looked at as in the other searches, for the states that a kernel chooses.  A level
is sorted, so that all is the same however many threads there are.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from tdispmodel.engines.gpu.tables import able
from tdispmodel.engines.wide.bitmaps.layout import Outgrown
from tdispmodel.engines.wide.fast import kernels
from tdispmodel.engines.wide.fast.tables import Given
from tdispmodel.engines.wide.fast.visited import BITS_MEMORY, WORD_BYTES, Buffers, Known
from tdispmodel.engines.wide.formulas import Here, Node
from tdispmodel.engines.wide.moves import OUT_OF_RANGE, UNKNOWN, Broad
from tdispmodel.engines.wide.visited import Dense, Keys, Runs, Sided, TooWide, parted

if TYPE_CHECKING:
    from tdispmodel.engines.wide.bitmaps.multisets import Multisets
    from tdispmodel.engines.wide.search import Search

SLICE = 1 << 15
"""How many states a thread looks at before limits are."""
ROOM = 1 << 17
"""How many states a thread may find before they are noted."""
MOST_THREADS = 8
SHARE_OF_BUFFERS = 16
SHARE_OF_BITS = 4
"""Of the memory allowed, one part in so many is for what threads find, and one may be a bit for each combination."""
BYTES_OF_FOUND = 3 * 8
"""A state that is new, and one that was chosen and why."""


def processors() -> int:
    """Return on how many processors this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Spilt(Exception):
    """There was no memory, and states are in files now."""


class Compiled(Sided):
    """The states that were found, by levels, and how a level leads to the next one."""

    def __init__(self, search: Search, before: Dense | Runs | Multisets) -> None:
        """``before`` has all that was found so far, the last level of which is not expanded yet.

        Raises `TooWide`, also where there is no memory for it, and `LimitReached`.
        """
        sizes = [len(local) for local in search.parts.local]
        super().__init__(sizes)
        self.search = search
        self.found: list[Keys] = []
        self.noted: list[Keys] = []
        memory = search.limits.memory
        bits = BITS_MEMORY if memory is None else min(BITS_MEMORY, memory // SHARE_OF_BITS)
        self.known = Known(search.orbits, self, sizes, bits)
        self.given: Given | None = None
        self.told: tuple[object, ...] = ()
        self.threads = min(MOST_THREADS, processors())
        words = self.known.needed(sizes, search.states + ROOM)[1]
        if not search.may_take(WORD_BYTES * (words + 2 * search.states) + self.threads * ROOM * BYTES_OF_FOUND):
            message = "there is no memory for compiled kernels"
            raise TooWide(message)
        for level in range(before.levels):
            pieces = [np.zeros(0, np.int64), *(self.keys(before.numbers(some)) for some in before.pieces(level, SLICE))]
            self.found.append(np.sort(np.concatenate(pieces)))
        self.known.count = sum(map(len, self.found))
        self.buffers: list[Buffers] = []
        self._make_anew(sizes, 0)

    # --- what a search asks of the states that it found ---------------------------------------------------------------

    def memory(self) -> int:
        """Return how many bytes are in use."""
        lists = sum(keys.nbytes for keys in (*self.found, *self.noted))
        given = 0 if self.given is None else self.given.numbers.nbytes
        return lists + self.known.memory() + sum(each.memory() for each in self.buffers) + given

    @property
    def levels(self) -> int:
        """How many levels there are."""
        return len(self.found)

    def pieces(self, level: int, most: int) -> Iterator[Keys]:
        """Yield the states of a level, counted from 0, ascending, at most so many at once."""
        yield from parted(self.found[level], most)

    def offered(self, most: int) -> Iterator[Keys]:
        """Yield what is noted, at most so many at once."""
        for keys in self.noted:
            yield from parted(keys, most)

    def waiting(self) -> int:
        """Return how many states are noted."""
        return sum(map(len, self.noted))

    def bytes_of_level(self) -> int:
        """Return how many bytes it takes at most to list what is noted."""
        return 2 * 8 * self.waiting()

    def offer(self, keys: Keys) -> None:
        """Take note of some states."""
        for piece in parted(keys, self.room):
            self._make_room(len(piece))
            self._note(self.known.put(piece, self.buffers[0]))

    def _note(self, new: Keys) -> None:
        self.known.count += len(new)
        if len(new):
            self.noted.append(new)

    def level(self) -> Keys:
        """Return what was noted, ascending; it is the next level."""
        noted, self.noted = self.noted, []
        level = np.concatenate([np.zeros(0, np.int64), *noted])
        del noted
        level.sort()
        self.found.append(level)
        return level

    # --- room ---------------------------------------------------------------------------------------------------------

    @property
    def room(self) -> int:
        """How many states a thread may find before they are noted."""
        memory = self.search.limits.memory
        most = ROOM if memory is None else min(ROOM, memory // (SHARE_OF_BUFFERS * self.threads * BYTES_OF_FOUND))
        given = self.given
        return max(most, 1 if given is None else given.most_steps + len(given.broad) + len(given.watched) + 1)

    def _make_room(self, more: int) -> None:
        """Make room for all local states that have numbers, and more states.  Raises `Outgrown` and `Spilt`."""
        sizes = [len(local) for local in self.search.parts.local]
        if not super().fits(sizes):
            raise Outgrown
        if not self.known.fits(sizes, more):
            grown = self.known.grown(sizes)
            if not self.search.may_take(WORD_BYTES * self.known.needed(grown, more)[1]):
                self.search.spill()
            self._look()
            self._make_anew(grown, more)
        room = self.room
        if not self.buffers or len(self.buffers[0].out) < room:
            self._meet()
            self.buffers = [Buffers(room, self.known.pairs) for _ in range(self.threads)]

    def _make_anew(self, sizes: Sequence[int], more: int) -> None:
        self._meet()
        self.buffers = [self.known.remake(sizes, more, [*self.found, *self.noted])]
        self._meet()
        self.buffers = []

    def _meet(self) -> None:
        """Number the pairs of local states that were met."""
        for part in {kind[0] for kind in self.search.orbits.kinds} if self.buffers else ():
            flags = np.bitwise_or.reduce([each.met for each in self.buffers])
            self.search.tables.pairs[part].of(*self.known.met(flags, part))
        for each in self.buffers:
            each.met[:] = 0

    def _look(self) -> None:
        """Raise `LimitReached` when time or memory is used up, and `Spilt` when states were put into files."""
        self.search.look()
        if self.search.visited is not self:
            raise Spilt

    # --- forwards -----------------------------------------------------------------------------------------------------

    def expand(self, depth: int) -> None:
        """Look at the level, and find the next one.  Raises `LimitReached`, `TooWide`, `Outgrown` and `Left`."""
        search = self.search
        counts = search.stood_for, search.transitions
        try:
            self._expand(depth)
        except Spilt:
            self.found, self.noted, self.buffers, self.known.words = [], [], [], np.zeros(0, np.int64)
            search.stood_for, search.transitions = counts
            search.expand_listed()

    def _expand(self, depth: int) -> None:
        level = self.found[-1]
        self._meet()
        if any((table.known()[1] == OUT_OF_RANGE).any() for table in self.search.moves.tabulated):
            for here in self._listed(level):
                self.search.leave_from(here, depth)
            self.search.tell_left()
        wanted = list(self._watched(depth))
        watched = [each for each in wanted if able(each[2])]
        self._look_at_all(level, [each for each in wanted if not able(each[2])], depth)
        self._write([each[2] for each in watched])
        waiting = [(first, min(len(level), first + SLICE)) for first in range(0, len(level), SLICE)][::-1]
        with ThreadPoolExecutor(self.threads) as pool:
            while waiting:
                self._look()
                self._make_room(self.threads * self.room if self.known.mask else 0)
                slices = [waiting.pop() for _ in range(min(self.threads, len(waiting)))]
                reached = list((pool.map if len(slices) > 1 else map)(self._run, repeat(level), slices, self.buffers))
                waiting += [(first, last) for first, (_, last) in zip(reached, slices, strict=True) if first < last]
                self._take(watched, depth)
        self.search.tell_left()

    def _watched(self, depth: int) -> Iterator[tuple[int, int, Node]]:
        """Yield the formulas that may be true first on this level, each with its number, and an action or -1."""
        for number, node in self.search.watched_states(depth):
            if Given.possible(node):
                yield number, -1, node
        for number, watch in self.search.watched_steps(depth):
            for action, node in watch.nodes:
                if Given.possible(node):
                    yield number, action, node

    def _write(self, watched: Sequence[Node]) -> None:
        """Have the tables as the kernels read them."""
        tables, moves = self.search.tables, self.search.moves
        told = (
            tuple(map(id, watched)),
            [len(local) for local in tables.parts.local],
            [len(pairs) for pairs in tables.pairs.values()],
            [int(np.count_nonzero(effect.table != UNKNOWN)) for broad in moves.broad for effect in broad.effects],
        )
        if self.given is None or told != self.told:
            self.told, self.given = told, Given(tables, moves, watched)

    def _run(self, level: Keys, states: tuple[int, int], buffers: Buffers) -> int:
        """Let a kernel expand some states of a level; return how far it came."""
        known, given = self.known, self.given
        if given is None:
            message = "tables that are not written"
            raise TypeError(message)
        parts = known.parts.copy()
        parts[:, [kernels.PAIRS, kernels.PAIR_SIDE]] = given.pairs
        return int(
            kernels.expand(
                level,
                *states,
                parts,
                known.order,
                known.classes,
                known.choice,
                given.numbers,
                given.steps,
                given.broad,
                given.may,
                given.effects,
                given.watched,
                self.search.orbits.permutations,
                known.words.ctypes.data,
                known.mask,
                given.most_steps + len(given.broad),
                buffers.out,
                buffers.chosen,
                buffers.met,
                buffers.counters,
            )
        )

    def _take(self, watched: Sequence[tuple[int, int, Node]], depth: int) -> None:
        """Take what threads found, and look again at what they chose."""
        search = self.search
        broad = [] if self.given is None else self.given.taken
        taken = [each.taken() for each in self.buffers]
        for found, _, steps, stood in taken:
            search.transitions += steps
            search.stood_for += stood
            self._note(found)
        chosen = np.concatenate([each[1] for each in taken])
        for what in np.unique(chosen[:, 1]).tolist():
            for here in self._listed(chosen[chosen[:, 1] == what, 0]):
                if what < len(broad):
                    self._step(broad[what], here, depth)
                else:
                    number, action, _ = watched[what - len(broad)]
                    search.meet(number, here, np.ones(here.count, np.bool_), depth, action)

    def _look_at_all(self, level: Keys, watched: Sequence[tuple[int, int, Node]], depth: int) -> None:
        """Look at a level for formulas, and take broad actions, that compare instances."""
        broad = [each for each in self.search.moves.broad if not able(each.guard)]
        if watched or broad:
            for here in self._listed(level):
                for number, action, node in watched:
                    self.search.meet(number, here, node.true(here), depth, action)
                for each in broad:
                    self._step(each, here, depth)

    def _step(self, broad: Broad, here: Here, depth: int) -> None:
        """Take a broad action from some states."""
        search = self.search
        steps = broad.steps(here)
        search.transitions += int(search.orbits.sizes(here.numbers)[steps.source].sum())
        if steps.left.any():
            search.leave_from(here, depth)
        else:
            self.offer(self.keys(search.after(here, steps)))

    def _listed(self, keys: Keys) -> Iterator[Here]:
        for piece in parted(keys, self.search.chunk):
            self._look()
            yield Here(self.search.tables, self.numbers(piece))
