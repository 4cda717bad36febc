"""Where a search over numbered parts stands, as one line, with an estimate where there is an honest one.

Nobody knows how large a space is before all of it was seen.  Levels grow for a while and then shrink, though, and where
the last ones shrank the rest is estimated as if they went on to shrink like that.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tdispmodel.engines.protocol import rounded

SHRANK = 3
"""So many times in a row the levels must have become smaller before anything is estimated."""
SLOWEST = 0.98
"""Levels that become smaller more slowly than this say nothing about the rest."""


def line(sizes: Sequence[int], visiting: str, transitions: int, speed: float, memory: int) -> str:
    """Return where a search stands: the sizes of its levels and of what, steps, states a second, bytes."""
    left = remaining(sizes)
    seconds = "no estimate" if left is None or speed <= 0 else f"~{rounded(int(left / speed))} s left"
    return (
        f"{rounded(sum(sizes))} {visiting}  {rounded(transitions)} steps  depth {max(0, len(sizes) - 1)}  "
        f"frontier {rounded(sizes[-1] if sizes else 0)}  {rounded(int(speed))}/s  {rounded(memory)}B  {seconds}"
    )


def remaining(sizes: Sequence[int]) -> float | None:
    """Return how many states are still to be found, if levels go on to shrink as the last ones did; None if not."""
    last = sizes[-SHRANK - 1 :]
    if len(last) <= SHRANK or not all(after < before for before, after in pairwise(last)):
        return None
    ratio = (last[-1] / last[0]) ** (1 / SHRANK)
    return last[-1] * ratio / (1 - ratio) if ratio <= SLOWEST else None
