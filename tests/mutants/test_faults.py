"""Faults planted in the incremental part: each is noticed, by the judge or by trying everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tdispmodel.analysing.mutation import changes, cones, noticing, side
from tdispmodel.analysing.mutation.states import answers, apart, evidence, loops, walking
from tdispmodel.analysing.mutation.states.space import Numbers
from tdispmodel.checking.asking import Plan
from tdispmodel.checking.loading import load
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.compiling import numbering
from tdispmodel.compiling.arrays import Words
from tdispmodel.ir.model import Model
from tdispmodel.ir.system import SystemAction, speaks_of_step
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


LAMP = '''"""A lamp that goes on and off for ever, and a clock."""

from enum import Enum

from tdispmodel.dsl import Actor, Component, action, invariant, leads_to, require


class Hour(Enum):
    ONE = "one"
    TWO = "two"
    THREE = "three"
    FOUR = "four"


class Lamp(Component):
    """A lamp."""

    lit: bool = False
    broken: bool = False
    hour: Hour = Hour.ONE

    @action(by=Actor.KERNEL)
    def switch_on(self) -> None:
        """Switch it on."""
        require(not self.lit)
        self.lit = True

    @action(by=Actor.KERNEL)
    def switch_off(self) -> None:
        """Switch it off."""
        require(self.lit)
        self.lit = False

    @action(by=Actor.ENVIRONMENT)
    def drop(self) -> None:
        """It falls down."""
        require(self.lit)
        self.broken = True

    @action(by=Actor.KERNEL)
    def strike(self) -> None:
        """The hour strikes."""
        require(self.hour is not Hour.TWO)
        require(self.hour is not Hour.FOUR)
        self.hour = Hour.TWO if self.hour is Hour.ONE else Hour.THREE if self.hour is Hour.TWO else Hour.FOUR


@invariant(code="TDM901")
def it_is_not_late(now: Lamp) -> bool:
    """Three is the last hour."""
    return now.hour is not Hour.FOUR


@leads_to(code="TDM902", after=lambda now: now.lit)
def it_breaks(now: Lamp) -> bool:
    """What is lit breaks."""
    return now.broken
'''


BELL = '''"""A door that a guard watches, and a bell that has nothing to do with it."""

from tdispmodel.dsl import (
    Actor, Component, Step, action, invariant, must_be_possible, never_endless, require, step_property
)


class Gate(Component):
    """A gate."""

    open: bool = False
    lamp: bool = False
    wound: bool = True
    fallen: bool = False
    rung: bool = False

    @action(by=Actor.KERNEL)
    def shut(self) -> None:
        """Shut it."""
        require(self.open)
        self.open = False

    @action(by=Actor.USERSPACE)
    def enter(self) -> None:
        """Open it."""
        require(not self.open)
        self.open = True

    @action(by=Actor.USERSPACE)
    def ring(self) -> None:
        """Ring the bell."""
        require(self.wound)
        self.rung = not self.rung
        self.wound = False

    @action(by=Actor.USERSPACE)
    def wind(self) -> None:
        """Wind it up."""
        require(not self.wound)
        self.wound = True

    @action(by=Actor.ENVIRONMENT)
    def fall(self) -> None:
        """It falls."""
        require(not self.fallen)
        self.fallen = True

    @action(by=Actor.USERSPACE)
    def light(self) -> None:
        """Light the lamp of the bell."""
        require(self.rung)
        self.lamp = True


@invariant(code="TDM901")
def the_lamp_may_be_lit(now: Gate) -> bool:
    """It is of no importance whether the lamp is lit."""
    return now.open or not now.open


@step_property(code="TDM902")
def every_step_opens_or_shuts(now: Gate, after: Gate, step: Step) -> bool:
    """Nothing but the gate moves."""
    return now.open is not after.open


@step_property(code="TDM905")
def nothing_moves_when_it_has_fallen(now: Gate, after: Gate, step: Step) -> bool:
    """It lies still, and so does everything else."""
    return not now.fallen


@must_be_possible(code="TDM903")
def the_bell_is_rung_while_open(now: Gate, after: Gate, step: Step) -> bool:
    """The bell is rung behind an open gate."""
    return step.is_(Gate.ring) and now.open


@never_endless(code="TDM904")
def it_is_not_shut_for_ever(now: Gate, after: Gate, step: Step) -> bool:
    """It is opened and shut for ever."""
    return now.open and not after.open
'''


@pytest.fixture
def house(tmp_path: Path) -> Model:
    """The house, read."""
    return read(tmp_path / "house", TEXT)


@pytest.fixture
def lamp(tmp_path: Path) -> Model:
    """The lamp, read."""
    return read(tmp_path / "lamp", LAMP)


def read(folder: Path, text: str) -> Model:
    """Return a model."""
    from tdispmodel.checking.catalogue import Catalogue  # noqa: PLC0415  # only here

    for each in ("proposals", "properties"):
        (folder / each).mkdir(parents=True)
    (folder / "pyproject.toml").write_text("")
    path = folder / "proposals" / f"{folder.name}.py"
    path.write_text(text)
    return load(Catalogue(folder), path).model


@pytest.fixture
def bell(tmp_path: Path) -> Model:
    """The gate and its bell, read."""
    return read(tmp_path / "bell", BELL)


Plant = Callable[[pytest.MonkeyPatch], None]


def _same(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(walking.Variant, "same", property(lambda _: True))


def _starts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(changes.Grounded, "_starts", lambda *_: {})


def _stale(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(walking.Variant, "keeps_all", property(lambda _: True))


def _columns(patch: pytest.MonkeyPatch) -> None:
    kept = walking.variant

    def unchanged(base: walking.Base, change: changes.Change) -> walking.Variant:
        found = kept(base, change)
        found.columns |= {position: base.table[:, position] for position in found.changed}
        return found

    patch.setattr(noticing, "variant", unchanged)


def _unexplored(patch: pytest.MonkeyPatch) -> None:
    kept = walking.Walk._fresh
    patch.setattr(walking.Walk, "_fresh", lambda self, targets: kept(self, targets)[:1])


def _steps(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answers.Answers, "_own_steps", lambda *_: iter(()))


def _fair(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loops.FairLoops, "looping", lambda _, inside, *__: np.zeros(len(inside), np.bool_))


def _tree(patch: pytest.MonkeyPatch) -> None:
    kept = apart.told_apart

    def other_way(variant: walking.Variant) -> apart.Apart:
        found = kept(variant)
        return apart.Apart(found.trace, not found.of_mutant, found.usual)

    patch.setattr(side, "told_apart", other_way)


def _own_unasked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(walking.Walk, "_ask", lambda self: self._waiting.clear())


def _new_numbers(patch: pytest.MonkeyPatch) -> None:
    kept = numbering.Numbering.numbers

    def old_ones(self: numbering.Numbering, rows: Words) -> tuple[Numbers, Words]:
        first = self.count
        numbers, fresh = kept(self, rows)
        return np.minimum(numbers, max(first - 1, 0)).astype(np.int32), fresh

    patch.setattr(numbering.Numbering, "numbers", old_ones)


def _narrow(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(loops.FairLoops, "_narrowed", lambda _, inside: np.zeros(len(inside), np.bool_))


def _still(patch: pytest.MonkeyPatch) -> None:
    kept = evidence.Evidence.surely
    patch.setattr(
        evidence.Evidence, "surely", lambda self, number, *of: number in self.shows or kept(self, number, *of)
    )


def _undisturbed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        evidence.Evidence, "_undisturbed", lambda self, number, _: number in self.waiting or number in self.ways
    )


def _no_ways(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(evidence.Ways, "untouched", lambda self, _: np.ones(len(self.goal), np.bool_))


def _starting_alike(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(walking.Variant, "starts_alike", property(lambda _: True))


def _fewer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(walking.Variant, "loses", property(lambda _: []))


def _more(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(walking.Variant, "gains", property(lambda _: []))


def _promises(patch: pytest.MonkeyPatch) -> None:
    kept = walking.Variant._differing_only_where

    def none(self: walking.Variant, allowed: Any) -> list[SystemAction] | None:
        found = kept(self, allowed)
        return None if found is None else []

    patch.setattr(walking.Variant, "_differing_only_where", none)


def _breaks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(noticing.Noticer, "_breaks", lambda _, numbers: np.ones(len(numbers), np.bool_))


def _unnoticed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cones, "_takes_no_notice", lambda *_: True)


def _mute(patch: pytest.MonkeyPatch) -> None:
    kept = cones._takes_no_notice
    patch.setattr(cones, "_takes_no_notice", lambda *both: not speaks_of_step(both[1].formula) or kept(*both))


def _unnamed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cones, "Took", type("Nothing", (), {}))


def _untouched(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(cones.Cone, "change", lambda *_: changes.Change())


FAULTS: dict[str, Plant] = {
    "whatever differs is called the same": _same,
    "a changed start value is ignored": _starts,
    "states are kept that are reached no more": _stale,
    "the changed action keeps its steps": _columns,
    "new states are not all explored": _unexplored,
    "steps of the changed action are not looked at": _steps,
    "no loop is fair": _fair,
    "what a changed action does in new states is not asked": _own_unasked,
    "new states are taken for known ones": _new_numbers,
    "fair loops are left out before they are looked for": _narrow,
    "what is violated once is taken to be violated always": _still,
    "what holds is said to hold of all that do less": _undisturbed,
    "no way to a goal is ever lost": _no_ways,
    "every mutant is said to start like the system": _starting_alike,
    "every mutant is said to do less": _fewer,
    "every mutant is said to do more": _more,
    "which actions do less is forgotten": _promises,
    "every new state is said to break something": _breaks,
    "steps that change nothing are left out where they matter": _unnoticed,
    "what speaks of no step is said to take no notice of any": _mute,
    "an action is left out that a question names": _unnamed,
    "no change touches what a question depends on": _untouched,
    "the wrong one of the two is said to have a behaviour": _tree,
}


def test_without_a_fault(house: Model, lamp: Model, bell: Model) -> None:
    """The three models as they are agree with trying everything."""
    for model in (house, lamp, bell):
        compare(model, Plan())


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_noticed(house: Model, lamp: Model, bell: Model, fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the fault the judge refuses something, or the comparison with trying everything fails."""
    FAULTS[fault](monkeypatch)
    with pytest.raises((OurFault, AssertionError)):  # noqa: PT012  # either shows it
        for model in (house, lamp, bell):
            compare(model, Plan())
