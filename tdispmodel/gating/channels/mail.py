"""The body of a mail about a gate: of each violation that nobody expected what a list asks, then what else is amiss.

Plain ASCII of at most 72 columns; it is printed and never sent.
"""

from __future__ import annotations

from tdispmodel.gating.channels.wording import MEANINGS, conclusion, says, shown, summary, title, verdict_line
from tdispmodel.gating.classifying import exit_of
from tdispmodel.gating.vocabulary import Gated, Outcome, Row, Status
from tdispmodel.reports.mail import violation
from tdispmodel.reports.options import Options
from tdispmodel.reports.plain import joined, paragraph
from tdispmodel.reports.text import complaints

INDENT = "  "


def render(gated: Gated, options: Options | None = None) -> str:
    """Return the mail; complaints, if there are any, are all that is shown."""
    options = options or Options()
    if gated.complaints:
        return complaints(gated.complaints)
    results = [row.cell.result for row in gated.rows if row.cell.result is not None]
    bad = [row for row in gated.rows if not gated.passes(row)]
    lines: list[str] = []
    for row in bad:
        if row.cell.result is not None and row.cell.outcome is Outcome.VIOLATED:
            lines += [*violation(row.cell.result, results, options), "", ""]
    for heading, rows in (
        ("Not well:", [row for row in bad if row.cell.outcome is not Outcome.VIOLATED or row.cell.result is None]),
        ("Excused:", [row for row in gated.rows if row.status in {Status.XFAIL, Status.WAIVED}]),
    ):
        lines += [heading, *(line for row in rows for line in _row(row)), ""] if rows else []
    for problem in gated.problems:
        lines += paragraph(f"{shown(problem.place)}: {MEANINGS[problem.trouble]}: {problem.message}", "", INDENT)
        lines += paragraph(problem.hint, f"{INDENT}hint: ") if problem.hint else []
    lines += [""] if gated.problems else []
    ended = f"gate {conclusion(gated)}: {summary(gated)} [exit {int(exit_of(gated))}]"
    return joined([*lines, *paragraph(ended, "", INDENT, together=(" not applicable",))])


def _row(row: Row) -> list[str]:
    lines = paragraph(f"{row.cell.proposal}: {title(row)}: {verdict_line(row)}", INDENT, INDENT * 2)
    return lines + paragraph(says(row), INDENT * 2)
