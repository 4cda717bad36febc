"""What ``gate`` prints: what is not as expected, with excerpts of counterexamples, entries that do not fit, a summary.

Plain ASCII of at most 72 columns, fit for a mail.  With ``verbose`` every row has a line.
"""

from __future__ import annotations

from tdispmodel.gating.channels.wording import (
    MEANINGS,
    conclusion,
    repeat,
    says,
    shown,
    steps,
    summary,
    title,
    trace_of,
    verdict_line,
)
from tdispmodel.gating.classifying import exit_of
from tdispmodel.gating.vocabulary import Gated, Outcome, Problem, Row, Status, Trouble
from tdispmodel.reports.mutants import survivor
from tdispmodel.reports.options import Options
from tdispmodel.reports.plain import command, joined, paragraph
from tdispmodel.reports.text import complaints

INDENT = "  "
EXCERPT = 3
SURVIVORS = 3
ALL = "  all that survive: "
TOGETHER = (" as", " unexpected", " open", " waived", " stale", " expired", " low", " not", " [")
"""Words before which the last line is not broken."""


def render(gated: Gated, options: Options | None = None) -> str:
    """Return the text of a gate; complaints, if there are any, are all that is shown."""
    options = options or Options()
    if gated.complaints:
        return complaints(gated.complaints)
    lines: list[str] = []
    for proposal, rows in gated.by_proposal():
        told = [row for row in rows if options.verbose or not gated.passes(row)]
        if told:
            lines += [*paragraph(proposal, "", INDENT)]
        for row in told:
            lines += _row(gated, row, options)
        if told:
            lines.append("")
    for problem in gated.problems:
        lines += _problem(problem)
    if gated.problems:
        lines.append("")
    lines += _scores(gated, options)
    ended = f"gate {conclusion(gated)}: {summary(gated)} [exit {int(exit_of(gated))}]"
    lines += paragraph(
        ended, "", INDENT, together=(" as", " unexpected", " open", " waived", " stale", " expired", " not")
    )
    if any(row.status in {Status.FAIL, Status.XPASS} for row in gated.rows):
        lines += paragraph("if it is meant to be so: tdispmodel gate --update", "", INDENT)
    return joined(lines)


def _row(gated: Gated, row: Row, options: Options) -> list[str]:
    shout = "FAIL " if gated.fails(row) and row.status is Status.VACUOUS else ""
    lines = paragraph(f"{title(row)}: {shout}{verdict_line(row)}", INDENT, INDENT * 2)
    if gated.passes(row):
        return lines
    lines += paragraph(says(row), INDENT * 2)
    trace = trace_of(row)
    if trace is not None:
        lines += steps(row, max(1, len(trace) - EXCERPT + 1))
    whole = f"all {len(trace)} steps" if trace is not None and len(trace) > EXCERPT else "again"
    return [*lines, *command(repeat(row, options), f"{INDENT * 2}{whole}: ")]


def _scores(gated: Gated, options: Options) -> list[str]:
    """Return how many mutants are noticed, who notices none, and of a score that is too low the worst survivors."""
    lines: list[str] = []
    low = {problem.message for problem in gated.problems if problem.trouble is Trouble.LOW_SCORE}
    for score in gated.scores:
        lines += paragraph(f"{score.proposal}: {score}", "", INDENT)
        asleep = [row.cell.code or row.cell.property for row in gated.rows if sleeps(row, score.proposal)]
        if asleep:
            lines += paragraph(f"asleep, since they hold and kill none: {', '.join(asleep)}", INDENT, INDENT * 2)
        if any(message.startswith(f"{score.proposal}: ") for message in low):
            for number, one in enumerate(score.survivors[:SURVIVORS], 1):
                lines += survivor(number, one)
            lines += command([options.tool, "mutants", options.paths.get(score.proposal, score.proposal)], ALL)
        lines.append("")
    return lines


def sleeps(row: Row, proposal: str) -> bool:
    """Whether a row of ``proposal`` holds and kills no mutant: nothing that is changed wakes the property."""
    holds = row.cell.outcome in {Outcome.HOLDS, Outcome.VACUOUS}
    return row.cell.proposal == proposal and holds and row.kills is not None and not row.kills.noticed


def _problem(problem: Problem) -> list[str]:
    lines = paragraph(f"{shown(problem.place)}: {MEANINGS[problem.trouble]}: {problem.message}", "", INDENT)
    return lines + paragraph(problem.hint, f"{INDENT}hint: ") if problem.hint else lines
