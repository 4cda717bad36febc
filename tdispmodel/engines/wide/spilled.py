"""Sets of states that are too large for memory: sorted runs of numbers in files.

What is offered is sorted in memory and written as a run when there is much of it.  Only at the end of a level it is
compared with what was there before, by going once through all runs side by side, so that files are read and written in
order, piece by piece (U. Stern and D. L. Dill, "Using magnetic disk instead of main memory in the Murphi verifier",
1998).  Files have no name: nothing is left of them, whatever ends the process.  They are where Python puts temporary
files, which ``TMPDIR`` says.

Whatever reads or writes raises OSError when the disk is full or fails.
"""

from __future__ import annotations

import errno
import os
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tdispmodel.engines.wide.visited import Dense, Keys, Runs, Sided, distinct

if TYPE_CHECKING:
    from tdispmodel.engines.wide.fast.search import Compiled

BYTES = 8
"""Of a state, in memory and in a file."""
COPIES = 6
"""So often pieces may be in memory while they are merged: as read, joined, sorted, and what was found of them."""
LEAST_PIECE = 64
MOST_FILES = 16
"""So many runs of what was offered are kept; then they are made one."""


class File:
    """Numbers in a file without a name, which is gone with the last who uses it."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # closed when nobody uses it any more
        weakref.finalize(self, self._file.close)
        self.count = 0

    def append(self, keys: Keys) -> None:
        """Write some numbers after the others."""
        if len(keys):
            self._file.seek(BYTES * self.count)
            left = np.ascontiguousarray(keys).data.cast("B")
            while len(left):
                left = left[self._file.write(left) :]
            self.count += len(keys)

    def read(self, first: int, last: int) -> Keys:
        """Return the numbers from one place to another."""
        keys: Keys = np.empty(max(0, last - first), np.int64)
        if len(keys):
            self._file.seek(BYTES * first)
            left = keys.data.cast("B")
            while len(left):
                got = self._file.readinto(left)
                if not got:
                    raise OSError(errno.EIO, os.strerror(errno.EIO))
                left = left[got:]
        return keys


@dataclass(frozen=True)
class Run:
    """Some numbers of a file, ascending; slices of it are read."""

    file: File
    first: int
    count: int

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, where: slice) -> Keys:
        first, last, _ = where.indices(self.count)
        return self.file.read(self.first + first, self.first + last)


Level = Keys | Run
"""The states of a level, or other sorted ones, of which slices can be had."""


class Cursor:
    """Goes through a sorted run, so many numbers at once."""

    def __init__(self, run: Level, piece: int) -> None:
        self.run = run
        self.piece = piece
        self.read = 0
        self.here: Keys = np.zeros(0, np.int64)

    def more(self) -> bool:
        """Have numbers at hand; return whether there are any left."""
        if not len(self.here) and self.read < len(self.run):
            self.here = self.run[self.read : self.read + self.piece]
            self.read += len(self.here)
        return bool(len(self.here))

    def take(self, last: int) -> Keys:
        """Return those at hand up to a number, and go past them."""
        place = int(np.searchsorted(self.here, last, side="right"))
        taken, self.here = self.here[:place], self.here[place:]
        return taken


def merged(runs: Iterable[Level], piece: int) -> Iterator[Keys]:
    """Yield what is in any of the runs, ascending, each once."""
    cursors = [Cursor(run, piece) for run in runs]
    while cursors := [cursor for cursor in cursors if cursor.more()]:
        last = min(int(cursor.here[-1]) for cursor in cursors)
        yield distinct(np.concatenate([cursor.take(last) for cursor in cursors]))


def without(found: Iterable[Keys], runs: Iterable[Level], piece: int) -> Iterator[Keys]:
    """Yield of ascending numbers those that are in none of the runs."""
    cursors = [Cursor(run, piece) for run in runs]
    for some in found:
        keys, last = some, int(some[-1])
        for cursor in cursors:
            while cursor.more():
                keys = missing(keys, cursor.take(last))
                if len(cursor.here):
                    break
        yield keys


def missing(keys: Keys, known: Keys) -> Keys:
    """Return those that are not among the known ones, which are ascending."""
    if not len(known) or not len(keys):
        return keys
    place = np.searchsorted(known, keys)
    place[place == len(known)] = 0
    left: Keys = keys[known[place] != keys]
    return left


class Spilled(Sided):
    """Sorted runs in files, and one a level; it takes no more memory than it is given."""

    def __init__(self, sizes: Sequence[int], most: int) -> None:
        """``sizes`` are the numbers of local states to make room for, ``most`` the bytes to take.  Raises `TooWide`."""
        super().__init__(sizes)
        self.most = most
        self.runs: list[Run] = []
        self._file = File()
        self._levels: list[Run] = []
        self._held: list[Keys] = []
        self._holding = 0
        self._noted: list[Run] = []

    def memory(self) -> int:
        """Return how many bytes may be in use at any time."""
        return self.most

    def waiting(self) -> int:
        """Return how many states are noted, at most."""
        return self._holding + sum(map(len, self._noted))

    def bytes_of_level(self) -> int:
        """Return how many bytes more it takes to find out what is new."""
        return 0

    def offer(self, keys: Keys) -> None:
        """Take note of some states."""
        self._hold(distinct(keys))

    def _hold(self, keys: Keys) -> None:
        if len(keys):
            self._held.append(keys)
            self._holding += len(keys)
            if self._holding * BYTES * COPIES > self.most:
                self._write()

    def _sorted(self) -> Keys:
        """Return what is held in memory, each once, and let go of it."""
        held, self._held, self._holding = self._held, [], 0
        return distinct(np.concatenate([np.zeros(0, np.int64), *held]))

    def _write(self) -> None:
        held = self._sorted()
        if len(held):
            self._noted.append(kept([held]))
        if len(self._noted) >= MOST_FILES:
            self._noted = [kept(merged(self._noted, self._piece(len(self._noted))))]

    def _piece(self, runs: int) -> int:
        return max(LEAST_PIECE, self.most // (BYTES * COPIES * max(1, runs)))

    def level(self) -> Run:
        """Return those noted that were not there before, ascending; they are the next level."""
        if self._noted:
            self._write()
        noted: list[Level] = [*self._noted] if self._noted else [self._sorted()]
        piece = self._piece(len(noted) + len(self.runs))
        new = self._appended(without(merged(noted, piece), self.runs, piece))
        self._noted = []
        return new

    def append(self, found: Iterable[Keys]) -> None:
        """Take a level that is known to be new, ascending, before anything is noted."""
        self._appended(found)

    def _appended(self, found: Iterable[Keys]) -> Run:
        first = self._file.count
        for keys in found:
            self._file.append(keys)
        new = Run(self._file, first, self._file.count - first)
        self._levels.append(new)
        if len(new):
            self.runs.append(new)
            while len(self.runs) > 1 and len(self.runs[-2]) < 2 * len(self.runs[-1]):
                self.runs[-2:] = [kept(merged(self.runs[-2:], self._piece(2)))]
        return new

    @property
    def last(self) -> Run:
        """The last level."""
        return self._levels[-1] if self._levels else Run(self._file, 0, 0)

    def pieces(self, level: int, most: int) -> Iterator[Keys]:
        """Yield the states of a level, counted from 0, ascending, at most so many at once."""
        run = self._levels[level]
        for first in range(0, len(run), most):
            yield run[first : first + most]


def kept(found: Iterable[Keys]) -> Run:
    """Return ascending numbers as a run in a file of its own."""
    file = File()
    for keys in found:
        file.append(keys)
    return Run(file, 0, file.count)


def spilled(visited: Dense | Runs | Compiled, sizes: Sequence[int], most: int) -> Spilled:
    """Return the same in files, with room for so many local states.  Raises `TooWide`."""
    made = Spilled(sizes, most)
    some = max(LEAST_PIECE, most // (BYTES * COPIES * len(made.sides)))
    for level in range(visited.levels):
        made.append(made.keys(visited.numbers(keys)) for keys in visited.pieces(level, some))
    for keys in visited.offered(some):
        made.offer(made.keys(visited.numbers(keys)))
    return made
