"""The kernels broken on purpose, by a change of their text: published counts or the law over random systems notice each."""

from __future__ import annotations

from functools import cache

import pytest

from tdispmodel.engines.gpu.search import CardSearch
from tdispmodel.engines.protocol import LimitReached, Limits, silent
from tdispmodel.verdict import Space
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_gpu.asking import MODES, OnBuilt, keeps
from tests.engines_gpu.built import TEXT, Built
from tests.engines_wide.numbered import spread_systems
from tests.faults.detectors import complaint_among, drawn
from tests.faults.planting import rewritten
from tests.laws.test_engines_agree import Asked

MEMORY = 1 << 27
"""Published counts take a fraction of it; a search that finds the same states again and again soon takes all."""
DRAWN = 40

FAULTS: dict[str, tuple[str, str, str]] = {
    "a state that was visited is new": (
        "both",
        "if (is_new(states, count, layout, parts, tables, at, known, mask, out, room, counters, state))",
        "is_new(states, count, layout, parts, tables, at, known, mask, out, room, counters, state);",
    ),
    "a state whose place is taken is lost": ("table", "place = (place + 1) & mask;", "return false;"),
    "states are compared by their last bits": ("table", "there == state", "(there & 7) == (state & 7)"),
    "half of the bits of a word are used": ("bits", "1ull << (place & 63)", "1ull << (place & 31)"),
    "two words are one": ("bits", "known, place);", "known, place >> 1);"),
    "the last part does not count": (
        "bits",
        "part < parts; ++part)\n            place +=",
        "part + 1 < parts; ++part)\n            place +=",
    ),
    "the last step from a pair is lost": ("both", "step < last; ++step", "step + 1 < last; ++step"),
    "steps are counted once for each table": ("both", "steps += last - first;", "steps += last > first;"),
    "the whole stays as it is": ("both", "changed(layout, 0, state, tables[row[WHOLE] + step])", "state"),
    "only the first instance changes": ("both", "if (row[PART] != 0)", "if (row[PART] == 1)"),
    "pairs of the first instance alone are met": ("both", "word part = 1; part < parts;", "word part = 1; part < 2;"),
    "the last state of a level is forgotten": (
        "both",
        "if (number >= count)\n        return;\n    word state = states[number], steps",
        "if (number + 1 >= count)\n        return;\n    word state = states[number], steps",
    ),
    "all blocks do the work of the first": ("both", "(word)blockIdx.x * blockDim.x + threadIdx.x", "threadIdx.x"),
    "what is found is written over what was found": ("both", "out[place] = state;", "out[room - 1] = state;"),
    "formulas are never negated": ("both", "stack ^= 1;", ""),
    "and is or": ("both", "stack &= ~1ull | last;", "stack |= last;"),
    "or is and": ("both", "stack |= last;", "stack &= ~1ull | last;"),
    "flags mean the opposite": ("both", "+ place] != 0)", "+ place] == 0)"),
    "all states are chosen": ("both", "if (stack & 1)", "if (true)"),
}
"""In which of the two ways to keep states a fault is, what is changed and into what."""


@cache
def systems() -> tuple[Asked, ...]:
    """Return random systems, always the same."""
    return drawn(spread_systems, DRAWN)


def miscounted(text: str, mode: str) -> bool:
    """Whether counts of bench-tdi with up to two devices are not the published ones, or I3 is not met after 10 steps."""
    with pytest.MonkeyPatch.context() as patch:
        keeps(patch, mode)
        for devices, published in ((1, Space(143, 565, 15)), (2, Space(6_543, 47_766, 27))):
            search = CardSearch(bench_tdi(devices), [], Limits(memory=MEMORY), silent, Built(text))
            try:
                search.run()
            except LimitReached:
                return True
            if search.space != published:
                return True
        (verdict,) = OnBuilt(text).answer(bench_tdi(2), bench_properties(2)[2:3], Limits())
        return verdict.trace is None or len(verdict.trace) != 10


def complained(text: str, mode: str) -> bool:
    """Whether the law complains on some random system."""
    with pytest.MonkeyPatch.context() as patch:
        keeps(patch, mode, 3)
        return bool(complaint_among(OnBuilt(text), systems()))


@pytest.mark.parametrize("name", FAULTS)
def test_broken_kernels_are_noticed(name: str) -> None:
    """Published counts differ, or the law complains, in each way to keep states in which the kernels are broken."""
    text, modes = rewritten(TEXT, FAULTS[name], MODES)
    for mode in modes:
        assert miscounted(text, mode) or complained(text, mode)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_noticed_without_a_fault(mode: str) -> None:
    """Counts and law, as they are used here, have nothing to complain about when nothing is broken."""
    assert not miscounted(TEXT, mode)
    assert not complained(TEXT, mode)
