"""The engines over bits against trying everything, on random systems and on the catalogue with one device."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, strategies as st

pytest.importorskip("pysat")

from tdispmodel.checking.asking import Plan, grouped
from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.engines.bits import orbits
from tdispmodel.engines.bits.bounded import BoundedBits
from tdispmodel.engines.bits.ic3 import Ic3
from tdispmodel.engines.conformance.writing import Counter, Flag, ask, move, system
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Engine, Limits
from tdispmodel.ir.expressions import Actor, Expression, Less, conjunction, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.premise import antecedent
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer, Verdict, Witness
from tests.laws.oracle import Oracle
from tests.laws.random_systems import asked_systems, law
from tests.laws.test_engines_agree import complaints_about

Asked = tuple[System, tuple[SystemProperty, ...]]
CATALOGUE = find_catalogue(Path(__file__))
KINDS = (Kind.INVARIANT, Kind.INVARIANT, Kind.STEP, Kind.STEP, Kind.MUST_BE_POSSIBLE)
DEPTH = 100
"""Enough for every shortest behaviour in the systems drawn here; where it were not, the tests would fail."""


def wrong_about(engine: Engine, pair: Asked) -> list[str]:
    """What is wrong with the answers of an engine: also, what it leaves open and should not, and vacuity untold."""
    made, asked = pair
    oracle = Oracle(made)
    wrong = complaints_about(engine, pair)
    for one in engine.answer(made, asked, Limits(depth=DEPTH)):
        name, distance = one.property.name, oracle.distance(one.property)
        if engine.name == "ic3" and one.answer is Answer.OPEN:
            wrong.append(f"{name}: open: {one.reason}")
        if engine.name == "sat" and distance is not None and (one.answer is Answer.OPEN or not one.shortest):
            wrong.append(f"{name}: {one.answer.value}, but there is a behaviour of {distance} steps")
        told = one.vacuous is not None
        if (
            engine.name == "ic3"
            and one.answer is Answer.HOLDS
            and told is not (one.property.antecedent is not None and one.property.kind is not Kind.MUST_BE_POSSIBLE)
        ):
            wrong.append(f"{name}: vacuous {one.vacuous}")
    return wrong


def length(verdict: Verdict) -> int | None:
    """How long the behaviour is that decides, None when there is none."""
    trace = verdict.certificate.trace if isinstance(verdict.certificate, Witness) else verdict.trace
    return None if trace is None else len(trace)


# --- random systems ------------------------------------------------------------------------------------------------


@st.composite
def collections(draw: st.DrawFn) -> Asked:
    """Draw two or three devices that do the same, or nearly: in one of two systems an action of one is left out."""
    many = draw(st.integers(2, 3))
    flag = Flag("shared")
    devices = [Counter(f"devices[{number}].x", 2) for number in range(many)]
    nearly = draw(st.booleans())
    if nearly and draw(st.booleans()):
        devices[-1] = Counter(f"devices[{many - 1}].x", 2, (1,))
    actions = []
    for action in range(draw(st.integers(1, 4))):
        here, there = draw(st.integers(0, 2)), draw(st.integers(0, 2))
        needs, gives = draw(st.sampled_from((None, False, True))), draw(st.sampled_from((None, False, True)))
        alone = draw(st.sampled_from((None, 0, 1, 2)))
        actor = draw(st.sampled_from((Actor.KERNEL, Actor.HOST)))
        left_out = draw(st.integers(-1, many - 1)) if nearly else -1
        for number, device in enumerate(devices):
            guards: list[Expression] = [device.at(here)]
            if needs is not None:
                guards.append(flag.now if needs else negation(flag.now))
            if alone is not None:
                guards += [negation(other.at(alone)) for other in devices if other is not device]
            given_ = [] if gives is None else [flag.becomes(flag.now if gives else negation(flag.now))]
            if number != left_out:
                name = f"act{action}(devices[{number}])"
                actions.append(move(name, conjunction(*guards), device.set(there), *given_, actor=actor))
    one, other = devices[0], devices[-1]
    first, second = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    both = conjunction(one.at(first), other.at(second))
    asked = (
        ask(Kind.INVARIANT, negation(both)),
        ask(Kind.INVARIANT, negation(conjunction(both, flag.now))),
        ask(Kind.STEP, negation(conjunction(one.at(first), Less(other.after, other.now)))),
        ask(Kind.MUST_BE_POSSIBLE, both),
        ask(Kind.MUST_BE_POSSIBLE, other.at(second)),
    )
    named = tuple(
        SystemProperty(f"asked{number}", f"TDM9{number:02}", one.kind, one.formula, antecedent=antecedent(one.formula))
        for number, one in enumerate(asked)
    )
    return system("devices", (flag, *devices), *actions), named


@pytest.mark.parametrize("engine", [Ic3(), BoundedBits()], ids=lambda one: one.name)
@law(40)
@given(pair=asked_systems(KINDS))
def test_random_systems(engine: Engine, pair: Asked) -> None:
    """Answers, vacuity and lengths are the oracle's, the judge accepts all, and nothing is open that need not be."""
    assert wrong_about(engine, pair) == []


@pytest.mark.parametrize("engine", [Ic3(), BoundedBits()], ids=lambda one: one.name)
@law(40)
@given(pair=collections())
def test_devices_that_do_the_same_or_nearly(engine: Engine, pair: Asked) -> None:
    """The same where lemmas are learnt together with their images, and where they must not be."""
    assert wrong_about(engine, pair) == []


@pytest.mark.parametrize("most", [1, 2, 3])
def test_lemmas_with_too_many_images(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """The same where a lemma has more images than may be learnt, and the symmetry is given up on the way."""
    monkeypatch.setattr(orbits, "MOST_IMAGES", most)

    @law(20)
    @given(collections())
    def check(pair: Asked) -> None:
        assert wrong_about(Ic3(), pair) == []

    check()


@law(40)
@given(asked_systems((Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE)))
def test_both_say_what_explicit_says(pair: Asked) -> None:
    """Answer, vacuity and length of the shortest behaviours, compared with the engine that visits every state."""
    made, asked = pair
    known = {one.property: one for one in Explicit().answer(made, asked, Limits())}
    for one in Ic3().answer(made, asked, Limits()):
        right = known[one.property]
        assert (one.answer, one.vacuous) == (right.answer, right.vacuous if one.vacuous is not None else None)
    for one in BoundedBits().answer(made, asked, Limits(depth=DEPTH)):
        right = known[one.property]
        assert length(one) == length(right)
        assert one.answer in (Answer.OPEN, right.answer)


# --- catalogue -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("proposal", ["initrd_autoprobe_off", "trust_level"])
def test_one_device_is_decided_as_by_visiting_every_state(proposal: str) -> None:
    """ic3 decides all safety properties, sat finds behaviours just as long; the judge accepts both."""
    loaded = load(CATALOGUE, CATALOGUE.proposals[proposal])
    groups, _ = grouped(loaded.model, loaded.properties, Plan())
    count = 0
    for group in groups:
        asked = [
            question for parts in group.questions.values() for question in parts if question.kind in BoundedBits.kinds
        ]
        count += len(asked)
        known = {one.property: one for one in Explicit().answer(group.system, asked, Limits())}
        proven = list(Ic3().answer(group.system, asked, Limits()))
        found = list(BoundedBits().answer(group.system, asked, Limits(depth=16)))
        assert [] == [one.reason for one in judge_all(group.system, [*proven, *found]) if not one.accepted]
        assert {one.property: one.answer for one in proven} == {wanted: known[wanted].answer for wanted in asked}
        assert {one.property: length(one) for one in found} == {wanted: length(known[wanted]) for wanted in asked}
    assert count > 40
