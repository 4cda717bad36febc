"""Laws of the judge: it accepts what a careful engine says and refuses it when it is changed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, strategies as st

from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import TRUE
from tdispmodel.ir.model import Kind
from tdispmodel.ir.sorts import Fairness
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge, judge_all
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Answer, InductiveInvariant, KInduction, Verdict
from tests.laws.changed_verdicts import exactly, spoiled
from tests.laws.oracle import Oracle
from tests.laws.random_systems import asked_systems, law
from tests.laws.reference import Reference

Asked = tuple[System, tuple[SystemProperty, ...]]
SAFETY = (Kind.INVARIANT, Kind.STEP)


@law(60)
@given(asked_systems())
def test_the_judge_accepts_what_the_reference_engine_says(pair: Asked) -> None:
    """Every verdict of the reference engine on a random system is accepted."""
    system, asked = pair
    verdicts = list(Reference().answer(system, asked, Limits()))
    assert not [one for one in judge_all(system, verdicts) if not one.accepted]


@law(50)
@given(asked_systems())
def test_the_judge_refuses_what_was_changed(pair: Asked) -> None:
    """A right verdict whose answer, trace, certificate, counts or vacuity was changed is refused."""
    system, asked = pair
    oracle = Oracle(system)
    for verdict in Reference().answer(system, asked, Limits()):
        for what, changed in spoiled(oracle, verdict):
            assert (what, changed.property.kind, False) == (
                what,
                changed.property.kind,
                judge(system, changed).accepted,
            )


@law(50)
@given(asked_systems(), st.data())
def test_a_renamed_step_is_refused_unless_it_does_the_same(pair: Asked, data: st.DataObject) -> None:
    """A trace whose step carries another action's name is accepted only if that action leads to the same state."""
    system, asked = pair
    oracle = Oracle(system)
    for verdict in Reference().answer(system, asked, Limits()):
        if verdict.trace is None or not verdict.trace.steps:
            continue
        number = data.draw(st.integers(0, len(verdict.trace) - 1))
        name = data.draw(st.sampled_from([action.name for action in system.actions]))
        steps = list(verdict.trace.steps)
        steps[number] = (name, steps[number][1])
        changed = replace(verdict, trace=replace(verdict.trace, steps=tuple(steps)))
        before = verdict.trace.states[number]
        same = any(action.name == name and after == steps[number][1] for _, action, after in oracle.steps[before])
        assert same or not judge(system, changed).accepted


@law(50)
@given(asked_systems((Kind.LEADS_TO, Kind.NEVER_ENDLESS)))
def test_a_loop_is_fair_by_the_words_of_the_page(pair: Asked) -> None:
    """With any promise to any one action a lasso is accepted exactly if its loop takes the action, or for weak fairness
    disables it in some state, or for strong fairness in all.
    """
    system, asked = pair
    semantics = Semantics(system)
    for verdict in Reference().answer(system, asked, Limits()):
        if verdict.trace is None or verdict.trace.loop is None:
            continue
        loop = verdict.trace.states[verdict.trace.loop :]
        taken = {name for name, _ in verdict.trace.steps[verdict.trace.loop :]}
        for action in system.actions:
            enabled = [action in semantics.enabled(state) for state in loop]
            allowed = {Fairness.NONE: True, Fairness.WEAK: not all(enabled), Fairness.STRONG: not any(enabled)}
            for fairness, may_neglect in allowed.items():
                told = replace(action, fairness=fairness, disturbs=False)
                changed = replace(system, actions=tuple(told if one is action else one for one in system.actions))
                assert judge(changed, verdict).accepted is (may_neglect or action.name in taken)


@law(15)
@given(asked_systems(SAFETY), st.data())
def test_an_inductive_invariant_is_accepted_until_it_is_weakened(pair: Asked, data: st.DataObject) -> None:
    """The formula of exactly the reachable states proves what holds; without one of its states it proves nothing."""
    system, asked = pair
    oracle = Oracle(system)
    everything = exactly(system, oracle.states)
    missing = data.draw(st.sampled_from(oracle.states))
    part = exactly(system, tuple(state for state in oracle.states if state != missing))
    for question in asked:
        verdict = Verdict(question, Answer.HOLDS, "test", certificate=InductiveInvariant(everything))
        assert oracle.holds(question) is judge(system, verdict).accepted
        assert not judge(system, replace(verdict, certificate=InductiveInvariant(part))).accepted


@law(15)
@given(asked_systems((Kind.MUST_BE_POSSIBLE,)))
def test_an_invariant_shows_that_something_is_impossible(pair: Asked) -> None:
    """The formula of exactly what is reached without the host is accepted as proof of what is never met without it."""
    system, asked = pair
    levels = (oracle := Oracle(system)).unaided_levels()
    everything = InductiveInvariant(exactly(system, tuple(state for level in levels for state in level)))
    for question in asked:
        verdict = Verdict(question, Answer.VIOLATED, "test", certificate=everything)
        assert oracle.holds(question) is not judge(system, verdict).accepted


@law(15)
@given(asked_systems(SAFETY), st.integers(0, 3), st.booleans(), st.booleans())
def test_k_induction_is_accepted_only_when_the_property_holds(
    pair: Asked, length: int, simple_path: bool, with_lemma: bool
) -> None:
    """A k-induction is never accepted for a violated property, and always with the reachable states as its lemma."""
    system, asked = pair
    oracle = Oracle(system)
    lemma = exactly(system, oracle.states) if with_lemma else TRUE
    for question in asked:
        certificate = KInduction(length, lemma, simple_path)
        accepted = judge(system, Verdict(question, Answer.HOLDS, "test", certificate=certificate)).accepted
        assert oracle.holds(question) or not accepted
        assert accepted or not (with_lemma and oracle.holds(question))
