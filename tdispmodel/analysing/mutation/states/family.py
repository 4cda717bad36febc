"""What many mutants reach, all of them together: a state is followed once for all that come to it at the same time.

Given a `Base` and up to 64 `Variant`s of it; a `Family` goes through the union of what they reach, and keeps for each
state a word with a bit for each mutant that reaches it.  A step leads there for the mutants of the state before, but
for those that have another action in its place.  It is the exploration of featured transition systems, every mutant a
feature: A. Classen, P. Heymans, P.-Y. Schobbens, A. Legay and J.-F. Raskin, "Model checking lots of systems" (2010),
and X. Devroey and others, "Featured model-based mutation analysis" (2016).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from tdispmodel.analysing.mutation.states.space import DISABLED, LEAVES, Numbers
from tdispmodel.analysing.mutation.states.walking import Base, Graph, Variant
from tdispmodel.compiling.arrays import Flags

Bits = NDArray[np.uint64]
"""For each state, or each step, which mutants: a bit for each."""

MOST = 64
"""So many mutants are a family."""

NOBODY = np.uint64(0)


class Family:
    """The mutants on their way, as far as their steps are known.

    ``bad`` are flags by number that a state which the system does not reach may not have, and ``watched`` says which
    mutants are followed no further then: these are ``broken``.
    """

    def __init__(
        self, base: Base, mutants: Sequence[Variant], watched: Sequence[bool], bad: Callable[[Numbers], Flags]
    ) -> None:
        self.base, self.space, self.mutants = base, base.space, mutants
        self._bits = [np.uint64(1 << place) for place in range(len(mutants))]
        self._watched = self._word(watched)
        self._bad = bad
        self._broken = self._leaving = NOBODY
        self._reached: Bits = np.zeros(len(self.space.expanded), np.uint64)
        self._reached[: base.count] = self._word([mutant.keeps_all for mutant in mutants])
        self._led: list[list[tuple[Numbers, dict[int, Numbers]]]] = [[] for _ in mutants]
        self._waiting: list[tuple[Numbers, Bits]] = []
        self._kept: Bits = np.full(len(self.space.actions), ~NOBODY, np.uint64)
        self._lost: Bits = np.zeros(base.table.shape[::-1], np.uint64)
        self._frontier = self._merged(self._begin())

    def _word(self, flags: Sequence[bool]) -> np.uint64:
        """Return the bits of some mutants."""
        return np.uint64(sum(1 << place for place, flag in enumerate(flags) if flag))

    def _begin(self) -> list[tuple[Numbers, Bits]]:
        """Note which mutants have other steps than the system; return where they start, or come to by such steps.

        A mutant that is known to reach whatever the system reaches is followed from what is new on.
        """
        begun, own = [], []
        for bit, mutant in zip(self._bits, self.mutants, strict=True):
            begun.append((mutant.starts, np.full(len(mutant.starts), bit)))
            for position in mutant.changed:
                self._kept[position] &= ~bit
            for position, column in mutant.columns.items():
                places = np.flatnonzero(column != mutant.before(position)).astype(np.int32)
                led = column[places]
                if mutant.keeps_all:
                    begun.append((led, np.full(len(led), bit)))
                else:
                    own.append((places, led, np.full(len(led), bit)))
                    if position < len(self._lost):
                        self._lost[position, places] |= bit
        nothing = np.zeros(0, np.int32)
        places, led, bits = (
            np.concatenate(parts) for parts in zip((nothing, nothing, np.zeros(0, np.uint64)), *own, strict=True)
        )
        order = np.argsort(places, kind="stable")
        self._own = (places[order], led[order], bits[order])
        return begun

    def advance(self) -> Numbers:
        """Go on; return the states whose steps have to be known to go further, none at the end."""
        while True:
            states = self._frontier[0]
            if len(states):
                if not self.space.expanded[states].all():
                    return states
                self._take()
            elif self._waiting:
                self._ask()
            else:
                return np.zeros(0, np.int32)

    def graph(self, place: int, stopped: str = "") -> Graph | None:
        """Return what the mutant at a place has reached; None for one that is broken.  Its levels are not known."""
        bit = self._bits[place]
        if self._broken & bit:
            return None
        numbers = (self._reached[: self.space.count] & bit != 0).nonzero()[0].astype(np.int32)
        leaves = bool(self._leaving & bit)
        return Graph(self.mutants[place], numbers, (), self._led[place], stopped, leaves_range=leaves)

    def _take(self) -> None:
        """Add the frontier to what is reached; what unchanged actions, and known steps, lead to is the next one."""
        states, bits = self._frontier
        self._reached[states] |= bits
        fresh = states >= self.base.count
        if fresh.any():
            new, who = states[fresh], bits[fresh]
            self._waiting.append((new, who))
            self._broken |= _anybody(who[self._bad(new)]) & self._watched
        rows = self.space.targets[states]
        at, position = np.nonzero(rows != DISABLED)
        here = states[at]
        old = here < self.base.count
        stays = self._kept[position]
        stays[old] = ~self._lost[position[old], here[old]]
        led: list[tuple[Numbers, Bits]] = [(rows[at, position], bits[at] & stays)]
        first, last = (np.searchsorted(self._own[0], states, side) for side in ("left", "right"))
        counts = last - first
        if counts.any():
            steps = np.repeat(last - np.cumsum(counts), counts) + np.arange(counts.sum())
            there: Bits = np.repeat(bits, counts)
            led.append((self._own[1][steps], self._own[2][steps] & there))
        self._frontier = self._merged(led)

    def _ask(self) -> None:
        """Work out what the mutants' own actions do in the new states."""
        states, bits = (np.concatenate(parts) for parts in zip(*self._waiting, strict=True))
        self._waiting = []
        reached: list[tuple[Numbers, Bits]] = []
        for bit, mutant, known in zip(self._bits, self.mutants, self._led, strict=True):
            new = states[(bits & bit) != 0]
            if len(new) and not self._broken & bit:
                led = {position: mutant.leads(action, new) for position, action in mutant.own.items()}
                known.append((new, led))
                who: Bits = np.full(len(new), bit, np.uint64)
                reached += [(each, who) for each in led.values()]
        self._frontier = self._merged(reached)

    def _merged(self, led: Sequence[tuple[Numbers, Bits]]) -> tuple[Numbers, Bits]:
        """Return each state once that some steps lead to, with the mutants that come there for the first time."""
        room = len(self.space.expanded)
        if len(self._reached) < room:
            self._reached = np.concatenate([self._reached, np.zeros(room - len(self._reached), np.uint64)])
        states = np.concatenate([np.zeros(0, np.int32), *(states for states, _ in led)])
        bits = np.concatenate([np.zeros(0, np.uint64), *(bits for _, bits in led)])
        self._leaving |= _anybody(bits[states == LEAVES])
        bits = np.where(states < 0, NOBODY, bits & ~(self._reached[states] | self._broken))
        some = bits != 0
        states, bits = states[some], bits[some]
        order = np.argsort(states, kind="stable")
        states, bits = states[order], bits[order]
        begins = np.flatnonzero(np.diff(states, prepend=DISABLED))
        return states[begins], np.bitwise_or.reduceat(bits, begins) if len(begins) else bits


def _anybody(bits: Bits) -> np.uint64:
    """Return the bits of all mutants that have one somewhere."""
    found: np.uint64 = np.bitwise_or.reduce(bits, initial=NOBODY)
    return found
