"""Induction: which way proves what, certificates by hand, what stays open."""

from __future__ import annotations

import pytest

from tdispmodel.compiling.terms import Terms
from tdispmodel.engines.induction import Induction
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.strengthening import Strengthening
from tdispmodel.ir.expressions import FALSE, Took
from tdispmodel.ir.model import Kind
from tdispmodel.verdict import Answer, InductiveInvariant, KInduction
from tests.engines_solvers.asking import asked
from tests.engines_solvers.bench_tdi import bench_tdi
from tests.engines_solvers.brute_force import BruteForce
from tests.engines_solvers.corners import DIGITS, counter, three_locks, walk
from tests.engines_solvers.small_systems import among, ask, equal, implies, invariant, negated, read

INDUCTION = Induction()
PLAIN = Induction(strengthening=False)
UNREACHABLE_TAIL = ((0, 1), (1, 0), (3, 4), (4, 4), (4, 5))
"""From 0 only 1 is reached; 5 is reached from 3 in two steps, or after waiting in 4."""


@pytest.mark.parametrize("devices", [1, 2, 3])
def test_bench_tdi_is_decided(devices: int) -> None:
    """I1, I2 and I4 hold, I3 is violated after ten steps: the published answers."""
    system, questions = bench_tdi(devices)
    answers = {verdict.property.name: verdict for verdict in INDUCTION.answer(system, questions, Limits())}
    expected = [Answer.HOLDS, Answer.HOLDS, Answer.VIOLATED, Answer.HOLDS]
    assert expected == [answers[question.name].answer for question in questions]
    assert len(answers[questions[2].name].trace or ()) == 10


def test_an_inductive_property_is_its_own_invariant() -> None:
    """I1 of bench-tdi is kept by every step out of a state that satisfies it, so nothing needs to be added."""
    system, questions = bench_tdi(1)
    verdict = asked(INDUCTION, system, questions[0])
    assert InductiveInvariant(questions[0].formula) == verdict.certificate


def test_plain_induction_counts_the_steps_of_an_unreachable_tail() -> None:
    """3, 4, 5 is a path of two steps that ends badly and nothing leads to 3; the loop at 4 repeats a state.

    So paths of two steps still end badly and simple paths of three steps do not: the length is 3.
    """
    system = walk(*UNREACHABLE_TAIL)
    verdict = asked(PLAIN, system, invariant("never_five", negated(equal(DIGITS, 5))))
    assert isinstance(verdict.certificate, KInduction)
    assert (Answer.HOLDS, 3, True) == (verdict.answer, verdict.certificate.length, verdict.certificate.simple_path)
    assert [] == BruteForce(system).objections(verdict)


def test_strengthening_proves_the_same_with_an_invariant() -> None:
    """With mined candidates the same property has an inductive invariant."""
    system = walk(*UNREACHABLE_TAIL)
    verdict = asked(INDUCTION, system, invariant("never_five", negated(equal(DIGITS, 5))))
    assert isinstance(verdict.certificate, InductiveInvariant)
    assert [] == BruteForce(system).objections(verdict)


def test_a_violation_far_away_is_found() -> None:
    """A violation nine steps deep is found shortest though the property looks inductive for a while."""
    system = walk(*((digit, digit + 1) for digit in range(9)))
    verdict = asked(INDUCTION, system, invariant("not_nine", negated(equal(DIGITS, 9))))
    assert (Answer.VIOLATED, 9, True) == (verdict.answer, len(verdict.trace or ()), verdict.shortest)


def test_a_step_property_may_need_an_invariant() -> None:
    """The step 4_5 is never taken because 4 is not reached, which an invariant must say."""
    system = walk(*UNREACHABLE_TAIL)
    verdict = asked(INDUCTION, system, ask(Kind.STEP, negated(Took(frozenset({"4_5"})))))
    assert isinstance(verdict.certificate, InductiveInvariant)
    assert [] == BruteForce(system).objections(verdict)


def test_clauses_are_found_on_demand() -> None:
    """The alarm of three locks never rings, which no clause about two variables proves.

    A lock is taken only while another is free, so the last one is never taken; any two can be held together.
    """
    system = three_locks()
    verdict = asked(INDUCTION, system, invariant("silence", negated(read("alarm"))))
    assert Answer.HOLDS is verdict.answer
    assert [] == BruteForce(system).objections(verdict)


def test_without_start_states_everything_holds() -> None:
    """No behaviour at all violates nothing, and false is the invariant."""
    system = walk((0, 1))
    empty = type(system)("empty", system.variables, system.actions, FALSE)
    verdict = asked(INDUCTION, empty, invariant("never_two", equal(DIGITS, 2)))
    assert Answer.HOLDS is verdict.answer
    assert [] == BruteForce(empty).objections(verdict)


def test_a_step_out_of_the_range_does_not_exist() -> None:
    """Counting up stops at 9, so that no step is taken from there holds."""
    system = counter()
    verdict = asked(INDUCTION, system, ask(Kind.STEP, negated(equal(DIGITS, 9))))
    assert Answer.HOLDS is verdict.answer


def test_a_deadlocked_bad_state_is_violated() -> None:
    """A bad state that no step leaves is no success of induction."""
    verdict = asked(INDUCTION, walk((0, 1), (1, 2)), invariant("not_two", negated(equal(DIGITS, 2))))
    assert (Answer.VIOLATED, 2) == (verdict.answer, len(verdict.trace or ()))


def test_other_kinds_are_left_open_with_the_reason() -> None:
    """Induction leaves possibility to others and says so."""
    verdict = asked(INDUCTION, walk((0, 1)), ask(Kind.MUST_BE_POSSIBLE, equal(DIGITS, 1)))
    expected = "induction decides invariant and step properties, not must_be_possible"
    assert (Answer.OPEN, expected) == (verdict.answer, verdict.reason)


def test_used_up_time_leaves_questions_open() -> None:
    """Without any time the answer is open."""
    verdict = asked(INDUCTION, walk((0, 1)), invariant("false", FALSE), seconds=0.0)
    assert (Answer.OPEN, "out of time after 0 s") == (verdict.answer, verdict.reason)


def test_candidates_that_are_not_kept_do_not_become_lemmas() -> None:
    """Of four guesses about the walk 0, 1, 0, ... only the two that are true and kept survive."""
    system = walk(*UNREACHABLE_TAIL)
    lemmas = Strengthening(Terms(system), Limits())
    true, also_true = among(DIGITS, 0, 1), negated(equal(DIGITS, 7))
    false_later, false_at_once = negated(equal(DIGITS, 1)), equal(DIGITS, 2)
    lemmas.strengthen([false_later, true, false_at_once, also_true])
    assert [true, also_true] == [lemma.expression for lemma in lemmas.lemmas]


def test_a_true_guess_that_leans_on_a_false_one_is_dropped() -> None:
    """That 5 is never reached would follow from never reaching 4 and 3; the false guess proves nothing with it."""
    system = walk((0, 3), *UNREACHABLE_TAIL)
    lemmas = Strengthening(Terms(system), Limits())
    lemmas.strengthen([negated(equal(DIGITS, 5)), negated(equal(DIGITS, 4)), negated(equal(DIGITS, 3))])
    assert [] == lemmas.lemmas


def test_the_invariant_leaves_out_what_is_not_needed() -> None:
    """A lemma that the proof does not use is not in the certificate."""
    system = walk(*UNREACHABLE_TAIL)
    lemmas = Strengthening(Terms(system), Limits())
    needed = among(DIGITS, 0, 1)
    lemmas.strengthen([negated(equal(DIGITS, 8)), needed, negated(equal(DIGITS, 9))])
    assert needed == lemmas.proof(invariant("never_five", negated(equal(DIGITS, 5))))


def test_a_proof_is_not_claimed_without_lemmas() -> None:
    """Nothing is proven of a property that is no tautology before a lemma is known."""
    lemmas = Strengthening(Terms(walk((0, 1))), Limits())
    assert lemmas.proof(invariant("implied", implies(equal(DIGITS, 1), equal(DIGITS, 2)))) is None
