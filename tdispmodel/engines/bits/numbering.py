"""Values as bits: each value of each variable has a bit number, and a literal that is true when the variable has it.

A set of bits is an integer.  A state is the set of its values, one per variable.  A *lemma* is a set of bits too, and
says that some variable has one of them; the states that it excludes are a *cube*: a product of sets of values.  So the
lemma is broken by a state exactly when the two sets have nothing in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from tdispmodel.compiling.conditions import Atom, Condition, Every

TRUE_LITERAL = 1
FEW = 6
"""Up to so many literals are excluded pair by pair."""

Bits = int
"""A set of bit numbers."""


def members(bits: Bits) -> Iterator[int]:
    """Yield the bit numbers in the set, the lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


class Numbering:
    """The bits of variables with so many values each, numbered in the given order of the variables.

    A variable of two values has one literal, one of a single value none of its own.  Literals are numbered from
    `TRUE_LITERAL`, which always holds, to ``last``.
    """

    def __init__(self, sizes: Sequence[int], order: Sequence[int] | None = None) -> None:
        self.sizes = tuple(sizes)
        self.base = [0] * len(self.sizes)
        self.field: list[Bits] = [0] * len(self.sizes)
        self.literals: list[int] = []
        self.last = TRUE_LITERAL
        for variable in range(len(self.sizes)) if order is None else order:
            size = self.sizes[variable]
            self.base[variable] = len(self.literals)
            self.field[variable] = (1 << size) - 1 << len(self.literals)
            if size == 1:
                self.literals.append(TRUE_LITERAL)
            elif size == 2:
                self.last += 1
                self.literals += [-self.last, self.last]
            else:
                self.literals += range(self.last + 1, self.last + size + 1)
                self.last += size
        self._read = [(literal, 1 << bit) for bit, literal in enumerate(self.literals)]

    def bits(self, variable: int, values: int) -> Bits:
        """Return the bits of a variable's values."""
        return values << self.base[variable]

    def literal(self, variable: int, value: int) -> int:
        """Return the literal that says that the variable has the value."""
        return self.literals[self.base[variable] + value]

    def domain(self) -> Clauses:
        """Return the clauses that give each variable exactly one value."""
        clauses = Clauses(self)
        clauses.add([TRUE_LITERAL])
        clauses.add([self.last, -self.last])  # so that every model of the solver has all literals
        for variable, size in enumerate(self.sizes):
            if size > 2:
                clauses.exactly_one([self.literal(variable, value) for value in range(size)])
        return clauses

    def state(self, model: Sequence[int]) -> Bits:
        """Return the state in a model of the solver."""
        return sum(bit for literal, bit in self._read if (model[abs(literal) - 1] > 0) is (literal > 0))

    def codes(self, state: Bits) -> tuple[int, ...]:
        """Return the codes of a state."""
        return tuple(
            ((state & field) >> base).bit_length() - 1 for field, base in zip(self.field, self.base, strict=True)
        )

    def lemma(self, bits: Bits) -> list[int]:
        """Return the lemma with these bits as a clause."""
        return [self.literals[bit] for bit in members(bits)]

    def cube(self, bits: Bits) -> list[int]:
        """Return the literals that put a state into the cube that the lemma with these bits excludes."""
        return [-self.literals[bit] for bit in members(bits)]


class Clauses:
    """Clauses in the making, with literals of their own for parts of conditions."""

    def __init__(self, numbering: Numbering, last: int = 0) -> None:
        self.numbering = numbering
        self.made: list[list[int]] = []
        self.last = max(last, numbering.last)
        self._known: dict[Condition, int] = {}

    def fresh(self) -> int:
        """Return a new literal."""
        self.last += 1
        return self.last

    def add(self, clause: list[int]) -> None:
        """Add one clause."""
        self.made.append(clause)

    def taken(self) -> list[list[int]]:
        """Return the clauses made since this was last asked."""
        made, self.made = self.made, []
        return made

    def exactly_one(self, literals: Sequence[int]) -> None:
        """Demand that exactly one of the literals is true."""
        self.add(list(literals))
        if len(literals) <= FEW:
            for one, other in combinations(literals, 2):
                self.add([-one, -other])
            return
        for bit in range((len(literals) - 1).bit_length()):  # two that are true would differ in a bit of their numbers
            digit = self.fresh()
            for number, literal in enumerate(literals):
                self.add([-literal, digit if number >> bit & 1 else -digit])

    def literal(self, condition: Condition) -> int:
        """Return a literal that may only be true where the condition is."""
        if isinstance(condition, Atom):
            chosen = self._disjuncts(condition)
            if len(chosen) == 1:
                return chosen[0]
        elif isinstance(condition, Every):
            if not condition.parts:
                return TRUE_LITERAL
        elif not condition.parts:
            return -TRUE_LITERAL
        known = self._known.get(condition)
        if known is None:
            known = self._known[condition] = self.fresh()
            self.imply([-known], condition)
        return known

    def imply(self, unless: list[int], condition: Condition) -> None:
        """Demand the condition, unless one of the literals is true."""
        if isinstance(condition, Every):
            for part in condition.parts:
                self.imply(unless, part)
            return
        clause = list(unless)
        for part in [condition] if isinstance(condition, Atom) else condition.parts:
            clause += self._disjuncts(part) if isinstance(part, Atom) else [self.literal(part)]
        self.add(clause)

    def _disjuncts(self, atom: Atom) -> list[int]:
        """Literals one of which is true exactly where the atom is."""
        literal, variable = self.numbering.literal, atom.variable
        size = self.numbering.sizes[variable]
        excluded = ((1 << size) - 1) & ~atom.values
        if excluded & (excluded - 1) == 0:
            return [-literal(variable, excluded.bit_length() - 1)]
        return [literal(variable, value) for value in range(size) if atom.values >> value & 1]
