"""The search in partitions broken on purpose: random systems, or the judge, notice each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from tdispmodel.compiling.arrays import Words
from tdispmodel.compiling.parts import Numbers
from tdispmodel.engines.distributed.members import Answer
from tdispmodel.engines.distributed.partition import ELSEWHERE, Before, Bucket, Partition, Said
from tdispmodel.engines.distributed.search import Partitioned
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.wide.visited import Dense
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Verdict
from tests.cluster.here import Here, Partitions
from tests.cluster.test_partitions import in_small_pieces, said
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.numbered import Plain, spread_systems
from tests.faults.detectors import Noticed
from tests.faults.planting import entered_into
from tests.laws.random_systems import law
from tests.laws.test_engines_agree import Asked, complaints_about

Broken = type[Partition | Partitioned]
FAULTS: dict[str, Broken] = {}
SECONDS = 2.0
"""A search that finds the same states again and again is stopped, and said to be open although it should not be."""
fault = entered_into(FAULTS)


class Stopped(Partitions):
    """The engine with little time."""

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        yield from super().answer(system, questions, replace(limits, seconds=SECONDS), progress)


def broken(made: Broken, ends: Callable[[int, str], bool] = lambda *_: False) -> Stopped:
    """Return the engine with a fault in its partitions, or in what drives them."""
    if issubclass(made, Partition):
        return Stopped(Here(2, made, ends))
    return Stopped(Here(2, ends=ends), made)


def ends_now_and_then() -> Callable[[int, str], bool]:
    """A few calls find that the process is gone."""
    calls = iter(range(1 << 30))
    return lambda *_: next(calls) in {5, 12, 19, 26, 41}


# --- partitions -------------------------------------------------------------------------------------------------------


@fault
class LosesABucket(Partition):
    """A bucket of states for another partition is lost on the third level."""

    def _bucket(self, offered: Sequence[Words]) -> Bucket:
        return None if len(self.sizes_of_levels) == 3 else super()._bucket(offered)


@fault
class Overlooks(Partition):
    """A bucket that came is not looked at."""

    def take(self, rows: Bucket, seconds: float | None) -> None:
        super().take(rows if not self.sizes_of_levels or len(rows) != 1 else None, seconds)  # type: ignore[arg-type]


@fault
class ForgetsTwice(Partition):
    """A partition forgets twice what it has seen."""

    def go_on(self, met: Sequence[int], seconds: float | None) -> list[Said | Bucket]:
        if len(self.sizes_of_levels) in {3, 10} and isinstance(self.visited, Dense):
            self.visited.found[:] = 0
        return super().go_on(met, seconds)


@fault
class Forgets(Partition):
    """A partition forgets after each level what it has seen."""

    def go_on(self, met: Sequence[int], seconds: float | None) -> list[Said | Bucket]:
        if isinstance(self.visited, Dense):
            self.visited.found[:] = 0
        return super().go_on(met, seconds)


@fault
class KeepsAll(Partition):
    """A partition keeps what belongs to another one, so that states are counted twice."""

    def offer(self, numbers: Sequence[Numbers]) -> None:
        super().offer(numbers)
        if self.sizes_of_levels:
            self.visited.offer(self.visited.keys(numbers))


@fault
class StopsEarly(Partition):
    """A partition says that it expanded all when it has expanded a piece."""

    def expand(self, seconds: float | None) -> list[Said | Bucket]:
        said, *buckets = super().expand(seconds)
        return [replace(said, more=False), *buckets]  # type: ignore[type-var, list-item]  # the first is what it says


@fault
class LooksAway(Partition):
    """Nothing is found in what another partition has met on an earlier level, not even its own."""

    def go_on(self, met: Sequence[int], seconds: float | None) -> list[Said | Bucket]:
        for number in range(99):
            self.met.setdefault(number, ELSEWHERE)
        return super().go_on(met, seconds)


@fault
class HidesLocalStates(Partition):
    """A partition does not say what its local states are."""

    def listed(self) -> list[Any]:
        return [() for _ in super().listed()] if self.place else super().listed()


@fault
class NamesAnotherAction(Partition):
    """Going back, another action is named than the one that was taken."""

    def before(self, level: int, rows: Words, seconds: float | None) -> tuple[Said, list[Before]]:
        said, found = super().before(level, rows, seconds)
        return said, [replace(each, action=(each.action + 1) % len(self.actions)) for each in found]


# --- what drives them -------------------------------------------------------------------------------------------------


@fault
class EndsTooSoon(Partitioned):
    """The search ends as soon as one partition has nothing new."""

    def _go_on(self) -> None:
        super()._go_on()
        self.finished = any(not levels[-1][0] for levels in self._levels)


@fault
class SendsTooLate(Partitioned):
    """A level ends before what was found on it last has been sent."""

    def _send(self, member: int, rows: object) -> None:
        if len(self.sizes_of_levels) != 2 or not self._taking:
            super()._send(member, rows)


@fault
class TakesTheLast(Partitioned):
    """Of what several partitions met on one level the last is taken, not the least."""

    def _note(self, member: int, said: Said) -> None:
        for number in said.found:
            if number in self.met and self.met[number].level == said.found[number].met.level:
                del self.met[number]
        super()._note(member, said)


@fault
class AsksTheFirst(Partitioned):
    """Going back, what the first partition says is taken."""

    def _say_all(self, method: str, *arguments: object) -> list[Any]:
        found = super()._say_all(method, *arguments)
        return found[:1] if method == "before" else found


@fault
class CountsOne(Partitioned):
    """Transitions of one partition are not counted."""

    def _note(self, member: int, said: Said) -> None:
        super()._note(member, replace(said, transitions=0) if member else said)


@fault
class SendsNothingAgain(Partitioned):
    """A partition that was built anew does not get what was sent to it on this level."""

    def _built(self, member: int) -> None:
        self._sent[member] = []
        super()._built(member)


@fault
class ExpandsNothingAgain(Partitioned):
    """A partition that was built anew when a level had ended does not expand it once more."""

    def _build_and_expand(self, member: int) -> None:
        self._build_anew(member)


@fault
class CountsAgain(Partitioned):
    """What a process had expanded before it ended is counted again."""

    def _asked_to_expand(self, member: int) -> tuple[Answer, Any]:
        self._transitions[member] += self.deaths
        return super()._asked_to_expand(member)


@pytest.mark.parametrize("name", FAULTS)
def test_every_fault_is_noticed(name: str) -> None:
    """Some random system is answered wrongly, or otherwise than in one process, or the judge refuses an answer."""
    needs_deaths = "anew" in name or "ended" in name

    @settings(law(400), phases=[Phase.generate], report_multiple_bugs=False)
    @given(spread_systems())
    def check(pair: Asked) -> None:
        engine = broken(FAULTS[name], ends_now_and_then() if needs_deaths else lambda *_: False)
        if said(Plain(), *pair) != said(engine, *pair) or complaints_about(engine, pair):
            raise Noticed(name)

    with pytest.MonkeyPatch.context() as patch:
        in_small_pieces(patch)
        with pytest.raises(Noticed):
            check()


@pytest.mark.parametrize("name", [one for one in FAULTS if "lost" in one or "twice what" in one or "ends as" in one])
def test_the_judge_refuses_what_is_counted_wrongly(name: str) -> None:
    """Of bench-tdi whatever is said to hold by a search that lost, forgot or ended too soon is refused."""
    system, questions = bench_tdi(1), bench_properties(1)[:2]  # both hold
    found = list(broken(FAULTS[name]).answer(system, questions, Limits()))
    claimed = [one for one in judge_all(system, found) if one.verdict.certificate is not None]
    assert claimed
    assert not any(one.accepted for one in claimed)


def test_without_a_fault_nothing_is_noticed() -> None:
    """The same detector has no complaint about sound partitions, whose processes end now and then."""

    @settings(law(40), phases=[Phase.generate])
    @given(spread_systems())
    def check(pair: Asked) -> None:
        assert said(Plain(), *pair) == said(broken(Partition, ends_now_and_then()), *pair)

    with pytest.MonkeyPatch.context() as patch:
        in_small_pieces(patch)
        check()
