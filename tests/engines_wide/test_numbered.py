"""The search over numbered parts: laws against the oracle, published counts, and what it does where it does not fit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from tdispmodel.engines.conformance import Case, cases, faults
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits, silent
from tdispmodel.engines.wide import search
from tdispmodel.engines.wide.search import Search
from tdispmodel.engines.wide.visited import Runs
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.semantics import Scope, ground
from tdispmodel.semantics.grounding import ground_properties
from tdispmodel.verdict import ClosedStates, NumberedOrbits, NumberedStates, Space
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.numbered import FINITE, Numbered, goes_over, spread_systems
from tests.laws.random_models import models
from tests.laws.random_systems import asked_systems, law
from tests.laws.test_engines_agree import assert_leaving_is_noticed, complaints_about

Asked = tuple[System, tuple[SystemProperty, ...]]

PUBLISHED = {1: Space(143, 565, 15), 2: Space(6_543, 47_766, 27), 3: Space(305_009, 3_240_706, 39)}
"""bench-tdi: states, transitions and depth on which SPIN, Rumur, Stateright, TLC and NuSMV agree."""


@law(60)
@given(spread_systems())
def test_it_agrees_with_the_oracle(pair: Asked) -> None:
    """Answers, counts, vacuity and lengths are the oracle's, and the judge accepts every verdict."""
    assert not complaints_about(Numbered(), pair)


@pytest.mark.long
@law(1500)
@given(spread_systems())
def test_it_agrees_with_the_oracle_again_and_again(pair: Asked) -> None:
    """So they are on many more random systems."""
    assert not complaints_about(Numbered(), pair)


@law(60)
@given(asked_systems())
def test_explicit_agrees_with_the_oracle_when_it_goes_over(pair: Asked) -> None:
    """With both searches one after the other, `explicit` answers questions of every kind as the oracle does."""
    with pytest.MonkeyPatch.context() as patch:
        goes_over(patch, 2)
        assert not complaints_about(Explicit(), pair)


@law(60)
@given(models(), st.integers(1, 3))
def test_it_agrees_about_models(model: object, devices: int) -> None:
    """So they are of models as written, with devices of which formulas speak together."""
    scope = Scope(devices)
    system = ground(model, scope)  # type: ignore[arg-type]  # hypothesis types strategies loosely
    asked = [
        one
        for wanted in model.properties  # type: ignore[attr-defined]  # as above
        for one in ground_properties(model, wanted, scope)  # type: ignore[arg-type]  # as above
        if one.kind in FINITE
    ]
    questions = tuple(replace(one, name=f"{one.name}_{number}") for number, one in enumerate(asked))
    if questions:
        assert not complaints_about(Numbered(), (system, questions))


@law(60)
@given(spread_systems())
def test_runs_say_the_same(pair: Asked) -> None:
    """With hardly any memory for places it goes on with sorted runs, and says the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "DENSE_MEMORY", 24)
        patch.setattr(search, "CHUNK", 3)
        assert not complaints_about(Numbered(), pair)


@law(60)
@given(spread_systems(may_leave_range=True))
def test_leaving_a_range_is_noticed(pair: Asked) -> None:
    """`OutOfRange` is raised exactly when some reachable step leaves a range, and its trace replays."""
    assert_leaving_is_noticed(Numbered(), pair)


@pytest.mark.parametrize("devices", PUBLISHED)
@pytest.mark.parametrize("places", [1 << 29, 1 << 10])
def test_published_counts(devices: int, places: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of bench-tdi are the published ones, with a place for every combination and with sorted runs."""
    monkeypatch.setattr(search, "DENSE_MEMORY", places)
    monkeypatch.setattr(search, "LEAST_FOR_PRODUCT", 1 << 60)
    system = bench_tdi(devices)
    made = Search(system, [], Limits(), silent)
    made.run()
    assert PUBLISHED[devices] == made.space
    assert isinstance(made.visited, Runs) is (places < 3 * PUBLISHED[devices].states)


@pytest.mark.long
def test_published_counts_of_four_devices() -> None:
    """Of bench-tdi with four devices there are 3^4 + 2 * 47^4 + 46^4 states; all is decided, and judged."""
    system, questions = bench_tdi(4), bench_properties(4)
    found = list(Explicit(symmetry=False).answer(system, questions, Limits(memory=1 << 30)))
    assert {one.space for one in found} == {Space(3**4 + 2 * 47**4 + 46**4, 198_547_714, 12 * 4 + 3)}
    assert [one.accepted for one in judge_all(system, found)] == [True] * len(questions)


def test_explicit_goes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """With more states than plain search is for, `explicit` gives the same answers, lengths and counts, all judged."""
    system, questions = bench_tdi(2), bench_properties(2)
    plain = list(Explicit().answer(system, questions, Limits()))
    goes_over(monkeypatch, 100)
    large = list(Explicit(symmetry=False).answer(system, questions, Limits()))
    assert [(one.property, one.answer, one.vacuous, one.space) for one in plain] == [
        (one.property, one.answer, one.vacuous, one.space) for one in large
    ]
    assert [one.trace and len(one.trace) for one in plain] == [one.trace and len(one.trace) for one in large]
    assert any(isinstance(one.certificate, ClosedStates) for one in plain)
    assert any(isinstance(one.certificate, NumberedStates) for one in large)
    assert all(one.accepted for one in judge_all(system, large))
    fewer = list(Explicit().answer(system, questions, Limits()))
    assert [(one.answer, one.vacuous, one.space) for one in fewer] == [
        (one.answer, one.vacuous, one.space) for one in large
    ]
    assert any(isinstance(one.certificate, NumberedOrbits) for one in fewer)


@pytest.mark.parametrize("case", [case for case in cases() if case.question.kind in FINITE], ids=lambda case: case.name)
def test_it_passes_the_conformance_suite(case: Case) -> None:
    """Corner by corner, and on the suite's other systems, it answers as it must."""
    assert faults(Numbered(), case) == []
