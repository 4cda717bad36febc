"""What tells a mutant apart from the system: a shortest behaviour that only one of the two has.

Until its last step such a behaviour is one of both, so it is a shortest way of the system to a state in which they
differ, and a step from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import ne

import numpy as np

from tdispmodel.analysing.mutation.states.space import Numbers
from tdispmodel.analysing.mutation.states.walking import Base, Variant
from tdispmodel.ir.system import State
from tdispmodel.verdict import Trace


@dataclass(frozen=True)
class Apart:
    """The behaviour, and whether the mutant has it (else the system).

    ``usual`` is, for a start state that only one has, one of the other that differs in as few variables as any.
    """

    trace: Trace
    of_mutant: bool
    usual: State | None = None


def told_apart(variant: Variant) -> Apart:
    """Return what tells a mutant apart that differs."""
    base = variant.base
    for only, of_mutant in (
        (np.setdiff1d(variant.starts, base.starts), True),
        (np.setdiff1d(base.starts, variant.starts), False),
    ):
        if len(only):
            state = base.space.state(int(only[0]))
            others = base.space.states(base.starts if of_mutant else variant.starts)
            usual = min(others, key=lambda other: sum(map(ne, other, state)), default=None)
            return Apart(Trace(state), of_mutant, usual)
    here = int(variant.differing[0])  # numbers grow with the distance from the start
    steps = _way(base, here)
    for position, column in variant.columns.items():
        mine, theirs = int(column[here]), int(variant.before(position)[here])
        if mine != theirs:
            of_mutant = mine >= 0
            step = (variant.actions[position].name, mine if of_mutant else theirs)
            return Apart(_trace(base, here, [*steps, step]), of_mutant)
    message = "a state in which a mutant differs has a step that does"
    raise AssertionError(message)


def way(base: Base, number: int) -> Trace:
    """Return a shortest behaviour of the system to a state that it reaches."""
    return _trace(base, number, _way(base, number))


def _way(base: Base, number: int) -> list[tuple[str, int]]:
    before, by = base.tree
    steps: list[tuple[str, int]] = []
    while before[number] >= 0:
        steps.append((base.space.actions[int(by[number])].name, number))
        number = int(before[number])
    return steps[::-1]


def _trace(base: Base, number: int, steps: list[tuple[str, int]]) -> Trace:
    before: Numbers = base.tree[0]
    first = number
    while before[first] >= 0:
        first = int(before[first])
    return Trace(base.space.state(first), tuple((name, base.space.state(after)) for name, after in steps))
