"""Rounds of measurements: each subject is prepared, then all take turns, and what they find is compared.

`compared` runs the subjects of one task on one model; it gives a `Row` for each, with every round.  A subject that ran
out of its limits or failed is not run again.  What a subject counts is compared with what is known of the model, and
where nothing is known with what the first one counted that did.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.found import Found, Unreadable, differences
from benchmarks.measuring import Limits, Measured, measure
from benchmarks.subjects import ROOT, Job, Model, Subject

ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}


@dataclass
class Row:
    """What became of one subject.  ``said`` is in words why there is no (further) result, ``wrong`` what contradicts
    what was expected; both are empty for a good one.  ``prepared`` are the processor seconds that it took to generate
    and compile the peer's program, our export not among them.
    """

    subject: Subject
    model: Model
    devices: int
    prepared: float | None = None
    runs: list[Measured] = field(default_factory=list)
    found: Found | None = None
    said: str = ""
    wrong: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float | None:
        """The median of the processor seconds, None without a run that was finished."""
        return statistics.median(run.processor for run in self.runs) if self.runs else None

    @property
    def memory(self) -> int | None:
        """The largest peak, in bytes."""
        return max((run.memory for run in self.runs), default=None)

    @property
    def rate(self) -> float | None:
        """States in a processor second."""
        states = self.found.states if self.found else None
        return states / self.seconds if states and self.seconds else None


@dataclass(frozen=True)
class How:
    """How often each subject is run, what one run may use, and who is told of it."""

    rounds: int
    limits: Limits
    tell: Callable[[str], None]


def compared(model: Model, devices: int, subjects: Sequence[Subject], how: How, folder: Path) -> list[Row]:
    """Measure subjects that do the same task on the same model, taking turns; each has a folder in ``folder``."""
    rows = [Row(subject, model, devices) for subject in subjects]
    jobs: dict[str, Job] = {}
    for row in rows:
        place = folder / f"{model.name}-{devices}-{row.subject.name}"
        place.mkdir(parents=True)
        jobs[row.subject.name] = Job(model, devices, row.subject.task, place, how.limits)
        row.said = row.subject.absent()
        if not row.said:
            _prepare(row, jobs[row.subject.name], how.limits)
    for number in range(how.rounds):
        turn = number % max(1, len(rows))
        for row in (*rows[turn:], *rows[:turn]):
            if not row.said:
                _run(row, jobs[row.subject.name], how.limits)
                how.tell(f"{model.name} N={devices} {row.subject.name}, round {number + 1}: {_told(row)}")
    if rows:
        _compare(rows, model.expected(rows[0].subject.task, devices))
    return rows


def _prepare(row: Row, job: Job, limits: Limits) -> None:
    for number, command in enumerate(row.subject.prepare(job)):
        ran = measure(command, job.folder, limits, ENVIRONMENT)
        if number:  # the first is our export
            row.prepared = (row.prepared or 0.0) + ran.processor
        if ran.over or ran.code:
            why = ran.over or f"exit {ran.code}: {' '.join(ran.output.split())[-200:]}"
            row.said = f"{Path(command[0]).name} could not prepare it: {why}"
            if not ran.over:
                row.wrong.append(row.said)
            return


def _run(row: Row, job: Job, limits: Limits) -> None:
    ran = measure(row.subject.command(job), job.folder, limits, ENVIRONMENT)
    if ran.over:
        row.said = f"open: {ran.over}"
        return
    try:
        if ran.code < 0:
            message = f"ended by signal {-ran.code}: {' '.join(ran.output.split())[-200:]}"
            raise Unreadable(message)  # noqa: TRY301  # whatever it printed before
        found = row.subject.read(ran.output, job)
    except Unreadable as problem:
        row.said = f"failed, exit {ran.code}: {problem}"
        row.wrong.append(row.said)
        return
    if found.open:
        row.said = f"open: {found.open}"
        return
    row.runs.append(ran)
    if row.found is not None and row.found != found:
        row.wrong.append(f"found {found} after {row.found}")
    row.found = found


def _compare(rows: Iterable[Row], expected: Found) -> None:
    """Note in each row what is not as expected."""
    known = [row for row in rows if row.found is not None]
    for row in known:
        if row.found is None:
            continue
        row.wrong += differences(row.found, expected)
        first = next((one for one in known if one.found and one.found.states is not None), row)
        if expected.states is None and first is not row and first.found is not None:
            counted = Found(first.found.states, first.found.transitions, first.found.depth)
            row.wrong += [f"{one} by {first.subject.name}" for one in differences(row.found, counted)]


def _told(row: Row) -> str:
    return row.said or "; ".join(row.wrong) or (f"{row.runs[-1].processor:.2f} s" if row.runs else "nothing")
