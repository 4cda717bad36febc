"""The kernels broken on purpose, by a change of their text: the law over random systems, or a count, notices each.

The text is run as plain Python, so that nothing is compiled for a fault.
"""

from __future__ import annotations

from functools import cache

import pytest

from tdispmodel.engines.conformance.writing import Counter, Flag, move, system
from tdispmodel.engines.protocol import LimitReached, Limits, silent
from tdispmodel.engines.wide.search import Search
from tdispmodel.engines.wide.visited import TooWide
from tdispmodel.ir.expressions import TRUE, conjunction, disjunction
from tdispmodel.verdict import Space
from tests.engines.bench_tdi import bench_tdi
from tests.engines_fast.kerneled import MODES, TEXT, at_once, plain
from tests.engines_wide.corners import DEVICES, never, of_devices
from tests.engines_wide.numbered import spread_systems
from tests.engines_wide.symmetric import symmetric_systems
from tests.engines_wide.test_faults import Stopped
from tests.faults.detectors import complaint_among, drawn
from tests.faults.planting import rewritten
from tests.laws.test_engines_agree import Asked

DRAWN = 20
MEMORY = 1 << 26
SECONDS = 4.0
"""A count takes a quarter of a second; a search that finds the same states again and again is stopped."""

FAULTS: dict[str, tuple[str, str, str]] = {
    "a state that was visited is new": ("table", "return np.int64(0)", "return np.int64(1)"),
    "a bit that is set is new": (
        "bits",
        "loaded(known, word) & bit == 0 and joined(known, word, bit) & bit == 0",
        "joined(known, word, bit) >= bit",
    ),
    "a state whose place is taken is lost": ("table", "word = (word + 1) & mask", "return np.int64(0)"),
    "states are compared by their last bits": ("table", "found == state:", "found & 7 == state & 7:"),
    "half of the bits of a word are used": (
        "bits",
        "np.int64(1) << (place & WORD_MASK)",
        "np.int64(1) << (place & 31)",
    ),
    "two words are one": ("bits", "place >> WORD_SHIFT if", "place >> 7 if"),
    "the whole does not count": ("bits", "columns[position] + number] + other", "columns[position] + number]"),
    "the last step from a pair is lost": (
        "both",
        "for step in range(begin, end, 2):\n                other,",
        "for step in range(begin, end - 2, 2):\n                other,",
    ),
    "the last step of the whole is lost": (
        "both",
        "for step in range(begin, end, 2):\n                    other",
        "for step in range(begin, end - 2, 2):\n                    other",
    ),
    "steps are counted once for each place that they lead to": (
        "both",
        "taken += tables[tables[row + MANY] + pairs[part]]",
        "taken += (end - begin) // 2",
    ),
    "steps of broad actions do not count": ("both", "taken += 1\n", "pass\n"),
    "the whole stays as it is": (
        "both",
        "+ (number << shifts[position]) + (other << of_whole)",
        "+ (number << shifts[position]) + (whole << of_whole)",
    ),
    "the one that acts is put where it was": ("both", "position += beside[each] < number", "position = origin"),
    "instances that look the same each count as one": (
        "both",
        "taken * (permutations // alike)",
        "taken * permutations",
    ),
    "an orbit is one state": ("both", "counters[STOOD] += permutations // alike", "counters[STOOD] += 1"),
    "of two instances side by side one acts": (
        "both",
        "if origin > 0 and numbers[order[begins + origin - 1]] == own:",
        "if origin > 0:",
    ),
    "numbers do not ascend after a broad action": (
        "both",
        "ascend(after, order, classes[each, 0], classes[each, 1])",
        "pass",
    ),
    "only the first effect is taken": (
        "both",
        "range(broad[action, BEGIN], broad[action, STOP])",
        "range(broad[action, BEGIN], min(broad[action, STOP], broad[action, BEGIN] + 1))",
    ),
    "an effect that is not known is none": ("both", "left = left or number < 0", "number = max(number, 0)"),
    "the first state of a slice is forgotten": (
        "both",
        "for index in range(first, last):\n        if counters",
        "for index in range(first + 1, last):\n        if counters",
    ),
    "the room that there is does not matter": ("both", "            return index\n", "            return last\n"),
    "formulas are never negated": ("both", "stack ^= 1", "pass"),
    "and is or": ("both", "stack &= last | ~np.int64(1)", "stack |= last"),
    "or is and": ("both", "stack |= last", "stack &= last | ~np.int64(1)"),
    "flags mean the opposite": ("both", "+ pairs[tables[row + OF]]] != 0)", "+ pairs[tables[row + OF]]] == 0)"),
    "all states are chosen": ("both", "if true(tables, watched[number], pairs):", "if True:"),
    "pairs of the first instance alone are met": (
        "both",
        "for part in range(1, len(parts)):\n        number",
        "for part in range(1, 2):\n        number",
    ),
}
"""In which of the two ways to keep states a fault is, what is changed and into what."""  # fmt: skip


def jumps() -> Asked:
    """Two devices, which count to five and have a lamp; while the other one is at one, each may jump there, for all to see.

    Numbers have to be put in order again after that, and what it does is looked up when the other's lamp is on, since it
    was worked out when that was off.
    """
    places = [Counter(f"{device}.place", 5) for device in DEVICES]
    lamps = [Flag(f"{device}.lamp") for device in DEVICES]
    jumped = Counter("jumped", 1)
    moves = [
        move(f"count_{number}({device})", place.at(number), place.set(number + 1))
        for device, place in zip(DEVICES, places, strict=True)
        for number in range(5)
    ]
    moves += [move(f"light({device})", TRUE, lamp.becomes(TRUE)) for device, lamp in zip(DEVICES, lamps, strict=True)]
    for one, other in ((0, 1), (1, 0)):
        low, name = disjunction(*map(places[one].at, range(4))), f"jump({DEVICES[one]}, {DEVICES[other]})"
        moves.append(move(name, conjunction(low, places[other].at(1)), jumped.set(1), places[one].set(5)))
    made = of_devices(system("jumps", (jumped, *places, *lamps), *moves))
    return made, never(conjunction(*(each.at(5) for each in places)))


@cache
def systems() -> tuple[Asked, ...]:
    """Return one system that is made for it, and random ones, always the same."""
    return (jumps(), *drawn(symmetric_systems, DRAWN), *drawn(spread_systems, DRAWN))


def noticed(text: str, mode: str) -> bool:
    """Whether bench-tdi with one device has other counts than the published ones, or the law complains."""
    with pytest.MonkeyPatch.context() as patch:
        at_once(patch, mode, 1)
        plain(patch, text)
        made = Search(bench_tdi(1), [], Limits(SECONDS, MEMORY), silent)
        try:
            made.run()
        except (LimitReached, TooWide, IndexError):
            return True
        if made.space != Space(143, 565, 15):
            return True
        try:
            return bool(complaint_among(Stopped(), systems()))
        except IndexError:  # places beyond the end
            return True


@pytest.mark.parametrize("name", FAULTS)
def test_broken_kernels_are_noticed(name: str) -> None:
    """Counts differ, or the law complains, in each way to keep states in which the kernels are broken."""
    text, modes = rewritten(TEXT, FAULTS[name], MODES)
    for mode in modes:
        assert noticed(text, mode)


@pytest.mark.parametrize("mode", MODES)
def test_nothing_is_noticed_without_a_fault(mode: str) -> None:
    """Counts and law, as they are used here, have nothing to complain about when nothing is broken."""
    assert not noticed(TEXT, mode)
