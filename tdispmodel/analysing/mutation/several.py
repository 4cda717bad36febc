"""Mutation coverage of several proposals, in several processes."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

from tdispmodel.analysing.mutation.coverage import coverage
from tdispmodel.checking.loading import load
from tdispmodel.checking.pipeline import Request, planned, processors
from tdispmodel.checking.selection import selection
from tdispmodel.checking.workers import each
from tdispmodel.engines.protocol import Progress, silent
from tdispmodel.reports.mutants import Coverage
from tdispmodel.source import Rejected

Task = tuple[Request, Path, bool]


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
        order = sorted(range(len(tasks)), key=lambda place: tasks[place][1].stat().st_size, reverse=True)
        for place, outcome in each(covered, [tasks[place] for place in order], jobs, progress):
            yield order[place], outcome
    else:
        for place, task in enumerate(tasks):
            yield place, covered(task, progress)


def covered(task: Task, progress: Progress = silent) -> Coverage | Rejected:
    """Return the coverage of one proposal, or what is wrong with it.  Raises `OurFault`."""
    collecting = gc.isenabled()
    gc.disable()  # formulas make no cycles, and are so many that to look for cycles takes a tenth of the time
    try:
        return _covered(task, progress)
    finally:
        if collecting:
            gc.enable()


def _covered(task: Task, progress: Progress) -> Coverage | Rejected:
    request, path, complete = task
    try:
        loaded = load(request.catalogue, path)
        wanted = selection(request.select)
        properties = [known for known in loaded.properties if wanted(known.name, known.code)]
        plan = planned(loaded, request)
        name = loaded.model.name
        return coverage(
            loaded.model, properties, plan, complete=complete, progress=lambda text: progress(f"{name}: {text}")
        )
    except Rejected as rejected:
        return rejected
