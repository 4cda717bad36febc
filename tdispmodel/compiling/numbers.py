"""Integers as terms of the solver z3, with the interval of each: bit-vectors that never wrap around, or integers.

Given a z3 context; gives numbers as pairs of a term and the interval of its values.  The interval says how wide a
bit-vector must be, so every sum, difference and product is exact.
"""

from __future__ import annotations

import z3

from tdispmodel.ir.expressions import ARITHMETIC, Bounded

Number = tuple[z3.ExprRef, Bounded]
"""A term and the interval in which its value lies."""

MAXIMUM_WIDTH = 256


class Unsuitable(Exception):
    """The system or a formula cannot be handed to the solver; the message says why (the reason of an open verdict)."""


class Numbers:
    """How integers are written in one context."""

    def __init__(self, context: z3.Context, *, mathematical: bool) -> None:
        self.context = context
        self.mathematical = mathematical

    def constant(self, name: str, sort: Bounded) -> z3.ExprRef:
        """Return a fresh constant for a variable of ``sort``."""
        return z3.Int(name, self.context) if self.mathematical else z3.BitVec(name, _width(sort), self.context)

    def read(self, constant: z3.ExprRef, sort: Bounded) -> Number:
        """Return the number that a constant stands for."""
        return constant, sort

    def literal(self, value: int) -> Number:
        """Return a number written down."""
        sort = Bounded(value, value)
        if self.mathematical:
            return z3.IntVal(value, self.context), sort
        return z3.BitVecVal(value, _width(sort), self.context), sort

    def combine(self, operator: str, left: Number, right: Number) -> Number:
        """Return the sum, difference or product."""
        operate = ARITHMETIC[operator]
        ends = [operate(a, b) for a in (left[1].low, left[1].high) for b in (right[1].low, right[1].high)]
        sort = Bounded(min(ends), max(ends))
        first, second = self._aligned(left, right, sort)
        return operate(first, second), sort

    def choice(self, test: z3.BoolRef, yes: Number, no: Number) -> Number:
        """Return ``yes`` if ``test`` holds, else ``no``."""
        first, second = self._aligned(yes, no)
        return z3.If(test, first, second), _hull(yes[1], no[1])

    def equal(self, left: Number, right: Number) -> bool | z3.BoolRef:
        """Return whether the two are the same; decided when the intervals are apart."""
        if left[1].high < right[1].low or right[1].high < left[1].low:
            return False
        first, second = self._aligned(left, right)
        return first == second

    def at_most(self, left: Number, right: Number) -> bool | z3.BoolRef:
        """Return whether the left one is smaller or the same; decided when the intervals show it."""
        if left[1].high <= right[1].low:
            return True
        if left[1].low > right[1].high:
            return False
        first, second = self._aligned(left, right)
        return first <= second

    def inside(self, number: Number, low: int, high: int) -> z3.BoolRef:
        """Return whether the term itself, whatever its interval promises, lies in the range."""
        term = number[0]
        lower, upper = self.literal(low)[0], self.literal(high)[0]
        if not self.mathematical:
            lower, upper = _extended(lower, term.size()), _extended(upper, term.size())
        return z3.And(lower <= term, term <= upper)

    def decoded(self, value: z3.ExprRef) -> int:
        """Return the integer that a value of the solver stands for."""
        return int(value.as_long() if self.mathematical else value.as_signed_long())

    def _aligned(self, left: Number, right: Number, result: Bounded | None = None) -> tuple[z3.ExprRef, z3.ExprRef]:
        if self.mathematical:
            return left[0], right[0]
        sort = _hull(left[1], right[1])
        needed = _width(sort if result is None else _hull(sort, result))
        width = max(needed, left[0].size(), right[0].size())  # an interval may be narrower than its term, as of x * 0
        return _extended(left[0], width), _extended(right[0], width)


def _extended(term: z3.ExprRef, width: int) -> z3.ExprRef:
    missing = width - term.size()
    return z3.SignExt(missing, term) if missing > 0 else term


def _hull(left: Bounded, right: Bounded) -> Bounded:
    return Bounded(min(left.low, right.low), max(left.high, right.high))


def _width(sort: Bounded) -> int:
    """How many bits a signed number of this interval needs."""
    width = 1 + max((end if end >= 0 else -end - 1).bit_length() for end in (sort.low, sort.high))
    if width > MAXIMUM_WIDTH:
        message = f"numbers of more than {MAXIMUM_WIDTH} bits"
        raise Unsuitable(message)
    return width
