"""A system as terms of the solver z3: states, start states, one step, any ground formula, and the way back.

Given a `System`, `Terms` holds one fresh z3 context with constants for the state now, the state after a step, and one
truth value per action instance (which one was taken).  Over them it gives the domain, the start condition and the
transition; `at` renames any term to a numbered moment of an unrolling; `state` and `action` decode a model of the
solver; `expression` turns a term about a state back into the intermediate representation.

Truth values are truth values, enums are coded in bits.  Integers are bit-vectors, each intermediate result as wide as
its interval needs, so that nothing wraps around; with ``mathematical`` they are unbounded integers instead (which
Spacer prefers).  The transition has one literal per action with its guard and effects, and one frame axiom per
variable, instead of a disjunction of actions.  A step that would leave a range does not exist here: the domain of the
state after it excludes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import z3

from tdispmodel.compiling.numbers import Numbers, Unsuitable
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
    Took,
    Value,
    rebuilt,
)
from tdispmodel.ir.sorts import size
from tdispmodel.ir.system import State, System, SystemVariable

Truth: TypeAlias = "bool | z3.BoolRef"
"""A truth value while terms are built: decided, or a term."""

Cases = dict[Value, Truth]
"""An enum while terms are built: under which condition it has which value."""

__all__ = ["Terms", "Unsuitable"]

GROUP = 6
"""Up to so many literals are excluded pair by pair."""


class Moment:
    """The constants of one state: for each variable its slots (one truth value or number, or the bits of an enum)."""

    def __init__(self, system: System, numbers: Numbers, suffix: str) -> None:
        self.slots: list[list[z3.ExprRef]] = []
        for position, variable in enumerate(system.variables):
            name = f"v{position}{suffix}"
            match variable.sort:
                case Boolean():
                    self.slots.append([z3.Bool(name, numbers.context)])
                case Bounded() as sort:
                    self.slots.append([numbers.constant(name, sort)])
                case Enumeration(_, members):
                    count = (len(members) - 1).bit_length()
                    self.slots.append([z3.Bool(f"{name}.{bit}", numbers.context) for bit in range(count)])
        self.flat = [slot for slots in self.slots for slot in slots]


class Terms:
    """The terms of one system, in a z3 context of their own."""

    def __init__(self, system: System, *, mathematical: bool = False) -> None:
        self.system = system
        self.context = z3.Context()
        self.numbers = Numbers(self.context, mathematical=mathematical)
        self.now = Moment(system, self.numbers, "")
        self.after = Moment(system, self.numbers, "'")
        self.taken = [z3.Bool(f"a{position}", self.context) for position in range(len(system.actions))]
        self._moments: dict[int, Moment] = {}
        self._renamings: dict[int, list[tuple[z3.ExprRef, z3.ExprRef]]] = {}
        self._step_literals: dict[int, list[z3.BoolRef]] = {}
        self._prime = list(zip(self.now.flat, self.after.flat, strict=True))
        self.domain = self.term(self._domain(self.now))
        self.initial = self.term(self._initial())
        self.transition = self.term(self._transition())

    # --- what a system means ------------------------------------------------------------------------------------------

    def _domain(self, moment: Moment) -> Truth:
        """Every number lies in its range and every enum's bits are the number of a member."""
        conditions: list[Truth] = []
        for variable, slots in zip(self.system.variables, moment.slots, strict=True):
            match variable.sort:
                case Bounded(low, high):
                    conditions.append(self.numbers.inside(self.numbers.read(slots[0], variable.sort), low, high))
                case Enumeration(_, members):
                    unused = range(len(members), 1 << len(slots))
                    conditions += [self.negation(self._coded(slots, code)) for code in unused]
                case _:
                    pass
        return self.every(conditions)

    def _initial(self) -> Truth:
        starts = (
            self._truth(Among(Read(variable.name, variable.sort), variable.initial))
            for variable in self.system.variables
            if len(set(variable.initial)) < size(variable.sort)
        )
        return self.every([self.domain, *starts, self._truth(self.system.initially, static=True)])

    def _transition(self) -> Truth:
        """Exactly one action is taken; it is enabled, has its effects, and what it does not assign stays."""
        conditions: list[Truth] = [self._domain(self.after), self.some(self.taken), *self._at_most_one(self.taken)]
        writers: list[list[z3.BoolRef]] = [[] for _ in self.system.variables]
        for literal, action in zip(self.taken, self.system.actions, strict=True):
            effects = [self._truth(action.guard, static=True)]
            for assignment in action.assignments:
                position = self.system.index[assignment.variable]
                writers[position].append(literal)
                variable = self.system.variables[position]
                effects += self._becomes(variable, self.after.slots[position], assignment.value)
            conditions += [self.some([self.negation(literal), effect]) for effect in effects]
        for position, written in enumerate(writers):
            for before, later in zip(self.now.slots[position], self.after.slots[position], strict=True):
                conditions.append(self.some([*written, before == later]))
        return self.every(conditions)

    def _becomes(self, variable: SystemVariable, slots: Sequence[z3.ExprRef], value: Expression) -> list[Truth]:
        """The conditions under which ``slots`` hold ``value``."""
        match variable.sort:
            case Boolean():
                return [self._same(slots[0], self._truth(value, static=True))]
            case Bounded() as sort:
                return [self.numbers.equal(self.numbers.read(slots[0], sort), self._number(value, static=True))]
            case Enumeration(_, members):
                cases = self._cases(value, static=True)
                return [
                    self._same(slot, self.some(cases.get(member, False) for member in _with_bit(members, bit)))
                    for bit, slot in enumerate(slots)
                ]

    def _at_most_one(self, literals: Sequence[z3.BoolRef]) -> Iterable[Truth]:
        """Pairwise within small groups, then the groups against one another."""
        if len(literals) <= GROUP:
            for position, literal in enumerate(literals):
                for other in literals[:position]:
                    yield z3.Or(z3.Not(literal), z3.Not(other))
            return
        groups = [literals[start : start + GROUP] for start in range(0, len(literals), GROUP)]
        for group in groups:
            yield from self._at_most_one(group)
        yield from self._at_most_one([z3.Or(*group) for group in groups])

    # --- formulas -----------------------------------------------------------------------------------------------------

    def formula(self, expression: Expression, *, static: bool = False) -> z3.BoolRef:
        """Return the term of a ground formula over the constants now, after and taken.

        With ``static`` it is asked of a state alone: a value after the step is the value now and no action was taken.
        Raises `Unsuitable` when its numbers are too wide.
        """
        return self.term(self._truth(rebuilt(expression, lambda _: None), static=static))

    def _truth(self, expression: Expression, *, static: bool = False) -> Truth:  # one case per node
        match expression:
            case Literal(value, _):
                return bool(value)
            case Read():
                return self._slots(expression, static=static)[0]
            case Took(names):
                chosen = zip(self.taken, self.system.actions, strict=True)
                return False if static else self.some(literal for literal, action in chosen if action.name in names)
            case Not(operand):
                return self.negation(self._truth(operand, static=static))
            case And(operands):
                return self.every(self._truth(operand, static=static) for operand in operands)
            case Or(operands):
                return self.some(self._truth(operand, static=static) for operand in operands)
            case Equal(left, right):
                return self._equal(left, right, static=static)
            case Less(left, right):
                return self.negation(
                    self.numbers.at_most(self._number(right, static=static), self._number(left, static=static))
                )
            case AtMost(left, right):
                return self.numbers.at_most(self._number(left, static=static), self._number(right, static=static))
            case Among(operand, values):
                return self._among(operand, values, static=static)
            case If(condition, then, otherwise):
                test = self._truth(condition, static=static)
                yes, no = self._truth(then, static=static), self._truth(otherwise, static=static)
                return self.choice(test, yes, no)
            case _:
                message = f"{type(expression).__name__} is no ground formula"
                raise IllFormed(message)

    def _equal(self, left: Expression, right: Expression, *, static: bool) -> Truth:
        match left.sort:
            case Boolean():
                return self._same(self._truth(left, static=static), self._truth(right, static=static))
            case Bounded():
                return self.numbers.equal(self._number(left, static=static), self._number(right, static=static))
            case Enumeration():
                first, second = self._cases(left, static=static), self._cases(right, static=static)
                return self.some(self.every([first[value], second[value]]) for value in first if value in second)

    def _among(self, operand: Expression, values: tuple[Value, ...], *, static: bool) -> Truth:
        match operand.sort:
            case Boolean():
                inner = self._truth(operand, static=static)
                return self.some(inner if value else self.negation(inner) for value in values)
            case Bounded():
                inner_number = self._number(operand, static=static)
                return self.some(
                    self.numbers.equal(inner_number, self.numbers.literal(value))
                    for value in values
                    if isinstance(value, int)
                )
            case Enumeration():
                cases = self._cases(operand, static=static)
                return self.some(cases[value] for value in dict.fromkeys(values) if value in cases)

    def _cases(self, expression: Expression, *, static: bool) -> Cases:
        """The conditions under which an enum expression has each value that it can have."""
        match expression:
            case Literal(value, _):
                return {value: True}
            case Read():
                slots = self._slots(expression, static=static)
                return {value: self._coded(slots, code) for code, value in enumerate(expression.sort.values)}
            case If(condition, then, otherwise):
                test = self._truth(condition, static=static)
                yes, no = self._cases(then, static=static), self._cases(otherwise, static=static)
                values = dict.fromkeys([*yes, *no])
                return {value: self.choice(test, yes.get(value, False), no.get(value, False)) for value in values}
            case _:
                message = f"{type(expression).__name__} is no enum"
                raise IllFormed(message)

    def _number(self, expression: Expression, *, static: bool) -> tuple[z3.ExprRef, Bounded]:
        match expression:
            case Literal(int() as value, _):
                return self.numbers.literal(value)
            case Read(_, Bounded() as sort, _):
                return self.numbers.read(self._slots(expression, static=static)[0], sort)
            case Arithmetic(operator, left, right):
                return self.numbers.combine(
                    operator, self._number(left, static=static), self._number(right, static=static)
                )
            case If(condition, then, otherwise):
                test = self._truth(condition, static=static)
                yes, no = self._number(then, static=static), self._number(otherwise, static=static)
                if isinstance(test, bool):
                    return yes if test else no
                return self.numbers.choice(test, yes, no)
            case _:
                message = f"{type(expression).__name__} is no number"
                raise IllFormed(message)

    def _slots(self, read: Read, *, static: bool) -> list[z3.ExprRef]:
        moment = self.after if read.after and not static else self.now
        return moment.slots[self.system.index[read.name]]

    def _coded(self, slots: Sequence[z3.ExprRef], code: int) -> Truth:
        return self.every(slot if code >> bit & 1 else z3.Not(slot) for bit, slot in enumerate(slots))

    # --- building with folding ----------------------------------------------------------------------------------------

    def term(self, truth: Truth) -> z3.BoolRef:
        """Return the term of a truth value that may be decided."""
        return z3.BoolVal(truth, self.context) if isinstance(truth, bool) else truth

    def every(self, parts: Iterable[Truth]) -> Truth:
        """Conjunction."""
        kept = [part for part in parts if part is not True]
        if any(part is False for part in kept):
            return False
        return (kept[0] if len(kept) == 1 else z3.And(*kept)) if kept else True

    def some(self, parts: Iterable[Truth]) -> Truth:
        """Disjunction."""
        kept = [part for part in parts if part is not False]
        if any(part is True for part in kept):
            return True
        return (kept[0] if len(kept) == 1 else z3.Or(*kept)) if kept else False

    def negation(self, part: Truth) -> Truth:
        """Negation."""
        if isinstance(part, bool):
            return not part
        return part.arg(0) if z3.is_not(part) else z3.Not(part)

    def choice(self, test: Truth, yes: Truth, no: Truth) -> Truth:
        """``yes`` if ``test`` holds, else ``no``."""
        if isinstance(test, bool):
            return yes if test else no
        return self.some([self.every([test, yes]), self.every([self.negation(test), no])])

    def _same(self, left: Truth, right: Truth) -> Truth:
        if isinstance(right, bool):
            return left if right else self.negation(left)
        if isinstance(left, bool):
            return right if left else self.negation(right)
        return left == right

    # --- moments of an unrolling --------------------------------------------------------------------------------------

    def primed(self, term: z3.BoolRef) -> z3.BoolRef:
        """Return a term about the state now as one about the state after."""
        return z3.substitute(term, *self._prime) if self._prime else term

    def moment(self, step: int) -> Moment:
        """Return the constants of the state after ``step`` steps of an unrolling."""
        if step not in self._moments:
            self._moments[step] = Moment(self.system, self.numbers, f"@{step}")
        return self._moments[step]

    def step_literals(self, step: int) -> list[z3.BoolRef]:
        """Return which action is taken in the state after ``step`` steps, one literal per action instance."""
        if step not in self._step_literals:
            names = (f"a{position}@{step}" for position in range(len(self.taken)))
            self._step_literals[step] = [z3.Bool(name, self.context) for name in names]
        return self._step_literals[step]

    def at(self, terms: Sequence[z3.BoolRef], step: int) -> list[z3.BoolRef]:
        """Return the terms about the step that leaves the state number ``step`` of an unrolling."""
        if not terms or not (self.now.flat or self.taken):
            return list(terms)
        if step not in self._renamings:
            self._renamings[step] = [
                *zip(self.now.flat, self.moment(step).flat, strict=True),
                *zip(self.after.flat, self.moment(step + 1).flat, strict=True),
                *zip(self.taken, self.step_literals(step), strict=True),
            ]
        if len(terms) == 1:
            return [z3.substitute(terms[0], *self._renamings[step])]
        joined: list[z3.BoolRef] = z3.substitute(z3.And(*terms), *self._renamings[step]).children()
        return joined

    # --- from the solver back -----------------------------------------------------------------------------------------

    def state(self, model: z3.ModelRef, moment: Moment) -> State:
        """Return the state that a model of the solver gives the constants of a moment."""
        return tuple(
            self._value(model, variable, slots)
            for variable, slots in zip(self.system.variables, moment.slots, strict=True)
        )

    def _value(self, model: z3.ModelRef, variable: SystemVariable, slots: Sequence[z3.ExprRef]) -> Value:
        found = [model.eval(slot, model_completion=True) for slot in slots]
        match variable.sort:
            case Boolean():
                return bool(z3.is_true(found[0]))
            case Bounded():
                return self.numbers.decoded(found[0])
            case Enumeration(_, members):
                return members[sum(1 << bit for bit, value in enumerate(found) if z3.is_true(value))]

    def action(self, model: z3.ModelRef, step: int) -> str:
        """Return the name of the action that a model of the solver takes in step ``step`` of an unrolling."""
        for literal, action in zip(self.step_literals(step), self.system.actions, strict=True):
            if z3.is_true(model.eval(literal, model_completion=True)):
                return action.name
        message = "a step without an action"
        raise ValueError(message)


def _with_bit(members: tuple[str, ...], bit: int) -> list[str]:
    return [member for code, member in enumerate(members) if code >> bit & 1]
