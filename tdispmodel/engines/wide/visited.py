"""Sets of states as numbers, exact: a map of all combinations while these are few, sorted runs otherwise.

Both are given the parts' numbers of many states and say which of them were not there before.  `Dense` has a place for
every combination of local states that were met, and is the faster by far where most of them are reached; it grows with
the numbering.  `Runs` keeps sorted arrays and merges those of about one size; `spilled.Spilled` keeps these in files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np
from numpy.typing import NDArray

from tdispmodel.compiling.parts import Numbers

Keys = NDArray[np.int64]

GROWTH = 1.3
BLOCK = 1 << 22
"""How many places are looked at together."""
MOST_UNMERGED = 1 << 20
"""So many states may be noted before those noted twice are looked for."""
MOST_BITS = 62
MOST_LEVELS = (1 << 16) - 2


class TooWide(Exception):
    """The local states, or the levels, are too many for the way in which states are kept."""


class Dense:
    """A place for every combination, with the level on which it was found (from 1 on; 0: it was not)."""

    BYTES = 3
    """Of memory, for each place."""

    def __init__(self, parts: int, block: int = BLOCK) -> None:
        """``block`` places are looked at together."""
        self.block = block
        self.sides = [1] * parts
        self.found = np.zeros(self.sides, np.uint16)
        self.noted = np.zeros(self.sides, np.bool_)
        self.levels = 0

    def memory(self) -> int:
        """Return how many bytes are in use."""
        return self.found.nbytes + self.noted.nbytes

    def waiting(self) -> int:
        """Return how many states are noted."""
        return int(np.count_nonzero(self.noted))

    def bytes_of_level(self) -> int:
        """Return how many bytes it takes at most to list what is noted."""
        return 2 * 8 * self.waiting()

    def fits(self, sizes: Sequence[int]) -> bool:
        """Whether there is room for so many local states of each part."""
        return all(size <= side for size, side in zip(sizes, self.sides, strict=True))

    def places(self, sizes: Sequence[int]) -> int:
        """Return how many places there would be for so many local states of each part."""
        return prod(self._grown(sizes))

    def reach(self, sizes: Sequence[int]) -> None:
        """Make room for so many local states of each part."""
        grown = self._grown(sizes)
        if grown != self.sides:
            corner = tuple(slice(side) for side in self.sides)
            found, noted = np.zeros(grown, np.uint16), np.zeros(grown, np.bool_)
            found[corner], noted[corner] = self.found, self.noted
            self.found, self.noted, self.sides = found, noted, grown

    def _grown(self, sizes: Sequence[int]) -> list[int]:
        return [
            side if size <= side else max(size, int(side * GROWTH))
            for size, side in zip(sizes, self.sides, strict=True)
        ]

    def keys(self, numbers: Sequence[Numbers]) -> Keys:
        """Return the places of some states."""
        return combined(numbers, self.sides)

    def numbers(self, keys: Keys) -> list[Numbers]:
        """Return the numbers of the parts of some states."""
        return taken_apart(keys, self.sides)

    def offer(self, keys: Keys) -> None:
        """Take note of some states."""
        self.noted.reshape(-1)[keys] = True

    def level(self) -> Keys:
        """Return those noted that were not there before, ascending; they are the next level.  Raises `TooWide`."""
        if self.levels == MOST_LEVELS:
            message = f"there are more than {MOST_LEVELS} levels"
            raise TooWide(message)
        noted, found = self.noted.reshape(-1), self.found.reshape(-1)
        self.levels += 1
        fresh = [np.zeros(0, np.int64)]
        for first in range(0, len(noted), self.block):
            some, known = noted[first : first + self.block], found[first : first + self.block]
            if some.any():
                new = np.flatnonzero(some & (known == 0))
                known[new] = self.levels
                some[:] = False
                fresh.append(new + first)
        return np.concatenate(fresh)

    def pieces(self, level: int, most: int) -> Iterator[Keys]:
        """Yield the states of a level, counted from 0, ascending, at most so many at once."""
        found = self.found.reshape(-1)
        for first in range(0, len(found), self.block):
            yield from parted(np.flatnonzero(found[first : first + self.block] == level + 1) + first, most)

    def offered(self, most: int) -> Iterator[Keys]:
        """Yield what is noted, ascending, at most so many at once."""
        noted = self.noted.reshape(-1)
        for first in range(0, len(noted), self.block):
            yield from parted(np.flatnonzero(noted[first : first + self.block]) + first, most)

    def sparse(self, sizes: Sequence[int]) -> Runs:
        """Return the same as runs, with room for so many local states.  Raises `TooWide`."""
        runs = Runs(sizes)
        for level in range(self.levels):
            for keys in self.pieces(level, self.block):
                runs.offer(runs.keys(self.numbers(keys)))
            runs.level()
        for keys in self.offered(self.block):
            runs.offer(runs.keys(self.numbers(keys)))
        return runs


class Sided:
    """States as numbers of at most `MOST_BITS` bits, so many for each part that the number fits."""

    def __init__(self, sizes: Sequence[int]) -> None:
        """``sizes`` are the numbers of local states to make room for.  Raises `TooWide`."""
        bits = [size.bit_length() for size in sizes]
        spare = MOST_BITS - sum(bits)
        if spare < 0:
            message = "the local states are too many for one word a state"
            raise TooWide(message)
        self.sides = [1 << each + spare // len(bits) for each in bits]

    def fits(self, sizes: Sequence[int]) -> bool:
        """Whether there is room for so many local states of each part."""
        return all(size <= side for size, side in zip(sizes, self.sides, strict=True))

    def reach(self, sizes: Sequence[int]) -> None:
        """Raise `TooWide` when there are more local states than there is room for."""
        if not self.fits(sizes):
            message = "the local states are too many for one word a state"
            raise TooWide(message)

    def keys(self, numbers: Sequence[Numbers]) -> Keys:
        """Return some states as numbers."""
        return combined(numbers, self.sides)

    def numbers(self, keys: Keys) -> list[Numbers]:
        """Return the numbers of the parts of some states."""
        return taken_apart(keys, self.sides)


class Runs(Sided):
    """Sorted arrays, each at least twice as long as the next, and one a level."""

    def __init__(self, sizes: Sequence[int]) -> None:
        """``sizes`` are the numbers of local states to make room for.  Raises `TooWide`."""
        super().__init__(sizes)
        self.runs: list[Keys] = []
        self._noted: list[Keys] = []
        self._unmerged = 0
        self._levels: list[Keys] = []

    def memory(self) -> int:
        """Return how many bytes are in use."""
        return sum(each.nbytes for kept in (self.runs, self._noted, self._levels) for each in kept)

    def waiting(self) -> int:
        """Return how many states are noted, at most."""
        return sum(map(len, self._noted))

    def bytes_of_level(self) -> int:
        """Return how many bytes it takes at most to list what is noted."""
        return 3 * 8 * self.waiting()

    def offer(self, keys: Keys) -> None:
        """Take note of some states."""
        new = self._absent(distinct(keys))
        if len(new):
            self._noted.append(new)
            self._unmerged += len(new)
            if self._unmerged > max(MOST_UNMERGED, 2 * len(self._noted[0])):
                self._merge()

    def _merge(self) -> Keys:
        """Return all that is noted, each once."""
        merged = distinct(np.concatenate([np.zeros(0, np.int64), *self._noted]))
        self._noted, self._unmerged = [merged], 0
        return merged

    def _absent(self, keys: Keys) -> Keys:
        for run in self.runs:
            if len(keys):
                place = np.searchsorted(run, keys)
                place[place == len(run)] = 0
                keys = keys[run[place] != keys]
        return keys

    def level(self) -> Keys:
        """Return those noted that were not there before, ascending; they are the next level."""
        new = self._merge()
        self._noted = []
        self._levels.append(new)
        if len(new):
            self.runs.append(new)
            while len(self.runs) > 1 and len(self.runs[-2]) < 2 * len(self.runs[-1]):
                merged = np.concatenate(self.runs[-2:])
                merged.sort(kind="stable")
                self.runs[-2:] = [merged]
        return new

    def pieces(self, level: int, most: int) -> Iterator[Keys]:
        """Yield the states of a level, counted from 0, ascending, at most so many at once."""
        yield from parted(self._levels[level], most)

    @property
    def levels(self) -> int:
        """How many levels there are."""
        return len(self._levels)

    def offered(self, most: int) -> Iterator[Keys]:
        """Yield what is noted, at most so many at once; some may come twice."""
        for keys in self._noted:
            yield from parted(keys, most)


def parted(keys: Keys, most: int) -> Iterator[Keys]:
    """Yield some states, at most so many at once."""
    for first in range(0, len(keys), most):
        yield keys[first : first + most]


def distinct(keys: Keys) -> Keys:
    """Return some states, ascending, each once; quick where long stretches of them are ascending already."""
    ascending: Keys = np.sort(keys, kind="stable")
    first = np.ones(len(ascending), np.bool_)
    np.not_equal(ascending[1:], ascending[:-1], out=first[1:])
    found: Keys = ascending[first]
    return found


def combined(numbers: Sequence[Numbers], sides: Sequence[int]) -> Keys:
    """Return one number for each row of numbers, of which each is less than its side."""
    found = numbers[0].astype(np.int64)
    for side, each in zip(sides[1:], numbers[1:], strict=True):
        found *= side
        found += each
    return found


def taken_apart(keys: Keys, sides: Sequence[int]) -> list[Numbers]:
    """Return the rows of numbers that were combined."""
    found = []
    for side in reversed(sides[1:]):
        keys, rest = np.divmod(keys, side)
        found.append(rest.astype(np.int32))
    return [keys.astype(np.int32), *reversed(found)]
