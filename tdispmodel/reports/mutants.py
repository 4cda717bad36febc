"""What ``mutants`` prints: small changes of a proposal that no property notices, and the score.

Given a `Coverage` for each proposal, found by the caller; gives text of at most 72 columns of plain ASCII.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import State, System
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import in_words
from tdispmodel.reports.plain import WIDTH, beside, joined, packed, paragraph
from tdispmodel.reports.trace import changes, rows
from tdispmodel.source import Place
from tdispmodel.verdict import Skipped, Trace

INDENT = "  "


class Status(Enum):
    """What became of a mutant.

    NOTICED: the verdict on some property is another one.  EQUIVALENT: nothing that is reachable differs.  SURVIVOR:
    something differs, and every verdict is the same.  INVALID: it is no model that can be checked.  OPEN: not decided.
    """

    NOTICED = "noticed"
    SURVIVOR = "survivor"
    EQUIVALENT = "equivalent"
    INVALID = "invalid"
    OPEN = "open"


@dataclass(frozen=True)
class Notice:
    """A property whose verdict a mutant changes: from holds to violated, or back."""

    property: str
    code: str
    breaks: bool
    """Whether it holds of the proposal and is violated by the mutant."""


@dataclass(frozen=True)
class Difference:
    """A shortest behaviour that only one of the two has, and in how much of the proposal they differ.

    ``system`` is the one that has the behaviour, without variables that nothing reads; ``of_mutant`` says whether it is
    the mutant.  A behaviour without a step is a start state; ``usual`` is one of the other that is near.  ``differing``
    counts the states that the proposal reaches in which a step is another one, or is there in one of the two only.
    """

    system: System
    trace: Trace
    usual: State | None
    of_mutant: bool
    differing: int


@dataclass(frozen=True)
class Tried:
    """One mutant: its number among those of the model, what was done to it, and what became of it.

    ``subject`` is the action or variable, ``words`` say what is changed, ``formula`` is the conjunct, the value or the
    start value, in the modelling language.  ``noticed`` has one property at least where some notices, all of them if
    that was asked.  ``reason`` says why it is invalid or open.
    """

    number: int
    operator: str
    subject: str
    words: str
    formula: str
    place: Place
    status: Status
    noticed: tuple[Notice, ...] = ()
    reason: str = ""
    difference: Difference | None = None


@dataclass(frozen=True)
class Score:
    """What one property notices: ``noticed`` of ``of`` mutants that differ where it is asked.

    ``holds`` is its verdict on the proposal, None when that is not known; ``noticed`` is None where only the first
    property that notices a mutant was looked for.
    """

    property: str
    code: str
    kind: str
    holds: bool | None
    noticed: int | None
    of: int


@dataclass(frozen=True)
class Coverage:
    """What became of the mutants of one proposal.

    ``unread`` are the variables that nothing reads, which no mutant is about; ``complete`` whether all properties that
    notice a mutant were looked for.
    """

    proposal: str
    devices: int
    constants: tuple[tuple[str, Value], ...]
    without: tuple[str, ...]
    tried: tuple[Tried, ...]
    scores: tuple[Score, ...]
    unread: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    complete: bool = False
    reason: str = ""

    def of(self, status: Status) -> list[Tried]:
        """Return the mutants of which this became."""
        return [one for one in self.tried if one.status is status]

    @property
    def survivors(self) -> list[Tried]:
        """Return the survivors, those first that differ in most of what the proposal reaches."""

        def changed(one: Tried) -> int:
            return one.difference.differing if one.difference else 0

        return sorted(self.of(Status.SURVIVOR), key=changed, reverse=True)

    @property
    def counted(self) -> int:
        """How many mutants count: all but equivalent and invalid ones.  An open one counts as not noticed."""
        return len(self.tried) - len(self.of(Status.EQUIVALENT)) - len(self.of(Status.INVALID))


def exit_of(found: Sequence[Coverage]) -> Exit:
    """Return the exit code of a report: 0 when every mutant is decided, 3 when one is open, 4 when there is none."""
    if not any(coverage.tried or coverage.reason for coverage in found):
        return Exit.NOTHING
    undecided = any(coverage.reason or coverage.of(Status.OPEN) for coverage in found)
    return Exit.OPEN if undecided else Exit.HOLDS


def render(found: Sequence[Coverage]) -> str:
    """Return the text."""
    lines: list[str] = []
    for coverage in found:
        lines += ["", *_coverage(coverage)] if lines else _coverage(coverage)
    if len(found) > 1:
        noticed = sum(len(coverage.of(Status.NOTICED)) for coverage in found)
        counted = sum(coverage.counted for coverage in found)
        lines += ["", *paragraph(f"{len(found)} proposals: {noticed} of {counted} mutants are noticed")]
    return joined(lines)


def _coverage(found: Coverage) -> list[str]:
    noticed, counted = len(found.of(Status.NOTICED)), found.counted
    share = f" ({100 * noticed // counted} %)" if counted else ""
    lines = paragraph(f"{found.proposal}: {noticed} of {counted} mutants are noticed{share}", "", INDENT)
    rest = [
        (f"{len(found.survivors)} survive", found.survivors),
        (f"{len(found.of(Status.EQUIVALENT))} are equivalent", found.of(Status.EQUIVALENT)),
        (f"{len(found.of(Status.INVALID))} are no model", found.of(Status.INVALID)),
        (f"{len(found.of(Status.OPEN))} are open", found.of(Status.OPEN)),
    ]
    told = [words for words, members in rest if members]
    lines += [INDENT + line for line in packed(told, WIDTH - 2)] if told else []
    lines += _assumptions(found)
    lines += paragraph(found.reason, INDENT) if found.reason else []
    for number, one in enumerate(found.survivors, start=1):
        lines += ["", *survivor(number, one)]
    lines += _short("equivalent: nothing that is reachable differs", found.of(Status.EQUIVALENT))
    lines += _short("no model that can be checked", found.of(Status.INVALID))
    lines += _short("open", found.of(Status.OPEN))
    lines += _scores(found)
    if found.unread:
        lines += ["", *paragraph(f"nothing reads {', '.join(found.unread)}: not changed", INDENT, INDENT * 2)]
    return lines


def _assumptions(found: Coverage) -> list[str]:
    parts = [f"{found.devices} device" if found.devices == 1 else f"{found.devices} devices"]
    parts += [f"{name}={words}" for name, words in in_words(found.constants).items()]
    parts += [f"without {name}" for name in found.without]
    return [INDENT + line for line in packed(parts, WIDTH - 2)]


def survivor(number: int, one: Tried) -> list[str]:
    """Return what was changed in a survivor, and the behaviour that tells it apart."""
    label = f"{number:>3} "
    lines = paragraph(one.words, label, " " * 4)
    lines += [" " * 4 + line for line in packed([f"{one.place.path}:{one.place.line}"], WIDTH - 4)]
    difference = one.difference
    if difference is None:
        return lines
    who, other = ("mutant", "proposal") if difference.of_mutant else ("proposal", "mutant")
    count = difference.differing
    where = f"differs in {count} {'state' if count == 1 else 'states'}" if count else "starts differently"
    lines += paragraph(f"{where}; only the {who} does this, the {other} cannot:", " " * 4)
    return lines + list(_behaviour(difference))


def _behaviour(difference: Difference) -> Iterator[str]:
    names, trace = Names(difference.system), difference.trace
    if not trace.steps:
        told = [] if difference.usual is None else changes(names, difference.usual, trace.initial)
        lines = packed(told, WIDTH - 16) or ["nowhere else"]
        yield from beside(" " * 6 + "starts as ", lines)
        return
    yield from rows(names, trace, mark="<== here")


def _short(title: str, members: Sequence[Tried]) -> list[str]:
    if not members:
        return []
    lines = ["", f"{INDENT}{title}"]
    for one in members:
        told = f"{one.words} ({one.reason})" if one.reason else one.words
        lines += paragraph(told, INDENT + "- ", INDENT * 2)
    return lines


def _scores(found: Coverage) -> list[str]:
    if not found.scores:
        return []
    first = "" if found.complete else " first (--all-noticers counts all)"
    lines = ["", *paragraph(f"mutants that each property notices{first}", INDENT)]
    by_first = {one.property: 0 for one in found.scores}
    for one in found.tried:
        if one.noticed:
            by_first[one.noticed[0].property] += 1
    for score in found.scores:
        verdict = {True: "holds", False: "violated", None: "open"}[score.holds]
        count = f"{by_first[score.property]:>4}" if score.noticed is None else f"{score.noticed:>4} of {score.of:<4}"
        name = f"{score.code} {score.property}".strip()
        lines += paragraph(f"{name} ({verdict})", f"{INDENT}{count}  ")
    return lines
