"""From a term of the solver z3 about a state back to a formula of the intermediate representation.

Given the `Terms` of a system and a term over its constants of the state now, `expression` gives a formula that says the
same.  The bits in which enums are coded come back as sets of members, joined where several bits of one variable stand
side by side: ``driver is not PREPARE`` instead of three bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import reduce

import z3

from tdispmodel.compiling.numbers import Unsuitable
from tdispmodel.compiling.terms import Terms
from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    Among,
    Arithmetic,
    AtMost,
    Enumeration,
    Equal,
    Expression,
    Less,
    Literal,
    Not,
    Read,
    Value,
    choice,
    conjunction,
    disjunction,
    negation,
    number,
)

MOST_NODES = 20_000


class Readback:
    """The way back for one system."""

    def __init__(self, terms: Terms) -> None:
        self.known: dict[int, Expression] = {}
        self.left = MOST_NODES
        for variable, slots in zip(terms.system.variables, terms.now.slots, strict=True):
            read = Read(variable.name, variable.sort)
            for bit, slot in enumerate(slots):
                if isinstance(variable.sort, Enumeration):
                    members = (member for code, member in enumerate(variable.sort.members) if code >> bit & 1)
                    self.known[slot.get_id()] = Among(read, tuple(members))
                else:
                    self.known[slot.get_id()] = read

    def expression(self, term: z3.ExprRef) -> Expression:
        """Return the formula (or number) that the term stands for.  Raises `Unsuitable` where there is none."""
        self.left -= 1
        if self.left < 0:
            message = f"the invariant is larger than {MOST_NODES} nodes"
            raise Unsuitable(message)
        if term.get_id() in self.known:
            return self.known[term.get_id()]
        if z3.is_int_value(term):
            return number(term.as_long())
        if not z3.is_app(term):
            message = f"no formula for {term}"
            raise Unsuitable(message)
        return self._application(term, [self.expression(child) for child in term.children()])

    def _application(self, term: z3.ExprRef, operands: list[Expression]) -> Expression:
        kind = term.decl().kind()
        if kind in RULES and operands:
            return RULES[kind](operands)
        if z3.is_true(term) or z3.is_false(term):
            return TRUE if z3.is_true(term) else FALSE
        message = f"no formula for {term.decl().name()}"
        raise Unsuitable(message)


def _denied(operand: Expression) -> Expression:
    """The negation; of a set of members the set of the others."""
    match operand:
        case Among(Read() as read, values):
            return _member(read, set(read.sort.values) - set(values))
        case Equal(Read(_, Enumeration(), _) as read, Literal(value, _)):
            return _member(read, set(read.sort.values) - {value})
        case _:
            return negation(operand)


def _member(read: Read, values: set[Value]) -> Expression:
    kept = tuple(value for value in read.sort.values if value in values)
    if len(kept) in (0, len(read.sort.values)):
        return TRUE if kept else FALSE
    return Equal(read, Literal(kept[0], read.sort)) if len(kept) == 1 else Among(read, kept)


def _merged(operands: Iterable[Expression], join: Callable[[set[Value], set[Value]], set[Value]]) -> list[Expression]:
    """The operands with conditions on the same enum joined into one."""
    sets: dict[Read, set[Value]] = {}
    rest: list[Expression] = []
    for operand in operands:
        match operand:
            case Among(Read() as read, values):
                found = set(values)
            case Equal(Read(_, Enumeration(), _) as read, Literal(value, _)):
                found = {value}
            case _:
                rest.append(operand)
                continue
        sets[read] = join(sets[read], found) if read in sets else found
    return [*rest, *(_member(read, values) for read, values in sets.items())]


def _folded(operator: str) -> Callable[[list[Expression]], Expression]:
    return lambda operands: reduce(lambda total, operand: Arithmetic(operator, total, operand), operands)


RULES: dict[int, Callable[[list[Expression]], Expression]] = {
    z3.Z3_OP_NOT: lambda operands: _denied(operands[0]),
    z3.Z3_OP_AND: lambda operands: conjunction(*_merged(operands, lambda one, other: one & other)),
    z3.Z3_OP_OR: lambda operands: disjunction(*_merged(operands, lambda one, other: one | other)),
    z3.Z3_OP_IMPLIES: lambda operands: disjunction(_denied(operands[0]), operands[1]),
    z3.Z3_OP_EQ: lambda operands: Equal(operands[0], operands[1]),
    z3.Z3_OP_XOR: lambda operands: Not(Equal(operands[0], operands[1])),
    z3.Z3_OP_ITE: lambda operands: choice(operands[0], operands[1], operands[2]),
    z3.Z3_OP_LE: lambda operands: AtMost(operands[0], operands[1]),
    z3.Z3_OP_LT: lambda operands: Less(operands[0], operands[1]),
    z3.Z3_OP_GE: lambda operands: AtMost(operands[1], operands[0]),
    z3.Z3_OP_GT: lambda operands: Less(operands[1], operands[0]),
    z3.Z3_OP_UMINUS: lambda operands: Arithmetic("-", number(0), operands[0]),
    z3.Z3_OP_ADD: _folded("+"),
    z3.Z3_OP_SUB: _folded("-"),
    z3.Z3_OP_MUL: _folded("*"),
}
"""How each operator of the solver is written as a formula of its operands."""
