"""Short spellings to build systems and questions by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tdispmodel.ir.expressions import (
    BOOLEAN,
    TRUE,
    Actor,
    Among,
    Equal,
    Expression,
    Fairness,
    Literal,
    Read,
    Sort,
    Value,
    conjunction,
    disjunction,
    negation,
)
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.system import Assignment, SystemAction, SystemProperty, SystemVariable

__all__ = [
    "TRUE",
    "act",
    "among",
    "ask",
    "both",
    "either",
    "equal",
    "implies",
    "invariant",
    "negated",
    "read",
    "variable",
]

both = conjunction
either = disjunction
negated = negation


def variable(name: str, sort: Sort | None, *initial: Value) -> SystemVariable:
    """Return a variable; no sort means a truth value."""
    return SystemVariable(name, sort or BOOLEAN, initial)


def read(name: str, sort: Sort | None = None, *, after: bool = False) -> Read:
    """Return the value of a variable."""
    return Read(name, sort or BOOLEAN, after)


def equal(left: Expression, right: Expression | Value) -> Expression:
    """Return whether two values are the same."""
    return Equal(left, right if isinstance(right, Expression) else Literal(right, left.sort))


def among(operand: Expression, *values: Value) -> Expression:
    """Return whether the value is one of those listed."""
    return Among(operand, values)


def implies(premise: Expression, conclusion: Expression) -> Expression:
    """Return the implication."""
    return disjunction(negation(premise), conclusion)


def act(
    name: str,
    guards: Iterable[Expression],
    variables: Sequence[SystemVariable],
    assigned: Mapping[str, Expression | Value],
    actor: Actor = Actor.KERNEL,
) -> SystemAction:
    """Return an action instance; plain values are written as literals of the variable's sort."""
    sorts = {known.name: known.sort for known in variables}
    assignments = tuple(
        Assignment(target, value if isinstance(value, Expression) else Literal(value, sorts[target]))
        for target, value in assigned.items()
    )
    template = Action(name.partition("(")[0], "Guest", actor, actor.fairness)
    return SystemAction(
        name,
        actor,
        actor.fairness,
        actor.fairness is Fairness.NONE,
        actor.adversarial,
        tuple(guards),
        assignments,
        template,
    )


def ask(kind: Kind, formula: Expression, name: str = "asked") -> SystemProperty:
    """Return a question of some kind."""
    return SystemProperty(name, "TDM900", kind, formula)


def invariant(name: str, formula: Expression) -> SystemProperty:
    """Return the question whether a formula holds in every reachable state."""
    return ask(Kind.INVARIANT, formula, name)
