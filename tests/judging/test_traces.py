"""Which traces the judge takes for a violation, and what it says of the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tdispmodel.ir.expressions import TRUE, Fairness, Took, conjunction, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System
from tdispmodel.judging import judge
from tdispmodel.verdict import Answer, Trace, Verdict, Witness
from tests.judging.lamp import (
    AFTER,
    BREAK,
    BROKEN,
    DARK,
    FRAGILE,
    LIT,
    LOOK,
    NOT_BROKEN,
    OFF,
    ON,
    SYSTEM,
    WAIT,
    WAITING,
    asks,
    holds,
    is_,
    promised,
    violated,
)

NEVER_BROKEN = asks(Kind.INVARIANT, NOT_BROKEN)
STAYS_LIT = asks(Kind.STEP, negation(conjunction(is_("LIT"), is_("BROKEN", AFTER))))
DARK_AGAIN = asks(Kind.LEADS_TO, is_("DARK"), is_("LIT"))
LIT_AT_LAST = asks(Kind.LEADS_TO, is_("LIT"))
NO_ENDLESS_LIGHT = asks(Kind.NEVER_ENDLESS, Took(frozenset({"switch_on"})))
CAN_BE_LIT = asks(Kind.STAYS_POSSIBLE, is_("LIT"))
CAN_BREAK = asks(Kind.MUST_BE_POSSIBLE, is_("BROKEN"))
CAN_LIGHT = asks(Kind.MUST_BE_POSSIBLE, is_("LIT"))

ACCEPTED = [
    pytest.param(violated(NEVER_BROKEN, ON, BREAK, shortest=True), id="invariant"),
    pytest.param(violated(NEVER_BROKEN, ON, BREAK, LOOK), id="a longer way to the same state"),
    pytest.param(violated(STAYS_LIT, ON, BREAK, shortest=True), id="step"),
    pytest.param(violated(DARK_AGAIN, ON, BREAK, loop=2), id="rests broken, where nothing fair is enabled"),
    pytest.param(violated(NO_ENDLESS_LIGHT, ON, OFF, loop=0), id="on and off for ever"),
    pytest.param(violated(CAN_BE_LIT, ON, BREAK), id="lost"),
    pytest.param(violated(asks(Kind.STAYS_POSSIBLE, is_("BROKEN"))), id="the host is not relied on"),
    pytest.param(holds(CAN_LIGHT, certificate=Witness(Trace(DARK, (ON,)))), id="witness"),
    pytest.param(holds(CAN_LIGHT, certificate=Witness(Trace(DARK, (ON, OFF)))), id="a witness that goes on"),
]


@pytest.mark.parametrize("verdict", ACCEPTED)
def test_accepted(verdict: Verdict) -> None:
    """The behaviour shows what it should: each follows from the three states of the lamp by hand."""
    assert (judge(SYSTEM, verdict).accepted, judge(SYSTEM, verdict).reason) == (True, "")


REFUSED = [
    (replace(violated(NEVER_BROKEN), trace=Trace(BROKEN)), "the trace does not begin in a start state"),
    (replace(violated(NEVER_BROKEN), trace=Trace(())), "the trace does not begin in a start state"),
    (violated(NEVER_BROKEN, ("melt", BROKEN)), "step 0 takes melt, which is no action of the system"),
    (violated(NEVER_BROKEN, BREAK), "step 0 takes break_it, which is not enabled there"),
    (violated(NEVER_BROKEN, ("switch_on", BROKEN)), "step 0, switch_on, does not lead to the stated state"),
    (violated(NEVER_BROKEN, ON), "the property is not false at the last state of the trace"),
    (violated(NEVER_BROKEN, trace=None), "there is no trace"),
    (violated(NEVER_BROKEN, ON, BREAK, loop=2), "a finite violation has no loop"),
    (
        violated(NEVER_BROKEN, ON, BREAK, LOOK, shortest=True),
        "the trace is not the shortest: the property is false at an earlier state",
    ),
    (violated(STAYS_LIT), "the property is not false at the last step of the trace"),
    (violated(STAYS_LIT, ON, BREAK, LOOK), "the property is not false at the last step of the trace"),
    (violated(DARK_AGAIN, ON, BREAK), "the trace does not say where its loop begins"),
    (violated(DARK_AGAIN, ON, BREAK, loop=3), "the trace does not say where its loop begins"),
    (violated(DARK_AGAIN, ON, BREAK, loop=1), "the last state is not the one to which the loop returns"),
    (
        violated(DARK_AGAIN, ON, BREAK, LOOK, loop=2),
        "the loop takes look, which is assumed to happen finitely often",
    ),
    (
        violated(DARK_AGAIN, ON, loop=1),
        "the loop is not fair: switch_off is always enabled in it and never taken",
    ),
    (violated(DARK_AGAIN, ON, OFF, loop=0), "the loop meets the goal"),
    (
        violated(asks(Kind.LEADS_TO, is_("DARK"), is_("DARK")), ON, BREAK, loop=2),
        "no state with the premise is never followed by the goal",
    ),
    (violated(NO_ENDLESS_LIGHT, ON, BREAK, loop=2), "no step of the loop is one that must not recur for ever"),
    (violated(CAN_BE_LIT, ON), "the goal can still be reached from the last state"),
    (
        violated(asks(Kind.STAYS_POSSIBLE, is_("LIT"), NOT_BROKEN), ON, BREAK),
        "the last state does not meet the premise",
    ),
    (violated(CAN_BE_LIT, ON, BREAK, loop=2), "a path to a lost state has no loop"),
    (violated(CAN_BREAK, ON), "there is no certificate that the goal is never met"),
    (holds(CAN_BREAK, certificate=Witness(Trace(DARK, (ON,)))), "the witness does not meet the goal"),
    (holds(CAN_LIGHT, certificate=Witness(Trace(DARK, (ON,), 1))), "a witness has no loop"),
    (
        holds(CAN_BREAK, certificate=Witness(Trace(DARK, (ON, BREAK)))),
        "step 1, break_it, is the host's, whose help a witness does without",
    ),
    (
        holds(CAN_LIGHT, certificate=Witness(Trace(DARK, (ON, BREAK)))),
        "step 1, break_it, is the host's, whose help a witness does without",
    ),
    (holds(CAN_BREAK, certificate=Witness(Trace(LIT, (BREAK,)))), "the trace does not begin in a start state"),
]


@pytest.mark.parametrize(("verdict", "reason"), REFUSED)
def test_refused(verdict: Verdict, reason: str) -> None:
    """The evidence does not show the violation, and the judge says why."""
    judged = judge(SYSTEM, verdict)
    assert (False, reason) == (judged.accepted, judged.reason)


BREAKS_AT_LAST = asks(Kind.LEADS_TO, is_("BROKEN"))
FRAGILE_ACCEPTED = [
    (WAITING, violated(BREAKS_AT_LAST, WAIT, loop=0)),
    (promised(FRAGILE, "break_it", Fairness.WEAK), violated(BREAKS_AT_LAST, ON, OFF, loop=0)),
    (promised(SYSTEM, "switch_off", Fairness.STRONG), violated(NO_ENDLESS_LIGHT, ON, OFF, loop=0)),
    (promised(SYSTEM, "switch_off", Fairness.STRONG), violated(DARK_AGAIN, ON, BREAK, loop=2)),
]


@pytest.mark.parametrize(("system", "verdict"), FRAGILE_ACCEPTED)
def test_a_loop_is_accepted_that_strong_fairness_allows(system: System, verdict: Verdict) -> None:
    """The loop never enables what is strongly fair, or takes it, or it is fair only weakly."""
    assert (judge(system, verdict).accepted, judge(system, verdict).reason) == (True, "")


NEGLECTED = "the loop is not fair: {} is enabled on every round and never taken"
FRAGILE_REFUSED = [
    (FRAGILE, violated(BREAKS_AT_LAST, ON, OFF, loop=0), NEGLECTED.format("break_it")),
    (FRAGILE, violated(BREAKS_AT_LAST, ON, OFF, ON, OFF, loop=2), NEGLECTED.format("break_it")),
    (
        promised(SYSTEM, "switch_off", Fairness.STRONG),
        violated(DARK_AGAIN, ON, loop=1),
        NEGLECTED.format("switch_off"),
    ),
]


@pytest.mark.parametrize(("system", "verdict", "reason"), FRAGILE_REFUSED)
def test_a_loop_is_refused_that_strong_fairness_forbids(system: System, verdict: Verdict, reason: str) -> None:
    """The loop enables again and again what is strongly fair and does not take it, and the judge says so."""
    judged = judge(system, verdict)
    assert (False, reason) == (judged.accepted, judged.reason)


def test_the_goal_may_come_before_the_premise() -> None:
    """A leads-to is violated although the goal was met before: only what follows the premise counts."""
    assert judge(SYSTEM, violated(DARK_AGAIN, ON, OFF, ON, BREAK, loop=4)).accepted


def test_a_fair_action_that_the_loop_disables_somewhere_needs_not_be_taken() -> None:
    """On and off for ever is fair to both: each is disabled in one of the two states."""
    never_broken_for_ever = asks(Kind.LEADS_TO, is_("BROKEN"))
    assert judge(SYSTEM, violated(never_broken_for_ever, ON, OFF, loop=0)).accepted


def test_an_open_verdict_claims_nothing() -> None:
    """An open verdict is accepted."""
    assert judge(SYSTEM, Verdict(LIT_AT_LAST, Answer.OPEN, "test", reason="out of time")).accepted


def test_rest_at_the_start_is_unfair() -> None:
    """The lamp cannot stay dark: switching on is fair and enabled."""
    assert (
        judge(SYSTEM, violated(LIT_AT_LAST, loop=0)).reason
        == "the loop is not fair: switch_on is always enabled in it and never taken"
    )


def test_a_true_formula_cannot_be_refuted() -> None:
    """No behaviour violates the invariant that is always true."""
    assert not judge(SYSTEM, violated(asks(Kind.INVARIANT, TRUE), ON, BREAK)).accepted
