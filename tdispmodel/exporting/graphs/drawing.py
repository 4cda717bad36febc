"""The graph of a system's states as DOT (E. R. Gansner, S. C. North, "An open graph visualization system", 2000) and as
GraphML (U. Brandes et al., "GraphML progress report", GD 2001).

A node has the values of the variables that are seen; an edge has the action instance that takes the step, and in
GraphML who moves.  A name that is not printable ASCII becomes another word; the beginning of the file says which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from tdispmodel.exporting.foreign import distinct, remark
from tdispmodel.exporting.graphs.states import Stop, View, never, seen
from tdispmodel.ir.expressions import Boolean, Bounded, Enumeration, Sort, Value
from tdispmodel.ir.system import System, SystemProperty

PRINTABLE = re.compile(r"[ -~]+", re.ASCII)


def dot(system: System, questions: Sequence[SystemProperty] = (), *, stop: Stop = never) -> str:
    """Return the graph for Graphviz; questions are no part of it.  Raises `Inexpressible` and `Unfinished`.

    `tdispmodel.exporting.projection` draws what a few variables go through.
    """
    del questions
    return "\n".join(_dot(seen(system, (), stop))) + "\n"


def graphml(
    system: System, questions: Sequence[SystemProperty] = (), *, view: Sequence[str] = (), stop: Stop = never
) -> str:
    """Return the graph for networkx, Gephi and yEd; questions are no part of it.

    Raises `Inexpressible` and `Unfinished`.
    """
    del questions
    return "\n".join(_graphml(seen(system, view, stop))) + "\n"


class Names:
    """What things are called in the file: as they are, or by another word where they are no printable ASCII."""

    def __init__(self, texts: Iterable[str]) -> None:
        told = list(dict.fromkeys(texts))
        plain = [text for text in told if PRINTABLE.fullmatch(text)]
        self.others = distinct([text for text in told if text not in set(plain)], plain)
        self.words = {text: text for text in plain} | self.others

    def legend(self) -> Iterator[str]:
        """For what the words stand that are no names themselves."""
        for text, word in self.others.items():
            yield f"{word} stands for {text!a}"


def counts(view: View) -> str:
    """Return how much of what the graph shows."""
    shown = "all variables" if len(view.variables) == len(view.system.variables) else "some variables"
    return (
        f"{remark(view.system.name)}, {shown}: {len(view.nodes)} nodes and {len(view.edges)} edges"
        f" of {view.states} states and {view.transitions} transitions"
    )


def _names(view: View) -> tuple[Names, Names]:
    members = [member for one in view.variables if isinstance(one.sort, Enumeration) for member in one.sort.members]
    return (
        Names([*(variable.name for variable in view.variables), *members]),
        Names(edge.action.name for edge in view.edges),
    )


def _dot(view: View) -> Iterator[str]:
    names, actions = _names(view)
    yield f"// {counts(view)}"
    yield "// dot -Tsvg FILE; start states have a thick border"
    for line in (*names.legend(), *actions.legend()):
        yield f"// {line}"
    yield "digraph states {"
    yield "node [shape=box];"
    for number, state in enumerate(view.nodes):
        values = zip(view.variables, state, strict=True)
        told = "\\n".join(_quoted(f"{names.words[one.name]}={_shown(value, names)}") for one, value in values)
        yield f'n{number} [label="{told}"{", penwidth=3" if number in view.starts else ""}];'
    for edge in view.edges:
        yield f'n{edge.source} -> n{edge.target} [label="{_quoted(actions.words[edge.action.name])}"];'
    yield "}"


def _quoted(text: str) -> str:
    """Return printable text as it stands in a label: no escape, no entity."""
    return "".join(
        character if character.isalnum() or character in " _=.,:()[]+-" else f"&#{ord(character)};"
        for character in text
    )


def _shown(value: Value, names: Names) -> str:
    return names.words[value] if isinstance(value, str) else str(value)


def _graphml(view: View) -> Iterator[str]:
    names, actions = _names(view)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
    told = [counts(view), *names.legend(), *actions.legend()]
    yield f"<desc>{escape('; '.join(told))}</desc>"
    for number, variable in enumerate(view.variables):
        name = escape(names.words[variable.name])
        yield f'<key id="v{number}" for="node" attr.name="{name}" attr.type="{_type(variable.sort)}"/>'
    yield '<key id="start" for="node" attr.name="is a start state" attr.type="boolean"/>'
    yield '<key id="action" for="edge" attr.name="action" attr.type="string"/>'
    yield '<key id="actor" for="edge" attr.name="actor" attr.type="string"/>'
    yield '<graph edgedefault="directed">'
    for number, state in enumerate(view.nodes):
        data = "".join(
            f'<data key="v{place}">{escape(_written(value, names))}</data>' for place, value in enumerate(state)
        )
        start = "true" if number in view.starts else "false"
        yield f'<node id="n{number}">{data}<data key="start">{start}</data></node>'
    for number, edge in enumerate(view.edges):
        action = escape(actions.words[edge.action.name])
        yield (
            f'<edge id="e{number}" source="n{edge.source}" target="n{edge.target}">'
            f'<data key="action">{action}</data><data key="actor">{edge.action.actor.value}</data></edge>'
        )
    yield "</graph>"
    yield "</graphml>"


def _type(sort: Sort) -> str:
    match sort:
        case Boolean():
            return "boolean"
        case Bounded():
            return "long"
        case Enumeration():
            return "string"


def _written(value: Value, names: Names) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return names.words[value] if isinstance(value, str) else str(value)
