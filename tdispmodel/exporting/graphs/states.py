"""The reachable states of a system as a graph, or what is seen of them by some of its variables.

Given a system, the variables to be seen (none: all) and when to stop; gives a `View`: its nodes are the values that the
variables have in reachable states, its edges the steps between them.  With fewer variables than there are it is a
projection: each behaviour of the system is one of the view, but the view may have more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tdispmodel.compiling.successors import Compiled, Leaves, breadth_first
from tdispmodel.exporting.foreign import Inexpressible
from tdispmodel.ir.system import State, System, SystemAction, SystemVariable
from tdispmodel.semantics import TooManyStarts

Stop = Callable[[int], str]
"""Is told how many states were found, and says why no more are wanted (empty: go on)."""

MOST_NODES = 50_000
CHECK_EVERY = 1024


def never(_: int) -> str:
    """All states are wanted."""
    return ""


class Unfinished(Exception):
    """Time or memory was used up before all states were found; the message says which, and how many were."""


@dataclass(frozen=True)
class Edge:
    """A step as it is seen: from node to node by an action instance; ``before`` is a state that takes it."""

    source: int
    action: SystemAction
    target: int
    before: State


@dataclass(frozen=True)
class View:
    """What is seen.  Nodes stand in the order of breadth-first search, the edges of a node in that of the actions.

    ``starts`` are the nodes of start states; ``states`` and ``transitions`` count what the system has.
    """

    system: System
    variables: tuple[SystemVariable, ...]
    nodes: tuple[State, ...]
    starts: tuple[int, ...]
    edges: tuple[Edge, ...]
    states: int
    transitions: int


def seen(system: System, names: Sequence[str] = (), stop: Stop = never) -> View:
    """Return what the variables called ``names`` show.

    Raises `Inexpressible` for a variable that there is not, when there are too many nodes or when an integer leaves its
    range, and `Unfinished` when ``stop`` says so.
    """
    unknown = [name for name in names if name not in system.index]
    if unknown:
        message = f"there is no variable {unknown[0]}"
        raise Inexpressible(message)
    places = [system.index[name] for name in dict.fromkeys(names)] or list(range(len(system.variables)))
    compiled = Compiled(system)
    nodes: dict[State, int] = {}
    edges: dict[tuple[int, int, int], int] = {}

    def node(packed: int) -> int:
        state = compiled.unpack(packed)
        return nodes.setdefault(tuple(state[place] for place in places), len(nodes))

    transitions = 0
    try:
        number = {packed: node(packed) for packed in compiled.starts()}
        starts = tuple(dict.fromkeys(number.values()))
        for position, (packed, steps) in enumerate(breadth_first(compiled, tuple(number))):
            if position % CHECK_EVERY == 0:
                _looked(stop, len(number), len(nodes))
            for action, after in steps:
                transitions += 1
                if after not in number:
                    number[after] = node(after)
                edges.setdefault((number[packed], action, number[after]), packed)
    except Leaves as left:
        name, variable = system.actions[left.action].name, system.variables[left.variable].name
        message = f"an integer leaves its range: {name} assigns {left.value} to {variable}"
        raise Inexpressible(message) from None
    except TooManyStarts as many:
        raise Inexpressible(many.words) from None
    _looked(stop, len(number), len(nodes))
    return View(
        system,
        tuple(system.variables[place] for place in places),
        tuple(nodes),
        starts,
        tuple(
            Edge(source, system.actions[action], target, compiled.unpack(edges[source, action, target]))
            for source, action, target in sorted(edges)
        ),
        len(number),
        transitions,
    )


def _looked(stop: Stop, states: int, nodes: int) -> None:
    """Raise what ends the search, if anything does."""
    if nodes > MOST_NODES:
        message = f"there are more than {MOST_NODES} nodes; see fewer variables (--view)"
        raise Inexpressible(message)
    reason = stop(states)
    if reason:
        message = f"{reason} after {states} states"
        raise Unfinished(message)
