"""Where a state is in a bitmap that has a bit for every combination of local states.

Given how many local states each part has; gives `Layout`.  The local states of one instance, the one with most of them,
are the bits of words; the other parts are the axes of an array of such words, the whole first.  The first axes, the
*outer* ones, tell blocks apart; a block is small enough for the caches near a processor, and has the *inner* axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from tdispmodel.compiling.arrays import WORD, Words
from tdispmodel.compiling.parts import WHOLE, Numbers
from tdispmodel.engines.wide.visited import Keys

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK_WORDS = 1 << 17
"""Words of a block, at most, if there are axes enough."""
PIECE = 1 << 12
"""Words of which the bits are looked at together."""

NONE, ALL = np.uint64(0), np.uint64((1 << WORD) - 1)


class Outgrown(Exception):
    """There are more local states than there is memory for."""


class Layout:
    """The axes and the bits."""

    def __init__(self, sizes: Sequence[int], last: int | None = None) -> None:
        """``sizes`` are the numbers of local states of the parts, of which there are two or more."""
        self.sizes = tuple(sizes)
        self.last = max(range(1, len(sizes)), key=lambda part: (sizes[part], part)) if last is None else last
        """The part whose local states are bits."""
        self.axes = [part for part in range(len(sizes)) if part != self.last]
        """The part of each axis but the last, which is that of words."""
        self.words = -(-sizes[self.last] // WORD)
        self.shape = (*(sizes[part] for part in self.axes), self.words)
        outer = 1
        while outer < len(self.axes) and prod(self.shape[outer:]) > BLOCK_WORDS:
            outer += 1
        self.outer = outer
        """How many axes tell blocks apart."""
        self.blocks = self.shape[:outer]
        self.inside = self.shape[outer:]
        self.total = prod(self.shape)

    def found(self, numbers: Sequence[Numbers]) -> tuple[Keys, Words]:
        """Return of some states in which word each is, and the word that has its bit alone."""
        place = np.zeros(len(numbers[WHOLE]), np.int64)
        for part in self.axes:
            place = place * self.sizes[part] + numbers[part]
        word, bit = np.divmod(numbers[self.last], WORD)
        return place * self.words + word, np.uint64(1) << bit.astype(np.uint64)

    def add(self, into: Words, numbers: Sequence[Numbers]) -> None:
        """Put some states into a bitmap."""
        places, bits = self.found(numbers)
        np.bitwise_or.at(into.reshape(-1), places, bits)

    def start(self, place: Sequence[int]) -> int:
        """Return the first word of a block."""
        return int(np.ravel_multi_index(tuple(place), self.blocks)) * prod(self.inside)

    def numbers(self, places: Keys, words: Words, most: int) -> Iterator[list[Numbers]]:
        """Yield the states that are in some words, at most so many of these at once, by the numbers of their parts.

        They come in the order of words and bits.
        """
        piece = min(PIECE, most)
        for first in range(0, len(places), piece):
            some = np.ascontiguousarray(words[first : first + piece], np.dtype("<u8"))
            bits = np.unpackbits(some.view(np.uint8).reshape(-1, WORD // 8), axis=1, bitorder="little")
            there = np.flatnonzero(bits.view(np.bool_).reshape(-1))
            rows, bit = np.divmod(there, WORD)
            place, word = np.divmod(places[first : first + piece][rows], self.words)
            found: list[Numbers] = [np.zeros(0, np.int32)] * len(self.sizes)
            found[self.last] = (word * WORD + bit).astype(np.int32)
            for part in reversed(self.axes[1:]):
                place, rest = np.divmod(place, self.sizes[part])
                found[part] = rest.astype(np.int32)
            found[WHOLE] = place.astype(np.int32)
            yield found

    def copied(self, words: Words, wider: Layout) -> Words:
        """Return a bitmap in another layout with the same axes and room for more."""
        if wider.shape == self.shape:
            return words
        found = np.zeros(wider.shape, np.uint64)
        found[tuple(slice(side) for side in self.shape)] = words
        return found


def counted(words: Words) -> int:
    """Return how many bits are set."""
    return int(ones(words).sum(dtype=np.int64))


def ones(words: Words) -> NDArray[np.uint8]:
    """Return how many bits are set in each word (numpy has this from 2.0 on)."""
    count: Callable[[Words], NDArray[np.uint8]] = getattr(np, "bitwise_count", counted_by_halves)
    found: NDArray[np.uint8] = count(words)
    return found


def counted_by_halves(words: Words) -> NDArray[np.uint8]:
    """Return how many bits are set in each word, by adding up neighbours (H. S. Warren, "Hacker's Delight", 2002)."""
    pairs, fours, eights = (np.uint64(each) for each in (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F))
    found = words - ((words >> np.uint64(1)) & pairs)
    found = (found & fours) + ((found >> np.uint64(2)) & fours)
    found = (found + (found >> np.uint64(4))) & eights
    total: NDArray[np.uint8] = ((found * np.uint64(0x0101010101010101)) >> np.uint64(56)).astype(np.uint8)
    return total
