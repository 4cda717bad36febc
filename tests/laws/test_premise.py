"""Laws of premises: what must be reachable lest a formula hold for nothing."""

from __future__ import annotations

import pytest
from hypothesis import given

from tdispmodel.ir.expressions import BOOLEAN, TRUE, And, Expression, If, Not, Or, Read, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.premise import antecedent
from tdispmodel.ir.system import System, SystemProperty
from tests.laws.oracle import Oracle
from tests.laws.random_systems import asked_systems, law

A, B, C, D = (Read(name, BOOLEAN) for name in "abcd")
KINDS = (Kind.INVARIANT, Kind.STEP)

PREMISES = [
    (A, None),
    (Or((A, B)), None),
    (Or((Not(A), B)), A),
    (Or((B, Not(A))), A),
    (Or((Not(A), Not(B), C)), And((A, B))),
    (Or((Not(A), Or((Not(B), C)))), And((A, B))),
    (Or((Not(A), Not(B))), A),
    (Not(And((A, B))), A),
    (Not(And((A, Not(B)))), A),
    (If(A, B, TRUE), A),
    (If(A, TRUE, B), Not(A)),
    (And((Or((Not(A), B)), Or((Not(C), D)))), Or((A, C))),
    (And((Or((Not(A), B)), C)), None),
]


@pytest.mark.parametrize(("formula", "premise"), PREMISES)
def test_the_premise_of_a_formula(formula: Expression, premise: Expression | None) -> None:
    """Implications in all their written forms have the premise that one reads in them, other formulas have none."""
    assert antecedent(formula) == premise


@law(150)
@given(asked_systems(KINDS))
def test_a_formula_without_its_premise_is_true(pair: tuple[System, tuple[SystemProperty, ...]]) -> None:
    """Where the premise of a formula is false the formula is true: a premise never met means that it holds for nothing."""
    system, asked = pair
    oracle = Oracle(system)
    for question in asked:
        premise = antecedent(question.formula)
        if premise is None:
            continue
        either = Or((premise, question.formula))
        assert not oracle.ever(negation(either))
