"""A search in partitions says what a search in one process says: laws over random systems, and published counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tdispmodel.compiling.arrays import Words
from tdispmodel.engines.conformance import Case, cases, faults
from tdispmodel.engines.distributed import partition, search as driver
from tdispmodel.engines.distributed.owners import owners
from tdispmodel.engines.protocol import Engine, Limits
from tdispmodel.engines.wide import search
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer, NumberedStates, OutOfRange, Space, Verdict
from tests.cluster.here import Here, Losing, Partitions
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.numbered import FINITE, Plain, spills, spread_systems
from tests.laws.random_systems import law
from tests.laws.test_engines_agree import complaints_about

Asked = tuple[System, tuple[SystemProperty, ...]]

PUBLISHED = {1: Space(143, 565, 15), 2: Space(6_543, 47_766, 27)}
"""bench-tdi: states, transitions and depth on which several model checkers agree."""


def said(engine: Engine, system: System, questions: tuple[SystemProperty, ...]) -> list[Verdict] | str:
    """All that an engine says, but for its name and how long it took."""
    try:
        return [replace(one, engine="", seconds=0.0) for one in engine.answer(system, questions, Limits())]
    except OutOfRange as left:
        return f"{left.trace} {left.action} {left.variable} {left.value}"


def in_small_pieces(patch: pytest.MonkeyPatch) -> None:
    """Let partitions expand three states at a time, and hand on what six of them lead to."""
    patch.setattr(search, "CHUNK", 3)
    patch.setattr(partition, "PIECE", 6)


@law(50)
@given(spread_systems(), st.integers(1, 3))
def test_it_agrees_with_the_oracle(pair: Asked, count: int) -> None:
    """Answers, counts, vacuity and lengths are the oracle's, and the judge accepts every verdict."""
    with pytest.MonkeyPatch.context() as patch:
        in_small_pieces(patch)
        assert not complaints_about(Partitions(Here(count)), pair)


@law(50)
@given(spread_systems(may_leave_range=True), st.integers(1, 3))
def test_it_says_what_one_process_says(pair: Asked, count: int) -> None:
    """Traces, certificates and what leaves a range are those of the search over numbered parts in one process."""
    with pytest.MonkeyPatch.context() as patch:
        in_small_pieces(patch)
        assert said(Plain(), *pair) == said(Partitions(Here(count)), *pair)


@law(50)
@given(spread_systems(may_leave_range=True), st.integers(2, 3), st.sets(st.integers(0, 60), max_size=4))
def test_who_is_gone_is_built_anew(pair: Asked, count: int, deaths: set[int]) -> None:
    """Whichever processes end at whatever calls, a few of them, nothing that is said changes."""
    calls = iter(range(1 << 30))
    members = Here(count, ends=lambda *_: next(calls) in deaths)
    with pytest.MonkeyPatch.context() as patch:
        in_small_pieces(patch)
        assert said(Plain(), *pair) == said(Partitions(members), *pair)


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("devices", PUBLISHED)
def test_published_counts(devices: int, count: int) -> None:
    """The counts of bench-tdi are the published ones, and all is as one process says it, judged."""
    system, questions = bench_tdi(devices), bench_properties(devices)
    members = Here(count)
    found = list(Partitions(members).answer(system, questions, Limits()))
    assert {one.space for one in found} == {PUBLISHED[devices]}
    assert any(isinstance(one.certificate, NumberedStates) for one in found)
    assert all(one.accepted for one in judge_all(system, found))
    assert said(Plain(), system, questions) == said(Partitions(members), system, questions)
    states = [process.partition.states for process in members.processes if process.partition is not None]
    assert sum(states) == PUBLISHED[devices].states
    assert count == 1 or max(states) < 0.8 * sum(states)  # each has its share: 80% would be no hash


@pytest.mark.parametrize("all_to", [0, 2])
def test_one_partition_may_have_everything(all_to: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hash that sends everything to one of three partitions makes it slow, not wrong."""

    def one(rows: Words, partitions: int) -> np.ndarray:
        return np.full(len(rows), min(all_to, partitions - 1), np.int32)

    monkeypatch.setattr(partition, "owners", one)
    monkeypatch.setattr(driver, "owners", one)
    system, questions = bench_tdi(1), bench_properties(1)
    assert said(Plain(), system, questions) == said(Partitions(Here(3)), system, questions)


def test_owners_are_the_same_everywhere() -> None:
    """The hash of a state is fixed: mixing 0 after adding the constant once is the first number of splitmix64(0)."""
    assert int(owners(np.zeros((1, 1), np.uint64), 1 << 31)[0]) == 0xE220A8397B1DCDAF % (1 << 31)


@pytest.mark.parametrize("case", [case for case in cases() if case.question.kind in FINITE], ids=lambda case: case.name)
def test_it_passes_the_conformance_suite(case: Case) -> None:
    """Corner by corner, and on the suite's other systems, it answers as it must."""
    assert faults(Partitions(Here(2)), case) == []


def test_states_in_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """With all states in files the same is said; a process that ends is open then, since nobody has what it had."""
    spills(monkeypatch)
    system, questions = bench_tdi(1), bench_properties(1)
    limits = Limits(memory=1 << 30)
    plain = list(Plain().answer(system, questions, limits))
    found = list(Partitions(Here(2)).answer(system, questions, limits))
    assert [(one.answer, one.space, one.trace) for one in plain] == [
        (one.answer, one.space, one.trace) for one in found
    ]
    calls = iter(range(1 << 30))
    ending = Here(2, ends=lambda member, method: method == "expand" and member == 1 and next(calls) == 5)
    for one in Partitions(ending).answer(system, questions, limits):
        assert one.answer is Answer.OPEN or one.trace is not None
        assert one.space is None
        assert "partition 2 of 2 ended, and what it had is in files" in one.reason or one.trace is not None


@pytest.mark.parametrize(
    ("limits", "reason"),
    [(Limits(seconds=0.0), "out of time after 0 s"), (Limits(memory=100), "out of memory (5e-05 MB) in partition")],
)
def test_limits_are_kept(limits: Limits, reason: str) -> None:
    """Without time or memory, of which each partition has its part, every question is open, with the reason."""
    found = list(Partitions(Here(2)).answer(bench_tdi(2), bench_properties(2), limits))
    assert {one.answer for one in found} == {Answer.OPEN}
    assert all(one.reason.startswith(reason) for one in found), found[0].reason


def test_processes_that_always_end() -> None:
    """When processes end again and again every question is open, with the reason."""
    ending = Here(2, ends=lambda member, method: member == 1 and method == "go_on")
    found = list(Partitions(ending).answer(bench_tdi(1), bench_properties(1), Limits()))
    assert {(one.answer, one.reason) for one in found} == {
        (Answer.OPEN, "processes of partitions ended 9 times with 0 states found and 0 levels complete")
    }


def test_levels_that_are_lost() -> None:
    """When what a partition had is lost with its machine every question without a trace is open, with the reason."""
    calls = iter(range(1 << 30))
    losing = Losing(2, ends=lambda member, method: member == 1 and method == "expand" and next(calls) == 3)
    found = list(Partitions(losing).answer(bench_tdi(1), bench_properties(1), Limits()))
    assert {one.answer for one in found} == {Answer.OPEN}
    assert all(one.reason.startswith("a machine is gone with ") for one in found)
