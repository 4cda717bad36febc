"""Spacer as an engine: what it decides, and that nothing it says is believed unchecked."""

from __future__ import annotations

import pytest

from tdispmodel.engines.pdr import Pdr, Spacer
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import FALSE, TRUE, Expression, Took
from tdispmodel.ir.model import Kind
from tdispmodel.verdict import Answer, InductiveInvariant, Witness
from tests.engines_solvers.asking import asked
from tests.engines_solvers.bench_tdi import bench_tdi
from tests.engines_solvers.brute_force import BruteForce
from tests.engines_solvers.corners import DIGITS, counter, three_locks, walk
from tests.engines_solvers.small_systems import among, ask, equal, invariant, negated, read

PDR = Pdr()
CYCLE = walk((0, 1), (1, 0), (3, 4))
"""Only 0 and 1 are reached, for ever; 4 would be reached from 3."""
NEVER_FOUR = invariant("never_four", negated(equal(DIGITS, 4)))


def spacer_says(monkeypatch: pytest.MonkeyPatch, answer: Expression | None) -> None:
    """Let Spacer give this invariant whatever it is asked; None says that it can be reached."""
    monkeypatch.setattr(Spacer, "asked", lambda *_: answer)


@pytest.mark.parametrize("devices", [1, 2, 3])
def test_bench_tdi_is_decided(devices: int) -> None:
    """I1, I2 and I4 hold, I3 is violated after ten steps: the published answers."""
    system, questions = bench_tdi(devices)
    answers = {verdict.property.name: verdict for verdict in PDR.answer(system, questions, Limits())}
    expected = [Answer.HOLDS, Answer.HOLDS, Answer.VIOLATED, Answer.HOLDS]
    assert expected == [answers[question.name].answer for question in questions]
    assert len(answers[questions[2].name].trace or ()) == 10


def test_a_proof_comes_with_an_invariant() -> None:
    """What holds has an inductive invariant that trying all states confirms."""
    system = three_locks()
    verdict = asked(PDR, system, invariant("silence", negated(read("alarm"))))
    assert isinstance(verdict.certificate, InductiveInvariant)
    assert [] == BruteForce(system).objections(verdict)


def test_integers_are_read_back() -> None:
    """An invariant about integers, with arithmetic in the system, comes back as a formula."""
    verdict = asked(PDR, counter(), invariant("at_least_seven", among(DIGITS, 7, 8, 9)))
    assert Answer.HOLDS is verdict.answer
    assert [] == BruteForce(counter()).objections(verdict)


def test_what_can_never_happen_is_not_possible() -> None:
    """A must-be-possible state that is unreachable is violated, with the invariant that excludes it."""
    verdict = asked(PDR, CYCLE, ask(Kind.MUST_BE_POSSIBLE, equal(DIGITS, 4)))
    assert (Answer.VIOLATED, None) == (verdict.answer, verdict.trace)
    assert [] == BruteForce(CYCLE).objections(verdict)


def test_a_step_that_can_never_happen_is_not_possible() -> None:
    """The same of a step."""
    verdict = asked(PDR, CYCLE, ask(Kind.MUST_BE_POSSIBLE, Took(frozenset({"3_4"}))))
    assert Answer.VIOLATED is verdict.answer
    assert [] == BruteForce(CYCLE).objections(verdict)


def test_what_can_happen_is_witnessed() -> None:
    """A reachable state is witnessed by a behaviour."""
    verdict = asked(PDR, CYCLE, ask(Kind.MUST_BE_POSSIBLE, equal(DIGITS, 1)))
    assert isinstance(verdict.certificate, Witness)
    assert [] == BruteForce(CYCLE).objections(verdict)


def test_a_step_property_is_proven() -> None:
    """The step out of the unreachable 3 is never taken."""
    verdict = asked(PDR, CYCLE, ask(Kind.STEP, negated(Took(frozenset({"3_4"})))))
    assert Answer.HOLDS is verdict.answer
    assert [] == BruteForce(CYCLE).objections(verdict)


def test_a_deadlocked_bad_state_is_violated() -> None:
    """A bad state that no step leaves is found."""
    verdict = asked(PDR, walk((0, 1), (1, 2)), invariant("not_two", negated(equal(DIGITS, 2))))
    assert (Answer.VIOLATED, 2) == (verdict.answer, len(verdict.trace or ()))


@pytest.mark.parametrize("said", [TRUE, equal(DIGITS, 0), negated(equal(DIGITS, 1))])
def test_an_invariant_that_is_none_is_not_believed(monkeypatch: pytest.MonkeyPatch, said: Expression) -> None:
    """When Spacer's invariant is too weak or not kept by a step, the question stays open."""
    spacer_says(monkeypatch, said)
    verdict = asked(PDR, CYCLE, NEVER_FOUR)
    assert Answer.OPEN is verdict.answer
    assert verdict.reason.startswith("Spacer's invariant could not be confirmed")


def test_a_false_proof_of_what_is_violated_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """When Spacer calls a property proven that is violated beyond the depth, it is not reported to hold."""
    spacer_says(monkeypatch, FALSE)
    system = walk(*((digit, digit + 1) for digit in range(9)))
    verdict = asked(PDR, system, invariant("not_nine", negated(equal(DIGITS, 9))), depth=4)
    assert (Answer.OPEN, None) == (verdict.answer, verdict.certificate)


def test_a_violation_without_a_trace_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """When Spacer says that a violation can be reached and no search finds it, the question stays open."""
    spacer_says(monkeypatch, None)
    verdict = asked(PDR, CYCLE, NEVER_FOUR, depth=20)
    assert Answer.OPEN is verdict.answer
    assert verdict.reason.startswith("Spacer says that it can be reached, but no trace was found")


def test_without_start_states_everything_holds() -> None:
    """No behaviour at all violates nothing, and false is the invariant."""
    empty = type(CYCLE)("empty", CYCLE.variables, CYCLE.actions, FALSE)
    verdict = asked(PDR, empty, invariant("never_two", equal(DIGITS, 2)))
    assert Answer.HOLDS is verdict.answer
    assert [] == BruteForce(empty).objections(verdict)


def test_other_kinds_are_left_open_with_the_reason() -> None:
    """A liveness question is open, and the reason names what can be decided."""
    verdict = asked(PDR, CYCLE, ask(Kind.LEADS_TO, equal(DIGITS, 1)))
    expected = "pdr decides invariant, step and must_be_possible properties, not leads_to"
    assert (Answer.OPEN, expected) == (verdict.answer, verdict.reason)


def test_used_up_time_leaves_questions_open() -> None:
    """Without any time the answer is open."""
    verdict = asked(PDR, CYCLE, NEVER_FOUR, seconds=0.0)
    assert (Answer.OPEN, "out of time after 0 s") == (verdict.answer, verdict.reason)
