"""Very many states side by side: the value of an expression in all of them at once, as numpy arrays.

The same meaning as `columns` has for thousands of states, for millions.  A variable is an array of the numbers of its
values within its sort; a truth value is an array of booleans, an integer an array of integers, an enum one of numbers.
`Parted` gives the same, of states that are told apart by what their parts look like, with less work.  A law in the
tests compares it with the reference semantics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
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

MOST_ALIKE = 1 << 20
"""So many combinations of parts are kept apart, at most."""

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


@dataclass(frozen=True)
class Part:
    """Some variables, and what they can look like together: ``columns`` has the numbers of their values in each."""

    columns: Mapping[str, Vector]
    count: int


class Looks:
    """The parts of which states consist, and of which of them a term speaks."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self._spoken: dict[tuple[int, int], tuple[Expression, SystemAction | None, tuple[int, ...]]] = {}

    def spoken(self, term: Expression, action: SystemAction | None) -> tuple[int, ...]:
        """Return of which parts a term speaks, on a step of an action also by what that assigns."""
        key = id(term), id(action)
        known = self._spoken.get(key)
        if known is None:  # what is kept keeps its id
            known = self._spoken[key] = term, action, self._found(term, action)
        return known[2]

    def _found(self, term: Expression, action: SystemAction | None) -> tuple[int, ...]:
        names: set[str] = set()
        terms = [term]
        while terms:
            for node in terms.pop().walk():
                if isinstance(node, Read):
                    assigned = assigned_by(action, node.name) if node.after else None
                    if assigned is None:
                        names.add(node.name)
                    else:
                        terms.append(assigned)
        return tuple(place for place, part in enumerate(self.parts) if not names.isdisjoint(part.columns))

    def combinations(self, spoken: Sequence[int]) -> int:
        """Return in how many ways some parts can look together."""
        return prod(self.parts[part].count for part in spoken)

    def taken_apart(self, spoken: Sequence[int], combined: Vector) -> Parted:
        """Return the states in which some parts look as these numbers say, see `Parted.combined`."""
        local = [np.zeros(len(combined), np.int64) for _ in self.parts]
        for part in reversed(spoken):
            combined, local[part] = np.divmod(combined, self.parts[part].count)
        return Parted(self, local)


class Parted:
    """Some states, by what each of their parts looks like: ``local`` has an array of numbers for each of the parts.

    What a formula speaks of looks alike in very many states, so it is worked out once for each combination of these
    parts that is there.  What speaks of too much is put together from what it consists of, or worked out everywhere.
    """

    def __init__(self, looks: Looks, local: Sequence[Vector]) -> None:
        self.looks = looks
        self.parts = looks.parts
        self.local = local
        self.count = len(local[0]) if local else 0
        self._alike: dict[tuple[int, ...], tuple[Parted, Vector]] = {}

    def value(self, term: Expression, action: SystemAction | None = None) -> Vector:
        """Return the value of a term or formula in each state, as `Vectors` does."""
        spoken = self.spoken(term, action)
        if self.looks.combinations(spoken) <= min(MOST_ALIKE, self.count // 2):
            some, back = self.alike(spoken)
            found: Vector = some.vectors(spoken).value(term, action)[back]
            return found
        match term:
            case Not(operand):
                return ~self.value(operand, action)
            case And(operands):
                every: Flags = np.logical_and.reduce([self.value(operand, action) for operand in operands])
                return every
            case Or(operands):
                some_of: Flags = np.logical_or.reduce([self.value(operand, action) for operand in operands])
                return some_of
            case _:
                return self.vectors(spoken).value(term, action)

    def spoken(self, term: Expression, action: SystemAction | None = None) -> tuple[int, ...]:
        """Return of which parts a term speaks, on a step of an action also by what that assigns."""
        return self.looks.spoken(term, action)

    def alike(self, spoken: tuple[int, ...]) -> tuple[Parted, Vector]:
        """Return one state for each combination of some parts that is there, and which of these each state is like."""
        known = self._alike.get(spoken)
        if known is None:
            combined = self.combined(spoken)
            there = np.zeros(self.looks.combinations(spoken), np.bool_)
            there[combined] = True
            different = np.flatnonzero(there)
            index = np.zeros(len(there), np.int32)
            index[different] = np.arange(len(different), dtype=np.int32)
            known = self._alike[spoken] = self.looks.taken_apart(spoken, different), index[combined]
        return known

    def combined(self, spoken: Sequence[int]) -> Vector:
        """Return what some parts look like in each state as one number."""
        combined = np.zeros(self.count, np.int64)
        for part in spoken:
            combined = combined * self.parts[part].count + self.local[part]
        return combined

    def vectors(self, spoken: Sequence[int]) -> Vectors:
        """Return the values of the variables of some parts."""
        columns = {
            name: column[self.local[part]] for part in spoken for name, column in self.parts[part].columns.items()
        }
        return Vectors(columns, self.count)

    def those(self, places: Vector) -> Parted:
        """Return some of the states."""
        return Parted(self.looks, [local[places] for local in self.local])
