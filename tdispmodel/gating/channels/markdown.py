"""A page in Markdown for a pull request or a step summary: what is not as expected as a table, counterexamples below.

Names of strangers are escaped; counterexamples stand in code blocks, indented so that nothing in them can end one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tdispmodel.gating.channels.wording import (
    MEANINGS,
    conclusion,
    repeat,
    says,
    shown,
    steps,
    summary,
    title,
    verdict_line,
)
from tdispmodel.gating.classifying import exit_of
from tdispmodel.gating.vocabulary import Gated, Row, Status
from tdispmodel.reports.options import Options
from tdispmodel.reports.plain import ascii_only, command

MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&@]|:(?=\S))")


def render(gated: Gated, options: Options | None = None) -> str:
    """Return the page of a gate."""
    options = options or Options()
    lines = [f"### tdispmodel gate {conclusion(gated)}", ""]
    if gated.complaints:
        rows = [(str(shown(one.place)), one.code, one.message, one.hint) for one in gated.complaints]
        return _text([*lines, *_table(("place", "code", "mistake", "remedy"), rows)])
    lines += [f"{summary(gated)} (exit {int(exit_of(gated))})", ""]
    bad = [row for row in gated.rows if not gated.passes(row)]
    if bad:
        cells = [(row.cell.proposal, title(row), verdict_line(row), says(row)) for row in bad]
        lines += [*_table(("proposal", "property", "verdict", "says"), cells), ""]
    if gated.problems:
        cells_of_problems = [
            (str(shown(one.place)), MEANINGS[one.trouble], one.message, one.hint) for one in gated.problems
        ]
        lines += [*_table(("place", "entry", "why", "remedy"), cells_of_problems), ""]
    if gated.scores:
        lines += [*(f"- {escaped(score.proposal)}: {escaped(str(score))}" for score in gated.scores), ""]
    for row in bad:
        lines += _story(row, options)
    excused = [row for row in gated.rows if row.status in {Status.XFAIL, Status.WAIVED}]
    if excused:
        cells_of_excused = [(row.cell.proposal, title(row), verdict_line(row)) for row in excused]
        lines += ["Excused:", "", *_table(("proposal", "property", "verdict"), cells_of_excused), ""]
    return _text(lines)


def _story(row: Row, options: Options) -> list[str]:
    told = steps(row)
    if not told:
        return []
    again = command(repeat(row, options), "again: ")
    return [
        f"Steps of {escaped(row.cell.proposal)}, {escaped(title(row))}:",
        "",
        *(f"    {line}" for line in [*told, *again]),
        "",
    ]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(escaped(cell) for cell in row)} |" for row in rows]
    return lines


def escaped(text: str) -> str:
    """Return ``text`` as one line that Markdown shows as it is."""
    return MARKS.sub(r"\\\1", " ".join(ascii_only(text).split()))


def _text(lines: Iterable[str]) -> str:
    whole = list(lines)
    while whole and not whole[-1]:
        whole.pop()
    return "".join(f"{line.rstrip()}\n" for line in whole)
