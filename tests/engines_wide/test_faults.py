"""The search over numbered parts broken on purpose: the law over random systems, or the published counts, notice each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tdispmodel.compiling.parts import WHOLE, Parts
from tdispmodel.compiling.successors import Watch
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.wide import answers, search, ways
from tdispmodel.engines.wide.answers import Answers
from tdispmodel.engines.wide.formulas import Here, Joined, Negated, OfPair
from tdispmodel.engines.wide.moves import Broad, Effect, Moves, Steps, StepWatch, Table
from tdispmodel.engines.wide.search import Met, Search
from tdispmodel.engines.wide.visited import Dense, Keys, Runs
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step
from tdispmodel.verdict import NumberedStates, Verdict
from tests.engines_wide.corners import CORNERS
from tests.engines_wide.numbered import Numbered, spread_systems
from tests.faults.detectors import complaint_among, drawn
from tests.faults.planting import entered_with_words
from tests.laws.test_engines_agree import complaints_about

Patch = pytest.MonkeyPatch
FAULTS: dict[str, tuple[str, Callable[[Patch], None]]] = {}
SECONDS = 1.0
"""A search that finds the same states again and again is stopped, and said to be open although it should not be."""
DRAWN = 40
"""Random systems; whatever one in ten of them does not show there is a corner for."""
fault = entered_with_words(FAULTS)


class Stopped(Numbered):
    """The engine with little time."""

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        del limits
        yield from super().answer(system, questions, Limits(seconds=SECONDS), progress)


def some(steps: Steps, kept: Any) -> Steps:
    """Those of some steps that are kept."""
    after = {part: numbers[kept] for part, numbers in steps.after.items()}
    return Steps(steps.source[kept], steps.action[kept], after, steps.left[kept])


def sparse(patch: Patch) -> None:
    """Keep states as sorted runs from the start."""
    patch.setattr(search, "DENSE_MEMORY", 0)


# --- steps -------------------------------------------------------------------------------------------------------------


@fault("steps are")
def _(patch: Patch) -> None:
    """The first step of each pair gets lost in the table: violations are found late, or never."""
    original = Table.steps

    def steps(table: Table, here: Here) -> Steps:
        found = original(table, here)
        first = np.flatnonzero(np.diff(found.source, prepend=-1))
        return some(found, np.setdiff1d(np.arange(len(found.source)), first))

    patch.setattr(Table, "steps", steps)


@fault()
def _(patch: Patch) -> None:
    """A table of steps is not extended in the order of the pairs."""
    original = Table._extended

    def extended(table: Table) -> None:
        known = len(table.start) - 1
        original(table)
        many = np.diff(table.start)
        many[known:] = many[known:][::-1]
        table.start = np.concatenate([[0], np.cumsum(many)])

    patch.setattr(Table, "_extended", extended)


@fault("Space")
def _(patch: Patch) -> None:
    """Broad actions are skipped."""
    original = Moves.__init__

    def without(moves: Moves, *given: Any) -> None:
        original(moves, *given)
        moves.broad = []

    patch.setattr(Moves, "__init__", without)


@fault()
def _(patch: Patch) -> None:
    """A broad action changes one of its parts only."""
    original = Broad.__init__

    def narrowed(broad: Broad, *given: Any) -> None:
        original(broad, *given)
        broad.changed = broad.changed[:1]
        broad.effects = [effect for effect in broad.effects if effect.part in broad.changed]
        broad.worked_out = [each for each in broad.worked_out if each[0] in broad.changed]

    patch.setattr(Broad, "__init__", narrowed)


@fault()
def _(patch: Patch) -> None:
    """An effect that was not asked for yet is taken for that of the first pair."""
    original = Effect.after

    def first(effect: Effect, here: Any, source: Any) -> Any:
        found = original(effect, here, source)
        effect.table[effect.table < 0] = effect.table[0]
        return found

    patch.setattr(Effect, "after", first)


@fault()
def _(patch: Patch) -> None:
    """A step of an instance leaves the whole as it was."""
    original = Search.after

    def after(made: Search, here: Here, steps: Steps) -> list[Any]:
        found = original(made, here, steps)
        return [here.numbers[WHOLE][steps.source], *found[1:]] if len(found) > 1 else found

    patch.setattr(Search, "after", after)


@fault("refused")
def _(patch: Patch) -> None:
    """A step is looked for where its action is not enabled."""
    original = StepWatch.__init__

    def unguarded(watch: StepWatch, tables: Any, moves: Moves, formula: Any) -> None:
        original(watch, tables, moves, formula)
        watch.nodes = [(number, tables.node(formula)) for number, _ in watch.nodes if not speaks_of_step(formula)]

    patch.setattr(StepWatch, "__init__", unguarded)


# --- formulas ----------------------------------------------------------------------------------------------------------


@fault()
def _(patch: Patch) -> None:
    """Of a conjunction over instances the first part is looked at."""
    patch.setattr(Joined, "true", lambda node, here: node.parts[0].true(here))


@fault()
def _(patch: Patch) -> None:
    """A negation over instances is forgotten."""
    patch.setattr(Negated, "true", lambda node, here: node.inner.true(here))


@fault()
def _(patch: Patch) -> None:
    """A formula about an instance counts as false where the whole is in its first local state."""
    original = OfPair.true

    def forgetful(node: OfPair, here: Here) -> Any:
        found = original(node, here)
        return found & (here.numbers[WHOLE] > 0)

    patch.setattr(OfPair, "true", forgetful)


@fault()
def _(patch: Patch) -> None:
    """The last part is not put into whole states."""
    original = Parts.whole

    def partial(parts: Parts, numbers: Sequence[Any]) -> Any:
        return original(parts, [*numbers[:-1], np.zeros_like(numbers[-1])] if len(numbers) > 1 else numbers)

    patch.setattr(Parts, "whole", partial)


# --- levels ------------------------------------------------------------------------------------------------------------


@fault("Space")
def _(patch: Patch) -> None:
    """What was found on the level before counts as new once more."""
    original = Dense.level

    def level(dense: Dense) -> Keys:
        again = np.flatnonzero(dense.noted.reshape(-1) & (dense.found.reshape(-1) == dense.levels) & (dense.levels > 0))
        return np.union1d(original(dense), again)

    patch.setattr(Dense, "level", level)


@fault()
def _(patch: Patch) -> None:
    """A level gives half of what is new, and the rest together with the next one."""
    original = Dense.level

    def level(dense: Dense) -> Keys:
        new = original(dense)
        late = new[(len(new) + 1) // 2 :]
        dense.found.reshape(-1)[late] = 0
        dense.noted.reshape(-1)[late] = True
        return new[: (len(new) + 1) // 2]

    patch.setattr(Dense, "level", level)


@fault()
def _(patch: Patch) -> None:
    """What has no steps is not looked at."""
    original = Search._watch

    def watch(made: Search, here: Here, depth: int) -> None:
        sources = np.unique(np.concatenate([np.zeros(0, np.int64), *(each.source for each in made.moves.steps(here))]))
        if len(sources):
            original(made, Here(made.tables, [each[sources] for each in here.numbers]), depth)

    patch.setattr(Search, "_watch", watch)


@fault()
def _(patch: Patch) -> None:
    """What is new in the last chunk of a level is forgotten."""
    patch.setattr(search, "CHUNK", 2)
    original = Search._expand

    def expand(made: Search) -> None:
        made.frontier = made.frontier[: max(2, len(made.frontier) - 2)]
        original(made)

    patch.setattr(Search, "_expand", expand)


@fault("steps are")
def _(patch: Patch) -> None:
    """A behaviour has a step too many."""
    original = ways.traces

    def longer(made: Search, met: Sequence[Met], last: Sequence[Any] = ()) -> list[Any]:
        return [
            replace(trace, steps=((trace.steps[0][0], trace.initial), *trace.steps)) if trace.steps else trace
            for trace in original(made, met, last)
        ]

    patch.setattr(answers, "traces", longer)


# --- sorted runs -------------------------------------------------------------------------------------------------------


@fault()
def _(patch: Patch) -> None:
    """Runs that are merged lose their last state."""
    sparse(patch)
    original = Runs.level

    def level(runs: Runs) -> Keys:
        before = len(runs.runs)
        new = original(runs)
        if len(new) and len(runs.runs) <= before:
            runs.runs[-1] = runs.runs[-1][:-1]
        return new

    patch.setattr(Runs, "level", level)


@fault()
def _(patch: Patch) -> None:
    """A run is not looked at when its last state is smaller than what is looked for."""
    sparse(patch)

    def absent(runs: Runs, keys: Keys) -> Keys:
        for run in runs.runs:
            place = np.searchsorted(run, keys)
            place[place == len(run)] = 0
            keys = keys[(run[place] != keys) | (keys == run[-1])]
        return keys

    patch.setattr(Runs, "_absent", absent)


@fault()
def _(patch: Patch) -> None:
    """What was noted on the way is forgotten when places give way to runs."""
    patch.setattr(search, "DENSE_MEMORY", 40)
    original = Dense.sparse

    def forgetting(dense: Dense, sizes: Sequence[int]) -> Runs:
        dense.noted[...] = False
        return original(dense, sizes)

    patch.setattr(Dense, "sparse", forgetting)


# --- answers -----------------------------------------------------------------------------------------------------------


@fault("steps are")
def _(patch: Patch) -> None:
    """A step property that speaks of no step is looked for in states."""
    original = answers.goal
    patch.setattr(
        answers, "goal", lambda question: replace(made := original(question), of_steps=speaks_of_step(made.formula))
    )


@fault("vacuous")
def _(patch: Patch) -> None:
    """Everything met counts as the premise."""
    patch.setattr(answers, "premise", answers.goal)


@fault()
def _(patch: Patch) -> None:
    """What the host does counts as possible."""
    patch.setattr(Answers, "_takes_host", lambda *_: False)


@fault()
def _(patch: Patch) -> None:
    """What must be possible is looked for negated."""
    patch.setattr(
        answers, "goal", lambda question: Watch(answers.negation(question.formula), question.kind is Kind.STEP)
    )


def changed(patch: Patch, change: Callable[[NumberedStates], NumberedStates]) -> None:
    """Change every certificate."""
    original = answers.certified
    patch.setattr(answers, "certified", lambda made: change(original(made)))


@fault("refused")
def _(patch: Patch) -> None:
    """The certificate lacks the whole's last local state."""
    changed(
        patch,
        lambda one: replace(one, parts=(replace(one.parts[0], states=one.parts[0].states[:-1]), *one.parts[1:])),
    )


@fault("refused")
def _(patch: Patch) -> None:
    """The certificate says that there is a state more."""
    changed(patch, lambda one: replace(one, count=one.count + 1))


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_search_is_noticed(name: str, monkeypatch: Patch) -> None:
    """The law complains when the search is broken in this way, over random systems or those that were made for it."""
    like, plant = FAULTS[name]
    plant(monkeypatch)
    assert complaint_among(Stopped(), (*drawn(spread_systems, DRAWN), *CORNERS), like)


def test_without_a_fault_nothing_is_noticed() -> None:
    """With nothing broken there is no complaint about these systems."""
    assert [] == [
        wrong for pair in (*drawn(spread_systems, DRAWN), *CORNERS) for wrong in complaints_about(Stopped(), pair)
    ]
