"""What the search over numbered parts may spend: time and memory, what it says when they are used up, and on the way."""

from __future__ import annotations

import gc
import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tdispmodel.compiling.successors import Watch
from tdispmodel.engines import explicit
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.exploration import Exploration
from tdispmodel.engines.protocol import LimitReached, Limits, silent
from tdispmodel.engines.wide import answers, search
from tdispmodel.engines.wide.search import Search
from tdispmodel.engines.wide.spilled import Spilled
from tdispmodel.engines.wide.visited import Runs
from tdispmodel.ir.expressions import Arithmetic, AtMost, Bounded, Equal, Literal, Read, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, SystemProperty, SystemVariable
from tdispmodel.judging import judge, judge_all
from tdispmodel.verdict import Answer, Space, Verdict
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.numbered import Numbered, Plain, fills_up, goes_over
from tests.judging import lamp

LEAST = 330_000
"""Bytes within which nothing can be searched: a quarter is for what is read from files, and no fewer than 64 states are
expanded at once, for each of which 4,096 bytes are set aside."""


@pytest.fixture
def traced() -> Iterator[None]:
    """Trace what is allocated; numpy tells of its arrays."""
    gc.collect()
    tracemalloc.start()
    yield
    tracemalloc.stop()


def violated() -> SystemProperty:
    """The one property of bench-tdi that is violated, after ten steps."""
    (question,) = (
        one.property for one in Numbered().answer(bench_tdi(1), bench_properties(1), Limits()) if one.trace is not None
    )
    return next(one for one in bench_properties(3) if one.name == question.name)


@pytest.mark.parametrize(
    ("megabytes", "made"), [(0.3, Plain()), (8, Plain()), (64, Plain()), (0.3, Numbered()), (8, Numbered())]
)
@pytest.mark.usefixtures("traced")
def test_memory_is_not_exceeded(megabytes: float, made: Numbered) -> None:
    """Whatever is allowed, no more is in use at any time; with little it is open, in words, with much it is decided."""
    system, questions = bench_tdi(3), bench_properties(3)
    limits = Limits(memory=int(megabytes * 1_000_000))
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    found = list(made.answer(system, questions, limits))
    _, peak = tracemalloc.get_traced_memory()
    assert peak - before <= megabytes * 1_000_000
    reasons = {one.reason for one in found if one.answer is Answer.OPEN}
    assert bool(reasons) is (megabytes * 1_000_000 < LEAST)
    assert all(reason.startswith(f"out of memory ({megabytes} MB) with ") for reason in reasons)


@pytest.mark.usefixtures("traced")
def test_memory_is_not_exceeded_by_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is it with sorted runs, which need more, nor when they go to files."""
    monkeypatch.setattr(search, "SHARE_OF_DENSE", 1 << 10)
    monkeypatch.setattr(search, "LEAST_FOR_PRODUCT", 1 << 60)
    sorts = []
    for megabytes in (8, 64):
        made = Search(bench_tdi(3), [], Limits(memory=megabytes * 1_000_000), silent)
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        made.run()
        _, peak = tracemalloc.get_traced_memory()
        assert peak - before <= megabytes * 1_000_000
        sorts.append(type(made.visited))
    assert sorts == [Spilled, Runs]


def test_time_is_kept() -> None:
    """Out of time it is open, and says how far it came."""
    system, questions = bench_tdi(2), bench_properties(2)
    for made, unit in ((Plain(), "states"), (Numbered(), "orbits")):
        for found in made.answer(system, questions, Limits(seconds=0.0)):
            assert (found.answer, found.bound, found.space) == (Answer.OPEN, None, None)
            assert found.reason == f"out of time after 0 s with 1 {unit} found and 0 levels complete"


def test_time_is_kept_in_a_long_search() -> None:
    """It stops soon after half a second, and the bound is the depth that was seen."""
    system, questions = bench_tdi(5), [one for one in bench_properties(5) if one.name != violated().name]
    limits = Limits(seconds=0.5)
    found = list(Numbered().answer(system, questions, limits))
    assert limits.spent() < 20.0  # on a busy machine; all of it takes minutes
    still_open = [one for one in found if one.answer is Answer.OPEN]
    assert still_open
    for one in still_open:
        assert one.reason.startswith("out of time after 0.5 s with ")
        assert one.bound is not None
        assert f"{one.bound + 1} levels complete" in one.reason


def test_what_was_found_before_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A violation that was met before time ran out is shown with a shortest behaviour of ten steps, and judged."""
    system, question = bench_tdi(3), violated()
    original = Search.look

    def look(made: Search, *, ways: bool = False) -> None:
        if made.complete_levels > 12 and not ways:
            made._stop("out of time after 1 s")
        original(made, ways=ways)

    monkeypatch.setattr(Search, "look", look)
    found = {one.property: one for one in Numbered().answer(system, bench_properties(3), Limits())}
    assert {one.answer for one in found.values()} == {Answer.VIOLATED, Answer.OPEN}
    refuted = found[question]
    assert refuted.answer is Answer.VIOLATED
    assert refuted.trace is not None
    assert (len(refuted.trace), refuted.shortest, refuted.space) == (10, True, None)
    assert all(one.accepted for one in judge_all(system, list(found.values())))


def test_no_time_for_the_way_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was met is open where no time is left to say how: nothing is claimed without a behaviour, and least of all
    that there is no violation up to the depth that was searched.
    """

    def never(*_: object) -> None:
        message = "out of time after 1 s"
        raise LimitReached(message)

    refuted = violated().name
    monkeypatch.setattr(answers, "traces", never)
    found = list(Numbered().answer(bench_tdi(2), bench_properties(2), Limits()))
    assert {(one.answer, one.reason) for one in found} == {(Answer.OPEN, "out of time after 1 s")}
    assert [one.bound for one in found if one.property.name == refuted] == [None]


def test_progress_is_one_line_with_the_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long search tells states, steps, depth, how many states the level has, speed, memory and what is left."""
    monkeypatch.setattr(search, "TELL_EVERY", 0.0)
    lines: list[str] = []
    list(Numbered().answer(bench_tdi(1), bench_properties(1), Limits(), lines.append))
    assert lines[0].startswith("1 states  0 steps  depth 0  frontier 1  ")
    assert all(re.fullmatch(r"[^\n]*/s  [0-9.]+k?B  (no estimate|~\d+ s left)", line) for line in lines)
    assert lines[0].endswith("  no estimate")
    # the published counts: the last level is 15 steps away, and its states were all found before it is expanded
    assert any(line.startswith("143 states  ") and "  depth 15  frontier " in line for line in lines)


def test_both_searches_of_explicit_keep_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where `explicit` goes over, what it is open about says why and has the greater bound of its two searches."""
    goes_over(monkeypatch, 1_000)
    monkeypatch.setattr(search, "LEAST_FOR_PRODUCT", 1 << 60)
    fills_up(monkeypatch, 100_000)  # of 305,009 states
    system, questions = bench_tdi(3), bench_properties(3)
    found = list(Explicit(symmetry=False).answer(system, questions, Limits(memory=4_500_000)))
    still_open = [one for one in found if one.answer is Answer.OPEN]
    assert len(still_open) == len(questions) - 1
    for one in still_open:
        assert one.reason.startswith("the disk fails (No space left on device) with ")
        assert one.bound is not None
        assert one.bound > 10


def test_narrow_spaces_stay_with_the_plain_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where levels have few states, many at once would be few at once: what holds is a list of states."""
    monkeypatch.setattr(explicit, "LARGE", 100)
    found = list(Explicit().answer(bench_tdi(2), bench_properties(2), Limits()))
    # 6,543 states on 28 levels are 234 a level
    assert {one.certificate.kind for one in found if one.certificate is not None} == {"closed set of states"}


def test_liveness_is_open_where_steps_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs every step is open, with the number of states, where these would not fit; the rest is decided."""
    goes_over(monkeypatch, 1_000)
    system, (first, *rest) = bench_tdi(3), bench_properties(3)
    endless = replace(first, name="endless", kind=Kind.LEADS_TO, antecedent=None)
    found: dict[str, Verdict] = {
        one.property.name: one for one in Explicit().answer(system, [endless, first, *rest], Limits(memory=40_000_000))
    }
    assert found["endless"].answer is Answer.OPEN
    reason = "305009 states and the steps between them do not fit into the memory allowed"
    assert found["endless"].reason == reason
    assert {one.answer for name, one in found.items() if name != "endless"} == {Answer.HOLDS, Answer.VIOLATED}


def test_no_memory_left_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine has no memory for the steps it is open; what many states at once decided before counts."""
    goes_over(monkeypatch, 1_000)
    original = Exploration._expand

    def expand(explored: Exploration, begin: int, end: int) -> None:
        if len(explored.order) > 3_000:
            raise MemoryError
        original(explored, begin, end)

    monkeypatch.setattr(Exploration, "_expand", expand)
    system, (first, *rest) = bench_tdi(2), bench_properties(2)
    endless = replace(first, name="endless", kind=Kind.LEADS_TO, antecedent=None)
    found = {one.property.name: one for one in Explicit().answer(system, [endless, first, *rest], Limits())}
    assert (Answer.OPEN, "the machine has no memory left") == (found["endless"].answer, found["endless"].reason)
    assert {one.answer for name, one in found.items() if name != "endless"} == {Answer.HOLDS, Answer.VIOLATED}


def test_nothing_is_claimed_that_nobody_could_check(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the judge would need too many places, what holds is open, and what is violated is shown."""
    monkeypatch.setattr(answers, "MOST_PLACES", 100)
    # 4 local states of the whole and 47 of each device: 47 * 47, or in ascending order 47 * 48 / 2
    for made, counts in (
        (Plain(), "6543 states were visited, and 8836"),
        (Numbered(), "3343 orbits were visited, and 4512"),
    ):
        found = list(made.answer(bench_tdi(2), bench_properties(2), Limits()))
        reasons = {one.reason for one in found if one.answer is Answer.OPEN}
        assert reasons == {f"{counts} combinations are too many to be checked again"}
        assert sum(one.answer is Answer.VIOLATED for one in found) == 1


def test_too_many_starts_are_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search says so when it cannot enumerate where behaviours begin."""
    system, questions = bench_tdi(1), bench_properties(1)
    monkeypatch.setattr("tdispmodel.semantics.starting.MAXIMUM_START_CHOICES", -1)
    many = replace(system, variables=tuple(replace(one, initial=one.sort.values) for one in system.variables))
    made = Search(many, [Watch(negation(questions[0].formula), of_steps=False)], Limits(), silent)
    with pytest.raises(LimitReached):
        made.run()


@pytest.mark.parametrize(("values", "number"), [(2, 1 << 61), (1 << 63, 1)])
def test_large_numbers_stay_with_the_plain_search(values: int, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not fit into numbers of 64 bits is searched state after state: it holds, and the judge agrees."""
    goes_over(monkeypatch, 1)
    sort = Bounded(0, values - 1)
    count, most = Read("count", sort), Literal(number, Bounded(number, number))
    system = replace(
        lamp.SYSTEM,
        variables=(SystemVariable("count", sort, (0,)),),
        actions=(
            replace(
                lamp.SYSTEM.actions[0],
                guards=(Equal(Arithmetic("*", count, most), Literal(0, Bounded(0, 0))),),
                assignments=(Assignment("count", Literal(1, Bounded(1, 1))),),
            ),
        ),
    )
    question = SystemProperty("small", "TDM900", Kind.INVARIANT, AtMost(count, Literal(1, Bounded(1, 1))))
    assert not answers.checkable(system, [question])
    (found,) = Explicit().answer(system, [question], Limits())
    assert (found.answer, found.space) == (Answer.HOLDS, Space(2, 1, 1))
    assert judge(system, found).accepted
