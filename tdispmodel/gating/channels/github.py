"""Annotations of a GitHub workflow: one line each, the worst first, ten of a sort at most: GitHub shows no more.

The step summary is the channel ``markdown``.  [GitHub, "Workflow commands for GitHub Actions"]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tdispmodel.gating.channels.wording import (
    MEANINGS,
    conclusion,
    place_of,
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
from tdispmodel.reports.plain import ascii_only
from tdispmodel.source import Place

SHOWN = 10
MARKS = {"%": "%25", "\r": "%0D", "\n": "%0A"}
MARKS_OF_VALUES = {**MARKS, ":": "%3A", ",": "%2C"}


def render(gated: Gated, options: Options | None = None) -> str:
    """Return the annotations of a gate, and a notice with what it found."""
    options = options or Options()
    errors, warnings = list(_errors(gated, options)), list(_warnings(gated, options))
    lines = errors[:SHOWN] + warnings[:SHOWN]
    left = len(errors) + len(warnings) - len(lines)
    text = f"gate {conclusion(gated)}: {summary(gated)} [exit {int(exit_of(gated))}]"
    if left:
        text += f"; {left} more annotations are not shown"
    lines.append(_command("notice", None, "tdispmodel gate", text))
    return "".join(f"{line}\n" for line in lines)


def _errors(gated: Gated, options: Options) -> Iterator[str]:
    for complaint in gated.complaints:
        text = f"{complaint.message}\n{complaint.hint}".strip()
        yield _command("error", shown(complaint.place), complaint.code, text)
    for row in gated.rows:
        if gated.fails(row):
            yield _command("error", place_of(row), _title(row), _text(row, options))
    for problem in gated.problems:
        if problem.fails:
            text = f"{problem.message}\n{problem.hint}".strip()
            yield _command("error", shown(problem.place), MEANINGS[problem.trouble], text)


def _warnings(gated: Gated, options: Options) -> Iterator[str]:
    for row in gated.rows:
        if row.status is Status.OPEN:
            yield _command("warning", place_of(row), _title(row), _text(row, options))
    for problem in gated.problems:
        if not problem.fails:
            yield _command("warning", shown(problem.place), MEANINGS[problem.trouble], problem.message)
    for row in gated.rows:
        if row.status is Status.VACUOUS and not gated.no_vacuous:
            yield _command("warning", place_of(row), _title(row), _text(row, options))


def _title(row: Row) -> str:
    return f"{row.cell.proposal}: {title(row)}"


def _text(row: Row, options: Options) -> str:
    lines = [verdict_line(row), says(row), *steps(row), " ".join(repeat(row, options))]
    return "\n".join(line for line in lines if line)


def _command(name: str, place: Place | None, heading: str, text: str) -> str:
    given: dict[str, str] = {}
    if place is not None and not place.path.startswith("<"):
        given |= {"file": place.path, "line": str(place.line), "endLine": str(place.line), "col": str(place.column)}
    given["title"] = heading
    written = ",".join(f"{key}={_escaped(ascii_only(value), MARKS_OF_VALUES)}" for key, value in given.items())
    message = "\n".join(ascii_only(line) for line in text.split("\n"))
    return f"::{name} {written}::{_escaped(message, MARKS)}"


def _escaped(text: str, marks: Mapping[str, str]) -> str:
    return "".join(marks.get(character, character) for character in text)
