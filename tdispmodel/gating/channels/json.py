"""The document of a gate, for other programs: ``tdispmodel/gate/1``, as ``gate.schema.json`` beside this file says.

Each cell has the result as ``check --json`` writes it, without its time unless times are asked for.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from tdispmodel import __version__
from tdispmodel.gating.baselines import GATE
from tdispmodel.gating.channels.wording import GateOptions, fingerprint_of, place_of, shown
from tdispmodel.gating.classifying import exit_of
from tdispmodel.gating.vocabulary import Gated, MutationScore, Problem, Row, Status
from tdispmodel.reports.json import document as report_document
from tdispmodel.reports.options import Options
from tdispmodel.verdict import Report

Document = dict[str, Any]


def render(gated: Gated, options: Options | None = None) -> str:
    """Return the document as text."""
    return json.dumps(document(gated, options), indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def document(gated: Gated, options: Options | None = None) -> Document:
    """Return the document of a gate."""
    options = options or GateOptions()
    return {
        "schema": GATE,
        "tool": {"name": "tdispmodel", "version": __version__},
        "exit": int(exit_of(gated)),
        "no_vacuous": gated.no_vacuous,
        "interrupted": gated.interrupted,
        "counts": {status.value: gated.count(status) for status in Status},
        "cells": [_cell(gated, row, options) for row in gated.rows],
        "problems": [_problem(problem) for problem in gated.problems],
        "scores": [_score(score) for score in gated.scores],
        "complaints": report_document(Report(complaints=gated.complaints))["complaints"],
    }


def schema() -> Document:
    """Return the JSON Schema (draft 2020-12) of the document."""
    text = files("tdispmodel.gating.channels").joinpath("gate.schema.json").read_text(encoding="utf-8")
    found: Document = json.loads(text)
    return found


def _cell(gated: Gated, row: Row, options: Options) -> Document:
    cell, place = row.cell, place_of(row)
    result = None
    if cell.result is not None:
        (result,) = report_document(Report((cell.result,)))["results"]
        del result["mutants"]  # a cell says it
        if options.seconds is None:
            del result["seconds"]
    return {
        "proposal": cell.proposal,
        "property": cell.property,
        "code": cell.code,
        "outcome": cell.outcome.value,
        "status": row.status.value,
        "passes": gated.passes(row),
        "expected": row.expected.value if row.expected is not None else None,
        "in_baseline": row.known,
        "waiver": None if row.waiver is None else _waiver(row),
        "kills": None if row.kills is None else {"noticed": row.kills.noticed, "of": row.kills.of},
        "reason": cell.reason,
        "path": place.path,
        "line": place.line,
        "fingerprint": fingerprint_of(row),
        "result": result,
    }


def _score(score: MutationScore) -> Document:
    counts = {"noticed": score.noticed, "counted": score.counted, "undecided": score.undecided}
    return {"proposal": score.proposal, **counts}


def _waiver(row: Row) -> Document | None:
    waiver = row.waiver
    if waiver is None:
        return None
    place = shown(waiver.place)
    expires = waiver.expires.isoformat() if waiver.expires is not None else None
    return {"reason": waiver.reason, "expires": expires, "path": place.path, "line": place.line}


def _problem(problem: Problem) -> Document:
    place = shown(problem.place)
    return {
        "trouble": problem.trouble.value,
        "fails": problem.fails,
        "message": problem.message,
        "hint": problem.hint,
        "path": place.path,
        "line": place.line,
        "column": place.column,
    }
