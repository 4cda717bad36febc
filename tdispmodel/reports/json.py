"""The result document: everything that a run found out, for other programs.

Given a report; gives JSON that ``result.schema.json`` (shipped beside this file) describes.  Keys are sorted and
nothing in it depends on the machine but the times.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from tdispmodel import __version__
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import State, System
from tdispmodel.reports.exits import exit_code
from tdispmodel.reports.options import Options, asked_with
from tdispmodel.reports.reasons import conjuncts_of
from tdispmodel.reports.trace import trace_of
from tdispmodel.reports.why import refusals
from tdispmodel.reports.why.needed import needed
from tdispmodel.reports.why.telling import entries
from tdispmodel.semantics import Semantics
from tdispmodel.source import Complaint
from tdispmodel.verdict import (
    Answer,
    Certificate,
    ClosedStates,
    InductiveInvariant,
    Interchanged,
    KInduction,
    NothingSeen,
    NumberedOrbits,
    NumberedStates,
    QuantifiedInvariant,
    Report,
    Result,
    Trace,
    Witness,
)

SCHEMA = "tdispmodel/result/1"

Document = dict[str, Any]


def render(report: Report, options: Options | None = None, exit: int | None = None) -> str:  # noqa: A002  # named as in the document
    """Return the document as text.  ``exit`` is the exit code when it is not the one that `exit_code` gives."""
    return json.dumps(document(report, options, exit), indent=2, sort_keys=True, ensure_ascii=True) + "\n"


def document(report: Report, options: Options | None = None, exit: int | None = None) -> Document:  # noqa: A002  # as above
    """Return the document of a report; with complaints its results are empty."""
    options = options or Options()
    known: dict[int, Semantics] = {}
    code = exit_code(report, no_vacuous=options.no_vacuous) if exit is None else exit
    return {
        "schema": SCHEMA,
        "tool": {"name": "tdispmodel", "version": __version__},
        "exit": int(code),
        "results": [] if report.complaints else [_result(result, options, known) for result in report.results],
        "skipped": [
            {"proposal": left.proposal, "property": left.property, "code": left.code, "reason": left.reason}
            for left in report.skipped
        ],
        "complaints": [_complaint(complaint) for complaint in report.complaints],
    }


def schema() -> Document:
    """Return the JSON Schema (draft 2020-12) of the document."""
    found: Document = json.loads(files("tdispmodel.reports").joinpath("result.schema.json").read_text(encoding="utf-8"))
    return found


def _result(result: Result, options: Options, known: dict[int, Semantics]) -> Document:
    """Return one result.  ``known`` has the semantics of systems that were met before, by their ids."""
    verdict, question = result.verdict, result.verdict.property
    trace, space = trace_of(result), verdict.space
    semantics = None if trace is None else _semantics(result.system, known)
    kills = options.kills.get((result.proposal, question.name))
    return {
        "proposal": result.proposal,
        "property": question.name,
        "code": question.code,
        "kind": question.kind.value,
        "verdict": verdict.answer.value,
        "vacuous": verdict.vacuous,
        "engine": verdict.engine,
        "confirmed_by": verdict.confirmed_by,
        "devices": _devices(result),
        "constants": dict(result.system.constants if _violated(result) else asked_with(result)),
        "without": list(result.system.without),
        "bound": verdict.bound,
        "reason": verdict.reason,
        "certificate": None if verdict.certificate is None else _certificate(verdict.certificate),
        "trace": None if trace is None else steps_document(result.system, trace),
        "initial": None if trace is None else state_document(result.system, trace.initial),
        "loop": None if trace is None else trace.loop,
        "minimal": None if trace is None else verdict.minimal,
        "needed": None if trace is None or semantics is None else entries(needed(semantics, question, trace)),
        "why_not": [] if trace is None else refusals.entries(result.system, trace, options.why_not),
        "states": space.states if space else None,
        "transitions": space.transitions if space else None,
        "depth": space.depth if space else None,
        "symmetry": None if verdict.symmetry is None else _symmetry(verdict.symmetry),
        "mutants": None if kills is None else {"noticed": kills[0], "of": kills[1]},
        "seconds": round(verdict.seconds, 6),
    }


def _semantics(system: System, known: dict[int, Semantics]) -> Semantics:
    if id(system) not in known:
        known[id(system)] = Semantics(system)
    return known[id(system)]


def _symmetry(used: Interchanged) -> Document:
    return {"orbits": used.orbits, "classes": [list(each) for each in used.classes]}


def _devices(result: Result) -> int | str:
    """Return with how many devices a violation is shown; what was asked of any number otherwise says so."""
    return result.system.devices if _violated(result) or result.any_number is None else "any"


def _violated(result: Result) -> bool:
    return result.verdict.answer is Answer.VIOLATED


def _certificate(certificate: Certificate) -> Document:
    """Return kind and size: how many states, conjuncts, steps, or clauses."""
    match certificate:
        case ClosedStates(states):
            size = len(states)
        case NumberedStates(count=count) | NumberedOrbits(count=count):
            size = count
        case InductiveInvariant(invariant) | NothingSeen(invariant=invariant):
            size = len(conjuncts_of(invariant))
        case KInduction(length, _, _):
            size = length
        case Witness(trace):
            size = len(trace)
        case QuantifiedInvariant(clauses):
            size = len(clauses)
    return {"kind": certificate.kind, "size": size}


def state_document(system: System, state: State) -> dict[str, Value]:
    """Return a state: the value of each variable by its name."""
    return {variable.name: value for variable, value in zip(system.variables, state, strict=True)}


def steps_document(system: System, trace: Trace) -> list[Document]:
    """Return the steps of a trace: who takes which action, and what it changes."""
    steps = []
    before = trace.initial
    for number, (action, after) in enumerate(trace.steps, 1):
        found = system.by_name.get(action)
        changes = {
            variable.name: [old, new]
            for variable, old, new in zip(system.variables, before, after, strict=True)
            if old != new
        }
        actor = found.actor.value if found else "unknown"
        steps.append({"step": number, "actor": actor, "action": action, "changes": changes})
        before = after
    return steps


def _complaint(complaint: Complaint) -> Document:
    return {
        "code": complaint.code,
        "path": complaint.place.path,
        "line": complaint.place.line,
        "column": complaint.place.column,
        "message": complaint.message,
        "hint": complaint.hint,
    }
