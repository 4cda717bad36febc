"""Narrow steps of whole slabs of a bitmap: a step of one part moves all states that have it in one local state.

Given the tables of narrow steps and a layout; gives `Plan`: what reaches a block from which others, axis by axis.
A step of the instance whose local states are bits is a map of words, looked up by bytes or pairs of bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np

from tdispmodel.compiling.arrays import WORD, Words
from tdispmodel.compiling.parts import WHOLE
from tdispmodel.engines.wide.bitmaps.layout import Layout
from tdispmodel.engines.wide.formulas import Tables
from tdispmodel.engines.wide.moves import OUT_OF_RANGE, Table
from tdispmodel.engines.wide.visited import Keys

MOST_OF_IMAGES = 1 << 25
"""Bytes that maps of words may take; if they took more, bytes are looked up one by one."""
SHARE_OF_IMAGES = 1 << 5
"""Nor may they take more than one part in so many of the memory allowed."""
LOOKS = 8
"""Moving the bits of a word takes so many times what joining two words does."""
Edges = dict[int, dict[int, list[tuple[int, int]]]]
"""For each local state of the whole and one from which it is reached: what becomes of local states of an instance."""
OF_MAP = 1.2e-4
"""Seconds that it takes to make the map of one word to another."""


class Image:
    """What becomes of words when each bit is moved to where steps take it."""

    def __init__(self, here: Keys, there: Keys, words: int, width: int) -> None:
        """``here`` and ``there`` are numbers of bits before and after; pieces of ``width`` bits are looked up."""
        self.width = width
        self.pieces: list[tuple[int, int, int, Words]] = []
        for word in range(words):
            for piece in range(WORD // width):
                low = word * WORD + piece * width
                inside = (here >= low) & (here < low + width)
                for after in range(words):
                    moved = inside & (there // WORD == after)
                    if moved.any():
                        table = image(here[moved] - low, there[moved] - after * WORD, width)
                        self.pieces.append((word, piece, after, table))

    def memory(self) -> int:
        """Return how many bytes are in use."""
        return sum(table.nbytes for _, _, _, table in self.pieces)

    def of(self, words: Words) -> Words:
        """Return the images of rows of words."""
        found = np.zeros(words.shape, np.uint64)
        narrow = np.dtype("<u2") if self.width == 16 else np.dtype("u1")
        for word, piece, after, table in self.pieces:
            index = np.ascontiguousarray(words[:, word], np.dtype("<u8")).view(narrow)[piece :: WORD // self.width]
            found[:, after] |= table.take(index)
        return found


def image(here: Keys, there: Keys, width: int) -> Words:
    """Return for each number of ``width`` bits the word in which each of its bits is where it is moved to."""
    bits = np.zeros(width, np.uint64)
    np.bitwise_or.at(bits, here, np.uint64(1) << there.astype(np.uint64))
    table = np.zeros(1 << width, np.uint64)
    for bit in range(width):
        table[1 << bit : 2 << bit] = table[: 1 << bit] | bits[bit]
    return table


@dataclass
class Plan:
    """What reaches states with a local state of the whole, from which other ones of it.

    ``whole``: by steps of the whole alone.  ``outer``, ``inner``: by those of an instance that is an axis, by its part.
    ``last``: by those of the instance whose local states are bits.
    """

    whole: dict[int, list[int]] = field(default_factory=dict)
    outer: dict[int, dict[tuple[int, int], list[tuple[int, int]]]] = field(default_factory=dict)
    inner: dict[int, Edges] = field(default_factory=dict)
    last: dict[int, list[tuple[int, Image]]] = field(default_factory=dict)


def planned(tables: Tables, tabulated: Sequence[Table], layout: Layout, memory: int | None) -> Plan:
    """Return the steps of all pairs that were met, those that change nothing left out."""
    plan = Plan()
    for table in tabulated:
        if table.part == WHOLE:
            sources, to, _ = table.known()
            for source, after in set(zip(sources.tolist(), to.tolist(), strict=True)):
                if source != after:
                    plan.whole.setdefault(after, []).append(source)
        elif table.part == layout.last:
            plan.last = images(different(tables, table), layout.words, memory)
        elif layout.axes.index(table.part) < layout.outer:
            reached = plan.outer.setdefault(table.part, {})
            for before, here, after, there in different(tables, table).tolist():
                reached.setdefault((after, there), []).append((before, here))
        else:
            edges = plan.inner.setdefault(table.part, {})
            for before, here, after, there in different(tables, table).tolist():
                edges.setdefault(after, {}).setdefault(before, []).append((here, there))
    return plan


def different(tables: Tables, table: Table) -> Keys:
    """Return the steps of an instance that change something, each once: the whole and the instance before and after."""
    sources, whole, instance = table.known()
    pairs = tables.pairs[table.part]
    rows = np.stack([pairs.whole[sources], pairs.instance[sources], whole, instance], axis=1).astype(np.int64)
    rows = rows[(rows[:, 2] != OUT_OF_RANGE) & ((rows[:, 0] != rows[:, 2]) | (rows[:, 1] != rows[:, 3]))]
    return np.unique(rows, axis=0)


def images(edges: Keys, words: int, memory: int | None) -> dict[int, list[tuple[int, Image]]]:
    """Return for each local state of the whole that is reached, from which ones and how bits move.

    ``memory`` is what is allowed in all, in bytes.
    """
    allowed = MOST_OF_IMAGES if memory is None else min(MOST_OF_IMAGES, memory // SHARE_OF_IMAGES)
    wholes = np.unique(edges[:, [0, 2]], axis=0).tolist()
    most = len(wholes) * words * words * (WORD // 16) * (8 << 16)
    width = 16 if most <= allowed else 8
    found: dict[int, list[tuple[int, Image]]] = {}
    for before, after in wholes:
        some = edges[(edges[:, 0] == before) & (edges[:, 2] == after)]
        found.setdefault(after, []).append((before, Image(some[:, 1], some[:, 3], words, width)))
    return found


def slabs(tabulated: Sequence[Table], layout: Layout) -> Iterator[tuple[int, int]]:
    """Yield for each table how many operations on how many words a level takes at most."""
    block = prod(layout.inside)
    per_whole = prod(layout.blocks[1:])
    for table in tabulated:
        steps = len(table.known()[1])
        if table.part == WHOLE:
            yield per_whole * steps, block
        elif table.part == layout.last:
            yield prod(layout.blocks), LOOKS * block
        elif layout.axes.index(table.part) < layout.outer:
            yield per_whole // layout.sizes[table.part] * steps, block
        else:
            yield per_whole * steps, block // layout.sizes[table.part]


def seconds_of_maps(tables: Tables, table: Table | None, words: int) -> float:
    """Return about how long it takes to make the images of all words anew, as on each level on which pairs are met."""
    if table is None:
        return 0.0
    sources, to, _ = table.known()
    rows = np.stack([tables.pairs[table.part].whole[sources], to])
    return OF_MAP * words * words * len(np.unique(rows, axis=1)[0])
