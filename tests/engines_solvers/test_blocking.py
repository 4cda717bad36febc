"""Clauses on demand: the states from which an action leads somewhere."""

from __future__ import annotations

from itertools import islice

from hypothesis import given

from tdispmodel.engines.blocking import afterwards, leading
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tests.engines_solvers.brute_force import BruteForce
from tests.laws.random_systems import asked_systems, law

STATES = 20


@law(25)
@given(asked_systems((Kind.INVARIANT, Kind.STEP), may_leave_range=True))
def test_leading_is_the_condition_before_the_step(asked: tuple[System, tuple[SystemProperty, ...]]) -> None:
    """A state satisfies the condition exactly when the action can happen there and its step satisfies the formula."""
    system, (invariant, step) = asked
    reference = BruteForce(system)
    for state in islice(reference.everywhere(), STATES):
        steps = dict(reference.steps(state))
        for action in system.actions:
            after = steps.get(action.name)
            for formula in (afterwards(invariant.formula), step.formula):
                expected = after is not None and reference.semantics.holds(formula, state, after, action.name)
                assert expected == reference.semantics.holds(leading(system, action, formula), state)
