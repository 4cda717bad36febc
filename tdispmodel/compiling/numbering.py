"""Numbers for rows of words, in the order in which they are met.

Rows of one word are kept sorted and looked up together; rows of several are looked up one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tdispmodel.compiling.arrays import Words


class Numbering:
    """The numbers of the rows that were met, from 0 on."""

    def __init__(self, words: int) -> None:
        """``words`` are those of a row."""
        self.count = 0
        self._words: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._numbers: NDArray[np.int32] = np.zeros(0, np.int32)
        self._number: dict[bytes, int] | None = None if words == 1 else {}

    def numbers(self, rows: Words) -> tuple[NDArray[np.int32], Words]:
        """Return the number of each row, and those rows that were not met before, in the order of their numbers."""
        found, fresh = self._one_by_one(rows, self._number) if self._number is not None else self._together(rows[:, 0])
        self.count += len(fresh)
        return found, fresh

    def _together(self, words: NDArray[np.uint64]) -> tuple[NDArray[np.int32], Words]:
        found = self._looked_up(words)
        missing = (found < 0).nonzero()[0]
        if not len(missing):
            return found, words[:0, None]
        different, begins, which = np.unique(words[missing], return_index=True, return_inverse=True)
        order = np.argsort(begins)
        numbers = np.empty(len(different), np.int32)
        numbers[order] = np.arange(self.count, self.count + len(different), dtype=np.int32)
        places = np.searchsorted(self._words, different)
        self._words = np.insert(self._words, places, different)
        self._numbers = np.insert(self._numbers, places, numbers)
        found[missing] = numbers[which]
        return found, different[order][:, None]

    def _looked_up(self, words: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the number of each word, -1 for one that was not met."""
        if not len(self._words):
            return np.full(len(words), -1, np.int32)
        places = np.minimum(np.searchsorted(self._words, words), len(self._words) - 1)
        return np.where(self._words[places] == words, self._numbers[places], np.int32(-1))

    def _one_by_one(self, rows: Words, known: dict[bytes, int]) -> tuple[NDArray[np.int32], Words]:
        count = self.count
        found = np.empty(len(rows), np.int32)
        fresh: list[int] = []
        keys = np.ascontiguousarray(rows).view(f"V{8 * rows.shape[1]}")[:, 0].tolist()
        for position, key in enumerate(keys):
            number = known.setdefault(key, count)
            if number == count:
                fresh.append(position)
                count += 1
            found[position] = number
        return found, rows[fresh]
