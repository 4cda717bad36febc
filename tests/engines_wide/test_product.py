"""The search with a bit for every combination of local states: laws against oracle and plain search, published counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import LimitReached, Limits, silent
from tdispmodel.engines.wide import search
from tdispmodel.engines.wide.bitmaps import layout, product
from tdispmodel.engines.wide.bitmaps.layout import Layout, counted, counted_by_halves
from tdispmodel.engines.wide.bitmaps.product import Product
from tdispmodel.engines.wide.bitmaps.slabs import Image
from tdispmodel.engines.wide.search import Search
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer, Space
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.multiplied import both_at, counters, multiplies, shown
from tests.engines_wide.numbered import Numbered, Plain, spread_systems
from tests.engines_wide.symmetric import symmetric_systems
from tests.laws.random_systems import law
from tests.laws.test_engines_agree import assert_leaving_is_noticed, complaints_about

Asked = tuple[System, tuple[SystemProperty, ...]]
BLOCKS = st.sampled_from((1, 2, 1 << 17))
PUBLISHED = {1: Space(143, 565, 15), 2: Space(6_543, 47_766, 27), 3: Space(305_009, 3_240_706, 39)}
"""bench-tdi: states, transitions and depth on which SPIN, Rumur, Stateright, TLC and NuSMV agree."""


@law(50)
@given(st.one_of(spread_systems(), symmetric_systems()), BLOCKS)
def test_it_agrees_with_the_oracle_and_says_what_the_other_search_says(pair: Asked, block: int) -> None:
    """Answers, counts, vacuity and lengths are the oracle's, the judge accepts; all is the same without bitmaps."""
    without = shown(Plain().answer(*pair, Limits()))
    with pytest.MonkeyPatch.context() as patch:
        multiplies(patch, block)
        assert not complaints_about(Plain(), pair)
        assert without == shown(Plain().answer(*pair, Limits()))


@pytest.mark.long
@law(3000)
@given(st.one_of(spread_systems(), symmetric_systems()), BLOCKS)
def test_it_agrees_again_and_again(pair: Asked, block: int) -> None:
    """So they are on many more random systems."""
    with pytest.MonkeyPatch.context() as patch:
        multiplies(patch, block)
        assert not complaints_about(Plain(), pair)


@law(30)
@given(spread_systems(may_leave_range=True), BLOCKS)
def test_leaving_a_range_is_noticed(pair: Asked, block: int) -> None:
    """`OutOfRange` is raised exactly when some reachable step leaves a range, and its trace replays."""
    with pytest.MonkeyPatch.context() as patch:
        multiplies(patch, block)
        assert_leaving_is_noticed(Numbered(), pair)


@pytest.mark.parametrize(("devices", "block"), [(1, 1 << 17), (2, 1 << 17), (3, 1 << 17), (2, 1)])
def test_published_counts(devices: int, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The counts of bench-tdi are the published ones, with the whole as block and with devices that tell blocks apart."""
    monkeypatch.setattr(search, "LEAST_FOR_PRODUCT", 0)
    monkeypatch.setattr(product, "seconds", lambda *_: -1.0)
    monkeypatch.setattr(layout, "BLOCK_WORDS", block)
    made = Search(bench_tdi(devices), [], Limits(), silent)
    made.run()
    assert isinstance(made.visited, Product)
    assert PUBLISHED[devices] == made.space


def test_it_is_used_where_it_pays() -> None:
    """`explicit` goes over to bitmaps with three devices of bench-tdi; all that it says is judged, and as without them."""
    system, questions = bench_tdi(3), bench_properties(3)
    used: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        original = Product.transitions
        patch.setattr(Product, "transitions", lambda made: used.append(made.first) or original(made))
        found = shown(Explicit(symmetry=False).answer(system, questions, Limits()))
        assert used  # once, and whenever progress is told
        count = len(used)
        patch.setattr(search, "LEAST_FOR_PRODUCT", 1 << 60)
        assert found == shown(Explicit(symmetry=False).answer(system, questions, Limits()))
        assert len(used) == count
    assert [verdict.accepted for verdict in judge_all(system, found)] == [True] * len(questions)
    assert {verdict.space for verdict in found} == {PUBLISHED[3]}


@pytest.mark.long
@pytest.mark.parametrize("devices", [4, 5])
def test_published_counts_of_many(devices: int) -> None:
    """States, transitions and depth of bench-tdi with four and five devices are those of the closed form."""
    n = devices
    made = Search(bench_tdi(n), [], Limits(memory=2 << 30), silent)
    made.run()
    states = 3**n + 2 * 47**n + 46**n
    steps = 3**n + 47**n + 44**n + n * (4 * 3 ** (n - 1) + 2 * 156 * 47 ** (n - 1) + 155 * 46 ** (n - 1))
    assert isinstance(made.visited, Product)
    assert made.space == Space(states, steps, 12 * n + 3)


# --- many local states, and more as the search goes on -----------------------------------------------------------------


@pytest.mark.parametrize("images", [1 << 30, 0])
def test_local_states_of_several_words_that_are_met_late(images: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two counters up to 149 have 150^2 states, two steps from each, depth 2 * 149, and meet at n after 2n steps.

    The array grows again and again while they count; words are moved by pairs of bytes and by bytes.
    """
    monkeypatch.setattr(search, "LEAST_FOR_PRODUCT", 0)
    monkeypatch.setattr(product, "seconds", lambda *_: -1.0)
    monkeypatch.setattr("tdispmodel.engines.wide.bitmaps.slabs.MOST_OF_IMAGES", images)
    system, question = counters(), both_at(100)
    (found,) = Plain().answer(system, [question], Limits())
    assert found.space == Space(150**2, 2 * 150**2, 2 * 149)
    assert found.answer is Answer.VIOLATED
    assert found.trace is not None
    assert len(found.trace) == 200
    assert [verdict.accepted for verdict in judge_all(system, [found])] == [True]


def test_without_memory_for_more_local_states_it_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where bitmaps outgrow the memory allowed all is searched once more without them, with the same counts."""
    monkeypatch.setattr(search, "LEAST_FOR_PRODUCT", 0)
    monkeypatch.setattr(product, "seconds", lambda *_: -1.0)
    began: list[Search] = []
    original = Search._begin_anew
    monkeypatch.setattr(Search, "_begin_anew", lambda made: began.append(made) or original(made))
    monkeypatch.setattr(Search, "may_take", lambda _, more: more < 10_000)
    made = Search(counters(), [], Limits(), silent)
    made.run()
    assert began == [made]
    assert not isinstance(made.visited, Product)
    assert made.space == Space(150**2, 2 * 150**2, 2 * 149)


def test_time_and_memory_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of time amid a level it is open, with the levels that are complete; without memory bitmaps are not used."""
    monkeypatch.setattr(search, "LEAST_FOR_PRODUCT", 0)
    monkeypatch.setattr(product, "seconds", lambda *_: -1.0)
    with monkeypatch.context() as patch:
        patch.setattr(search, "PRODUCT_MEMORY", 0)
        made = Search(bench_tdi(1), [], Limits(), silent)
        made.run()
        assert not isinstance(made.visited, Product)
    looks = iter(range(10_000))

    def spent(_: Limits) -> float:
        return float(next(looks))

    monkeypatch.setattr(Limits, "spent", spent)
    made = Search(bench_tdi(2), [], Limits(seconds=60), silent)
    with pytest.raises(LimitReached, match="out of time"):
        made.run()
    assert isinstance(made.visited, Product)
    assert made.bound is not None
    assert not made.finished


# --- bits --------------------------------------------------------------------------------------------------------------


@law(100)
@given(st.lists(st.tuples(st.integers(0, 149), st.integers(0, 149)), min_size=1), st.sampled_from((8, 16)), st.data())
def test_images(moves: list[tuple[int, int]], width: int, data: st.DataObject) -> None:
    """A word's image has the bit ``there`` exactly when it has a bit ``here`` that is moved to it."""
    here, there = (np.array([move[side] for move in moves]) for side in (0, 1))
    bits = set(data.draw(st.lists(st.integers(0, 149))))
    words = np.array([[sum(1 << bit - 64 * word for bit in bits if bit // 64 == word) for word in range(3)]], np.uint64)
    image = Image(here, there, 3, width).of(words)
    moved = {after for before, after in moves if before in bits}
    assert moved == {bit for bit in range(192) if int(image[0, bit // 64]) >> bit % 64 & 1}


@law(100)
@given(st.lists(st.integers(0, (1 << 64) - 1)))
def test_bits_are_counted(words: list[int]) -> None:
    """Both ways to count bits count those of Python's own numbers."""
    rows = np.array(words, np.uint64)
    assert [word.bit_count() for word in words] == counted_by_halves(rows).tolist()
    assert sum(word.bit_count() for word in words) == counted(rows)


@law(100)
@given(st.lists(st.integers(1, 5), min_size=2, max_size=4), st.sampled_from((1, 4, 1 << 17)), st.data())
def test_places(sizes: list[int], block: int, data: st.DataObject) -> None:
    """Of states that are put into a bitmap the same come out, each once, in the order of words and bits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "BLOCK_WORDS", block)
        patch.setattr(layout, "PIECE", 2)
        made = Layout(sizes)
    states = data.draw(st.lists(st.tuples(*(st.integers(0, size - 1) for size in sizes)), max_size=20))
    words = np.zeros(made.shape, np.uint64)
    made.add(words, [np.array([state[part] for state in states], np.int32) for part in range(len(sizes))])
    flat = words.reshape(-1)
    full = np.flatnonzero(flat)
    found = [
        state
        for numbers in made.numbers(full, flat[full], 7)
        for state in zip(*map(np.ndarray.tolist, numbers), strict=True)
    ]
    assert sorted(set(states)) == sorted(found)
    assert counted(words) == len(set(states))
    assert product.needed(made) >= 3 * words.nbytes
