"""States that are too many for memory: kept in files, with the same counts, verdicts and behaviours, and nothing left."""

from __future__ import annotations

import errno
import gc
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tdispmodel.engines.protocol import Limits, silent
from tdispmodel.engines.wide import search, spilled
from tdispmodel.engines.wide.search import Search
from tdispmodel.engines.wide.spilled import Spilled, merged, missing, without
from tdispmodel.engines.wide.visited import Dense, Keys, Runs
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.semantics import LeavesRange
from tdispmodel.verdict import Answer, OutOfRange, Space, Verdict
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.numbered import Numbered, Plain, Spilling, SpillingAll, fills_up, spills, spread_systems
from tests.laws.oracle import Oracle
from tests.laws.random_systems import law
from tests.laws.test_engines_agree import assert_leads_there, complaints_about

Asked = tuple[System, tuple[SystemProperty, ...]]

ascending = st.lists(st.integers(0, 60), max_size=30, unique=True).map(lambda some: np.array(sorted(some), np.int64))


def said(verdict: Verdict) -> tuple[object, ...]:
    """All that a verdict says but how long it took."""
    return (
        verdict.property,
        verdict.answer,
        verdict.trace,
        verdict.shortest,
        verdict.certificate,
        verdict.vacuous,
        verdict.space,
        verdict.reason,
        verdict.bound,
    )


# --- runs --------------------------------------------------------------------------------------------------------------


@law(200)
@given(st.lists(ascending, max_size=5), st.integers(1, 7))
def test_runs_are_merged(runs: Sequence[Keys], piece: int) -> None:
    """Merging runs piece by piece gives their union, ascending, each once."""
    found = [key for keys in merged(runs, piece) for key in keys.tolist()]
    assert sorted({key for run in runs for key in run.tolist()}) == found


@law(200)
@given(st.lists(ascending, max_size=3), st.lists(ascending, max_size=4), st.integers(1, 7))
def test_what_is_known_is_left_out(found: Sequence[Keys], known: Sequence[Keys], piece: int) -> None:
    """Of what was found, that which no run has is left, ascending."""
    left = [key for keys in without(merged(found, piece), known, piece) for key in keys.tolist()]
    seen = {key for run in known for key in run.tolist()}
    assert sorted({key for run in found for key in run.tolist()} - seen) == left


@law(100)
@given(st.lists(st.lists(st.lists(st.integers(0, 200), max_size=40), max_size=5), min_size=1, max_size=8), st.data())
def test_levels_are_those_of_sets(levels: list[list[list[int]]], data: st.DataObject) -> None:
    """Whether kept as places, as runs or in files, from whichever level on, each level is what plain sets say."""
    moment = data.draw(st.integers(0, len(levels)))
    first: Dense | Runs = Dense(2) if data.draw(st.booleans()) else Runs([15, 15])
    if isinstance(first, Dense):
        first.reach([15, 15])
    visited: Dense | Runs | Spilled = first
    known: set[int] = set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spilled, "LEAST_PIECE", 2)
        patch.setattr(spilled, "MOST_FILES", 2)
        for level, offers in enumerate(levels):
            noted: set[int] = set()
            for place, offer in enumerate(offers):
                if level == moment and place == len(offers) // 2 and not isinstance(visited, Spilled):
                    visited = spilled.spilled(visited, [15, 15], 400)
                numbers = np.array(offer, np.int32)
                visited.offer(visited.keys([numbers // 15, numbers % 15]))
                noted |= set(offer)
            new = visited.level()[0 : len(noted)]
            whole, instance = visited.numbers(new)
            assert sorted(noted - known) == (whole.astype(int) * 15 + instance).tolist()
            known |= noted
            again = [key for keys in visited.pieces(level, 3) for key in keys.tolist()]
            assert new.tolist() == again


def test_missing_keys() -> None:
    """What is missing among known ones is found also beyond the last of them."""
    keys = np.array([1, 3, 5, 9], np.int64)
    assert [1, 5, 9] == missing(keys, np.array([3, 4], np.int64)).tolist()


# --- searches ----------------------------------------------------------------------------------------------------------


@law(60)
@given(spread_systems())
def test_it_agrees_with_the_oracle(pair: Asked) -> None:
    """With states in files from the start, answers, counts, vacuity and lengths are the oracle's, and are judged."""
    with pytest.MonkeyPatch.context() as patch:
        spills(patch)
        assert not complaints_about(Spilling(), pair)


@law(60)
@given(spread_systems(may_leave_range=True))
def test_verdicts_are_the_same(pair: Asked) -> None:
    """All that is said, behaviours and certificates included, is the same as of a search in memory, all at once."""
    system, asked = pair
    try:
        Oracle(system)
    except LeavesRange:
        left = out_of_range(Numbered(), pair)
        with pytest.MonkeyPatch.context() as patch:
            spills(patch)
            assert left == out_of_range(Spilling(), pair)
        return
    memory = [said(one) for one in Plain().answer(system, asked, Limits())]
    with pytest.MonkeyPatch.context() as patch:
        spills(patch)
        assert memory == [said(one) for one in Spilling().answer(system, asked, Limits())]


def out_of_range(engine: Numbered, pair: Asked) -> tuple[object, ...]:
    """Return how an integer leaves its range."""
    with pytest.raises(OutOfRange) as caught:
        list(engine.answer(*pair, Limits()))
    assert_leads_there(pair[0], caught.value)
    return caught.value.trace, caught.value.action, caught.value.variable, caught.value.value


@pytest.mark.parametrize("megabytes", [3, 12])
def test_a_large_space_in_little_memory(megabytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three devices of bench-tdi in so little that states go to files: what is said is what is said with plenty."""
    monkeypatch.setattr(search, "LEAST_FOR_PRODUCT", 1 << 60)
    made: list[Search] = []
    original = Search.run
    monkeypatch.setattr(Search, "run", lambda one, kept=None: (made.append(one), original(one, kept))[1])
    system, questions = bench_tdi(3), bench_properties(3)
    plenty = [said(one) for one in Plain().answer(system, questions, Limits())]
    monkeypatch.setattr(search, "SHARE_OF_DENSE", 1 << 10)
    little = list(Plain().answer(system, questions, Limits(memory=megabytes * 1_000_000)))
    assert plenty == [said(one) for one in little]
    assert {Space(305_009, 3_240_706, 39)} == {one.space for one in little}  # published, see test_numbered
    assert [Dense, Spilled] == [type(one.visited) for one in made]
    assert all(one.accepted for one in judge_all(system, little))


# --- disks -------------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the first thing cannot be written every question is open, in words."""
    spills(monkeypatch)
    full = Path("/dev/full")
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: full.open("r+b", buffering=0))
    found = list(SpillingAll().answer(bench_tdi(2), bench_properties(2), Limits()))
    reason = "the disk fails (No space left on device) with 0 states found and 0 levels complete"
    assert {(Answer.OPEN, reason, None)} == {(one.answer, one.reason, one.space) for one in found}


def test_a_disk_that_becomes_full_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found before is shown with a shortest behaviour, and judged; all else is open, with the depth it reached."""
    spills(monkeypatch)
    fills_up(monkeypatch, 5_000)  # of 6,543 states
    monkeypatch.setattr(search, "CHUNK", 1 << 15)
    system = bench_tdi(2)
    found = list(SpillingAll().answer(system, bench_properties(2), Limits()))
    assert [Answer.OPEN, Answer.OPEN, Answer.VIOLATED, Answer.OPEN] == [one.answer for one in found]
    assert all(one.accepted for one in judge_all(system, found))
    assert found[2].trace is not None
    assert 10 == len(found[2].trace)
    for one in found:
        assert one.space is None
        if one.answer is Answer.OPEN:
            assert one.bound is not None
            assert one.reason.startswith("the disk fails (No space left on device) with ")
            assert one.reason.endswith(f" and {one.bound + 1} levels complete")


def test_no_place_for_files_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no file can be made at all it is open, too."""
    spills(monkeypatch)

    def nowhere(**_: object) -> object:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "TemporaryFile", nowhere)
    found = list(Spilling().answer(bench_tdi(1), bench_properties(1), Limits()))
    assert {Answer.OPEN} == {one.answer for one in found}
    assert all(one.reason.startswith("the disk fails (No usable temporary directory found) ") for one in found)


def test_no_memory_at_all_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine itself has none left, whatever is allowed, it is open."""

    def none(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Search, "_expand", none)
    found = list(Plain().answer(bench_tdi(1), bench_properties(1), Limits()))
    assert {(Answer.OPEN, "the machine has no memory left")} == {(one.answer, one.reason) for one in found}


def open_files() -> int:
    """How many files this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files cannot be counted")
def test_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files have no name while a search is at work, and are closed after it and after an interrupt."""
    spills(monkeypatch)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(search, "TELL_EVERY", 0.0)
    gc.collect()
    before = open_files()
    seen: list[tuple[int, list[Path]]] = []

    def looked(_: str) -> None:
        seen.append((open_files(), list(tmp_path.iterdir())))
        if len(seen) == 30:
            raise KeyboardInterrupt

    made = Search(bench_tdi(1), [], Limits(memory=1 << 30), looked)
    with pytest.raises(KeyboardInterrupt):
        made.run()
    assert isinstance(made.visited, Spilled)
    assert max(files for files, _ in seen) > before
    assert [] == [names for _, names in seen if names]
    del made
    gc.collect()
    assert before == open_files()
    made = Search(bench_tdi(1), [], Limits(memory=1 << 30), silent)
    made.run()
    assert Space(143, 565, 15) == made.space
