"""A system and its inductive invariant as circuits: the model, and a witness whose property is the invariant.

Given a system, questions and an invariant, `circuits` gives two AIGER files of the same circuit.  Its latches are
one, ``started``, and the bits of each variable's value among those of its sort; its inputs say which action is to be
taken and, before the start, which state to begin in.  An action that is not enabled, would leave a range, or does not
exist changes nothing.  In the model bad is a state (or a step) that the questions exclude; in the witness it is a
started state in which the invariant is false.  What both promise together is told in docs/certificates.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise, product

from tdispmodel.certifying.aiger import FALSE, TRUE, Circuit
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
    Value,
    negation,
)
from tdispmodel.ir.model import Kind
from tdispmodel.ir.sorts import size
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step
from tdispmodel.judging.obligations import possible, step_condition

MOST_VALUES = 256
MOST_PAIRS = 1 << 14
"""How many values a variable may have, and how many pairs of values an operation may be written out for."""

Cases = dict[Value, int]
"""For each value that an expression can have the literal that says so; truth values are 0 and 1."""


class TooWide(Exception):
    """A variable or an operation has too many values for a circuit that lists them."""


def circuits(system: System, questions: Sequence[SystemProperty], invariant: Expression) -> tuple[bytes, bytes]:
    """Return the model and the witness of an inductive invariant that answers all questions.  Raises `TooWide`."""
    unaided = all(question.kind is Kind.MUST_BE_POSSIBLE for question in questions)
    return _Circuits(system.unaided if unaided else system).written(questions, invariant)


class _Circuits:
    """One system as a circuit."""

    def __init__(self, system: System) -> None:
        self.system = system
        widths = [(size(one.sort) - 1).bit_length() for one in system.variables]
        if any(size(one.sort) > MOST_VALUES for one in system.variables):
            message = f"a variable has more than {MOST_VALUES} values"
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

    def written(self, questions: Sequence[SystemProperty], invariant: Expression) -> tuple[bytes, bytes]:
        """Return the two files."""
        circuit, system = self.circuit, self.system
        here = self._reading(self.now)
        chosen = [self._coded(self.choice, number) for number in range(len(system.actions))]
        taken = [
            circuit.all((self.started, one, self._true(possible(system, action), here)))
            for one, action in zip(chosen, system.actions, strict=True)
        ]
        idle = circuit.any(taken) ^ 1
        starts = circuit.all((self.started ^ 1, self._is_start()))
        following = [circuit.any((self.started, starts))]
        for number, variable in enumerate(system.variables):
            ways: list[tuple[int, int]] = []  # when, and which bits are then 1
            for when, action in zip(taken, system.actions, strict=True):
                assigned = {assignment.variable: assignment.value for assignment in action.assignments}
                value = assigned.get(variable.name, Read(variable.name, variable.sort))
                places = {_plain(known): place for place, known in enumerate(variable.sort.values)}
                cases = self._cases(value, here)
                ways += [
                    (circuit.both(when, literal), places[known]) for known, literal in cases.items() if known in places
                ]
            for bit, (latch, start) in enumerate(zip(self.now[number], self.first[number], strict=True)):
                moved = circuit.any(when for when, place in ways if place >> bit & 1)
                kept = circuit.both(idle, latch)
                following.append(circuit.any((moved, circuit.both(starts, start), circuit.all((kept, starts ^ 1)))))
        comment = f"{system.name}: {', '.join(sorted({question.name for question in questions}))}"
        bad = circuit.both(self.started, circuit.any([self._bad(question, taken, here) for question in questions]))
        holds = circuit.all((*map(self._valid, range(len(system.variables)), self.now), self._true(invariant, here)))
        broken = circuit.both(self.started, holds ^ 1)
        return circuit.written(following, bad, comment), circuit.written(following, broken, f"{comment}: invariant")

    def _bad(self, question: SystemProperty, taken: Sequence[int], here: Callable[[str], Cases]) -> int:
        goal = negation(question.formula) if question.kind is Kind.MUST_BE_POSSIBLE else question.formula
        if question.kind is not Kind.STEP and not speaks_of_step(goal):
            return self._true(goal, here) ^ 1
        steps = zip(taken, self.system.actions, strict=True)
        return self.circuit.any(
            [self.circuit.both(when, self._true(step_condition(goal, action), here) ^ 1) for when, action in steps]
        )

    def _is_start(self) -> int:
        inside = self._reading(self.first)
        chosen = [self._true(Among(Read(one.name, one.sort), one.initial), inside) for one in self.system.variables]
        return self.circuit.all([*chosen, self._true(self.system.initially, inside)])

    def _valid(self, number: int, bits: Sequence[int]) -> int:
        """Whether the bits of a variable are those of a value."""
        return self.circuit.any([self._coded(bits, code) for code in range(size(self.system.variables[number].sort))])

    def _coded(self, bits: Sequence[int], code: int) -> int:
        return self.circuit.all([bit if code >> place & 1 else bit ^ 1 for place, bit in enumerate(bits)])

    def _reading(self, bits: Sequence[Sequence[int]]) -> Callable[[str], Cases]:
        cases: list[Cases] = [
            {_plain(value): self._coded(mine, code) for code, value in enumerate(variable.sort.values)}
            for variable, mine in zip(self.system.variables, bits, strict=True)
        ]
        return lambda name: cases[self.system.index[name]]

    # --- expressions ------------------------------------------------------------------------------------------------

    def _true(self, expression: Expression, read: Callable[[str], Cases]) -> int:
        return self._cases(expression, read).get(1, FALSE)

    def _cases(self, expression: Expression, read: Callable[[str], Cases]) -> Cases:  # one case per node
        circuit = self.circuit
        match expression:
            case Literal(value, _):
                return {_plain(value): TRUE}
            case Read(name, _, False):
                return read(name)
            case Not(operand):
                return _truth(self._true(operand, read) ^ 1)
            case And(operands):
                return _truth(circuit.all([self._true(operand, read) for operand in operands]))
            case Or(operands):
                return _truth(circuit.any([self._true(operand, read) for operand in operands]))
            case Among(operand, values):
                cases = self._cases(operand, read)
                return _truth(circuit.any([cases.get(_plain(value), FALSE) for value in values]))
            case Equal(left, right):
                return self._pairs(lambda one, other: int(one == other), left, right, read)
            case Less(left, right):
                return self._pairs(lambda one, other: int(one < other), left, right, read)  # type: ignore[operator]  # integers
            case AtMost(left, right):
                return self._pairs(lambda one, other: int(one <= other), left, right, read)  # type: ignore[operator]  # integers
            case Arithmetic(operator, left, right):
                return self._pairs(ARITHMETIC[operator], left, right, read)  # type: ignore[arg-type]  # integers
            case If(condition, then, otherwise):
                test = self._true(condition, read)
                yes, no = self._cases(then, read), self._cases(otherwise, read)
                return {
                    value: circuit.choice(test, yes.get(value, FALSE), no.get(value, FALSE))
                    for value in dict.fromkeys((*yes, *no))
                }
            case _:
                message = f"{type(expression).__name__} does not speak of one state of a system"
                raise IllFormed(message)

    def _pairs(
        self,
        operate: Callable[[Value, Value], Value],
        left: Expression,
        right: Expression,
        read: Callable[[str], Cases],
    ) -> Cases:
        one, other = self._cases(left, read), self._cases(right, read)
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
