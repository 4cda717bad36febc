"""The searches for fair loops broken on purpose, inside: the suite or the laws over random systems notice each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import networkx as nx
import pytest

from tdispmodel.engines import fairness, graph
from tdispmodel.engines.conformance import cases, faults
from tdispmodel.engines.fairness import FairGraph
from tdispmodel.engines.registry import engine
from tdispmodel.ir.model import Kind
from tdispmodel.ir.sorts import Fairness
from tdispmodel.verdict import Trace
from tests.faults.detectors import noticed

Patch = pytest.MonkeyPatch
ENDLESS = (Kind.LEADS_TO, Kind.NEVER_ENDLESS)


def given_up(patch: Patch) -> None:
    """A component that neglects a strongly fair action is given up, whatever loops it has."""

    def whole_ones(self: FairGraph, components: Iterable[Sequence[int]]) -> Iterator[frozenset[int]]:
        return (frozenset(component) for component in components if not self._neglected(component))

    patch.setattr(FairGraph, "fair_components", whole_ones)


def believed(patch: Patch) -> None:
    """What remains of a component without what it neglects is taken for fair."""

    def once(self: FairGraph, components: Iterable[Sequence[int]]) -> Iterator[frozenset[int]]:
        left = bytearray(len(self.neighbours))
        for component in components:
            neglected = self._neglected(component)
            if not neglected:
                yield frozenset(component)
            for state in component if neglected and all(self.strong[one] for one in neglected) else ():
                left[state] = neglected.isdisjoint(self.fair_enabled(state))
        yield from map(frozenset, self.components(left))

    patch.setattr(FairGraph, "fair_components", once)


def weak_left_out(patch: Patch) -> None:
    """States in which a neglected weakly fair action is enabled are left out, too, as if that made it disabled."""
    original = FairGraph.__init__

    def all_strong(self: FairGraph, explored: Any) -> None:
        original(self, explored)
        self.strong = bytearray(self.fair)
        self.any_strong = any(self.strong)

    patch.setattr(FairGraph, "__init__", all_strong)


def taken_anywhere(patch: Patch) -> None:
    """A step that leaves the component counts as taken in it."""
    original = FairGraph._neglected

    def lenient(self: FairGraph, component: Sequence[int]) -> set[int]:
        leaving = {action for state in component for action, _ in self.edges(state) if self.calm[action]}
        return original(self, component) - leaving

    patch.setattr(FairGraph, "_neglected", lenient)


def unpaid(patch: Patch) -> None:
    """A loop need not take the strongly fair actions that it enables."""
    original = fairness._Duties.__init__

    def lenient(self: Any, *given: Any) -> None:
        original(self, *given)
        self.seen, self.shift, self.all_seen, self.all = {}, 0, 0, self.always

    patch.setattr(fairness._Duties, "__init__", lenient)


def paid_by_seeing(patch: Patch) -> None:
    """To see a strongly fair action enabled is enough at the end of a loop."""
    patch.setattr(fairness._Duties, "discharged", lambda self, done: done & self.always == self.always)


def graph_gives_up(patch: Patch) -> None:
    """A component that neglects a strongly fair action is given up, whatever loops it has."""

    def whole_ones(self: Any, calm: nx.MultiDiGraph) -> Iterator[nx.MultiDiGraph]:
        loops = (self.within(calm, component) for component in nx.strongly_connected_components(calm))
        return (loop for loop in loops if not self.neglected(loop))

    patch.setattr(graph._Space, "fair_loops", whole_ones)


def graph_pays_nothing(patch: Patch) -> None:
    """A loop goes where it is not seen that a strongly fair action is owed."""
    original = graph._Space.lasso

    def lasso(self: Any, stem: Trace, loop: nx.MultiDiGraph, first: Any) -> Trace:
        kept, self.fair = self.fair, [action for action in self.fair if action.fairness is Fairness.WEAK]
        found = original(self, stem, loop, first)
        self.fair = kept
        return found

    patch.setattr(graph._Space, "lasso", lasso)


BROKEN = [
    *(("explicit", fault) for fault in (given_up, believed, weak_left_out, taken_anywhere, unpaid, paid_by_seeing)),
    *(("graph", fault) for fault in (graph_gives_up, graph_pays_nothing)),
]


@pytest.mark.parametrize(("name", "fault"), BROKEN, ids=[fault.__name__ for _, fault in BROKEN])
def test_a_broken_search_for_loops_is_noticed(name: str, fault: Callable[[Patch], None], monkeypatch: Patch) -> None:
    """The conformance suite or the law complains about the engine when it is broken in this way."""
    fault(monkeypatch)
    broken = engine(name)
    suite = (case for case in cases() if case.question.kind in ENDLESS)
    assert any(faults(broken, case, seconds=2.0) for case in suite) or noticed(broken, ENDLESS)
