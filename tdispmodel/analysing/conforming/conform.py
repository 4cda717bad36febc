"""The answer to logs: can the proposal have written them, and what explains them or blocks them.

Given an `Asked`; reads no file.  The search is exact: every order that the logs allow, every hidden step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tdispmodel.analysing.conforming.blocking import blocked
from tdispmodel.analysing.conforming.naming import Names, Vocabulary, given, observations
from tdispmodel.analysing.conforming.nearest import nearest
from tdispmodel.analysing.conforming.observations import Item, Log, Observation
from tdispmodel.analysing.conforming.search.behaving import explanation
from tdispmodel.analysing.conforming.search.choosing import Choice, trackers
from tdispmodel.analysing.conforming.search.merging import Cell, Merged, lines_of
from tdispmodel.analysing.conforming.showing import RESULT, Showing, key, speaks_of
from tdispmodel.analysing.conforming.table import ABOUT_NO_DEVICE, FORMS, RULES, Event
from tdispmodel.checking.asking import range_complaint
from tdispmodel.compiling.successors import Compiled, Leaves
from tdispmodel.engines.protocol import LimitReached, Limits, Progress, silent
from tdispmodel.ir.expressions import Enumeration
from tdispmodel.ir.system import System
from tdispmodel.reports.conformance import Blocked, Conformance, Shown, Summary
from tdispmodel.semantics import Semantics, TooManyStarts
from tdispmodel.source import Rejected
from tdispmodel.verdict import OutOfRange, Trace

DEFAULT_SKEW = 100_000
"""Microseconds: what two sources can differ by about the same moment."""


@dataclass(frozen=True)
class Writer:
    """Who may have written logs: a proposal, its system, and the names of all actions, also of those switched off."""

    proposal: str
    system: System
    actions: frozenset[str]


@dataclass(frozen=True)
class Asked:
    """Logs and how they are to be understood.

    ``devices`` are the words of ``--device``, in the order of the model; ``complete``: what a log shows once it always
    shows; ``skew`` in microseconds.
    """

    logs: tuple[Log, ...]
    devices: tuple[str, ...] = ()
    operating: str = ""
    prepare: str = ""
    complete: bool = False
    skew: int = DEFAULT_SKEW


def conform(
    asked: Asked, writer: Writer, limits: Limits, progress: Progress = silent, choice: Choice = trackers
) -> Conformance:
    """Return whether the system can have written the logs; ``choice`` says who keeps the sets of the search.

    Raises `Rejected` when names do not fit or an integer leaves its range, and `OurFault` when the semantics refuses
    what was found.
    """
    system = writer.system
    names = given(asked.devices, asked.logs, system.devices, asked.operating, asked.prepare)
    vocabulary = Vocabulary(writer.actions, results_of(system), speaks_of(system))
    told = [observations(log, names, vocabulary) for log in asked.logs]
    return Question(asked, writer, names, told, limits, progress, choice).answer()


def results_of(system: System) -> tuple[str, ...]:
    """Return the results that verbs can have."""
    return next(
        (
            known.sort.members
            for known in system.variables
            if known.name == RESULT and isinstance(known.sort, Enumeration)
        ),
        (),
    )


@dataclass
class Question:
    """One question on its way to its answer."""

    asked: Asked
    writer: Writer
    names: Names
    told: list[tuple[Observation, ...]]
    limits: Limits
    progress: Progress
    choice: Choice

    def __post_init__(self) -> None:
        self.system = self.writer.system
        self.semantics = Semantics(self.system)
        items = frozenset(item for log in self.told for line in log for item in line.items)
        keys = frozenset(map(key, items)) if self.asked.complete else frozenset()
        if self.asked.complete:
            items |= frozenset(item for item in self.possible(items) if key(item) in keys)
        self.showing = Showing(self.system, items, keys)
        self.start: Cell = (0,) * len(self.told)
        self.total = sum(map(len, self.told))

    def possible(self, seen: frozenset[Item]) -> Iterator[Item]:
        """Yield all items of the forms that logs show."""
        forms = {item.form for item in seen}
        for form in forms:
            event = FORMS[form].event
            if event is Event.MARKED:
                for action in self.system.actions:
                    for result in ("", *results_of(self.system)):
                        yield Item(form, -1, f"{action.name} {result}".rstrip())
            else:
                devices = (-1,) if event in ABOUT_NO_DEVICE else range(self.system.devices)
                for detail in {rule.detail for rule in RULES if rule.event is event} or {""}:
                    yield from (Item(form, device, detail) for device in devices)

    def answer(self) -> Conformance:
        """Search, and return what was found.  Raises `Rejected` and `OurFault`."""
        compiled = Compiled(self.system)
        for tracker in self.choice(compiled, self.showing, self.limits, self.progress) if self.total else ():
            with suppress(MemoryError):
                return self.searched(Merged(tracker, lines_of(self.showing, self.told), self.asked.skew))
        return self.answered(
            None, self.start, "out of memory: the decision diagrams need more nodes" if self.total else ""
        )

    def searched(self, merged: Merged[Any]) -> Conformance:
        """Return the answer that a search gives.  Raises `MemoryError` where it needs more."""
        cell, stopped = self.start, ""
        try:
            starts = merged.tracker.starts()
            cell = merged.run(self.start, starts) if starts else cell
        except LimitReached as limit:
            stopped = str(limit)
        except TooManyStarts as many:
            stopped = many.words
        except Leaves as left:
            name = self.system.actions[left.action].name
            variable = self.system.variables[left.variable].name
            trace = Trace(merged.tracker.compiled.unpack(left.packed), ())
            raise Rejected([range_complaint(self.system, OutOfRange(trace, name, variable, left.value))]) from None
        except OutOfRange as left:
            raise Rejected([range_complaint(self.system, left)]) from None
        reached = max(merged.cells, key=sum, default=self.start)
        return self.answered(merged, reached if stopped else cell, stopped)

    def answered(self, merged: Merged[Any] | None, cell: Cell, stopped: str) -> Conformance:
        """Return the answer about the furthest cell."""
        trace: Trace | None = None
        lines: tuple[Shown, ...] = ()
        blocks: tuple[Blocked, ...] = ()
        changes: tuple[str, ...] = ()
        try:
            if merged is not None and merged.cells:
                found = explanation(merged, cell, self.semantics)
                trace = found.trace
                lines = tuple(self.shown(line.log, line.position, line.step) for line in found.lines)
                if not stopped and cell != merged.end:
                    blocks = tuple(self.blocked(merged, cell, log) for log in merged.next_lines(cell))
                    changes = nearest(merged, cell, self.told)
        except LimitReached as limit:
            stopped = stopped or str(limit)
        logs = tuple(
            Summary(log.path, log.source.value, log.lines, len(told))
            for log, told in zip(self.asked.logs, self.told, strict=True)
        )
        return Conformance(
            proposal=self.writer.proposal,
            system=self.system,
            logs=logs,
            devices=self.names.devices,
            complete=self.asked.complete,
            total=self.total,
            explained=sum(cell),
            stopped=stopped,
            trace=trace,
            lines=lines,
            blocked=blocks,
            nearest=changes,
        )

    def blocked(self, merged: Merged[Any], cell: Cell, log: int) -> Blocked:
        """Return why the next line of a log cannot come at a cell."""
        items, _ = merged.sequences[log][cell[log]]
        places = merged.cells[cell]
        return blocked(merged.tracker, places, items, self.shown(log, cell[log]), self.semantics)

    def shown(self, log: int, position: int, step: int | None = None) -> Shown:
        """Return a line as reports show it."""
        told = self.told[log][position].told
        return Shown(told.place, told.text, told.form, step)
