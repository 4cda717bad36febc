"""Faults planted in the incremental part: each is noticed, by the judge or by trying everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tdispmodel.analysing.mutation import changes, side
from tdispmodel.analysing.mutation.states import answers, apart, loops, walking
from tdispmodel.analysing.mutation.states.space import Numbers
from tdispmodel.checking.asking import Plan
from tdispmodel.checking.loading import load
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.ir.model import Model
from tests.mutants.test_oracle import compare

TEXT = '''"""A door with a counter."""

from enum import Enum
from typing import Annotated

from tdispmodel.dsl import (
    Actor, Component, Range, Step, action, invariant, leads_to, must_be_possible, require, stays_possible, step_property
)


class Door(Enum):
    OPEN = "open"
    SHUT = "shut"
    LOCKED = "locked"


class House(Component):
    """A house."""

    door: Door = Door.SHUT
    key: bool = True
    guests: Annotated[int, Range(0, 3)] = 0
    bell: bool = False

    @action(by=Actor.USERSPACE)
    def open(self) -> None:
        """Open it."""
        require(self.door is Door.SHUT)
        self.door = Door.OPEN

    @action(by=Actor.KERNEL)
    def shut(self) -> None:
        """Shut it."""
        require(self.door is Door.OPEN and self.guests == 0)
        self.door = Door.SHUT
        self.bell = False

    @action(by=Actor.USERSPACE)
    def lock(self) -> None:
        """Lock it."""
        require(self.door is Door.SHUT and self.key)
        self.door = Door.LOCKED

    @action(by=Actor.KERNEL)
    def unlock(self) -> None:
        """Unlock it."""
        require(self.door is Door.LOCKED)
        require(self.key)
        self.door = Door.SHUT

    @action(by=Actor.HOST)
    def lose(self) -> None:
        """The key is lost."""
        require(self.door is Door.OPEN and self.guests < 2)
        self.key = False

    @action(by=Actor.ENVIRONMENT)
    def come(self) -> None:
        """A guest comes."""
        require(self.door is Door.OPEN and self.guests < 2)
        self.guests = self.guests + 1
        self.bell = True

    @action(by=Actor.KERNEL)
    def leave(self) -> None:
        """A guest leaves."""
        require(self.guests > 0)
        self.guests = self.guests - 1


@invariant(code="TDM901")
def no_guest_behind_a_lock(now: House) -> bool:
    """Nobody is locked in."""
    return not (now.door is Door.LOCKED and now.guests > 0)


@step_property(code="TDM902")
def guests_come_through_an_open_door(now: House, after: House, step: Step) -> bool:
    """Guests come where it is open."""
    return now.door is Door.OPEN or after.guests <= now.guests


@leads_to(code="TDM903", after=lambda now: now.guests > 0)
def guests_go(now: House) -> bool:
    """Guests go in the end."""
    return now.guests == 0


@stays_possible(code="TDM904", after=lambda now: now.key)
def can_be_open(now: House) -> bool:
    """It can be opened."""
    return now.door is Door.OPEN


@must_be_possible(code="TDM905")
def can_be_locked(now: House) -> bool:
    """It can be locked."""
    return now.door is Door.LOCKED
'''


@pytest.fixture
def house(tmp_path: Path) -> Model:
    """The model, read."""
    from tdispmodel.checking.catalogue import Catalogue  # noqa: PLC0415  # only here

    for folder in ("proposals", "properties"):
        (tmp_path / folder).mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    path = tmp_path / "proposals" / "house.py"
    path.write_text(TEXT)
    return load(Catalogue(tmp_path), path).model


Plant = Callable[[pytest.MonkeyPatch], None]


def _same(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(walking.Variant, "same", property(lambda _: True))


def _starts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changes.Grounded, "_starts", lambda *_: {})


def _stale(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(walking.Variant, "keeps_all", property(lambda _: True))


def _columns(patch: pytest.MonkeyPatch) -> None:
    def rows(self: walking.Variant, numbers: Numbers) -> Numbers:
        self.base.space.expand(numbers)
        return self.base.space.targets[numbers]

    patch.setattr(walking.Variant, "rows", rows)


def _unexplored(patch: pytest.MonkeyPatch) -> None:
    kept = walking._fresh
    patch.setattr(walking, "_fresh", lambda targets, seen, count: kept(targets, seen, count)[:1])


def _steps(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answers.Answers, "_own_steps", lambda *_: iter(()))


def _fair(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loops.FairLoops, "loops", lambda *_: False)


def _tree(patch: pytest.MonkeyPatch) -> None:
    kept = side.told_apart

    def other_way(variant: walking.Variant) -> apart.Apart:
        found = kept(variant)
        return apart.Apart(found.trace, not found.of_mutant, found.usual)

    patch.setattr(side, "told_apart", other_way)


FAULTS: dict[str, Plant] = {
    "whatever differs is called the same": _same,
    "a changed start value is ignored": _starts,
    "states are kept that are reached no more": _stale,
    "the changed action keeps its steps": _columns,
    "new states are not all explored": _unexplored,
    "steps of the changed action are not looked at": _steps,
    "no loop is fair": _fair,
    "the wrong one of the two is said to have a behaviour": _tree,
}


def test_without_a_fault(house: Model) -> None:
    """The house as it is agrees with trying everything."""
    compare(house, Plan())


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_noticed(house: Model, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the fault the judge refuses something, or the comparison with trying everything fails."""
    FAULTS[fault](monkeypatch)
    with pytest.raises((OurFault, AssertionError)):
        compare(house, Plan())
