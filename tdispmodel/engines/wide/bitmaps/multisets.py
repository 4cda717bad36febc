"""Breadth-first search over orbits in bitmaps, where all instances are interchangeable and most orbits are reached.

An orbit is a local state of the whole and a multiset of those of the instances.  Multisets have numbers without gaps
(D. E. Knuth, "The Art of Computer Programming", 4A, 2011, 7.2.1.3, on combinations in colexicographic order), which
stay the same when there are more local states.  A step changes one instance: for each multiset of the *others* there is
a word of which the bits are local states of that one, so that all of their steps are a map of words, as in `slabs`.  An
orbit is in as many words as it has different local states.

Given a search and the orbits that it found so far; `Multisets` takes their place, and keeps a number for each orbit and
level.  What is watched, and actions of several instances, are looked at state by state, as in the other searches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray  # noqa: TC002  # annotations are imported like everything else

from tdispmodel.compiling.arrays import WORD, Flags, Words
from tdispmodel.compiling.parts import WHOLE, Numbers
from tdispmodel.engines.protocol import LimitReached
from tdispmodel.engines.wide.bitmaps.layout import PIECE, Outgrown
from tdispmodel.engines.wide.bitmaps.slabs import Image, different, images, seconds_of_maps
from tdispmodel.engines.wide.formulas import Here
from tdispmodel.engines.wide.moves import OUT_OF_RANGE, Table
from tdispmodel.engines.wide.visited import Dense, Keys, Runs, parted

if TYPE_CHECKING:
    from tdispmodel.engines.wide.search import Search

SHIFT = WORD.bit_length() - 1
BITS = np.uint64(1) << np.arange(WORD, dtype=np.uint64)
BITS_OF_WHOLE = 16
MOST_RANK = 1 << 46
"""A number of an orbit is that of the multiset, and in so many bits less significant ones that of the whole."""
BITMAPS = 2
"""Of the words: what was visited, and a level."""
MAPS = 2
"""Of bytes for each orbit: what was visited, and what is noted."""
ONCE = 3
"""So often there are words and bytes like these of one local state of the whole on the way."""
OF_CALL, OF_WORD, OF_PLACE = 2e-5, 4e-9, 1e-9
"""Seconds that a map of words takes, and that it takes to look at each word and each orbit that there may be."""


class Ranks:
    """The numbers of multisets of some size, of numbers less than some side."""

    def __init__(self, size: int, side: int) -> None:
        self.size = size
        self.side = side
        self.count = comb(side + size - 1, size)
        self.choices = [np.array([comb(n + j, j + 1) for n in range(side)], np.int64) for j in range(size)]
        """Of so many numbers less than this one, in so many ways can those up to this position be chosen."""

    def of(self, numbers: Sequence[Numbers]) -> Keys:
        """Return the numbers of multisets, whose members ascend."""
        found = np.zeros(len(numbers[0]) if numbers else 0, np.int64)
        for choices, each in zip(self.choices, numbers, strict=True):
            found += choices[each]
        return found

    def members(self, ranks: Keys) -> list[Numbers]:
        """Return the members of multisets, ascending."""
        found: list[Numbers] = []
        for choices in reversed(self.choices):
            number = np.searchsorted(choices, ranks, side="right") - 1
            ranks = ranks - choices[number]
            found.append(number.astype(np.int32))
        return found[::-1]

    def without(self, numbers: Sequence[Numbers]) -> Iterator[Keys]:
        """Yield for each position the numbers of what is left of multisets of one more without their member there."""
        below = [np.zeros(len(numbers[0]), np.int64)]
        for choices, each in zip(self.choices, numbers, strict=False):
            below.append(below[-1] + choices[each])
        above = np.zeros(len(numbers[0]), np.int64)
        found = []
        for position in range(self.size, -1, -1):
            found.append(below[position] + above)
            if position:
                above = above + self.choices[position - 1][numbers[position]]
        yield from reversed(found)


class Multisets:
    """The orbits as bits, and how a level leads to the next one."""

    def __init__(self, search: Search, before: Dense | Runs) -> None:
        """``before`` has all orbits that were found so far, the last level of which is not expanded yet."""
        self.search = search
        self.before = before
        self.first = before.levels - 1
        self.instances = tuple(search.parts.instances)
        self.table = next((one for one in search.moves.tabulated if one.part == self.instances[0]), None)
        self.whole = next((one for one in search.moves.tabulated if one.part == WHOLE), None)
        self.sizes: tuple[int, int] = (0, 0)
        self.steps: dict[int, list[tuple[int, Image]]] = {}
        self.known = -1
        self.listed: list[Keys] = []
        self.seen: Flags = np.zeros((0, 0), np.bool_)
        self.noted: Flags = np.zeros((0, 0), np.bool_)
        self.visited: Words = np.zeros((0, 0, 1), np.uint64)
        self.here: Words = np.zeros((0, 0, 1), np.uint64)
        self._make_room()
        for level in range(before.levels):
            listed = [np.zeros(0, np.int64)]
            for keys in before.pieces(level, search.chunk):
                listed.append(self.keys(before.numbers(keys)))
                self._visit(listed[-1], self.visited)
        self.listed.append(np.sort(np.concatenate(listed)))
        self._visit(self.listed[-1], self.here)

    def _make_room(self) -> None:
        """Make room for all local states that have numbers."""
        wholes, side = self._met()
        if self.sizes == (wholes, side):
            return
        many = len(self.instances)
        if self.sizes[0] and not (fits(wholes, side, many) and self.search.may_take(needed(wholes, side, many))):
            raise Outgrown
        self.sizes = wholes, side
        self.known = -1
        self.ranks, self.others = Ranks(len(self.instances), side), Ranks(len(self.instances) - 1, side)
        words = -(-side // WORD)
        self.seen, self.noted = (grown(each, (wholes, self.ranks.count)) for each in (self.seen, self.noted))
        shape = wholes, self.others.count, words
        self.visited, self.here = (grown(each, shape) for each in (self.visited, self.here))
        narrow = np.int16 if words * WORD < 1 << 15 else np.int32
        self.members = np.stack(self.others.members(np.arange(self.others.count))).astype(narrow)
        self._rest, self._own = self._of_rest(), np.stack(self.ranks.choices)

    def _of_rest(self) -> Keys:
        """Return, for each multiset of the others and position of one more, its share in the number of them all."""
        many = len(self.instances)
        found = np.zeros((self.others.count, many), np.int64)
        for position in range(many):
            for other, each in enumerate(self.members):
                found[:, position] += self.ranks.choices[other if other < position else other + 1][each]
        return found

    # --- what a search asks of the orbits that it found ---------------------------------------------------------------

    def memory(self) -> int:
        """Return how many bytes are in use."""
        arrays = (self.seen, self.noted, self.visited, self.here, self.members, self._rest, *self.listed)
        tables = sum(image.memory() for some in self.steps.values() for _, image in some)
        return sum(each.nbytes for each in arrays) + self.before.memory() + tables

    def bytes_of_level(self) -> int:
        """Return how many bytes more it takes to list a level."""
        return 0

    @property
    def sides(self) -> list[int]:
        """How many local states of each part there may be."""
        return [self.sizes[0], *(self.sizes[1] for _ in self.instances)]

    @property
    def levels(self) -> int:
        """How many levels there are."""
        return self.first + len(self.listed)

    def keys(self, numbers: Sequence[Numbers]) -> Keys:
        """Return some representatives as numbers, which stay what they are.  Raises `LimitReached`."""
        wholes, side = self._met()
        if side > self.ranks.side:
            if not fits(wholes, side, len(self.instances)):
                message = "the local states are too many for one word an orbit"
                raise LimitReached(message)
            self.ranks = Ranks(len(self.instances), side)
        found: Keys = self.ranks.of(numbers[1:]) << BITS_OF_WHOLE | numbers[WHOLE]
        return found

    def _met(self) -> tuple[int, int]:
        """Return how many local states of the whole and of an instance have numbers."""
        local = self.search.parts.local
        return len(local[WHOLE]), len(local[self.instances[0]])

    def numbers(self, keys: Keys) -> list[Numbers]:
        """Return the numbers of the parts of some representatives."""
        whole = (keys & ((1 << BITS_OF_WHOLE) - 1)).astype(np.int32)
        return [whole, *self.ranks.members(keys >> BITS_OF_WHOLE)]

    def pieces(self, level: int, most: int) -> Iterator[Keys]:
        """Yield the orbits of a level, counted from 0, at most so many at once."""
        if level >= self.first:
            yield from parted(self.listed[level - self.first], most)
            return
        for keys in self.before.pieces(level, most):
            yield self.keys(self.before.numbers(keys))

    # --- forwards -----------------------------------------------------------------------------------------------------

    def expand(self, depth: int) -> None:
        """Look at the level, and find the next one.  Raises `LimitReached`, `TooWide`, `Outgrown` and `Left`."""
        added: list[list[Numbers]] = []
        leaves = False
        for here in self._chunks():
            leaves |= self._look_at(here, depth, added)
        if leaves or any((table.known()[1] == OUT_OF_RANGE).any() for table in (self.table, self.whole) if table):
            for here in self._chunks():
                self.search.leave_from(here, depth)
            self.search.tell_left()
        self._make_room()
        for numbers in added:
            self._note(self.keys(numbers))
        self._step()

    def _chunks(self) -> Iterator[Here]:
        for keys in parted(self.listed[-1], self.search.chunk):
            self.search.look()
            yield Here(self.search.tables, self.numbers(keys))

    def _look_at(self, here: Here, depth: int, added: list[list[Numbers]]) -> bool:
        """Look for what is watched, count steps, and take broad actions; return whether one leaves a range."""
        search, leaves = self.search, False
        search.watch(here, depth)
        sizes = search.orbits.sizes(here.numbers)
        search.stood_for += int(sizes.sum())
        many = np.zeros(here.count, np.int64)
        for part in self.instances:
            many += degrees(self.table, here.pairs(part))
        many += degrees(self.whole, here.numbers[WHOLE])
        search.transitions += int(many @ sizes)
        for broad in search.moves.broad:
            steps = broad.steps(here)
            search.transitions += int(sizes[steps.source].sum())
            if steps.left.any():
                leaves = True
            elif len(steps.source):
                added.append(search.after(here, steps))
        return leaves

    def _note(self, keys: Keys) -> None:
        self.noted[keys & ((1 << BITS_OF_WHOLE) - 1), keys >> BITS_OF_WHOLE] = True

    def _visit(self, keys: Keys, *into: Words) -> None:
        """Note that orbits were visited, and put them into words, once for each of their instances."""
        self.seen[keys & ((1 << BITS_OF_WHOLE) - 1), keys >> BITS_OF_WHOLE] = True
        for some in parted(keys, self.search.chunk):
            whole, *numbers = self.numbers(some)
            first = whole.astype(np.int64) * self.others.count
            for number, rest in zip(numbers, self.others.without(numbers), strict=True):
                places, bits = (first + rest) * self.here.shape[2] + (number >> SHIFT), BITS.take(number & WORD - 1)
                for each in into:
                    np.bitwise_or.at(each.reshape(-1), places, bits)

    def _step(self) -> None:
        """Find the next level: what narrow steps lead to, with what is noted, and was not visited."""
        keys = self.listed[-1]
        if self.whole is not None:
            sources, to, _ = self.whole.known()
            whole, ranks = keys & ((1 << BITS_OF_WHOLE) - 1), keys >> BITS_OF_WHOLE
            for source, after in set(zip(sources.tolist(), to.tolist(), strict=True)):
                if 0 <= after < self.sizes[0]:
                    self.noted[after, ranks[whole == source]] = True
        for reached, images_of in self._images().items():
            self._reach(reached, images_of)
        self.here[...] = 0
        fresh = [np.zeros(0, np.int64)]
        for number in range(self.sizes[0]):
            new = self.noted[number] & ~self.seen[number]
            self.noted[number] = False
            fresh.append(np.flatnonzero(new).astype(np.int64) << BITS_OF_WHOLE | number)
        self.listed.append(np.concatenate(fresh))
        self._visit(self.listed[-1], self.visited, self.here)

    def _images(self) -> dict[int, list[tuple[int, Image]]]:
        if self.table is not None:
            known = len(self.search.tables.pairs[self.table.part])
            if known != self.known:
                self.known = known
                edges = different(self.search.tables, self.table)
                self.steps = images(edges, self.here.shape[2], self.search.limits.memory)
        return self.steps

    def _reach(self, after: int, reached: Sequence[tuple[int, Image]]) -> None:
        """Note what steps of one instance lead to with a local state of the whole."""
        found = np.zeros(self.here.shape[1:], np.uint64)
        for before, image in reached:
            rows = self.here[before]
            full = np.flatnonzero((rows != 0).any(axis=1))
            if len(full):
                found[full] |= image.of(rows[full])
        found &= ~self.visited[after]
        flat, words, noted = found.reshape(-1), self.here.shape[2], self.noted[after]
        places = np.flatnonzero(flat != 0)
        piece = min(PIECE, self.search.chunk)
        for first in range(0, len(places), piece):
            self.search.look()
            some = places[first : first + piece]
            bits = np.unpackbits(flat[some].astype("<u8").view(np.uint8), bitorder="little")
            there = np.flatnonzero(bits.view(np.bool_))
            rest, number = some[there >> SHIFT], there & WORD - 1
            if words > 1:
                rest, word = np.divmod(rest, words)
                number += word * WORD
            noted[self._joined(rest, number)] = True

    def _joined(self, rest: Keys, number: Keys) -> Keys:
        """Return the numbers of multisets of the others and one more."""
        position = np.zeros(len(rest), np.int64)
        narrow = number.astype(self.members.dtype)
        for each in self.members:
            position += each.take(rest) <= narrow
        found: Keys = self._rest.take(rest * len(self.instances) + position)
        found += self._own.take(position * self._own.shape[1] + number)
        return found

    def level(self) -> Keys:
        """Go on to the next level, which was found."""
        return self.listed[-1]


def degrees(table: Table | None, places: Keys | Numbers) -> Keys:
    """Return how many narrow steps there are from pairs, or local states of the whole."""
    if table is None:
        return np.zeros(len(places), np.int64)
    table.known()
    found: Keys = np.diff(table.start)[places]
    return found


def grown(array: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """Return an array with more room."""
    found = np.zeros(shape, array.dtype)
    found[tuple(slice(side) for side in array.shape)] = array
    return found


def needed(wholes: int, side: int, instances: int) -> int:
    """Return how many bytes bitmaps take."""
    others, words = comb(side + instances - 2, instances - 1), -(-side // WORD)
    tables = others * (4 * (instances - 1) + 8 * instances)
    orbits = comb(side + instances - 1, instances)
    once = ONCE * (others * words * 8 + orbits)
    return wholes * (others * words * 8 * BITMAPS + orbits * MAPS) + once + tables


def fits(wholes: int, side: int, instances: int) -> bool:
    """Whether orbits have numbers that are small enough."""
    return wholes <= 1 << BITS_OF_WHOLE and comb(side + instances - 1, instances) <= MOST_RANK


def able(search: Search) -> bool:
    """Whether all instances are interchangeable."""
    return search.orbits.classes == (tuple(search.parts.instances),)


def seconds(search: Search) -> float:
    """Return about how long a level takes at most, besides the states on it."""
    wholes, side = len(search.parts.local[WHOLE]), len(search.parts.local[1])
    instances = len(search.parts.instances)
    others, words = comb(side + instances - 2, instances - 1), -(-side // WORD)
    table = next((one for one in search.moves.tabulated if one.part == 1), None)
    maps = 0
    if table is not None:
        sources, to, _ = table.known()
        maps = len(np.unique(np.stack([search.tables.pairs[1].whole[sources], to]), axis=1)[0]) * words * words
    made = seconds_of_maps(search.tables, table, words)
    return (
        made + maps * OF_CALL + wholes * (others * words * OF_WORD + comb(side + instances - 1, instances) * OF_PLACE)
    )
