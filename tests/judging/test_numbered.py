"""The judge of very many states: what it accepts is so, and each way of being wrong is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge, numbered
from tdispmodel.judging.vectors import Looks, Part, Parted, Vectors, number
from tdispmodel.semantics import LeavesRange, Semantics
from tdispmodel.verdict import Answer, LocalStates, NumberedStates, Verdict
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.numbered import Plain, spread_systems
from tests.laws.random_systems import law, reachable_steps

Asked = tuple[System, tuple[SystemProperty, ...]]
Change = Callable[[NumberedStates], NumberedStates]


def proven() -> tuple[System, Verdict]:
    """A system with a verdict that holds by numbered states."""
    system, questions = bench_tdi(2), bench_properties(2)
    found = Plain().answer(system, questions, Limits())
    verdict = next(one for one in found if isinstance(one.certificate, NumberedStates))
    return system, verdict


def changed(part: int, change: Callable[[LocalStates], LocalStates]) -> Change:
    """Change one part of a certificate."""

    def apply(certificate: NumberedStates) -> NumberedStates:
        parts = list(certificate.parts)
        parts[part] = change(parts[part])
        return replace(certificate, parts=tuple(parts))

    return apply


WRONG: dict[str, tuple[Change, str]] = {
    "a local state is missing": (
        changed(1, lambda part: replace(part, states=part.states[:-1])),
        "a part gets a local state that the certificate does not list",
    ),
    "another number of states": (lambda one: replace(one, count=one.count - 1), "6543 states are reachable"),
    "a variable is missing": (
        changed(0, lambda part: replace(part, variables=part.variables[1:])),
        "do not have each variable once",
    ),
    "a part is there twice": (
        lambda one: replace(one, parts=(*one.parts, one.parts[0])),
        "do not have each variable once",
    ),
    "a value that is none": (
        changed(0, lambda part: replace(part, states=(("NOWHERE",) * len(part.variables), *part.states))),
        "has no value for",
    ),
    "a short local state": (
        changed(0, lambda part: replace(part, states=((), *part.states))),
        "has no value for",
    ),
    "a local state that is none": (
        changed(0, lambda part: replace(part, states=(None, *part.states))),  # type: ignore[arg-type]  # the point
        "has no value for",
    ),
    "a variable that is no name": (
        changed(0, lambda part: replace(part, variables=(None, *part.variables[1:]))),  # type: ignore[arg-type]  # same
        "do not have each variable once",
    ),
    "no local state": (changed(0, lambda part: replace(part, states=())), "make no or more than"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_certificate_is_refused(name: str) -> None:
    """Each change of a certificate is refused, and the reason names it."""
    system, verdict = proven()
    assert judge(system, verdict).accepted
    change, reason = WRONG[name]
    assert isinstance(verdict.certificate, NumberedStates)
    judgement = judge(system, replace(verdict, certificate=change(verdict.certificate)))
    assert not judgement.accepted
    assert reason in judgement.reason


def test_a_false_property_is_refused() -> None:
    """That the opposite holds is refused, for invariants and for steps."""
    system, verdict = proven()
    for kind in (Kind.INVARIANT, Kind.STEP):
        question = replace(verdict.property, kind=kind, formula=negation(verdict.property.formula))
        judgement = judge(system, replace(verdict, property=question, vacuous=None))
        assert not judgement.accepted
        assert "the property is false" in judgement.reason


def test_other_kinds_are_not_shown() -> None:
    """Numbered states show nothing about what goes on for ever."""
    system, verdict = proven()
    judgement = judge(system, replace(verdict, property=replace(verdict.property, kind=Kind.LEADS_TO)))
    assert not judgement.accepted


def test_wrong_claims_are_refused() -> None:
    """Counts and vacuity that are not so are refused, although the property holds."""
    system, verdict = proven()
    assert verdict.space is not None
    wrong = replace(verdict, space=replace(verdict.space, transitions=1))
    assert "the counts" in judge(system, wrong).reason
    assert verdict.vacuous is not None
    vacuous = replace(verdict, vacuous=not verdict.vacuous)
    assert "the premise is" in judge(system, vacuous).reason


def test_impossible_is_checked() -> None:
    """That something can never happen is refused when it does."""
    system, verdict = proven()
    question = replace(verdict.property, kind=Kind.MUST_BE_POSSIBLE)
    certificate = next(
        one.certificate
        for one in Plain().answer(system.unaided, (verdict.property,), Limits())
        if isinstance(one.certificate, NumberedStates)
    )
    never = replace(question, formula=negation(question.formula), antecedent=None)
    claimed = Verdict(never, Answer.VIOLATED, "explicit", certificate=certificate)
    assert judge(system, claimed).accepted
    judgement = judge(system, replace(claimed, property=replace(question, antecedent=None)))
    assert (judgement.accepted, judgement.reason) == (False, "the goal is met")


def test_too_many_places_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge does not begin what it has no room for."""
    monkeypatch.setattr(numbered, "MOST_PLACES", 100)
    system, verdict = proven()
    assert "more than 100 combinations" in judge(system, verdict).reason


@law(100)
@given(spread_systems())
def test_vectors_mean_what_the_semantics_say(pair: Asked) -> None:
    """Guards, effects and formulas, also about steps, have the reference value in every reachable state."""
    system, asked = pair
    semantics = Semantics(system)
    states = list({state for step in reachable_steps(system) for state in step} | set(semantics.initial_states()))
    numbers = {
        variable.name: np.array([number(state[position], variable.sort) for state in states])
        for position, variable in enumerate(system.variables)
    }
    vectors = Vectors(numbers, len(states))
    for action in system.actions:
        enabled = vectors.value(action.guard)
        assert enabled.tolist() == [action in semantics.enabled(state) for state in states]
        for question in asked:
            said = vectors.value(question.formula, action)
            for place, state in enumerate(states):
                if enabled[place]:
                    try:
                        after = semantics.step(state, action)
                    except LeavesRange:
                        continue
                    assert bool(said[place]) is semantics.holds(question.formula, state, after, action.name)


@law(60)
@given(spread_systems(), st.randoms(use_true_random=False))
def test_states_told_apart_by_their_parts_mean_the_same(pair: Asked, random: Random) -> None:
    """However variables are cut into parts, each formula and effect has in each state the value that vectors give it."""
    system, asked = pair
    states = list(
        {state for step in reachable_steps(system) for state in step} | set(Semantics(system).initial_states())
    )
    states = [random.choice(states) for _ in range(50)] if states else []
    numbers = {
        variable.name: np.array([number(state[position], variable.sort) for state in states], np.int64)
        for position, variable in enumerate(system.variables)
    }
    of_part: dict[int, list[str]] = {}
    for name in numbers:
        of_part.setdefault(random.randrange(3), []).append(name)
    parts, local = [], []
    for names in of_part.values():
        looks, where = np.unique(np.array([numbers[name] for name in names]), axis=1, return_inverse=True)
        parts.append(Part(dict(zip(names, looks, strict=True)), looks.shape[1]))
        local.append(where.reshape(-1))
    plain, parted = Vectors(numbers, len(states)), Parted(Looks(parts), local)
    for action in system.actions:
        for term in (action.guard, *(each.value for each in action.assignments)):
            assert np.array_equal(plain.value(term), parted.value(term))
        for question in asked:
            assert np.array_equal(plain.value(question.formula, action), parted.value(question.formula, action))
