"""The engine on a networkx graph, where it has to stop early."""

from __future__ import annotations

from tdispmodel.engines import graph
from tdispmodel.semantics import Scope, ground
from tests.reading.texts import model

COUNTER = """class Counter(Component):
    counted: Annotated[int, Range(0, 3)] = 0

    @action(by=Actor.KERNEL)
    def count(self) -> None:
        require(self.counted < 3)
        self.counted += 1
"""


def test_an_incomplete_graph_is_not_prepared_for_questions() -> None:
    """When the time is over, none is spent on copies of a graph that answers nothing."""
    system = ground(model(COUNTER), Scope())
    assert "calm" not in vars(graph._Space(system, lambda _: "out of time"))  # it is what takes the time
    assert "calm" in vars(graph._Space(system, lambda _: ""))  # as above
