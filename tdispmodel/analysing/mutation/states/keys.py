"""Which number each state has, by the row that it is packed in: new rows get the next numbers, in their order.

Rows of one word are kept sorted and looked up together; rows of several are looked up one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tdispmodel.compiling.arrays import Key, Packing, Words

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Ordered:
    """Rows of one word."""

    def __init__(self) -> None:
        self._words: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._numbers: NDArray[np.int32] = np.zeros(0, np.int32)

    def numbers(self, rows: Words, first: int) -> tuple[NDArray[np.int32], Words]:
        """Return the numbers of some rows, and the new ones among these, which are numbered from ``first`` on."""
        words, begins, back = np.unique(rows[:, 0], return_index=True, return_inverse=True)
        places = np.searchsorted(self._words, words)
        new = np.append(self._words, words[-1:])[places] != words
        new[places == len(self._words)] = True
        numbers = np.append(self._numbers, np.int32(-1))[places]
        order = np.argsort(begins[new])
        numbers[np.flatnonzero(new)[order]] = np.arange(first, first + len(order), dtype=np.int32)
        self._words = np.insert(self._words, places[new], words[new])
        self._numbers = np.insert(self._numbers, places[new], numbers[new])
        return numbers[back], words[new][order][:, None]


class Hashed:
    """Rows of several words."""

    def __init__(self, packing: Packing) -> None:
        self._packing = packing
        self._number: dict[Key, int] = {}

    def numbers(self, rows: Words, first: int) -> tuple[NDArray[np.int32], Words]:
        """Return the numbers of some rows, and the new ones among these, which are numbered from ``first`` on."""
        known, count = self._number, first
        found = np.empty(len(rows), np.int32)
        fresh: list[int] = []
        for position, key in enumerate(self._packing.keys(rows)):
            number = known.setdefault(key, count)
            if number == count:
                fresh.append(position)
                count += 1
            found[position] = number
        return found, rows[fresh]
