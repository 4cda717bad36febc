"""A state in parts: the variables of the whole, and those of each instance, each part as one small number.

Given a `Packing`; gives `Parts`.  What one device can look like is little, whatever number of devices there are, so
each local state that is met gets a number, and a state is a row of them.  Instances whose variables are alike share
their numbers.  Only what is met is numbered: the numbers grow while a search goes on.  (Products of small machines are
an old idea; see B. Plateau and K. Atif, "Stochastic automata network for modeling parallel systems", 1991.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tdispmodel.compiling.arrays import WORD, Packing, Words
from tdispmodel.compiling.numbering import Numbering
from tdispmodel.ir.expressions import Expression, Read, Value
from tdispmodel.ir.sorts import size

INSTANCE = re.compile(r"^(\w+\[\d+\])\.")
WHOLE = 0
"""The number of the part that belongs to no instance."""

Numbers = NDArray[np.int32]


@dataclass(frozen=True)
class Place:
    """Where a variable sits in a local state, and where in a whole one: words and bits."""

    word: int
    shift: int
    whole_word: int
    whole_shift: int
    mask: int


class Local:
    """The local states of parts that are alike, as rows of words, numbered in the order in which they are met."""

    def __init__(self, words: int) -> None:
        self.rows: Words = np.zeros((0, words), np.uint64)
        self._numbering = Numbering(words)

    def __len__(self) -> int:
        return len(self.rows)

    def restore(self, rows: Words) -> None:
        """Number these, in this order, before anything else is met; ValueError if one comes twice."""
        if len(self.rows) or len(self._numbering.numbers(rows)[1]) != len(rows):
            message = "a local state has two numbers"
            raise ValueError(message)
        self.rows = rows

    def numbered(self, rows: Words) -> Numbers:
        """Return the number of each row; what was not met before gets the next ones."""
        found, fresh = self._numbering.numbers(rows)
        if len(fresh):
            self.rows = np.concatenate([self.rows, fresh])
        return found


class Parts:
    """The parts of a system: number 0 is the whole's own, the others are the instances in the system's order.

    ``local`` has the numbering of each part, the same object for parts that are alike.
    """

    def __init__(self, packing: Packing) -> None:
        self.packing = packing
        self.words = packing.words
        together: dict[str, list[str]] = {"": []}
        for name in packing.fields:
            found = INSTANCE.match(name)
            together.setdefault(found[1] if found else "", []).append(name)
        self.names = tuple(together)
        self.variables = tuple(map(tuple, together.values()))
        self.part_of = {name: number for number, names in enumerate(together.values()) for name in names}
        self.places: list[list[Place]] = []
        self.local: list[Local] = []
        alike: dict[object, Local] = {}
        for part, names in together.items():
            places, words = self._laid_out(names)
            self.places.append(places)
            family = part.partition("[")[0]
            key = (family, *((name[len(part) :], packing.fields[name].sort) for name in names))
            self.local.append(alike.setdefault(key, Local(words)))

    def _laid_out(self, names: Iterable[str]) -> tuple[list[Place], int]:
        places: list[Place] = []
        word = shift = 0
        for name in names:
            field = self.packing.fields[name]
            if shift + field.width > WORD:
                word, shift = word + 1, 0
            places.append(Place(word, shift, field.word, field.shift, (1 << field.width) - 1))
            shift += field.width
        return places, word + 1

    @cached_property
    def instances(self) -> range:
        """The numbers of the parts that are instances."""
        return range(1, len(self.names))

    def support(self, *expressions: Expression) -> frozenset[int]:
        """Return the instances of which the expressions speak."""
        read = (node.name for each in expressions for node in each.walk() if isinstance(node, Read))
        return frozenset(self.part_of[name] for name in read) - {WHOLE}

    @property
    def families(self) -> list[int]:
        """One part of each family whose members share their numbers: the first."""
        return [part for part, local in enumerate(self.local) if all(local is not one for one in self.local[:part])]

    def regular(self, part: int, rows: Words) -> bool:
        """Whether rows are local states of a part: each variable has a value, and there is nothing beside these."""
        rest = rows.copy()
        for name, place in zip(self.variables[part], self.places[part], strict=True):
            codes = (rows[:, place.word] >> np.uint64(place.shift)) & np.uint64(place.mask)
            if (codes >= size(self.packing.fields[name].sort)).any():
                return False
            rest[:, place.word] -= codes << np.uint64(place.shift)
        return not rest.any()

    def spread(self, part: int, numbers: Numbers, into: Words) -> None:
        """Put the local states with these numbers into whole states, of which the part must be empty."""
        rows = self.local[part].rows[numbers]
        for place in self.places[part]:
            codes = (rows[:, place.word] >> np.uint64(place.shift)) & np.uint64(place.mask)
            into[:, place.whole_word] |= codes << np.uint64(place.whole_shift)

    def gathered(self, part: int, rows: Words) -> Numbers:
        """Return the numbers of a part's local states in whole states."""
        found = np.zeros((len(rows), self.local[part].rows.shape[1]), np.uint64)
        for place in self.places[part]:
            codes = (rows[:, place.whole_word] >> np.uint64(place.whole_shift)) & np.uint64(place.mask)
            found[:, place.word] |= codes << np.uint64(place.shift)
        return self.local[part].numbered(found)

    def values(self, part: int) -> tuple[tuple[Value, ...], ...]:
        """Return the local states of a part, in the order of their numbers, as values of its variables."""
        rows = np.zeros((len(self.local[part]), self.words), np.uint64)
        self.spread(part, np.arange(len(rows), dtype=np.int32), rows)
        index = self.packing.system.index
        chosen = [index[name] for name in self.variables[part]]
        return tuple(tuple(state[position] for position in chosen) for state in self.packing.unpacked(rows))

    def whole(self, numbers: Sequence[Numbers]) -> Words:
        """Return the whole states of which these are the parts' numbers."""
        rows = np.zeros((len(numbers[WHOLE]), self.words), np.uint64)
        for part, each in enumerate(numbers):
            self.spread(part, each, rows)
        return rows
