"""Who keeps the sets of places of a system: decision diagrams where they are installed, else lists of states.

Given a system and limits; gives trackers, the next one where the one before did not have enough nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tdispmodel.analysing.conforming.search.places import Tracker
from tdispmodel.analysing.conforming.search.visiting import Visiting
from tdispmodel.analysing.conforming.showing import Showing
from tdispmodel.compiling.successors import Compiled
from tdispmodel.engines.protocol import Limits, Progress

try:
    from tdispmodel.analysing.conforming.search.diagrams import Diagrams
    from tdispmodel.engines.diagrams.encoding import bits_of
    from tdispmodel.engines.diagrams.engine import BYTES_PER_NODE, LEAST_CAPACITY, MOST_BITS, capacities
    from tdispmodel.engines.diagrams.exploring import Watch
except ImportError:
    INSTALLED = False
else:
    INSTALLED = True


Choice = Callable[[Compiled, Showing, Limits, Progress], Iterator[Tracker[Any]]]
"""Who may keep the sets of a system, one after the other."""


def listing(compiled: Compiled, showing: Showing, limits: Limits, progress: Progress) -> Iterator[Tracker[Any]]:
    """Yield who lists states."""
    yield Visiting(compiled, showing, limits, progress)


def trackers(compiled: Compiled, showing: Showing, limits: Limits, progress: Progress) -> Iterator[Tracker[Any]]:
    """Yield who may keep the sets; each may raise `MemoryError`, and then the next one is to be asked."""
    if INSTALLED and bits_of(compiled.system) <= MOST_BITS:
        least = LEAST_CAPACITY * BYTES_PER_NODE
        for capacity in capacities(limits) if limits.memory is None or limits.memory >= least else ():
            yield Diagrams(compiled, showing, capacity, Watch(limits, progress))
    else:
        yield from listing(compiled, showing, limits, progress)
