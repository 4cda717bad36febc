"""The frames of IC3: what is known of the states that can be reached in at most so many steps.

Frame number i is a set of lemmas that are true in all states reachable in at most i steps; every frame has the lemmas
of the next, and number 0 is the start condition.  A lemma is kept in the last frame that it is known to be in; lemmas
that are proven for good, ``forever``, are in all of them.  The frames belong to the system, not to a question, so what
one question needed helps the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tdispmodel.compiling.conditions import Condition
from tdispmodel.compiling.lowering import Lowered, Move
from tdispmodel.engines.bits.numbering import Bits, Numbering, members
from tdispmodel.engines.bits.orbits import Symmetry
from tdispmodel.engines.bits.solver import Budget, Clause, Solver
from tdispmodel.engines.bits.steps import Backwards, Reasons, backwards

MOST_RETIRED = 2_000
"""After so many clauses that were needed once only, a new solver is taken."""


@dataclass(eq=False)
class Lemma:
    """A lemma with its images under the symmetries of the system, all in one frame.

    ``obstacle`` is a state that kept it from the next frame, as long as no lemma of those ``since`` excludes it.
    """

    bits: Bits
    images: tuple[Bits, ...]
    obstacle: Bits = 0
    since: int = 0


@dataclass(frozen=True)
class Entry:
    """A state of a frame and a move from there into a cube; ``bits`` is the cube around the state."""

    state: Bits
    by: Backwards
    bits: Bits


class Starts:
    """The start states.  Raises `GaveUp`."""

    def __init__(self, lowered: Lowered, numbering: Numbering, budget: Budget) -> None:
        self.numbering = numbering
        clauses = numbering.domain()
        clauses.imply([], lowered.start)
        self._solver = Solver(budget, clauses.taken())
        self._known: list[Bits] = []
        self.meets(0)

    def meets(self, bits: Bits) -> Bits | None:
        """Return a start state in the cube of ``bits``, None if there is none."""
        for state in self._known:
            if not state & bits:
                return state
        if not self._solver.satisfiable(self.numbering.cube(bits)):
            return None
        self._known.append(self.numbering.state(self._solver.model()))
        return self._known[-1]

    def avoided(self, bits: Bits, wanted: Bits) -> Bits:
        """Return ``bits`` with as many bits of ``wanted`` added that no start state is in the cube.

        There is none in the cube of ``wanted``.
        """
        if self.meets(bits) is None:
            return bits
        if self._solver.satisfiable(self.numbering.cube(wanted)):
            message = "a start state was to be excluded"
            raise AssertionError(message)
        core = set(self._solver.core())
        return bits | sum(1 << bit for bit in members(wanted) if -self.numbering.literals[bit] in core)


class Frames:
    """The frames of a system in which only ``moves`` are taken.  Raises `GaveUp`."""

    def __init__(self, lowered: Lowered, moves: Sequence[Move], symmetry: Symmetry, budget: Budget) -> None:
        self.symmetry = symmetry
        self.numbering = numbering = symmetry.numbering
        self.budget = budget
        self.starts = Starts(lowered, numbering, budget)
        self.reasons = Reasons(numbering)
        self.forever: list[Lemma] = []
        self.levels: list[list[Lemma]] = [[]]
        self._clauses = numbering.domain()
        self.moves = [backwards(move, lowered.conditions, numbering, self._clauses) for move in moves]
        self._chosen = [self._clauses.fresh()]
        self._clauses.imply([-self._chosen[0]], lowered.start)
        self.definitions: list[Clause] = []
        self._added: list[Bits] = []
        self._retired: list[int] = []
        self._spare: list[int] = []
        self._solver = self._renewed()

    def _renewed(self) -> Solver:
        """A solver that knows everything but what was needed once only."""
        self.definitions += self._clauses.taken()
        self._spare += self._retired
        self._retired.clear()
        solver = Solver(self.budget, self.definitions)
        for lemma in self.forever:
            solver.add(self.numbering.lemma(image) for image in lemma.images)
        for level, lemmas in enumerate(self.levels):
            for lemma in lemmas:
                solver.add([-self._chosen[level], *self.numbering.lemma(image)] for image in lemma.images)
        return solver

    def fresh(self) -> int:
        """Return a literal that nothing is said of."""
        return self._clauses.fresh()

    def literal(self, condition: Condition) -> int:
        """Return a literal that may only be true where the condition is."""
        literal = self._clauses.literal(condition)
        made = self._clauses.taken()
        self.definitions += made
        self._solver.add(made)
        return literal

    def state(self, level: int, literals: Sequence[int]) -> Bits | None:
        """Return a state of a frame in which the literals are true, None if there is none."""
        if self._solver.satisfiable([*self._chosen[level:], *literals]):
            return self.numbering.state(self._solver.model())
        return None

    @property
    def size(self) -> int:
        """How many lemmas there are, without their images."""
        return len(self.forever) + sum(map(len, self.levels))

    def grow(self, level: int) -> None:
        """Have frames up to number ``level``."""
        while len(self.levels) <= level:
            self.levels.append([])
            self._chosen.append(self._clauses.fresh())

    # --- one step into a cube -----------------------------------------------------------------------------------------

    def into(self, bits: Bits, level: int) -> Entry | Bits:
        """Return a step from a state of the frame outside the cube of ``bits`` into it; if there is none, those of the
        bits with which there is none.
        """
        outside = self._spare.pop() if self._spare else self._clauses.fresh()
        self._solver.add([[-outside, *self.numbering.lemma(bits)]])
        assumed = [*self._chosen[level:], outside]
        needed, sure = 0, []
        try:
            for position, move in enumerate(self.moves):
                if not move.touched & bits:
                    continue  # it leads into the cube only from inside
                if move.always & bits:
                    sure.append(move.always & bits)
                    continue
                due = move.assumptions(bits, self.numbering)
                if self._solver.satisfiable([*assumed, move.guard, *due]):
                    state = self.numbering.state(self._solver.model())
                    self.moves.insert(0, self.moves.pop(position))  # it may stand in the way again
                    return Entry(state, move, move.before(bits, state, self.reasons))
                for literal in self._solver.core():
                    if literal in due and not due[literal] & needed:
                        needed |= due[literal] & -due[literal]
        finally:
            self._retire(outside)
        for reasons in sure:
            if not reasons & needed:
                needed |= reasons & -reasons
        return needed

    def _retire(self, literal: int) -> None:
        self._solver.add([[-literal]])
        self._retired.append(literal)
        if len(self._retired) > MOST_RETIRED:
            self._solver = self._renewed()

    # --- lemmas -------------------------------------------------------------------------------------------------------

    def excluded(self, bits: Bits, level: int) -> bool:
        """Return whether a single lemma of the frame excludes the whole cube of ``bits``."""
        return any(
            not image & ~bits
            for lemmas in (self.forever, *self.levels[level:])
            for lemma in lemmas
            for image in lemma.images
        )

    def learn(self, bits: Bits, level: int) -> None:
        """Add a lemma, and all its images, to the frames up to number ``level``."""
        whole = not self.symmetry.broken
        lemma = Lemma(bits, self.symmetry.images(bits))
        if whole and self.symmetry.broken:
            self._split()
        for lemmas in self.levels[1 : level + 1]:
            lemmas[:] = [old for old in lemmas if all(image & ~old.bits for image in lemma.images)]
        self._added += lemma.images
        self._keep(lemma, level)

    def _split(self) -> None:
        """Let every lemma stand for itself alone: what is learnt from now on may not be true of its images."""
        for lemmas in (self.forever, *self.levels):
            lemmas[:] = [Lemma(image, (image,)) for lemma in lemmas for image in lemma.images]

    def _keep(self, lemma: Lemma, level: int) -> None:
        self.levels[level].append(lemma)
        chosen = self._chosen[level]
        self._solver.add([-chosen, *self.numbering.lemma(image)] for image in lemma.images)

    def propagate(self, last: int) -> bool:
        """Carry the lemmas of the frames up to number ``last`` on as far as they go.

        Returns whether two frames became the same; their lemmas are then kept forever.
        """
        self.grow(last + 1)
        for level in range(1, last + 1):
            for lemma in list(self.levels[level]):
                if self._obstructed(lemma):
                    continue
                found = self.into(lemma.bits, level)
                if isinstance(found, Entry):
                    lemma.obstacle, lemma.since = found.state, len(self._added)
                else:
                    self.levels[level].remove(lemma)
                    lemma.obstacle = 0
                    self._keep(lemma, level + 1)
                    self._added += lemma.images
            if not self.levels[level]:
                self._settle(level + 1)
                return True
        return False

    def _obstructed(self, lemma: Lemma) -> bool:
        """Whether the state that kept the lemma from the next frame is still not excluded by a newer lemma."""
        if not lemma.obstacle:
            return False
        while lemma.since < len(self._added):
            if not self._added[lemma.since] & lemma.obstacle:
                lemma.obstacle = 0
                return False
            lemma.since += 1
        return True

    def _settle(self, level: int) -> None:
        """Keep the lemmas from frame number ``level`` on forever."""
        for lemmas in self.levels[level:]:
            self.forever += lemmas
            for lemma in lemmas:
                self._solver.add(self.numbering.lemma(image) for image in lemma.images)
            lemmas.clear()
