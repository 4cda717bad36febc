"""Which partition a state belongs to: a hash of its values, the same in every process and on every machine."""

from __future__ import annotations

import numpy as np

from tdispmodel.compiling.arrays import Words
from tdispmodel.compiling.parts import Numbers

ODD = np.uint64(0x9E3779B97F4A7C15)
FIRST, SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
"""Constants of the mixing function of splitmix64 (G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number
generators", 2014)."""


def hashes(rows: Words) -> Words:
    """Return a hash of each state, of which all values are in the row of its words."""
    found: Words = np.zeros(len(rows), np.uint64)
    for word in range(rows.shape[1]):
        found = _mixed((found ^ rows[:, word]) + ODD)
    return found


def owners(rows: Words, partitions: int) -> Numbers:
    """Return the number of the partition that each state belongs to."""
    found: Numbers = (hashes(rows) % np.uint64(partitions)).astype(np.int32)
    return found


def _mixed(words: Words) -> Words:
    words = (words ^ (words >> np.uint64(30))) * FIRST
    words = (words ^ (words >> np.uint64(27))) * SECOND
    return words ^ (words >> np.uint64(31))
