"""The document of ``mutants``, for other programs; ``mutants.schema.json`` (shipped beside this file) describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files

from tdispmodel import __version__
from tdispmodel.reports.json import Document, state_document, steps_document
from tdispmodel.reports.mutants import Coverage, Difference, Status, Tried, exit_of

SCHEMA = "tdispmodel/mutants/1"


def document(found: Sequence[Coverage]) -> str:
    """Return the document as text."""
    shown = {
        "schema": SCHEMA,
        "tool": {"name": "tdispmodel", "version": __version__},
        "exit": int(exit_of(found)),
        "proposals": [_coverage(one) for one in found],
    }
    return json.dumps(shown, indent=2, sort_keys=True) + "\n"


def schema() -> Document:
    """Return the JSON Schema (draft 2020-12) of the document."""
    text = files("tdispmodel.reports").joinpath("mutants.schema.json").read_text(encoding="utf-8")
    found: Document = json.loads(text)
    return found


def _coverage(found: Coverage) -> Document:
    return {
        "proposal": found.proposal,
        "devices": found.devices,
        "constants": dict(found.constants),
        "without": list(found.without),
        "complete": found.complete,
        "reason": found.reason,
        "score": {"counted": found.counted} | {status.value: len(found.of(status)) for status in Status},
        "mutants": [_tried(one) for one in found.tried],
        "properties": [
            {
                "property": score.property,
                "code": score.code,
                "kind": score.kind,
                "verdict": {True: "holds", False: "violated", None: "open"}[score.holds],
                "noticed": score.noticed,
                "of": score.of if score.noticed is not None else None,
            }
            for score in found.scores
        ],
        "unread": list(found.unread),
        "skipped": [{"property": left.property, "code": left.code, "reason": left.reason} for left in found.skipped],
    }


def _tried(one: Tried) -> Document:
    return {
        "number": one.number,
        "operator": one.operator,
        "subject": one.subject,
        "words": one.words,
        "formula": one.formula,
        "path": one.place.path,
        "line": one.place.line,
        "status": one.status.value,
        "noticed": [
            {"property": notice.property, "code": notice.code, "breaks": notice.breaks} for notice in one.noticed
        ],
        "reason": one.reason,
        "difference": None if one.difference is None else _difference(one.difference),
    }


def _difference(difference: Difference) -> Document:
    return {
        "only": "mutant" if difference.of_mutant else "proposal",
        "initial": state_document(difference.system, difference.trace.initial),
        "trace": steps_document(difference.system, difference.trace),
        "differing": difference.differing,
    }
