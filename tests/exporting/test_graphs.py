"""The graphs that are drawn and written have the states and steps of the system, or those of its projection."""

from __future__ import annotations

from collections import Counter as Multiset
from collections.abc import Sequence
from html import unescape
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, strategies as st

from tdispmodel.compiling.graphs import reachable
from tdispmodel.engines.conformance.writing import Counter, Flag, move, system
from tdispmodel.exporting.foreign import Inexpressible
from tdispmodel.exporting.graphs import drawing, states
from tdispmodel.exporting.graphs.drawing import dot, graphml
from tdispmodel.exporting.graphs.states import Unfinished, View, seen
from tdispmodel.ir.expressions import TRUE, Enumeration, Literal, negation
from tdispmodel.ir.system import Assignment, State, System, SystemVariable
from tests.exporting.checkers import graphviz
from tests.exporting.test_models import CATALOGUE, counted, group_of
from tests.exporting.test_monitor import bench
from tests.laws.random_systems import law, systems

Graph = tuple[dict[State, bool], Multiset[tuple[State, str, State]]]
"""Nodes, each with whether it is a start, and edges with the action that takes the step."""


def expected(made: System, names: Sequence[str] = ()) -> Graph:
    """The graph of what is seen, by the reference semantics."""
    found = reachable(made)
    places = [made.index[name] for name in names] or range(len(made.variables))

    def shown(state: State) -> State:
        return tuple(state[place] for place in places)

    starts = set(map(shown, found.starts))
    edges = {(shown(one), action, shown(other)) for one, other, action in found.graph.edges(keys=True)}
    return {shown(state): shown(state) in starts for state in found.graph}, Multiset(edges)


def by_networkx(text: str, names: Sequence[str]) -> Graph:
    """What networkx reads of a file in GraphML."""
    read = nx.parse_graphml(text, force_multigraph=True)
    nodes = {node: tuple(data[name] for name in names) for node, data in read.nodes(data=True)}
    assert len(set(nodes.values())) == len(nodes)
    return (
        {nodes[node]: starts for node, starts in read.nodes(data="is a start state")},
        Multiset((nodes[one], action, nodes[other]) for one, other, action in read.edges(data="action")),
    )


def compare(made: System, names: Sequence[str] = ()) -> None:
    """Compare what networkx reads with the reference semantics, values with their types."""
    nodes, edges = expected(made, names)
    found_nodes, found_edges = by_networkx(graphml(made, view=names), names or [one.name for one in made.variables])
    assert (nodes, edges) == (found_nodes, found_edges)
    assert {tuple(map(type, node)) for node in nodes} == {tuple(map(type, node)) for node in found_nodes}


@law(60)
@given(made=systems(), data=st.data())
def test_networkx_reads_the_graph(made: System, data: st.DataObject) -> None:
    """Of random systems networkx reads the states and steps of the reference, and with some variables seen those of the
    projection.
    """
    compare(made)
    compare(made, [one.name for one in data.draw(st.lists(st.sampled_from(made.variables), unique=True))])


def drawn(made: System, folder: Path) -> Graph:
    """What Graphviz reads of a file in DOT, values as text."""
    labels, edges, thick = graphviz(dot(made), folder)
    wanted = [one.name for one in made.variables]
    nodes = [
        tuple(unescape(line).removeprefix(f"{name}=") for name, line in zip(wanted, label.split("\\n"), strict=True))
        for label in labels
    ]
    assert len(set(nodes)) == len(nodes)
    return dict(zip(nodes, thick, strict=True)), Multiset(
        (nodes[one], name, nodes[other]) for one, other, name in edges
    )


@law(10)
@given(made=systems())
def test_graphviz_reads_the_graph(made: System, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of random systems Graphviz reads the states and steps of the reference, start states with a thick border."""
    nodes, edges = expected(made)

    def text(state: State) -> State:
        return tuple(map(str, state))

    told = {text(state): starts for state, starts in nodes.items()}
    steps = Multiset((text(one), action, text(other)) for one, action, other in edges.elements())
    assert (told, steps) == drawn(made, tmp_path_factory.mktemp("drawn"))


HOSTILE = ('a"b', "a\\nb", "a&amp;b", "<b>", "x\ny", "\u00e9", "\u00e8", "\x00", "a]]>b", "", " ")


def strange() -> System:
    """A variable, its values and actions, called as a careless writer would not survive."""
    word = SystemVariable(HOSTILE[0], Enumeration("Word", HOSTILE), (HOSTILE[0],))
    moves = [move(name, TRUE, Assignment(word.name, Literal(name, word.sort))) for name in HOSTILE]
    return System(HOSTILE[4], (word,), tuple(moves))


def test_names_of_strangers_are_kept_apart(tmp_path: Path) -> None:
    """Printable names arrive as they are, others as words of their own, which the beginning of the file explains; Graphviz
    and networkx find as many nodes and edges as there are.
    """
    made, count = strange(), len(HOSTILE)
    plain = {name for name in HOSTILE if name and name.isprintable() and name.isascii()}
    found, edges = by_networkx(graphml(made), [HOSTILE[0]])
    assert (count, count * count) == (len(found), edges.total())
    assert {(name,) for name in plain} <= found.keys()
    assert count == len({action for _, action, _ in edges})
    shown, lines = drawn(made, tmp_path)
    assert (count, count * count) == (len(shown), lines.total())
    assert {(name,) for name in plain} <= shown.keys()
    assert graphml(made).isascii()
    assert dot(made).isascii()
    for text in (unescape(graphml(made)), dot(made)):
        assert all(f"stands for {name!a}" in text for name in ("\u00e9", "x\ny", "\x00", ""))


def test_parallel_steps_are_edges_of_their_own() -> None:
    """Two actions that do the same are two edges, and a step that changes nothing is one from a node to itself."""
    flag = Flag("flag")
    moves = [move(name, TRUE, flag.becomes(TRUE)) for name in ("one", "other")]
    nodes, edges = by_networkx(graphml(system("lamp", (flag,), *moves)), ["flag"])
    assert {(False,): True, (True,): False} == nodes
    assert {((one,), name, (True,)): 1 for one in (False, True) for name in ("one", "other")} == dict(edges)


def test_bench_tdi() -> None:
    """The graph of bench-tdi with one device has its 143 states and 565 transitions, as published and as others count."""
    read = nx.parse_graphml(graphml(bench()), force_multigraph=True)
    assert (143, 565) == (read.number_of_nodes(), read.number_of_edges())


@pytest.mark.long
@pytest.mark.parametrize("proposal", sorted(CATALOGUE.proposals))
def test_the_graph_of_a_proposal(proposal: str) -> None:
    """The graph of a proposal has as many nodes and edges as exhaustive search counts states and transitions."""
    made = group_of(proposal).system
    read = nx.parse_graphml(graphml(made), force_multigraph=True)
    assert counted(made) == (read.number_of_nodes(), read.number_of_edges())


def test_what_is_too_much_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many nodes, a range that is left and a variable that there is not are refused; a limit ends the search."""
    counter = Counter("n", 9)
    up = move("up", TRUE, counter.add(1))
    with pytest.raises(Inexpressible, match="an integer leaves its range: up assigns 10 to n"):
        dot(system("count", (counter,), up))
    with pytest.raises(Inexpressible, match="there is no variable m"):
        graphml(system("count", (counter,), up), view=["m"])
    made = system("count", (counter,), move("up", negation(counter.at(9)), counter.add(1)))
    with pytest.raises(Unfinished, match="no more time after 10 states"):
        dot(made, stop=lambda count: "no more time" if count == 10 else "")
    monkeypatch.setattr(states, "MOST_NODES", 9)
    with pytest.raises(Inexpressible, match="there are more than 9 nodes; see fewer variables"):
        dot(made)


def first_edge(view: View) -> View:
    """A view in which all edges but the first of each pair of nodes are lost."""
    kept = {(edge.source, edge.target): edge for edge in reversed(view.edges)}
    return View(view.system, view.variables, view.nodes, view.starts, tuple(kept.values()), 0, 0)


def no_start(view: View) -> View:
    """A view without start states."""
    return View(view.system, view.variables, view.nodes, (), view.edges, 0, 0)


FAULTS = {"parallel edges are lost": first_edge, "starts are lost": no_start}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a fault in what is written the comparison fails."""
    flag = Flag("flag")
    made = system("lamp", (flag,), *(move(name, TRUE, flag.becomes(TRUE)) for name in ("one", "other")))
    compare(made)
    monkeypatch.setattr(drawing, "seen", lambda *given: FAULTS[fault](seen(*given)))
    with pytest.raises(AssertionError):
        compare(made)
