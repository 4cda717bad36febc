"""Lines of several logs in every order that they may have: in order within a log, across logs only where times say so.

Given sequences of observations; gives `Merged`: cells of a grid - how many lines of each log were taken - with the
places that a system can be in there.  With one log this is one row of cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic

from tdispmodel.analysing.conforming.observations import Observation
from tdispmodel.analysing.conforming.search.places import Places, Tracker
from tdispmodel.analysing.conforming.showing import Showing

Cell = tuple[int, ...]
"""How many lines of each log were taken."""

Sequences = Sequence[Sequence[tuple[int, int | None]]]
"""For each log its lines: what explains them, as a mask, and their time in microseconds."""


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
        times = {number: self.sequences[number][cell[number]][1] for number in left}
        return [
            number
            for number in left
            if not any(self.precedes(times[other], times[number]) for other in left if other != number)
        ]

    def precedes(self, one: int | None, other: int | None) -> bool:
        """Whether times say that a line comes before one of another log."""
        return one is not None and other is not None and one + self.skew < other
