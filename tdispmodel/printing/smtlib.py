"""Formulas of a system as SMT-LIB 2 terms in the logic QF_BV.

Given a system and the formulas that will be written; gives terms.  Truth values are Booleans, members of an enum and
integers bit-vectors that are restricted to their values; integers are as wide as the largest result of arithmetic
needs, so that nothing overflows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

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
    Sort,
    Took,
    Value,
)
from tdispmodel.ir.system import System, SystemAction

Where = Callable[[str], str]
"""How a variable is called in some state."""

Taken = Callable[[frozenset[str]], str]
"""The term that one of these actions is taken."""

COMPARED = {Less: "bvslt", AtMost: "bvsle"}
OPERATED = {"+": "bvadd", "-": "bvsub", "*": "bvmul"}


class Terms:
    """The sorts, values and formulas of one system."""

    def __init__(self, system: System, formulas: Iterable[Expression]) -> None:
        self.system = system
        told = [*formulas, system.initially]
        told += [expression for action in system.actions for expression in _expressions(action)]
        sorts = [node.sort for formula in told for node in formula.walk()]
        sorts += [variable.sort for variable in system.variables]
        self.width = max((_width(sort) for sort in sorts if isinstance(sort, Bounded)), default=1)

    def sort(self, sort: Sort) -> str:
        """Return what a variable is declared as."""
        match sort:
            case Boolean():
                return "Bool"
            case Enumeration(_, members):
                return f"(_ BitVec {_bits(members)})"
            case Bounded():
                return f"(_ BitVec {self.width})"

    def number(self, value: int) -> str:
        """Return an integer."""
        return f"(_ bv{value % (1 << self.width)} {self.width})"

    def value(self, value: Value, sort: Sort) -> str:
        """Return a value of a sort."""
        match sort:
            case Boolean():
                return "true" if value else "false"
            case Enumeration(_, members):
                return f"(_ bv{members.index(str(value))} {_bits(members)})"
            case Bounded():
                return self.number(int(value))

    def start(self, name: Where) -> str:
        """Return that a state is a start state."""
        variables = self.system.variables
        chosen = (self.term(Among(Read(one.name, one.sort), one.initial), name) for one in variables)
        return all_of([*chosen, self.term(self.system.initially, name)])

    def domain(self, name: Where) -> str:
        """Return that every variable has a value of its sort."""
        found = []
        for one in self.system.variables:
            match one.sort:
                case Bounded(low, high):
                    found += [f"(bvsle {self.number(low)} {name(one.name)})"]
                    found += [f"(bvsle {name(one.name)} {self.number(high)})"]
                case Enumeration(_, members) if len(members) & (len(members) - 1):
                    found.append(f"(bvule {name(one.name)} {self.value(members[-1], one.sort)})")
        return all_of(found)

    def term(
        self, expression: Expression, name: Where, later: Where | None = None, took: Taken | None = None
    ) -> str:  # one case per node
        """Return an expression about one state or, with ``later`` and ``took``, about a step."""

        def below(*parts: Expression) -> str:
            return " ".join(self.term(part, name, later, took) for part in parts)

        match expression:
            case Literal(value, sort):
                return self.value(value, sort)
            case Read(variable, _, False):
                return name(variable)
            case Read(variable, _, True) if later is not None:
                return later(variable)
            case Took(names) if took is not None:
                return took(names)
            case Not(operand):
                return f"(not {below(operand)})"
            case And(operands):
                return all_of([below(operand) for operand in operands])
            case Or(operands):
                return any_of([below(operand) for operand in operands])
            case Equal(left, right):
                return f"(= {below(left, right)})"
            case Less(left, right) | AtMost(left, right):
                return f"({COMPARED[type(expression)]} {below(left, right)})"
            case Among(operand, values):
                term = below(operand)
                return any_of([f"(= {term} {self.value(value, operand.sort)})" for value in values if self.fits(value)])
            case Arithmetic(operator, left, right):
                return f"({OPERATED[operator]} {below(left, right)})"
            case If(condition, then, otherwise):
                return f"(ite {below(condition, then, otherwise)})"
            case _:
                message = f"{type(expression).__name__} does not speak of one state of a system"
                raise IllFormed(message)

    def fits(self, value: Value) -> bool:
        """Whether a value has its own bits; no integer of the script is one that has not."""
        if isinstance(value, bool) or not isinstance(value, int):
            return True
        return -(1 << self.width - 1) <= value < 1 << self.width - 1


def all_of(terms: Sequence[str]) -> str:
    """Return the conjunction of terms."""
    return terms[0] if len(terms) == 1 else f"(and {' '.join(terms)})" if terms else "true"


def any_of(terms: Sequence[str]) -> str:
    """Return the disjunction of terms."""
    return terms[0] if len(terms) == 1 else f"(or {' '.join(terms)})" if terms else "false"


def _expressions(action: SystemAction) -> Iterator[Expression]:
    yield from action.guards
    yield from (assignment.value for assignment in action.assignments)


def _width(sort: Bounded) -> int:
    """How many bits an integer of a sort needs, with its sign."""
    return max(sort.low.bit_length(), sort.high.bit_length()) + 1


def _bits(members: Sequence[str]) -> int:
    return max(1, (len(members) - 1).bit_length())
