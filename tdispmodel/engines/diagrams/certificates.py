"""What the judge is given to check: clauses where they suffice, else the states themselves when they can be listed.

The judge accepts an inductive invariant for invariants, step properties and what is impossible, and a closed set of
states for everything that holds.  A small space is therefore listed once for all questions; a larger one gets clauses,
and is listed only for those kinds that the judge accepts nothing else for, up to what it can go through in reasonable
time and memory.  Beyond that there is no certificate, and so no verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from tdispmodel.engines.diagrams.clauses import Clauses, TooManyClauses
from tdispmodel.engines.diagrams.encoding import Set
from tdispmodel.engines.diagrams.exploring import union
from tdispmodel.engines.diagrams.moves import Move
from tdispmodel.engines.diagrams.space import Space
from tdispmodel.ir.expressions import Expression
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, SystemProperty, speaks_of_step
from tdispmodel.semantics import Semantics, TooManyStarts, start_states
from tdispmodel.verdict import Certificate, ClosedStates, InductiveInvariant

SMALL = 20_000
"""A space of so many states is listed at once; the judge needs about a second for it."""
LARGE = 100_000
"""More states are never listed: the judge would need minutes, and gigabytes."""
MOST_HELPED = 20_000
"""How many states the judge may have to visit to see that a goal is lost."""

SAFETY = (Kind.INVARIANT, Kind.STEP)


class Uncertified(Exception):
    """There is no certificate of acceptable size; the message says why."""


class Certificates:
    """Certificates about one space, each made once."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self._invariant: InductiveInvariant | None = None

    def holds(self, question: SystemProperty, together: Iterable[SystemProperty]) -> Certificate:
        """Return what shows that the property, of any kind but must-be-possible, holds.

        ``together`` are all invariants and step properties that hold: one invariant shows all of them.  Raises
        `Uncertified`.
        """
        if question.kind not in SAFETY or self._count(self.space.reached) <= SMALL:
            return self.listed
        if self._invariant is None:
            space = self.space
            clauses = Clauses(space.encoding, space.moves, space.reached, space.watch)
            self._invariant = _excluding(clauses, union(space.encoding.none, map(self._bad, together)))
        return self._invariant

    def _bad(self, question: SystemProperty) -> Set:
        """The states, reachable or not, that an invariant must exclude to imply the property."""
        if question.kind is Kind.STEP:
            return self._sources(question.formula, self.space.moves, holds=False)
        return ~self.space.formulas.truth(question.formula)

    def impossible(self, question: SystemProperty) -> Certificate:
        """Return what shows that what must be possible is not without the host's help.  Raises `Uncertified`."""
        space = self.space
        ours = space.unaided
        if self._count(ours.reached) <= SMALL:
            return self._unaided_listed
        clauses = Clauses(space.encoding, ours.moves, ours.reached, space.watch)
        if speaks_of_step(question.formula):
            return _excluding(clauses, self._sources(question.formula, ours.moves))
        return _excluding(clauses, space.formulas.truth(question.formula))

    def _sources(self, formula: Expression, moves: Sequence[Move], *, holds: bool = True) -> Set:
        """The states, reachable or not, that a step of these moves leaves on which a formula is true, or false."""
        none, everywhere = self.space.encoding.none, self.space.encoding.all
        steps = self.space.steps(formula, holds=holds, among=everywhere, moves=moves)
        return union(none, (states for _, states in steps))

    def lost(self, state: State) -> Certificate | None:
        """Return what the judge needs, beside a trace to ``state``, to see that moves that are not adversarial lead
        from there to few states only: nothing where they are few indeed.  Raises `Uncertified`.
        """
        few = self._count(self.space.helped(self.space.encoding.one(state))) <= MOST_HELPED
        return None if few else self.listed

    @cached_property
    def listed(self) -> ClosedStates:
        """The reachable states.  Raises `Uncertified`."""
        return self._closed(self.space.reached)

    @cached_property
    def _unaided_listed(self) -> ClosedStates:
        return self._closed(self.space.unaided.reached)

    def _closed(self, states: Set) -> ClosedStates:
        count = self._count(states)
        if count > LARGE:
            message = f"there is no certificate: {count} states are too many to be listed"
            raise Uncertified(message)
        try:  # whoever checks the list must be able to enumerate them
            next(start_states(Semantics(self.space.system)), None)
        except TooManyStarts as many:
            message = f"there is no certificate: {many.words}"
            raise Uncertified(message) from many
        return ClosedStates(self.space.encoding.listed(states))

    def _count(self, states: Set) -> int:
        return self.space.encoding.count(states)


def _excluding(clauses: Clauses, bad: Set) -> InductiveInvariant:
    try:
        return InductiveInvariant(clauses.excluding(bad))
    except TooManyClauses as many:
        message = f"there is no certificate: {many}"
        raise Uncertified(message) from many
