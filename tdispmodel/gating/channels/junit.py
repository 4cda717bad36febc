"""JUnit XML: each proposal a test suite, each property a test case.

What is violated is a failure, what is open an error - never a skipped test, which shows green - and what is expected or
waived a skipped one with the reason.  Without times, unless they are asked for: the same run gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from tdispmodel import __version__
from tdispmodel.gating.channels.wording import (
    CODES,
    GateOptions,
    place_of,
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
from tdispmodel.source import Complaint, Place

HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
ENTRIES = "expectations, waivers and scores"


@dataclass(frozen=True)
class _Case:
    """A test case: suite, name, place, what became of it ("": it passed), a message and further text."""

    suite: str
    name: str
    place: Place
    element: str = ""
    sort: str = ""
    message: str = ""
    text: str = ""
    seconds: float | None = None


def render(gated: Gated, options: Options | None = None) -> str:
    """Return the test results of a gate."""
    options = options or GateOptions()
    if gated.complaints:
        suites = [_suite("tdispmodel", [_complaint(complaint) for complaint in gated.complaints], ())]
    else:
        suites = [
            _suite(proposal, [_case(gated, row, options) for row in rows], [*_about(rows), *_scored(gated, proposal)])
            for proposal, rows in gated.by_proposal()
        ]
        if gated.problems:
            suites.append(_suite(ENTRIES, [_entry(problem) for problem in gated.problems], ()))
    total = _counts([case for _, cases in suites for case in cases])
    del total["skipped"]  # only a suite has it
    lines = [HEAD, _tag("testsuites", {"name": "tdispmodel gate", **total}, closed=not suites)]
    for text, _ in suites:
        lines += text
    return "".join(f"{line}\n" for line in [*lines, *(["</testsuites>"] if suites else [])])


def _suite(name: str, cases: Sequence[_Case], about: Sequence[tuple[str, str]]) -> tuple[list[str], Sequence[_Case]]:
    known = {"name": name, **_counts(cases)}
    seconds = [case.seconds for case in cases if case.seconds is not None]
    if seconds:
        known["time"] = f"{sum(seconds):.3f}"
    lines = [f"  {_tag('testsuite', known)}", "    <properties>"]
    for key, value in (("tdispmodel", __version__), *about):
        lines.append(f"      {_tag('property', {'name': key, 'value': value}, closed=True)}")
    lines.append("    </properties>")
    for case in cases:
        lines += _testcase(case)
    return [*lines, "  </testsuite>"], cases


def _counts(cases: Sequence[_Case]) -> dict[str, object]:
    sorts = [case.element for case in cases]
    return {
        "tests": len(sorts),
        "failures": sorts.count("failure"),
        "errors": sorts.count("error"),
        "skipped": sorts.count("skipped"),
    }


def _about(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Return the properties of a suite: what was searched, and which test cases hold vacuously."""
    results = [row.cell.result for row in rows if row.cell.result is not None]
    spaces = [result.verdict.space for result in results if result.verdict.space is not None]
    found = []
    if results:
        found.append(("devices", ",".join(sorted({str(result.system.devices) for result in results}))))
        found.append(("engines", ",".join(sorted({result.verdict.engine for result in results}))))
    if spaces:
        largest = max(spaces, key=lambda space: (space.states, space.transitions, space.depth))
        found += [("states", str(largest.states)), ("transitions", str(largest.transitions))]
        found.append(("depth", str(largest.depth)))
    vacuous = [row.cell.property for row in rows if row.cell.outcome is Outcome.VACUOUS]
    if vacuous:
        found.append(("vacuous", ",".join(vacuous)))
    return found


def _scored(gated: Gated, proposal: str) -> list[tuple[str, str]]:
    """Return the property of a suite that says how many mutants are noticed, if that was asked."""
    return [("mutants", str(score)) for score in gated.scores if score.proposal == proposal]


def _testcase(case: _Case) -> list[str]:
    known: dict[str, object] = {"classname": case.suite, "name": case.name}
    known |= {"file": case.place.path, "line": case.place.line}
    if case.seconds is not None:
        known["time"] = f"{case.seconds:.3f}"
    if not case.element:
        return [f"    {_tag('testcase', known, closed=True)}"]
    inner: dict[str, object] = {"type": case.sort, "message": case.message}
    lines = [f"    {_tag('testcase', known)}"]
    if case.text:
        text = "\n".join(escape(ascii_only(line)) for line in case.text.split("\n"))
        lines += [f"      {_tag(case.element, inner)}{text}</{case.element}>"]
    else:
        lines += [f"      {_tag(case.element, inner, closed=True)}"]
    return [*lines, "    </testcase>"]


def _case(gated: Gated, row: Row, options: Options) -> _Case:
    """Return the test case of a row."""
    element, sort = "", ""
    match row.status:
        case Status.PASS:
            pass
        case Status.VACUOUS:
            element, sort = ("failure", "vacuous") if gated.no_vacuous else ("", "")
        case Status.FAIL:
            element, sort = "failure", "violated"
        case Status.XPASS:
            element, sort = "failure", "xpass"
        case Status.XFAIL:
            element, sort = "skipped", "xfail"
        case Status.WAIVED:
            element, sort = "skipped", "waived"
        case Status.OPEN:
            element, sort = "error", "open"
        case Status.SKIPPED:
            element, sort = "skipped", "not applicable"
    message = reason(row) if row.status in {Status.OPEN, Status.SKIPPED} else verdict_line(row)
    failed = element in {"failure", "error"}
    told = [says(row), *steps(row), *command(repeat(row, options), "again: ")] if failed else []
    seconds = row.cell.result.verdict.seconds if row.cell.result is not None and options.seconds is not None else None
    text = "\n".join(line for line in told if line)
    return _Case(row.cell.proposal, title(row), place_of(row), element, sort, message, text, seconds)


def _entry(problem: Problem) -> _Case:
    place = shown(problem.place)
    name = f"{' '.join(CODES[problem.trouble])} {place.path} line {place.line}"
    element = "failure" if problem.fails else "error" if problem.opens else ""
    return _Case(ENTRIES, name, place, element, problem.trouble.value, problem.message, problem.hint)


def _complaint(complaint: Complaint) -> _Case:
    place = shown(complaint.place)
    name = f"{complaint.code} {place.path} line {place.line}"
    return _Case("tdispmodel", name, place, "error", complaint.code, complaint.message, complaint.hint)


def _tag(name: str, known: dict[str, object] | dict[str, str], *, closed: bool = False) -> str:
    written = "".join(f' {key}="{escape(ascii_only(str(value)))}"' for key, value in known.items())
    return f"<{name}{written}{'/' if closed else ''}>"
