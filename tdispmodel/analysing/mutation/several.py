"""Mutation coverage of several proposals, in several processes."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tdispmodel.analysing.mutation.coverage import coverage
from tdispmodel.analysing.mutation.twins import Twins
from tdispmodel.checking.loading import load
from tdispmodel.checking.pipeline import Request, planned, processors
from tdispmodel.checking.selection import selection
from tdispmodel.checking.workers import each
from tdispmodel.engines.protocol import Progress, silent
from tdispmodel.reports.mutants import Coverage
from tdispmodel.source import Rejected

Task = tuple[Request, Path, bool]


@dataclass
class Errand:
    """What one process does, one after the other, and what it keeps until it ends: to take all that it used apart by
    then would take some percent of its time.
    """

    tasks: list[Task]
    twins: Twins = field(default_factory=Twins)


def coverages(request: Request, *, complete: bool = False, progress: Progress = silent) -> tuple[Coverage, ...]:
    """Return the coverage of each proposal that is asked for, in this order; the limits are for each.

    Raises `Rejected` with the mistakes of all of them together, and `OurFault`.
    """
    selection(request.select)
    tasks = [(request, path, complete) for path in request.paths()]
    found: dict[int, Coverage] = {}
    wrong: dict[int, Rejected] = {}
    for place, outcome in _outcomes(tasks, request.jobs or processors(), progress):
        if isinstance(outcome, Rejected):
            wrong[place] = outcome
        else:
            found[place] = outcome
        if len(tasks) > 1:
            progress(f"{len(found) + len(wrong)} of {len(tasks)} proposals")
    if wrong:
        complaints = [complaint for _, one in sorted(wrong.items()) for complaint in one.complaints]
        raise Rejected(dict.fromkeys(complaints))
    return tuple(one for _, one in sorted(found.items()))


def _outcomes(tasks: list[Task], jobs: int, progress: Progress) -> Iterator[tuple[int, Coverage | Rejected]]:
    if min(jobs, len(tasks)) > 1:  # what changes most of the base takes longest, and comes first
        sizes = [path.stat().st_size for _, path, _ in tasks]
        order = sorted(_together(tasks), key=lambda places: sum(sizes[place] for place in places), reverse=True)
        errands = [Errand([tasks[place] for place in places]) for places in order]
        for position, outcomes in each(covered, errands, jobs, progress):
            yield from zip(order[position], outcomes, strict=True)
    else:
        yield from enumerate(_one_by_one(tasks, Twins(), progress))


def _together(tasks: list[Task]) -> list[list[int]]:
    """Return which tasks one process is to do: those are together that derive from one proposal and assign nothing, so
    that there may be twins among them, and that proposal itself.
    """
    found: dict[Path, list[int]] = {}
    for place, (_, path, _) in enumerate(tasks):
        found.setdefault(_kin(path), []).append(place)
    return list(found.values())


def _kin(path: Path) -> Path:
    """Return the file of the proposal that another one derives from without assigning anything; else the file itself.

    It decides who does what, and nothing else, so that it need not be right.
    """
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return path  # whoever reads it says what is wrong
    bases = [
        path.parent / f"{node.module.split('.')[-1]}.py"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(f"{path.parent.name}.")
    ]
    assigns = any(
        isinstance(node, ast.AnnAssign)
        or (isinstance(node, ast.Assign) and any(isinstance(target, ast.Attribute) for target in node.targets))
        for node in ast.walk(tree)
    )
    return path if assigns or len(bases) != 1 else bases[0]


def covered(errand: Errand, progress: Progress = silent) -> list[Coverage | Rejected]:
    """Return the coverage of some proposals, or what is wrong with each.  Raises `OurFault`."""
    errand.twins.used = []
    return list(_one_by_one(errand.tasks, errand.twins, progress))


def _one_by_one(tasks: list[Task], twins: Twins, progress: Progress) -> Iterator[Coverage | Rejected]:
    collecting = gc.isenabled()
    gc.disable()  # formulas make no cycles, and are so many that to look for cycles takes a tenth of the time
    try:
        for task in tasks:
            yield _covered(task, twins, progress)
    finally:
        if collecting:
            gc.enable()


def _covered(task: Task, twins: Twins, progress: Progress) -> Coverage | Rejected:
    request, path, complete = task
    try:
        loaded = load(request.catalogue, path)
        wanted = selection(request.select)
        properties = [known for known in loaded.properties if wanted(known.name, known.code)]
        plan = planned(loaded, request)
        name = loaded.model.name
        return coverage(
            loaded.model,
            properties,
            plan,
            complete=complete,
            progress=lambda text: progress(f"{name}: {text}"),
            twins=twins,
        )
    except Rejected as rejected:
        return rejected
