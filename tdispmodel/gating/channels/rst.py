"""reStructuredText, at most 72 columns: a simple table for each proposal of what does not simply hold.

It pastes into a mail and into the kernel's documentation.
"""

from __future__ import annotations

from tdispmodel.gating.channels.wording import MEANINGS, conclusion, found, reason, shown, summary, title, waived
from tdispmodel.gating.classifying import exit_of
from tdispmodel.gating.vocabulary import Gated, Row, Status
from tdispmodel.reports.matrix import escaped
from tdispmodel.reports.options import Options
from tdispmodel.reports.plain import WIDTH, cut, joined, paragraph

WIDEST_NAME = 46
GAP = "  "


def render(gated: Gated, options: Options | None = None) -> str:
    """Return the tables of a gate; with ``verbose`` also of what holds."""
    verbose = options is not None and options.verbose
    if gated.complaints:
        lines: list[str] = []
        for one in gated.complaints:
            lines += [*_item(f"{shown(one.place)}: {one.code}: {one.message} ({one.hint})")]
        return joined(lines)
    lines = []
    for proposal, rows in gated.by_proposal():
        told = [row for row in rows if verbose or row.status not in {Status.PASS, Status.SKIPPED}]
        if told:
            lines += [*paragraph(escaped(cut(proposal, WIDTH // 2))), "", *_table(told), ""]
    notes = [
        f"{row.cell.proposal}: {title(row)}: {waived(row) if row.status is Status.WAIVED else reason(row)}"
        for row in gated.rows
        if row.status in {Status.WAIVED, Status.OPEN}
    ]
    notes += [f"{shown(one.place)}: {MEANINGS[one.trouble]}: {one.message}" for one in gated.problems]
    notes += [f"{score.proposal}: {score}" for score in gated.scores]
    for note in notes:
        lines += _item(note)
    if notes:
        lines.append("")
    ended = f"The gate {conclusion(gated)}: {summary(gated)} (exit {int(exit_of(gated))})."
    return joined([*lines, *paragraph(escaped(ended))])


def _item(text: str) -> list[str]:
    return paragraph(escaped(text), "* ", "  ")


def _table(rows: list[Row]) -> list[str]:
    cells = [("property", "verdict", "status")]
    cells += [(_fitting(title(row)), escaped(found(row)), escaped(row.status.value)) for row in rows]
    widths = [max(len(cell[column]) for cell in cells) for column in range(3)]
    rule = GAP.join("=" * width for width in widths)
    lines = [GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    return [rule, lines[0], rule, *lines[1:], rule]


def _fitting(name: str) -> str:
    """Return a name that is no wider than its column when it is escaped."""
    width = WIDEST_NAME
    while len(escaped(cut(name, width))) > WIDEST_NAME:
        width -= 1
    return escaped(cut(name, width)) or ".."
