"""The reference semantics: expressions denote Python functions of (state before, state after, action taken).

Given a `System`, `Semantics` answers: which are the start states, which actions are enabled, where does a step lead,
does a formula hold.  Nothing is cached but the functions themselves.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from itertools import product
from math import prod

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
    belongs,
)
from tdispmodel.ir.system import State, System, SystemAction
from tdispmodel.source import Complaint, Place, Rejected

Denotation = Callable[[State, State, str], Value]

MAXIMUM_START_CHOICES = 1_000_000


class TooManyStarts(Rejected):
    """There are more combinations of start values than are tried: a search limit, not a mistake in a file."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.words = f"more than {MAXIMUM_START_CHOICES} combinations of start values"
        hint = "give fewer variables the start value anything()"
        super().__init__([Complaint("E601", self.words, Place(name), hint)])

    def __reduce__(self) -> tuple[type[TooManyStarts], tuple[str]]:  # type: ignore[override]  # made from a name
        """Travel between processes."""
        return TooManyStarts, (self.name,)


class LeavesRange(Exception):
    """An action assigned a value outside its variable's range: an error of the model, found in a reachable state."""

    def __init__(self, action: str, variable: str, value: Value) -> None:
        self.action, self.variable, self.value = action, variable, value
        super().__init__(f"{action} assigns {value} to {variable}, which is outside its range")


class Semantics:
    """The meaning of one system."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._denotations: dict[Expression, Denotation] = {}
        self._guards = [(action, self.denotation(action.guard)) for action in system.actions]
        self._effects = {
            action.name: [
                (system.index[assignment.variable], assignment.variable, self.denotation(assignment.value))
                for assignment in action.assignments
            ]
            for action in system.actions
        }

    def initial_states(self) -> Iterator[State]:
        """Yield every start state, in a fixed order, which may repeat.

        This is the definition; `start_states` gives the same quickly.  Raises `TooManyStarts`.
        """
        choices = [variable.initial for variable in self.system.variables]
        if prod(len(values) for values in choices) > MAXIMUM_START_CHOICES:
            raise TooManyStarts(self.system.name)
        starts = self.denotation(self.system.initially)
        for state in product(*choices):
            if starts(state, state, ""):
                yield state

    def enabled(self, state: State) -> list[SystemAction]:
        """Return the action instances that can happen in ``state``, in the system's order."""
        return [action for action, guard in self._guards if guard(state, state, "")]

    def step(self, state: State, action: SystemAction) -> State:
        """Return the state after ``action``, which must be enabled.  Raises `LeavesRange`."""
        after = list(state)
        for position, variable, value in self._effects[action.name]:
            result = value(state, state, "")
            if not belongs(result, self.system.variables[position].sort):
                raise LeavesRange(action.name, variable, result)
            after[position] = result
        return tuple(after)

    def successors(self, state: State) -> Iterator[tuple[SystemAction, State]]:
        """Yield each enabled action instance with the state it leads to.  Raises `LeavesRange`."""
        for action in self.enabled(state):
            yield action, self.step(state, action)

    def value(self, expression: Expression, now: State, after: State | None = None, taken: str = "") -> Value:
        """Return the value of ``expression``; ``after`` and ``taken`` describe the step, if it speaks of one."""
        return self.denotation(expression)(now, now if after is None else after, taken)

    def holds(self, formula: Expression, now: State, after: State | None = None, taken: str = "") -> bool:
        """Return whether the formula is true."""
        return bool(self.value(formula, now, after, taken))

    def denotation(self, expression: Expression) -> Denotation:
        """Return the function that an expression denotes."""
        known = self._denotations.get(expression)
        if known is None:
            known = self._denotations[expression] = self._denote(expression)
        return known

    def _denote(self, expression: Expression) -> Denotation:
        match expression:
            case Literal(value, _):
                return lambda now, after, taken: value
            case Read(name, _, after_step):
                position = self.system.index[name]
                if after_step:
                    return lambda now, after, taken: after[position]
                return lambda now, after, taken: now[position]
            case Took(names):
                return lambda now, after, taken: taken in names
            case Not(operand):
                inner = self.denotation(operand)
                return lambda now, after, taken: not inner(now, after, taken)
            case And(operands):
                return self._every([self.denotation(operand) for operand in operands])
            case Or(operands):
                return self._some([self.denotation(operand) for operand in operands])
            case Equal(left, right):
                return self._pair(operator.eq, left, right)
            case Less(left, right):
                return self._pair(operator.lt, left, right)
            case AtMost(left, right):
                return self._pair(operator.le, left, right)
            case Arithmetic(symbol, left, right):
                return self._pair(ARITHMETIC[symbol], left, right)
            case Among(operand, values):
                inner = self.denotation(operand)
                return lambda now, after, taken: inner(now, after, taken) in values
            case If(condition, then, otherwise):
                test, yes, no = self.denotation(condition), self.denotation(then), self.denotation(otherwise)
                return lambda now, after, taken: (
                    yes(now, after, taken) if test(now, after, taken) else no(now, after, taken)
                )
            case _:
                message = f"{type(expression).__name__} has no meaning in a system"
                raise IllFormed(message)

    def _pair(self, operate: Callable[..., Value], left: Expression, right: Expression) -> Denotation:
        first, second = self.denotation(left), self.denotation(right)
        return lambda now, after, taken: operate(first(now, after, taken), second(now, after, taken))

    @staticmethod
    def _every(parts: list[Denotation]) -> Denotation:
        def every(now: State, after: State, taken: str) -> Value:
            return all(part(now, after, taken) for part in parts)

        return every

    @staticmethod
    def _some(parts: list[Denotation]) -> Denotation:
        def some(now: State, after: State, taken: str) -> Value:
            return any(part(now, after, taken) for part in parts)

        return some
