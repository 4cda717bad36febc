"""Shortest behaviours to what a search met, found by going back through its levels.

Given a `Search`; gives a `Trace` for each `Met`.  A state's predecessors on the level before are looked for among the
states that differ from it in no more instances than some action changes; only these are expanded once more.  Of several
predecessors the one with the least values is taken, however states are numbered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tdispmodel.compiling.arrays import Flags
from tdispmodel.compiling.parts import WHOLE, Numbers
from tdispmodel.engines.protocol import LimitReached
from tdispmodel.engines.wide.bitmaps.product import Product
from tdispmodel.engines.wide.formulas import Here
from tdispmodel.engines.wide.orbits import Replay
from tdispmodel.engines.wide.search import Left, Met, Search
from tdispmodel.engines.wide.symmetry import Permutation
from tdispmodel.engines.wide.visited import Keys
from tdispmodel.ir.system import State, System, SystemAction
from tdispmodel.semantics import LeavesRange, Semantics
from tdispmodel.verdict import OutOfRange, Trace


@dataclass(frozen=True)
class _Wanted:
    """A way that is being followed back: the states known so far, the last first, and the actions between them."""

    key: int
    states: tuple[State, ...]
    actions: tuple[int, ...]


def out_of_range(search: Search, left: Left) -> OutOfRange:
    """Return what a step that leaves a range means, with a shortest behaviour.  Raises `LimitReached`."""
    (trace,) = traces(search, [Met(left.met.level, left.met.numbers)])
    return leaving(search.system, search.actions[left.met.action], trace)


def leaving(system: System, action: SystemAction, trace: Trace) -> OutOfRange:
    """Return what it means that an action, or its like, leaves a range after a behaviour."""
    semantics = Semantics(system)
    enabled = semantics.enabled(trace.states[-1])  # by another instance's action, if these are interchangeable
    for each in sorted(enabled, key=lambda one: one is not action):
        try:
            semantics.step(trace.states[-1], each)
        except LeavesRange as found:
            return OutOfRange(trace, found.action, found.variable, found.value)
    message = f"{action.name} does not leave a range"
    raise AssertionError(message)


def traces(search: Search, met: Sequence[Met], last: Sequence[Permutation] = ()) -> list[Trace]:
    """Return a shortest behaviour to each; levels are gone through once for all of them.  Raises `LimitReached`.

    ``last`` says for each, if instances are interchangeable, which part is which one where it was met.
    """
    same = tuple(range(len(search.parts.names)))
    wanted: dict[int, list[tuple[int, _Wanted]]] = {}
    for number, each in enumerate(met):
        wanted.setdefault(each.level, []).append((number, _last(search, each)))
    following: list[tuple[int, _Wanted]] = []
    for level in range(max(wanted, default=0), -1, -1):
        following = [*_before(search, level, following), *wanted.get(level, [])]
    found = dict(following)
    return [_forwards(search, found[number], each, last[number] if last else same) for number, each in enumerate(met)]


def _last(search: Search, met: Met) -> _Wanted:
    key = int(search.visited.keys([np.array([number], np.int32) for number in met.numbers])[0])
    state = _state(search, key)
    if met.action < 0:
        return _Wanted(key, (state,), ())
    after = Semantics(search.system).step(state, search.actions[met.action])
    return _Wanted(key, (after, state), (met.action,))


def _before(search: Search, level: int, wanted: Sequence[tuple[int, _Wanted]]) -> Iterator[tuple[int, _Wanted]]:
    """Yield the ways one step further back, to a state of ``level``."""
    if not wanted:
        return
    sought = np.array(sorted({each.key for _, each in wanted}))
    reached: dict[int, tuple[tuple[int, ...], int, int]] = {}
    for keys in _pieces(search, level, sought):
        search.look(ways=True)
        some = keys[near(search, search.visited.numbers(keys), search.visited.numbers(sought))]
        here = Here(search.tables, search.visited.numbers(some))
        for steps in search.moves.steps(here) if len(some) else ():
            after = search.visited.keys(search.after(here, steps))
            places = np.flatnonzero(np.isin(after, sought))
            sources = steps.source[places]
            rows = search.parts.whole([each[sources] for each in here.numbers]).tolist()
            for row, place, source in zip(rows, places.tolist(), sources.tolist(), strict=True):
                key = int(after[place])
                step = tuple(row), int(steps.action[place]), int(some[source])
                reached[key] = min(step, reached.get(key, step))
    for number, each in wanted:
        if each.key not in reached:
            message = "no step leads to what was found"
            raise LimitReached(message)
        _, action, key = reached[each.key]
        yield number, _Wanted(key, (*each.states, _state(search, key)), (*each.actions, action))


def _pieces(search: Search, level: int, wanted: Keys) -> Iterator[Keys]:
    visited = search.visited
    if isinstance(visited, Product):
        return visited.pieces_near(level, search.chunk, visited.numbers(wanted))
    return visited.pieces(level, search.chunk)


def near(search: Search, here: Sequence[Numbers], there: Sequence[Numbers]) -> Flags:
    """Return which of some states one step may take to one of the others, and perhaps more of them."""
    found: Flags = np.zeros(len(here[WHOLE]), np.bool_)
    for place in range(len(there[WHOLE])):
        found |= _may_become(search, here, [int(each[place]) for each in there])
    return found


def _may_become(search: Search, here: Sequence[Numbers], wanted: Sequence[int]) -> Flags:
    """Whether states differ from a wanted one in one instance, or in instances that a broad action changes."""
    differs = search.orbits.differing(here, wanted)
    far = np.zeros(len(here[WHOLE]), np.int64)
    for each in differs:
        far += each
    near: Flags = far <= 1
    for changed in {frozenset(broad.changed) for broad in search.moves.broad}:
        elsewhere = np.zeros(len(far), np.int64)
        for kind, each in zip(search.orbits.kinds, differs, strict=True):
            elsewhere += np.maximum(each - len(changed.intersection(kind)), 0)
        near |= elsewhere == 0
    return near


def _state(search: Search, key: int) -> State:
    return search.packing.unpacked(search.parts.whole(search.visited.numbers(np.array([key]))))[0]


def _forwards(search: Search, way: _Wanted, met: Met, last: Permutation) -> Trace:
    states, actions = way.states[::-1], way.actions[::-1]
    names = [search.actions[action].name for action in actions]
    if search.orbits.classes:
        replay = Replay(search.system, search.packing, search.parts, search.orbits)
        return replay.behaviour(states if met.action < 0 else states[:-1], names, last)
    return Trace(states[0], tuple(zip(names, states[1:], strict=True)))
