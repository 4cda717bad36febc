"""The search with compiled kernels: laws against oracle and numpy, published counts, threads, memory, and without numba."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.engines.diagrams.exploring import Watch
from tdispmodel.engines.diagrams.space import Space as Diagrams
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits, silent
from tdispmodel.engines.wide import fast, search as numpy_search
from tdispmodel.engines.wide.fast import search as kernel_search, visited
from tdispmodel.engines.wide.fast.search import Compiled
from tdispmodel.engines.wide.orbits import Orbits
from tdispmodel.engines.wide.search import Search
from tdispmodel.engines.wide.spilled import Spilled
from tdispmodel.engines.wide.visited import Sided
from tdispmodel.judging import judge_all
from tdispmodel.semantics import Scope, ground
from tdispmodel.verdict import Answer, Space
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_fast.kerneled import MODES, at_once, plain
from tests.engines_wide.multiplied import both_at, counters, shown
from tests.engines_wide.numbered import Numbered, Plain, Resumed, goes_over, spread_systems
from tests.engines_wide.symmetric import symmetric_systems
from tests.laws.random_systems import law
from tests.laws.test_engines_agree import Asked, assert_leaving_is_noticed, complaints_about

PUBLISHED = {2: Space(6_543, 47_766, 27), 3: Space(305_009, 3_240_706, 39)}
"""bench-tdi: states, transitions and depth on which SPIN, Rumur, Stateright, TLC and NuSMV agree."""
ORBITS = {2: 3 * 4 // 2 + 2 * (47 * 48 // 2) + 46 * 47 // 2, 3: 54_154}
"""Multisets of 3, 47, 47 and 46 local states (the closed form); of three: 10 + 2 * 18,424 + 17,296."""
MEANS = st.tuples(st.sampled_from(MODES), st.integers(1, 3))
"""How what was visited is kept, and how many threads there are."""


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Compiled]]:
    """What was used of compiled kernels; something must be."""
    made: list[Compiled] = []
    original = Compiled.expand
    monkeypatch.setattr(Compiled, "expand", lambda here, depth: made.append(here) or original(here, depth))
    yield made
    assert made


@law(60)
@given(spread_systems(), MEANS)
def test_it_agrees_with_the_oracle_and_says_what_numpy_says(pair: Asked, means: tuple[str, int]) -> None:
    """Answers, counts, vacuity and lengths are the oracle's, the judge accepts; all is what numpy says."""
    without = shown(Numbered().answer(*pair, Limits()))
    with pytest.MonkeyPatch.context() as patch:
        at_once(patch, *means)
        assert not complaints_about(Numbered(), pair)
        assert without == shown(Numbered().answer(*pair, Limits()))


@law(30)
@given(symmetric_systems(), MEANS)
def test_it_says_the_same_of_orbits(pair: Asked, means: tuple[str, int]) -> None:
    """So it is where instances are interchangeable, and where each state is visited all the same."""
    for made in (Numbered(), Plain()):
        without = shown(made.answer(*pair, Limits()))
        with pytest.MonkeyPatch.context() as patch:
            at_once(patch, *means)
            assert not complaints_about(made, pair)
            assert without == shown(made.answer(*pair, Limits()))


@pytest.mark.long
@law(3000)
@given(st.one_of(spread_systems(), symmetric_systems()), MEANS)
def test_it_agrees_again_and_again(pair: Asked, means: tuple[str, int]) -> None:
    """So it is on many more random systems."""
    without = shown(Numbered().answer(*pair, Limits()))
    with pytest.MonkeyPatch.context() as patch:
        at_once(patch, *means)
        assert not complaints_about(Numbered(), pair)
        assert without == shown(Numbered().answer(*pair, Limits()))


@law(15)
@given(symmetric_systems(), st.sampled_from(MODES))
def test_compiled_kernels_do_what_their_text_says(pair: Asked, mode: str) -> None:
    """The same text, run by Python, leads to the same verdicts."""
    with pytest.MonkeyPatch.context() as patch:
        at_once(patch, mode)
        compiled = shown(Numbered().answer(*pair, Limits()))
        plain(patch)
        assert compiled == shown(Numbered().answer(*pair, Limits()))


@law(20)
@given(st.one_of(symmetric_systems(may_leave_range=True), spread_systems(may_leave_range=True)), MEANS)
def test_leaving_a_range_is_noticed(pair: Asked, means: tuple[str, int]) -> None:
    """`OutOfRange` is raised exactly when some reachable step leaves a range, and its trace replays."""
    with pytest.MonkeyPatch.context() as patch:
        at_once(patch, *means)
        assert_leaving_is_noticed(Numbered(), pair)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("threads", [1, 4])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.usefixtures("used")
def test_published_counts(mode: str, threads: int, symmetric: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """States, transitions, depth and orbits of bench-tdi are the published ones, for any number of threads."""
    at_once(monkeypatch, mode, threads)
    for devices, published in PUBLISHED.items():
        if devices > 2:
            monkeypatch.setattr(kernel_search, "SLICE", 1 << 11)
            monkeypatch.setattr(kernel_search, "ROOM", 1 << 12)
            monkeypatch.setattr(numpy_search, "CHUNK", 1 << 12)
        classes = (tuple(range(1, devices + 1)),) if symmetric else ()
        made = Search(bench_tdi(devices), [], Limits(), silent, classes)
        made.run()
        assert isinstance(made.visited, Compiled)
        assert made.space == published
        assert made.states == (ORBITS[devices] if symmetric else published.states)


def test_explicit_goes_over_and_is_judged(monkeypatch: pytest.MonkeyPatch, used: list[Compiled]) -> None:
    """`explicit` itself uses kernels when a search is large, and the judge accepts what it says of three devices."""
    goes_over(monkeypatch, 1000)
    monkeypatch.setattr(fast, "LEAST_STEPS", 100_000)
    monkeypatch.setattr(fast, "LEAST_OF_LEVEL", 0)
    system, questions = bench_tdi(3), bench_properties(3)
    found = list(Explicit().answer(system, questions, Limits(memory=1 << 30)))
    assert {one.space for one in found} == {PUBLISHED[3]}
    assert [one.accepted for one in judge_all(system, found)] == [True] * len(questions)
    assert used[0].levels < len(used[0].found) + 1  # it went on from where numpy was


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.usefixtures("used")
def test_local_states_that_are_met_late(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two counters up to 149 have 150 * 151 / 2 orbits, 150^2 states with two steps each, and meet at 100 after 200 steps.

    There is no room at first for most local states, and what was visited is made anew again and again.
    """
    at_once(monkeypatch, mode)
    (found,) = Numbered().answer(counters(), [both_at(100)], Limits())
    assert found.space == Space(150**2, 2 * 150**2, 2 * 149)
    assert found.symmetry is not None
    assert found.symmetry.orbits == 150 * 151 // 2
    assert found.trace is not None
    assert len(found.trace) == 200


@pytest.mark.usefixtures("used")
def test_numbers_that_do_not_fit_any_more_begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a local state has no bits left for its number all is searched once more without kernels, with the same counts."""
    at_once(monkeypatch, "bits")
    monkeypatch.setattr("tdispmodel.engines.wide.visited.MOST_BITS", 10)
    made = Search(counters(), [], Limits(), silent, ((1, 2),))
    monkeypatch.setattr(made, "most_dense", 1 << 30)
    made.run()
    assert not isinstance(made.visited, Compiled)
    assert made.space == Space(150**2, 2 * 150**2, 2 * 149)


@pytest.mark.usefixtures("used")
def test_states_go_to_files_in_the_midst_of_a_level(monkeypatch: pytest.MonkeyPatch) -> None:
    """When memory is used up the level is looked at once more by numpy, with states in files, and nothing counts twice."""
    at_once(monkeypatch, "bits")
    monkeypatch.setattr(numpy_search, "CHUNK", 1 << 9)
    original = Search._fits

    def fits(made: Search, more: int) -> bool:
        full = isinstance(made.visited, Compiled) and made.visited.waiting() > 300
        return not full and original(made, more)

    monkeypatch.setattr(Search, "_fits", fits)
    made = Search(bench_tdi(2), [], Limits(memory=1 << 28), silent, ())
    made.run()
    assert isinstance(made.visited, Spilled)
    assert made.space == PUBLISHED[2]


def test_memory_is_not_exceeded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is allowed, no more is in use at any time, and the counts are the published ones; kernels need some of it."""
    monkeypatch.setattr(fast, "LEAST_STEPS", 0)
    monkeypatch.setattr(fast, "LEAST_OF_LEVEL", 0)
    sorts = []
    for megabytes in (8, 64):
        made = Search(bench_tdi(3), [], Limits(memory=megabytes * 1_000_000), silent)
        made.able = False
        gc.collect()
        tracemalloc.start()
        made.run()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak <= megabytes * 1_000_000
        assert made.space == PUBLISHED[3]
        sorts.append(isinstance(made.visited, Compiled))
    assert sorts == [False, True]


def test_of_threads_that_find_a_state_one_is_told_that_it_is_new() -> None:
    """Four threads put the same 40,000 states at once: together they are told of each once, in both ways to keep them."""
    sizes, one = [200, 200], np.arange(200, dtype=np.int32)
    states = Sided(sizes).keys([np.repeat(one, 200), np.tile(one, 200)])
    for bits in (1 << 20, 0):
        known = visited.Known(Orbits((), 2), Sided(sizes), sizes, bits)
        known.remake(sizes, 1 << 16, [])
        buffers = [visited.Buffers(1 << 16, known.pairs) for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            found = np.concatenate(list(pool.map(known.put, [states] * 4, buffers)))
        assert np.sort(found).tolist() == states.tolist()


def test_without_numba_all_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where numba is not installed, or refuses to run, the search stays with numpy and says the same."""
    at_once(monkeypatch, "bits")
    system, questions = bench_tdi(2), bench_properties(2)
    with_kernels = shown(Numbered().answer(system, questions, Limits()))
    for name, broken in (("find_spec", lambda _: None), ("import_module", _refusing), ("import_module", _damaged)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fast, name, broken)
            assert fast.compiled() is None
            assert shown(Numbered().answer(system, questions, Limits())) == with_kernels
    assert {one.answer for one in with_kernels} == {Answer.HOLDS, Answer.VIOLATED}


def _refusing(_: str) -> None:
    message = "Numba needs NumPy 2.3 or less"
    raise ImportError(message)


def _damaged(_: str) -> None:
    raise EOFError


def test_who_wants_no_compiler_gets_none() -> None:
    """Where numba is told to compile nothing, which some do to debug, the search stays with numpy."""
    script = "from tdispmodel.engines.wide import fast; print(fast.compiled())"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    found = subprocess.run([sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True)
    assert found.stdout == "None\n"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.usefixtures("used")
def test_it_is_gone_on_with_from_a_checkpoint(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Interrupted after ten levels and resumed it says what it says at once, and nobody can tell who wrote it down."""
    pair = bench_tdi(2), bench_properties(2)
    without = shown(Numbered().answer(*pair, Limits()))
    at_once(monkeypatch, mode)
    assert shown(Resumed(10).answer(*pair, Limits())) == without


def test_small_searches_do_not_load_numba() -> None:
    """A process that answers about two devices of bench-tdi, over numbered parts, has not imported numba when it ends."""
    script = (
        "import sys\n"
        "from tests.engines.bench_tdi import bench_properties, bench_tdi\n"
        "from tests.engines_wide.numbered import Numbered\n"
        "from tdispmodel.engines.protocol import Limits\n"
        "assert len(list(Numbered().answer(bench_tdi(2), bench_properties(2), Limits()))) == 4\n"
        "assert 'numba' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.long
@pytest.mark.usefixtures("used")
def test_three_devices_of_the_base_model() -> None:
    """All states of status_quo with three devices are as many, and have as many steps, as decision diagrams count.

    These share no code with this search; of four numbers each two must be the same.
    """
    catalogue = find_catalogue(Path(__file__))
    system = ground(load(catalogue, catalogue.proposals["status_quo"]).model, Scope(3))
    made = Search(system, [], Limits(), silent, ((1, 2, 3),))
    made.run()
    space = Diagrams(system, 1 << 24, Watch(Limits(), silent))
    counted = space.encoding.count(space.reached)
    steps = sum(space.encoding.count(space.reached & move.enabled) for move in space.moves)
    assert made.space is not None
    assert (made.space.states, made.space.transitions) == (counted, steps)
