"""From a file of expectations to a request, and from a report to a gate: each result is a cell, each property that was
left out is one, and cells are classified.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from tdispmodel.checking.pipeline import Request
from tdispmodel.gating.baselines import assumptions
from tdispmodel.gating.classifying import classify
from tdispmodel.gating.reading import Assumed
from tdispmodel.gating.vocabulary import Asked, Cell, Entries, Gated, Outcome
from tdispmodel.reports.json import document
from tdispmodel.verdict import Answer, Report, Result, Skipped, Verdict


def is_path(proposal: str) -> bool:
    """Whether a proposal in a file of expectations is meant as a path."""
    return proposal.endswith(".py") or "/" in proposal


def under_assumptions(plain: Request, assumed: Assumed, folder: Path) -> Request:
    """Return the request as a file of expectations in ``folder`` wants it; proposals that are named already stay."""
    named = tuple(str(folder / name) if is_path(name) else name for name in assumed.proposals)
    return replace(
        plain,
        proposals=plain.proposals or named,
        devices=assumed.devices,
        any_number=assumed.any_number,
        settings=assumed.settings,
        without=assumed.without,
    )


def cells_of(report: Report) -> tuple[Cell, ...]:
    """Return the cells of a report, proposal by proposal, what was left out after what was asked."""
    order = dict.fromkeys([one.proposal for one in report.results] + [one.proposal for one in report.skipped])
    found: list[Cell] = []
    for proposal in order:
        found += [cell_of(one) for one in report.results if one.proposal == proposal]
        found += [left_out(one) for one in report.skipped if one.proposal == proposal]
    return tuple(found)


def cell_of(result: Result) -> Cell:
    """Return the cell of a result."""
    question = result.verdict.property
    (row,) = document(Report((result,)))["results"]
    return Cell(
        result.proposal,
        question.name,
        question.code,
        outcome_of(result.verdict),
        assumptions(row),
        result.verdict.reason,
        result,
    )


def left_out(skipped: Skipped) -> Cell:
    """Return the cell of a property that could not be asked."""
    return Cell(skipped.proposal, skipped.property, skipped.code, Outcome.SKIPPED, reason=skipped.reason)


def outcome_of(verdict: Verdict) -> Outcome:
    """Return what a verdict says."""
    match verdict.answer:
        case Answer.HOLDS:
            return Outcome.VACUOUS if verdict.vacuous else Outcome.HOLDS
        case Answer.VIOLATED:
            return Outcome.VIOLATED
        case Answer.OPEN:
            return Outcome.OPEN


def gated(report: Report, entries: Entries, today: dt.date, asked: Asked, *, no_vacuous: bool = False) -> Gated:
    """Return what the gate says of a report on the day ``today``."""
    if report.complaints:
        return Gated(complaints=report.complaints)
    return classify(cells_of(report), entries, today, asked, no_vacuous=no_vacuous)
