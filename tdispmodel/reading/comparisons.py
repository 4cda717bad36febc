"""Comparisons: ``==``, ``is``, ``<``, ``in`` and their like, between values, instances and actors."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tdispmodel.ir.expressions import (
    ActorIs,
    Among,
    And,
    AtMost,
    Bounded,
    Enumeration,
    Equal,
    Expression,
    Less,
    Literal,
    Not,
    Or,
    SameInstance,
    same_kind,
)
from tdispmodel.reading.denotations import (
    ActorName,
    Denotation,
    Instance,
    StepActor,
    Term,
    described,
    sort_name,
)

if TYPE_CHECKING:
    from tdispmodel.reading.expressions import Elaborator
    from tdispmodel.reading.scopes import Scope

_ORDERS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_NEGATED = (ast.NotEq, ast.IsNot, ast.NotIn)


def comparison(elaborator: Elaborator, node: ast.Compare, scope: Scope) -> Term:
    """Return a comparison; a chain ``a < b < c`` is the conjunction of its pairs, as in Python."""
    lefts = [node.left, *node.comparators[:-1]]
    pairs = [
        _pair(elaborator, node, scope, left, operator, right)
        for left, operator, right in zip(lefts, node.ops, node.comparators, strict=True)
    ]
    if len(pairs) == 1:
        return pairs[0]
    return elaborator.built(node, scope, And(tuple(pair.expression for pair in pairs)), *pairs)


def _pair(  # noqa: PLR0913, PLR0917  # a comparison has as many parts
    elaborator: Elaborator, node: ast.Compare, scope: Scope, left: ast.expr, operator: ast.cmpop, right: ast.expr
) -> Term:
    if isinstance(operator, ast.In | ast.NotIn):
        term = _membership(elaborator, node, scope, left, right)
    else:
        term = _two(elaborator, scope, operator, (left, elaborator.denote(left, scope)), (right, None))
    if isinstance(operator, _NEGATED):
        return elaborator.built(node, scope, Not(term.expression), term)
    return term


def _two(
    elaborator: Elaborator,
    scope: Scope,
    operator: ast.cmpop,
    one: tuple[ast.expr, Denotation],
    two: tuple[ast.expr, Denotation | None],
) -> Term:
    """Return ``one == two``, ``one is two`` or an order; the negation of ``!=`` and ``is not`` is the caller's."""
    (left_node, left), (right_node, given) = one, two
    right = elaborator.denote(right_node, scope) if given is None else given
    source = scope.source
    match left, right:
        case Term(), Term() if isinstance(operator, _ORDERS):
            return _order(elaborator, scope, operator, (left_node, left), (right_node, right))
        case Term(), Term():
            _check_kinds(scope, right_node, left, right)
            if isinstance(left.sort, Bounded) and isinstance(operator, ast.Is | ast.IsNot):
                sign = "==" if isinstance(operator, ast.Is) else "!="
                raise source.mistake(
                    right_node, "E304", "`is` asks whether two integers are one object", f"write {sign}"
                )
            return elaborator.built(right_node, scope, Equal(left.expression, right.expression), left, right)
        case Instance(), Instance() if not isinstance(operator, _ORDERS):
            return Term(_same_instance(scope, right_node, left, right))
        case (StepActor(), ActorName(actor)) | (ActorName(actor), StepActor()) if not isinstance(operator, _ORDERS):
            return Term(ActorIs((actor,)))
    message = f"{described(left)} cannot be compared with {described(right)}"
    hint = "an instance has variables: compare one of them" if isinstance(left, Instance) else ""
    raise source.mistake(right_node, "E301", message, hint)


def _check_kinds(scope: Scope, node: ast.expr, left: Term, right: Term) -> None:
    if same_kind(left.sort, right.sort):
        return
    if isinstance(left.sort, Enumeration) and isinstance(right.sort, Enumeration):
        message = f"a value of {left.sort} is never a value of {right.sort}"
        hint = f"compare it with {left.sort}.{left.sort.members[0]} or another of {left.sort}"
    else:
        message = f"{sort_name(left.sort)} cannot be compared with {sort_name(right.sort)}"
        hint = "both sides must be of one kind"
    raise scope.source.mistake(node, "E301", message, hint)


def _order(
    elaborator: Elaborator,
    scope: Scope,
    operator: ast.cmpop,
    one: tuple[ast.expr, Term],
    two: tuple[ast.expr, Term],
) -> Term:
    (_, left), (right_node, right) = one, two
    for node, term in (one, two):
        if not isinstance(term.sort, Bounded):
            hint = "write: ... in (..., ...)" if isinstance(term.sort, Enumeration) else "write: and, or, not"
            raise scope.source.mistake(node, "E320", f"{sort_name(term.sort)} has no order", hint)
    if isinstance(operator, ast.Gt | ast.GtE):
        left, right = right, left
    node_class = Less if isinstance(operator, ast.Lt | ast.Gt) else AtMost
    return elaborator.built(right_node, scope, node_class(left.expression, right.expression), left, right)


def _same_instance(scope: Scope, node: ast.expr, left: Instance, right: Instance) -> Expression:
    source = scope.source
    if left.after or right.after:
        message = "which instances there are does not change in a step"
        raise source.mistake(node, "E326", message, "compare instances of the state before the step (now)")
    if not set(left.kinds) & set(right.kinds):
        message = f"{described(left)} is never {described(right)}"
        raise source.mistake(node, "E326", message, "compare instances of one component")
    return SameInstance(left.path, right.path)


def _membership(elaborator: Elaborator, node: ast.Compare, scope: Scope, left: ast.expr, right: ast.expr) -> Term:
    """Return ``left in (a, b)``: `Among` when all are written values, else a disjunction."""
    source = scope.source
    if not isinstance(right, ast.Tuple | ast.List | ast.Set):
        hint = "write: ... in (Tdi.RUN, Tdi.ERROR)"
        raise source.mistake(right, "E321", "the right side of in is a list of values", hint)
    if not right.elts:
        raise source.mistake(right, "E321", "nothing is in an empty list", "list values, or write False")
    subject = elaborator.denote(left, scope)
    items = [(item, elaborator.denote(item, scope)) for item in right.elts]
    if isinstance(subject, StepActor) and all(isinstance(item, ActorName) for _, item in items):
        return Term(ActorIs(tuple(item.actor for _, item in items if isinstance(item, ActorName))))
    if isinstance(subject, Term) and all(
        isinstance(item, Term) and isinstance(item.expression, Literal) for _, item in items
    ):
        terms = [(item_node, item) for item_node, item in items if isinstance(item, Term)]
        for item_node, item in terms:
            _check_kinds(scope, item_node, subject, item)
        values = tuple(item.expression.value for _, item in terms if isinstance(item.expression, Literal))
        return elaborator.built(node, scope, Among(subject.expression, values), subject)
    pairs = [_two(elaborator, scope, ast.Eq(), (left, subject), item) for item in items]
    if len(pairs) == 1:
        return pairs[0]
    return elaborator.built(node, scope, Or(tuple(pair.expression for pair in pairs)), *pairs)
