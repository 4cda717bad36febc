"""Whether instances are interchangeable, found out by the judge itself: swapping two of them changes nothing.

Given a system and classes of instances that somebody says are interchangeable; `Interchange` compares the system with
itself after neighbours in a class were swapped, and says what a formula becomes.  Of such swaps all permutations of a
class are made.  A swap exchanges the variables of two instances, name by name, and in the names of actions the two
names themselves; it is an *automorphism* when variables keep their sort and start values, the condition on start states
says the same, and each action becomes the one of the new name: with the same actor, promises, guard and effects.  "The
same" is up to the order of operands in conjunctions, disjunctions, sums, products and equations, and nothing else.

Why that is enough (C. N. Ip and D. L. Dill, "Better verification through symmetry", 1996): an automorphism maps start
states to start states and steps to steps, so whole behaviours to behaviours; what it makes of a reachable state is
reachable, after as many steps.  A formula is true in a state, or on a step, exactly if what the automorphism makes of
the formula is true in, or on, what it makes of that.  So a formula is true of all reachable states if all that it
becomes under permutations is true of one *representative* of each reachable orbit; and representatives of all orbits
are found by going from those of the start states along all actions, and on from the representatives of what is reached.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from tdispmodel.ir.expressions import (
    Among,
    And,
    Arithmetic,
    AtMost,
    Enumeration,
    Equal,
    Expression,
    If,
    Less,
    Literal,
    Not,
    Or,
    Read,
    Took,
)
from tdispmodel.ir.system import System, SystemAction
from tdispmodel.judging.judgement import Refused

MOST_IMAGES = 1_000
"""So many formulas one may become before the judge gives up."""

LEAST = 2
INSTANCE = re.compile(r"\w+\[\d+\]")
TOO_DEEP = "a formula nests too deeply to be compared"

Shape = int


class Shapes:
    """Numbers of expressions: two have the same one exactly if they are the same up to the order of operands."""

    def __init__(self) -> None:
        self._numbers: dict[object, Shape] = {}

    def of(self, expression: Expression) -> Shape:
        """Return the number of an expression."""
        return self._numbers.setdefault(self._parts(expression), len(self._numbers))

    def _parts(self, term: Expression) -> object:
        match term:
            case Literal(value, sort):
                return "literal", type(value), value, sort if isinstance(sort, Enumeration) else None
            case Read(name, sort, after):
                return "read", name, sort, after
            case Took(names):
                return "took", names
            case Not(operand):
                return "not", self.of(operand)
            case And(operands):
                return "and", frozenset(self._unordered(operands))
            case Or(operands):
                return "or", frozenset(self._unordered(operands))
            case Equal(left, right):
                return "equal", self._unordered((left, right))
            case Less(left, right):
                return "less", self.of(left), self.of(right)
            case AtMost(left, right):
                return "at most", self.of(left), self.of(right)
            case Among(operand, values):
                return "among", self.of(operand), frozenset(values)
            case If(condition, then, otherwise):
                return "if", self.of(condition), self.of(then), self.of(otherwise)
            case Arithmetic("-", left, right):
                return "-", self.of(left), self.of(right)
            case Arithmetic(symbol):
                return symbol, self._unordered(_joined(symbol, term))
            case _:
                message = f"{type(term).__name__} does not stand in a system"
                raise Refused(message)

    def _unordered(self, operands: Sequence[Expression]) -> tuple[Shape, ...]:
        return tuple(sorted(self.of(operand) for operand in operands))


def _joined(symbol: str, term: Expression) -> list[Expression]:
    """Return what is joined by sums alone, or by products alone."""
    if isinstance(term, Arithmetic) and term.operator == symbol:
        return [*_joined(symbol, term.left), *_joined(symbol, term.right)]
    return [term]


class Swap:
    """Two instances that take each other's place."""

    def __init__(self, system: System, one: str, other: str) -> None:
        """Raises `Refused` when the variables of one are not those of the other."""
        names = {one: other, other: one}
        self.variables: dict[str, str] = {}
        for name in system.sorts:
            owner, dot, rest = name.partition(".")
            if owner in names:
                self.variables[name] = f"{names[owner]}{dot}{rest}"
                if system.sorts.get(self.variables[name]) != system.sorts[name]:
                    message = f"{name} has no like in {names[owner]}"
                    raise Refused(message)
        self.names = names

    def action(self, name: str) -> str:
        """Return the action that one becomes; of names that no action has, which are never taken, another such name."""
        return INSTANCE.sub(lambda found: self.names.get(found[0], found[0]), name)

    def of(self, term: Expression) -> Expression:
        """Return what a formula or term becomes."""
        match term:
            case Literal():
                return term
            case Read(name, sort, after):
                return Read(self.variables.get(name, name), sort, after)
            case Took(names):
                return Took(frozenset(map(self.action, names)))
            case Not(operand):
                return Not(self.of(operand))
            case And(operands) | Or(operands):
                return type(term)(tuple(map(self.of, operands)))
            case Equal(left, right) | Less(left, right) | AtMost(left, right):
                return type(term)(self.of(left), self.of(right))
            case Among(operand, values):
                return Among(self.of(operand), values)
            case If(condition, then, otherwise):
                return If(self.of(condition), self.of(then), self.of(otherwise))
            case Arithmetic(symbol, left, right):
                return Arithmetic(symbol, self.of(left), self.of(right))
            case _:
                message = f"{type(term).__name__} does not stand in a system"
                raise Refused(message)


class Interchange:
    """Classes of instances, after it was found that any two in a class can be swapped."""

    def __init__(self, system: System, classes: Sequence[Sequence[str]]) -> None:
        """Raises `Refused`."""
        named = [name for each in classes for name in each]
        plain = all(isinstance(name, str) and name for name in named)
        if not plain or len(set(named)) != len(named) or any(len(each) < LEAST for each in classes):
            message = "the certificate's classes are no classes of different instances"
            raise Refused(message)
        self.system = system
        self.shapes = Shapes()
        try:
            self.swaps = [Swap(system, one, other) for each in classes for one, other in pairwise(each)]
            for swap in self.swaps:
                self._check(swap)
        except RecursionError as error:
            raise Refused(TOO_DEEP) from error

    def _check(self, swap: Swap) -> None:
        starts = {variable.name: frozenset(variable.initial) for variable in self.system.variables}
        for name, other in swap.variables.items():
            if starts[name] != starts[other]:
                message = f"{name} and {other} do not start alike"
                raise Refused(message)
        if not self._same(swap.of(self.system.initially), self.system.initially):
            message = "the condition on start states tells interchanged instances apart"
            raise Refused(message)
        for action in self.system.actions:
            other_action = self.system.by_name.get(swap.action(action.name))
            if other_action is None or not self._becomes(swap, action, other_action):
                message = f"{action.name} has no like when instances are interchanged"
                raise Refused(message)

    def _becomes(self, swap: Swap, action: SystemAction, other: SystemAction) -> bool:
        effects = {swap.variables.get(one.variable, one.variable): swap.of(one.value) for one in action.assignments}
        others = {one.variable: one.value for one in other.assignments}
        return (
            promises(action) == promises(other)
            and self._same(swap.of(action.guard), other.guard)
            and effects.keys() == others.keys()
            and all(self._same(effects[name], others[name]) for name in effects)
        )

    def _same(self, one: Expression, other: Expression) -> bool:
        return self.shapes.of(one) == self.shapes.of(other)

    def images(self, formula: Expression) -> list[Expression]:
        """Return all that a formula becomes under permutations, itself first.  Raises `Refused`."""
        try:
            found = {self.shapes.of(formula): formula}
            waiting = [formula]
            for here in waiting:
                for swap in self.swaps:
                    image = swap.of(here)
                    shape = self.shapes.of(image)
                    if shape not in found:
                        found[shape] = image
                        waiting.append(image)
                if len(found) > MOST_IMAGES:
                    message = f"the property becomes more than {MOST_IMAGES} others when instances are interchanged"
                    raise Refused(message)
        except RecursionError as error:
            raise Refused(TOO_DEEP) from error
        return waiting


def promises(action: SystemAction) -> tuple[object, ...]:
    """Return who takes an action, and what is promised of it and assumed."""
    return action.actor, action.fairness, action.disturbs, action.adversarial
