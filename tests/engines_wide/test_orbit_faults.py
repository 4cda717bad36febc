"""The search over orbits broken on purpose: laws over random systems with interchangeable devices notice each fault."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings

from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.wide.orbits import Orbits, Replay
from tdispmodel.engines.wide.symmetry import Classes, Finder, Symmetry
from tests.engines_wide.corners import CORNERS
from tests.engines_wide.symmetric import Drawn, drawn_systems, orbits, symmetric_systems
from tests.engines_wide.test_faults import DRAWN, Stopped
from tests.faults.detectors import complaint_among, drawn
from tests.faults.planting import entered_with_words
from tests.laws.oracle import Oracle
from tests.laws.random_systems import law

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # when a law fails
Patch = pytest.MonkeyPatch
FAULTS: dict[str, tuple[str, Callable[[Patch], None]]] = {}
fault = entered_with_words(FAULTS)


# --- what is interchangeable -------------------------------------------------------------------------------------------


@fault()
def _(patch: Patch) -> None:
    """Devices of different kinds whose variables are alike are sorted together."""

    def classes(finder: Finder, _: object) -> Classes:
        alike: dict[int, list[int]] = {}
        for part in finder.parts.instances:
            alike.setdefault(id(finder.parts.local[part]), []).append(part)
        return tuple(tuple(each) for each in alike.values() if len(each) > 1)

    patch.setattr(Finder, "classes", classes)
    patch.setattr(Symmetry, "__init__", all_unnoticed)


def all_unnoticed(symmetry: Symmetry, finder: Finder | None, watched: Sequence[Any]) -> None:
    """Take each formula to be one that no permutation changes."""
    symmetry.classes = () if finder is None else finder.classes(watched)
    symmetry.images = {
        watch: {watch: tuple(range(99))[: len(finder.parts.names)] if finder else ()} for watch in watched
    }


@fault()
def _(patch: Patch) -> None:
    """What is asked is taken to tell no device apart."""
    patch.setattr(Finder, "keeps", lambda *_: True)
    patch.setattr(Symmetry, "__init__", all_unnoticed)


@fault("refused")
def _(patch: Patch) -> None:
    """Start values are not compared."""
    patch.setattr(Finder, "_starts", lambda *_: [])


def ignoring(patch: Patch, **fields: object) -> None:
    """Compare actions as if they all had these fields."""
    original = Finder._action
    patch.setattr(Finder, "_action", lambda finder, words, action: original(finder, words, replace(action, **fields)))


@fault("refused")
def _(patch: Patch) -> None:
    """Guards are not compared."""
    ignoring(patch, guards=())


@fault("refused")
def _(patch: Patch) -> None:
    """Effects are not compared."""
    ignoring(patch, assignments=())


# --- orbits ------------------------------------------------------------------------------------------------------------


@fault()
def _(patch: Patch) -> None:
    """Of three devices the last two are sorted."""

    def representative(made: Orbits, numbers: Sequence[Any]) -> list[Any]:
        found = list(numbers)
        for each in made.classes:
            for one, other in pairwise(each[-2:]):
                found[one], found[other] = (
                    np.minimum(found[one], found[other]),
                    np.maximum(found[one], found[other]),
                )
        return found

    patch.setattr(Orbits, "representative", representative)


@fault()
def _(patch: Patch) -> None:
    """States are not sorted."""
    patch.setattr(Orbits, "representative", lambda _, numbers: list(numbers))


@fault("Space")
def _(patch: Patch) -> None:
    """All orbits are taken to have as many states as there are permutations."""
    patch.setattr(Orbits, "sizes", lambda made, numbers: np.full(len(numbers[0]), made.permutations, np.int64))


@fault("Space")
def _(patch: Patch) -> None:
    """Orbits are counted in place of states."""
    patch.setattr(Orbits, "sizes", lambda _, numbers: np.ones(len(numbers[0]), np.int64))


# --- behaviours --------------------------------------------------------------------------------------------------------


@fault("refused")
def _(patch: Patch) -> None:
    """Actions keep the names that they have in representatives."""
    patch.setattr("tdispmodel.engines.wide.orbits.renamed", lambda name, _: name)


@fault("refused")
def _(patch: Patch) -> None:
    """That devices change places on the way is forgotten."""
    patch.setattr(Replay, "_sorted", lambda _made, _state, place: list(place))


@fault("refused")
def _(patch: Patch) -> None:
    """A behaviour ends where the question is met of another device."""
    kept = Replay.behaviour
    patch.setattr(
        Replay, "behaviour", lambda made, states, actions, last: kept(made, states, actions, tuple(range(len(last))))
    )


@fault()
def _(patch: Patch) -> None:
    """What other questions become is not looked at."""
    first_met = Symmetry.first_met

    def own(symmetry: Symmetry, watch: Any, watched: Any, met: Any) -> Any:
        return first_met(symmetry, watch, watched, {n: each for n, each in met.items() if watched[n] == watch})

    patch.setattr(Symmetry, "first_met", own)


@fault("steps are")
def _(patch: Patch) -> None:
    """What was met last counts as met first."""
    first_met = Symmetry.first_met

    def late(symmetry: Symmetry, watch: Any, watched: Any, met: Any) -> Any:
        turned = {number: replace(each, level=-each.level) for number, each in met.items()}
        return first_met(symmetry, watch, watched, turned)

    patch.setattr(Symmetry, "first_met", late)


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_search_is_noticed(name: str, monkeypatch: Patch) -> None:
    """The law complains when the search is broken in this way, over random systems with interchangeable devices or those
    that were made for it.
    """
    like, plant = FAULTS[name]
    plant(monkeypatch)
    assert complaint_among(Stopped(), (*drawn(symmetric_systems, DRAWN), *CORNERS), like)


def test_a_broken_count_is_noticed(monkeypatch: Patch) -> None:
    """Orbits that are not merged are noticed by counting them out, also where all states are counted rightly."""
    monkeypatch.setattr(Orbits, "representative", lambda _, numbers: list(numbers))

    @settings(law(100), phases=[Phase.generate], report_multiple_bugs=False)
    @given(drawn_systems())
    def check(drawn: Drawn) -> None:
        states = list(Oracle(drawn.system).states)
        for verdict in Stopped().answer(drawn.system, drawn.questions, Limits()):
            if verdict.symmetry is not None:
                assert verdict.symmetry.orbits == orbits(drawn.system, states, verdict.symmetry.classes)

    with pytest.raises(AssertionError):
        check()
