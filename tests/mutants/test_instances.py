"""Mutants of models whose instances differ: a property may be violated about one instance and hold about another; and
of one whose number of instances is too large for a variable.
"""

from __future__ import annotations

from pathlib import Path

from tdispmodel.analysing.mutation.coverage import coverage
from tdispmodel.checking.asking import Plan
from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.loading import load
from tdispmodel.reports.mutants import Coverage, Status, render
from tests.mutants.test_oracle import compare

TEXT = '''"""Two lamps."""

from tdispmodel.dsl import Actor, Component, Constant, Each, action, invariant, require


class Lamp(Component):
    """A lamp."""

    wired: Constant[bool] = True
    on: bool = False
    hot: bool = False

    @action(by=Actor.USERSPACE)
    def press(self) -> None:
        """Press."""
        require(self.wired)
        self.on = True

    @action(by=Actor.USERSPACE)
    def heat(self) -> None:
        """Heat."""
        require(self.on)
        self.hot = True


class House(Component):
    """A house."""

    devices: Each[Lamp]


@invariant(code="TDM901")
def cool(now: Lamp) -> bool:
    """A lamp is never hot."""
    return not now.hot
'''
ONE_IS_WIRED = Plan(devices=2, constants={"devices[1].wired": False})


def covered(folder: Path, *, complete: bool = False) -> Coverage:
    """Return the coverage of two lamps, of which the second is not wired."""
    path = folder / "lamps.py"
    path.write_text(TEXT)
    model = load(Catalogue(folder), path).model
    return coverage(model, model.properties, ONE_IS_WIRED, complete=complete)


def test_a_property_that_is_violated_about_one_instance(tmp_path: Path) -> None:
    """The first lamp gets hot.  That the second does so, too, when it may be pressed without a wire, or heated without
    being on, is noticed by nobody, and no fault of ours; cold lamps are noticed: those that are never hot.
    """
    found = covered(tmp_path)
    assert {one.words for one in found.survivors} >= {
        "Lamp.press does not require self.wired",
        "Lamp.heat does not require self.on",
    }
    assert [one.status for one in found.tried] == [one.status for one in covered(tmp_path, complete=True).tried]
    assert [one.words for one in found.of(Status.NOTICED)] == [
        "Lamp.press does not assign self.on = True",
        "Lamp.press never happens",
        "Lamp.heat does not assign self.hot = True",
        "Lamp.heat never happens",
    ]


def test_they_are_as_trying_everything_says(tmp_path: Path) -> None:
    """Of lamps of which one is wired, everything said of mutants is what trying everything says."""
    covered(tmp_path)
    compare(load(Catalogue(tmp_path), tmp_path / "lamps.py").model, ONE_IS_WIRED)


def test_constants_of_one_instance_are_shown_as_such(tmp_path: Path) -> None:
    """The report does not say that no lamp is wired, but which value each has."""
    assert "devices.wired=True,False" in render([covered(tmp_path)])


def test_actors_of_steps_that_the_mutant_lost_are_known(tmp_path: Path) -> None:
    """If pressing required no wire, only the second lamp could be pressed: userspace cannot press the first one."""
    (one,) = [each for each in covered(tmp_path).survivors if each.words == "Lamp.press requires not self.wired"]
    assert one.difference is not None
    assert [name for name, _ in one.difference.trace.steps] == ["press(devices[0])"]
    assert {"press(devices[0])", "press(devices[1])"} <= one.difference.system.by_name.keys()


FULL = '''"""A house that counts its lamps once it is on."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Each, Range, action, invariant, require


class Lamp(Component):
    """A lamp."""

    on: bool = False


class House(Component):
    """A house."""

    devices: Each[Lamp]
    lit: bool = False
    ready: bool = False
    known: Annotated[int, Range(0, 1)] = 0

    @action(by=Actor.USERSPACE)
    def count(self) -> None:
        """Count the lamps."""
        require(self.lit)
        require(self.lit and self.ready)
        self.known = len(self.devices)


@invariant(code="TDM901")
def dark(now: House) -> bool:
    """Nothing is known."""
    return not now.lit and now.known == 0
'''


def test_a_value_outside_a_range_that_is_never_assigned(tmp_path: Path) -> None:
    """Two lamps are too many for `known`, but nobody counts them, with the first guard or without it."""
    path = tmp_path / "house.py"
    path.write_text(FULL)
    model = load(Catalogue(tmp_path), path).model
    found = coverage(model, model.properties, Plan(devices=2))
    assert {one.status for one in found.tried if "does not require self.lit" in one.words} == {Status.EQUIVALENT}
    compare(model, Plan(devices=2))
