"""A GitLab code quality report: an array of findings, each with a fingerprint of its own.

[GitLab, "Code Quality", custom tool format]
"""

from __future__ import annotations

import json

from tdispmodel.gating.channels.wording import (
    CODES,
    MEANINGS,
    fingerprint,
    fingerprint_of,
    fingerprint_of_problem,
    place_of,
    shown,
    title,
    verdict_line,
)
from tdispmodel.gating.vocabulary import Gated, Row, Status
from tdispmodel.reports.options import Options
from tdispmodel.reports.plain import ascii_only
from tdispmodel.source import Place

SEVERITIES = {
    Status.FAIL: "critical",
    Status.XPASS: "major",
    Status.OPEN: "major",
    Status.VACUOUS: "minor",
}
"""How grave each status is; what is not here is no finding."""


def render(gated: Gated, _options: Options | None = None) -> str:
    """Return the findings of a gate."""
    found = []
    for number, complaint in enumerate(gated.complaints):
        mark = fingerprint("complaint", complaint.code, complaint.message, str(number))
        found.append(_finding(complaint.message, complaint.code, mark, "blocker", shown(complaint.place)))
    for row in gated.rows:
        if row.status in SEVERITIES:
            text = f"{row.cell.proposal}: {title(row)}: {verdict_line(row)}"
            found.append(_finding(text, _check(row), fingerprint_of(row), _severity(gated, row), place_of(row)))
    for number, problem in enumerate(gated.problems):
        text = f"{MEANINGS[problem.trouble]}: {problem.message}"
        severity = "major" if problem.fails else "minor"
        mark = fingerprint(fingerprint_of_problem(problem), str(number))
        found.append(_finding(text, CODES[problem.trouble][0], mark, severity, shown(problem.place)))
    return json.dumps(found, indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def _severity(gated: Gated, row: Row) -> str:
    return "major" if row.status is Status.VACUOUS and gated.no_vacuous else SEVERITIES[row.status]


def _check(row: Row) -> str:
    return row.cell.code or row.cell.property


def _finding(text: str, check: str, mark: str, severity: str, place: Place) -> dict[str, object]:
    path = "command-line" if place.path.startswith("<") else place.path
    return {
        "description": ascii_only(text),
        "check_name": ascii_only(check),
        "fingerprint": mark,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": place.line}},
    }
