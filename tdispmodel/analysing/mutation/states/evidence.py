"""What answers about the system itself rest on: where a mutant leaves it alone, nothing has to be searched again.

`Evidence` keeps, for each question about infinite behaviours or possibility that holds, what makes it hold: ways to the
goal, and which loops would be fair.  Given in which states a mutant differs, a search may begin there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

import numpy as np

from tdispmodel.analysing.mutation.states.loops import marked, padded
from tdispmodel.analysing.mutation.states.space import Numbers
from tdispmodel.analysing.mutation.states.walking import Graph, Variant
from tdispmodel.compiling.arrays import Flags
from tdispmodel.ir.model import Kind


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


def flagged(count: int, places: Numbers) -> Flags:
    """Return flags for so many states, of those at some places."""
    flags = np.zeros(count, np.bool_)
    flags[places] = True
    return flags


def path(targets: Numbers, sources: Flags, goal: Flags, inside: Flags) -> Numbers:
    """Return the states of a shortest path from a source to a goal by steps within ``inside``, where there is one."""
    levels = [np.flatnonzero(sources & inside)]
    found = sources & inside
    while not goal[levels[-1]].any():
        fresh = marked(targets[levels[-1]], len(found)) & inside & ~found
        found |= fresh
        levels.append(np.flatnonzero(fresh))
    states = [int(levels[-1][goal[levels[-1]]][0])]
    for level in reversed(levels[:-1]):
        states.append(int(level[(targets[level] == states[-1]).any(axis=1)][0]))
    return np.array(states[::-1], np.int32)


@dataclass(frozen=True)
class Shown:
    """Those ``states`` of a graph that show an answer, each of them reached by way of others, and what is ``claimed``
    to be special of some: that a fair behaviour goes round them for ever, or that a goal is lost there.
    """

    graph: Graph
    states: Flags
    claimed: Flags


@dataclass
class Evidence:
    """What the answers about the system rest on, by the question's number.

    ``holds`` are the answers themselves.  ``shows`` are the states of what shows that a question is violated, or that
    what must be possible is.  ``ways`` and ``premise`` are those of the stays-possible questions that hold.  Of the
    leads-to questions that hold ``waiting`` has the states between premise and goal, and ``fair`` those in which a fair
    behaviour without the goal might go on for ever if it came there.
    """

    holds: dict[int, bool] = field(default_factory=dict)
    shows: dict[int, Numbers] = field(default_factory=dict)
    ways: dict[int, Ways] = field(default_factory=dict)
    premise: dict[int, Flags] = field(default_factory=dict)
    fair: dict[int, Flags] = field(default_factory=dict)
    waiting: dict[int, Flags] = field(default_factory=dict)

    def surely(self, number: int, kind: Kind, variant: Variant) -> bool:
        """Whether it is plain that a question has the same answer of a mutant.

        What shows an answer by some behaviour is there in a mutant that starts like the system and differs in none of
        its states.
        """
        if number not in self.holds:
            return False
        if number not in variant.noted:
            variant.noted[number] = self._surely(number, kind, variant)
        return variant.noted[number]

    def unsure(self, kinds: Sequence[Kind], variant: Variant) -> list[int]:
        """Return the numbers of the questions, of these kinds, of which it is not plain."""
        if not self.holds:
            return list(range(len(kinds)))
        return [number for number, kind in enumerate(kinds) if not self.surely(number, kind, variant)]

    def _surely(self, number: int, kind: Kind, variant: Variant) -> bool:
        held = self.holds[number]
        if (kind, held) not in variant.noted:
            variant.noted[kind, held] = plainly(kind, held, variant)
        if variant.noted[kind, held]:
            return True
        shows = self.shows.get(number)
        if shows is not None:
            return variant.starts_alike and not variant.differs[shows].any()
        return variant.loses is not None and self._undisturbed(number, variant)

    def _undisturbed(self, number: int, variant: Variant) -> bool:
        """Whether a question that holds of the system does of a mutant that takes no other steps, but fewer.

        Its behaviours are the system's, but for what is fair where it differs, and where one rests.  Between premise
        and goal no state differs; or from wherever the premise is true a way to the goal leaves none that does.
        """
        waiting = self.waiting.get(number)
        if waiting is not None:
            return not (waiting & variant.differs).any()
        untouched = self.untouched(number, variant)
        return untouched is not None and not (self.premise[number] & ~untouched).any()

    def untouched(self, number: int, variant: Variant) -> Flags | None:
        """Return from which states the way to the goal of a stays-possible question leaves none in which a mutant
        differs; None where no ways are known.
        """
        ways = self.ways.get(number)
        if ways is not None and number not in variant.untouched:
            variant.untouched[number] = ways.untouched(variant.differs)
        return None if ways is None else variant.untouched[number]


def plainly(kind: Kind, held: bool, variant: Variant) -> bool:
    """Whether what ``held``, or did not, surely does of a mutant, too: one of the two does whatever the other does.

    With fewer behaviours no invariant or step property is broken that was kept, nor, as long as no fair action does
    less, one about what goes on for ever; whatever was impossible is still.  With more it is the other way round.
    What stays possible does so in fewer states as long as no step is missing that possibility may rely on.
    """
    for changed, of in ((variant.loses, True), (variant.gains, False)):
        match kind:
            case _ if changed is None:
                same = False
            case Kind.INVARIANT | Kind.STEP:
                same = held is of
            case Kind.MUST_BE_POSSIBLE:
                same = held is not of
            case Kind.LEADS_TO | Kind.NEVER_ENDLESS:
                same = held is of and not any(action.fair for action in changed)
            case Kind.STAYS_POSSIBLE:
                same = held and of and all(action.adversarial for action in changed)
            case _:
                assert_never(kind)
        if same:
            return True
    return False
