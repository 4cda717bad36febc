"""Where many states lead: steps of one instance from tables, the others worked out.

An action whose guard and effects speak of the whole and at most one instance is *narrow*: from each pair of local
states (or local state of the whole alone) that is met its step is worked out once.  All narrow steps from a pair lie
together in a table, so the steps of many states are so many slices of it.  The other actions are *broad*: states in
which one may happen are found by looking guards up, and so are its effects on a part that speak of one pair; others are
worked out on whole states.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tdispmodel.compiling.arrays import Batch, Flags
from tdispmodel.compiling.parts import WHOLE, Numbers, Parts
from tdispmodel.compiling.specialising import StepFormula, Taken
from tdispmodel.engines.wide.formulas import Here, Node, Tables
from tdispmodel.engines.wide.visited import Keys
from tdispmodel.ir.expressions import FALSE, Expression, conjunction
from tdispmodel.ir.system import SystemAction

OUT_OF_RANGE = -1
"""In a table of steps: the number of a part after a step that leaves an integer's range."""
UNKNOWN = -2
"""In a table of effects: nobody asked yet."""


@dataclass(frozen=True)
class Steps:
    """Some steps: from which of the states, by which actions, and what becomes of the parts that they change."""

    source: Keys
    action: Numbers
    after: dict[int, Numbers]
    left: Flags


class Table:
    """The narrow steps of one instance, or of the whole alone."""

    def __init__(self, tables: Tables, part: int, actions: Sequence[tuple[int, SystemAction]]) -> None:
        self.tables = tables
        self.part = part
        self.actions = actions
        self.start: Keys = np.zeros(1, np.int64)
        self.action: Numbers = np.zeros(0, np.int32)
        self.whole: Numbers = np.zeros(0, np.int32)
        self.instance: Numbers = np.zeros(0, np.int32)

    def memory(self) -> int:
        """Return how many bytes are in use."""
        return self.start.nbytes + self.action.nbytes + self.whole.nbytes + self.instance.nbytes

    def known(self) -> tuple[Keys, Numbers, Numbers]:
        """Return the steps from all pairs, or local states of the whole, that were met: from which and to what."""
        self._extended()
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start)), self.whole, self.instance

    def steps(self, here: Here) -> Steps:
        """Return all narrow steps of this part from some states."""
        place = here.pairs(self.part) if self.part != WHOLE else here.numbers[WHOLE]
        self._extended()
        first = self.start[place]
        many = self.start[place + 1] - first
        ends = np.cumsum(many)
        source = np.repeat(np.arange(here.count), many)
        entry = np.arange(len(source)) + np.repeat(first - ends + many, many)
        after = {WHOLE: self.whole[entry]}
        if self.part != WHOLE:
            after[self.part] = self.instance[entry]
        return Steps(source, self.action[entry], after, after[WHOLE] == OUT_OF_RANGE)

    def _extended(self) -> None:
        parts = self.tables.parts
        known = len(self.start) - 1
        last = len(parts.local[WHOLE]) if self.part == WHOLE else len(self.tables.pairs[self.part])
        if known == last:
            return
        if self.part == WHOLE:
            batch = self.tables.like(WHOLE, np.arange(known, last, dtype=np.int32))
        else:
            batch = self.tables.batch(self.part, known, last)
        from_, taken, whole, instance = [], [], [], []
        for number, action in self.actions:
            enabled = np.flatnonzero(batch.mask(action.guard))
            if len(enabled):
                after, left = Batch(parts.packing, batch.rows[enabled]).successors(action)
                from_.append(enabled)
                taken.append(np.full(len(enabled), number, np.int32))
                whole.append(np.where(left, OUT_OF_RANGE, parts.gathered(WHOLE, after)).astype(np.int32))
                if self.part != WHOLE:
                    instance.append(parts.gathered(self.part, after))
        many = np.zeros(last - known, np.int64)
        if from_:
            sources = np.concatenate(from_)
            order = np.argsort(sources, kind="stable")
            many += np.bincount(sources, minlength=last - known)
            self.action = np.concatenate([self.action, np.concatenate(taken)[order]])
            self.whole = np.concatenate([self.whole, np.concatenate(whole)[order]])
            if self.part != WHOLE:
                self.instance = np.concatenate([self.instance, np.concatenate(instance)[order]])
        self.start = np.concatenate([self.start, self.start[-1] + np.cumsum(many)])


class Effect:
    """What an action does to one part, looked up by the pair, or by the whole alone, of which that speaks.

    Only pairs from which the action was taken are worked out, so that no local state is numbered that is never met.
    """

    def __init__(self, tables: Tables, part: int, by: int, action: SystemAction) -> None:
        """``action`` assigns variables of the part only; ``by`` is the instance of which it speaks, or the whole."""
        self.tables = tables
        self.part = part
        self.by = by
        self.action = action
        self.table: Numbers = np.zeros(0, np.int32)

    def memory(self) -> int:
        """Return how many bytes are in use."""
        return self.table.nbytes

    def after(self, here: Here, source: Keys) -> Numbers:
        """Return what becomes of the part in some of the states, `OUT_OF_RANGE` where an integer leaves its range."""
        place = (here.numbers[WHOLE] if self.by == WHOLE else here.pairs(self.by))[source]
        parts = self.tables.parts
        last = len(parts.local[WHOLE] if self.by == WHOLE else self.tables.pairs[self.by])
        if last > len(self.table):
            self.table = np.append(self.table, np.full(last - len(self.table), UNKNOWN, np.int32))
        found = self.table[place]
        if (found == UNKNOWN).any():
            new = np.unique(place[found == UNKNOWN])
            self.table[new] = _numbered(parts, self.part, self.tables.like(self.by, new), self.action)
            found = self.table[place]
        return found


def _numbered(parts: Parts, part: int, batch: Batch, action: SystemAction) -> Numbers:
    """Return the numbers of a part's local states after an action, `OUT_OF_RANGE` where an integer leaves its range."""
    after, left = batch.successors(action)
    found = np.full(batch.count, OUT_OF_RANGE, np.int32)
    found[~left] = parts.gathered(part, after[~left])
    return found


class Broad:
    """An action that speaks of several instances: mostly in its guard, seldom in what it does to one part."""

    def __init__(self, tables: Tables, number: int, action: SystemAction) -> None:
        self.tables = tables
        self.number = number
        self.guard = tables.node(action.guard)
        self.effects: list[Effect] = []
        self.worked_out: list[tuple[int, SystemAction]] = []
        parts = tables.parts
        self.changed = sorted({parts.part_of[each.variable] for each in action.assignments})
        for part in self.changed:
            assignments = tuple(each for each in action.assignments if parts.part_of[each.variable] == part)
            alone = replace(action, assignments=assignments)
            spoken = parts.support(*(each.value for each in assignments)) | ({part} - {WHOLE})
            if len(spoken) > 1:
                self.worked_out.append((part, alone))
            else:
                self.effects.append(Effect(tables, part, next(iter(spoken), WHOLE), alone))

    def memory(self) -> int:
        """Return how many bytes are in use."""
        return sum(effect.memory() for effect in self.effects)

    def steps(self, here: Here) -> Steps:
        """Return the steps of this action from some states."""
        parts = self.tables.parts
        source = np.flatnonzero(self.guard.true(here))
        found = {effect.part: effect.after(here, source) for effect in self.effects}
        if self.worked_out and len(source):
            batch = Batch(parts.packing, parts.whole([each[source] for each in here.numbers]))
            found |= {part: _numbered(parts, part, batch, action) for part, action in self.worked_out}
        left = np.zeros(len(source), np.bool_)
        for after in found.values():
            left |= after == OUT_OF_RANGE
        return Steps(source, np.full(len(source), self.number, np.int32), found, left)


class Moves:
    """All actions of a system."""

    def __init__(self, tables: Tables, actions: Sequence[SystemAction]) -> None:
        self.tables = tables
        self.actions = actions
        parts = tables.parts
        of_part: dict[int, list[tuple[int, SystemAction]]] = {}
        self.broad: list[Broad] = []
        self.narrow: dict[int, int] = {}
        for number, action in enumerate(actions):
            spoken = parts.support(action.guard, *(each.value for each in action.assignments))
            spoken |= {parts.part_of[each.variable] for each in action.assignments} - {WHOLE}
            if len(spoken) > 1:
                self.broad.append(Broad(tables, number, action))
            else:
                part = next(iter(spoken), WHOLE)
                of_part.setdefault(part, []).append((number, action))
                self.narrow[number] = part
        self.tabulated = [Table(tables, part, members) for part, members in sorted(of_part.items())]

    def memory(self) -> int:
        """Return how many bytes are in use."""
        return sum(table.memory() for table in self.tabulated) + sum(broad.memory() for broad in self.broad)

    def steps(self, here: Here) -> Iterator[Steps]:
        """Yield all steps from some states, each once."""
        sources: tuple[Table | Broad, ...] = (*self.tabulated, *self.broad)
        for source in sources:
            found = source.steps(here)
            if len(found.source):
                yield found


class StepWatch:
    """Finds the states from which a step is taken of which a formula is true."""

    def __init__(self, tables: Tables, moves: Moves, formula: Expression) -> None:
        said = StepFormula(formula)
        self.nodes: list[tuple[int, Node]] = []
        for number, action in enumerate(moves.actions):
            left = said.residual(Taken(action))
            if left != FALSE:
                self.nodes.append((number, tables.node(conjunction(action.guard, left))))

    def found(self, here: Here) -> Iterator[tuple[int, Flags]]:
        """Yield for each action that has such a step from one of the states where it does."""
        for number, node in self.nodes:
            where = node.true(here)
            if where.any():
                yield number, where
