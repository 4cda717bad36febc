"""What becomes of a question when instances and constants are put in."""

from __future__ import annotations

import pytest

from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.registry import engine
from tdispmodel.judging import judge_all
from tdispmodel.semantics import Scope, ground
from tdispmodel.semantics.grounding import ground_properties
from tdispmodel.verdict import Answer
from tests.reading.texts import model

GUEST = """class Guest(Component):
    strict: Constant[bool] = True
    locked: bool = False

    @initially
    def never(self) -> bool:
        return self.locked


@leads_to(after=lambda now: now.strict)
def locks(now: Guest) -> bool:
    return now.locked


@invariant
def is_locked(now: Guest) -> bool:
    return not now.strict or now.locked
"""


def test_a_premise_that_a_constant_makes_true_is_none() -> None:
    """Where ``strict`` is true the premise says nothing, so no question has one, as if it were not written."""
    found = model(GUEST)
    asked = [one for wanted in found.properties for one in ground_properties(found, wanted, Scope())]
    assert [None, None] == [one.antecedent for one in asked]


def test_without_a_start_state_engines_and_judge_agree_on_vacuity() -> None:
    """The model starts nowhere, so everything holds; no engine says something of the premise that the judge denies."""
    found = model(GUEST)
    asked = [one for wanted in found.properties for one in ground_properties(found, wanted, Scope())]
    system = ground(found, Scope())
    for name in ("explicit", "graph"):
        verdicts = list(engine(name).answer(system, asked, Limits()))
        assert [True, True] == [judgement.accepted for judgement in judge_all(system, verdicts)]


@pytest.mark.parametrize("formula", ["not now.locked", "step.actor is not Actor.HOST", "not step.is_(Guest.crash)"])
def test_what_must_be_possible_on_a_step_needs_a_step(formula: str) -> None:
    """Where nothing can happen no step shows it, although the start state satisfies all that is left of the formula."""
    text = f"""class Guest(Component):
    locked: bool = False

    @action(by=Actor.HOST)
    def crash(self) -> None:
        self.locked = False


@removes(Guest.crash)
class Dead(Guest):
    pass


@must_be_possible
def happens(now: Guest, after: Guest, step: Step) -> bool:
    return {formula}
"""
    found = model(text)
    asked = list(ground_properties(found, found.properties[0], Scope()))
    for name in ("explicit", "graph", "bmc"):
        (verdict,) = engine(name).answer(ground(found, Scope()), asked, Limits())
        assert verdict.answer is not Answer.HOLDS
