"""Rows of a log, their places, and the complaints that all formats share.

Given the text of a file; nothing here believes it: sizes are bounded, and time may not run backwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tdispmodel.checking.mistakes import CONFORM, shortened
from tdispmodel.source import Complaint, Place, Rejected

LONGEST_LINE = 1 << 14
MOST_LINES = 1_000_000
LONGEST_SHOWN = 200
MOST_BACKWARDS = 1_000_000
"""Microseconds that a time may lie before an earlier one: processors print out of order, but not by so much."""


class Row(NamedTuple):
    """A line of a file and its number, from 1."""

    number: int
    text: str


@dataclass
class Reader:
    """One file on its way through a reader: its latest time so far, in microseconds, and the number of its last row."""

    path: str
    text: str
    count: int = 0
    latest: int = 0
    last: int = 0

    def rows(self) -> Iterator[Row]:
        """Yield the lines.  Raises `Rejected` for too many, and for one that is too long."""
        self.last = self.text.count("\n") + 1
        if self.last > MOST_LINES + 1:
            row = Row(MOST_LINES + 1, "")
            raise self.wrong(row, f"there are more than {MOST_LINES} lines", "split the file")
        for number, whole in enumerate(self.text.split("\n"), start=1):
            text = whole.rstrip("\r")
            if len(text) > LONGEST_LINE:
                raise self.wrong(
                    Row(number, text[:LONGEST_SHOWN]),
                    f"the line has more than {LONGEST_LINE} characters",
                    "this is no log; leave out the line",
                )
            self.count += bool(text)
            yield Row(number, text)

    def is_cut_off(self, row: Row) -> bool:
        """Whether the file ends in a row, without the end of a line."""
        return row.number == self.last

    def place(self, row: Row, column: int = 1) -> Place:
        """Return where a row stands."""
        return Place(self.path, row.number, column)

    @staticmethod
    def shown(row: Row) -> str:
        """Return a row's text as reports show it."""
        return shortened(row.text.strip(), LONGEST_SHOWN)

    def wrong(self, row: Row, message: str, hint: str, column: int = 1) -> Rejected:
        """Return the complaint about a row."""
        return Rejected([Complaint(CONFORM, message, self.place(row, column), hint, row.text)])

    def forward(self, row: Row, time: int, column: int) -> int:
        """Return ``time``.  Raises `Rejected` when it lies well before an earlier one: that is another boot."""
        if time + MOST_BACKWARDS < self.latest:
            message = f"time runs backwards, from {self.latest / 1e6:.6f} to {time / 1e6:.6f}"
            raise self.wrong(row, message, "one boot a file: split the log here", column)
        self.latest = max(self.latest, time)
        return time
