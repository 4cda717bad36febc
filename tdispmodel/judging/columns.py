"""Many states side by side: the value of an expression in all of them at once.

Given the system and some of its states, `Columns` evaluates a formula for all of them with a handful of operations: a
truth value is a *mask*, one integer whose byte number ``i`` is 1 where the formula holds in state ``i``; an integer or
an enum is a list.  A step formula is evaluated for the steps of one action: what the action assigns is known from the
state before, so the state after is never built.  `Encoding` packs a state into one integer, a few bytes a variable.

This is a second meaning beside `semantics.meaning`, written for speed; a law in the tests compares the two.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, repeat

from tdispmodel.ir.expressions import (
    ARITHMETIC,
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
from tdispmodel.ir.system import State, System, SystemAction
from tdispmodel.judging.judgement import Refused

ONE_BYTE = 256


def code(value: Value, sort: Sort) -> int:
    """Return the number of a value within its sort; ValueError if it is no value of the sort."""
    match sort:
        case Boolean() if value is False or value is True:
            return int(value)
        case Enumeration(_, members) if value in members:
            return members.index(str(value))
        case Bounded(low, high) if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value - low
        case _:
            raise ValueError(value)


class Encoding:
    """How states of a system are packed: variable by variable, the number of its value in as many bytes as needed."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.shifts: list[int] = []
        self.masks: list[int] = []
        self.widths: list[int] = []
        position = 0
        for variable in system.variables:
            sort = variable.sort
            last = sort.high - sort.low if isinstance(sort, Bounded) else len(sort.values) - 1
            width = max(1, (last.bit_length() + 7) // 8)
            self.shifts.append(8 * position)
            self.widths.append(width)
            self.masks.append(((1 << (8 * width)) - 1) << (8 * position))
            position += width
        self.all = (1 << (8 * position)) - 1

    def codes(self, position: int, values: Sequence[Value]) -> list[int]:
        """Return the numbers of ``values`` of the variable at ``position``; ValueError if one is outside its sort."""
        sort = self.system.variables[position].sort
        if len(set(map(type, values))) > 1:  # True and 1 are the same key below, but not the same value
            return [code(value, sort) for value in values]
        table = {value: code(value, sort) for value in set(values)}
        return list(map(table.__getitem__, values))


class Columns:
    """Some states of one system.  Raises `Refused` when one of them is no state of the system."""

    def __init__(self, encoding: Encoding, states: Sequence[State]) -> None:
        self.encoding = encoding
        self.system = encoding.system
        self.count = len(states)
        variables = self.system.variables
        if any(len(state) != len(variables) for state in states):
            message = f"a state does not have {len(variables)} values"
            raise Refused(message)
        self.columns: list[tuple[Value, ...]] = list(zip(*states, strict=True)) if states else [()] * len(variables)
        self.bytes: list[bytes] = []
        self._atoms: dict[tuple[str, tuple[Value, ...]], int] = {}
        self.ones = int.from_bytes(b"\1" * self.count, "little")
        planes: list[bytes] = []
        for position, column in enumerate(self.columns):
            try:
                codes = encoding.codes(position, column)
            except ValueError as error:
                message = f"{error.args[0]!r} is no value of {variables[position].name}"
                raise Refused(message) from error
            low = bytes(codes) if encoding.widths[position] == 1 else b""
            self.bytes.append(low)
            planes += [
                low or bytes(number >> (8 * place) & 255 for number in codes) for place in self._places(position)
            ]
        rows = zip(*planes, strict=True) if planes else repeat((), self.count)
        self.packed = [int.from_bytes(row, "little") for row in map(bytes, rows)]

    def _places(self, position: int) -> range:
        return range(self.encoding.widths[position])

    # --- formulas ---------------------------------------------------------------------------------------------------

    def mask(  # one case per node
        self, formula: Expression, action: SystemAction | None = None
    ) -> int:
        """Return where ``formula`` is true; for a step formula: on the step of ``action`` from there."""
        match formula:
            case Literal(value, _):
                return self.ones if value else 0
            case Read(name, _, after):
                if after and (assigned := _assigned(action, name)) is not None:
                    return self.mask(assigned)
                return self._atom(name, (True,))
            case Not(operand):
                return self.ones ^ self.mask(operand, action)
            case And(operands):
                found = self.ones
                for operand in operands:
                    found &= self.mask(operand, action)
                    if not found:
                        break
                return found
            case Or(operands):
                found = 0
                for operand in operands:
                    found |= self.mask(operand, action)
                    if found == self.ones:
                        break
                return found
            case Took(names):
                return self.ones if action is not None and action.name in names else 0
            case If(condition, then, otherwise):
                test = self.mask(condition, action)
                return test & self.mask(then, action) | (self.ones ^ test) & self.mask(otherwise, action)
            case Among(operand, values):
                return self._among(operand, values, action)
            case Equal(left, Literal(value, _)) if not isinstance(left.sort, Boolean):
                return self._among(left, (value,), action)
            case Equal(left, right) if isinstance(left.sort, Boolean):
                return self.ones ^ self.mask(left, action) ^ self.mask(right, action)
            case Equal(left, right):
                return self._compared(operator.eq, left, right, action)
            case Less(left, right):
                return self._compared(operator.lt, left, right, action)
            case AtMost(left, right):
                return self._compared(operator.le, left, right, action)
            case _:
                message = f"{type(formula).__name__} is no truth value of a system"
                raise IllFormed(message)

    def values(self, term: Expression, action: SystemAction | None = None) -> Sequence[Value]:
        """Return the value of ``term`` for each state, as `mask` does for truth values."""
        if isinstance(term.sort, Boolean):
            return list(map(bool, self.selected(self.mask(term, action))))
        match term:
            case Literal(value, _):
                return [value] * self.count
            case Read(name, _, after):
                if after and (assigned := _assigned(action, name)) is not None:
                    return self.values(assigned)
                return self.columns[self.system.index[name]]
            case Arithmetic(symbol, left, right):
                return list(map(ARITHMETIC[symbol], self.values(left, action), self.values(right, action)))  # type: ignore[arg-type]  # the sorts say integers
            case If(condition, then, otherwise):
                tests = self.selected(self.mask(condition, action))
                branches = zip(tests, self.values(then, action), self.values(otherwise, action), strict=True)
                return [yes if test else no for test, yes, no in branches]
            case _:
                message = f"{type(term).__name__} is no value of a system"
                raise IllFormed(message)

    def selected(self, mask: int) -> bytes:
        """Return a mask as one byte, 0 or 1, per state."""
        return mask.to_bytes(self.count, "little")

    def first(self, mask: int) -> int:
        """Return the number of the first state of a mask that is not empty."""
        return self.selected(mask).index(1)

    def _among(self, operand: Expression, values: tuple[Value, ...], action: SystemAction | None) -> int:
        while isinstance(operand, Read) and operand.after:
            assigned = _assigned(action, operand.name)
            operand = Read(operand.name, operand.of) if assigned is None else assigned
        if isinstance(operand, Read) and self.bytes[self.system.index[operand.name]]:
            return self._atom(operand.name, values)
        if isinstance(operand, Literal):
            return self.ones if operand.value in values else 0
        if isinstance(operand, If):
            test = self.mask(operand.condition, action)
            then, otherwise = (self._among(part, values, action) for part in (operand.then, operand.otherwise))
            return test & then | (self.ones ^ test) & otherwise
        return int.from_bytes(bytes(value in values for value in self.values(operand, action)), "little")

    def _atom(self, name: str, values: tuple[Value, ...]) -> int:
        key = (name, values)
        known = self._atoms.get(key)
        if known is None:
            position = self.system.index[name]
            sort = self.system.variables[position].sort
            table = bytearray(ONE_BYTE)
            for value in values:
                if not isinstance(sort, Bounded) or sort.low <= int(value) <= sort.high:
                    table[code(value, sort)] = 1
            known = self._atoms[key] = int.from_bytes(self.bytes[position].translate(table), "little")
        return known

    def _compared(
        self, operate: Callable[..., bool], left: Expression, right: Expression, action: SystemAction | None
    ) -> int:
        return int.from_bytes(bytes(map(operate, self.values(left, action), self.values(right, action))), "little")

    # --- steps ------------------------------------------------------------------------------------------------------

    def successors(self, action: SystemAction, enabled: bytes) -> Iterator[int]:
        """Return the packed state after ``action`` for each enabled state.

        Raises `Refused` when the action would assign a value outside its variable's range there.
        """
        if 1 not in enabled:
            return iter(())  # also where it would assign one value everywhere that is outside
        keep, put = self.encoding.all, 0
        varying: list[Iterable[int]] = []
        for assignment in action.assignments:
            position = self.system.index[assignment.variable]
            keep &= ~self.encoding.masks[position]
            shift = self.encoding.shifts[position]
            try:
                if isinstance(assignment.value, Literal):
                    put |= self.encoding.codes(position, (assignment.value.value,))[0] << shift
                    continue
                coded = self._coded(assignment.value, position)
                if coded is None:
                    chosen = list(compress(self.values(assignment.value), enabled))
                    varying.append([number << shift for number in self.encoding.codes(position, chosen)])
                else:
                    shifted = [number << shift for number in range(ONE_BYTE)]
                    varying.append(map(shifted.__getitem__, compress(self.selected(coded), enabled)))
            except ValueError as error:
                message = (
                    f"{action.name} assigns {error.args[0]!r} to {assignment.variable}, which is outside its range"
                )
                raise Refused(message) from error
        after: Iterator[int] = map(operator.and_, compress(self.packed, enabled), repeat(keep))
        if put:
            after = map(operator.or_, after, repeat(put))
        for column in varying:
            after = map(operator.or_, after, column)
        return after

    def _coded(self, term: Expression, position: int) -> int | None:
        """Return the numbers of a term's values within the sort of a variable, one byte a state.

        None where arithmetic or another sort makes bytes unsuitable; `values` has to be used then.
        """
        sort = self.system.variables[position].sort
        if isinstance(sort, Boolean):
            return self.mask(term)
        match term:
            case Literal(value, _) if self.bytes[position]:
                return self.ones * code(value, sort) if belongs(value, sort) else None
            case Read(name, of, False) if of == sort and self.bytes[position]:
                return int.from_bytes(self.bytes[self.system.index[name]], "little")
            case If(condition, then, otherwise):
                yes, no = self._coded(then, position), self._coded(otherwise, position)
                if yes is None or no is None:
                    return None
                test = self.mask(condition) * (ONE_BYTE - 1)
                return test & yes | (self.ones * (ONE_BYTE - 1) ^ test) & no
            case _:
                return None


def _assigned(action: SystemAction | None, name: str) -> Expression | None:
    """Return what ``action`` assigns to the variable, None when it keeps its value."""
    for assignment in action.assignments if action is not None else ():
        if assignment.variable == name:
            return assignment.value
    return None


def step_groups(formula: Expression, actions: Sequence[SystemAction]) -> list[list[int]]:
    """Group the numbers of actions on whose steps ``formula`` is the same condition on the state before."""
    taken = [node.names for node in formula.walk() if isinstance(node, Took)]
    after = {node.name for node in formula.walk() if isinstance(node, Read) and node.after}
    groups: dict[object, list[int]] = {}
    for number, action in enumerate(actions):
        effect = tuple(
            (assignment.variable, assignment.value if isinstance(assignment.value, Literal) else id(assignment.value))
            for assignment in action.assignments
            if assignment.variable in after
        )
        groups.setdefault((tuple(action.name in names for names in taken), effect), []).append(number)
    return list(groups.values())
