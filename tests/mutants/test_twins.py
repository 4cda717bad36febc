"""Proposals that ask the same: what is taken over from the other is what would have been found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tdispmodel.analysing.mutation import coverage as module, rechecking
from tdispmodel.analysing.mutation.coverage import coverage
from tdispmodel.analysing.mutation.operators import Mutant
from tdispmodel.analysing.mutation.several import _kin
from tdispmodel.analysing.mutation.twins import Twins
from tdispmodel.checking.asking import Plan
from tdispmodel.ir.model import Model
from tdispmodel.judging.mutants.known import Instead
from tdispmodel.reports.mutants import Coverage, render
from tests.mutants.test_faults import BELL, TEXT, read

OTHER = TEXT.replace("class House(Component):", "class House(Component):\n    tidy: Constant[bool] = True", 1)
OTHER = OTHER.replace("require(self.guests > 0)", "require(self.guests > (0 if self.tidy else 1))").replace(
    "import (", "import (\n    Constant,"
)
OTHER = (
    OTHER.replace("A guest leaves.", "Some guest goes.")
    .replace("class House(Component):\n    tidy", 'class House(Component):\n    """The same house."""\n\n    tidy')
    .replace('= True\n    """A house."""', "= True")
)
"""The same house in other words, and with a constant that folds away."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Model]:
    """A list to which each model is added that is not taken over from its twin."""
    found: list[Model] = []
    kept = module._decided

    def decided(*given: object) -> object:
        found.append(given[0].systems[0].model)  # type: ignore[attr-defined]  # an `Asking`
        return kept(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_decided", decided)
    return found


def covered(*models: Model) -> Iterator[Coverage]:
    """Yield the coverage of models that may be twins."""
    twins = Twins()
    for model in models:
        yield coverage(model, model.properties, Plan(), twins=twins)


def test_twins_are_told_the_same(tmp_path: Path, asked: list[Model]) -> None:
    """Of two houses that differ in words the second is not asked, and its report is the one that it would have."""
    house, other = read(tmp_path / "house", TEXT), read(tmp_path / "other", OTHER)
    first, second = covered(house, other)
    assert asked == [house]
    alone = coverage(other, other.properties, Plan())
    assert render([second]) == render([alone])
    assert [one.place for one in second.tried] == [one.place for one in alone.tried]
    assert {one.difference.system.name for one in second.tried if one.difference} == {"other"}
    assert [one.status for one in first.tried] == [one.status for one in second.tried]


@pytest.mark.parametrize("words", ["self.guests == 0", "self.door is Door.SHUT and self.key", "now.key"])
def test_others_are_asked(tmp_path: Path, asked: list[Model], words: str) -> None:
    """A house with another guard, or another question, is no twin."""
    house, other = read(tmp_path / "house", TEXT), read(tmp_path / "other", TEXT.replace(words, "True"))
    list(covered(house, other))
    assert asked == [house, other]


def test_another_model_is_asked(tmp_path: Path, asked: list[Model]) -> None:
    """A gate is no twin of a house."""
    house, gate = read(tmp_path / "house", TEXT), read(tmp_path / "bell", BELL)
    list(covered(house, gate))
    assert asked == [house, gate]


def test_the_judge_has_to_be_given_the_same(
    tmp_path: Path, asked: list[Model], monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the judge grounds a mutant of the second house otherwise, that house is asked for itself."""
    house, other = read(tmp_path / "house", TEXT), read(tmp_path / "other", OTHER)
    kept = rechecking.Regrounding._instead

    def instead(self: rechecking.Regrounding, mutant: Mutant) -> Instead:
        found = kept(self, mutant)
        return replace(found, actions={}) if self.model.name == "other" and not asked[1:] else found

    monkeypatch.setattr(rechecking.Regrounding, "_instead", instead)
    list(covered(house, other))
    assert asked == [house, other]


def test_what_was_not_finished_is_not_taken_over(tmp_path: Path, asked: list[Model]) -> None:
    """What was open for lack of time is asked again of a twin."""
    house, other = read(tmp_path / "house", TEXT), read(tmp_path / "other", OTHER)
    twins = Twins()
    assert coverage(house, house.properties, Plan(seconds=0.0), twins=twins).reason
    assert not coverage(other, other.properties, Plan(), twins=twins).reason
    assert asked == [house, other]


@pytest.mark.parametrize(
    ("text", "kin"),
    [
        ("from proposals.first import First\n\n\nclass Second(First):\n    on = True\n", "first"),
        ("from proposals.first import First\n\n\nclass Second(First):\n    on: bool = True\n", "second"),
        ("from elsewhere.first import First\n", "second"),
        ("def (", "second"),
    ],
)
def test_who_may_be_twins_is_done_together(tmp_path: Path, text: str, kin: str) -> None:
    """A proposal is done with the one that it derives from if it declares and assigns nothing; text that is no Python is
    left to whoever reads it.
    """
    folder = tmp_path / "proposals"
    folder.mkdir()
    (folder / "second.py").write_text(text)
    assert _kin(folder / "second.py") == folder / f"{kin}.py"
