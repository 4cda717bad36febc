"""Bounded search: shortest traces, the corners in which such searches go wrong, bounds and limits."""

from __future__ import annotations

import pytest

from tdispmodel.engines.bmc import BoundedSearch
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.unrolling import GaveUp, why
from tdispmodel.ir.expressions import FALSE, TRUE, Bounded, Took
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System
from tdispmodel.verdict import Answer, Witness
from tests.engines_solvers.asking import asked
from tests.engines_solvers.bench_tdi import bench_tdi
from tests.engines_solvers.brute_force import BruteForce
from tests.engines_solvers.corners import DIGIT, DIGITS, counter, walk
from tests.engines_solvers.small_systems import ask, either, equal, implies, invariant, negated, read, variable

BMC = BoundedSearch()


@pytest.mark.parametrize("devices", [1, 2, 3])
def test_the_shortest_violation_of_bench_tdi_has_ten_steps(devices: int) -> None:
    """The published length of a shortest violation of I3 is ten steps, for every number of devices."""
    system, questions = bench_tdi(devices)
    verdict = asked(BMC, system, questions[2])
    assert verdict.trace is not None
    assert (Answer.VIOLATED, True, 10) == (verdict.answer, verdict.shortest, len(verdict.trace))


def test_a_bad_state_without_a_successor_is_found() -> None:
    """A violation in a state that no step leaves is found."""
    system = walk((0, 1), (1, 2))
    verdict = asked(BMC, system, invariant("not_two", negated(equal(DIGITS, 2))))
    assert verdict.trace is not None
    assert ("0_1", "1_2") == tuple(name for name, _ in verdict.trace.steps)


def test_the_nearest_start_state_gives_the_trace() -> None:
    """Of several start states the one nearest to the violation is taken: 5 is one step from 6, 0 is three."""
    system = walk((0, 1), (1, 2), (2, 6), (5, 6), starts=(0, 5))
    verdict = asked(BMC, system, invariant("not_six", negated(equal(DIGITS, 6))))
    assert verdict.trace is not None
    assert ((5,), (6,)) == verdict.trace.states


def test_a_start_state_may_violate() -> None:
    """A start state that breaks the invariant is a trace without a step."""
    verdict = asked(BMC, walk((0, 1), starts=(3,)), invariant("not_three", negated(equal(DIGITS, 3))))
    assert verdict.trace is not None
    assert (((3,),), 0) == (verdict.trace.states, verdict.bound or 0)


def test_the_step_that_violates_is_the_last_one() -> None:
    """A step property is violated by a step: the trace ends with it."""
    system = walk((0, 1), (1, 2), (2, 0))
    verdict = asked(BMC, system, ask(Kind.STEP, negated(Took(frozenset({"2_0"})))))
    assert verdict.trace is not None
    assert ("0_1", "1_2", "2_0") == tuple(name for name, _ in verdict.trace.steps)


def test_a_step_property_asks_nothing_of_a_state_without_a_step() -> None:
    """A step property that is false of a deadlocked state is not violated there."""
    verdict = asked(BMC, walk((0, 1)), ask(Kind.STEP, equal(DIGITS, 0)))
    assert Answer.OPEN is verdict.answer


def test_a_state_is_witnessed() -> None:
    """A must-be-possible state comes with a shortest behaviour that reaches it."""
    verdict = asked(BMC, walk((0, 1), (1, 4), (0, 4)), ask(Kind.MUST_BE_POSSIBLE, equal(DIGITS, 4)))
    assert isinstance(verdict.certificate, Witness)
    assert (Answer.HOLDS, ((0,), (4,))) == (verdict.answer, verdict.certificate.trace.states)


def test_a_step_is_witnessed() -> None:
    """A must-be-possible step comes with a behaviour that ends with it."""
    wanted = equal(read("x", DIGIT, after=True), 4)
    verdict = asked(BMC, walk((0, 1), (1, 4), (4, 4)), ask(Kind.MUST_BE_POSSIBLE, wanted))
    assert isinstance(verdict.certificate, Witness)
    assert ("0_1", "1_4") == tuple(name for name, _ in verdict.certificate.trace.steps)


def test_a_step_out_of_the_range_does_not_exist() -> None:
    """Counting up from 7 stops at 9, two steps away, and no step is taken there."""
    system = counter()
    reached = asked(BMC, system, ask(Kind.MUST_BE_POSSIBLE, equal(DIGITS, 9)))
    left = asked(BMC, system, ask(Kind.STEP, negated(equal(DIGITS, 9))))
    assert isinstance(reached.certificate, Witness)
    assert (2, Answer.OPEN, 2) == (len(reached.certificate.trace), left.answer, left.bound)


def test_the_bound_is_the_depth_searched() -> None:
    """What is not found within the depth asked for is open, with that depth as its bound and in its reason."""
    verdict = asked(BMC, walk((0, 1), (1, 0)), invariant("true", negated(equal(DIGITS, 5))), depth=7)
    assert (Answer.OPEN, 7, "nothing found within 7 steps") == (verdict.answer, verdict.bound, verdict.reason)


def test_it_stops_when_no_behaviour_is_longer() -> None:
    """When every behaviour has ended the search ends too, and says so; it still proves nothing."""
    verdict = asked(BMC, walk((0, 1), (1, 2)), invariant("true", TRUE))
    assert (Answer.OPEN, 2) == (verdict.answer, verdict.bound)
    assert verdict.reason == "nothing found within 2 steps, and no behaviour is longer"


def test_other_kinds_are_left_open_with_the_reason() -> None:
    """A kind that a bounded search cannot decide is open, and the reason names what it can."""
    verdict = asked(BMC, walk((0, 1)), ask(Kind.LEADS_TO, equal(DIGITS, 1)))
    expected = "bmc decides invariant, step and must_be_possible properties, not leads_to"
    assert (Answer.OPEN, expected) == (verdict.answer, verdict.reason)


def test_used_up_time_leaves_questions_open() -> None:
    """Without any time the answer is open, not wrong and not an exception."""
    verdict = asked(BMC, walk((0, 1)), invariant("false", FALSE), seconds=0.0)
    assert (Answer.OPEN, "out of time after 0 s", None) == (verdict.answer, verdict.reason, verdict.bound)


def test_used_up_memory_leaves_questions_open() -> None:
    """With one mebibyte of memory the answer is open with that reason."""
    system, questions = bench_tdi(1)
    verdict = asked(BMC, system, questions[0], memory=1 << 20)
    assert (Answer.OPEN, "out of memory") == (verdict.answer, verdict.reason)


def test_numbers_that_are_too_wide_leave_questions_open() -> None:
    """An integer of more bits than the encoding takes is a reason, not an exception."""
    wide = Bounded(0, 1 << 300)
    system = System("wide", (variable("x", wide, 0),), ())
    verdict = asked(BMC, system, invariant("zero", equal(read("x", wide), 0)))
    assert (Answer.OPEN, "numbers of more than 256 bits") == (verdict.answer, verdict.reason)


def test_an_interruption_by_the_user_is_passed_on() -> None:
    """What the solver reports as an interruption from the keyboard is one again."""
    with pytest.raises(KeyboardInterrupt):
        why("interrupted from keyboard", Limits())


@pytest.mark.parametrize(
    ("reported", "expected"),
    [("timeout", "out of time"), ("canceled", "out of time"), ("max. memory exceeded", "out of memory")],
)
def test_the_solvers_reasons_are_put_into_words(reported: str, expected: str) -> None:
    """Each way in which z3 gives up has words of its own."""
    assert expected == str(GaveUp(why(reported, Limits())))


def test_a_question_asked_twice_is_answered_twice() -> None:
    """There is one verdict per question even when the same one is asked twice."""
    question = invariant("not_one", negated(equal(DIGITS, 1)))
    verdicts = list(BMC.answer(walk((0, 1)), [question, question], Limits()))
    assert [Answer.VIOLATED] * 2 == [verdict.answer for verdict in verdicts]


def test_all_questions_share_one_search() -> None:
    """Each question has the shortest trace of its own, whatever the others are."""
    system = walk((0, 1), (1, 2), (2, 3))
    questions = [invariant(f"not_{digit}", negated(equal(DIGITS, digit))) for digit in (3, 1, 2)]
    found = {verdict.property.name: len(verdict.trace or ()) for verdict in BMC.answer(system, questions, Limits())}
    assert {"not_1": 1, "not_2": 2, "not_3": 3} == found


def test_a_system_without_variables_has_one_state() -> None:
    """With no variables and no actions there is one state, no step, and the search ends at once."""
    verdict = asked(BMC, System("empty", (), ()), invariant("true", TRUE))
    assert (Answer.OPEN, 0) == (verdict.answer, verdict.bound)


def test_the_brute_force_notices_a_trace_that_is_too_long() -> None:
    """The reference that the other tests rely on objects to a detour."""
    system = walk((0, 1), (1, 4), (0, 4))
    verdict = asked(BMC, walk((0, 1), (1, 4)), invariant("not_four", implies(equal(DIGITS, 4), either())))
    assert ["2, not 1"] == BruteForce(system).objections(verdict)
