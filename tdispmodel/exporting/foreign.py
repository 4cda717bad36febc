"""What the languages of other model checkers have in common: names, types and formulas of a system.

Given a ground system and a `Dialect`; gives its formulas as text, fully parenthesised.  Every name becomes
an identifier of its own (``devices[0].tdi`` is ``devices_0_tdi``), every member of an enum one with its sort before it
(``Tdi_RUN``).  What the other language cannot say is `Inexpressible`, in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from tdispmodel.compiling.specialising import StepFormula, Taken
from tdispmodel.ir.expressions import (
    TRUE,
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
    conjunction,
    disjunction,
    negation,
)
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, within
from tdispmodel.semantics import Semantics

MOST_STARTS = 4096
"""So many start states are written out."""

SAFETY = (Kind.INVARIANT, Kind.STEP)

STRAYS = "an integer leaves its range"
"""The question that is asked beside the others where a step could do that: no other answer counts if it does."""

OF_C = """
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while main now State
"""
"""What no variable may be called in the program that such a checker makes of a model."""


class Inexpressible(Exception):
    """The other language, or the way in which we write it, cannot say this; the message says what and why."""


@dataclass(frozen=True)
class Dialect:
    """How a language writes formulas: its operators, and the words that it keeps for itself."""

    conjunction: str
    disjunction: str
    negation: str
    equality: str
    choice: Callable[[str, str, str], str]
    reserved: frozenset[str]
    truths: tuple[str, str] = ("false", "true")


def identifier(text: str) -> str:
    """Return a word of letters, digits and underscores that begins with a letter."""
    word = re.sub(r"[^A-Za-z0-9]+", "_", text).strip("_")
    return word if word[:1].isalpha() else f"x_{word}"


def distinct(texts: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Return an identifier for each text, all different and none of those ``taken``."""
    used = set(taken)
    found: dict[str, str] = {}
    for text in texts:
        word = base = identifier(text)
        number = 1
        while word in used:
            number += 1
            word = f"{base}_{number}"
        used.add(word)
        found[text] = word
    return found


class Foreign:
    """The names of one system in another language, and its formulas."""

    def __init__(self, system: System, dialect: Dialect) -> None:
        self.system = system
        self.dialect = dialect
        members = [f"{sort.name}.{member}" for sort in self.enumerations for member in sort.members]
        reserved = {*dialect.reserved, *OF_C.split()}
        self.members = distinct(members, reserved)
        sorts = [f"{sort.name} type" for sort in self.enumerations]
        self.sorts = distinct(sorts, {*reserved, *self.members.values()})
        taken = {*reserved, *self.members.values(), *self.sorts.values()}
        names = [variable.name for variable in system.variables]
        self.variables = distinct(names, taken)
        later = distinct([f"later {name}" for name in names], {*taken, *self.variables.values()})
        self.later = dict(zip(names, later.values(), strict=True))

    @cached_property
    def enumerations(self) -> tuple[Enumeration, ...]:
        """The enums of the variables, each once; two of one name must not differ."""
        found: dict[str, Enumeration] = {}
        for variable in self.system.variables:
            sort = variable.sort
            if isinstance(sort, Enumeration) and found.setdefault(sort.name, sort) != sort:
                message = f"two enums are called {sort.name}"
                raise Inexpressible(message)
        return tuple(found.values())

    def starts(self) -> list[State]:
        """Return the start states.  Raises `Inexpressible` when there are too many to be written out."""
        found: dict[State, None] = {}
        for state in Semantics(self.system).initial_states():
            found[state] = None
            if len(found) > MOST_STARTS:
                message = f"there are more than {MOST_STARTS} start states"
                raise Inexpressible(message)
        return list(found)

    def value(self, value: Value, sort: Sort) -> str:
        """Return a value as it is written."""
        match sort:
            case Boolean():
                return self.dialect.truths[bool(value)]
            case Bounded():
                return str(value) if int(value) >= 0 else f"({value})"
            case Enumeration(name, _):
                return self.members.get(f"{name}.{value}", "") or self.unknown(name, str(value))

    def unknown(self, sort: str, member: str) -> str:
        """A member of an enum that no variable has can be compared with nothing but itself; nobody writes that."""
        message = f"no variable is of the enum {sort}, of which {member} is a member"
        raise Inexpressible(message)

    def formula(
        self, expression: Expression, taken: SystemAction | None = None, after: Mapping[str, str] | None = None
    ) -> str:
        """Return a formula; of a step, it is the step of ``taken``, and ``after`` says what its later values are."""
        say = self.dialect

        def text(part: Expression) -> str:
            match part:
                case Literal(value, sort):
                    return self.value(value, sort)
                case Read(name, _, later):
                    return (after or {}).get(name, self.variables[name]) if later else self.variables[name]
                case Took(names):
                    return self.value(taken is not None and taken.name in names, Boolean())
                case Not(operand):
                    return f"{say.negation}({text(operand)})"
                case And(operands):
                    return joined(say.conjunction, map(text, operands), say.truths[True])
                case Or(operands):
                    return joined(say.disjunction, map(text, operands), say.truths[False])
                case Equal(left, right):
                    return f"({text(left)} {say.equality} {text(right)})"
                case Less(left, right):
                    return f"({text(left)} < {text(right)})"
                case AtMost(left, right):
                    return f"({text(left)} <= {text(right)})"
                case Among(operand, values):
                    found = text(operand)
                    equal = (f"({found} {say.equality} {self.value(value, operand.sort)})" for value in values)
                    return joined(say.disjunction, equal, say.truths[False])
                case Arithmetic(operator, left, right):
                    return f"({text(left)} {operator} {text(right)})"
                case If(condition, then, otherwise):
                    return say.choice(text(condition), text(then), text(otherwise))
                case _:
                    message = f"{type(part).__name__} is no ground formula"
                    raise IllFormed(message)

        return text(expression)

    def depends(self, expression: Expression) -> frozenset[str]:
        """Return the variables that an expression reads, now or later."""
        return frozenset(node.name for node in expression.walk() if isinstance(node, Read))


def joined(operator: str, parts: Iterable[str], empty: str) -> str:
    """Return the parts with an operator between them, in parentheses."""
    texts = list(parts)
    if not texts:
        return empty
    return texts[0] if len(texts) == 1 else f"({f' {operator} '.join(texts)})"


def remark(text: str) -> str:
    """Return text that ends no comment and no string, whatever a stranger's names are."""
    return re.sub(r"[^\w .,()\[\]-]", "?", text, flags=re.ASCII)


def possible(system: System, action: SystemAction) -> Expression:
    """Return where an action can be taken and leaves no range."""
    inside = [within(assignment.value, system.sorts[assignment.variable]) for assignment in action.assignments]
    return conjunction(action.guard, *inside)


def straying(system: System) -> list[SystemProperty]:
    """Return the question whether an integer leaves its range, none where the intervals show that none does."""
    inside = system.stays_in_range
    return [] if inside == TRUE else [SystemProperty(STRAYS, "", Kind.INVARIANT, inside)]


def of_states(system: System, question: SystemProperty) -> Expression:
    """Return a formula over states that is true of the reachable ones just where an invariant or a step property holds.

    What must hold of every step is asked where the step begins: each action that is possible there does as it must.
    """
    if question.kind is Kind.INVARIANT:
        return question.formula
    formula = StepFormula(question.formula)
    return conjunction(
        *(disjunction(negation(possible(system, action)), formula.residual(Taken(action))) for action in system.actions)
    )


def told(question: SystemProperty) -> str:
    """Return what a question is called: ``TDM101 no_trusted_driver_binds_pre_run``."""
    return remark(f"{question.code} {question.name}".strip())
