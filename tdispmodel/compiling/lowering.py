"""A system lowered to conditions on single variables: what engines over bits and over diagrams work on.

Given a `System`; gives its start condition, and for each action instance a `Move`: the condition under which it
happens, and for each variable that it assigns the condition, on the state before, under which it becomes each value.
Any formula about a state, or about the step of a move, becomes a condition on the state before.  Comparisons of
variables and arithmetic are written out value by value.  A step that would leave a range does not exist here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from tdispmodel.compiling.conditions import Condition, Conditions, TooLarge
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
from tdispmodel.ir.system import State, System, SystemAction

MOST_VALUES = 256
"""Variables with more values are not written out value by value."""
MOST_RESULTS = 4096
"""Numbers that can have more values are not either."""

Cases = dict[Value, Condition]
"""The condition under which an expression has each value that it can have."""


@dataclass(frozen=True, eq=False)
class Move:
    """An action instance: it happens where ``guard`` is true, and then ``effects`` says what the assigned variables
    become: for each the codes with their conditions, exactly one of which is true in every state of the guard.
    """

    action: SystemAction
    guard: Condition
    effects: dict[int, dict[int, Condition]]


@dataclass(frozen=True, eq=False)
class _Step:
    """The step that a formula speaks of: the action instance, and what the assigned variables are after it."""

    name: str
    assigned: dict[str, Cases]


class Lowered:
    """The lowered form of one system.  Raises `TooLarge` when it is made, and when a formula is lowered."""

    def __init__(self, system: System) -> None:
        for variable in system.variables:
            if size(variable.sort) > MOST_VALUES:
                message = f"{variable.name} has more than {MOST_VALUES} values"
                raise TooLarge(message)
        self.system = system
        self.values: tuple[tuple[Value, ...], ...] = tuple(variable.sort.values for variable in system.variables)
        self.codes: tuple[dict[Value, int], ...] = tuple(
            {value: code for code, value in enumerate(values)} for values in self.values
        )
        self.conditions = Conditions([len(values) for values in self.values])
        self._known: dict[tuple[object, ...], Cases] = {}
        self._spoken: dict[int, tuple[frozenset[str], tuple[frozenset[str], ...]]] = {}
        self._kept: list[Expression] = []
        self._steps: dict[str, _Step] = {}
        self.moves = tuple(self._move(action) for action in system.actions)
        self.move = {move.action.name: move for move in self.moves}

    # --- what a system is ---------------------------------------------------------------------------------------------

    @cached_property
    def start(self) -> Condition:
        """What is true in the start states and nowhere else."""
        chosen = (
            self.conditions.atom(position, sum(1 << self.codes[position][value] for value in set(variable.initial)))
            for position, variable in enumerate(self.system.variables)
        )
        return self.conditions.every([*chosen, self.condition(self.system.initially)])

    def state(self, codes: tuple[int, ...]) -> State:
        """Return the state with these codes."""
        return tuple(values[code] for values, code in zip(self.values, codes, strict=True))

    def coded(self, state: State) -> tuple[int, ...]:
        """Return the codes of a state."""
        return tuple(codes[value] for codes, value in zip(self.codes, state, strict=True))

    def _move(self, action: SystemAction) -> Move:
        parts = [self.condition(action.guard)]
        effects: dict[int, dict[int, Condition]] = {}
        assigned: dict[str, Cases] = {}
        for assignment in action.assignments:
            position = self.system.index[assignment.variable]
            codes = self.codes[position]
            cases = self._cases(assignment.value, None)
            inside = {value: condition for value, condition in cases.items() if value in codes}
            if len(inside) < len(cases):
                parts.append(self.conditions.some(inside.values()))
            assigned[assignment.variable] = inside
            effects[position] = {codes[value]: condition for value, condition in inside.items()}
        self._steps[action.name] = _Step(action.name, assigned)
        return Move(action, self.conditions.every(parts), effects)

    # --- formulas -----------------------------------------------------------------------------------------------------

    def condition(self, formula: Expression) -> Condition:
        """Return the condition that a formula puts on a state; it sees no step: values after it are the values now."""
        return self._truth(formula, None)

    def condition_of_step(self, formula: Expression, move: Move) -> Condition:
        """Return the condition on the state before, given the guard, under which the step of ``move`` satisfies it."""
        return self._truth(formula, self._steps[move.action.name])

    def _truth(self, formula: Expression, step: _Step | None) -> Condition:
        return self._cases(formula, step).get(True, self.conditions.false)

    def _cases(self, expression: Expression, step: _Step | None) -> Cases:
        key = (id(expression), *self._relevant(expression, step))
        known = self._known.get(key)
        if known is None:
            cases = self._written_out(expression, step)
            known = {value: condition for value, condition in cases.items() if condition is not self.conditions.false}
            if len(known) > MOST_RESULTS:
                message = f"a number has more than {MOST_RESULTS} values"
                raise TooLarge(message)
            self._known[key] = known
        return known

    def _relevant(self, expression: Expression, step: _Step | None) -> tuple[object, ...]:
        """What of the step the expression depends on."""
        after, tooks = self._speaks(expression)
        if step is None or not (after or tooks):
            return ()
        return (
            True,
            *((name, id(step.assigned[name])) for name in sorted(after & step.assigned.keys())),
            *(step.name in names for names in tooks),
        )

    def _speaks(self, expression: Expression) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
        """The variables read after the step, and the sets of action names asked for."""
        known = self._spoken.get(id(expression))
        if known is None:
            below = [self._speaks(child) for child in expression.children]
            after = {name for names, _ in below for name in names}
            tooks = dict.fromkeys(names for _, found in below for names in found)
            match expression:
                case Read(name, _, True):
                    after.add(name)
                case Took(names):
                    tooks[names] = None
                case _:
                    pass
            known = self._spoken[id(expression)] = (frozenset(after), tuple(tooks))
            self._kept.append(expression)  # so that its id stays its own
        return known

    def _written_out(self, expression: Expression, step: _Step | None) -> Cases:
        of = self.conditions
        match expression:
            case Literal(value, _):
                return {value: of.true}
            case Read(name, _, after):
                if after and step is not None and name in step.assigned:
                    return step.assigned[name]
                position = self.system.index[name]
                return {value: of.atom(position, 1 << code) for value, code in self.codes[position].items()}
            case If(condition, then, otherwise):
                return self._choice(self._truth(condition, step), self._cases(then, step), self._cases(otherwise, step))
            case Arithmetic(operator, left, right):
                return self._combined(ARITHMETIC[operator], self._cases(left, step), self._cases(right, step))
            case _:
                truth = self._compared(expression, step)
                return {True: truth, False: of.negation(truth)}

    def _compared(self, expression: Expression, step: _Step | None) -> Condition:
        of = self.conditions
        match expression:
            case Took(names):
                return of.true if step is not None and step.name in names else of.false
            case Not(operand):
                return of.negation(self._truth(operand, step))
            case And(operands):
                return of.every([self._truth(operand, step) for operand in operands])
            case Or(operands):
                return of.some([self._truth(operand, step) for operand in operands])
            case Among(operand, values):
                cases = self._cases(operand, step)
                return of.some([cases[value] for value in dict.fromkeys(values) if value in cases])
            case Equal(left, right):
                return self._related(lambda one, other: one == other, left, right, step)
            case Less(left, right):
                return self._related(lambda one, other: one < other, left, right, step)  # type: ignore[operator]
            case AtMost(left, right):
                return self._related(lambda one, other: one <= other, left, right, step)  # type: ignore[operator]
            case _:
                message = f"{type(expression).__name__} is no ground formula"
                raise IllFormed(message)

    def _related(
        self, relation: Callable[[Value, Value], bool], left: Expression, right: Expression, step: _Step | None
    ) -> Condition:
        """For each value of the left side, the values of the right side that it goes with."""
        of = self.conditions
        first, second = self._cases(left, step), self._cases(right, step)
        return of.some(
            [
                of.every([condition, of.some([also for other, also in second.items() if relation(value, other)])])
                for value, condition in first.items()
            ]
        )

    def _choice(self, test: Condition, then: Cases, otherwise: Cases) -> Cases:
        none = self.conditions.false
        return {
            value: self.conditions.choice(test, then.get(value, none), otherwise.get(value, none))
            for value in dict.fromkeys([*then, *otherwise])
        }

    def _combined(self, operate: Callable[[int, int], int], left: Cases, right: Cases) -> Cases:
        together: dict[Value, list[Condition]] = {}
        if len(left) * len(right) > MOST_RESULTS:
            message = f"arithmetic combines more than {MOST_RESULTS} pairs of values"
            raise TooLarge(message)
        for one, condition in left.items():
            for other, also in right.items():
                both = self.conditions.every([condition, also])
                together.setdefault(operate(int(one), int(other)), []).append(both)
        return {value: self.conditions.some(parts) for value, parts in together.items()}
