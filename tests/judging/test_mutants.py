"""What the judge accepts of mutants of random systems: an answer that holds, and no other, whatever is claimed."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.mutants.comparing import confirm_same, confirm_told_apart
from tdispmodel.judging.mutants.known import Instead, Known, projected
from tdispmodel.judging.mutants.mutated import Mutated
from tdispmodel.verdict import Trace
from tests.judging.switches import FIRST_LIGHTS
from tests.laws.oracle import Oracle
from tests.laws.random_systems import asked_systems, law

ENDLESS = (Kind.LEADS_TO, Kind.NEVER_ENDLESS)


def accepts(found: Mutated, question: SystemProperty) -> bool:
    """Whether the judge confirms that a question holds."""
    try:
        found.confirm(question)
    except Refused:
        return False
    return True


def denies(found: Mutated, question: SystemProperty) -> bool:
    """Whether the judge confirms, of some set of one, two or all states, that a question is violated there."""
    count = len(found.inside)
    claims = [*combinations(range(count), 1), *combinations(range(count), 2), tuple(range(count))]
    for claim in claims if question.kind is not Kind.MUST_BE_POSSIBLE else [()]:
        flags = np.zeros(count, np.bool_)
        flags[list(claim)] = True
        try:
            match question.kind:
                case Kind.MUST_BE_POSSIBLE:
                    found.confirm_impossible(question)
                case Kind.STAYS_POSSIBLE:
                    found.confirm_lost(question, flags)
                case _:
                    found.confirm_endless(question, flags)
        except Refused:
            continue
        return True
    return False


def mutated(before: System, after: System, name: str) -> Mutated:
    """Return the judge's view of a system that has, or has not, an action that another one has not, or has."""
    known = Oracle(before)
    reached = Oracle(after)
    states = list(known.steps)
    there = set(states)
    among = np.array([state in reached.steps for state in states], np.bool_)
    more = [state for state in reached.steps if state not in there]
    names = [variable.name for variable in before.variables]
    instead = Instead({name: after.by_name.get(name)}, after.variables)
    return Mutated(Known(before, names, states), instead, among, more)


@law(60)
@given(asked_systems(), st.data(), st.booleans())
def test_only_what_is_so(pair: tuple[System, tuple[SystemProperty, ...]], data: st.DataObject, more: bool) -> None:
    """Of a system with an action less or more: what holds is accepted, and its violation is not, on any claim."""
    system, asked = pair
    assume(len(system.actions) > 1)
    name = data.draw(st.sampled_from([action.name for action in system.actions]))
    less = replace(system, actions=tuple(action for action in system.actions if action.name != name))
    before, after = (less, system) if more else (system, less)
    oracle = Oracle(after)
    assume(oracle.starts)
    found = mutated(before, after, name)
    for question in asked:
        holds = oracle.holds(question)
        assert accepts(found, question) is holds, question
        if question.kind in (*ENDLESS, Kind.STAYS_POSSIBLE, Kind.MUST_BE_POSSIBLE) and holds:
            assert not denies(found, question), question
        if question.kind in (Kind.STAYS_POSSIBLE, Kind.MUST_BE_POSSIBLE) and not holds:
            assert denies(found, question), question


@law(60)
@given(asked_systems(), st.data())
def test_a_part_says_what_the_whole_does(pair: tuple[System, tuple[SystemProperty, ...]], data: st.DataObject) -> None:
    """Of a random system without some actions and what only they change: what the judge admits, it answers as it is."""
    system, asked = pair
    names = [action.name for action in system.actions]
    bystanders = frozenset(data.draw(st.sets(st.sampled_from(names), min_size=1)))
    touched = {each.variable for action in system.actions if action.name in bystanders for each in action.assignments}
    kept = [variable.name for variable in system.variables if variable.name not in touched]
    try:
        part = projected(system, frozenset(kept), bystanders)
    except Refused:
        assume(False)  # hypothesis wants it so
        return
    known = Known(system, kept, list(Oracle(part).steps), bystanders)
    whole, answered = Oracle(system), 0
    for question in asked:
        try:
            holds = known.holds(question)
        except Refused:
            continue
        answered += 1
        assert holds is whole.holds(question), (question, bystanders)
    assume(answered)


def test_a_part_does_not_show_that_two_systems_are_the_same() -> None:
    """What is known of a part alone shows neither that a mutant is the same, nor that something tells it apart."""
    kept, stray = ["switches[0].on", "switches[1].on"], "light(switches[0])"
    part = Known(
        FIRST_LIGHTS,
        kept,
        list(Oracle(projected(FIRST_LIGHTS, frozenset(kept), frozenset({stray}))).steps),
        frozenset({stray}),
    )
    without = Instead({stray: None}, FIRST_LIGHTS.variables)
    behaviour = Trace((False, False), (("turn(switches[0])", (True, False)), (stray, (True, False))))
    with pytest.raises(Refused, match="left out"):
        confirm_same(part, without)
    with pytest.raises(Refused, match="left out"):
        confirm_told_apart(part, without, behaviour, of_mutant=False)
    whole = Known(FIRST_LIGHTS, ["lamp", *kept], list(Oracle(FIRST_LIGHTS).steps))
    with pytest.raises(Refused, match="leads elsewhere"):
        confirm_same(whole, without)


@law(20)
@given(asked_systems(), st.data())
def test_a_set_with_a_state_too_few_or_too_many(
    pair: tuple[System, tuple[SystemProperty, ...]], data: st.DataObject
) -> None:
    """What is not all that a mutant reaches confirms nothing; what it does not reach is refused at once."""
    system, asked = pair
    oracle = Oracle(system)
    states = list(oracle.steps)
    assume(len(states) > 1)
    names = [variable.name for variable in system.variables]
    known, same = Known(system, names, states), Instead({}, system.variables)
    among = np.ones(len(states), np.bool_)
    missing = data.draw(st.sampled_from(range(len(states))))
    among[missing] = False
    try:
        found = Mutated(known, same, among, [])
    except Refused:
        found = None  # something is reached through the missing state alone
    assert found is None or not any(accepts(found, question) for question in asked)
    lonely = data.draw(st.sampled_from([action.name for action in system.actions]))
    less = replace(system, actions=tuple(action for action in system.actions if action.name != lonely))
    if len(Oracle(less).steps) < len(states):
        with pytest.raises(Refused, match="not reachable"):
            Mutated(known, Instead({lonely: None}, system.variables), np.ones(len(states), np.bool_), [])
