"""What is left of a step formula once it is known which action instance takes the step.

Given a formula over (state before, state after, action taken) and an action instance; gives a formula over the state
before alone: after-values are replaced by what the action assigns, `Took` by its truth, and what the action's guard
already says is put in.  Most formulas about a step become a literal for most actions, and cost nothing in a search.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    And,
    Equal,
    Expression,
    Literal,
    Not,
    Or,
    Read,
    Took,
    conjunction,
    disjunction,
    negation,
    rebuilt,
)
from tdispmodel.ir.system import SystemAction

LARGE = 500
"""Formulas of more nodes than this are not compared with the guard: it would cost more than it saves."""


class Taken:
    """An action instance as step formulas see it: what it assigns, and what its guard says about the state before."""

    def __init__(self, action: SystemAction) -> None:
        self.name = action.name
        self.assigned: dict[str, Expression] = {each.variable: each.value for each in action.assignments}
        guard = action.guard
        self.facts = frozenset(guard.operands if isinstance(guard, And) else (guard,))
        self.known: dict[str, Literal] = {}
        for fact in self.facts:
            match fact:
                case Equal(Read(name), Literal() as value) | Equal(Literal() as value, Read(name)):
                    self.known[name] = value
                case Read(name):
                    self.known[name] = TRUE
                case Not(Read(name)):
                    self.known[name] = FALSE
                case _:
                    pass


class StepFormula:
    """A formula about steps, specialised per action; parts that an action does not touch are worked out only once."""

    def __init__(self, formula: Expression) -> None:
        self.negated = isinstance(formula, Not)
        inner = formula.operand if isinstance(formula, Not) else formula
        self.joined = disjunction if isinstance(inner, Or) else conjunction
        self.parts = [_Part(part) for part in (inner.operands if isinstance(inner, And | Or) else (inner,))]

    def residual(self, taken: Taken) -> Expression:
        """Return the formula over the state before that says what the formula says of an enabled step of ``taken``."""
        joined = self.joined(*(part.residual(taken) for part in self.parts))
        left = joined if isinstance(joined, Literal) else _without_facts(joined, taken.facts)
        return negation(left) if self.negated else left


class _Part:
    """One conjunct, with the residuals known so far: they depend only on the names that the conjunct mentions."""

    def __init__(self, formula: Expression) -> None:
        self.formula = formula
        self._residuals: dict[tuple[object, ...], Expression] = {}

    @cached_property
    def mentioned(self) -> tuple[frozenset[str], frozenset[str], tuple[frozenset[str], ...]]:
        """The variables read after the step, all variables read, and the sets of action names asked for."""
        after, read, tooks = set(), set(), []
        for node in self.formula.walk():
            match node:
                case Read(name, _, is_after):
                    read.add(name)
                    if is_after:
                        after.add(name)
                case Took(names):
                    tooks.append(names)
                case _:
                    pass
        return frozenset(after), frozenset(read), tuple(tooks)

    def residual(self, taken: Taken) -> Expression:
        after, read, tooks = self.mentioned
        assigned = {name: taken.assigned[name] for name in after & taken.assigned.keys()}
        known = {name: taken.known[name] for name in read & taken.known.keys()}
        key = (
            tuple(sorted((name, id(value)) for name, value in assigned.items())),
            tuple(sorted((name, value.value) for name, value in known.items())),
            tuple(taken.name in names for names in tooks),
        )
        found = self._residuals.get(key)
        if found is None:
            found = self._residuals[key] = _substituted(self.formula, assigned, known, taken.name)
        return found


def _substituted(
    formula: Expression, assigned: Mapping[str, Expression], known: Mapping[str, Literal], name: str
) -> Expression:
    def before(node: Expression) -> Expression | None:
        return known.get(node.name) if isinstance(node, Read) else None

    def step(node: Expression) -> Expression | None:
        match node:
            case Took(names):
                return TRUE if name in names else FALSE
            case Read(variable, sort, True):
                return rebuilt(assigned.get(variable, Read(variable, sort)), before)
            case _:
                return before(node)

    return rebuilt(formula, step)


def _without_facts(formula: Expression, facts: frozenset[Expression]) -> Expression:
    """Drop what the facts decide and what is true or false because it stands beside its own negation."""
    if sum(1 for _ in formula.walk()) > LARGE:
        return formula
    return _decided(formula, facts)


def _decided(formula: Expression, facts: frozenset[Expression]) -> Expression:
    if formula in facts:
        return TRUE
    if negation(formula) in facts:
        return FALSE
    match formula:
        case Not(operand):
            return negation(_decided(operand, facts))
        case And(operands):
            joined = conjunction(*(_decided(operand, facts) for operand in operands))
            return FALSE if isinstance(joined, And) and _contradictory(joined.operands) else joined
        case Or(operands):
            joined = disjunction(*(_decided(operand, facts) for operand in operands))
            return TRUE if isinstance(joined, Or) and _contradictory(joined.operands) else joined
        case _:
            return formula


def _contradictory(parts: tuple[Expression, ...]) -> bool:
    """Whether one part is the negation of another."""
    present = frozenset(parts)
    return any(negation(part) in present for part in parts)
