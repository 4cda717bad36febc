"""IC3 where devices can be exchanged: lemmas learnt with their images are as true as others, and make proofs short."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tdispmodel.checking.asking import Plan, grouped
from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.compiling.lowering import Lowered
from tdispmodel.engines.bits import orbits
from tdispmodel.engines.bits.bounded import BoundedBits
from tdispmodel.engines.bits.ic3 import Ic3
from tdispmodel.engines.bits.orbits import symmetry
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer, InductiveInvariant
from tests.engines_bits.peers import asymmetric, exclusive, mutex, several
from tests.engines_solvers.brute_force import BruteForce
from tests.laws.random_systems import law, questions, systems

KINDS = (Kind.INVARIANT, Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE)
MOST_STATES = 600
BENCH = Path(__file__).parents[2] / "benchmarks" / "bench_tdi.py"
Asked = tuple[System, tuple[SystemProperty, ...]]


def states(system: System) -> int:
    """How many combinations of values there are."""
    count = 1
    for variable in system.variables:
        count *= len(variable.sort.values)
    return count


@st.composite
def several_devices(draw: st.DrawFn) -> Asked:
    """Draw a system in which two or three devices do the same, but perhaps for one move of one of them."""
    one = draw(systems().filter(lambda known: len(known.variables) > 1 and states(known) ** 2 <= MOST_STATES))
    most = 3 if states(several(one, 3)) <= MOST_STATES else 2
    system = several(one, draw(st.integers(2, most)))
    if draw(st.integers(0, 3)) == 0:
        gone = draw(st.sampled_from(range(len(system.actions))))
        system = replace(system, actions=(*system.actions[:gone], *system.actions[gone + 1 :]))
    return system, draw(questions(system, KINDS))


@pytest.mark.parametrize("most_images", [orbits.MOST_IMAGES, 1, 2])
@law(20)
@given(asked=several_devices())
def test_nothing_contradicts_trying_everything(most_images: int, asked: Asked) -> None:
    """Also with a bound on images that lemmas soon meet, no answer, trace or certificate is wrong, and all decide."""
    system, asked_of_it = asked
    reference = BruteForce(system)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(orbits, "MOST_IMAGES", most_images)
        verdicts = list(Ic3().answer(system, asked_of_it, Limits()))
    assert all(verdict.answer is not Answer.OPEN for verdict in verdicts)
    assert [] == [objection for verdict in verdicts for objection in reference.objections(verdict)]


@law(20)
@given(systems().filter(lambda one: len(one.variables) > 1))
def test_copies_can_be_exchanged(one: System) -> None:
    """Three devices that do the same are found to: by their moves, whatever these are."""
    lowered = Lowered(several(one, 3))
    assert [len(instances) for instances in symmetry(lowered, lowered.moves).classes] == [3]


@pytest.mark.parametrize("most_images", [orbits.MOST_IMAGES, 5])
def test_mutual_exclusion_of_many(most_images: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No two of twelve devices work at once; the judge accepts the proof, also when images are given up on the way."""
    monkeypatch.setattr(orbits, "MOST_IMAGES", most_images)
    system, question = mutex(12), exclusive(12)
    (verdict,) = Ic3().answer(system, [question], Limits())
    assert verdict.answer is Answer.HOLDS
    assert [one.reason for one in judge_all(system, [verdict])] == [""]


def test_one_that_steals_is_noticed() -> None:
    """If the first of twelve devices may work without the lock, two work at once after three steps."""
    (verdict,) = Ic3().answer(asymmetric(12, "move"), [exclusive(12)], Limits())
    assert (verdict.answer, len(verdict.trace or ())) == (Answer.VIOLATED, 3)


EXPECTED: dict[str, Any] = {
    "verified_implies_measured": Answer.HOLDS,
    "run_implies_verified": Answer.HOLDS,
    "operating_driver_only_in_run": Answer.VIOLATED,
    "autoprobe_ends_with_boot": Answer.HOLDS,
}


def bench(devices: int) -> Asked:
    """The system bench-tdi with so many devices, and its four questions."""
    loaded = load(find_catalogue(BENCH.parent), BENCH)
    own = [wanted for wanted in loaded.properties if wanted.name in EXPECTED]
    ((group,), _) = grouped(loaded.model, own, Plan(devices=devices))
    return group.system, [question for parts in group.questions.values() for question in parts]  # type: ignore[return-value]


@pytest.mark.parametrize("devices", [1, 4, 16])
def test_bench_tdi(devices: int) -> None:
    """Whatever the number of devices, three invariants hold, the last one vacuously, and one is broken in ten steps."""
    system, asked = bench(devices)
    verdicts = list(Ic3().answer(system, asked, Limits()))
    assert {verdict.property.name: verdict.answer for verdict in verdicts} == EXPECTED
    for verdict in verdicts:
        if verdict.answer is Answer.VIOLATED:
            assert verdict.trace is not None
            assert len(verdict.trace) >= 10
        else:
            assert verdict.vacuous in (None, verdict.property.name == "autoprobe_ends_with_boot")
    assert all(judged.accepted for judged in judge_all(system, verdicts))


def test_bench_tdi_has_a_shortest_violation() -> None:
    """Bounded search finds the violation of ten steps with eight devices, and none of nine."""
    system, asked = bench(8)
    broken = [question for question in asked if EXPECTED[question.name] is Answer.VIOLATED]
    (nothing,) = BoundedBits().answer(system, broken, Limits(depth=9))
    (found,) = BoundedBits().answer(system, broken, Limits(depth=10))
    assert (nothing.answer, nothing.bound) == (Answer.OPEN, 9)
    assert (found.answer, found.shortest, len(found.trace or ())) == (Answer.VIOLATED, True, 10)


def test_a_proof_for_many_devices_speaks_of_each_alone() -> None:
    """That what is verified was measured needs one clause for each of sixteen devices, and no more."""
    system, asked = bench(16)
    (verdict,) = Ic3().answer(system, asked[:1], Limits())
    assert isinstance(verdict.certificate, InductiveInvariant)
    assert len(verdict.certificate.invariant.children) == 16
