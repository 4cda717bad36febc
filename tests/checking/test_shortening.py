"""No step to spare."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from tdispmodel.checking.mistakes import OurFault
from tdispmodel.checking.shortening import without_spare_steps
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Answer, Trace, Verdict, Witness
from tests.laws.random_systems import asked_systems, law
from tests.laws.reference import Reference
from tests.reports.samples import question, run
from tests.why.samples import TWO_LAMPS, lamp
from tests.why.test_needed import padded

NEVER_BURNS = question("never_burns", "", Kind.INVARIANT, negation(lamp("burning")))
WANDERING = run(TWO_LAMPS, "tune", "first", "off", "first", "tune", "second", "burn")
DIRECT = run(TWO_LAMPS, "first", "second", "burn")


def kept(verdict: Verdict, limits: Limits | None = None) -> Verdict:
    """The verdict without steps to spare."""
    return without_spare_steps(TWO_LAMPS, [verdict], limits or Limits())[0]


def test_detours_are_left_out() -> None:
    """Fire needs three steps: the first lamp, the second, fire.  The radio and a lamp switched off again are left out."""
    found = kept(Verdict(NEVER_BURNS, Answer.VIOLATED, "x", trace=WANDERING))
    assert (DIRECT, True) == (found.trace, found.minimal)


def test_a_witness_has_no_detours() -> None:
    """Steps that a witness does not need are left out, those behind its goal among them."""
    asked = question("burns", "", Kind.MUST_BE_POSSIBLE, lamp("second"))
    found = kept(Verdict(asked, Answer.HOLDS, "x", certificate=Witness(WANDERING)))
    assert Witness(run(TWO_LAMPS, "first", "second")) == found.certificate


def test_a_lasso_has_no_detours() -> None:
    """Of eight steps some are left out: `tune` before the loop at least, which nothing reads and the loop does again.

    What remains is still a fair loop, says the judge.
    """
    asked = question("burns", "", Kind.LEADS_TO, lamp("burning"))
    long = run(TWO_LAMPS, "tune", "first", "off", "tune", "first", "tune", "off", "tune", loop=1)
    found = kept(Verdict(asked, Answer.VIOLATED, "x", trace=long))
    assert found.trace is not None
    assert found.minimal
    assert len(found.trace) < len(long)
    assert judge(TWO_LAMPS, found).accepted


def test_what_is_lost_stays_the_same() -> None:
    """A path to where a goal is lost ends in the same state: `tune` is needed, for the radio is on there."""
    asked = question("lost", "", Kind.STAYS_POSSIBLE, negation(lamp("burning")))
    trace = run(TWO_LAMPS, "first", "off", "first", "tune", "second", "burn")
    found = kept(Verdict(asked, Answer.VIOLATED, "x", trace=trace))
    assert run(TWO_LAMPS, "first", "tune", "second", "burn") == found.trace


def test_what_shows_nothing_is_left_alone() -> None:
    """A trace that is no violation is left to the judge, as it is."""
    verdict = Verdict(NEVER_BURNS, Answer.VIOLATED, "x", trace=run(TWO_LAMPS, "tune"))
    assert kept(verdict) is verdict


def test_a_shortest_trace_has_no_step_to_spare() -> None:
    """An engine that calls a trace shortest which is not is a fault of ours, and no verdict is shown."""
    with pytest.raises(OurFault, match="never_burns shortest"):
        kept(Verdict(NEVER_BURNS, Answer.VIOLATED, "x", trace=WANDERING, shortest=True))
    assert kept(Verdict(NEVER_BURNS, Answer.VIOLATED, "x", trace=DIRECT, shortest=True)).minimal


def test_out_of_time() -> None:
    """Without time only what nothing depends on is left out, and nobody says that there is no step to spare."""
    found = kept(Verdict(NEVER_BURNS, Answer.VIOLATED, "x", trace=WANDERING), Limits(seconds=0))
    assert not found.minimal
    assert found.trace is not None
    assert judge(TWO_LAMPS, found).accepted


def replayed(system: System, trace: Trace, left_out: int) -> Trace | None:
    """What the same actions do without one step, by the reference semantics, and None if they cannot."""
    semantics = Semantics(system)
    state, steps = trace.initial, []
    for number, (name, _) in enumerate(trace.steps, 1):
        if number != left_out:
            after = [end for action, end in semantics.successors(state) if action.name == name]
            if not after:
                return None
            state = after[0]
            steps.append((name, state))
    loop = None if trace.loop is None else trace.loop - (left_out <= trace.loop)
    return Trace(trace.initial, tuple(steps), loop)


@given(asked_systems(), st.integers(0, 1000))
@law(60)
def test_brute_force(asked: tuple[System, tuple[SystemProperty, ...]], seed: int) -> None:
    """What is kept of any trace, also one with detours, is judged as before, and leaving out any one step spoils it.

    That is tried for every step here, with a replay of the test's own and the whole judge.
    """
    system, questions = asked
    chance = random.Random(seed)  # noqa: S311  # nothing secret
    verdicts = [
        replace(one, shortest=False, trace=one.trace and padded(system, one.trace, chance))
        for one in Reference().answer(system, questions, Limits())
    ]
    for before, after in zip(verdicts, without_spare_steps(system, verdicts, Limits()), strict=True):
        assert judge(system, before).accepted == judge(system, after).accepted
        trace = after.trace or (after.certificate.trace if isinstance(after.certificate, Witness) else None)
        if trace is None or not judge(system, before).accepted:
            continue
        assert after.minimal
        for number in range(1, len(trace) + 1):
            shorter = replayed(system, trace, number)
            if shorter is None:
                continue
            if after.property.kind is Kind.STAYS_POSSIBLE and shorter.states[-1] != trace.states[-1]:
                continue
            if after.trace is not None:
                assert not judge(system, replace(after, trace=shorter)).accepted
            else:
                assert not judge(system, replace(after, certificate=Witness(shorter))).accepted
