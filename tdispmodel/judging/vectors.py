"""Very many states side by side: the value of an expression in all of them at once, as numpy arrays.

The same meaning as `columns` has for thousands of states, for millions.  A variable is an array of the numbers of its
values within its sort; a truth value is an array of booleans, an integer an array of integers, an enum one of numbers.
A law in the tests compares it with the reference semantics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    Sort,
    Took,
    Value,
    belongs,
)
from tdispmodel.ir.system import SystemAction

Vector = NDArray[Any]
Flags = NDArray[np.bool_]

MOST = 1 << 60
"""No number may become larger than this on the way."""

RELATIONS: dict[type[Expression], Callable[[Vector, Vector], Vector]] = {
    Equal: np.equal,
    Less: np.less,
    AtMost: np.less_equal,
}
OPERATIONS: dict[str, Callable[[Vector, Vector], Vector]] = {"+": np.add, "-": np.subtract, "*": np.multiply}


def number(value: Value, sort: Sort) -> int:
    """Return the number of a value within its sort; ValueError if it is no value of the sort."""
    if not belongs(value, sort):
        raise ValueError(value)
    match sort:
        case Bounded(low, _):
            return int(value) - low
        case Enumeration(_, members):
            return members.index(str(value))
        case Boolean():
            return int(value)


class Vectors:
    """Some states, by the numbers of their variables' values; ``count`` of them."""

    def __init__(self, numbers: Mapping[str, Vector], count: int) -> None:
        self.numbers = numbers
        self.count = count

    def value(self, term: Expression, action: SystemAction | None = None) -> Vector:
        """Return the value of a term or formula in each state; of a step formula: on the step of ``action`` from there.

        OverflowError when a number on the way may not fit.
        """
        match term:
            case Literal(value, sort):
                fits(sort)
                plain = bool(value) if isinstance(sort, Boolean) else value
                return np.full(self.count, number(value, sort) if isinstance(sort, Enumeration) else plain)
            case Read(name, sort, after):
                assigned = assigned_by(action, name) if after else None
                return self._read(name, sort) if assigned is None else self.value(assigned)
            case Took(names):
                return np.full(self.count, action is not None and action.name in names)
            case Not(operand):
                return ~self.value(operand, action)
            case And(operands):
                found = np.ones(self.count, np.bool_)
                for operand in operands:
                    found &= self.value(operand, action)
                return found
            case Or(operands):
                found = np.zeros(self.count, np.bool_)
                for operand in operands:
                    found |= self.value(operand, action)
                return found
            case Among(operand, values):
                return self._among(self.value(operand, action), operand.sort, values)
            case Equal(left, right) | Less(left, right) | AtMost(left, right):
                related: Vector = RELATIONS[type(term)](self.value(left, action), self.value(right, action))
                return related
            case If(condition, then, otherwise):
                return np.where(self.value(condition, action), self.value(then, action), self.value(otherwise, action))
            case Arithmetic(symbol, left, right):
                fits(term.sort)
                return OPERATIONS[symbol](self.value(left, action), self.value(right, action))
            case _:
                message = f"{type(term).__name__} has no value in a state"
                raise IllFormed(message)

    def _read(self, name: str, sort: Sort) -> Vector:
        fits(sort)
        numbers = self.numbers[name]
        match sort:
            case Boolean():
                return np.not_equal(numbers, 0)
            case Bounded(low, _):
                return numbers.astype(np.int64) + low
            case Enumeration():
                return numbers

    @staticmethod
    def _among(found: Vector, sort: Sort, values: tuple[Value, ...]) -> Flags:
        true = np.zeros(len(found), np.bool_)
        for value in values:
            true |= found == (number(value, sort) if isinstance(sort, Enumeration) else value)
        return true


def fits(sort: Sort) -> None:
    """Raise OverflowError where values of the sort may be too large."""
    if isinstance(sort, Bounded) and max(abs(sort.low), abs(sort.high)) > MOST:
        message = "a number may become too large"
        raise OverflowError(message)


def assigned_by(action: SystemAction | None, name: str) -> Expression | None:
    """Return what ``action`` assigns to the variable, None when it keeps its value."""
    for assignment in action.assignments if action is not None else ():
        if assignment.variable == name:
            return assignment.value
    return None
