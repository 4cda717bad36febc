"""Steps, formulas and effects as the kernels read them: one row of numbers, made anew when there are more of them.

Given what a search has worked out so far; gives `Given`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tdispmodel.compiling.arrays import WORD
from tdispmodel.compiling.parts import WHOLE
from tdispmodel.engines.gpu.tables import Written, able
from tdispmodel.engines.wide.formulas import Joined, Node, OfWhole, Tables
from tdispmodel.engines.wide.moves import UNKNOWN, Moves, Table
from tdispmodel.engines.wide.visited import Keys


class Given(Written):
    """All tables of a search."""

    def __init__(self, tables: Tables, moves: Moves, watched: Sequence[Node]) -> None:
        """``watched`` are formulas that are `able`.  Raises `TooWide`."""
        self.taken = [broad for broad in moves.broad if able(broad.guard)]
        guards = [broad.guard for broad in self.taken]
        self._known: dict[bytes, int] = {}
        super().__init__(tables, moves.tabulated, (*guards, *watched))
        rows: list[tuple[int, int, int]] = []
        effects: list[tuple[int, int, int]] = []
        for broad in self.taken:
            begins = len(effects)
            for effect in broad.effects:
                known = len(tables.parts.local[WHOLE] if effect.by == WHOLE else tables.pairs[effect.by])
                table = np.full(known, UNKNOWN, np.int32)
                table[: len(effect.table)] = effect.table
                effects.append((effect.part, effect.by, self._add(table)))
            rows.append((self.formulas[id(broad.guard)], begins, -1 if broad.worked_out else len(effects)))
        self.pairs = [self._looked_up(part)[1:] for part in range(len(tables.parts.names))]
        self.numbers = np.concatenate(self._written)  # nothing is added any more
        self.broad = _rows(rows, 3)
        self.effects = _rows(effects, 3)
        self._known = {}
        self.may = self._may(len(tables.parts.local[WHOLE]))
        self.watched = np.array([self.formulas[id(node)] for node in watched], np.int64)

    def _steps(self, table: Table) -> tuple[int, ...]:
        """Return where the steps of a table are, what they lead to once, and how many each pair has."""
        sources, whole, instance = table.known()
        count = len(table.start) - 1
        number = whole if table.part == WHOLE else instance
        if table.part == WHOLE:
            same = sources == whole
        else:
            pairs = self.tables.pairs[table.part]
            same = (pairs.whole[sources] == whole) & (pairs.instance[sources] == instance)
        order = np.lexsort((number, whole, sources))
        rows = np.stack([sources, whole, number])[:, order[~same[order]]]
        first = np.ones(rows.shape[1], np.bool_)
        first[1:] = (rows[:, 1:] != rows[:, :-1]).any(axis=0)
        rows = rows[:, first]
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(np.bincount(rows[0], minlength=count))])
        written = start, rows[1:].T.reshape(-1), np.diff(table.start)
        return table.part, *(self._shared(each) for each in written)

    def _shared(self, numbers: Keys) -> int:
        """Return where numbers are written; those of instances that are alike are, once."""
        numbers = np.ascontiguousarray(numbers, np.int32)
        key = numbers.tobytes()
        if key not in self._known:
            self._known[key] = self._add(numbers)
        return self._known[key]

    def _may(self, wholes: int) -> Keys:
        """Return for each local state of the whole a bit for each of the first broad actions that it may let happen."""
        found: Keys = np.zeros(wholes, np.int64)
        for number, broad in enumerate(self.taken[: WORD - 1]):
            guard = broad.guard
            together = guard.parts if isinstance(guard, Joined) and guard.join is np.logical_and else [guard]
            may = np.ones(wholes, np.bool_)
            for node in together:
                if isinstance(node, OfWhole):
                    may &= node.known()
            found |= may.astype(np.int64) << number
        return found


def _rows(rows: Sequence[tuple[int, ...]], columns: int) -> Keys:
    return np.array(rows, np.int64).reshape(len(rows), columns)
