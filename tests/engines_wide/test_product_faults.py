"""The search over bitmaps broken on purpose: the law over random systems notices each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from tdispmodel.compiling.parts import WHOLE
from tdispmodel.engines.protocol import LimitReached, Limits, silent
from tdispmodel.engines.wide import search
from tdispmodel.engines.wide.bitmaps import layout, product, slabs
from tdispmodel.engines.wide.bitmaps.layout import Layout
from tdispmodel.engines.wide.bitmaps.masks import Masks
from tdispmodel.engines.wide.bitmaps.product import Product
from tdispmodel.engines.wide.bitmaps.slabs import Image, Plan
from tdispmodel.engines.wide.moves import Broad
from tdispmodel.engines.wide.search import Search
from tdispmodel.verdict import Space
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.multiplied import multiplies
from tests.engines_wide.numbered import spread_systems
from tests.engines_wide.symmetric import symmetric_systems
from tests.engines_wide.test_faults import Stopped
from tests.faults.detectors import complaint_among, drawn
from tests.faults.planting import entered_with_words
from tests.laws.test_engines_agree import Asked

Patch = pytest.MonkeyPatch
FAULTS: dict[str, tuple[str, Callable[[Patch], None]]] = {}
SMALL, LARGE = 1, 1 << 17
DRAWN = 80
"""So many random systems notice each."""
SECONDS = 2.0
"""Published counts take a tenth of a second."""
fault = entered_with_words(FAULTS)


class StoppedPlain(Stopped):
    """The engine with little time, visiting every state."""

    symmetry = False


def planning(patch: Patch, change: Callable[[Plan], None]) -> None:
    """Change every plan."""
    original = slabs.planned

    def planned(*given: Any) -> Plan:
        plan = original(*given)
        change(plan)
        return plan

    patch.setattr(product, "planned", planned)


# --- steps -------------------------------------------------------------------------------------------------------------


@fault("Space")
def _(patch: Patch) -> None:
    """Steps of the whole alone are forgotten."""
    planning(patch, lambda plan: plan.whole.clear())


@fault()
def _(patch: Patch) -> None:
    """Of steps that lead to one block the first is forgotten."""
    multiplies(patch, SMALL)
    planning(patch, lambda plan: [each.pop() for reached in plan.outer.values() for each in reached.values()] and None)


@fault()
def _(patch: Patch) -> None:
    """Of steps inside a block the last is forgotten."""
    planning(
        patch,
        lambda plan: (
            [some.pop() for edges in plan.inner.values() for each in edges.values() for some in each.values()] and None
        ),
    )


@fault()
def _(patch: Patch) -> None:
    """Steps inside a block go the other way."""

    def turned(plan: Plan) -> None:
        for edges in plan.inner.values():
            for each in edges.values():
                for before, some in each.items():
                    each[before] = [(there, here) for here, there in some]

    planning(patch, turned)


@fault()
def _(patch: Patch) -> None:
    """Bits are not moved where another local state of the whole is reached."""

    def still(plan: Plan) -> None:
        for after, some in plan.last.items():
            plan.last[after] = [each for each in some if each[0] == after]

    planning(patch, still)


@fault()
def _(patch: Patch) -> None:
    """A word's image lacks what becomes of its first bit."""
    original = Image.of

    def of(image: Image, words: Any) -> Any:
        return original(image, words & ~np.uint64(1))

    patch.setattr(Image, "of", of)


@fault()
def _(patch: Patch) -> None:
    """A broad action of the whole is taken from all states with its source."""
    original = Product._reach

    def reach(made: Product, *given: Any) -> None:
        with pytest.MonkeyPatch.context() as inside:
            inside.setattr(Masks, "of", lambda *_: np.uint64(2**64 - 1))
            original(made, *given)

    patch.setattr(Product, "_reach", reach)


@fault("Space")
def _(patch: Patch) -> None:
    """What broad actions of instances lead to is dropped."""
    original = Product._grow

    def grow(made: Product) -> None:
        original(made)
        made.added = []

    patch.setattr(Product, "_grow", grow)


@fault()
def _(patch: Patch) -> None:
    """Where a broad action of the whole leads is taken to be where it begins."""
    original = Product._take

    def take(made: Product, broad: Broad) -> None:
        original(made, broad)
        made.taken = {key: key[1] for key in made.taken}

    patch.setattr(Product, "_take", take)


# --- levels ------------------------------------------------------------------------------------------------------------


@fault()
def _(patch: Patch) -> None:
    """What was visited is not left out."""
    original = Product.advance

    def advance(made: Product) -> None:
        made.visited[...] = 0
        original(made)

    patch.setattr(Product, "advance", advance)


@fault()
def _(patch: Patch) -> None:
    """The last block is not looked at."""
    multiplies(patch, SMALL)
    original = Product.places

    def places(made: Product) -> Iterator[Any]:
        found = list(original(made))
        return iter(found[:-1] if len(found) > 2 else found)

    patch.setattr(Product, "places", places)


@fault()
def _(patch: Patch) -> None:
    """Of local states that are bits only the first counts as there."""
    original = Product._note

    def note(made: Product, place: Any, words: Any) -> None:
        original(made, place, words)
        made.active[made.layout.last][:, 1:] = False

    patch.setattr(Product, "_note", note)


@fault()
def _(patch: Patch) -> None:
    """Of local states inside a block only the first counts as there."""
    original = Product._note

    def note(made: Product, place: Any, words: Any) -> None:
        original(made, place, words)
        for part in made.layout.axes[made.layout.outer :]:
            made.active[part][:, 1:] = False

    patch.setattr(Product, "_note", note)


@fault()
def _(patch: Patch) -> None:
    """When there are more local states, the level is forgotten."""
    original = Layout.copied

    def copied(layout: Layout, words: Any, wider: Layout) -> Any:
        return original(layout, np.zeros_like(words), wider)

    patch.setattr(Layout, "copied", copied)


@fault()
def _(patch: Patch) -> None:
    """A state is put where its neighbour in the last instance belongs."""
    original = Layout.found

    def found(layout: Layout, numbers: Sequence[Any]) -> Any:
        turned = list(numbers)
        turned[layout.last] = (turned[layout.last] + 1) % layout.sizes[layout.last]
        return original(layout, turned)

    patch.setattr(Layout, "found", found)


# --- formulas and counts -----------------------------------------------------------------------------------------------


@fault()
def _(patch: Patch) -> None:
    """What is watched is looked for where it can never be true alone."""
    original = Masks.possible
    patch.setattr(Masks, "possible", lambda masks, node: not original(masks, node))


@fault()
def _(patch: Patch) -> None:
    """A formula about an instance is looked up for the first local state of the whole."""
    original = Masks.flags
    patch.setattr(Masks, "flags", lambda masks, table, part, whole: original(masks, table, part, 0 * whole))


@fault("Space")
def _(patch: Patch) -> None:
    """Steps are counted from the first block only."""
    original = Product._steps_from
    patch.setattr(
        Product, "_steps_from", lambda made, place, words: original(made, place, words) if not place[WHOLE] else 0
    )


@fault("Space")
def _(patch: Patch) -> None:
    """Steps of the instance whose local states are bits are counted once for each state that has any."""
    original = product.packed
    patch.setattr(product, "packed", lambda flags, words: original(np.ones_like(flags), words))


@fault()
def _(patch: Patch) -> None:
    """Levels that are made once more begin a level too late."""
    original = Product._write

    def write(made: Product, last: int) -> None:
        original(made, last)
        made._written = {level: made._written[max(level - 1, made.first)] for level in made._written}

    patch.setattr(Product, "_write", write)


def systems() -> tuple[Asked, ...]:
    """Return random systems, always the same."""
    return (*drawn(spread_systems, DRAWN), *drawn(symmetric_systems, DRAWN))


def miscounted() -> bool:
    """Whether what is said of bench-tdi with two devices is not what other model checkers agree on, I3 after 10 steps among
    it.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "CHUNK", 1 << 15)
        patch.setattr(layout, "PIECE", 1 << 12)
        found = Search(bench_tdi(2), [], Limits(seconds=SECONDS), silent)
        try:
            found.run()
        except LimitReached:
            return True
        (verdict,) = StoppedPlain().answer(bench_tdi(2), bench_properties(2)[2:3], Limits())
        return found.space != Space(6_543, 47_766, 27) or verdict.trace is None or len(verdict.trace) != 10


@pytest.mark.parametrize("name", FAULTS)
def test_broken_bitmaps_are_noticed(name: str, monkeypatch: Patch) -> None:
    """Published counts differ, or the law over random systems complains, when bitmaps are broken in this way."""
    like, plant = FAULTS[name]
    multiplies(monkeypatch, LARGE)
    plant(monkeypatch)
    assert miscounted() or complaint_among(StoppedPlain(), systems(), like)


def test_nothing_is_noticed_without_a_fault(monkeypatch: Patch) -> None:
    """Counts and law, as they are used here, have nothing to complain about when nothing is broken."""
    multiplies(monkeypatch, LARGE)
    assert not miscounted()
    assert not complaint_among(StoppedPlain(), systems()[::20])
