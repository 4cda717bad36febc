"""The solver engines against trying everything, over random systems with deadlocks, arithmetic and steps out of range."""

from __future__ import annotations

import pytest
from hypothesis import given

from tdispmodel.engines.bmc import BoundedSearch
from tdispmodel.engines.induction import Induction
from tdispmodel.engines.pdr import Pdr
from tdispmodel.engines.protocol import Engine, Limits
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Answer
from tests.engines_solvers.brute_force import BruteForce
from tests.laws.random_systems import asked_systems, law

KINDS = (Kind.INVARIANT, Kind.INVARIANT, Kind.STEP, Kind.STEP, Kind.MUST_BE_POSSIBLE)
ENGINES: dict[str, Engine] = {
    "bmc": BoundedSearch(),
    "induction": Induction(),
    "plain induction": Induction(strengthening=False),
    "pdr": Pdr(),
}
Asked = tuple[System, tuple[SystemProperty, ...]]


@pytest.mark.parametrize("name", ENGINES)
@law(15)
@given(asked=asked_systems(KINDS, may_leave_range=True))
def test_nothing_contradicts_trying_everything(name: str, asked: Asked) -> None:
    """No answer, trace, bound or certificate of the engine contradicts the reference, and every question has one."""
    system, questions = asked
    reference = BruteForce(system)
    verdicts = list(ENGINES[name].answer(system, questions, Limits(depth=10)))
    assert sorted(map(id, questions)) == sorted(id(verdict.property) for verdict in verdicts)
    assert [] == [objection for verdict in verdicts for objection in reference.objections(verdict)]


@pytest.mark.parametrize("name", ["induction", "pdr"])
@law(15)
@given(asked=asked_systems(KINDS[:-1]))
def test_small_systems_are_decided(name: str, asked: Asked) -> None:
    """Strengthened induction and Spacer leave no invariant or step property of these small systems open."""
    system, questions = asked
    verdicts = ENGINES[name].answer(system, questions, Limits())
    assert [] == [(verdict.property, verdict.reason) for verdict in verdicts if verdict.answer is Answer.OPEN]


@law(3)
@given(asked_systems(KINDS))
def test_answers_are_repeatable(asked: Asked) -> None:
    """Asked again, each engine gives the same verdicts, traces and certificates in the same order."""
    system, questions = asked
    for engine in ENGINES.values():
        first, second = (list(engine.answer(system, questions, Limits(depth=10))) for _ in range(2))
        assert [(found.answer, found.trace, found.certificate, found.reason) for found in first] == [
            (found.answer, found.trace, found.certificate, found.reason) for found in second
        ]
