"""The state graph of a few variables, one component's say: what they go through while everything else is left out.

Given a system and the names of variables; gives a `Projection`: which combinations of their values are reachable, and
which actions lead from one to another.  Steps that change none of them are left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from tdispmodel.compiling.successors import Compiled, Leaves, breadth_first
from tdispmodel.exporting.foreign import Inexpressible
from tdispmodel.ir.system import System

MOST_STATES = 500_000
MOST_NODES = 400
ARGUMENTS = re.compile(r"\(.*\)$")

Values = tuple[str, ...]


@dataclass(frozen=True)
class Projection:
    """``nodes`` in the order in which breadth-first search meets them, those of start states first; for each change the
    names of the actions that make it.
    """

    name: str
    variables: tuple[str, ...]
    nodes: tuple[Values, ...]
    starts: tuple[Values, ...]
    moves: dict[tuple[Values, Values], tuple[str, ...]]


def viewed(system: System, wanted: str) -> tuple[str, ...]:
    """Return the variables that a view names: variables, or instances for all of theirs, with commas between them.

    Raises KeyError with the part that names nothing.
    """
    found: list[str] = []
    for part in filter(None, (piece.strip() for piece in wanted.split(","))):
        known = [name for name in system.index if name == part or name.rpartition(".")[0] == part]
        if not known:
            raise KeyError(part)
        found += known
    if not found:
        raise KeyError(wanted)
    return tuple(dict.fromkeys(found))


def projected(system: System, variables: Sequence[str]) -> Projection:
    """Return what the variables go through.  Raises `Inexpressible` when that is too much."""
    compiled = Compiled(system)
    positions = [system.index[name] for name in variables]
    pick = itemgetter(*positions) if len(positions) > 1 else lambda state: (state[positions[0]],)
    shown: dict[int, Values] = {}

    def node(packed: int) -> Values:
        if packed not in shown:
            shown[packed] = tuple(map(_word, pick(compiled.unpack(packed))))
        return shown[packed]

    begins = list(compiled.starts())
    starts = tuple(dict.fromkeys(map(node, begins)))
    moves: dict[tuple[Values, Values], set[str]] = {}
    try:
        for packed, steps in breadth_first(compiled, begins):
            for action, after in steps:
                if node(packed) != node(after):
                    name = ARGUMENTS.sub("", system.actions[action].name)
                    moves.setdefault((node(packed), node(after)), set()).add(name)
            if len(shown) > MOST_STATES:
                message = f"more than {MOST_STATES} states"
                raise Inexpressible(message)
    except Leaves as left:
        message = f"{system.actions[left.action].name} takes an integer out of its range"
        raise Inexpressible(message) from None
    nodes = tuple(dict.fromkeys(shown.values()))
    if len(nodes) > MOST_NODES:
        message = f"more than {MOST_NODES} combinations of values, which nobody would look at"
        raise Inexpressible(message)
    listed = {move: tuple(sorted(names)) for move, names in moves.items()}
    return Projection(system.name, tuple(variables), nodes, starts, listed)


def _word(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def dot(seen: Projection) -> str:
    """Return the graph in Graphviz's language."""
    lines = [f"digraph {quoted(seen.name)} {{", "    rankdir=LR;", f"    label={quoted(', '.join(seen.variables))};"]
    lines += ["    node [shape=box, style=rounded];"]
    number = {values: f"n{position}" for position, values in enumerate(seen.nodes)}
    lines += [f"    {number[values]} [label={quoted(label(values))}];" for values in seen.nodes]
    for position, values in enumerate(seen.starts):
        lines += [f"    start{position} [shape=point];", f"    start{position} -> {number[values]};"]
    for (before, after), names in seen.moves.items():
        lines.append(f"    {number[before]} -> {number[after]} [label={quoted(chr(10).join(names))}];")
    return "\n".join([*lines, "}"]) + "\n"


def label(values: Values) -> str:
    """Return what stands in a node."""
    return "\n".join(values)


def quoted(text: str) -> str:
    """Return a string of Graphviz's language that shows ``text`` as it is."""
    plain = text.encode("ascii", "backslashreplace").decode("ascii")
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
