"""What was visited, for the kernels: a bit for each combination of local states while these take little, else a table.

Both are exact.  Combinations of interchangeable instances are multisets, which have numbers without gaps
(`bitmaps.multisets`).  The table is at most half full.  When there are more local states than there is room for, or the
table gets full, it is made anew from the states that were found.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import comb, prod

import numpy as np

from tdispmodel.compiling.parts import WHOLE, Numbers
from tdispmodel.engines.protocol import LimitReached
from tdispmodel.engines.wide.bitmaps.multisets import Ranks
from tdispmodel.engines.wide.fast import kernels
from tdispmodel.engines.wide.fast.compiling import Bytes
from tdispmodel.engines.wide.orbits import Orbits
from tdispmodel.engines.wide.visited import GROWTH, Keys, Sided, parted

BITS_MEMORY = 1 << 30
"""Bytes that a bit for each combination may take."""
LEAST_TABLE = 1 << 10
"""Places that a table has at least."""
WORD_BYTES = 8
WORD_BITS = 64
PIECE = 1 << 16
"""So many states are put at once."""


class Buffers:
    """What a thread finds."""

    def __init__(self, room: int, pairs: int) -> None:
        self.out: Keys = np.zeros(room, np.int64)
        self.chosen: Keys = np.zeros((room, 2), np.int64)
        self.met: Bytes = np.zeros(pairs, np.uint8)
        self.counters: Keys = np.zeros(kernels.WRONG + 1, np.int64)

    def memory(self) -> int:
        """Return how many bytes are in use."""
        return self.out.nbytes + self.chosen.nbytes + self.met.nbytes

    def taken(self) -> tuple[Keys, Keys, int, int]:
        """Return what was found, chosen, how many steps and states, and begin anew.  Raises `LimitReached`."""
        found, chosen, steps, stood, wrong = self.counters.tolist()
        if wrong:
            message = f"compiled kernels went wrong {wrong} times"
            raise LimitReached(message)
        self.counters[:] = 0
        return self.out[:found].copy(), self.chosen[:chosen].copy(), steps, stood


class Known:
    """The states that were visited, as words of some number of bits for each part."""

    def __init__(self, orbits: Orbits, sided: Sided, sizes: Sequence[int], bits: int) -> None:
        """``sizes`` are the numbers of local states to make room for, ``bits`` the bytes that bits may take."""
        self.orbits = orbits
        self.sizes = list(sizes)
        self.bits = bits
        self.count = 0
        self.mask = 0
        self.pairs = 0
        self.words: Keys = np.zeros(0, np.int64)
        self.parts: Keys = np.zeros((len(sizes), kernels.COLUMNS), np.int64)
        order = [WHOLE, *(part for kind in orbits.kinds for part in kind)]
        self.order = np.array(order, np.int64)
        self.classes: Keys = np.zeros((len(orbits.classes), 2), np.int64)
        self.choice: Keys = np.zeros(0, np.int64)
        shift = 0
        for part in reversed(range(len(sizes))):
            self.parts[part, kernels.SHIFT] = shift
            self.parts[part, kernels.MASK] = sided.sides[part] - 1
            shift += sided.sides[part].bit_length() - 1
        first = 1
        self.parts[WHOLE, kernels.END] = 1
        for number, kind in enumerate(orbits.kinds):
            for part in kind:
                self.parts[part, kernels.POSITION] = order.index(part)
                self.parts[part, [kernels.FIRST, kernels.END]] = first, first + len(kind)
            if number < len(orbits.classes):
                self.classes[number] = first, first + len(kind)
            first += len(kind)

    def memory(self) -> int:
        """Return how many bytes are in use."""
        return self.words.nbytes + self.choice.nbytes

    def grown(self, sizes: Sequence[int]) -> list[int]:
        """Return for how many local states of each part there would be room."""
        return [
            size if size <= side else max(size, int(side * GROWTH))
            for size, side in zip(sizes, self.sizes, strict=True)
        ]

    def needed(self, sizes: Sequence[int], more: int) -> tuple[int, int]:
        """Return the mask, or 0, and how many words there would be for so many local states, and more states."""
        combinations = self.combinations(sizes)
        if not self.mask and combinations <= 8 * self.bits:
            return 0, -(-combinations // WORD_BITS)
        places = max(self.mask + 1, LEAST_TABLE)
        while 2 * (self.count + more) > places:
            places *= 2
        return places - 1, places

    def combinations(self, sizes: Sequence[int]) -> int:
        """Return how many combinations there are of so many local states."""
        return sizes[WHOLE] * prod(comb(sizes[kind[0]] + len(kind) - 1, len(kind)) for kind in self.orbits.kinds)

    def fits(self, sizes: Sequence[int], more: int) -> bool:
        """Whether there is room for so many local states, and so many states more."""
        room = all(size <= side for size, side in zip(sizes, self.sizes, strict=True))
        return room and len(self.words) > 0 and (not self.mask or 2 * (self.count + more) <= self.mask + 1)

    def remake(self, sizes: Sequence[int], more: int, found: Iterable[Keys]) -> Buffers:
        """Make room, and put all that was found before; return what was met of it.  Raises `LimitReached`."""
        self.mask, words = self.needed(sizes, more)
        self.sizes = list(sizes)
        self.words = np.zeros(0, np.int64)
        self.words = np.full(words, kernels.EMPTY if self.mask else 0, np.int64)
        self.pairs = 0
        for kind in self.orbits.kinds:
            self.parts[list(kind), kernels.MET] = self.pairs
            self.parts[list(kind), kernels.MET_SIDE] = sizes[kind[0]]
            self.pairs += sizes[WHOLE] * sizes[kind[0]]
        self._choose()
        buffers = Buffers(PIECE, self.pairs)
        again = sum(len(self.put(piece, buffers)) for keys in found for piece in parted(keys, PIECE))
        if again != self.count:
            message = f"{again} of {self.count} states are there"
            raise LimitReached(message)
        return buffers

    def met(self, flags: Bytes, part: int) -> tuple[Numbers, Numbers]:
        """Return the pairs of a part that are flagged: the local states of the whole, and those of the part."""
        first, side = self.parts[part, [kernels.MET, kernels.MET_SIDE]].tolist()
        whole, instance = np.nonzero(flags[first : first + self.sizes[WHOLE] * side].reshape(-1, side))
        return whole.astype(np.int32), instance.astype(np.int32)

    def _choose(self) -> None:
        """Work out what the number of each part counts as a bit."""
        side, stride = max(self.sizes), self.sizes[WHOLE]
        choice = np.zeros((len(self.sizes), side), np.int64)
        if not self.mask:
            choice[WHOLE] = np.arange(side)
            for kind in self.orbits.kinds:
                ranks = Ranks(len(kind), self.sizes[kind[0]])
                for part, choices in zip(kind, ranks.choices, strict=True):
                    choice[part, : ranks.side] = choices * stride
                stride *= ranks.count
        self.choice = choice.reshape(-1)
        self.parts[:, kernels.CHOICE] = np.arange(len(self.sizes)) * side

    def put(self, keys: Keys, buffers: Buffers) -> Keys:
        """Note some representatives, for all of which there is room; return those that are new."""
        address, found = self.words.ctypes.data, (buffers.out, buffers.met, buffers.counters)
        kernels.insert(keys, 0, len(keys), self.parts, self.choice, address, self.mask, *found)
        return buffers.taken()[0]
