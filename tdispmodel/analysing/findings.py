"""The matrix with its variants: one cell for each variant, proposal and property.

Given a request and the variants; gives findings, judged like every verdict.  What makes the same system is asked once:
most variants leave most designs as they are, and some designs differ only in what they fix.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tdispmodel.analysing.variants import PLAIN, Variant
from tdispmodel.checking.asking import Group, Plan, check_group, grouped
from tdispmodel.checking.constants import can_be_set
from tdispmodel.checking.loading import Loaded, load
from tdispmodel.checking.pipeline import Request, known_engines, planned, processors
from tdispmodel.checking.workers import each
from tdispmodel.engines.protocol import Progress, silent
from tdispmodel.ir.model import Kind, Property
from tdispmodel.ir.system import System
from tdispmodel.reports.findings import Cell, Column, Design, Findings, Question
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import first_paragraph
from tdispmodel.reports.trace import trace_of
from tdispmodel.source import Complaint, Rejected
from tdispmodel.verdict import Result

Task = tuple[Request, tuple[Path, ...], tuple[Variant, ...]]
"""A request, the files of proposals that one process answers one after the other, and the variants to ask of them."""

IDEALISED = "No guest can do that"
"""What a proposal says of itself that is a bound and no design."""

Known = dict[System, dict[Property, Cell]]
"""What was answered of a system, whatever assumptions made it."""


@dataclass(frozen=True)
class Row:
    """What was found out about one proposal; with complaints there are no cells."""

    design: Design
    questions: tuple[Question, ...] = ()
    cells: tuple[Cell, ...] = ()
    complaints: tuple[Complaint, ...] = ()


def findings(request: Request, variants: Sequence[Variant], progress: Progress = silent) -> Findings:
    """Return the cells of the matrix and of each variant, for the proposals of ``request`` (all, if none is named).

    The request's time and memory are for each question of a system.  Raises `Rejected`, with the mistakes in all
    proposals, and `OurFault`.
    """
    known_engines(request.engines)
    asked, paths = (PLAIN, *variants), request.paths()
    count = max(1, min(request.jobs or processors(), len(paths)))
    tasks = [(request, paths[first::count], asked) for first in range(count)]
    rows: dict[int, Row] = {}
    for first, found in each(rows_of, tasks, count, progress) if count > 1 else [(0, rows_of(tasks[0], progress))]:
        rows |= dict(zip(range(first, len(paths), count), found, strict=True))
    ordered = [row for _, row in sorted(rows.items())]
    complaints = tuple(dict.fromkeys(complaint for row in ordered for complaint in row.complaints))
    if complaints:
        raise Rejected(complaints)
    questions = dict.fromkeys(question for row in ordered for question in row.questions)
    return Findings(
        columns=tuple(Column(one.name, one.assumptions, one.why) for one in asked),
        designs=tuple(row.design for row in ordered),
        questions=tuple(sorted(questions, key=lambda question: (question.code, question.name))),
        cells=tuple(cell for row in ordered for cell in row.cells),
    )


def rows_of(task: Task, progress: Progress) -> list[Row]:
    """Return all cells of some proposals.  Raises `OurFault`."""
    request, paths, variants = task
    known: Known = {}
    return [row_of(request, path, variants, known, progress) for path in paths]


def row_of(request: Request, path: Path, variants: Sequence[Variant], known: Known, progress: Progress) -> Row:
    """Return all cells of one proposal.  A user's mistake is part of the value.  Raises `OurFault`."""
    try:
        loaded = load(request.catalogue, path)
        cells: list[Cell] = []
        for variant in variants:
            plan = plan_of(loaded, request, variant)
            if plan is not None:
                progress(f"{loaded.model.name}: {variant.name or 'as it is'}")
                cells += cells_of(loaded, plan, variant, known, progress)
    except Rejected as rejected:
        return Row(Design(path.stem, ""), complaints=rejected.complaints)
    asked = {cell.property for cell in cells}
    questions = [
        Question(one.code, one.name, one.kind, first_paragraph(one.text))
        for one in loaded.properties
        if one.name in asked
    ]
    text = loaded.model.component(loaded.model.root).text
    design = Design(loaded.model.name, first_paragraph(text), IDEALISED in text)
    return Row(design, tuple(questions), tuple(cells))


def plan_of(loaded: Loaded, request: Request, variant: Variant) -> Plan | None:
    """Return how a variant is asked of a proposal, None where it is not.

    Raises `Rejected` when it makes no sense: where it names the proposal also for constants that the proposal fixes.
    """
    name = loaded.model.name
    fits = name not in variant.not_of and not variant.proposals and can_be_set(loaded.model, variant.settings)
    return planned(loaded, variant.request(request)) if fits or name in variant.proposals else None


def cells_of(loaded: Loaded, plan: Plan, variant: Variant, known: Known, progress: Progress) -> list[Cell]:
    """Return the cells of one proposal in one variant; what is known about an equal system is not asked again."""
    asked = [wanted for wanted in loaded.properties if wanted.name not in variant.leaves_out]
    groups, _ = grouped(loaded.model, asked, plan)
    found: dict[Property, Cell] = {}
    for system, group in merged(groups).items():
        answered = known.setdefault(system, {})
        left = {wanted: parts for wanted, parts in group.questions.items() if wanted not in answered}
        if left:
            names = Names(group.system)
            results = check_group(loaded.model.name, Group(group.system, left), plan, progress)
            for wanted, result in zip(left, results, strict=True):
                answered[wanted] = cell_of(result, names)
        found |= {
            wanted: replace(answered[wanted], variant=variant.name, proposal=loaded.model.name)
            for wanted in group.questions
        }
    return [found[wanted] for wanted in loaded.properties if wanted in found]


def merged(groups: Sequence[Group]) -> dict[System, Group]:
    """Return the groups by their systems, whatever assumptions made these; those of equal systems together.

    Where all questions are about what must be possible, the system is the one without the host, of whom that is asked:
    it is smaller, and seldom changed by a variant.
    """
    together: dict[System, Group] = {}
    for group in groups:
        needless = all(wanted.kind is Kind.MUST_BE_POSSIBLE for wanted in group.questions)
        asked = group.system.unaided if needless else group.system
        system = replace(asked, name="", constants=(), without=())
        known = together.get(system)
        together[system] = Group(asked, {**known.questions, **group.questions} if known else group.questions)
    return together


def cell_of(result: Result, names: Names) -> Cell:
    """Return what a reader of findings wants to know of a verdict."""
    verdict, trace = result.verdict, trace_of(result)
    taken = [action for action, _ in trace.steps] if trace is not None else []
    return Cell(
        proposal=result.proposal,
        property=verdict.property.name,
        answer=verdict.answer,
        vacuous=bool(verdict.vacuous),
        steps=tuple(names.action(action) for action in taken) if trace is not None else None,
        actors=tuple(Counter(names.who(action) for action in taken).items()),
        lasso=trace is not None and trace.loop is not None,
    )
