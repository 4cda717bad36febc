"""What answers about the system itself rest on: where a mutant leaves it alone, nothing has to be searched again.

`Evidence` keeps, for each question about infinite behaviours or possibility that holds, what makes it hold: ways to the
goal, and which loops would be fair.  Given in which states a mutant differs, a search may begin there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tdispmodel.analysing.mutation.states.loops import padded
from tdispmodel.analysing.mutation.states.space import Numbers
from tdispmodel.compiling.arrays import Flags


@dataclass(frozen=True)
class Ways:
    """For each state that can reach a goal by reliable steps one step of a shortest way: where it leads.

    ``ranks`` are the states by their distance from the goal, from 1 on; ``onward`` where each of them goes.
    """

    goal: Flags
    ranks: tuple[Numbers, ...]
    onward: Numbers

    @classmethod
    def of(cls, targets: Numbers, goal: Flags) -> Ways:
        """Return the ways in a graph, over the targets of reliable actions."""
        found = goal.copy()
        onward = np.full(len(goal), -1, np.int32)
        ranks: list[Numbers] = []
        waiting = np.flatnonzero(~found).astype(np.int32)
        while len(waiting):
            good = padded(found)[targets[waiting]]
            reaches = good.any(axis=1)
            if not reaches.any():
                break
            rank = waiting[reaches]
            columns = good[reaches].argmax(axis=1)
            onward[rank] = targets[rank, columns]
            ranks.append(rank)
            found[rank] = True
            waiting = waiting[~reaches]
        return cls(goal, tuple(ranks), onward)

    def untouched(self, differing: Flags) -> Flags:
        """Return the states whose way to the goal leaves none of the differing ones."""
        found = self.goal.copy()
        for rank in self.ranks:
            found[rank] = found[self.onward[rank]] & ~differing[rank]
        return found


@dataclass
class Evidence:
    """What the answers about the system rest on, by the question's number.

    ``ways`` are those of the stays-possible questions that hold; ``fair`` the states in which, for a leads-to question
    that holds, a fair behaviour without the goal might go on for ever if it came there.
    """

    ways: dict[int, Ways] = field(default_factory=dict)
    fair: dict[int, Flags] = field(default_factory=dict)
