"""One system that properties of a proposal are asked of, and what its mutants do in it.

Whether a mutant is another system at all is seen on the whole of it; who notices is asked of the cones that properties
depend on, which are smaller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from tdispmodel.analysing.mutation.changes import Change, Grounded
from tdispmodel.analysing.mutation.cones import Cone, cones
from tdispmodel.analysing.mutation.noticing import NO_START, Noticer
from tdispmodel.analysing.mutation.operators import Mutant
from tdispmodel.analysing.mutation.states.apart import told_apart, way
from tdispmodel.analysing.mutation.states.space import LEAVES
from tdispmodel.analysing.mutation.states.walking import Base, Variant
from tdispmodel.checking.asking import Group, range_complaint
from tdispmodel.ir.model import Property
from tdispmodel.ir.system import System
from tdispmodel.reports.mutants import Difference, Notice
from tdispmodel.semantics import LeavesRange, Semantics, TooManyStarts
from tdispmodel.source import Rejected
from tdispmodel.verdict import OutOfRange

SMALLER = 1.5
"""A cone is worth it if the whole system has more than so many times its states."""


class Outcome(Enum):
    """What a mutant does in one system."""

    SAME = "same"
    DIFFERS = "differs"
    INVALID = "invalid"
    OPEN = "open"


@dataclass(frozen=True)
class Found:
    """What was found out about one mutant in one system; the ``variant`` unless somebody notices."""

    outcome: Outcome
    reason: str = ""
    notices: tuple[Notice, ...] = ()
    variant: Variant | None = None


class Side:
    """One system: the noticers that have all its properties among them, one of them on the ``whole`` of it.

    ``stopped`` says why there are no answers, and then no mutant is decided.  Raises `Rejected` when an integer of the
    system itself leaves its range.
    """

    def __init__(self, grounded: Grounded, group: Group, stop: Callable[[], str]) -> None:
        self.group = group
        self.grounded = grounded
        self._limit = stop
        self.noticers: list[Noticer] = []
        self.stopped = ""
        try:
            self._explore(cones(grounded, group))
        except TooManyStarts as many:
            self.stopped = many.words

    def _explore(self, cut: Sequence[Cone]) -> None:
        base = self._reached(self.grounded.core)
        if not self.stopped and (base.table == LEAVES).any():
            self._refuse(base)
        wide = [cone for cone in cut if SMALLER * base.space.looks(base.numbers, cone.read) > base.count]
        found = [(Cone.whole(self.grounded, wide), base)]
        found += [(cone, self._reached(cone.system)) for cone in cut if cone not in wide and not self.stopped]
        for cone, states in found:
            if not self.stopped:
                self.noticers.append(Noticer(cone, states, self.stop))
                self.stopped = self.stop()
        if self.noticers:
            self.whole = self.noticers[0]
        self.noticers.sort(key=lambda noticer: noticer.base.count)

    def _reached(self, system: System) -> Base:
        base = Base(system, self.stop)
        self.stopped = base.stopped or self.stop()
        return base

    @property
    def holds(self) -> dict[Property, bool]:
        """Which properties hold of the system itself."""
        return {wanted: holds for noticer in self.noticers for wanted, holds in noticer.holds.items()}

    @property
    def memory(self) -> int:
        """About how many bytes all this takes."""
        return 2 * sum(noticer.space.memory for noticer in self.noticers)

    def stop(self) -> str:
        """Return why no more may be spent; empty while more may."""
        return self._limit()

    def _refuse(self, base: Base) -> None:
        """Raise `Rejected`: a step of the proposal itself leaves a range."""
        core = self.grounded.core
        number, position = (int(place) for place in np.argwhere(base.table == LEAVES)[0])
        trace = way(base, number)
        action = core.by_name[base.space.actions[position].name]
        try:
            Semantics(core).step(trace.states[-1], action)
        except LeavesRange as left:
            complaint = range_complaint(core, OutOfRange(trace, left.action, left.variable, left.value))
            raise Rejected([complaint]) from None

    def try_all(self, wanted: Mapping[int, tuple[Mutant, Change]], *, complete: bool) -> Iterator[tuple[int, Found]]:
        """Yield for each mutant, by its number, what it does here.  Raises `OurFault`.

        One that is noticed is not put to the other cones, unless what is found is to be ``complete``.
        """
        notices: dict[int, tuple[Notice, ...]] = dict.fromkeys(wanted, ())
        for noticer in () if self.stopped else [each for each in self.noticers if each.properties]:
            left = {number: wanted[number] for number in notices}
            for number, noticed in noticer.try_all(left, complete=complete):
                notices[number] += noticed.notices
                if noticed.stopped or noticed.invalid:
                    outcome = Outcome.OPEN if noticed.stopped else Outcome.INVALID
                    yield number, Found(outcome, noticed.stopped or noticed.invalid)
                    del notices[number]
                elif notices[number] and not complete:
                    yield number, Found(Outcome.DIFFERS, notices=notices.pop(number))
        for number, by in notices.items():
            yield number, Found(Outcome.DIFFERS, notices=by) if by else self._unnoticed(number, wanted[number][1])

    def _unnoticed(self, number: int, change: Change) -> Found:
        """Return what a change makes of the system that nobody notices."""
        stopped = self.stopped or self.stop()
        if stopped:
            return Found(Outcome.OPEN, stopped)
        try:
            mutant = self.whole.variant(number, change)
        except TooManyStarts as many:
            return Found(Outcome.OPEN, many.words)
        if mutant.same:
            return Found(Outcome.SAME)
        if not len(mutant.starts):
            return Found(Outcome.INVALID, NO_START)
        return Found(Outcome.DIFFERS, variant=mutant)

    def difference(self, mutant: Mutant, found: Found) -> Difference | None:
        """Return what tells a survivor apart here, once the judge has seen it.  Raises `OurFault`."""
        if found.variant is None:
            return None
        apart = told_apart(found.variant)
        self.whole.recheck.told_apart(mutant, apart.trace, of_mutant=apart.of_mutant)
        return Difference(
            system=self._shown(found.variant),
            trace=apart.trace,
            usual=apart.usual,
            of_mutant=apart.of_mutant,
            differing=len(found.variant.differing),
        )

    def _shown(self, mutant: Variant) -> System:
        """Return a system that knows all actions of the system and of the mutant."""
        core = self.grounded.core
        return replace(core, actions=(*core.actions, *mutant.added)) if mutant.added else core
