"""The premise of a formula: what must be reachable lest a property hold vacuously."""

from __future__ import annotations

from tdispmodel.ir.expressions import (
    TRUE,
    And,
    Binder,
    Expression,
    If,
    Literal,
    Not,
    Or,
    Quantified,
    conjunction,
    disjunction,
    negation,
)


def antecedent(formula: Expression) -> Expression | None:
    """Return the premise of an implication, None when the formula is none.

    ``not A or B`` has the premise A; the negated parts of a disjunction together are its premise (``x is not V`` is
    the negation of ``x is V``), except that a disjunction of negated parts only keeps its last one as conclusion.
    ``B if A else True`` has the premise A.  A conjunction has the disjunction of its parts' premises, if all have one;
    ``all(B for d in ... if A)`` has the premise ``any(A for d in ...)``.
    """
    match formula:
        case And(operands):
            premises = [antecedent(operand) for operand in operands]
            known = [premise for premise in premises if premise is not None]
            return disjunction(*known) if known and len(known) == len(premises) else None
        case Or(operands):
            return _premise_of_parts(operands)
        case Quantified(Binder.ALL, bound, collection, body, where):
            inner = antecedent(body)
            if inner is None:
                return None if where == TRUE else Quantified(Binder.ANY, bound, collection, where)
            return Quantified(Binder.ANY, bound, collection, inner, where)
        case Not(And(operands)):
            return _premise_of_parts(tuple(negation(operand) for operand in operands))
        case If(condition, then, Literal(True, _)):
            inner = antecedent(then)
            return condition if inner is None else conjunction(condition, inner)
        case If(condition, Literal(True, _), otherwise):
            inner = antecedent(otherwise)
            return negation(condition) if inner is None else conjunction(negation(condition), inner)
        case _:
            return None


def _premise_of_parts(parts: tuple[Expression, ...]) -> Expression | None:
    negated = [part for part in parts if isinstance(part, Not)]
    if not negated:
        return None
    if len(negated) == len(parts):
        negated.pop()
    rest = [part for part in parts if part not in negated]
    inner = antecedent(rest[0]) if len(rest) == 1 else None
    premises = [negation(part) for part in negated]
    return conjunction(*premises, *([] if inner is None else [inner]))
