"""What a gate speaks of: cells and what became of them, entries that say what is expected or waived, what does not fit.

Frozen data without any reading or writing; `classifying` makes a `Gated` of cells and entries.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from tdispmodel.reports.mutants import Tried
from tdispmodel.source import Complaint, Place
from tdispmodel.verdict import Result


class Outcome(Enum):
    """What a run says of a property of a proposal."""

    HOLDS = "holds"
    VACUOUS = "vacuous"
    VIOLATED = "violated"
    OPEN = "open"
    SKIPPED = "not applicable"


EXPECTABLE = (Outcome.HOLDS, Outcome.VACUOUS, Outcome.VIOLATED)
"""What can be expected.  That there is no answer cannot: it can only be waived, with a reason."""

WAIVABLE = (Outcome.VACUOUS, Outcome.VIOLATED, Outcome.OPEN)
"""What can be waived."""

Key = tuple[str, str]
"""Proposal and property."""


@dataclass(frozen=True)
class Cell:
    """The outcome of one property of one proposal.

    ``assumptions`` identifies under which ones it was asked; ``result`` is the evidence of what was asked, ``reason``
    why it was not.
    """

    proposal: str
    property: str
    code: str
    outcome: Outcome
    assumptions: str = ""
    reason: str = ""
    result: Result | None = field(default=None, compare=False, repr=False)

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """How an entry may call it: by the name of the property, or by its code if it has one."""
        by_name = (self.proposal, self.property)
        return (by_name, (self.proposal, self.code)) if self.code else (by_name,)


@dataclass(frozen=True)
class Expectation:
    """That a property of a proposal, by name or code, has this outcome, one of `EXPECTABLE`."""

    proposal: str
    property: str
    outcome: Outcome
    place: Place


@dataclass(frozen=True)
class Waiver:
    """That a property of a proposal may have this outcome, one of `WAIVABLE`: why, and until which day."""

    proposal: str
    property: str
    outcome: Outcome
    reason: str
    expires: dt.date | None
    place: Place

    def expired(self, today: dt.date) -> bool:
        """Whether it does not count any more."""
        return self.expires is not None and today > self.expires


Known = tuple[str, str, str]
"""What a baseline violates: proposal, property, and the assumptions."""


@dataclass(frozen=True)
class Entries:
    """Everything that a gate knows beforehand."""

    expectations: tuple[Expectation, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    baseline: frozenset[Known] = frozenset()


@dataclass(frozen=True)
class Asked:
    """Of what a run was asked: these proposals (None: all that there are); ``whole`` if of all their properties, and to
    the end.  An entry about anything else is not stale because nothing matches it.
    """

    proposals: frozenset[str] | None = None
    whole: bool = True

    def covers(self, proposal: str) -> bool:
        """Whether an entry about ``proposal`` must match something."""
        return self.whole and (self.proposals is None or proposal in self.proposals)


class Status(Enum):
    """What becomes of a cell, in the word that reports show."""

    PASS = "ok"  # noqa: S105  # a word of reports, no secret
    VACUOUS = "vac"
    FAIL = "FAIL"
    XFAIL = "xfail"
    WAIVED = "waived"
    XPASS = "XPASS"
    OPEN = "open"
    SKIPPED = "n/a"


@dataclass(frozen=True)
class Kills:
    """How many mutants a property notices, of those that differ where it is asked."""

    noticed: int
    of: int

    def __str__(self) -> str:
        return f"kills {self.noticed} of {self.of} mutants"


@dataclass(frozen=True)
class MutationScore:
    """How many mutants of a proposal are noticed by any property, of those that count; ``undecided`` ones are not.

    ``survivors`` are those that nobody notices, with what tells them apart.
    """

    proposal: str
    noticed: int
    counted: int
    undecided: int = 0
    survivors: tuple[Tried, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        share = f" ({100 * self.noticed // self.counted} %)" if self.counted else ""
        return f"{self.noticed} of {self.counted} mutants are noticed{share}"


@dataclass(frozen=True)
class Row:
    """A cell with what became of it: what was expected (None if nobody said), the waiver that excuses it, whether a
    baseline has the same violation, and, where that was asked, how many mutants the property kills.
    """

    cell: Cell
    status: Status
    expected: Outcome | None = None
    waiver: Waiver | None = None
    known: bool = False
    kills: Kills | None = None


class Trouble(Enum):
    """What can be wrong with an entry that could be read, and with the properties of a proposal as a whole."""

    STALE_EXPECTATION = "stale expectation"
    STALE_WAIVER = "stale waiver"
    EXPIRED_WAIVER = "expired waiver"
    LOW_SCORE = "low mutation score"
    OPEN_SCORE = "open mutation score"


@dataclass(frozen=True)
class Problem:
    """An entry that matches nothing, or does not count any more, or too many mutants that nobody notices.

    An expired waiver fails the gate through the cell that it does not excuse any more.
    """

    trouble: Trouble
    place: Place
    message: str
    hint: str = ""

    @property
    def fails(self) -> bool:
        """Whether it alone makes the gate fail."""
        return self.trouble not in {Trouble.EXPIRED_WAIVER, Trouble.OPEN_SCORE}

    @property
    def opens(self) -> bool:
        """Whether it alone leaves the gate open."""
        return self.trouble is Trouble.OPEN_SCORE


@dataclass(frozen=True)
class Gated:
    """What a gate says: rows in the order in which they were asked, problems in that of their places.

    With ``complaints`` there is nothing else.  ``no_vacuous``: what holds vacuously, and was not expected to, fails.
    """

    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    no_vacuous: bool = False
    complaints: tuple[Complaint, ...] = ()
    interrupted: bool = False
    scores: tuple[MutationScore, ...] = ()

    def fails(self, row: Row) -> bool:
        """Whether a row is a failure; an open one is none, and no success either."""
        return row.status in {Status.FAIL, Status.XPASS} or (self.no_vacuous and row.status is Status.VACUOUS)

    def passes(self, row: Row) -> bool:
        """Whether a row lets the gate pass."""
        return not self.fails(row) and row.status is not Status.OPEN

    def count(self, *statuses: Status) -> int:
        """Return how many rows have one of these statuses."""
        return sum(row.status in statuses for row in self.rows)

    def by_proposal(self) -> Iterator[tuple[str, tuple[Row, ...]]]:
        """Yield each proposal with its rows, in the order in which they were asked."""
        for proposal in dict.fromkeys(row.cell.proposal for row in self.rows):
            yield proposal, tuple(row for row in self.rows if row.cell.proposal == proposal)
