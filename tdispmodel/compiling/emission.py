"""Expressions as Python source text over synthetic names.

Given ground expressions and a layout; gives text that computes them from the local variables ``s0``, ``s1``, ... (the
variables' values before the step: integers as they are, truth values as 0 or 1, enum members as their codes).  No name
and no string of a model ever gets into the text: it is made of these locals, integers and operators.

CPython's parser gives up on about a hundred nested parentheses, so what lies deep is first computed into a local
(``t0``, ``t1``, ...); evaluating it early is sound because expressions are total.
"""

from __future__ import annotations

from collections.abc import Mapping

from tdispmodel.ir.expressions import (
    Among,
    And,
    Arithmetic,
    AtMost,
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
    Sort,
    Value,
)

MAXIMUM_NESTING = 24
"""How deep parentheses may nest before a part is computed into a local of its own."""


def code(value: Value, sort: Sort) -> int:
    """Return the integer that stands for ``value`` of ``sort`` in generated text (an integer stands for itself)."""
    if isinstance(sort, Enumeration):
        return sort.members.index(str(value))
    return int(value)


class Emitter:
    """Turns expressions into text; ``lines`` are the statements that must run before that text is used.

    ``positions`` gives the position of each variable that may be read; what was read is collected in ``used``.
    """

    def __init__(self, positions: Mapping[str, int]) -> None:
        self.positions = positions
        self.used: set[int] = set()
        self.lines: list[str] = []
        self._locals = 0

    def taken(self) -> list[str]:
        """Return the statements collected so far and forget them."""
        lines, self.lines = self.lines, []
        return lines

    def text(self, expression: Expression) -> str:
        """Return the text of ``expression``, which computes 0 or 1 or a truth value, an integer, or a code."""
        return self._emit(expression)[0]

    def local(self, text: str) -> str:
        """Return a new local variable that holds the value of ``text``."""
        name = f"t{self._locals}"
        self._locals += 1
        self.lines.append(f"{name} = {text}")
        return name

    def _emit(self, expression: Expression) -> tuple[str, int]:
        """Return the text, which binds tighter than any operator, and how deep its parentheses nest."""
        text, depth = self._node(expression)
        return (self.local(text), 0) if depth > MAXIMUM_NESTING else (text, depth)

    def _node(self, expression: Expression) -> tuple[str, int]:  # one case per node
        match expression:
            case Literal(value, sort):
                number = code(value, sort)
                return (str(number), 0) if number >= 0 else (f"({number})", 1)
            case Read(name, _, False):
                position = self.positions[name]
                self.used.add(position)
                return f"s{position}", 0
            case Not(operand):
                return self._join("not ", [operand])
            case And(operands):
                return self._join(" and ", operands) if operands else ("1", 0)
            case Or(operands):
                return self._join(" or ", operands) if operands else ("0", 0)
            case Equal(left, right):
                return self._join(" == ", [left, right])
            case Less(left, right):
                return self._join(" < ", [left, right])
            case AtMost(left, right):
                return self._join(" <= ", [left, right])
            case Arithmetic(operator, left, right):
                return self._join(f" {operator} ", [left, right])
            case Among(operand, values):
                return self._among(operand, values)
            case If(condition, then, otherwise):
                (test, a), (yes, b), (no, c) = self._emit(condition), self._emit(then), self._emit(otherwise)
                return f"({yes} if {test} else {no})", 1 + max(a, b, c)
            case _:
                message = f"{type(expression).__name__} cannot be computed from a state"
                raise IllFormed(message)

    def _join(self, operator: str, operands: tuple[Expression, ...] | list[Expression]) -> tuple[str, int]:
        """``(a and b and c)``: however long, one pair of parentheses."""
        parts = [self._emit(operand) for operand in operands]
        prefix = operator if len(parts) == 1 and operator == "not " else ""
        text = prefix + operator.join(part for part, _ in parts)
        return f"({text})", 1 + max(depth for _, depth in parts)

    def _among(self, operand: Expression, values: tuple[Value, ...]) -> tuple[str, int]:
        inner, depth = self._emit(operand)
        codes = sorted({code(value, operand.sort) for value in values})
        listed = "".join(f"{number}, " for number in codes)
        return f"({inner} in ({listed}))", depth + 2


def shifted(text: str, sort: Sort, shift: int) -> str:
    """Return the text of the code, moved up by ``shift`` bits, of the value of a variable of ``sort``."""
    low = sort.low if isinstance(sort, Bounded) else 0
    coded = f"({text} - {low})" if low > 0 else f"({text} + {-low})" if low < 0 else text
    return f"({coded} << {shift})" if shift else coded
