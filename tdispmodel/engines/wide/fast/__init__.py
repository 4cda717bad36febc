"""Breadth-first search by kernels that numba compiles, where a search is large and the extra ``fast`` is installed.

Nothing here imports numba before a search is large enough; without it a search stays with numpy, and says the same.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tdispmodel.engines.wide.bitmaps.multisets import Multisets
from tdispmodel.engines.wide.visited import Dense, Runs, TooWide

if TYPE_CHECKING:
    from tdispmodel.engines.wide.fast.search import Compiled
    from tdispmodel.engines.wide.search import Search

LEAST_STEPS = 10_000_000
"""After so many steps, from representatives, what is left may be worth half a second of loading."""
LEAST_OF_LEVEL = 1_000_000
"""So many steps the level must have: one with fewer is done before numba is loaded, and the last levels are small."""


def gone_over(search: Search) -> Compiled | None:
    """Return what goes on with a search; None where it is small, or kernels cannot be had, or it goes another way.

    Raises `LimitReached`.
    """
    if not search.fast or not isinstance(search.visited, Dense | Runs | Multisets) or not large(search):
        return None
    kernels = compiled()
    try:
        if kernels is not None:
            return kernels(search, search.visited)
    except TooWide:
        pass
    search.fast = False
    return None


def large(search: Search) -> bool:
    """Whether so much was done, and is to be done on this level, that loading kernels pays."""
    steps = search.transitions / max(1, search.stood_for)
    return steps * search.states >= LEAST_STEPS and steps * len(search.frontier) >= LEAST_OF_LEVEL


def compiled() -> type[Compiled] | None:
    """Return what searches with compiled kernels; None where they cannot be had."""
    if find_spec("numba") is None:
        return None
    try:
        found: type[Compiled] = import_module("tdispmodel.engines.wide.fast.search").Compiled
    except Exception:  # noqa: BLE001  # versions of Python or numpy that numba refuses, or what it kept is damaged
        return None
    return found
