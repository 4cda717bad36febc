"""The reachable part of a system as a networkx graph, for small systems and for people who want to look at one.

Given a system; gives a directed multigraph whose nodes are states (tuples of values) and whose edges carry the action
instance's name as their key.  It is built from the reference semantics and shares no code with compiled successors.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import networkx as nx

from tdispmodel.ir.system import State, System
from tdispmodel.semantics import LeavesRange, Semantics, TooManyStarts

CHECK_EVERY = 256


def never(_: int) -> str:
    """Never stop early."""
    return ""


@dataclass(frozen=True)
class Reachable:
    """What was reached: nodes stand in the order in which breadth-first search found them.

    ``stopped`` says why the graph is incomplete (empty: it is complete).  ``left`` is the first state in which an
    enabled action takes an integer out of its range, with what happens there; the graph then ends before that step.
    """

    graph: nx.MultiDiGraph
    starts: tuple[State, ...]
    stopped: str = ""
    left: tuple[State, LeavesRange] | None = None


def reachable(system: System, stop: Callable[[int], str] = never) -> Reachable:
    """Return the reachable states and steps of ``system``.

    ``stop`` is asked now and then, with the number of states found, for a reason to stop (empty: none).
    """
    semantics = Semantics(system)
    graph = nx.MultiDiGraph()
    try:
        starts = tuple(dict.fromkeys(semantics.initial_states()))
    except TooManyStarts as many:
        return Reachable(graph, (), stopped=many.words)
    graph.add_nodes_from(starts)
    waiting = deque(starts)
    expanded = 0
    while waiting:
        if expanded % CHECK_EVERY == 0 and (reason := stop(len(graph))):
            return Reachable(graph, starts, stopped=reason)
        expanded += 1
        state = waiting.popleft()
        try:
            steps = list(semantics.successors(state))
        except LeavesRange as left:
            return Reachable(graph, starts, left=(state, left))
        for action, after in steps:
            if after not in graph:
                waiting.append(after)
            graph.add_edge(state, after, key=action.name)
    return Reachable(graph, starts)
