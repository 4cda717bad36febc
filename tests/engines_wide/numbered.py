"""The search over numbered parts as an engine of its own, and random systems whose variables belong to instances."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import strategies as st

from tdispmodel.engines import explicit
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.wide import search, spilled
from tdispmodel.engines.wide.answers import KINDS, Answers
from tdispmodel.engines.wide.checkpoint import Checkpoint
from tdispmodel.engines.wide.search import Search
from tdispmodel.engines.wide.spilled import File, Spilled
from tdispmodel.engines.wide.visited import Keys
from tdispmodel.ir.expressions import Expression, Read, rebuilt
from tdispmodel.ir.system import Assignment, System, SystemProperty
from tdispmodel.verdict import Verdict
from tests.laws.random_systems import asked_systems

FINITE = tuple(sorted(KINDS, key=lambda kind: kind.value))


def goes_over(patch: pytest.MonkeyPatch, states: int) -> None:
    """Let `explicit` go over to numbered parts after so many states, however few there are on a level."""
    patch.setattr(explicit, "LARGE", states)
    patch.setattr(explicit, "WIDE", 0)


class Numbered:
    """Asks the search over numbered parts at once, however few states there are."""

    name = "explicit"
    kinds = KINDS
    exhaustive = True
    symmetry = True

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        asked = Answers(self.name, system, questions, limits, progress)
        asked.symmetry = self.symmetry
        yield from asked.verdicts()


class Plain(Numbered):
    """The same, visiting every state."""

    symmetry = False


class Spilling(Numbered):
    """Keeps states in files from the start; `spills` makes it so."""

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        yield from super().answer(system, questions, replace(limits, memory=limits.memory or 1 << 30), progress)


class SpillingAll(Spilling):
    """The same, visiting every state."""

    symmetry = False


def fills_up(patch: pytest.MonkeyPatch, most: int) -> None:
    """Let a file of states have no room for more than so many."""
    original = File.append

    def append(file: File, keys: Keys) -> None:
        if file.count + len(keys) > most:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        original(file, keys)

    patch.setattr(File, "append", append)


def spills(patch: pytest.MonkeyPatch) -> None:
    """Let states be kept in files from the start, whatever memory there is, and read a few at a time."""
    patch.setattr(search, "DENSE_MEMORY", 0)
    patch.setattr(search, "CHUNK", 3)
    patch.setattr(search, "SHARE_OF_SPILLED", 1 << 25)
    patch.setattr(spilled, "LEAST_PIECE", 2)
    patch.setattr(spilled, "MOST_FILES", 3)
    original = Search._fits
    patch.setattr(Search, "_fits", lambda made, more: isinstance(made.visited, Spilled) and original(made, more))


class Interrupted(Exception):
    """A search is ended between two levels."""


class Resumed(Numbered):
    """Is interrupted after so many levels were written down, and then goes on from there."""

    def __init__(self, levels: int) -> None:
        self.levels = levels

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        with tempfile.TemporaryDirectory() as folder:
            limits = replace(limits, checkpoint=Path(folder))
            begun(super().answer(system, questions, limits, progress), self.levels)
            yield from super().answer(system, questions, limits, progress)


def begun(verdicts: Iterator[Verdict], levels: int) -> None:
    """Let a search begin, and interrupt it after so many levels were written down."""
    original = Checkpoint.keep
    written: list[Search] = []

    def keep(kept: Checkpoint, made: Search) -> None:
        original(kept, made)
        written.append(made)
        if len(written) >= levels:
            raise Interrupted

    with pytest.MonkeyPatch.context() as patch, suppress(Interrupted):
        patch.setattr(Checkpoint, "keep", keep)
        for _ in verdicts:
            pass


def moved(system: System, names: dict[str, str]) -> System:
    """Return the system with other names for its variables."""
    return replace(
        system,
        variables=tuple(replace(variable, name=names[variable.name]) for variable in system.variables),
        actions=tuple(
            replace(
                action,
                guards=tuple(read_elsewhere(guard, names) for guard in action.guards),
                assignments=tuple(
                    Assignment(names[each.variable], read_elsewhere(each.value, names)) for each in action.assignments
                ),
            )
            for action in system.actions
        ),
        initially=read_elsewhere(system.initially, names),
    )


def read_elsewhere(formula: Expression, names: dict[str, str]) -> Expression:
    """Return a formula that reads the same variables by their other names."""

    def elsewhere(node: Expression) -> Expression | None:
        return replace(node, name=names[node.name]) if isinstance(node, Read) else None

    return rebuilt(formula, elsewhere)


@st.composite
def spread_systems(draw: st.DrawFn, *, may_leave_range: bool = False) -> tuple[System, tuple[SystemProperty, ...]]:
    """Draw a system whose variables belong to the whole, to one of two devices, or to a port, and questions about it."""
    system, asked = draw(asked_systems(FINITE, may_leave_range=may_leave_range))
    owners = ("", "devices[0].", "devices[1].", "ports[0].")
    names = {variable.name: f"{draw(st.sampled_from(owners))}{variable.name}" for variable in system.variables}
    questions = tuple(
        replace(
            one,
            formula=read_elsewhere(one.formula, names),
            after=read_elsewhere(one.after, names),
            antecedent=None if one.antecedent is None else read_elsewhere(one.antecedent, names),
        )
        for one in asked
    )
    return moved(system, names), questions
