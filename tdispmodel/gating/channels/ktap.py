"""KTAP version 1, the kernel's test protocol: each proposal a subtest, each property a case.

Diagnostics stand before the result that they are about, the name before ``#`` always; what is open is ``not ok``.
[Linux, Documentation/dev-tools/ktap.rst, tools/testing/selftests/kselftest.h]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tdispmodel.gating.channels.wording import (
    CODES,
    MEANINGS,
    out_of_time,
    reason,
    repeat,
    says,
    shown,
    steps,
    title,
    verdict_line,
)
from tdispmodel.gating.vocabulary import Gated, Outcome, Problem, Row, Status
from tdispmodel.reports.options import Options
from tdispmodel.reports.plain import ascii_only, command

VERSION = "KTAP version 1"
ENTRIES = "expectations, waivers and scores"
INDENT = "  "


@dataclass(frozen=True)
class _Case:
    """One result line: what stands before it, its name, the directive behind it, and how it is counted."""

    ok: bool
    name: str
    directive: str = ""
    before: tuple[str, ...] = ()
    counted: str = "pass"


def render(gated: Gated, options: Options | None = None) -> str:
    """Return the test results of a gate."""
    options = options or Options()
    if gated.complaints:
        lines = [VERSION, "1..1"]
        for complaint in gated.complaints:
            lines += _diagnostic(f"{shown(complaint.place)}: {complaint.code}: {complaint.message}")
        return _text([*lines, "Bail out! " + _clean(gated.complaints[0].message)])
    tests = [(proposal, [_case(gated, row, options) for row in rows]) for proposal, rows in gated.by_proposal()]
    if gated.problems:
        tests.append((ENTRIES, [_entry(problem) for problem in gated.problems]))
    if not tests:
        return _text([VERSION, "1..0 # SKIP nothing was checked"])
    lines = [VERSION, f"1..{len(tests)}"]
    cases: list[_Case] = []
    for number, (name, members) in enumerate(tests, 1):
        cases += members
        lines += _subtest(name, members)
        skipped = all(case.counted == "skip" for case in members)
        lines.append(_result(number, _Case(all(case.ok for case in members), name, "SKIP" if skipped else "")))
    counts = {sort: sum(case.counted == sort for case in cases) for sort in SORTS}
    return _text([*lines, "# Totals: " + " ".join(f"{sort}:{count}" for sort, count in counts.items())])


RESERVED = re.compile(r"(Subtest|Totals)\b")
"""Beginnings of diagnostics that readers take for more than a comment."""

SORTS = ("pass", "fail", "xfail", "xpass", "skip", "error")
"""How kselftest counts."""


def _subtest(name: str, cases: Sequence[_Case]) -> list[str]:
    lines = [VERSION, f"# Subtest: {_named(name)}", f"1..{len(cases)}"]
    for number, case in enumerate(cases, 1):
        lines += [*case.before, _result(number, case)]
    return [INDENT + line for line in lines]


def _result(number: int, case: _Case) -> str:
    directive = f" # {_clean(case.directive)}" if case.directive else ""
    return f"{'ok' if case.ok else 'not ok'} {number} {_named(case.name)}{directive}"


def _case(gated: Gated, row: Row, options: Options) -> _Case:
    """Return the case of a row."""
    name = title(row)
    match row.status:
        case Status.PASS:
            kills = str(row.kills) if row.kills is not None else ""
            return _Case(True, name, "vacuous, as expected" if row.cell.outcome is Outcome.VACUOUS else kills)
        case Status.VACUOUS if not gated.no_vacuous:
            return _Case(True, name, "vacuous")
        case Status.XFAIL:
            return _Case(True, name, f"XFAIL {verdict_line(row)}", counted="xfail")
        case Status.WAIVED:
            return _Case(True, name, f"XFAIL {verdict_line(row)}", counted="xfail")
        case Status.SKIPPED:
            return _Case(True, name, f"SKIP {reason(row)}", counted="skip")
        case Status.OPEN:
            directive = f"TIMEOUT {reason(row)}" if out_of_time(row) else f"ERROR {reason(row)}"
            return _Case(False, name, directive, counted="error")
        case Status.XPASS:
            return _Case(False, name, before=tuple(_diagnostic(verdict_line(row))), counted="xpass")
        case Status.FAIL | Status.VACUOUS:
            before = [*_diagnostic(verdict_line(row)), *_diagnostic(says(row))]
            before += [f"# {line}" for line in steps(row)]
            before += [f"# {line}" for line in command(repeat(row, options), "again: ")]
            return _Case(False, name, before=tuple(before), counted="fail")


def _entry(problem: Problem) -> _Case:
    place = shown(problem.place)
    name = f"{' '.join(CODES[problem.trouble])} {place.path} line {place.line}"
    before = _diagnostic(f"{MEANINGS[problem.trouble]}: {problem.message}")
    if problem.opens:
        return _Case(False, name, "ERROR not decided", tuple(before), "error")
    return _Case(not problem.fails, name, before=tuple(before), counted="fail" if problem.fails else "pass")


def _diagnostic(text: str) -> list[str]:
    lines = [_clean(line) for line in text.splitlines() if line.strip()]
    return [f"# {'- ' if RESERVED.match(line) else ''}{line}" for line in lines]


def _clean(text: str) -> str:
    """Return ``text`` as a part of a line: without ``#``, which begins a directive, and without anything but ASCII."""
    return " ".join(ascii_only(text).replace("#", "no.").split())


def _named(text: str) -> str:
    """Return a name; a result without one would be read as something else."""
    return _clean(text) or "(unnamed)"


def _text(lines: Sequence[str]) -> str:
    return "".join(f"{line.rstrip()}\n" for line in lines)
