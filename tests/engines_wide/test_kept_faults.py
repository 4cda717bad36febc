"""Spilling and checkpoints broken on purpose: the law over random systems notices each."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from tdispmodel.compiling.parts import Local
from tdispmodel.engines.protocol import Limits, Progress, Unusable, silent
from tdispmodel.engines.wide import checkpoint, spilled
from tdispmodel.engines.wide.checkpoint import Checkpoint
from tdispmodel.engines.wide.search import Search
from tdispmodel.engines.wide.spilled import Level, Run
from tdispmodel.engines.wide.visited import Dense, Keys
from tdispmodel.ir.expressions import negation
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Verdict
from tests.engines_wide.corners import CORNERS
from tests.engines_wide.numbered import Numbered, Resumed, Spilling, begun, spills, spread_systems
from tests.engines_wide.test_faults import DRAWN, SECONDS
from tests.faults.detectors import complaint_among, drawn
from tests.laws.random_systems import law
from tests.laws.test_engines_agree import Asked, complaints_about

Patch = pytest.MonkeyPatch
ALL_LEVELS = 99


class Impatient(Spilling):
    """Keeps states in files, and has little time: a search that finds the same states again and again is stopped."""

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        yield from super().answer(system, questions, replace(limits, seconds=SECONDS), progress)


class Mistaken(Numbered):
    """Is given a folder with a checkpoint about something else, and begins anew when that is refused."""

    def __init__(self, *, system: bool) -> None:
        self.system = system

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        other = replace(system, actions=system.actions[:-1]) if self.system else system
        others = [one if self.system else replace(one, formula=negation(one.formula)) for one in questions]
        with tempfile.TemporaryDirectory() as name:
            limits = replace(limits, checkpoint=Path(name) / "kept")
            begun(super().answer(other, others, limits, progress), ALL_LEVELS)
            try:
                found = list(super().answer(system, questions, limits, progress))
            except Unusable:
                shutil.rmtree(Path(name) / "kept")
                found = list(super().answer(system, questions, limits, progress))
        yield from found


FAULTS: dict[str, tuple[Numbered, Callable[[Patch], None]]] = {}


def fault(engine: Numbered) -> Callable[[Callable[[Patch], None]], Callable[[Patch], None]]:
    """Enter a fault of which a complaint is expected about an engine; its docstring is its name."""

    def entered(plant: Callable[[Patch], None]) -> Callable[[Patch], None]:
        FAULTS[(plant.__doc__ or "").rstrip(".")] = engine, plant
        return plant

    return entered


# --- files -------------------------------------------------------------------------------------------------------------


@fault(Impatient())
def _(patch: Patch) -> None:
    """A run is lost where several are merged."""
    spills(patch)
    original = spilled.merged

    def losing(runs: Iterable[Level], piece: int) -> Iterator[Keys]:
        found = list(runs)
        return original(found[: max(1, len(found) - 1)], piece)

    patch.setattr(spilled, "merged", losing)


@fault(Impatient())
def _(patch: Patch) -> None:
    """Of what is new the first piece is kept."""
    spills(patch)
    original = spilled.without

    def once(found: Iterable[Keys], runs: Iterable[Level], piece: int) -> Iterator[Keys]:
        yield from list(original(found, runs, piece))[:1]

    patch.setattr(spilled, "without", once)


@fault(Impatient())
def _(patch: Patch) -> None:
    """What is new is compared with the last run only: what was found long ago is found again."""
    spills(patch)
    original = spilled.without
    patch.setattr(spilled, "without", lambda found, runs, piece: original(found, runs[-1:], piece))


@fault(Impatient())
def _(patch: Patch) -> None:
    """A level is read from the beginning of the file."""
    spills(patch)
    patch.setattr(Run, "__getitem__", lambda run, where: run.file.read(*where.indices(run.count)[:2]))


@fault(Impatient())
def _(patch: Patch) -> None:
    """What was noted is forgotten when memory gives way to files."""
    spills(patch)
    patch.setattr(Search, "_fits", lambda made, _: not made.visited.waiting())
    patch.setattr(Dense, "offered", lambda *_: iter(()))


# --- checkpoints -------------------------------------------------------------------------------------------------------


def after_resuming(patch: Patch, change: Callable[[Search], object]) -> None:
    """Change each search that was resumed."""
    original = Checkpoint.resumed

    def resumed(kept: Checkpoint, made: Search) -> bool:
        found = original(kept, made)
        if found:
            change(made)
        return found

    patch.setattr(Checkpoint, "resumed", resumed)


@fault(Resumed(2))
def _(patch: Patch) -> None:
    """A resumed search forgets its frontier."""
    after_resuming(patch, Search.finish)


@fault(Resumed(2))
def _(patch: Patch) -> None:
    """A resumed search forgets what it had met."""
    after_resuming(patch, lambda made: made.met.clear())


@fault(Resumed(2))
def _(patch: Patch) -> None:
    """A resumed search counts its steps from nothing."""
    after_resuming(patch, lambda made: setattr(made, "transitions", 0))


@fault(Resumed(1))
def _(patch: Patch) -> None:
    """A resumed search numbers its local states the other way round."""
    original = Local.restore
    patch.setattr(Local, "restore", lambda local, rows: original(local, rows[::-1]))


@fault(Mistaken(system=True))
def _(patch: Patch) -> None:
    """Whether a checkpoint is about the same system is not looked at."""
    patch.setattr(checkpoint, "of_system", lambda _: "the same")


@fault(Mistaken(system=False))
def _(patch: Patch) -> None:
    """Whether a checkpoint is about the same questions is not looked at."""
    patch.setattr(checkpoint, "of_watches", lambda _: "the same")
    patch.setattr(Search, "is_met", lambda *_: True)


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_broken_is_noticed(name: str, monkeypatch: Patch) -> None:
    """The law complains when spilling or going on is broken in this way, over random systems or those made for it."""
    engine, plant = FAULTS[name]
    plant(monkeypatch)
    assert complaint_among(engine, (*drawn(spread_systems, DRAWN), *CORNERS))


@pytest.mark.parametrize("system", [True, False])
def test_what_is_refused_is_begun_anew(system: bool) -> None:
    """With nothing broken, nothing is wrong with a search that was given somebody else's checkpoint first."""

    @law(15)
    @given(spread_systems())
    def check(pair: Asked) -> None:
        assert not complaints_about(Mistaken(system=system), pair)

    check()
