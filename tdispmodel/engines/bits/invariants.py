"""Out of the lemmas that are kept forever, those that show why something is never met: the certificate.

The lemmas are true in every start state and together kept by every move.  A target is excluded by some of them; these
are kept by the moves because of some more; and so on.  What stands for a lemma stands for its images.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tdispmodel.compiling.lowering import Lowered
from tdispmodel.engines.bits.frames import Frames, Lemma
from tdispmodel.engines.bits.numbering import Bits, Numbering
from tdispmodel.engines.bits.solver import Solver
from tdispmodel.ir.expressions import Among, Boolean, Equal, Expression, Literal, Not, Read, conjunction, disjunction


class Invariants:
    """The lemmas that some frames keep forever, and what they exclude.  Raises `GaveUp`."""

    def __init__(self, lowered: Lowered, frames: Frames) -> None:
        self.lowered = lowered
        self.frames = frames
        self._solver = Solver(frames.budget)
        self._known = 0
        self._chosen: dict[Lemma, int] = {}
        self._by_literal: dict[int, Lemma] = {}
        self._needs: dict[Lemma, list[Lemma]] = {}
        self._given: dict[frozenset[Lemma], Expression] = {}

    def excluding(self, literal: int) -> Expression:
        """Return an inductive invariant with which a literal of the frames is never true.

        Raises ValueError when the lemmas do not exclude it.
        """
        self._follow()
        needed = dict.fromkeys(self._core([literal], self._chosen))
        waiting = list(needed)
        for lemma in waiting:
            fresh = [reason for reason in self._reasons(lemma) if reason not in needed]
            needed.update(dict.fromkeys(fresh))
            waiting += fresh
        wanted = frozenset(needed)
        if wanted not in self._given:  # the same one again is judged only once
            clauses = dict.fromkeys(image for lemma in needed for image in lemma.images)
            formulas = (formula(self.lowered, self.frames.numbering, bits) for bits in clauses)
            self._given[wanted] = conjunction(*formulas)
        return self._given[wanted]

    def _follow(self) -> None:
        """Take over what the frames have learnt since."""
        definitions = self.frames.definitions
        self._solver.add(definitions[self._known :])
        self._known = len(definitions)
        forever = set(self.frames.forever)
        if not forever.issuperset(self._chosen):  # lemmas were split, and what stood for several stands for itself now
            self._chosen.clear()
            self._needs.clear()
        for lemma in self.frames.forever:
            if lemma not in self._chosen:
                literal = self._chosen[lemma] = self.frames.fresh()
                self._by_literal[literal] = lemma
                self._solver.add([-literal, *self.frames.numbering.lemma(image)] for image in lemma.images)

    def _core(self, literals: Iterable[int], lemmas: Iterable[Lemma]) -> list[Lemma]:
        """The lemmas out of the given ones with which the literals cannot all be true."""
        if self._solver.satisfiable([*(self._chosen[lemma] for lemma in lemmas), *literals]):
            message = "the lemmas do not exclude this"
            raise ValueError(message)
        return [self._by_literal[literal] for literal in self._solver.core() if literal in self._by_literal]

    def _reasons(self, lemma: Lemma) -> list[Lemma]:
        """The lemmas that, with this one, make every move keep it."""
        known = self._needs.get(lemma)
        if known is None:
            found: dict[Lemma, None] = {}
            for literals in self._ways_out(lemma.bits):
                for reason in self._core(literals, self._chosen):
                    found[reason] = None
            known = self._needs[lemma] = list(found)
        return known

    def _ways_out(self, bits: Bits) -> Iterator[list[int]]:
        """For each move that assigns one of the lemma's variables, what must be so that it leads out of the lemma."""
        for move in self.frames.moves:
            if move.touched & bits and not move.always & bits:
                yield [move.guard, *move.assumptions(bits, self.frames.numbering)]


def formula(lowered: Lowered, numbering: Numbering, bits: Bits) -> Expression:
    """Return a lemma as a formula: some variable has one of the values."""
    parts: list[Expression] = []
    for position, variable in enumerate(lowered.system.variables):
        held = (bits & numbering.field[position]) >> numbering.base[position]
        values = tuple(value for code, value in enumerate(lowered.values[position]) if held >> code & 1)
        if not values:
            continue
        read = Read(variable.name, variable.sort)
        others = tuple(value for value in lowered.values[position] if value not in values)
        if isinstance(variable.sort, Boolean):
            parts.append(read if values[0] else Not(read))
        elif len(values) == 1:
            parts.append(Equal(read, Literal(values[0], variable.sort)))
        elif len(others) == 1:
            parts.append(Not(Equal(read, Literal(others[0], variable.sort))))
        else:
            parts.append(Among(read, values))
    return disjunction(*parts)
