"""What the steps of a behaviour are needed for."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given, strategies as st

from tdispmodel.checking.shortening import leaving_out
from tdispmodel.ir.expressions import And, Or, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.traces import reaches_goal, refutes
from tdispmodel.reports.why.needed import Given, Needed, User, needed
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Answer, Trace, Witness
from tests.laws.random_systems import asked_systems, law
from tests.laws.reference import Reference
from tests.reports.samples import DRIVER, TDI, driver_system, is_, question, run
from tests.why.samples import TWO_LAMPS, lamp


def test_a_chain_of_reasons() -> None:
    """A step is needed for the later step whose guard reads what it changed, the last one for the formula.

    `first` needs both lamps to be off, `second` the first lamp, `burn` the second one; the radio plays no part, and neither
    does `tune`.
    """
    system, semantics = TWO_LAMPS, Semantics(TWO_LAMPS)
    asked = question("x", "", Kind.INVARIANT, negation(lamp("burning")))
    found = needed(semantics, asked, run(system, "first", "tune", "second", "burn"))
    assert {
        1: (Given("first", True, (3,)),),
        3: (Given("second", True, (4,)),),
        4: (Given("burning", True, (User.END,)),),
    } == found.steps
    assert (Given("first", False, (1,)), Given("second", False, (1,))) == found.start
    assert ({}, {1, 3, 4}) == (found.itself, found.marked)


def test_what_is_overwritten_does_not_matter() -> None:
    """A value that is assigned again before anybody reads it is not needed: `off` needs no lamp to be on."""
    system = TWO_LAMPS
    asked = question("x", "", Kind.INVARIANT, Or((lamp("first"), lamp("radio"))))
    found = needed(Semantics(system), asked, run(system, "first", "tune", "off"))
    assert {3: (Given("first", False, (User.END,)), Given("radio", False, (User.END,)))} == found.steps


def test_a_lost_goal_counts_the_whole_state() -> None:
    """For what must stay possible every variable of the last state matters, for nobody says why the goal is lost."""
    system = TWO_LAMPS
    asked = question("x", "", Kind.STAYS_POSSIBLE, lamp("burning"))
    assert {1, 2} == set(needed(Semantics(system), asked, run(system, "first", "tune")).steps)


def test_a_witness_needs_nothing_after_its_goal() -> None:
    """Steps after the goal was met are not needed."""
    asked = question("x", "", Kind.MUST_BE_POSSIBLE, lamp("first"))
    assert {1} == needed(Semantics(TWO_LAMPS), asked, run(TWO_LAMPS, "first", "second", "burn")).marked


def test_loops() -> None:
    """All steps of a loop matter; so does what keeps fair actions waiting, and what made the goal stay away.

    `second` is fair and must be disabled somewhere in the loop, or it would be owed a step: that the first lamp is off is
    needed for the loop.
    """
    asked = question("x", "", Kind.LEADS_TO, lamp("second"))
    found = needed(Semantics(TWO_LAMPS), asked, run(TWO_LAMPS, "tune", "off", "tune", loop=1))
    assert {2: User.LOOP, 3: User.LOOP} == found.itself
    assert Given("first", False, (2, User.LOOP)) in found.start or Given("first", False, (User.LOOP,)) in found.start


def test_unknown_actions() -> None:
    """Of a trace that takes an action which the system does not have, nothing is said."""
    system = driver_system()
    state = run(system).initial
    asked = question(
        "x", "", Kind.INVARIANT, And((is_("devices[0].tdi", TDI, "RUN"), is_("devices[0].driver", DRIVER, "NONE")))
    )
    assert Needed() == needed(Semantics(system), asked, Trace(state, (("sing", state),)))


MOSTLY = 0.7


def padded(system: System, trace: Trace, chance: random.Random) -> Trace:
    """Return a trace with detours: steps that change nothing, and a walk that comes back, put in where there are some."""
    semantics = Semantics(system)
    steps: list[tuple[str, tuple[bool | int | str, ...]]] = []
    loop, before = trace.loop, trace.initial
    for number, step in enumerate((*trace.steps, None)):
        quiet = loop is None or number < loop
        for action, after in list(semantics.successors(before)) if quiet else ():
            back = [other.name for other, state in semantics.successors(after) if state == before]
            if back and chance.random() < MOSTLY:
                steps += [(action.name, after), (back[0], before)]
                loop = None if loop is None else loop + 2
                break
        if step is not None:
            steps.append(step)
            before = step[1]
    return Trace(trace.initial, tuple(steps), loop)


@given(asked_systems(), st.integers(0, 1000))
@law(60)
def test_what_is_left_shows_the_same(asked: tuple[System, tuple[SystemProperty, ...]], seed: int) -> None:
    """Without all the steps that do not matter the judge still accepts a trace, also one with detours."""
    system, questions = asked
    semantics = Semantics(system)
    for verdict in Reference().answer(system, questions, None):  # type: ignore[arg-type]  # it has no limits
        violated = verdict.answer is Answer.VIOLATED
        trace = (
            verdict.trace
            if violated
            else verdict.certificate.trace
            if isinstance(verdict.certificate, Witness)
            else None
        )
        if trace is None:
            continue
        chance = random.Random(seed)  # noqa: S311  # nothing secret
        for shown in (trace, padded(system, trace, chance)):
            try:
                if violated:
                    refutes(semantics, verdict.property, shown, False)
                else:
                    reaches_goal(semantics, verdict.property, shown)
            except Refused:
                continue  # a detour of the host is none of a witness
            marked = needed(semantics, verdict.property, shown).marked
            left = leaving_out(semantics, shown, set(range(1, len(shown) + 1)) - marked)
            assert left is not None
            if verdict.property.kind is Kind.STAYS_POSSIBLE:
                assert shown.states[-1] == left.states[-1]
            if violated:
                refutes(semantics, verdict.property, left, False)
            else:
                reaches_goal(semantics, verdict.property, left)


def test_a_loop_must_keep_fair_actions_waiting() -> None:
    """`first` is fair, so a loop of `tune` is one only because the first lamp is on: that is what `first` was needed for."""
    system = replace(TWO_LAMPS, actions=tuple(one for one in TWO_LAMPS.actions if one.name in ("first", "tune")))
    asked = question("x", "", Kind.LEADS_TO, lamp("burning"))
    found = needed(Semantics(system), asked, run(system, "first", "tune", "tune", loop=2))
    assert (Given("first", True, (User.LOOP,)),) == found.steps[1]
