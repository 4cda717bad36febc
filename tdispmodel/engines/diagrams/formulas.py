"""Formulas over a state, or over the states before and after a step, as decision diagrams.

Given an `Encoding`; gives for a truth value the set of states in which it is true, for an enum the bits of its code,
and for a number its bits in two's complement, as many as its values need, so that no sum or product ever overflows.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tdispmodel.engines.diagrams.encoding import Encoding, Set
from tdispmodel.ir.expressions import (
    Among,
    And,
    Arithmetic,
    AtMost,
    Boolean,
    Bounded,
    Enumeration,
    Equal,
    Expression,
    If,
    IllFormed,
    Less,
    Literal,
    Not,
    Or,
    Read,
    Value,
)

Bits = list[Set]
"""The bits of a code or a number, each as the states in which it is set; the lowest first."""


class Formulas:
    """The translation for one encoding; what was translated once is remembered."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.none, self.all = encoding.none, encoding.all
        self._known: dict[int, tuple[Expression, Set]] = {}

    def truth(self, expression: Expression) -> Set:
        """Return the states in which a formula is true, or the steps on which one that reads values after a step is.

        Raises `RecursionError` when it nests too deeply.
        """
        known = self._known.get(id(expression))
        if known is None:
            known = self._known[id(expression)] = (expression, self._truth(expression))  # kept, so its id stays its own
        return known[1]

    def assigned(self, name: str, value: Expression) -> Bits:
        """Return the bits that a variable has once ``value`` is assigned, which must be in the variable's range."""
        places = self.encoding.places[name]
        match self.encoding.sorts[name]:
            case Bounded(low, _):
                number = self._minus(self.number(value), self._literal(low))
                return self._extended(number, len(places) + 1)[: len(places)]
            case Boolean():
                return [self.truth(value)]
            case Enumeration():
                return self.code(value)

    def _truth(self, expression: Expression) -> Set:  # one case per node
        match expression:
            case Literal(value, _):
                return self.all if value else self.none
            case Read(_, Boolean()):
                return self._bits(expression)[0]
            case Not(operand):
                return ~self.truth(operand)
            case And(operands):
                found = self.all
                for operand in operands:
                    found &= self.truth(operand)
                return found
            case Or(operands):
                found = self.none
                for operand in operands:
                    found |= self.truth(operand)
                return found
            case Equal(left, right):
                return self._equal(left, right)
            case Less(left, right):
                return self._minus(self.number(left), self.number(right))[-1]
            case AtMost(left, right):
                return ~self._minus(self.number(right), self.number(left))[-1]
            case Among(operand, values):
                return self._among(operand, values)
            case If(condition, then, otherwise):
                return self.truth(condition).ite(self.truth(then), self.truth(otherwise))
            case _:
                message = f"{type(expression).__name__} is not true or false"
                raise IllFormed(message)

    def _equal(self, left: Expression, right: Expression) -> Set:
        match left.sort:
            case Boolean():
                return self.truth(left).equiv(self.truth(right))
            case Enumeration():
                return self._same(self.code(left), self.code(right))
            case Bounded():
                return self._same(*self._aligned(self.number(left), self.number(right)))

    def _among(self, operand: Expression, values: Sequence[Value]) -> Set:
        found = self.none
        match operand.sort:
            case Boolean():
                inner = self.truth(operand)
                for value in values:
                    found |= inner if value else ~inner
            case Enumeration(_, members):
                code = self.code(operand)
                for value in values:
                    found |= self._is_code(code, members.index(str(value)))
            case Bounded():
                number = self.number(operand)
                for value in values:
                    found |= self._same(*self._aligned(number, self._literal(int(value))))
        return found

    def _bits(self, read: Read) -> Bits:
        """The bits of a variable before the step, or after it."""
        bits = self.encoding.later if read.after else self.encoding.now
        return [bits[place] for place in self.encoding.places[read.name]]

    # --- enums ----------------------------------------------------------------------------------------------------

    def code(self, expression: Expression) -> Bits:
        """Return the bits of an enum's code."""
        match expression:
            case Literal(value, Enumeration(_, members)):
                width = (len(members) - 1).bit_length()
                return self._constant(members.index(str(value)), width)
            case Read():
                return self._bits(expression)
            case If(condition, then, otherwise):
                return self._choice(self.truth(condition), self.code(then), self.code(otherwise))
            case _:
                message = f"{type(expression).__name__} is no enum"
                raise IllFormed(message)

    def _is_code(self, code: Bits, wanted: int) -> Set:
        return self._same(code, self._constant(wanted, len(code)))

    # --- numbers --------------------------------------------------------------------------------------------------

    def number(self, expression: Expression) -> Bits:
        """Return the bits of a number, the last one its sign."""
        match expression:
            case Literal(value, _):
                return self._literal(int(value))
            case Read(_, Bounded(low, _)):
                return self._plus([*self._bits(expression), self.none], self._literal(low))
            case Arithmetic("+", left, right):
                return self._plus(self.number(left), self.number(right))
            case Arithmetic("-", left, right):
                return self._minus(self.number(left), self.number(right))
            case Arithmetic(_, left, right):
                return self._times(self.number(left), self.number(right))
            case If(condition, then, otherwise):
                return self._choice(self.truth(condition), *self._aligned(self.number(then), self.number(otherwise)))
            case _:
                message = f"{type(expression).__name__} is no number"
                raise IllFormed(message)

    def _constant(self, value: int, width: int) -> Bits:
        return [self.all if value >> shift & 1 else self.none for shift in range(width)]

    def _literal(self, value: int) -> Bits:
        return self._constant(value, (value if value >= 0 else -value - 1).bit_length() + 1)

    def _plus(self, left: Bits, right: Bits, carry: Set | None = None) -> Bits:
        """The sum, one more if ``carry``."""
        width = max(len(left), len(right)) + 1
        over = self.none if carry is None else carry
        found = []
        for one, other in zip(self._extended(left, width), self._extended(right, width), strict=True):
            either = one ^ other
            found.append(either ^ over)
            over = (one & other) | (either & over)
        return _shortened(found)

    def _minus(self, left: Bits, right: Bits) -> Bits:
        return self._plus(left, [~bit for bit in right], self.all)

    def _times(self, left: Bits, right: Bits) -> Bits:
        """Add up the left one, moved to each place where the right one has a bit; what is above the width is lost."""
        width = len(left) + len(right)
        factor = self._extended(left, width)
        total = self._constant(0, width)
        for shift, bit in enumerate(self._extended(right, width)):
            moved = [*self._constant(0, shift), *(bit & part for part in factor[: width - shift])]
            total = self._extended(self._plus(total, moved), width + 1)[:width]
        return _shortened(total)

    def _extended(self, number: Bits, width: int) -> Bits:
        """The same number with at least so many bits."""
        return number + [number[-1]] * (width - len(number))

    def _aligned(self, left: Bits, right: Bits) -> tuple[Bits, Bits]:
        width = max(len(left), len(right))
        return self._extended(left, width), self._extended(right, width)

    def _same(self, left: Bits, right: Bits) -> Set:
        found = self.all
        for one, other in zip(left, right, strict=True):
            found &= one.equiv(other)
        return found

    def _choice(self, test: Set, yes: Bits, no: Bits) -> Bits:
        return [test.ite(one, other) for one, other in zip(yes, no, strict=True)]


def _shortened(number: Bits) -> Bits:
    """The same number without bits that only repeat its sign."""
    needed = max((place + 2 for place, (one, next_) in enumerate(pairwise(number)) if one != next_), default=1)
    return number[:needed]
