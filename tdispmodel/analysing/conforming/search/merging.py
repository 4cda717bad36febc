"""Lines of several logs in every order that they may have: in order within a log, across logs only where times say so.

Given sequences of observations; gives `Merged`: cells of a grid - how many lines of each log were taken - with the
places that a system can be in there.  With one log this is one row of cells.

Within a log the order of lines counts, whatever their times: processors print out of order by a little.  A line is
therefore no later than the latest time up to it, and no earlier than the earliest time from it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Generic

from tdispmodel.analysing.conforming.observations import Observation
from tdispmodel.analysing.conforming.search.places import Places, Tracker
from tdispmodel.analysing.conforming.showing import Showing

Cell = tuple[int, ...]
"""How many lines of each log were taken."""

Sequences = Sequence[Sequence[tuple[int, int | None]]]
"""For each log its lines: what explains them, as a mask, and their time in microseconds."""

Span = tuple[int | None, int | None]
"""Between which times a line was written; None: nobody knows."""


def spans(times: Sequence[int | None]) -> list[Span]:
    """Return between which times the lines of a log were written, that stand in order."""
    latest = list(accumulate(times, max_known))
    earliest = list(accumulate(reversed(times), min_known))[::-1]
    found: list[Span] = []
    for position, time in enumerate(times):
        before = latest[position]
        after = earliest[position]
        found.append((after, before) if time is not None else (before, after))
    return found


def max_known(one: int | None, other: int | None) -> int | None:
    """Return the later one of two times, of which one may not be known."""
    return max((time for time in (one, other) if time is not None), default=None)


def min_known(one: int | None, other: int | None) -> int | None:
    """Return the earlier one of two times, of which one may not be known."""
    return min((time for time in (one, other) if time is not None), default=None)


def lines_of(showing: Showing, told: Sequence[Sequence[Observation]]) -> list[list[tuple[int, int | None]]]:
    """Return observations as the search takes them."""
    return [[(showing.mask(one.items), one.told.time) for one in log] for log in told]


@dataclass
class Merged(Generic[Places]):
    """The cells that were reached; ``skew`` in microseconds: times of two logs that differ by less say nothing."""

    tracker: Tracker[Places]
    sequences: Sequences
    skew: int
    cells: dict[Cell, Places] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.spans = [spans([time for _, time in lines]) for lines in self.sequences]

    @property
    def end(self) -> Cell:
        """The cell in which all lines were taken."""
        return tuple(len(one) for one in self.sequences)

    def run(self, start: Cell, places: Places, most: int | None = None) -> Cell:
        """Take lines from a cell on, at most ``most`` of them; return the furthest cell.  Raises `LimitReached`."""
        self.cells[start] = places
        level, taken = [start], 0
        furthest = start
        while level and (most is None or taken < most):
            found: dict[Cell, Places] = {}
            for cell in level:
                for log in self.next_lines(cell):
                    after = self.after(cell, log)
                    if after:
                        there = self.moved(cell, log, 1)
                        before = found.get(there)
                        found[there] = after if before is None else self.tracker.together(before, after)
            self.cells.update(found)
            self.tracker.keep(len(found))
            level = sorted(found)
            taken += 1
            furthest = level[0] if level else furthest
        return furthest

    @staticmethod
    def moved(cell: Cell, log: int, lines: int) -> Cell:
        """Return a cell with more lines taken of one log."""
        return tuple(taken + lines * (number == log) for number, taken in enumerate(cell))

    def after(self, cell: Cell, log: int) -> Places:
        """Return the places after the next line of a log."""
        items, _ = self.sequences[log][cell[log]]
        return self.tracker.explained(self.cells[cell], items)

    def next_lines(self, cell: Cell) -> list[int]:
        """Return the logs of which the next line may come now: no line that must come earlier is left."""
        left = [number for number, taken in enumerate(cell) if taken < len(self.sequences[number])]
        when = {number: self.spans[number][cell[number]] for number in left}
        return [
            number
            for number in left
            if not any(self.precedes(when[other], when[number]) for other in left if other != number)
        ]

    def precedes(self, one: Span, other: Span) -> bool:
        """Whether times say that a line comes before one of another log.

        The first one that is left of a log is the one to ask: what comes after it is no earlier.
        """
        return one[1] is not None and other[0] is not None and one[1] + self.skew < other[0]
