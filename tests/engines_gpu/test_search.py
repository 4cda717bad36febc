"""The search with a card, on kernels built by a C++ compiler: published counts, laws against the oracle, growing."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from tdispmodel.engines.conformance import Case, cases, faults
from tdispmodel.engines.gpu import Gpu
from tdispmodel.engines.gpu.search import CardSearch
from tdispmodel.engines.protocol import Limits, silent
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer, Space
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_gpu.asking import MODES, OnBuilt, keeps, without_names
from tests.engines_gpu.built import Built, made
from tests.engines_wide.multiplied import both_at, counters
from tests.engines_wide.numbered import Plain, spread_systems
from tests.engines_wide.symmetric import symmetric_systems
from tests.laws.random_systems import law
from tests.laws.test_engines_agree import Asked, assert_leaving_is_noticed, complaints_about

PUBLISHED = {1: Space(143, 565, 15), 2: Space(6_543, 47_766, 27), 3: Space(305_009, 3_240_706, 39)}
"""bench-tdi: states, transitions and depth on which SPIN, Rumur, Stateright, TLC and NuSMV agree."""


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("devices", PUBLISHED)
def test_published_counts(devices: int, workers: int, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of bench-tdi are the published ones, kept as bits and in a table, by one thread and by several at once."""
    keeps(monkeypatch, mode)
    card = Built(workers=workers)
    search = CardSearch(bench_tdi(devices), [], Limits(), silent, card)
    search.run()
    assert PUBLISHED[devices] == search.space
    assert {of_table for _, of_table in card.ran} == {mode == "table"}


@pytest.mark.parametrize("mode", MODES)
def test_what_it_says_is_judged(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """On bench-tdi it says what the search over numbered parts says, traces and certificates among it, and is accepted."""
    keeps(monkeypatch, mode, 100)
    system, questions = bench_tdi(2), bench_properties(2)
    found = list(Gpu(made()).answer(system, questions, Limits()))
    assert without_names(iter(found)) == without_names(Plain().answer(system, questions, Limits()))
    assert [verdict.accepted for verdict in judge_all(system, found)] == [True] * len(questions)
    assert {verdict.answer for verdict in found} == {Answer.HOLDS, Answer.VIOLATED}


@law(60)
@given(
    st.one_of(spread_systems(), symmetric_systems()),
    st.sampled_from(MODES),
    st.sampled_from((1, 3, 1 << 12)),
    st.sampled_from((1, 2)),
)
def test_it_agrees_with_the_oracle_and_the_other_search(pair: Asked, mode: str, states: int, workers: int) -> None:
    """Answers, counts, vacuity and lengths are the oracle's, the judge accepts; all is as without a card."""
    with pytest.MonkeyPatch.context() as patch:
        keeps(patch, mode, states)
        assert not complaints_about(OnBuilt(workers=workers), pair)
        found = without_names(OnBuilt(workers=workers).answer(*pair, Limits()))
    assert found == without_names(Plain().answer(*pair, Limits()))


@law(25)
@given(spread_systems(may_leave_range=True), st.sampled_from(MODES), st.sampled_from((1, 1 << 12)))
def test_leaving_a_range_is_noticed(pair: Asked, mode: str, states: int) -> None:
    """`OutOfRange` is raised exactly when some reachable step leaves a range, and its trace replays."""
    with pytest.MonkeyPatch.context() as patch:
        keeps(patch, mode, states)
        assert_leaving_is_noticed(OnBuilt(), pair)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_it_conforms(case: Case) -> None:
    """Of each case of the suite that all engines pass it says what is expected, or `open` where it may."""
    assert faults(Gpu(made()), case, seconds=60.0) == []


@pytest.mark.parametrize("mode", MODES)
def test_local_states_that_are_met_late(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two counters up to 149 have 150^2 states, two steps from each, depth 2 * 149, and meet at n after 2n steps.

    Whatever keeps the states is made anew again and again while they count.
    """
    keeps(monkeypatch, mode, 50)
    system, question = counters(), both_at(100)
    (found,) = Gpu(made()).answer(system, [question], Limits())
    assert found.space == Space(150**2, 2 * 150**2, 2 * 149)
    assert found.answer is Answer.VIOLATED
    assert found.trace is not None
    assert len(found.trace) == 200
    assert [verdict.accepted for verdict in judge_all(system, [found])] == [True]


@pytest.mark.parametrize("mode", MODES)
def test_it_begins_anew_with_more_bits(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numbers have six bits at first and need eight it begins anew, with the same counts; 14 bits are not enough."""
    keeps(monkeypatch, mode)
    began: list[CardSearch] = []
    original = CardSearch.forget
    monkeypatch.setattr(CardSearch, "forget", lambda made: began.append(made) or original(made))
    monkeypatch.setattr("tdispmodel.engines.wide.visited.MOST_BITS", 18)
    search = CardSearch(counters(), [], Limits(), silent, Built())
    search.run()
    assert began == [search]
    assert search.space == Space(150**2, 2 * 150**2, 2 * 149)
    monkeypatch.setattr("tdispmodel.engines.wide.visited.MOST_BITS", 14)
    (found,) = Gpu(made()).answer(counters(), [both_at(100)], Limits())
    assert found.answer is Answer.OPEN
    assert found.reason == "the local states are too many for one word a state"
