"""What the judge did not get through is open: no claim is shown that was not judged."""

from __future__ import annotations

import pytest

from tdispmodel import judging
from tdispmodel.checking.asking import accept
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Engine, Limits
from tdispmodel.ir.system import System
from tdispmodel.judging import Allowance, judge_all
from tdispmodel.judging.closed import ClosedSpace
from tdispmodel.judging.orbits import OrbitSpace
from tdispmodel.verdict import Answer, NumberedOrbits, NumberedStates, Verdict
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.numbered import Numbered

HELD = 3
"""Of the properties of bench-tdi so many hold, and one is violated."""


@pytest.fixture(scope="module")
def found() -> tuple[System, list[Verdict]]:
    """What is claimed of bench-tdi with two devices."""
    system = bench_tdi(2)
    return system, list(Numbered().answer(system, bench_properties(2), Limits()))


def test_within_the_limits_all_is_shown(found: tuple[System, list[Verdict]]) -> None:
    """With time and memory every verdict is returned as it was."""
    assert found[1] == accept(*found, 600.0, 1 << 30)
    assert found[1] == accept(*found)


@pytest.mark.parametrize(("seconds", "memory", "why"), [(0.0, None, "in 0 s"), (None, 1000, "in 0.001 MB")])
def test_beyond_the_limits_it_is_open(
    found: tuple[System, list[Verdict]], seconds: float | None, memory: int | None, why: str
) -> None:
    """What holds is open, without counts, vacuity or certificate; what is violated is replayed and shown."""
    shown = accept(*found, seconds, memory)
    still_open = [one for one in shown if one.answer is Answer.OPEN]
    assert HELD == len(still_open)
    for one in still_open:
        assert (None, None, None, None) == (one.certificate, one.trace, one.space, one.vacuous)
        assert one.reason.startswith("the judge d")
        assert one.reason.endswith(f" not get through all states {why}")
    assert [Answer.VIOLATED] == [one.answer for one in shown if one not in still_open]


def test_time_may_end_after_the_states(found: tuple[System, list[Verdict]], monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is when time ends while the property itself is being decided, or whether it is vacuous."""
    system, verdicts = found
    certificate = verdicts[0].certificate
    assert isinstance(certificate, NumberedStates | NumberedOrbits)
    looks: list[int] = []
    original = Allowance.look

    def look(allowance: Allowance, used: int) -> None:
        looks.append(used)
        original(Allowance(0.0, started=0.0) if len(looks) > most else allowance, used)

    monkeypatch.setattr(Allowance, "look", look)
    most = 1 << 60
    judge_all(system, verdicts)
    for end in (len(looks) - 1, len(looks) // 2, 28):
        most = end
        looks.clear()
        judged = judge_all(system, verdicts)
        assert {one.accepted or one.undecided for one in judged} == {True}
        assert any(one.undecided for one in judged)


@pytest.mark.parametrize("engine", [Numbered(), Explicit(listing=True)])
def test_no_memory_for_the_judge_is_open(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the machine has no memory left for the judge, what holds is open, and what is violated is shown."""

    def starved(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(OrbitSpace, "__init__", starved)
    monkeypatch.setattr(ClosedSpace, "__init__", starved)
    system = bench_tdi(1 if isinstance(engine, Explicit) else 2)
    shown = accept(system, list(engine.answer(system, bench_properties(system.devices), Limits())))
    reasons = [one.reason for one in shown if one.answer is Answer.OPEN]
    assert ["the judge has no memory left"] * HELD == reasons
    assert 1 == sum(one.answer is Answer.VIOLATED for one in shown)


@pytest.mark.parametrize("method", ["confirm", "claims"])
def test_no_memory_for_one_question_is_open(
    found: tuple[System, list[Verdict]], method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So it is when memory ends while one property is being decided, or what else is said beside it."""

    def starved(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(OrbitSpace if method == "confirm" else judging._Session, method, starved)
    shown = accept(*found)
    assert {"the judge has no memory left"} == {one.reason for one in shown if one.answer is Answer.OPEN}
    assert (HELD if method == "confirm" else HELD + 1) == sum(one.answer is Answer.OPEN for one in shown)


def test_what_is_wrong_is_a_fault_all_the_same(found: tuple[System, list[Verdict]]) -> None:
    """A claim of which the judge sees that it is wrong is our own fault, whatever else is undecided."""
    system, verdicts = found
    held, refuted = (
        next(one for one in verdicts if one.answer is answer) for answer in (Answer.HOLDS, Answer.VIOLATED)
    )
    wrong = Verdict(held.property, Answer.VIOLATED, "explicit", trace=refuted.trace)
    with pytest.raises(OurFault):
        accept(system, [held, wrong], 0.0)
