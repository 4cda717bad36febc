"""How many devices are looked at: witnesses of formulas, devices of actions, and where the bounds end."""

from __future__ import annotations

import pytest

from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import (
    BOOLEAN,
    TRUE,
    Actor,
    And,
    Binder,
    Count,
    Equal,
    Expression,
    Fairness,
    Field,
    If,
    Less,
    Not,
    Or,
    Quantified,
    SameInstance,
    negation,
    number,
)
from tdispmodel.ir.model import Action, Component, Kind, Model, Parameter, Part, Property, Update, Variable
from tdispmodel.parametric import bounds
from tdispmodel.parametric.answers import findings
from tdispmodel.parametric.bounds import Bounds
from tdispmodel.parametric.clauses import first_image, images, padded, quantified, width
from tdispmodel.parametric.induction import Induction, first_of_their_kind
from tdispmodel.parametric.witnesses import NotCovered, exactly, to_keep, total
from tdispmodel.semantics.families import Family, Kinds
from tdispmodel.verdict import Answer, QuantifiedClause


def on(name: str) -> Field:
    """That a unit or a cell is on."""
    return Field(name, "on", BOOLEAN)


def quantifier(
    binder: Binder, body: Expression, of: str = "units", bound: str = "u", where: Expression = TRUE
) -> Expression:
    """All or some of a collection."""
    return Quantified(binder, bound, of, body, where)


ALL, ANY = quantifier(Binder.ALL, on("u")), quantifier(Binder.ANY, on("u"))
OFF = quantifier(Binder.ANY, negation(on("u")))
CELLS = quantifier(Binder.ANY, on("c"), "cells", "c")
TWO = quantifier(Binder.ANY, quantifier(Binder.ANY, And((on("u"), on("v"), Not(SameInstance("u", "v")))), bound="v"))
ALONE = quantifier(Binder.ANY, quantifier(Binder.ALL, Or((on("v"), SameInstance("u", "v"))), bound="v"))
EVERY_PAIR = quantifier(Binder.ALL, quantifier(Binder.ALL, Or((on("u"), on("v"))), bound="v"))

COUNTS: dict[str, tuple[Expression, dict[str, int], dict[str, int]]] = {
    "a truth value": (on("self"), {}, {}),
    "all: one that breaks it": (ALL, {}, {"units": 1}),
    "some: one that makes it true": (ANY, {"units": 1}, {}),
    "not all": (Not(ALL), {"units": 1}, {}),
    "the same one twice": (And((ANY, Or((ANY, on("self"))))), {"units": 1}, {}),
    "two of them": (And((ANY, OFF)), {"units": 2}, {}),
    "one of each collection": (And((ANY, CELLS)), {"units": 1, "cells": 1}, {}),
    "two in one": (TWO, {"units": 2}, {}),
    "pairs": (EVERY_PAIR, {}, {"units": 2}),
    "a condition needs both": (If(ALL, on("self"), ANY), {"units": 2}, {"units": 1}),
    "a comparison needs both": (Equal(ALL, on("self")), {"units": 1}, {"units": 1}),
    "of those that are on": (quantifier(Binder.ANY, on("self"), where=on("u")), {"units": 1}, {}),
}


@pytest.mark.parametrize("name", COUNTS)
def test_witnesses(name: str) -> None:
    """A formula that is true needs so many devices to stay true, and one that is false so many to stay false."""
    formula, true, false = COUNTS[name]
    assert (true, false) == (total(to_keep(formula, true=True)), total(to_keep(formula, true=False)))


def test_witnesses_of_a_value() -> None:
    """A value stays the same with the witnesses of either case, the same quantifier counted once."""
    assert total(exactly(If(ANY, number(1), If(ANY, number(2), number(3))))) == {"units": 1}


@pytest.mark.parametrize(
    ("formula", "true", "said"),
    [
        (
            quantifier(Binder.ALL, quantifier(Binder.ANY, on("v"), bound="v")),
            True,
            "for each device it asks for another one",
        ),
        (ALONE, False, "for each device it asks for another one"),
        (quantifier(Binder.ALL, on("u"), where=quantifier(Binder.ALL, on("v"), bound="v")), True, "for each device"),
        (Less(number(0), Quantified(Binder.SUM, "u", "units", on("u"))), True, "it counts devices with sum"),
        (Less(number(0), Count("units")), True, "it asks how many units there are"),
    ],
)
def test_what_needs_more_and_more_is_refused(formula: Expression, true: bool, said: str) -> None:
    """A witness for each device, sums and numbers are refused, in words."""
    with pytest.raises(NotCovered, match=said):
        to_keep(formula, true=true)


def test_a_device_that_is_alone_is_one_witness() -> None:
    """That one device differs from all others needs that one only, to stay true."""
    assert total(to_keep(ALONE, true=True)) == {"units": 1}


# --- a model ---------------------------------------------------------------------------------------------------------


def plan(*actions: Action, own: tuple[Action, ...] = (), parameters: int = 0) -> Model:
    """A model with two collections of the same class, a single one, and these actions of the root and of each unit."""
    unit = Component("Unit", ("Unit",), (Variable("on", BOOLEAN, (False,)),), own)
    parts = (Part("units", "Unit", many=True), Part("cells", "Unit", many=True), Part("core", "Unit", many=False))
    many = Action(
        "crowd", "Plan", Actor.HOST, Fairness.NONE, tuple(Parameter(f"p{at}", "Unit") for at in range(parameters))
    )
    root = Component(
        "Plan", ("Plan",), (Variable("on", BOOLEAN, (False,)),), (*actions, *[many] * bool(parameters)), parts
    )
    return Model("plan", "Plan", (root, unit))


def test_devices_of_an_action() -> None:
    """The owner and each parameter may be in either collection, and are counted in both."""
    move = Action("move", "Plan", Actor.HOST, Fairness.NONE, (Parameter("one", "Unit"), Parameter("other", "Unit")))
    wake = Action("wake", "Unit", Actor.HOST, Fairness.NONE, updates=(Update("self", "on", TRUE),))
    model = plan(move, own=(wake,))
    known = Bounds(model)
    assert [known.step(action, {}) for action in known.actions] == [2, 1]
    assert [known.step(action, {"units": 2}) for action in known.actions] == [4, 3]
    assert known.start({"cells": 3}) == 3
    about = Property("all_on", "", Kind.STEP, "Unit", on("now"), (Parameter("other", "Unit"),))
    assert known.question(about).state() == 2
    assert [known.question(about).step(action) for action in known.actions] == [4, 3]


def test_an_action_of_too_many_devices_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instances with very many action instances are not made; the property is open, and the reason says why."""
    model = plan(parameters=5)
    wanted = Property("off", "", Kind.INVARIANT, "Unit", negation(on("now")))
    family = Family(model, Kinds())
    assert family.actions(2) == 5**5
    monkeypatch.setattr(bounds, "MOST_ACTIONS", 5_000)
    (finding,) = findings(family, [wanted], (), Limits(30)).values()
    assert finding.verdict.answer is Answer.OPEN
    assert "there are more than" in finding.verdict.reason


def test_wide_clauses_do_not_stand_in_the_way_of_others() -> None:
    """A candidate about so many devices that instances would be too large is left out; the others are looked at."""
    induction = Induction(Family(plan(parameters=2), Kinds()), Limits())
    clause = QuantifiedClause((("u", "units"),), negation(on("u")))
    wide = padded(clause, ("units",), 9)
    assert width(wide) == {"units": 9}
    induction.learn([wide, clause])
    assert induction.kept == (clause,)


# --- clauses ---------------------------------------------------------------------------------------------------------


def test_clauses_that_differ_in_devices_are_one() -> None:
    """What is said of the first and third device is what is said of the second and first; its images are all pairs."""
    clause = QuantifiedClause((("u", "units"), ("v", "units")), Or((on("u"), negation(on("v")))))
    found = {quantified(image) for image in images(clause, 3)}
    assert len(found) == 1
    (again,) = found
    assert again is not None
    assert {frozenset(one.children) for one in images(again, 3)} == {
        frozenset(one.children) for one in images(clause, 3)
    }
    assert len(list(images(again, 3))) == 6
    assert first_image(again, 1) is None


def test_a_clause_about_very_many_devices_is_none() -> None:
    """Formulas about five devices are no candidates."""
    five = QuantifiedClause(tuple((f"u{at}", "units") for at in range(5)), And(tuple(on(f"u{at}") for at in range(5))))
    image = first_image(five, 5)
    assert image is not None
    assert quantified(image) is None


def test_representatives() -> None:
    """Devices are named in the order in which they come; other names would be the same question again."""
    assert first_of_their_kind([("units", 0), ("cells", 0), ("units", 1), ("units", 0)])
    assert not first_of_their_kind([("units", 1)])
    assert not first_of_their_kind([("units", 0), ("units", 2)])
