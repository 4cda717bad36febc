"""The search over orbits in bitmaps: laws against oracle and the other search, published counts, numbers of multisets."""

from __future__ import annotations

from itertools import combinations_with_replacement
from math import comb

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits, silent
from tdispmodel.engines.wide import search
from tdispmodel.engines.wide.bitmaps import multisets, product
from tdispmodel.engines.wide.bitmaps.multisets import Multisets, Ranks
from tdispmodel.engines.wide.search import Search
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer, Space
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.multiplied import both_at, counters, multiplies, shown
from tests.engines_wide.numbered import Numbered
from tests.engines_wide.symmetric import symmetric_systems
from tests.laws.random_systems import law
from tests.laws.test_engines_agree import assert_leaving_is_noticed, complaints_about

Asked = tuple[System, tuple[SystemProperty, ...]]
PUBLISHED = {2: Space(6_543, 47_766, 27), 3: Space(305_009, 3_240_706, 39)}
"""bench-tdi: states, transitions and depth on which SPIN, Rumur, Stateright, TLC and NuSMV agree."""


@law(50)
@given(symmetric_systems())
def test_it_agrees_with_the_oracle_and_says_what_the_other_search_says(pair: Asked) -> None:
    """Answers, counts, vacuity and lengths are the oracle's, the judge accepts; all is the same without bitmaps."""
    without = shown(Numbered().answer(*pair, Limits()))
    with pytest.MonkeyPatch.context() as patch:
        multiplies(patch)
        assert not complaints_about(Numbered(), pair)
        assert without == shown(Numbered().answer(*pair, Limits()))


@pytest.mark.long
@law(3000)
@given(symmetric_systems())
def test_it_agrees_again_and_again(pair: Asked) -> None:
    """So they are on many more random systems."""
    with pytest.MonkeyPatch.context() as patch:
        multiplies(patch)
        assert not complaints_about(Numbered(), pair)


@law(30)
@given(symmetric_systems(may_leave_range=True))
def test_leaving_a_range_is_noticed(pair: Asked) -> None:
    """`OutOfRange` is raised exactly when some reachable step leaves a range, and its trace replays."""
    with pytest.MonkeyPatch.context() as patch:
        multiplies(patch)
        assert_leaving_is_noticed(Numbered(), pair)


def orbits_of_bench(devices: int) -> int:
    """Return how many orbits bench-tdi has: multisets of 3, 47, 47 and 46 local states (the closed form)."""
    return comb(devices + 2, devices) + 2 * comb(devices + 46, devices) + comb(devices + 45, devices)


@pytest.mark.parametrize("devices", PUBLISHED)
def test_published_counts(devices: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """States, transitions, depth and orbits of bench-tdi are the published ones."""
    monkeypatch.setattr(search, "LEAST_FOR_PRODUCT", 0)
    monkeypatch.setattr(multisets, "seconds", lambda *_: -1.0)
    made = Search(bench_tdi(devices), [], Limits(), silent, (tuple(range(1, devices + 1)),))
    made.run()
    assert isinstance(made.visited, Multisets)
    assert PUBLISHED[devices] == made.space
    assert orbits_of_bench(devices) == made.states


@pytest.mark.long
@pytest.mark.parametrize("devices", [4, 5])
def test_published_counts_of_many(devices: int) -> None:
    """So they are with four and five devices, where all properties are decided, and judged."""
    n = devices
    system, questions = bench_tdi(n), bench_properties(n)
    found = list(Explicit().answer(system, questions, Limits(memory=2 << 30)))
    states = 3**n + 2 * 47**n + 46**n
    steps = 3**n + 47**n + 44**n + n * (4 * 3 ** (n - 1) + 2 * 156 * 47 ** (n - 1) + 155 * 46 ** (n - 1))
    assert {one.space for one in found} == {Space(states, steps, 12 * n + 3)}
    assert {one.symmetry and one.symmetry.orbits for one in found} == {orbits_of_bench(n)}
    assert [one.accepted for one in judge_all(system, found)] == [True] * len(questions)


def test_local_states_of_several_words_that_are_met_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two counters up to 149 have 150 * 151 / 2 orbits, 150^2 states with two steps each, and meet at n after 2n steps.

    Bitmaps grow again and again while they count.
    """
    multiplies(monkeypatch)
    monkeypatch.setattr(search, "CHUNK", 1 << 15)
    monkeypatch.setattr(product, "seconds", lambda *_: 1.0)
    (found,) = Numbered().answer(counters(), [both_at(100)], Limits())
    assert found.space == Space(150**2, 2 * 150**2, 2 * 149)
    assert found.symmetry is not None
    assert found.symmetry.orbits == 150 * 151 // 2
    assert found.answer is Answer.VIOLATED
    assert found.trace is not None
    assert len(found.trace) == 200
    assert [verdict.accepted for verdict in judge_all(counters(), [found])] == [True]


def test_without_memory_for_more_local_states_it_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where bitmaps outgrow the memory allowed all is searched once more without them, with the same counts."""
    monkeypatch.setattr(search, "LEAST_FOR_PRODUCT", 0)
    monkeypatch.setattr(multisets, "seconds", lambda *_: -1.0)
    began: list[Search] = []
    original = Search._begin_anew
    monkeypatch.setattr(Search, "_begin_anew", lambda made: began.append(made) or original(made))
    monkeypatch.setattr(Search, "may_take", lambda _, more: more < 10_000)
    made = Search(counters(), [], Limits(), silent, ((1, 2),))
    made.run()
    assert began == [made]
    assert not isinstance(made.visited, Multisets)
    assert made.space == Space(150**2, 2 * 150**2, 2 * 149)


@law(100)
@given(st.integers(1, 4), st.integers(1, 5), st.integers(0, 3))
def test_numbers_of_multisets(size: int, side: int, more: int) -> None:
    """All multisets have the numbers from 0 on, which stay when there is more to choose from; members are dropped one by one."""
    ranks, wider, fewer = Ranks(size, side), Ranks(size, side + more), Ranks(size - 1, side)
    chosen = sorted(combinations_with_replacement(range(side), size), key=lambda one: one[::-1])
    columns = [np.array([one[position] for one in chosen], np.int32) for position in range(size)]
    assert list(range(ranks.count)) == ranks.of(columns).tolist() == wider.of(columns).tolist()
    assert chosen == list(zip(*(each.tolist() for each in ranks.members(np.arange(ranks.count))), strict=True))
    for position, found in enumerate(fewer.without(columns) if size > 1 else ()):
        others = [each for other, each in enumerate(columns) if other != position]
        assert fewer.of(others).tolist() == found.tolist()
