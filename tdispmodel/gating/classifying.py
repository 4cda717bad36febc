"""What becomes of each cell, and with which code a gate ends: a pure function of cells, entries and a date.

The one promise: a violation that nobody expects and nobody waives never passes, nor does an open verdict that nobody
waives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from tdispmodel.gating.vocabulary import (
    Asked,
    Cell,
    Entries,
    Expectation,
    Gated,
    Key,
    Outcome,
    Problem,
    Row,
    Status,
    Trouble,
    Waiver,
)
from tdispmodel.reports.exits import Exit
from tdispmodel.source import did_you_mean


def classify(
    cells: Sequence[Cell],
    entries: Entries,
    today: dt.date,
    asked: Asked | None = None,
    *,
    no_vacuous: bool = False,
) -> Gated:
    """Return each cell with its status, and what is wrong with the entries on the day ``today``.

    An entry that is covered by ``asked`` (default: everything) must match a cell; a waiver must excuse one.
    """
    matching = _Matching(entries, today)
    rows = tuple(matching.row(cell) for cell in cells)
    return Gated(rows, tuple(matching.problems(rows, asked or Asked())), no_vacuous)


def exit_of(gated: Gated) -> Exit:
    """Return the exit code: 2 for complaints, 1 if a row or an entry fails, 3 if a row is open, 4 without a verdict."""
    if gated.complaints:
        return Exit.INPUT
    if gated.interrupted:
        return Exit.INTERRUPTED
    if any(gated.fails(row) for row in gated.rows) or any(problem.fails for problem in gated.problems):
        return Exit.VIOLATED
    if gated.count(Status.OPEN) or any(problem.opens for problem in gated.problems):
        return Exit.OPEN
    return Exit.HOLDS if any(row.status is not Status.SKIPPED for row in gated.rows) else Exit.NOTHING


@dataclass
class _Matching:
    """Which entries were used.  Kept by position: two entries may be equal."""

    entries: Entries
    today: dt.date
    heard: set[int] = field(default_factory=set)
    excusing: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.expectations = positions(self.entries.expectations)
        self.waivers = positions(self.entries.waivers)

    def row(self, cell: Cell) -> Row:
        """Return a cell with its status."""
        expected = self.expectation(cell)
        known = cell.outcome is Outcome.VIOLATED and self.is_known(cell)
        status = plain_status(cell.outcome, expected)
        if known and status is Status.FAIL:
            status = Status.XFAIL
        waiver = self.waiver(cell) if status in {Status.FAIL, Status.OPEN, Status.VACUOUS} else None
        return Row(cell, Status.WAIVED if waiver is not None else status, expected, waiver, known)

    def expectation(self, cell: Cell) -> Outcome | None:
        """Return what is expected of a cell: the first entry that is about it counts.  What was not asked has none."""
        if cell.outcome is Outcome.SKIPPED:
            return None
        for position in (position for key in cell.keys for position in self.expectations.get(key, ())):
            self.heard.add(position)
            return self.entries.expectations[position].outcome
        return None

    def is_known(self, cell: Cell) -> bool:
        """Whether the baseline has the same violation under the same assumptions."""
        return (cell.proposal, cell.property, cell.assumptions) in self.entries.baseline

    def waiver(self, cell: Cell) -> Waiver | None:
        """Return the waiver that excuses a cell: of its outcome, and not expired."""
        for position in (position for key in cell.keys for position in self.waivers.get(key, ())):
            entry = self.entries.waivers[position]
            if entry.outcome is cell.outcome and not entry.expired(self.today):
                self.excusing.add(position)
                return entry
        return None

    def problems(self, rows: Sequence[Row], asked: Asked) -> list[Problem]:
        """Return what is wrong with entries, in the order of their places."""
        found: list[Problem] = []
        for position, expectation in enumerate(self.entries.expectations):
            if position not in self.heard and asked.covers(expectation.proposal):
                trouble = Trouble.STALE_EXPECTATION
                found.append(Problem(trouble, expectation.place, *unmatched("expectation", expectation, rows)))
        for position, waiver in enumerate(self.entries.waivers):
            if position in self.excusing:
                continue
            late = waiver.expired(self.today)
            missed = [row for row in rows if concerns(waiver, row.cell) and row.cell.outcome is waiver.outcome]
            if late and any(row.status in {Status.FAIL, Status.OPEN, Status.VACUOUS} for row in missed):
                found.append(Problem(Trouble.EXPIRED_WAIVER, waiver.place, *too_late(waiver)))
            elif asked.covers(waiver.proposal):
                found.append(Problem(Trouble.STALE_WAIVER, waiver.place, *unneeded(waiver, rows)))
        return sorted(found, key=lambda problem: problem.place)


def positions(entries: Sequence[Expectation | Waiver]) -> dict[Key, list[int]]:
    """Return where the entries about each proposal and property stand, in their order."""
    found: dict[Key, list[int]] = {}
    for position, entry in enumerate(entries):
        found.setdefault((entry.proposal, entry.property), []).append(position)
    return found


def plain_status(outcome: Outcome, expected: Outcome | None) -> Status:
    """Return the status of an outcome where nothing is waived.  Nobody's expectation is that it holds."""
    match outcome:
        case Outcome.SKIPPED:
            return Status.SKIPPED
        case Outcome.OPEN:
            return Status.OPEN
        case Outcome.VIOLATED:
            return Status.XFAIL if expected is Outcome.VIOLATED else Status.FAIL
        case Outcome.VACUOUS:
            if expected is Outcome.VIOLATED:
                return Status.XPASS
            return Status.PASS if expected is Outcome.VACUOUS else Status.VACUOUS
        case Outcome.HOLDS:
            return Status.PASS if expected in {None, Outcome.HOLDS} else Status.XPASS
        case _:
            assert_never(outcome)


def concerns(entry: Expectation | Waiver, cell: Cell) -> bool:
    """Whether an entry is about this cell."""
    return (entry.proposal, entry.property) in cell.keys


def unmatched(what: str, entry: Expectation | Waiver, rows: Sequence[Row]) -> tuple[str, str]:
    """Return why an entry matches nothing, and what to do about it."""
    called = f"{entry.proposal} {entry.property}"
    about = [row.cell for row in rows if concerns(entry, row.cell)]
    if any(cell.outcome is not Outcome.SKIPPED for cell in about):
        return f"this {what} says once more what is said of {called}", "remove one of the two"
    if about:
        return (
            f"{called} is not applicable: {about[0].reason or 'the design lacks what it is about'}",
            "remove the entry",
        )
    proposals = {row.cell.proposal for row in rows}
    if entry.proposal not in proposals:
        return f"no proposal {entry.proposal} was asked of anything", _remedy(entry.proposal, proposals)
    names = [name for row in rows for proposal, name in row.cell.keys if proposal == entry.proposal]
    return f"nobody asks for {called}", _remedy(entry.property, names)


def unneeded(waiver: Waiver, rows: Sequence[Row]) -> tuple[str, str]:
    """Return why a waiver excuses nothing, and what to do about it."""
    about = [row for row in rows if concerns(waiver, row.cell) and row.status is not Status.SKIPPED]
    if not about:
        return unmatched("waiver", waiver, rows)
    called, now = f"{waiver.proposal} {waiver.property}", about[0]
    if now.cell.outcome is not waiver.outcome:
        return f"{called} is waived where it is {waiver.outcome.value}, but now: {now.cell.outcome.value}", "remove it"
    if now.status is Status.WAIVED:
        return f"this waiver says once more what is said of {called}", "remove one of the two"
    return (
        f"{called} is expected to be {waiver.outcome.value}, so that nothing is left to waive",
        "remove one of the two",
    )


def too_late(waiver: Waiver) -> tuple[str, str]:
    """Return that a waiver does not count any more, and what to do about it."""
    message = f"the waiver of {waiver.proposal} {waiver.property} expired after {waiver.expires}: {waiver.reason}"
    return message, "repair the design, or say until when the reason is good"


def _remedy(name: str, known: Iterable[str]) -> str:
    near = did_you_mean(name, known)
    return near if near.startswith("did you mean") else "remove the entry"
