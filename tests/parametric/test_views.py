"""Views: all that a few devices can be among many are there, and clauses made of them are few."""

from __future__ import annotations

import pytest
from hypothesis import assume, given

from tdispmodel import printing
from tdispmodel.compiling.layout import Layout
from tdispmodel.engines.diagrams.clauses import TooManyClauses
from tdispmodel.engines.diagrams.exploring import Watch
from tdispmodel.engines.protocol import LimitReached, Limits, silent
from tdispmodel.parametric import separating, views
from tdispmodel.parametric.induction import Induction
from tdispmodel.parametric.separating import NotSeparated, Separation
from tdispmodel.parametric.views import Views, choices, placed
from tdispmodel.parametric.witnesses import NotCovered
from tdispmodel.semantics.families import Family
from tests.laws.oracle import Oracle
from tests.laws.random_systems import law
from tests.parametric.designs import HERE, family
from tests.parametric.test_laws import MOST_BITS, Asked, with_kinds

CAPACITY = 1 << 20


def made(of: Family, width: int, limits: Limits | None = None) -> tuple[Views, Induction]:
    """The views of a family, and the induction that they share their bounds with."""
    induction = Induction(of, Limits())
    watch = Watch(limits or Limits(), silent)
    return Views(of, induction.collections, induction.bounds, width, CAPACITY, watch), induction


@law(25)
@given(with_kinds())
def test_what_a_few_devices_are_among_three_is_a_view(asked: Asked) -> None:
    """All states of systems with one to three devices have their views of one and of two devices among the known ones."""
    of, _ = asked
    assume(Layout(of.system(2)).bits <= MOST_BITS)
    try:
        known, _ = made(of, 2)
    except NotCovered:
        assume(False)
    for devices in range(1, 4):
        system = of.system(devices)
        if Layout(system).bits > MOST_BITS:
            return
        for state in Oracle(system).states:
            values = dict(zip((variable.name for variable in system.variables), state, strict=True))
            for number in range(1, min(2, devices) + 1):
                small = known.size(number)
                for choice in choices(known.collections, number, devices):
                    view = tuple(values[placed(variable.name, choice)] for variable in small.system.variables)
                    assert (small.encoding.one(view) & known.known[number]).satisfiable()


def test_counts() -> None:
    """Of one device at the lock: 3 states of work, of which two leave the lock free or taken by another, one has it: 5.

    Of two devices: 4 pairs without a worker with the lock free or not, and 2 times 2 with one worker, who has it: 12.
    """
    known, _ = made(family(HERE / "models" / "mutex_lock.py"), 2)
    assert {number: known.size(number).encoding.count(states) for number, states in known.known.items()} == {
        1: 5,
        2: 12,
    }


def test_few_clauses_say_why() -> None:
    """That no two devices work at once needs two clauses, which read as one would say them: no two, and the lock."""
    of = family(HERE / "models" / "mutex_lock.py")
    known, induction = made(of, 2)
    one_works = of.property(of.original.properties[0])
    clauses = Separation(known, induction).separate(one_works)
    rests = [f"devices_{number}.work in (Work.IDLE, Work.WAITING)" for number in range(2)]
    inner = f"all(devices_1 is devices_0 or {rests[0]} or {rests[1]} for devices_1 in self.devices)"
    assert {printing.formula(clause.formula) for clause in clauses} == {
        f"all({rests[0]} or self.locked for devices_0 in self.devices)",
        f"all({inner} for devices_0 in self.devices)",
    }
    induction.learn(clauses)
    assert set(clauses) == set(induction.proof(one_works) or ())


def test_views_of_one_device_do_not_exclude_two() -> None:
    """What two devices do together, views of one device cannot exclude."""
    of = family(HERE / "models" / "mutex_lock.py")
    known, induction = made(of, 1)
    with pytest.raises(NotSeparated):
        Separation(known, induction).separate(of.property(of.original.properties[0]))


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time, the size of instances and the number of clauses are limited; each limit is a reason, not a wrong answer."""
    of = family(HERE / "models" / "mutex_lock.py")
    with pytest.raises(LimitReached):
        made(of, 2, Limits(0.0))
    known, induction = made(of, 2)
    monkeypatch.setattr(separating, "MOST_CLAUSES", 1)
    with pytest.raises(TooManyClauses):
        Separation(known, induction).separate(of.property(of.original.properties[0]))
    monkeypatch.setattr(views, "LARGEST", 2)
    with pytest.raises(NotCovered, match="an instance of 3 devices would have to be looked at"):
        made(of, 2)
