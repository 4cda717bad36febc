"""Which devices a formula needs beside those that it names, to stay true, or false, when all others are taken away.

Given a formula about an instance of any size.  What it says of the devices that it names does not change when others
go; "all" that is true stays true, and "any" that is false stays false.  "Any" that is true needs one device that makes
it so, and "all" that is false one that breaks it: a *witness*.  The same quantifier needs one witness however often it
stands somewhere, since it is true or false once for all.  Where the witness would depend on another device (for each
device there must be one), keeping one after the other may never end; sums and numbers of devices change with every
device that goes: both are refused, in words.  docs/any-number.md has the argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tdispmodel.ir.expressions import (
    ActorIs,
    Among,
    And,
    Arithmetic,
    AtMost,
    Binder,
    Boolean,
    ConstantValue,
    Count,
    Equal,
    Expression,
    Field,
    If,
    Less,
    Literal,
    Not,
    Or,
    Quantified,
    Read,
    SameInstance,
    StepIs,
    Took,
)

Numbers = Mapping[str, int]
"""So many devices of each collection."""

Demand = Mapping[Quantified, Numbers]
"""For each quantifier that needs witnesses, how many of each collection."""

NOTHING: Demand = {}


class NotCovered(Exception):
    """The argument about any number of devices does not cover a formula; the message says why."""


def to_keep(formula: Expression, *, true: bool) -> Demand:
    """Return the witnesses that keep a truth value true (or false) if it is.  Raises `NotCovered`."""
    match formula:
        case Not(operand):
            return to_keep(operand, true=not true)
        case And(operands) | Or(operands):
            return together(to_keep(operand, true=true) for operand in operands)
        case If(condition, then, otherwise):
            branches = (to_keep(branch, true=true) for branch in (then, otherwise))
            return together([exactly(condition), *branches])
        case Quantified(Binder.ALL | Binder.ANY):
            return _of_quantifier(formula, true=true)
        case _:
            return exactly(formula)


def exactly(expression: Expression) -> Demand:
    """Return the witnesses that keep the value of an expression, whatever it is.  Raises `NotCovered`."""
    match expression:
        case Literal() | Field() | SameInstance() | ActorIs() | StepIs():
            return NOTHING
        case Equal() | Less() | AtMost() | Among() | Arithmetic():
            return together(map(exactly, expression.children))
        case If() if not isinstance(expression.sort, Boolean):
            return together(map(exactly, expression.children))
        case Not() | And() | Or() | If() | Quantified(Binder.ALL | Binder.ANY):
            return together([to_keep(expression, true=True), to_keep(expression, true=False)])
        case Quantified():
            message = "it counts devices with sum(...)"
            raise NotCovered(message)
        case Count(collection):
            message = f"it asks how many {collection} there are"
            raise NotCovered(message)
        case ConstantValue() | Read() | Took() | _:
            message = f"{type(expression).__name__} stands in it"
            raise NotCovered(message)


def _of_quantifier(formula: Quantified, *, true: bool) -> Demand:
    """The witnesses of "all" that is to stay false and of "any" that is to stay true: one that makes it so, and what
    keeps it doing so; the others need none, if what they say of each device needs none.
    """
    existential = (formula.binder is Binder.ANY) is true
    body = to_keep(formula.body, true=formula.binder is Binder.ANY if existential else true)
    inside = together([to_keep(formula.where, true=existential), body])
    if not existential:
        if inside:
            message = "for each device it asks for another one"
            raise NotCovered(message)
        return NOTHING
    needed = total(inside)
    return {formula: {**needed, formula.collection: needed.get(formula.collection, 0) + 1}}


def together(demands: Iterable[Demand]) -> Demand:
    """Return what several demands need, the same quantifier once."""
    found: dict[Quantified, Numbers] = {}
    for demand in demands:
        found.update(demand)
    return found


def total(demand: Demand) -> dict[str, int]:
    """Return how many witnesses of each collection there are in all."""
    return added(demand.values())


def added(numbers: Iterable[Numbers]) -> dict[str, int]:
    """Return the sums, collection by collection."""
    found: dict[str, int] = {}
    for each in numbers:
        for collection, number in each.items():
            found[collection] = found.get(collection, 0) + number
    return found
