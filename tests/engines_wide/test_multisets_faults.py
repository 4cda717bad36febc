"""The search over orbits in bitmaps broken on purpose: published counts differ, or the law over random systems complains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tdispmodel.compiling.parts import WHOLE
from tdispmodel.engines.protocol import LimitReached, Limits, silent
from tdispmodel.engines.wide import search
from tdispmodel.engines.wide.bitmaps import layout, multisets
from tdispmodel.engines.wide.bitmaps.multisets import Multisets, Ranks
from tdispmodel.engines.wide.formulas import Here
from tdispmodel.engines.wide.orbits import Orbits
from tdispmodel.engines.wide.search import Search
from tdispmodel.verdict import Space
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.multiplied import multiplies
from tests.engines_wide.symmetric import symmetric_systems
from tests.engines_wide.test_faults import Stopped
from tests.faults.detectors import complaint_among, drawn
from tests.faults.planting import entered_into

Patch = pytest.MonkeyPatch
FAULTS: dict[str, Callable[[Patch], None]] = {}
DRAWN = 80
"""So many random systems notice each."""
SECONDS = 2.0
"""Published counts take a tenth of a second."""
fault = entered_into(FAULTS)


@fault
def _(patch: Patch) -> None:
    """A multiset of the others lacks what stands behind the one that is left out."""
    original = Ranks.without

    def without(ranks: Ranks, numbers: Any) -> Iterator[Any]:
        found = list(original(ranks, numbers))
        yield from [found[-1]] * len(found)

    patch.setattr(Ranks, "without", without)


@fault
def _(patch: Patch) -> None:
    """One more is put before those that are equal or less."""

    def joined(made: Multisets, rest: Any, number: Any) -> Any:
        return made._rest[rest, 0] + made._own[0, number]

    patch.setattr(Multisets, "_joined", joined)


@fault
def _(patch: Patch) -> None:
    """Multisets are taken apart from the wrong end."""
    original = Ranks.members
    patch.setattr(Ranks, "members", lambda ranks, keys: original(ranks, keys)[::-1])


@fault
def _(patch: Patch) -> None:
    """The level that was expanded stays in the words: its steps are taken for ever."""
    original = Multisets._step

    def step(made: Multisets) -> None:
        before = made.here.copy()
        original(made)
        made.here |= before
        made.seen[...] = False

    patch.setattr(Multisets, "_step", step)


@fault
def _(patch: Patch) -> None:
    """Only the first instance of an orbit is put into words."""
    original = Ranks.without
    patch.setattr(Ranks, "without", lambda ranks, numbers: iter([next(original(ranks, numbers))] * len(numbers)))


@fault
def _(patch: Patch) -> None:
    """What is new on a level is not visited."""
    original = Multisets._visit
    patch.setattr(Multisets, "_visit", lambda made, keys, *into: original(made, keys[: len(keys) // 2], *into))


@fault
def _(patch: Patch) -> None:
    """Steps of the whole alone are forgotten."""
    original = Multisets._step

    def step(made: Multisets) -> None:
        whole, made.whole = made.whole, None
        original(made)
        made.whole = whole

    patch.setattr(Multisets, "_step", step)


@fault
def _(patch: Patch) -> None:
    """Actions of several instances are forgotten."""
    original = Multisets._look_at

    def look_at(made: Multisets, here: Here, depth: int, _: list[Any]) -> bool:
        return original(made, here, depth, [])

    patch.setattr(Multisets, "_look_at", look_at)


@fault
def _(patch: Patch) -> None:
    """Steps to another local state of the whole are taken to lead to the same."""
    original = multisets.images
    patch.setattr(
        multisets,
        "images",
        lambda edges, *more: original(np.stack([edges[:, 0], edges[:, 1], edges[:, 0], edges[:, 3]], axis=1), *more),
    )


@fault
def _(patch: Patch) -> None:
    """Steps that were not known on an earlier level are not taken."""
    original = Multisets._images

    def images(made: Multisets) -> Any:
        if made.steps:
            made.known = len(made.search.tables.pairs[made.instances[0]])
        return original(made)

    patch.setattr(Multisets, "_images", images)


@fault
def _(patch: Patch) -> None:
    """Each orbit counts for all permutations."""
    patch.setattr(Orbits, "sizes", lambda made, numbers: np.full(len(numbers[WHOLE]), made.permutations))


@fault
def _(patch: Patch) -> None:
    """Steps are counted for the last instance only."""
    original = multisets.degrees

    def once(table: Any, places: Any) -> Any:
        return original(table, places) // (2 if table is not None and table.part != WHOLE else 1)

    patch.setattr(multisets, "degrees", once)


@fault
def _(patch: Patch) -> None:
    """When there is more room, what was visited is forgotten."""
    original = multisets.grown
    patch.setattr(multisets, "grown", lambda array, shape: original(np.zeros_like(array), shape))


@fault
def _(patch: Patch) -> None:
    """Levels are listed one too late for who goes back."""
    original = Multisets.pieces
    patch.setattr(Multisets, "pieces", lambda made, level, most: original(made, min(level + 1, made.levels - 1), most))


def miscounted() -> bool:
    """Whether what is said of bench-tdi with two devices is not what other model checkers agree on: I3 after 10 steps."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "CHUNK", 1 << 15)
        patch.setattr(layout, "PIECE", 1 << 12)
        found = Search(bench_tdi(2), [], Limits(seconds=SECONDS), silent, ((1, 2),))
        try:
            found.run()
        except (LimitReached, IndexError):
            return True
        (verdict,) = Stopped().answer(bench_tdi(2), bench_properties(2)[2:3], Limits())
        ten = verdict.trace is not None and len(verdict.trace) == 10
        return (found.space, found.states) != (Space(6_543, 47_766, 27), 3_343) or not ten


@pytest.mark.parametrize("name", FAULTS)
def test_broken_bitmaps_are_noticed(name: str, monkeypatch: Patch) -> None:
    """Published counts differ, or the law complains, when bitmaps of orbits are broken in this way."""
    multiplies(monkeypatch)
    FAULTS[name](monkeypatch)
    assert miscounted() or complaint_among(Stopped(), drawn(symmetric_systems, DRAWN))


def test_nothing_is_noticed_without_a_fault(monkeypatch: Patch) -> None:
    """Counts, as they are looked at here, are right when nothing is broken."""
    multiplies(monkeypatch)
    assert not miscounted()
