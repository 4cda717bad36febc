"""Steps, formulas and effects as the kernels read them: one row of numbers, made anew when local states or pairs were met.

Given what a search has worked out so far; gives `Given`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tdispmodel.compiling.parts import WHOLE
from tdispmodel.engines.gpu.tables import Written, able
from tdispmodel.engines.wide.formulas import Node, Tables
from tdispmodel.engines.wide.moves import UNKNOWN, Broad, Moves
from tdispmodel.engines.wide.visited import Keys


class Given(Written):
    """All tables of a search."""

    def __init__(self, tables: Tables, moves: Moves, watched: Sequence[Node]) -> None:
        """``watched`` are formulas that are `able`.  Raises `TooWide`."""
        self.taken = [broad for broad in moves.broad if able(broad.guard)]
        guards = [broad.guard for broad in self.taken]
        self._at: list[int] = []
        self._moves = moves
        super().__init__(tables, moves.tabulated, (*guards, *watched))
        rows: list[tuple[int, int, int]] = []
        effects: list[tuple[int, int, int]] = []
        first = len(self.numbers)
        for broad in self.taken:
            begins = len(effects)
            for effect in broad.effects:
                known = len(tables.parts.local[WHOLE] if effect.by == WHOLE else tables.pairs[effect.by])
                table = np.full(known, UNKNOWN, np.int32)
                table[: len(effect.table)] = effect.table
                effects.append((effect.part, effect.by, self._add(table)))
            rows.append((self.formulas[id(broad.guard)], begins, -1 if broad.worked_out else len(effects)))
        self.numbers = np.concatenate(self._written)
        self.broad = _rows(rows, 3)
        self.effects = _rows(effects, 3)
        self.pairs = [self._looked_up(part)[1:] for part in range(len(tables.parts.names))]
        self.watched = np.array([self.formulas[id(node)] for node in watched], np.int64)


def _rows(rows: Sequence[tuple[int, ...]], columns: int) -> Keys:
    return np.array(rows, np.int64).reshape(len(rows), columns)
