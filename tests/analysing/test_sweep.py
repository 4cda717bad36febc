"""Which changes are tried."""

from __future__ import annotations

import pytest

from tdispmodel.analysing.sweep import changed_plans, tried
from tdispmodel.checking.asking import Plan
from tdispmodel.ir.expressions import BOOLEAN, TRUE, Actor, Bounded, Enumeration, Fairness, Sort, Value
from tdispmodel.ir.model import Action, Component, Constant, Kind, Model, Property


@pytest.mark.parametrize(
    ("sort", "now", "expected"),
    [
        (BOOLEAN, True, [False]),
        (Enumeration("Colour", ("RED", "GREEN", "BLUE")), "GREEN", ["RED", "BLUE"]),
        (Bounded(1, 4), 2, [1, 3, 4]),
        (Bounded(0, 10**15), 7, [0, 6, 8, 10**15]),
        (Bounded(0, 10**15), 0, [1, 10**15]),
        (Bounded(5, 5), 5, []),
    ],
)
def test_values(sort: Sort, now: Value, expected: list[Value]) -> None:
    """All other values of a constant are tried, of very many integers the ends and the neighbours."""
    assert expected == tried(Constant("size", sort, now), now)


def test_changes() -> None:
    """One assumption changes at a time, in the order of the model: free constants, then what the host can do."""
    actions = (
        Action("knock", "Door", Actor.HOST, fairness=Fairness.NONE),
        Action("look", "Door", Actor.KERNEL, fairness=Fairness.WEAK),
    )
    constants = (Constant("a", BOOLEAN, True), Constant("b", BOOLEAN, True, fixed=True), Constant("c", BOOLEAN, True))
    model = Model("door", "Door", (Component("Door", ("Door",), actions=actions),), constants)
    wanted = Property("holds", "TDM1", Kind.INVARIANT, "Door", TRUE, given=(("c", False),))
    found = dict(changed_plans(model, wanted, Plan(constants={"a": False})))
    assert {
        "a=True": Plan(constants={"a": True}),
        "without host.knock": Plan(constants={"a": False}, without=("host.knock",)),
    } == found
