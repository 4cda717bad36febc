"""A system as a circuit: what its latches are next, and where a question is answered badly.

Given a ground system, a `Machine` has a latch ``started`` and latches for the bits of each variable's value, which is
written as its place among the values of its sort.  Its inputs say which action is to be taken and, before the start,
which state to begin in.  Before the start nothing changes until the inputs are those of a start state; after it an
action that is not enabled, would leave a range, or does not exist changes nothing.  So a state after ``n`` steps can be
seen from frame ``n + 1`` on, counted from 0, and the circuit can wait where the system has come to an end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise, product

from tdispmodel.compiling.circuits.aiger import FALSE, TRUE, Circuit
from tdispmodel.ir.expressions import (
    ARITHMETIC,
    Among,
    And,
    Arithmetic,
    AtMost,
    Equal,
    Expression,
    If,
    IllFormed,
    Less,
    Literal,
    Not,
    Or,
    Read,
    Took,
    Value,
)
from tdispmodel.ir.sorts import size
from tdispmodel.ir.system import System, SystemAction

MOST_VALUES = 256
MOST_PAIRS = 1 << 14
"""How many values a variable may have, and how many pairs of values an operation may be written out for."""

Cases = dict[Value, int]
"""For each value that an expression can have the literal that says so; truth values are 0 and 1."""


class TooWide(Exception):
    """A variable or an operation has too many values for a circuit that lists them."""


@dataclass(frozen=True, eq=False)
class _Place:
    """What formulas read: a state and, where they speak of a step, the action taken and what it assigns."""

    now: Callable[[str], Cases]
    taken: str = ""
    assigned: dict[str, Cases] | None = None

    def read(self, name: str, *, later: bool) -> Cases:
        """Return the cases of a variable.  Raises `IllFormed` for a later value where no step is spoken of."""
        if not later:
            return self.now(name)
        if self.assigned is None:
            message = f"{name} after a step, where none is spoken of"
            raise IllFormed(message)
        return self.assigned[name] if name in self.assigned else self.now(name)


class Machine:
    """One system as a circuit.  Raises `TooWide` when it is made, and when a formula is asked for.

    ``following`` is what each latch is next, ``taken`` for each action when it is taken, and ``strays`` when one that
    is chosen and enabled would leave a range.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        widths = [(size(one.sort) - 1).bit_length() for one in system.variables]
        for one in system.variables:
            if size(one.sort) > MOST_VALUES:
                message = f"{one.name} has more than {MOST_VALUES} values"
                raise TooWide(message)
        bits = [
            f"{one.name}.{bit}" for one, width in zip(system.variables, widths, strict=True) for bit in range(width)
        ]
        actions = len(system.actions).bit_length()
        self.circuit = Circuit(
            [*(f"action.{bit}" for bit in range(actions)), *(f"start {bit}" for bit in bits)], ["started", *bits]
        )
        self.choice = self.circuit.inputs[:actions]
        self.started = self.circuit.latches[0]
        ends = list(pairwise([0, *accumulate(widths)]))
        self.now = [self.circuit.latches[1:][begin:end] for begin, end in ends]
        self.first = [self.circuit.inputs[actions:][begin:end] for begin, end in ends]
        self.here = _Place(self._reading(self.now))
        self.steps = [self._step(action) for action in system.actions]
        ways = [self._ways(number, action) for number, action in enumerate(system.actions)]
        self.taken = [taken for taken, _ in ways]
        self.strays = self.circuit.any([strays for _, strays in ways])
        self.following = self._following()

    def somewhere(self, formula: Expression) -> int:
        """Return where a state formula is true; what it is before the start is nobody's business."""
        return self._true(formula, self.here)

    def violating(self, formula: Expression, *, of_steps: bool) -> int:
        """Return when a formula is false: in a started state, or of the step that is taken in it."""
        circuit = self.circuit
        if not of_steps:
            return circuit.both(self.started, self.somewhere(formula) ^ 1)
        steps = zip(self.taken, self.steps, strict=True)
        return circuit.any([circuit.both(when, self._true(formula, step) ^ 1) for when, step in steps])

    def valid(self) -> int:
        """Return where the bits of every variable are those of a value."""
        circuit = self.circuit
        values = [
            circuit.any([self._coded(bits, code) for code in range(size(variable.sort))])
            for variable, bits in zip(self.system.variables, self.now, strict=True)
        ]
        return circuit.all(values)

    # --- steps --------------------------------------------------------------------------------------------------------

    def _step(self, action: SystemAction) -> _Place:
        assigned = {one.variable: self._cases(one.value, self.here) for one in action.assignments}
        return _Place(self.here.now, action.name, assigned)

    def _ways(self, number: int, action: SystemAction) -> tuple[int, int]:
        """Return when an action is taken, and when it is chosen and enabled but would leave a range."""
        wanted = self.circuit.all((self.started, self._coded(self.choice, number), self._true(action.guard, self.here)))
        inside = TRUE
        for name, cases in (self.steps[number].assigned or {}).items():
            values = set(map(_plain, self.system.sorts[name].values))
            if not values >= cases.keys():
                possible = self.circuit.any([literal for value, literal in cases.items() if value in values])
                inside = self.circuit.both(inside, possible)
        return self.circuit.both(wanted, inside), self.circuit.both(wanted, inside ^ 1)

    def _following(self) -> list[int]:
        circuit = self.circuit
        idle = circuit.any(self.taken) ^ 1
        starts = circuit.all((self.started ^ 1, self._is_start()))
        following = [circuit.any((self.started, starts))]
        for number, variable in enumerate(self.system.variables):
            places = {_plain(known): place for place, known in enumerate(variable.sort.values)}
            ways: list[tuple[int, int]] = []  # when, and which bits are then 1
            for when, step in zip(self.taken, self.steps, strict=True):
                cases = step.read(variable.name, later=True)
                ways += [
                    (circuit.both(when, literal), places[known]) for known, literal in cases.items() if known in places
                ]
            for bit, (latch, start) in enumerate(zip(self.now[number], self.first[number], strict=True)):
                moved = circuit.any(when for when, place in ways if place >> bit & 1)
                kept = circuit.both(idle, latch)
                following.append(circuit.any((moved, circuit.both(starts, start), circuit.all((kept, starts ^ 1)))))
        return following

    def _is_start(self) -> int:
        inside = _Place(self._reading(self.first))
        chosen = [self._true(Among(Read(one.name, one.sort), one.initial), inside) for one in self.system.variables]
        return self.circuit.all([*chosen, self._true(self.system.initially, inside)])

    def _coded(self, bits: Sequence[int], code: int) -> int:
        return self.circuit.all([bit if code >> place & 1 else bit ^ 1 for place, bit in enumerate(bits)])

    def _reading(self, bits: Sequence[Sequence[int]]) -> Callable[[str], Cases]:
        cases: list[Cases] = [
            {_plain(value): self._coded(mine, code) for code, value in enumerate(variable.sort.values)}
            for variable, mine in zip(self.system.variables, bits, strict=True)
        ]
        return lambda name: cases[self.system.index[name]]

    # --- expressions ------------------------------------------------------------------------------------------------

    def _true(self, expression: Expression, place: _Place) -> int:
        return self._cases(expression, place).get(1, FALSE)

    def _cases(self, expression: Expression, place: _Place) -> Cases:
        circuit = self.circuit
        match expression:
            case Literal(value, _):
                return {_plain(value): TRUE}
            case Read(name, _, later):
                return place.read(name, later=later)
            case Took(names):
                return _truth(TRUE if place.taken in names else FALSE)
            case Not(operand):
                return _truth(self._true(operand, place) ^ 1)
            case And(operands):
                return _truth(circuit.all([self._true(operand, place) for operand in operands]))
            case Or(operands):
                return _truth(circuit.any([self._true(operand, place) for operand in operands]))
            case Among(operand, values):
                cases = self._cases(operand, place)
                return _truth(circuit.any([cases.get(_plain(value), FALSE) for value in values]))
            case Equal(left, right):
                return self._pairs(lambda one, other: int(one == other), left, right, place)
            case Less(left, right):
                return self._pairs(lambda one, other: int(one < other), left, right, place)  # type: ignore[operator]  # integers
            case AtMost(left, right):
                return self._pairs(lambda one, other: int(one <= other), left, right, place)  # type: ignore[operator]  # integers
            case Arithmetic(operator, left, right):
                return self._pairs(ARITHMETIC[operator], left, right, place)  # type: ignore[arg-type]  # integers
            case If(condition, then, otherwise):
                test = self._true(condition, place)
                yes, no = self._cases(then, place), self._cases(otherwise, place)
                return {
                    value: circuit.choice(test, yes.get(value, FALSE), no.get(value, FALSE))
                    for value in dict.fromkeys((*yes, *no))
                }
            case _:
                message = f"{type(expression).__name__} is no ground formula"
                raise IllFormed(message)

    def _pairs(
        self, operate: Callable[[Value, Value], Value], left: Expression, right: Expression, place: _Place
    ) -> Cases:
        one, other = self._cases(left, place), self._cases(right, place)
        if len(one) * len(other) > MOST_PAIRS:
            message = f"an operation is about more than {MOST_PAIRS} pairs of values"
            raise TooWide(message)
        found: dict[Value, list[int]] = {}
        for (first, when), (second, also) in product(one.items(), other.items()):
            found.setdefault(operate(first, second), []).append(self.circuit.both(when, also))
        return {value: self.circuit.any(literals) for value, literals in found.items()}


def _plain(value: Value) -> Value:
    """A truth value as 0 or 1; enums and integers never meet truth values in one expression."""
    return int(value) if isinstance(value, bool) else value


def _truth(literal: int) -> Cases:
    return {1: literal, 0: literal ^ 1}
