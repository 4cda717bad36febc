"""Steps and formulas as the kernels read them: one row of numbers, made anew when local states or pairs were met.

Given the tables of a search over numbered parts; gives `Written`.  A formula is written in the order in which it is
worked out, each part of it that speaks of the whole and one instance as a look at flags.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tdispmodel.compiling.arrays import Flags
from tdispmodel.compiling.parts import WHOLE, Numbers
from tdispmodel.engines.wide.bitmaps.masks import simple
from tdispmodel.engines.wide.formulas import Joined, Negated, Node, OfPair, OfWhole, Pairs, Tables
from tdispmodel.engines.wide.moves import Table
from tdispmodel.engines.wide.visited import Keys, TooWide

LOOK, NOT, AND, OR = range(4)
"""Operations."""
DEEPEST = 64
"""A kernel has a word of bits for what it has worked out of a formula."""
MOST = 1 << 30
"""Numbers; the kernels count them with 32 bits."""


class Written:
    """The tables as one row of numbers, and where in it things begin."""

    def __init__(self, tables: Tables, tabulated: Sequence[Table], nodes: Iterable[Node]) -> None:
        """``nodes`` are the formulas, all of which must be `able`.  Raises `TooWide`."""
        self.tables = tables
        self._written: list[Numbers] = []
        self._length = 0
        self._pairs: dict[int, int] = {}
        self._flags: dict[int, int] = {}
        rows = [len(tabulated), *(number for table in tabulated for number in self._steps(table))]
        self.steps = self._add(rows)
        """Where the tables of steps are listed."""
        self.most_steps = sum(int(np.diff(table.start).max(initial=0)) for table in tabulated)
        """How many steps from tables a state has at most."""
        self.formulas = {id(node): self._formula(node) for node in nodes}
        """Where each formula begins."""
        self.numbers = np.concatenate(self._written)

    def _add(self, numbers: Sequence[int] | Numbers | Keys | Flags) -> int:
        at = self._length
        self._written.append(np.asarray(numbers).astype(np.int32))
        self._length += len(numbers)
        if self._length > MOST:
            message = "the tables of steps are too long for the card"
            raise TooWide(message)
        return at

    def _looked_up(self, part: int) -> tuple[int, int, int]:
        """Return a part, where the numbers of its pairs begin, and how many there are for one of the whole."""
        if part == WHOLE:
            return WHOLE, 0, 0
        pairs = self.tables.pairs[part]
        side = len(self.tables.parts.local[part])
        if id(pairs) not in self._pairs:
            self._pairs[id(pairs)] = self._add(_index(pairs, len(self.tables.parts.local[WHOLE]), side).reshape(-1))
        return part, self._pairs[id(pairs)], side

    def _steps(self, table: Table) -> tuple[int, ...]:
        _, whole, instance = table.known()
        return (*self._looked_up(table.part), self._add(table.start), self._add(whole), self._add(instance))

    def _formula(self, node: Node) -> int:
        program = list(self._operations(node))
        return self._add([len(program), *(number for operation in program for number in operation)])

    def _operations(self, node: Node) -> Iterable[tuple[int, int, int, int, int]]:
        match node:
            case OfWhole():
                yield (LOOK, *self._looked_up(WHOLE), self._flags_of(node))
            case OfPair():
                yield (LOOK, *self._looked_up(node.instance), self._flags_of(node))
            case Negated():
                yield from self._operations(node.inner)
                yield NOT, 0, 0, 0, 0
            case Joined():
                yield from self._operations(node.parts[0])
                for part in node.parts[1:]:
                    yield from self._operations(part)
                    yield AND if node.join is np.logical_and else OR, 0, 0, 0, 0
            case _:
                message = "what compares instances is not looked up"
                raise TypeError(message)

    @staticmethod
    def possible(node: Node) -> bool:
        """Whether a formula can be true at all, as far as one part after the other says."""
        match node:
            case OfWhole() | OfPair():
                return bool(node.known().any())
            case Joined():
                return (all if node.join is np.logical_and else any)(map(Written.possible, node.parts))
            case _:
                return True

    def _flags_of(self, node: OfWhole | OfPair) -> int:
        if id(node) not in self._flags:
            self._flags[id(node)] = self._add(node.known())
        return self._flags[id(node)]


def able(node: Node) -> bool:
    """Whether a kernel can work a formula out."""
    return simple(node) and _depth(node) <= DEEPEST


def _depth(node: Node) -> int:
    """Return of how many parts of a formula a kernel must remember the truth at once."""
    match node:
        case Negated():
            return _depth(node.inner)
        case Joined():
            return max(_depth(part) + min(place, 1) for place, part in enumerate(node.parts))
        case _:
            return 1


def _index(pairs: Pairs, wholes: int, instances: int) -> Numbers:
    """Return the number of each pair that was met, and -1 for the others."""
    found = np.full((wholes, instances), -1, np.int32)
    found[pairs.whole, pairs.instance] = np.arange(len(pairs), dtype=np.int32)
    return found
