"""The engines over bits against trying everything: random systems with deadlocks, steps out of range, no start state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from tdispmodel.engines.bits.bounded import BoundedBits
from tdispmodel.engines.bits.ic3 import Ic3
from tdispmodel.engines.conformance import Case, cases
from tdispmodel.engines.conformance.plain import DEEP
from tdispmodel.engines.protocol import Engine, Limits
from tdispmodel.ir.expressions import FALSE, AtMost, Read, number
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer, InductiveInvariant
from tests.engines_solvers.brute_force import BruteForce
from tests.laws.oracle import Oracle
from tests.laws.random_systems import asked_systems, law

FINITE = (Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE)
KINDS = (Kind.INVARIANT, Kind.INVARIANT, Kind.STEP, Kind.STEP, Kind.MUST_BE_POSSIBLE)
ENGINES: dict[str, Engine] = {"sat": BoundedBits(), "ic3": Ic3()}
Asked = tuple[System, tuple[SystemProperty, ...]]


@pytest.mark.parametrize("name", ENGINES)
@law(40)
@given(asked=asked_systems(KINDS, may_leave_range=True))
def test_nothing_contradicts_trying_everything(name: str, asked: Asked) -> None:
    """No answer, trace, bound or certificate of the engine contradicts the reference, and every question has one."""
    system, questions = asked
    reference = BruteForce(system)
    verdicts = list(ENGINES[name].answer(system, questions, Limits(depth=10)))
    assert sorted(map(id, questions)) == sorted(id(verdict.property) for verdict in verdicts)
    assert [] == [objection for verdict in verdicts for objection in reference.objections(verdict)]


@law(40)
@given(asked=asked_systems(FINITE))
def test_small_systems_are_decided(asked: Asked) -> None:
    """IC3 leaves nothing of these small systems open, and knows what holds vacuously."""
    system, questions = asked
    oracle = Oracle(system)
    for verdict in Ic3().answer(system, questions, Limits()):
        assert verdict.answer is not Answer.OPEN
        premised = verdict.property.antecedent is not None and verdict.property.kind is not Kind.MUST_BE_POSSIBLE
        if verdict.answer is Answer.HOLDS and premised:
            assert verdict.vacuous is oracle.vacuous(verdict.property)


@pytest.mark.parametrize("name", ENGINES)
@law(20)
@given(asked=asked_systems(FINITE))
def test_without_a_start_state_nothing_happens(name: str, asked: Asked) -> None:
    """Where no state is a start state nothing is violated and nothing possible, and IC3 shows it."""
    system, questions = asked
    verdicts = list(ENGINES[name].answer(replace(system, initially=FALSE), questions, Limits(depth=4)))
    expected = dict.fromkeys((Kind.INVARIANT, Kind.STEP), Answer.HOLDS) | {Kind.MUST_BE_POSSIBLE: Answer.VIOLATED}
    for verdict in verdicts:
        assert verdict.answer is (expected[verdict.property.kind] if name == "ic3" else Answer.OPEN)
    assert all(judged.accepted for judged in judge_all(replace(system, initially=FALSE), verdicts))


@law(10)
@given(asked_systems(FINITE))
def test_answers_are_repeatable(asked: Asked) -> None:
    """Asked again, each engine gives the same verdicts, traces and certificates in the same order."""
    system, questions = asked
    for engine in ENGINES.values():
        first, second = (list(engine.answer(system, questions, Limits(depth=10))) for _ in range(2))
        assert [(found.answer, found.trace, found.certificate, found.reason) for found in first] == [
            (found.answer, found.trace, found.certificate, found.reason) for found in second
        ]


CASES = {case.name: case for case in cases() if case.question.kind in FINITE}
TOO_LARGE = {"wide integer"}
"""What has more values than are written out."""
ERRORS = {name for name, case in CASES.items() if case.answer is None}


def asked_of(engine: Engine, case: Case, limits: Limits) -> Answer:
    """What the engine answers to the question of a case."""
    (verdict,) = engine.answer(case.system, [case.question], limits)
    return verdict.answer


@pytest.mark.parametrize("name", sorted(CASES.keys() - TOO_LARGE - ERRORS))
def test_ic3_decides_the_conformance_suite(name: str) -> None:
    """IC3 decides each case that is about finite behaviours, however deep: 41 levels of the chain among them."""
    assert asked_of(Ic3(), CASES[name], Limits()) is CASES[name].answer


@pytest.mark.parametrize("name", sorted(CASES.keys() - TOO_LARGE - ERRORS))
def test_sat_finds_what_can_be_found(name: str) -> None:
    """Bounded search finds each violation and each witness of the suite, and leaves everything else open."""
    case = CASES[name]
    shown = (case.answer is Answer.VIOLATED) is not (case.question.kind is Kind.MUST_BE_POSSIBLE)
    assert asked_of(BoundedBits(), case, Limits(depth=41)) is (case.answer if shown else Answer.OPEN)


@pytest.mark.parametrize("name", ENGINES)
def test_what_does_not_lower_is_open(name: str) -> None:
    """A variable of two million million values is said to be too large for bits."""
    case = CASES["wide integer"]
    (verdict,) = ENGINES[name].answer(case.system, [case.question], Limits())
    assert verdict.answer is Answer.OPEN
    assert verdict.reason == "does not lower: w has more than 256 values"


@pytest.mark.parametrize("name", ENGINES)
def test_other_kinds_are_open(name: str) -> None:
    """What stays possible is open with a reason that says so."""
    question = replace(CASES["true invariant"].question, kind=Kind.STAYS_POSSIBLE)
    (verdict,) = ENGINES[name].answer(CASES["true invariant"].system, [question], Limits())
    assert verdict.answer is Answer.OPEN
    assert verdict.reason == f"{name} does not decide stays_possible properties"


@pytest.mark.parametrize("name", ENGINES)
def test_without_time_everything_is_open(name: str) -> None:
    """With no time at all every question is open, and the reason says why."""
    case = CASES["true invariant"]
    (verdict,) = ENGINES[name].answer(case.system, [case.question], Limits(seconds=0.0))
    assert (verdict.answer, verdict.reason) == (Answer.OPEN, "out of time after 0 s")


@pytest.mark.parametrize("name", ENGINES)
def test_without_memory_everything_is_open(name: str) -> None:
    """With a hundred bytes every question is open, and the reason says why."""
    case = CASES["deep truth"]
    (verdict,) = ENGINES[name].answer(case.system, [case.question], Limits(memory=100))
    assert verdict.answer is Answer.OPEN
    assert verdict.reason.startswith("out of memory (0.0001 MB)")


def test_bounded_search_says_how_far_it_came() -> None:
    """The chain ends after 40 steps: what is true of it is open with the bound, and no behaviour is longer."""
    case = CASES["deep truth"]
    for depth, said in ((7, "nothing found within 7 steps"), (60, "and no behaviour is longer")):
        (verdict,) = BoundedBits().answer(case.system, [case.question], Limits(depth=depth))
        assert said in verdict.reason
        assert verdict.bound is not None
        assert verdict.bound <= depth


def test_progress_is_told() -> None:
    """Both engines say where they stand."""
    case, told = CASES["deep violation"], []
    for engine in ENGINES.values():
        list(engine.answer(case.system, [case.question], Limits(), told.append))
    assert "sat: nothing within 12 steps, 1 questions open" in told
    assert any(line.startswith("ic3: asked: nothing within 12 steps, ") for line in told)


def test_a_question_gets_more_time_in_a_later_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first share of time is too short for is taken up again, and decided."""
    monkeypatch.setattr("tdispmodel.engines.bits.ic3.FIRST_SECONDS", 1e-9)
    monkeypatch.setattr("tdispmodel.engines.bits.ic3.MORE", 1e12)
    assert asked_of(Ic3(), CASES["deep truth"], Limits()) is Answer.HOLDS


def test_certificates_of_equal_needs_are_one() -> None:
    """Two questions that the same lemmas answer carry the same invariant, which is judged once."""
    case = CASES["deep truth"]
    (counted,) = case.system.variables
    same = SystemProperty("same", "T", Kind.INVARIANT, AtMost(Read(counted.name, counted.sort), number(DEEP)))
    verdicts = list(Ic3().answer(case.system, [same, replace(same, name="again")], Limits()))
    first, second = (verdict.certificate for verdict in verdicts)
    assert isinstance(first, InductiveInvariant)
    assert isinstance(second, InductiveInvariant)
    assert first.invariant is second.invariant
