"""Which certificates the judge takes for a proof, and what it says of the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tdispmodel.ir.expressions import (
    BOOLEAN,
    FALSE,
    TRUE,
    Actor,
    Arithmetic,
    AtMost,
    Bounded,
    Equal,
    Expression,
    Fairness,
    Less,
    Read,
    Took,
    conjunction,
    disjunction,
    negation,
    number,
)
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemVariable
from tdispmodel.judging import judge, judge_all
from tdispmodel.verdict import ClosedStates, InductiveInvariant, KInduction, Space, Trace, Verdict, Witness
from tests.judging.lamp import (
    AFTER,
    ALL,
    BREAK,
    BROKEN,
    DARK,
    FRAGILE,
    LIT,
    NOT_BROKEN,
    ON,
    SYSTEM,
    WAITING,
    asks,
    holds,
    is_,
    moves,
    promised,
    violated,
)

WORKING = replace(SYSTEM, actions=SYSTEM.actions[:2])
"""The lamp without breaking: dark and lit for ever."""
WORKS = ClosedStates((DARK, LIT))
BLINKING = replace(
    WORKING, actions=(*WORKING.actions, replace(moves("blink", Actor.USERSPACE, "LIT", "LIT"), fairness=Fairness.NONE))
)
"""The lamp that may also blink while it is lit, without having to."""
NEVER_BROKEN = asks(Kind.INVARIANT, NOT_BROKEN)
NEVER_BREAKS = asks(Kind.STEP, negation(is_("BROKEN", AFTER)))
NEVER_FROM_LIGHT = asks(Kind.STEP, negation(conjunction(is_("LIT"), is_("BROKEN", AFTER))))
LIT_AT_LAST = asks(Kind.LEADS_TO, is_("LIT"), is_("DARK"))
NO_ENDLESS_BREAKING = asks(Kind.NEVER_ENDLESS, Took(frozenset({"break_it", "look"})))
CAN_BE_LIT = asks(Kind.STAYS_POSSIBLE, is_("LIT"))
CAN_BREAK = asks(Kind.MUST_BE_POSSIBLE, is_("BROKEN"))
BREAKING = asks(Kind.MUST_BE_POSSIBLE, Took(frozenset({"break_it"})))
CAN_LIGHT = asks(Kind.MUST_BE_POSSIBLE, is_("LIT"))
SWITCHING = asks(Kind.MUST_BE_POSSIBLE, Took(frozenset({"break_it", "switch_on"})))

BREAKS_AT_LAST = asks(Kind.LEADS_TO, is_("BROKEN"))

ACCEPTED = [
    (WORKING, holds(NEVER_BROKEN, certificate=WORKS)),
    (WORKING, holds(NEVER_BREAKS, certificate=WORKS)),
    (WORKING, holds(LIT_AT_LAST, certificate=WORKS)),
    (SYSTEM, holds(LIT_AT_LAST, certificate=ALL)),
    (BLINKING, holds(asks(Kind.LEADS_TO, is_("DARK"), is_("LIT")), certificate=WORKS)),
    (SYSTEM, holds(NO_ENDLESS_BREAKING, certificate=ALL)),
    (WORKING, holds(CAN_BE_LIT, certificate=WORKS)),
    (SYSTEM, holds(asks(Kind.STAYS_POSSIBLE, is_("LIT"), NOT_BROKEN), certificate=ALL)),
    (WORKING, violated(CAN_BREAK, trace=None, certificate=WORKS)),
    (WORKING, holds(NEVER_BROKEN, certificate=InductiveInvariant(NOT_BROKEN))),
    (WORKING, holds(NEVER_BREAKS, certificate=InductiveInvariant(NOT_BROKEN))),
    (WORKING, violated(CAN_BREAK, trace=None, certificate=InductiveInvariant(NOT_BROKEN))),
    (SYSTEM, violated(CAN_BREAK, trace=None, certificate=WORKS)),
    (SYSTEM, violated(CAN_BREAK, trace=None, certificate=InductiveInvariant(NOT_BROKEN))),
    (SYSTEM, violated(BREAKING, trace=None, certificate=WORKS)),
    (SYSTEM, violated(BREAKING, trace=None, certificate=ALL)),
    (SYSTEM, violated(BREAKING, trace=None, certificate=InductiveInvariant(TRUE))),
    (FRAGILE, holds(BREAKS_AT_LAST, certificate=ALL)),
    (WAITING, holds(asks(Kind.NEVER_ENDLESS, Took(frozenset({"switch_on"}))), certificate=ALL)),
    (WORKING, holds(NEVER_BROKEN, certificate=KInduction(1, TRUE, simple_path=False))),
    (WORKING, holds(NEVER_BROKEN, certificate=KInduction(0, NOT_BROKEN, simple_path=False))),
    (WORKING, holds(NEVER_BREAKS, certificate=KInduction(0, TRUE, simple_path=False))),
]


@pytest.mark.parametrize(("system", "verdict"), ACCEPTED)
def test_accepted(system: System, verdict: Verdict) -> None:
    """The certificate proves the property: each follows from the two or three states of the lamp by hand."""
    assert (judge(system, verdict).accepted, judge(system, verdict).reason) == (True, "")


OUTSIDE = "break_it leads out of it"
REFUSED = [
    (SYSTEM, holds(NEVER_BROKEN), "there is no certificate"),
    (SYSTEM, holds(NEVER_BROKEN, certificate=WORKS), f"the certificate is not closed: {OUTSIDE}"),
    (SYSTEM, holds(NEVER_BROKEN, certificate=ALL), "the property is false in a state of the certificate"),
    (SYSTEM, holds(NEVER_BREAKS, certificate=ALL), "the property is false on a step of break_it in the certificate"),
    (SYSTEM, holds(NEVER_BROKEN, certificate=ClosedStates(())), "a start state is missing in the certificate"),
    (SYSTEM, holds(NEVER_BROKEN, certificate=ClosedStates((BROKEN,))), "a start state is missing in the certificate"),
    (WORKING, holds(NEVER_BROKEN, certificate=ClosedStates((DARK, LIT, LIT))), "the certificate lists a state twice"),
    (WORKING, holds(NEVER_BROKEN, certificate=ClosedStates((DARK, LIT, ()))), "a state does not have 1 values"),
    (WORKING, holds(NEVER_BROKEN, certificate=ClosedStates((DARK, LIT, ("RED",)))), "'RED' is no value of lamp"),
    (
        SYSTEM,
        holds(asks(Kind.LEADS_TO, is_("DARK"), is_("LIT")), certificate=ALL),
        "a behaviour of the certificate waits for the goal in one state for ever",
    ),
    (
        WORKING,
        holds(asks(Kind.LEADS_TO, is_("BROKEN"), is_("LIT")), certificate=WORKS),
        "a fair loop of the certificate avoids the goal",
    ),
    (
        WORKING,
        holds(asks(Kind.NEVER_ENDLESS, is_("LIT", AFTER)), certificate=WORKS),
        "a fair loop of the certificate takes such a step again and again",
    ),
    (
        promised(FRAGILE, "break_it", Fairness.WEAK),
        holds(BREAKS_AT_LAST, certificate=ALL),
        "a fair loop of the certificate avoids the goal",
    ),
    (WAITING, holds(BREAKS_AT_LAST, certificate=ALL), "a fair loop of the certificate avoids the goal"),
    (
        WAITING,
        holds(asks(Kind.NEVER_ENDLESS, Took(frozenset({"wait"}))), certificate=ALL),
        "a fair loop of the certificate takes such a step again and again",
    ),
    (SYSTEM, holds(CAN_BE_LIT, certificate=ALL), "the goal cannot be reached from a state of the certificate"),
    (SYSTEM, violated(CAN_BREAK, trace=None, certificate=ALL), "the goal is met in the certificate"),
    (SYSTEM, violated(SWITCHING, trace=None, certificate=WORKS), "the goal is met in the certificate"),
    (SYSTEM, violated(SWITCHING, trace=None, certificate=ALL), "the goal is met in the certificate"),
    (
        SYSTEM,
        violated(CAN_LIGHT, trace=None, certificate=ClosedStates((DARK,))),
        "the certificate is not closed: switch_on leads out of it",
    ),
    (
        SYSTEM,
        violated(CAN_LIGHT, trace=None, certificate=InductiveInvariant(is_("DARK"))),
        "switch_on does not keep the invariant",
    ),
    (
        SYSTEM,
        holds(CAN_BREAK, certificate=ALL),
        "a certificate of kind 'closed set of states' cannot show that a must_be_possible property holds",
    ),
    (
        SYSTEM,
        holds(NEVER_BROKEN, certificate=Witness(Trace(DARK))),
        "a certificate of kind 'witness' cannot show that a invariant property holds",
    ),
    (
        WORKING,
        holds(LIT_AT_LAST, certificate=InductiveInvariant(TRUE)),
        "a certificate of kind 'inductive invariant' cannot show that a leads_to property holds",
    ),
    (SYSTEM, holds(NEVER_BROKEN, certificate=InductiveInvariant(NOT_BROKEN)), "break_it does not keep the invariant"),
    (SYSTEM, holds(NEVER_BROKEN, certificate=InductiveInvariant(TRUE)), "the invariant does not imply the property"),
    (SYSTEM, holds(NEVER_BROKEN, certificate=InductiveInvariant(FALSE)), "the invariant is false in a start state"),
    (
        SYSTEM,
        holds(NEVER_BREAKS, certificate=InductiveInvariant(TRUE)),
        "a step of break_it from a state of the invariant violates the property",
    ),
    (
        SYSTEM,
        holds(NEVER_FROM_LIGHT, certificate=InductiveInvariant(TRUE)),
        "a step of break_it from a state of the invariant violates the property",
    ),
    (
        SYSTEM,
        holds(NEVER_BROKEN, certificate=InductiveInvariant(is_("DARK", AFTER))),
        "the certificate speaks of a step",
    ),
    (
        SYSTEM,
        holds(NEVER_BROKEN, certificate=InductiveInvariant(Read("bulb", BOOLEAN))),
        "the certificate is no formula of the system: lamp: no variable bulb of sort bool",
    ),
    (
        SYSTEM,
        holds(NEVER_BROKEN, certificate=KInduction(3, TRUE, simple_path=True)),
        "the property is violated near the start",
    ),
    (
        SYSTEM,
        holds(NEVER_BROKEN, certificate=KInduction(1, TRUE, simple_path=False)),
        "the property does not follow from the steps before it",
    ),
    (SYSTEM, holds(NEVER_BROKEN, certificate=KInduction(1, NOT_BROKEN, False)), "break_it does not keep the invariant"),
]


@pytest.mark.parametrize(("system", "verdict", "reason"), REFUSED)
def test_refused(system: System, verdict: Verdict, reason: str) -> None:
    """The certificate does not prove the property, and the judge says why."""
    judged = judge(system, verdict)
    assert (False, reason) == (judged.accepted, judged.reason)


CLAIMS = [
    (Space(3, 4, 2), False, ""),
    (Space(3, 3, 2), False, "the counts Space(states=3, transitions=3, depth=2) differ from"),
    (Space(3, 4, 3), False, "the counts Space(states=3, transitions=4, depth=3) differ from"),
    (Space(3, 4, 2), True, "the verdict says vacuous, but the premise is reachable"),
    (None, None, ""),
]


@pytest.mark.parametrize(("space", "vacuous", "reason"), CLAIMS)
def test_counts_and_vacuity(space: Space | None, vacuous: bool | None, reason: str) -> None:
    """What is said beside the answer is checked: three states, four transitions, broken after two steps."""
    judged = judge(SYSTEM, holds(LIT_AT_LAST, certificate=ALL, space=space, vacuous=vacuous))
    assert (judged.reason == "") is (reason == "")
    assert judged.reason.startswith(reason)


def test_a_premise_outside_what_is_reachable_is_vacuous() -> None:
    """A closed set may be larger than what is reachable; the premise that only its rest meets is still vacuous."""
    looking = replace(WORKING, actions=(*WORKING.actions, SYSTEM.actions[3]))
    question = asks(Kind.LEADS_TO, is_("LIT"), is_("BROKEN"))
    larger = holds(asks(Kind.INVARIANT, TRUE), certificate=ALL)
    vacuous = holds(replace(question, kind=Kind.INVARIANT, formula=TRUE, after=TRUE), certificate=ALL, vacuous=True)
    judged = judge_all(looking, (larger, vacuous, replace(vacuous, vacuous=False)))
    assert [one.accepted for one in judged] == [True, True, False]


def test_one_certificate_serves_all() -> None:
    """Verdicts without a certificate of their own are checked against the certificate of another one."""
    good = holds(LIT_AT_LAST, certificate=ALL)
    lost = violated(CAN_BE_LIT, ON, BREAK, space=Space(3, 4, 2))
    wrong = violated(CAN_BE_LIT, ON, BREAK, space=Space(4, 4, 2))
    assert [judged.accepted for judged in judge_all(SYSTEM, (good, lost, wrong))] == [True, True, False]


def test_a_wrong_certificate_is_wrong_for_all() -> None:
    """Two verdicts that carry the same set that is not closed are both refused."""
    wrong = [holds(NEVER_BROKEN, certificate=WORKS), holds(LIT_AT_LAST, certificate=WORKS)]
    assert [judged.accepted for judged in judge_all(SYSTEM, wrong)] == [False, False]


COUNTER = Bounded(0, 5)
COUNT = Read("count", COUNTER)
COUNTING = System(
    "counting",
    (SystemVariable("count", COUNTER, (0,)),),
    (
        SystemAction(
            name="add",
            actor=Actor.KERNEL,
            fairness=Fairness.WEAK,
            disturbs=False,
            adversarial=False,
            guards=(),
            assignments=(Assignment("count", Arithmetic("+", COUNT, number(2))),),
            template=Action("add", "Counter", Actor.KERNEL, fairness=Fairness.WEAK),
        ),
    ),
)


def test_a_step_out_of_range_is_refused_by_states_and_impossible_for_formulas() -> None:
    """Adding two for ever leaves 0..5: a set of states cannot be closed, an invariant speaks of the steps inside."""
    even = disjunction(*(Equal(COUNT, number(value)) for value in (0, 2, 4)))
    question = replace(NEVER_BROKEN, formula=negation(Equal(COUNT, number(5))), antecedent=None)
    states = judge(COUNTING, holds(question, certificate=ClosedStates(((0,), (2,), (4,)))))
    assert states.reason == "add assigns 6 to count, which is outside its range"
    assert judge(COUNTING, holds(question, certificate=InductiveInvariant(even))).accepted


def test_integers_are_known_to_be_in_range() -> None:
    """That a count is at most 5 needs no invariant: it is the sort."""
    question = replace(NEVER_BROKEN, formula=AtMost(COUNT, number(5)), antecedent=None)
    assert judge(COUNTING, holds(question, certificate=InductiveInvariant(TRUE))).accepted


def test_simple_paths_can_be_needed() -> None:
    """Staying at 4 for ever hides from plain induction that 4 is never reached; paths without repetition show it."""
    reset = replace(
        COUNTING,
        actions=(_moves("stay", Less(COUNT, number(5)), COUNT), _moves("jump", Equal(COUNT, number(4)), number(5))),
    )
    below = replace(NEVER_BROKEN, formula=AtMost(COUNT, number(4)), antecedent=None)
    assert not judge(reset, holds(below, certificate=KInduction(2, TRUE, simple_path=False))).accepted
    assert judge(reset, holds(below, certificate=KInduction(2, TRUE, simple_path=True))).accepted


def _moves(name: str, guard: Expression, value: Expression) -> SystemAction:
    return replace(COUNTING.actions[0], name=name, guards=(guard,), assignments=(Assignment("count", value),))
