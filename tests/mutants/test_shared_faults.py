"""Faults planted where mutants have work in common: what a family reaches, and what is known of all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tdispmodel.analysing.mutation.changes import Change
from tdispmodel.analysing.mutation.states import answers, family, walking
from tdispmodel.analysing.mutation.states.space import Numbers, Space
from tdispmodel.analysing.mutation.states.walking import starts_of
from tdispmodel.checking.asking import Plan, grouped
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.compiling.arrays import Packing
from tdispmodel.ir.model import Model
from tests.faults.planting import entered_into
from tests.mutants.test_faults import BELL, LAMP, TEXT, read
from tests.mutants.test_oracle import compare

STAIRS = '''"""Stairs with a rail, which is put up on the way."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, invariant, require


class Stairs(Component):
    """Stairs."""

    floor: Annotated[int, Range(0, 2)] = 0
    rail: bool = False

    @action(by=Actor.USERSPACE)
    def climb(self) -> None:
        """Climb one floor, and put up the rail."""
        require(self.floor < 2)
        self.floor = self.floor + 1
        self.rail = True


@invariant(code="TDM901")
def the_rail_does_not_reach_the_top(now: Stairs) -> bool:
    """Upstairs there is no rail."""
    return not (now.floor == 2 and now.rail)
'''
"""Who puts up no rail is on the first floor without one, as nobody else, and comes to none upstairs."""

FAULTS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {}
fault = entered_into(FAULTS)


def _begun(patch: pytest.MonkeyPatch, spoil: Callable[[family.Family], None]) -> None:
    """Spoil what a family knows when it has begun."""
    kept = family.Family._begin

    def begun(self: family.Family) -> Any:
        found = kept(self)
        spoil(self)
        return found

    patch.setattr(family.Family, "_begin", begun)


@fault
def _as_before(patch: pytest.MonkeyPatch) -> None:
    """In new states a mutant takes the steps of the action that it has another one for."""
    _begun(patch, lambda one: one._kept.fill(~family.NOBODY))


@fault
def _as_known(patch: pytest.MonkeyPatch) -> None:
    """In known states a mutant takes the steps of the action that it has another one for."""
    _begun(patch, lambda one: one._lost.fill(family.NOBODY))


@fault
def _none_of_its_own(patch: pytest.MonkeyPatch) -> None:
    """In known states a mutant takes no steps of its own."""
    _begun(patch, lambda one: setattr(one, "_own", tuple(each[:0] for each in one._own)))


@fault
def _own_unasked(patch: pytest.MonkeyPatch) -> None:
    """What a mutant's own actions do in new states is not asked."""
    patch.setattr(family.Family, "_ask", lambda self: self._waiting.clear())


@fault
def _first_only(patch: pytest.MonkeyPatch) -> None:
    """Of the states that steps lead to only the first is followed."""
    kept = family.Family._merged
    patch.setattr(family.Family, "_merged", lambda self, led: tuple(each[:1] for each in kept(self, led)))


@fault
def _another(patch: pytest.MonkeyPatch) -> None:
    """Each mutant reaches what the first of the family does."""
    kept = family.Family.graph

    def of_the_first(self: family.Family, place: int, stopped: str = "") -> walking.Graph | None:
        found = kept(self, place, stopped)
        if found is not None:
            found.numbers = np.flatnonzero(self._reached & self._bits[0]).astype(np.int32)
        return found

    patch.setattr(family.Family, "graph", of_the_first)


@fault
def _range(patch: pytest.MonkeyPatch) -> None:
    """No mutant of a family leaves a range."""
    kept = family.Family.graph

    def inside(self: family.Family, place: int, stopped: str = "") -> walking.Graph | None:
        self._leaving = family.NOBODY
        return kept(self, place, stopped)

    patch.setattr(family.Family, "graph", inside)


@fault
def _nothing_new(patch: pytest.MonkeyPatch) -> None:
    """States that are new are not asked whether they break what the system keeps."""
    patch.setattr(walking.Graph, "newcomers", property(lambda _: np.zeros(0, np.int32)))


@fault
def _no_step_anew(patch: pytest.MonkeyPatch) -> None:
    """Steps that only the mutant takes are not asked whether they break what the system keeps."""
    nowhere = np.zeros(0, np.intp)
    patch.setattr(answers.Answers, "_anew", property(lambda self: answers._Some(self.graph, nowhere)))


@fault
def _never_true(patch: pytest.MonkeyPatch) -> None:
    """A step formula is said to be true on the step of no action that assigns what it did."""
    patch.setattr(Space, "could", lambda *_: False)


@fault
def _all_alike(patch: pytest.MonkeyPatch) -> None:
    """Whatever is assigned, it is said to be what was assigned, and to make nothing true."""
    patch.setattr(walking.Variant, "alike", property(lambda self: frozenset(self.changed)))
    patch.setattr(Space, "could", lambda *_: False)


@fault
def _away(patch: pytest.MonkeyPatch) -> None:
    """No behaviour is said to come to where a mutant differs between premise and goal."""
    patch.setattr(answers.Answers, "_stays_away", lambda *_: True)


@fault
def _starts(patch: pytest.MonkeyPatch) -> None:
    """Another start value is not put in."""
    patch.setattr(Packing, "instead", lambda _, rows, *__: rows)


@fault
def _numbered(patch: pytest.MonkeyPatch) -> None:
    """What an action of a mutant leads to is what the states before are."""
    kept = Space.leads

    def stays(self: Space, action: Any, batch: Any, **of: Any) -> Numbers:
        found = kept(self, action, batch, **of)
        here = self.numbered(batch.rows)
        return np.where(found >= 0, here, found).astype(np.int32)

    patch.setattr(Space, "leads", stays)


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> list[Model]:
    """The house, the lamp, the gate with its bell and the stairs, read."""
    texts = {"house": TEXT, "lamp": LAMP, "bell": BELL, "stairs": STAIRS}
    folder: Path = tmp_path_factory.mktemp("models")
    return [read(folder / name, text) for name, text in texts.items()]


def test_without_a_fault(four: list[Model]) -> None:
    """The stairs as they are agree with trying everything, as the others do."""
    compare(four[-1], Plan())


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_noticed(four: list[Model], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the fault the judge refuses something, or the comparison with trying everything fails."""
    FAULTS[name](monkeypatch)
    with pytest.raises((OurFault, AssertionError)):  # noqa: PT012  # either shows it
        for model in four:
            compare(model, Plan())


LAMPS = '''"""Some lamps."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Lamp(Component):
    """A lamp."""

    on: bool = False


class House(Component):
    """A house."""

    devices: Each[Lamp]
    day: bool = False

    @action(by=Actor.USERSPACE)
    def press(self, lamp: Lamp) -> None:
        """Press the switch of a lamp that is lit."""
        require(lamp.on)
        lamp.on = False


@invariant(code="TDM901")
def anything_goes(now: House) -> bool:
    """Lamps may be on by day, and at night."""
    return now.day or not now.day or all(lamp.on for lamp in now.devices)
'''


def test_start_states_are_numbered_in_the_order_of_the_definition(tmp_path: Path) -> None:
    """Two lamps that may start lit have the numbers that the definition's order gives, whoever finds the states: the last
    lamp changes first.
    """
    model = read(tmp_path / "lamps", LAMPS)
    (group,), _ = grouped(model, model.properties, Plan(devices=2))
    lit = Change(initial={f"devices[{place}].on": (False, True) for place in range(2)})
    quick, slow = Space(group.system), Space(group.system)
    starts_of(quick, lit, starts_of(quick, Change()))
    for change in (Change(), lit):
        starts_of(slow, change)
    assert (quick.count, quick.states(range(4))) == (slow.count, slow.states(range(4)))
