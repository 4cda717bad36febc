"""Why a formula has its value at one moment: some of the variables that it reads, such that no others matter.

Given the semantics, an expression and a state (or a step); gives reads.  Whatever state agrees on them gives the
expression the same value: of a true disjunction one true part is enough, of a false one all parts are needed, of an
`if`-expression the condition and the branch that was taken.
"""

from __future__ import annotations

from tdispmodel.ir.expressions import And, Expression, If, Not, Or, Read
from tdispmodel.ir.system import State
from tdispmodel.semantics.meaning import Semantics

Reads = dict[Read, None]
"""A set that remembers the order."""


def support(
    semantics: Semantics, expression: Expression, now: State, after: State | None = None, taken: str = ""
) -> Reads:
    """Return reads on which the value of ``expression`` rests, left to right; as few as one look at each node finds."""
    match expression:
        case Read():
            return {expression: None}
        case And(operands) | Or(operands):
            decisive = isinstance(expression, Or)
            deciding = [part for part in operands if semantics.holds(part, now, after, taken) is decisive]
            if deciding:
                return min((support(semantics, part, now, after, taken) for part in deciding), key=len)
            return _united(semantics, operands, now, after, taken)
        case If(condition, then, otherwise):
            branch = then if semantics.holds(condition, now, after, taken) else otherwise
            return _united(semantics, (condition, branch), now, after, taken)
        case Not(operand):
            return support(semantics, operand, now, after, taken)
        case _:
            return _united(semantics, expression.children, now, after, taken)


def _united(semantics: Semantics, parts: tuple[Expression, ...], now: State, after: State | None, taken: str) -> Reads:
    found: Reads = {}
    for part in parts:
        found |= support(semantics, part, now, after, taken)
    return found
