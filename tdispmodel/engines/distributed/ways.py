"""Shortest behaviours to what a partitioned search met: each partition is asked for the steps that lead there.

The same as `wide.ways` does in one process: of several predecessors the one with the least values is taken, so that the
behaviour does not depend on the partitions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tdispmodel.engines.distributed.partition import Row
from tdispmodel.engines.protocol import LimitReached
from tdispmodel.engines.wide.search import Met
from tdispmodel.ir.system import State
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Trace

if TYPE_CHECKING:
    from tdispmodel.engines.distributed.search import Partitioned


@dataclass(frozen=True)
class _Way:
    """A way that is being followed back from what was met, ``number``: the states known so far, the last first, and the
    actions between them.
    """

    number: int
    row: Row
    states: tuple[State, ...]
    actions: tuple[int, ...] = ()


def traces(search: Partitioned, met: Sequence[Met]) -> list[Trace]:
    """Return a shortest behaviour to each; levels are gone through once for all of them.  Raises `LimitReached`."""
    following: list[_Way] = []
    for level in range(max((each.level for each in met), default=-1), -1, -1):
        begun = [_last(search, number, each) for number, each in enumerate(met) if each.level == level]
        following = [*_one_back(search, level, following), *begun]
    found = {way.number: way for way in following}
    return [_forwards(search, found[number]) for number in range(len(met))]


def _last(search: Partitioned, number: int, met: Met) -> _Way:
    state = _state(search, met.numbers)
    if met.action < 0:
        return _Way(number, met.numbers, (state,))
    after = Semantics(search.system).step(state, search.system.actions[met.action])
    return _Way(number, met.numbers, (after, state), (met.action,))


def _one_back(search: Partitioned, level: int, ways: Sequence[_Way]) -> Iterator[_Way]:
    """Yield the ways one step further back, to a state of ``level``."""
    rows = sorted({way.row for way in ways})
    steps = search.before(level, np.array(rows, np.uint64)) if rows else []
    before = {rows[step.place]: step for step in steps}
    for way in ways:
        if way.row not in before:
            message = "no step leads to what was found"
            raise LimitReached(message)
        step = before[way.row]
        states = (*way.states, _state(search, step.row))
        yield replace(way, row=step.row, states=states, actions=(*way.actions, step.action))


def _state(search: Partitioned, row: Row) -> State:
    return search.packing.unpacked(np.array([row], np.uint64))[0]


def _forwards(search: Partitioned, way: _Way) -> Trace:
    states = way.states[::-1]
    names = [search.system.actions[action].name for action in way.actions[::-1]]
    return Trace(states[0], tuple(zip(names, states[1:], strict=True)))
