"""Formulas over bitmaps: in which words and bits of a block they are true.

Given the formulas as `formulas` has them ready; gives words that are joined with a block's by "and".  What speaks of
the whole and one instance is true or false of the pairs that were met, so it is a flag, a row of flags along an axis,
or a word; what is above it joins these.  Of pairs that were not met it says nothing true, but no state has them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tdispmodel.compiling.arrays import WORD, Flags, Words
from tdispmodel.compiling.parts import WHOLE, Numbers
from tdispmodel.engines.wide.bitmaps.layout import ALL, NONE, Layout
from tdispmodel.engines.wide.formulas import Joined, Negated, Node, OfPair, OfWhole, Tables


def simple(node: Node) -> bool:
    """Whether no part of a formula compares instances."""
    match node:
        case OfWhole() | OfPair():
            return True
        case Negated():
            return simple(node.inner)
        case Joined():
            return all(map(simple, node.parts))
        case _:
            return False


class Masks:
    """What formulas are in the blocks of a layout; made anew when pairs were met that were not known."""

    def __init__(self, tables: Tables, layout: Layout) -> None:
        self.tables = tables
        self.layout = layout
        self._known: dict[tuple[int, int], tuple[Node, Words]] = {}
        self._pairs: dict[tuple[int, int], tuple[Numbers, Numbers]] = {}

    def possible(self, node: Node) -> bool:
        """Whether a formula can be true at all, as far as one part after the other says."""
        match node:
            case OfWhole() | OfPair():
                return bool(node.known().any())
            case Joined():
                every = all if node.join is np.logical_and else any
                return every(map(self.possible, node.parts))
            case _:
                return True

    def of(self, node: Node, place: Sequence[int]) -> Words:
        """Return the words of a block in which a formula is true; they are broadcast to the block's shape."""
        match node:
            case OfWhole():
                return np.array(ALL if node.known()[place[WHOLE]] else NONE)
            case OfPair():
                return self._of_pair(node, place)
            case Negated():
                return ~self.of(node.inner, place)
            case Joined():
                join = np.bitwise_and if node.join is np.logical_and else np.bitwise_or
                found = self.of(node.parts[0], place)
                for part in node.parts[1:]:
                    if join is np.bitwise_and and not found.any():
                        break
                    found = join(found, self.of(part, place))
                return found
            case _:
                message = "what compares instances is no bitmap"
                raise TypeError(message)

    def _of_pair(self, node: OfPair, place: Sequence[int]) -> Words:
        layout, part = self.layout, node.instance
        key = id(node), place[WHOLE]
        if key not in self._known:
            flags = self.flags(node.known(), part, place[WHOLE])
            if part == layout.last:
                words = packed(flags, layout.words)
            else:
                words = np.where(flags, ALL, NONE)
                axis = layout.axes.index(part)
                if axis >= layout.outer:
                    words = words.reshape(-1, *(1,) * (len(layout.axes) - axis))
            self._known[key] = node, words
        words = self._known[key][1]
        outer = part != layout.last and layout.axes.index(part) < layout.outer
        return words[place[layout.axes.index(part)]] if outer else words

    def flags(self, table: Flags, part: int, whole: int) -> Flags:
        """Return for each local state of an instance what a table of pairs says of it and of one of the whole."""
        key = part, whole
        if key not in self._pairs:
            pairs = self.tables.pairs[part]
            numbers = np.flatnonzero(pairs.whole == whole).astype(np.int32)
            self._pairs[key] = numbers, pairs.instance[numbers]
        numbers, instances = self._pairs[key]
        found = np.zeros(self.layout.sizes[part], table.dtype)
        found[instances] = table[numbers]
        return found


def packed(flags: Flags, words: int) -> Words:
    """Return flags as the bits of words."""
    bits = np.zeros(words * WORD, np.bool_)
    bits[: len(flags)] = flags
    return np.packbits(bits, bitorder="little").view(np.dtype("<u8")).astype(np.uint64)
