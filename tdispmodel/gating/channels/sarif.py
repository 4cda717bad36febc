"""SARIF 2.1.0 for code scanning: a counterexample is a code flow, one location a step, and ends at a guard's line.

Only what is unexpected is a result, since GitHub shows every result as an alert, whatever its kind; what is open is a
notification.  With ``sarif_all`` every row is a result: passed, open, not applicable, or suppressed with the reason.
[OASIS, SARIF 2.1.0 errata 01; GitHub, "SARIF support for code scanning"]
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from tdispmodel import __version__
from tdispmodel.gating.channels.wording import (
    CODES,
    MEANINGS,
    GateOptions,
    fingerprint_of,
    fingerprint_of_problem,
    place_of,
    says,
    shown,
    step_place,
    title,
    trace_of,
    verdict_line,
    waived,
)
from tdispmodel.gating.classifying import exit_of
from tdispmodel.gating.vocabulary import Gated, Problem, Row, Status, Trouble
from tdispmodel.reports.json import steps_document
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import Options, value_text
from tdispmodel.reports.plain import ascii_only
from tdispmodel.source import Complaint, Place

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LONGEST_DESCRIPTION = 1024
Object = dict[str, Any]

KINDS = {
    Status.PASS: ("pass", "none"),
    Status.VACUOUS: ("fail", "warning"),
    Status.FAIL: ("fail", "error"),
    Status.XFAIL: ("fail", "error"),
    Status.WAIVED: ("fail", "error"),
    Status.XPASS: ("fail", "error"),
    Status.OPEN: ("open", "none"),
    Status.SKIPPED: ("notApplicable", "none"),
}
"""Kind and level of a row: of any other kind than ``fail`` the level must be ``none``."""

ALWAYS = {Status.FAIL, Status.XPASS, Status.VACUOUS}
"""What is a result in any case."""


def render(gated: Gated, options: Options | None = None) -> str:
    """Return the log of a gate."""
    return json.dumps(document(gated, options), indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def document(gated: Gated, options: Options | None = None) -> Object:
    """Return the log of a gate, of one run."""
    everything = isinstance(options, GateOptions) and options.sarif_all
    rows = [row for row in gated.rows if everything or row.status in ALWAYS]
    rules = _rules(rows, gated.problems)
    index = {rule["id"]: position for position, rule in enumerate(rules)}
    results = [_result(gated, row) for row in rows] + [_entry(problem) for problem in gated.problems]
    for result in results:
        result["ruleIndex"] = index[result["ruleId"]]
    driver = {"name": "tdispmodel", "version": __version__, "semanticVersion": __version__, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "tdispmodel/gate/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(gated)],
        "results": results,
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _invocation(gated: Gated) -> Object:
    told = [_complaint(complaint) for complaint in gated.complaints]
    told += [_unanswered(row) for row in gated.rows if row.status is Status.OPEN]
    found: Object = {"executionSuccessful": not gated.complaints, "exitCode": int(exit_of(gated))}
    return {**found, "toolExecutionNotifications": told} if told else found


def _complaint(complaint: Complaint) -> Object:
    text = f"{complaint.code}: {complaint.message}" + (f" ({complaint.hint})" if complaint.hint else "")
    found: Object = {"level": "error", "message": _message(text), "descriptor": {"id": complaint.code}}
    place = complaint.place
    return found if place.path.startswith("<") else {**found, "locations": [_location(shown(place))]}


def _unanswered(row: Row) -> Object:
    text = f"{row.cell.proposal}: {title(row)}: {verdict_line(row)}"
    return {"level": "warning", "message": _message(text), "locations": [_location(place_of(row))]}


def rule_of(row: Row) -> str:
    """Return the identifier of a property: its code, or its name where it has none."""
    return ascii_only(row.cell.code or row.cell.property)


def _rules(rows: Iterable[Row], problems: Iterable[Problem]) -> list[Object]:
    found: dict[str, Object] = {}
    for row in rows:
        text = says(row) or f"The property {ascii_only(row.cell.property)} holds."
        found.setdefault(rule_of(row), _rule(rule_of(row), row.cell.property, text))
    for trouble in Trouble:
        if any(problem.trouble is trouble for problem in problems):
            code, name = CODES[trouble]
            text = f"The gate knows of no {MEANINGS[trouble].partition(' ')[2]}."
            found[code] = _rule(code, name, text)
    return [found[identifier] for identifier in sorted(found)]


def _rule(identifier: str, name: str, text: str) -> Object:
    said = text if text.endswith(".") else f"{text}."
    camel = "".join(word[:1].upper() + word[1:] for word in ascii_only(name).split("_"))
    help_text = f"{said} See: tdispmodel explain {ascii_only(name)}"
    return {
        "id": identifier,
        "name": camel,
        "shortDescription": {"text": _short(said)},
        "fullDescription": {"text": _short(said)},
        "help": {"text": _short(help_text)},
        "defaultConfiguration": {"level": "error"},
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_DESCRIPTION else text[: LONGEST_DESCRIPTION - 4] + "...."


def _result(gated: Gated, row: Row) -> Object:
    kind, level = KINDS[row.status]
    if row.status is Status.VACUOUS and gated.no_vacuous:
        level = "error"
    sentence = says(row)
    text = f"{row.cell.proposal}: {title(row)}: {verdict_line(row)}" + (f". {sentence}" if sentence else "")
    found: Object = {
        "ruleId": rule_of(row),
        "kind": kind,
        "level": level,
        "message": _message(text),
        "locations": [_location(place_of(row))],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint_of(row)},
    }
    flow = _flow(row)
    if flow:
        found["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
    if row.status in {Status.XFAIL, Status.WAIVED}:
        why = waived(row) or ("in the baseline" if row.expected is None else "an expected violation")
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return found


def _flow(row: Row) -> list[Object]:
    """Return the steps of a counterexample: where each stands, who takes it, what it changes."""
    trace = trace_of(row)
    if trace is None or row.cell.result is None:
        return []
    system = row.cell.result.system
    names = Names(system)
    flow = []
    for step in steps_document(system, trace):
        number, action = step["step"], step["action"]
        text = f"{number}. {names.who(action)}: {names.action(action)}"
        if trace.loop is not None and number == trace.loop + 1:
            text += " (from here on again and again)"
        last = number == len(trace)
        changed = {
            names.variable(name): {"text": f"{value_text(old)} -> {value_text(new)}"}
            for name, (old, new) in step["changes"].items()
        }
        flow.append(
            {
                "executionOrder": number,
                "importance": "essential" if last else "important" if changed else "unimportant",
                "location": {**_location(step_place(row, action)), "message": {"text": text}},
                "state": changed,
            }
        )
    return flow


def _entry(problem: Problem) -> Object:
    text = f"{MEANINGS[problem.trouble]}: {problem.message}" + (f" ({problem.hint})" if problem.hint else "")
    return {
        "ruleId": CODES[problem.trouble][0],
        "kind": "fail",
        "level": "error" if problem.fails else "warning",
        "message": _message(text),
        "locations": [_location(shown(problem.place))],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint_of_problem(problem)},
    }


def _message(text: str) -> Object:
    said = ascii_only(text)
    return {"text": said if said.endswith((".", "!", "?")) else f"{said}."}


def _location(place: Place) -> Object:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(place.path), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": place.line, "startColumn": place.column},
        }
    }
