"""The matrix: properties down, proposals across, as reStructuredText simple tables of at most 72 columns.

Given a report; gives text that pastes into a mail and into a kernel document.  Where the proposals do not fit side by
side, there are several tables; where their names do not fit, the columns are numbered and a list says what they are.
Nothing is abbreviated silently: a property's name that is cut ends in ``...`` and is written out below.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from tdispmodel.reports.options import Options, asked_of, assumptions, least_number, title, unanswered, under, word
from tdispmodel.reports.plain import WIDTH, ascii_only, cut, packed, paragraph
from tdispmodel.reports.text import complaints
from tdispmodel.verdict import Answer, Report, Verdict

GAP = "  "
WIDEST_PROPERTY = 46
WIDEST_CELL = 14
SEVERITY = ("FAIL", "open", "vac", "ok", "n/a")
WIDEST_WORD = 60
CHUNK = 24
MARKS = re.compile(r"[\\*`|]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|:(?=:)|(?<=:):")
RUNS = re.compile(r"([^\w\s\\*`|:])\1{2,}")
ORDINARY_START = re.compile(r"[A-Za-z]\w*(?: |$)")
NOT_ASKED = "none"
MEANINGS = {
    "ok": "proved",
    "vac": "holds, but its premise is never reached",
    "FAIL": "what must be possible is not, without the host",
    "FAIL n": "violated, the shortest counterexample has n steps",
    "FAIL lasso": "violated by a behaviour that never ends",
    "open": "not decided, see below",
    "n/a": "the design has nothing that the property speaks of",
    NOT_ASKED: "not asked",
}


@dataclass(frozen=True)
class Grid:
    """The cells: for each property (code and name) and each proposal a word."""

    properties: tuple[str, ...]
    proposals: tuple[str, ...]
    cells: dict[tuple[str, str], str]

    def cell(self, wanted: str, proposal: str) -> str:
        """Return the word of one cell."""
        return self.cells.get((wanted, proposal), NOT_ASKED)

    def width(self, proposal: str, heading: str) -> int:
        """Return how wide the column of a proposal is under this heading."""
        return max(len(heading), *(len(self.cell(wanted, proposal)) for wanted in self.properties))


def render(report: Report, options: Options | None = None) -> str:
    """Return the tables, what their words mean, who proved what for whom, and why open cells are open."""
    options = options or Options()
    if report.complaints:
        return complaints(report.complaints)
    grid = grid_of(report)
    if not grid.properties:
        return "nothing was checked\n"
    shown = {wanted: _fitting(wanted) for wanted in grid.properties}
    blocks = [*_tables(grid, shown), _legend(grid), _scope(report, options)]
    blocks += [_written_out(shown), _notes(report, options)]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def grid_of(report: Report) -> Grid:
    """Return the grid of a report: properties by code, proposals as they were asked; of several verdicts the worst."""
    cells: dict[tuple[str, str], str] = {}
    for left in report.skipped:
        cells[(f"{left.code} {left.property}".strip(), left.proposal)] = "n/a"
    for result in report.results:
        key = (title(result.verdict.property), result.proposal)
        found = cut(word(result.verdict), WIDEST_CELL)
        if key not in cells or _severity(found) < _severity(cells[key]):
            cells[key] = found
    asked = [result.proposal for result in report.results] + [left.proposal for left in report.skipped]
    return Grid(tuple(sorted({wanted for wanted, _ in cells})), tuple(dict.fromkeys(asked)), cells)


def _severity(cell: str) -> int:
    return SEVERITY.index(cell.split(" ", maxsplit=1)[0])


def _tables(grid: Grid, shown: dict[str, str]) -> Iterator[list[str]]:
    """Yield the tables: under the proposals' names if that takes no more tables than under numbers."""
    numbers = {proposal: f"P{number}" for number, proposal in enumerate(grid.proposals, 1)}
    named = _cuts(grid, shown, ascii_only)
    numbered = _cuts(grid, shown, numbers.__getitem__)
    if named is not None and numbered is not None and len(named) <= len(numbered):
        for group in named:
            yield _table(grid, shown, group, ascii_only)
        return
    for group in numbered or []:
        yield packed([f"{numbers[proposal]} {escaped(proposal)}" for proposal in group], WIDTH, hang="")
        yield _table(grid, shown, group, numbers.__getitem__)


def _cuts(grid: Grid, shown: dict[str, str], heading: Callable[[str], str]) -> list[list[str]] | None:
    """Return the proposals of each table, None when one does not fit even alone."""
    first = max(len("property"), *(len(_row_start(text)) for text in shown.values()))
    groups: list[list[str]] = []
    used = WIDTH + 1
    for proposal in grid.proposals:
        wide = len(GAP) + grid.width(proposal, escaped(heading(proposal)))
        if first + wide > WIDTH:
            return None
        if used + wide > WIDTH:
            groups.append([])
            used = first
        groups[-1].append(proposal)
        used += wide
    return groups


def _table(grid: Grid, shown: dict[str, str], group: Sequence[str], heading: Callable[[str], str]) -> list[str]:
    first = max(len("property"), *(len(_row_start(text)) for text in shown.values()))
    headings = [escaped(heading(proposal)) for proposal in group]
    widths = [first, *(grid.width(*pair) for pair in zip(group, headings, strict=True))]
    rule = GAP.join("=" * width for width in widths)
    lines = [rule, _line(["property", *headings], widths), rule]
    for wanted in grid.properties:
        cells = [grid.cell(wanted, proposal) for proposal in group]
        lines.append(_line([_row_start(shown[wanted]), *cells], widths))
    return [*lines, rule]


def _row_start(text: str) -> str:
    """Return the first cell of a row; an empty one would make the row a continuation of the one above it.

    ``..``, an empty comment, is what docutils wants there instead ("Simple Tables" of its specification).
    """
    return escaped(text) or ".."


def _line(cells: Iterable[str], widths: Sequence[int]) -> str:
    return GAP.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _legend(grid: Grid) -> list[str]:
    used = {re.sub(r"\d+", "n", cell) for cell in grid.cells.values()}
    if len(grid.cells) < len(grid.properties) * len(grid.proposals):
        used.add(NOT_ASKED)
    return packed([f"{each}: {meaning}" for each, meaning in MEANINGS.items() if each in used], WIDTH, "; ", hang="")


def _scope(report: Report, options: Options) -> list[str]:
    """Return by which engines, for how many devices and under which assumptions the cells were decided."""
    if not report.results:
        return []
    proved = sorted({each.verdict.engine for each in report.results if each.verdict.answer is Answer.HOLDS} - {""})
    devices = sorted({asked_of(each) for each in report.results})
    text = f"Proved by {', '.join(proved)}" if proved else "Checked"
    seconds = sorted({each.verdict.confirmed_by for each in report.results} - {""})
    if seconds:
        text += f" and confirmed, by an engine that shares no code, by {', '.join(seconds)},"
    lines = paragraph(escaped(f"{text} for {' and '.join(devices)}."))
    by_assumption: dict[str, list[str]] = {}
    for each in report.results:
        assumed = assumptions(each, options)
        if assumed:
            by_assumption.setdefault(assumed, []).append(f"{each.verdict.property.code} of {each.proposal}")
    for assumed, cells in by_assumption.items():
        where = "" if len(cells) == len(report.results) else f" ({', '.join(cells)})"
        told = under(assumed)
        lines += paragraph(escaped(f"{told[0].upper()}{told[1:]}{where}."))
    return lines


def _fitting(wanted: str) -> str:
    """Return as much of a property's title as fits in the first column, marks disarmed."""
    width = WIDEST_PROPERTY
    while len(escaped(cut(wanted, width))) > WIDEST_PROPERTY:
        width -= 1
    return cut(wanted, width)


def _written_out(shown: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for full, short in shown.items():
        if short != ascii_only(full):
            lines += paragraph(escaped(full), "| ", "|   ")
    return lines


def _notes(report: Report, options: Options) -> list[str]:
    """Return why each open cell is open, and which counterexamples are perhaps not the shortest."""
    notes: dict[str, list[str]] = {}
    for result in report.results:
        verdict = result.verdict
        about = verdict.property.code or verdict.property.name
        if verdict.answer is Answer.OPEN:
            notes.setdefault(f"{about} is open ({unanswered(verdict)})", []).append(result.proposal)
        elif result.any_number is not None and result.system.devices > 1 and verdict.answer is Answer.VIOLATED:
            notes.setdefault(f"{about} is {least_number(result)}", []).append(result.proposal)
        elif _perhaps_longer(verdict):
            notes.setdefault(f"{about} may have a shorter trace than {verdict.engine} found", []).append(
                result.proposal
            )
        elif options.verbose and verdict.answer is Answer.HOLDS:
            notes.setdefault(f"{about} was proved by {verdict.engine}", []).append(result.proposal)
    lines: list[str] = []
    for note, proposals in notes.items():
        lines += paragraph(escaped(f"{note}: {', '.join(proposals)}"), "* ", "  ")
    return lines


def _perhaps_longer(verdict: Verdict) -> bool:
    """Whether the length in a cell is not known to be the least one."""
    return verdict.trace is not None and verdict.trace.loop is None and not verdict.shortest


def escaped(text: str) -> str:
    """Return text with reStructuredText's marks disarmed, so that it is shown as it is.

    A word too wide for a line is split, since a line must not end in the middle of an escape.
    """
    pieces = []
    for whole in ascii_only(text).split():
        shown = _escaped_word(whole)
        chunks = (
            [whole] if len(shown) <= WIDEST_WORD else [whole[at : at + CHUNK] for at in range(0, len(whole), CHUNK)]
        )
        pieces += [_escaped_word(chunk) for chunk in chunks]
    plain = " ".join(pieces)
    if plain.strip("\\") == "":  # a line of one mark alone would be a rule; an escaped space is no text
        return plain and f"\\ {plain}"
    return plain if ORDINARY_START.match(plain) or plain.startswith("\\") else f"\\{plain}" if plain else ""


def _escaped_word(word: str) -> str:
    """Escape inline marks, underscores that are not inside a name, colons in pairs, and runs that could be rules."""
    marked = MARKS.sub(r"\\\g<0>", word)
    return RUNS.sub(lambda run: run[0] if run[0] == "..." else "".join(f"\\{mark}" for mark in run[0]), marked)
