"""The nearest explanation of logs that no behaviour explains: which small change lets them go on for longest.

A change is made where the lines stop: the line is left out, it tells something else, it comes a little earlier, one of
the lines before it is left out, or (where logs are complete) a line is missing.  Changes elsewhere are not tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from tdispmodel.analysing.conforming.observations import Observation
from tdispmodel.analysing.conforming.search.merging import Cell, Merged
from tdispmodel.analysing.conforming.search.places import Places
from tdispmodel.analysing.conforming.table import FORMS, Event
from tdispmodel.engines.protocol import LimitReached

LINES_BACK = 40
LINES_ON = 400
MOST_SHOWN = 3


@dataclass(frozen=True)
class Change:
    """A change in words, how many lines more are explained with it, and how plain it is (less is plainer)."""

    words: str
    gained: int
    rank: int


def nearest(merged: Merged[Places], cell: Cell, told: list[tuple[Observation, ...]]) -> tuple[str, ...]:
    """Return the best changes in words, best first; fewer where limits are reached."""
    found: list[Change] = []
    with suppress(LimitReached):
        found.extend(changes(merged, cell, told))
    found.sort(key=lambda change: (-change.gained, change.rank, change.words))
    best = [change for change in found if change.gained == found[0].gained]
    return tuple(f"{change.words}; {further(change.gained)}" for change in best[:MOST_SHOWN])


def further(lines: int) -> str:
    """Return in words how many lines more are explained with a change."""
    if lines > LINES_ON:
        return f"then at least {LINES_ON} more lines are explained"
    return "then 1 more line is explained" if lines == 1 else f"then {lines} more lines are explained"


def changes(merged: Merged[Places], cell: Cell, told: list[tuple[Observation, ...]]) -> Iterator[Change]:
    """Yield changes at a cell that is as far as lines go."""
    for log in merged.next_lines(cell):
        name = named(told, cell, log)
        after = merged.moved(cell, log, 1)
        yield Change(f"leave out {name}", gain(merged, after, merged.cells[cell]) - 1, 0)
        yield from other_words(merged, cell, log, told)
        if merged.tracker.showing.keys:
            items, _ = merged.sequences[log][cell[log]]
            for action, places in merged.tracker.inserted(merged.cells[cell]).items():
                later = merged.tracker.explained(places, items)
                if later:
                    missing = merged.tracker.compiled.system.actions[action].name
                    yield Change(f"a line of {missing} is missing before {name}", gain(merged, after, later), 1)
        yield from left_out_before(merged, cell, log, told)


def other_words(merged: Merged[Places], cell: Cell, log: int, told: list[tuple[Observation, ...]]) -> Iterator[Change]:
    """Yield what the line may tell instead: another form of the log, about the same device."""
    tracker = merged.tracker
    line = told[log][cell[log]]
    devices = {item.device for item in line.items}
    for number, item in enumerate(tracker.showing.items):
        if item in line.items or (item.device not in devices and item.device >= 0):
            continue
        kind, own = FORMS[item.form], FORMS[line.told.form]
        if kind.source is not own.source or (kind.event is Event.MARKED) is not (own.event is Event.MARKED):
            continue
        places = tracker.explained(merged.cells[cell], 1 << number)
        if places:
            what = f"{item.form} {item.detail}".strip()
            words = f"{named(told, cell, log)} tells: {what}"
            yield Change(words, gain(merged, merged.moved(cell, log, 1), places) - 1, 3)


def left_out_before(
    merged: Merged[Places], cell: Cell, log: int, told: list[tuple[Observation, ...]]
) -> Iterator[Change]:
    """Yield the lines before, left out or put behind the blocked one."""
    tracker = merged.tracker
    for back in range(1, min(LINES_BACK, cell[log]) + 1):
        before = merged.moved(cell, log, -back)
        if before not in merged.cells:
            return
        places = merged.cells[before]
        for position in range(before[log] + 1, cell[log] + 1):
            items, _ = merged.sequences[log][position]
            places = tracker.explained(places, items)
        if not places:
            continue
        name = named(told, before, log)
        gained = gain(merged, merged.moved(cell, log, 1), places)
        yield Change(f"leave out {name}", gained - 1, 2)
        items, _ = merged.sequences[log][before[log]]
        later = tracker.explained(places, items)
        if later:
            words = f"{name} comes after {named(told, cell, log)}"
            yield Change(words, gain(merged, merged.moved(cell, log, 1), later), 2)


def gain(merged: Merged[Places], cell: Cell, places: Places) -> int:
    """Return how many lines can be taken from a cell on, at most `LINES_ON`, and the blocked line itself."""
    on = Merged(merged.tracker, merged.sequences, merged.skew)
    return sum(on.run(cell, places, LINES_ON)) - sum(cell) + 1


def named(told: list[tuple[Observation, ...]], cell: Cell, log: int) -> str:
    """Return the place of the next line of a log."""
    place = told[log][cell[log]].told.place
    return f"{place.path}:{place.line}"
