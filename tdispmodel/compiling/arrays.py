"""Many states of a system as rows of numpy arrays: formulas and successors of all of them at once.

Given a `System`; `Packing` says where each variable sits in a row of 64-bit words, and `Batch` evaluates formulas over
some rows and computes where an action leads from them.  A truth value is an array of booleans, an enum an array of
codes, an integer an array of integers.  A step formula is evaluated for the steps of one action: what it assigns is
known from the state before, so the state after is not needed.

Integers that 64 bits might not hold are computed as Python's own.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence, Set as AbstractSet
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tdispmodel.compiling.sharing import Sharing
from tdispmodel.ir.expressions import (
    Among,
    And,
    Arithmetic,
    AtMost,
    Boolean,
    Bounded,
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
)
from tdispmodel.ir.sorts import belongs, code_of, size, value_of
from tdispmodel.ir.system import State, System, SystemAction, within

Words = NDArray[np.uint64]
"""States, one row each, as many words as the packing needs."""

Flags = NDArray[np.bool_]
Values = NDArray[Any]

WORD = 64
SAFE = 1 << 62
ARITHMETIC: dict[str, Callable[[Values, Values], Values]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


@dataclass(frozen=True)
class Field:
    """The bits of one variable: ``width`` of them in word ``word`` from bit ``shift`` on, holding value codes."""

    sort: Sort
    word: int
    shift: int
    width: int

    @property
    def mask(self) -> int:
        """The bits, in place."""
        return ((1 << self.width) - 1) << self.shift


Effect = tuple[NDArray[np.uint64], NDArray[np.uint64], list[tuple[Field, Expression]]]


class Packing:
    """Where each variable of a system sits in a row of words; none lies across two words."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.fields: dict[str, Field] = {}
        word = shift = 0
        for variable in system.variables:
            width = (size(variable.sort) - 1).bit_length()
            if shift + width > WORD:
                word, shift = word + 1, 0
            self.fields[variable.name] = Field(variable.sort, word, shift, width)
            shift += width
        self.words = word + 1
        self._effects: dict[int, tuple[SystemAction, Effect]] = {}

    def effect(self, action: SystemAction) -> Effect:
        """Return what an action does to a row: the bits that it keeps, those that it puts, and what it works out."""
        known = self._effects.get(id(action))
        if known is None:
            cleared, fixed = [0] * self.words, [0] * self.words
            varying: list[tuple[Field, Expression]] = []
            for assignment in action.assignments:
                field, value = self.fields[assignment.variable], assignment.value
                cleared[field.word] |= field.mask
                if isinstance(value, Literal) and belongs(value.value, field.sort):
                    fixed[field.word] |= code_of(value.value, field.sort) << field.shift
                else:
                    varying.append((field, value))
            kept = np.array([~mask & (1 << WORD) - 1 for mask in cleared], np.uint64)
            known = self._effects[id(action)] = (action, (kept, np.array(fixed, np.uint64), varying))
        return known[1]  # the action is kept, so that its identity stays its own

    def packed(self, states: Sequence[State]) -> Words:
        """Return the rows of some states."""
        rows = np.zeros((len(states), self.words), np.uint64)
        columns = zip(*states, strict=True) if states else repeat(())
        for field, column in zip(self.fields.values(), columns, strict=False):
            codes = {value: code_of(value, field.sort) << field.shift for value in set(column)}
            rows[:, field.word] |= np.array([codes[value] for value in column], np.uint64)
        return rows

    def instead(self, rows: Words, name: str, values: Sequence[Value]) -> Words:
        """Return some states with each of some values instead of the one that a variable has there."""
        field = self.fields[name]
        cleared, parts = rows.copy(), []
        cleared[:, field.word] &= np.uint64(~field.mask & (1 << WORD) - 1)
        for value in values:
            part = cleared.copy()
            part[:, field.word] |= np.uint64(code_of(value, field.sort) << field.shift)
            parts.append(part)
        return np.unique(np.concatenate(parts), axis=0)

    def codes(self, rows: Words, name: str) -> Words:
        """Return the code of a variable's value in each of some states."""
        field = self.fields[name]
        found: Words = (rows[:, field.word] >> np.uint64(field.shift)) & np.uint64((1 << field.width) - 1)
        return found

    def unpacked(self, rows: Words) -> list[State]:
        """Return the values of some states."""
        columns = []
        for field in self.fields.values():
            codes = (rows[:, field.word] >> np.uint64(field.shift)) & np.uint64((1 << field.width) - 1)
            numbers = codes.tolist()
            values = {number: value_of(number, field.sort) for number in set(numbers)}
            columns.append([values[number] for number in numbers])
        return list(zip(*columns, strict=True)) if columns else [()] * len(rows)


class Batch:
    """Some states, for which formulas are evaluated.

    What is in ``sharing`` is evaluated once.  The arrays that are given may be shared: they are not to be written to.
    """

    def __init__(self, packing: Packing, rows: Words, sharing: Sharing | None = None) -> None:
        self.packing = packing
        self.rows = rows
        self.count = len(rows)
        self._still: AbstractSet[int] = frozenset() if sharing is None else sharing.still
        self._masks: dict[int, Flags] = {}
        self._values: dict[int, Values] = {}
        self._codes: dict[str, Values] = {}
        self._atoms: dict[tuple[str, tuple[Value, ...]], Flags] = {}

    def mask(self, formula: Expression, action: SystemAction | None = None) -> Flags:
        """Return where ``formula`` is true; for a step formula: on the step of ``action`` from there."""
        known = self._masks.get(id(formula))
        if known is None:
            known = self._mask(formula, action)
            if id(formula) in self._still:
                self._masks[id(formula)] = known
        return known

    def values(self, term: Expression, action: SystemAction | None = None) -> Values:
        """Return the value of ``term`` for each state: integers as they are, enum members as codes of their sort."""
        known = self._values.get(id(term))
        if known is None:
            known = self._term(term, action)
            if id(term) in self._still:
                self._values[id(term)] = known
        return known

    def _mask(self, formula: Expression, action: SystemAction | None) -> Flags:  # one case per node
        match formula:
            case Literal(value, _):
                return np.full(self.count, bool(value))
            case Read(name, _, after):
                if after and (assigned := assigned_by(action, name)) is not None:
                    return self.mask(assigned)
                return self._atom(name, (True,))
            case Not(operand):
                return ~self.mask(operand, action)
            case And(operands):
                return self._joined(np.logical_and, operands, action, empty=True)
            case Or(operands):
                return self._joined(np.logical_or, operands, action, empty=False)
            case Took(names):
                return np.full(self.count, action is not None and action.name in names)
            case If(condition, then, otherwise):
                return np.where(self.mask(condition, action), self.mask(then, action), self.mask(otherwise, action))
            case Among(operand, values):
                return self._among(operand, values, action)
            case Equal(left, Literal(value, _)) if not isinstance(left.sort, Boolean):
                return self._among(left, (value,), action)
            case Equal(left, right):
                return self._compared(operator.eq, left, right, action)
            case Less(left, right):
                return self._compared(operator.lt, left, right, action)
            case AtMost(left, right):
                return self._compared(operator.le, left, right, action)
            case _:
                message = f"{type(formula).__name__} is no truth value of a system"
                raise IllFormed(message)

    def _term(self, term: Expression, action: SystemAction | None) -> Values:
        if isinstance(term.sort, Boolean):
            return self.mask(term, action)
        match term:
            case Literal(value, sort):
                number = value if isinstance(sort, Bounded) else code_of(value, sort)
                return np.full(self.count, number, np.int64 if _fits(sort) else object)
            case Read(name, sort, after):
                if after and (assigned := assigned_by(action, name)) is not None:
                    return self.values(assigned)
                codes = self.codes(name)
                return codes.astype(np.int64) + sort.low if isinstance(sort, Bounded) else codes
            case Arithmetic(symbol, left, right):
                first, second = self.values(left, action), self.values(right, action)
                if not _fits(term.sort):
                    first, second = first.astype(object), second.astype(object)
                return ARITHMETIC[symbol](first, second)
            case If(condition, then, otherwise):
                chosen = self.mask(condition, action)
                return np.where(chosen, self.values(then, action), self.values(otherwise, action))
            case _:
                message = f"{type(term).__name__} is no value of a system"
                raise IllFormed(message)

    def codes(self, name: str) -> Values:
        """Return the code of a variable's value for each state."""
        known = self._codes.get(name)
        if known is None:
            field = self.packing.fields[name]
            moved = self.rows[:, field.word] >> np.uint64(field.shift)
            kept = moved & np.uint64((1 << field.width) - 1)
            known = self._codes[name] = kept.astype(np.uint8 if field.width <= 8 else np.int64)  # bits of a byte
        return known

    def successors(self, action: SystemAction, places: NDArray[np.intp] | None = None) -> tuple[Words, Flags]:
        """Return where ``action`` leads, as if it were enabled in every state, and where it would leave a range.

        With ``places``, from the states at these; what is assigned is worked out, and remembered, for all of them.
        """
        kept, fixed, varying = self.packing.effect(action)
        rows = self.rows if places is None else self.rows[places]
        left = np.zeros(len(rows), np.bool_)
        after: Words = rows & kept
        after |= fixed
        for field, value in varying:
            codes, wrong = self._assigned(value, field.sort, places)
            if wrong is not None:
                left |= wrong
            after[:, field.word] |= codes << np.uint64(field.shift)
        return after, left

    def _assigned(
        self, value: Expression, sort: Sort, places: NDArray[np.intp] | None = None
    ) -> tuple[Words, Flags | None]:
        """Return the code of what is assigned in each state, and where it is outside of the sort, None for nowhere."""
        numbers = self.values(value)
        if places is not None:
            numbers = numbers[places]
        if not isinstance(sort, Bounded):
            return numbers.astype(np.uint64), None
        outside = within(value, sort)
        wrong = None
        if not isinstance(outside, Literal) or not outside.value:
            wrong = ((numbers < sort.low) | (numbers > sort.high)).astype(np.bool_)
            numbers = np.where(wrong, sort.low, numbers)
        return (numbers - sort.low).astype(np.uint64), wrong

    def _joined(
        self,
        join: Callable[..., Flags],
        operands: tuple[Expression, ...],
        action: SystemAction | None,
        *,
        empty: bool,
    ) -> Flags:
        if not operands:
            return np.full(self.count, empty)
        found = self.mask(operands[0], action)
        for operand in operands[1:]:
            found = join(found, self.mask(operand, action))
        return found

    def _among(self, operand: Expression, values: tuple[Value, ...], action: SystemAction | None) -> Flags:
        if isinstance(operand, Read):
            assigned = assigned_by(action, operand.name) if operand.after else None
            if assigned is None:
                return self._atom(operand.name, values)
            return self._among(assigned, values, None)
        sort = operand.sort
        found = self.values(operand, action)
        numbers = [value if isinstance(sort, Bounded) else code_of(value, sort) for value in values]
        equal = np.zeros(self.count, np.bool_)
        for number in numbers:
            equal |= (found == number).astype(np.bool_)
        return equal

    def _atom(self, name: str, values: tuple[Value, ...]) -> Flags:
        key = (name, values)
        known = self._atoms.get(key)
        if known is None:
            field = self.packing.fields[name]
            inside = [value for value in values if not isinstance(field.sort, Bounded) or _within(value, field.sort)]
            codes = self.codes(name)
            if len(inside) == 1:
                known = codes == code_of(inside[0], field.sort)
            else:
                table = np.zeros(1 << field.width, np.bool_)
                table[[code_of(value, field.sort) for value in inside]] = True
                known = table[codes]
            self._atoms[key] = known
        return known

    def _compared(
        self,
        compare: Callable[[Values, Values], Values],
        left: Expression,
        right: Expression,
        action: SystemAction | None,
    ) -> Flags:
        return compare(self.values(left, action), self.values(right, action)).astype(np.bool_)


def assigned_by(action: SystemAction | None, name: str) -> Expression | None:
    """Return what ``action`` assigns to the variable, None when it keeps its value."""
    for assignment in action.assignments if action is not None else ():
        if assignment.variable == name:
            return assignment.value
    return None


def _within(value: Value, sort: Bounded) -> bool:
    return sort.low <= int(value) <= sort.high


def _fits(sort: Sort) -> bool:
    """Whether 64 bits hold every value of a sort, and the sum of two of them."""
    return not isinstance(sort, Bounded) or (sort.low > -SAFE and sort.high < SAFE)
