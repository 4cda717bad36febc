"""Sets of states as numbers: the values of a state are digits, the first variable's the lowest.

Given a system and states, `numbered` gives their numbers, `plain_states` the document ``tdispmodel/states/1``: the
least number, then how much greater each one is than the one before.  Differences are short, and need no compression
that another version of a library might do otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import add

from tdispmodel.certifying.plain import Plain
from tdispmodel.compiling.layout import Layout
from tdispmodel.ir.sorts import size
from tdispmodel.ir.system import State, System

STATES_SCHEMA = "tdispmodel/states/1"
MOST_STATES = 1 << 19
"""How many states the stand-alone checker looks at."""


def numbered(system: System, states: Sequence[State]) -> list[int]:
    """Return the number of each state."""
    return _weighed(system, states, [size(variable.sort) for variable in system.variables])


def packed(system: System, states: Sequence[State]) -> list[int]:
    """Return each state as compiled systems have it."""
    return _weighed(system, states, [1 << slot.width for slot in Layout(system).slots])


def _weighed(system: System, states: Sequence[State], sizes: Sequence[int]) -> list[int]:
    found, weight = [0] * len(states), 1
    columns: Iterable[tuple[object, ...]] = zip(*states, strict=True)
    for variable, radix, column in zip(system.variables, sizes, columns, strict=True):
        places = {value: weight * code for code, value in enumerate(variable.sort.values)}
        found = list(map(add, found, map(places.__getitem__, column)))  # type: ignore[arg-type]  # values of the variable
        weight *= radix
    return found


def plain_states(numbers: Iterable[int]) -> Plain:
    """Return the document of a set of states, given by their numbers in any order."""
    ordered = sorted(numbers)
    return {
        "schema": STATES_SCHEMA,
        "states": [*ordered[:1], *(after - before for before, after in pairwise(ordered))],
    }
