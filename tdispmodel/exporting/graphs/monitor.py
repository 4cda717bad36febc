"""What one variable does, as an automaton for the kernel's run-time verification (D. B. de Oliveira et al., "Efficient
Formal Verification for the Linux Kernel", SEFM 2019; Documentation/trace/rv/deterministic_automata.rst).

The states are the values that the variable has in reachable states, the events the action instances that change it
somewhere; wherever such an action can happen, the automaton has an edge, to the same state where nothing changes.  So
each behaviour of the system, of which one notes these actions, is accepted, and what the automaton rejects at run time
is no behaviour of the design.  With ``changes`` an action is noted only when it changes the variable, as by a
tracepoint that a refused verb does not reach.

The monitor knows no more than its state: where the same event leads from one state to two, or there are two start
states, the export is refused and says which; more variables may tell the states apart.

The form is that of rvgen, which reads lines: ``digraph state_automaton {``, the states and then the start, the edges.
What the words stand for is said behind the end, where rvgen does not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tdispmodel.exporting.foreign import OF_C, Inexpressible, distinct
from tdispmodel.exporting.graphs.states import Edge, Stop, View, never, seen
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import State, System, SystemProperty

DEFAULT = "tdi"
SEVERAL = " and "
RESERVED = (*OF_C.split(), "INVALID_STATE", "state_max", "event_max", "label")
MARKS = ("doublecircle", "ellipse", "label")
"""Words that rvgen looks for anywhere in a line."""


def rv(
    system: System,
    questions: Sequence[SystemProperty] = (),
    *,
    view: Sequence[str] = (),
    changes: bool = False,
    stop: Stop = never,
) -> str:
    """Return the automaton for rvgen; questions are no part of it.

    Raises `Inexpressible`, with the clashing pair when it is not deterministic, and `Unfinished`.
    """
    del questions
    wanted = tuple(view) or default(system)
    found = seen(system, wanted, stop)
    events = {edge.action.name for edge in found.edges if edge.source != edge.target}
    edges = [
        edge for edge in found.edges if edge.action.name in events and not (changes and edge.source == edge.target)
    ]
    if not events:
        message = f"nothing ever changes {SEVERAL.join(wanted)}"
        raise Inexpressible(message)
    _is_deterministic(found, edges)
    return "\n".join(_lines(found, edges)) + "\n"


def default(system: System) -> tuple[str, ...]:
    """Return what is seen where nobody says what: the state of the first TDI, or the only variable."""
    names = [variable.name for variable in system.variables]
    found = [name for name in names if name.rpartition(".")[2] == DEFAULT]
    if found or len(names) == 1:
        return ((found or names)[0],)
    message = "no variable is called tdi: say with --view which one it is about"
    raise Inexpressible(message)


def _is_deterministic(view: View, edges: Sequence[Edge]) -> None:
    """Raise `Inexpressible` with the first two start states, or the first two edges, between which nothing decides."""
    told = SEVERAL.join(variable.name for variable in view.variables)
    if len(view.starts) > 1:
        first, second = (_values(view.nodes[number]) for number in view.starts[:2])
        message = f"what {told} does is not deterministic: it starts as {first} and as {second}"
        raise Inexpressible(message)
    known: dict[tuple[int, str], Edge] = {}
    for edge in edges:
        other = known.setdefault((edge.source, edge.action.name), edge)
        if other is not edge:
            first, second = _values(view.nodes[other.target]), _values(view.nodes[edge.target])
            message = (
                f"what {told} does is not deterministic: in {_values(view.nodes[edge.source])}, {edge.action.name}"
                f" leads to {first} and to {second} ({_apart(view.system, other.before, edge.before)});"
                " see more variables (--view), or note what changes them alone (--changes)"
            )
            raise Inexpressible(message)


def _apart(system: System, one: State, other: State) -> str:
    """Return what tells two states apart, and so what may be seen as well."""
    found = [
        f"{variable.name} {_value(first)} or {_value(second)}"
        for variable, first, second in zip(system.variables, one, other, strict=True)
        if first != second
    ]
    return f"{', '.join(found[:3])}{', ...' if len(found) > 3 else ''}"


def _value(value: Value) -> str:
    return value if isinstance(value, str) else str(value)


def _values(state: State) -> str:
    return ", ".join(map(_value, state))


def _lines(view: View, edges: Sequence[Edge]) -> Iterator[str]:
    told = {state: repr(state) for state in view.nodes}
    found = _words(told.values(), RESERVED)
    words = [found[told[state]] for state in view.nodes]
    events = _words(dict.fromkeys(edge.action.name for edge in edges), (*RESERVED, *words))
    first = words[view.starts[0]]
    yield "digraph state_automaton {"
    for word in words:
        yield f'\t{{node [shape = {"doublecircle" if word == first else "circle"}] "{word}"}};'
    yield f'\t{{node [shape = plaintext, style=invis, label=""] "__init_{first}"}};'
    yield f'\t"__init_{first}" -> "{first}";'
    joined: dict[tuple[int, int], list[str]] = {}
    for edge in edges:
        joined.setdefault((edge.source, edge.target), []).append(events[edge.action.name])
    for (source, target), several in joined.items():
        labels = "\\n".join(several)
        yield f'\t"{words[source]}" -> "{words[target]}" [ label = "{labels}" ];'
    yield "\t{ rank = min ;"
    yield f'\t\t"__init_{first}";'
    yield f'\t\t"{first}";'
    yield "\t}"
    yield "}"
    yield "// rvgen monitor -c da -s FILE.dot -t global"
    yield f"// states: the values of {SEVERAL.join(f'{one.name!a}' for one in view.variables)}"
    for word, state in zip(words, view.nodes, strict=True):
        yield f"// {word} is {_values(state)!a}"
    for name, word in events.items():
        yield f"// {word} is {name!a}"


def _words(texts: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Return an identifier of C for each text, all different, none of those taken, none that rvgen stumbles over."""
    told, used = list(texts), set(taken)
    found = distinct(told, used)
    used |= set(found.values())
    for number, text in enumerate(told):
        if any(mark in found[text] for mark in MARKS):
            (found[text],) = distinct([f"x {number}"], used).values()
            used.add(found[text])
    return found
