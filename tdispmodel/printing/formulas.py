"""Expressions as text, with no more parentheses than needed.

Given a template or ground expression; gives one line.  `formula` writes the modelling language (so a template formula
reads back as the same tree), `compact` a shorter form for reports that are at most 72 columns wide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from types import MappingProxyType

from tdispmodel.ir.expressions import (
    TRUE,
    Actor,
    ActorIs,
    Among,
    And,
    Arithmetic,
    AtMost,
    ConstantValue,
    Count,
    Enumeration,
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
    Sort,
    StepIs,
    Took,
    Value,
)
from tdispmodel.ir.system import System


class Tightness(IntEnum):
    """How tightly an operator binds, as in Python's grammar."""

    CHOICE = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    SUM = 5
    PRODUCT = 6
    SIGN = 7
    ATOM = 8


@dataclass(frozen=True)
class Names:
    """How names are written at one place of a file.

    ``root`` is the name of the root (``self``, ``now``), which holds collections; ``after`` maps the first name of an
    instance to the name of its state after the step (``now`` to ``after``).
    """

    root: str = "self"
    after: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({"now": "after"}))


IN_PROPERTIES = Names(root="now")


def formula(expression: Expression, names: Names | None = None, *, system: System | None = None) -> str:
    """Return an expression as the modelling language writes it: ``device.tdi is Tdi.RUN and not self.secrets``.

    Ground formulas read ``devices[0].tdi is Tdi.RUN``; the value after the step is ``after.devices[0].tdi``.  With the
    ``system`` that a ground formula belongs to, steps of whole actors are told as such: ``step.actor is Actor.HOST``.
    """
    return _Writer(system=system).at(expression, Tightness.CHOICE, names or _guessed(expression))


def compact(expression: Expression, *, system: System | None = None) -> str:
    """Return a shorter form that is not meant to be read back: ``devices[0].tdi = RUN and not secrets``.

    A value after the step has a prime: ``devices[0].tdi' = RUN``.  For ``system`` see `formula`.
    """
    return _Writer(short=True, system=system).at(expression, Tightness.CHOICE, _guessed(expression))


def value_text(value: Value, sort: Sort) -> str:
    """Return a value as the modelling language writes it: ``Tdi.RUN``, ``True``, ``-3``."""
    return f"{sort.name}.{value}" if isinstance(sort, Enumeration) else repr(value)


def broken_text(expression: Expression, names: Names) -> list[str] | None:
    """Return the lines of a long ``and``, ``or`` or ``if``, its parts below one another; None for anything else."""
    writer = _Writer()
    match expression:
        case And(operands) if len(operands) > 1:
            texts = [writer.at(operand, Tightness.NOT, names) for operand in operands]
            return [texts[0], *(f"and {text}" for text in texts[1:])]
        case Or(operands) if len(operands) > 1:
            texts = [writer.at(operand, Tightness.AND, names) for operand in operands]
            return [texts[0], *(f"or {text}" for text in texts[1:])]
        case If(condition, then, otherwise):
            test, chosen = (writer.at(part, Tightness.OR, names) for part in (condition, then))
            return [chosen, f"if {test}", f"else {writer.at(otherwise, Tightness.CHOICE, names)}"]
        case _:
            return None


def _guessed(expression: Expression) -> Names:
    """Properties speak of ``now``; a formula that does so, or asks about the step, is taken from one."""
    for node in expression.walk():
        if isinstance(node, ActorIs | StepIs):
            return IN_PROPERTIES
        if isinstance(node, Field) and node.instance.split(".")[0] == "now":
            return IN_PROPERTIES
    return Names()


class _Writer:
    """Writes the modelling language, or with ``short`` the form for reports."""

    def __init__(self, *, short: bool = False, system: System | None = None) -> None:
        self.short = short
        self.system = system

    def at(self, expression: Expression, least: Tightness, names: Names) -> str:
        """Return the text, in parentheses when it binds less tightly than ``least``."""
        text, tightness = self.text(expression, names)
        return text if tightness >= least else f"({text})"

    def text(self, expression: Expression, names: Names) -> tuple[str, Tightness]:  # one case per node
        match expression:
            case Literal(value, sort):
                tight = isinstance(value, bool) or not isinstance(value, int) or value >= 0
                return self.value(value, sort), Tightness.ATOM if tight else Tightness.SIGN
            case Read(name, _, after):
                return self.read(name, after=after), Tightness.ATOM
            case Field(instance, variable, _, after):
                return self.field(instance, variable, names, after=after), Tightness.ATOM
            case ConstantValue(name, _, instance):
                return self.field(instance or names.root, name, names, after=False), Tightness.ATOM
            case SameInstance(left, right):
                return f"{left} is {right}", Tightness.COMPARISON
            case ActorIs(actors):
                return self.step_by(actors, ""), Tightness.COMPARISON
            case StepIs(owner, action, arguments):
                return f"step.is_({', '.join((f'{owner}.{action}', *arguments))})", Tightness.ATOM
            case Took(taken):
                return self.took(taken, ""), Tightness.COMPARISON
            case Not(operand):
                return self.negated(operand, names)
            case And(()):
                return "True", Tightness.ATOM
            case Or(()):
                return "False", Tightness.ATOM
            case And((operand,)) | Or((operand,)):
                return self.text(operand, names)
            case And(operands):
                return " and ".join(self.at(operand, Tightness.NOT, names) for operand in operands), Tightness.AND
            case Or(operands):
                return " or ".join(self.at(operand, Tightness.AND, names) for operand in operands), Tightness.OR
            case Equal(left, right):
                return self.compared(left, self.equality(left, right, ""), right, names)
            case Less(left, right):
                if isinstance(left, Literal) and not isinstance(right, Literal):
                    return self.compared(right, ">", left, names)
                return self.compared(left, "<", right, names)
            case AtMost(left, right):
                if isinstance(left, Literal) and not isinstance(right, Literal):
                    return self.compared(right, ">=", left, names)
                return self.compared(left, "<=", right, names)
            case Among():
                return self.among(expression, "in", names), Tightness.COMPARISON
            case Arithmetic("-", Literal(0, _), operand) if not isinstance(operand, Literal):
                return f"-{self.at(operand, Tightness.SIGN, names)}", Tightness.SIGN
            case Arithmetic(symbol, left, right):
                tightness = Tightness.PRODUCT if symbol == "*" else Tightness.SUM
                first = self.at(left, tightness, names)
                return f"{first} {symbol} {self.at(right, Tightness(tightness + 1), names)}", tightness
            case If(condition, then, otherwise):
                texts = (self.at(part, Tightness.OR, names) for part in (then, condition))
                return f"{' if '.join(texts)} else {self.at(otherwise, Tightness.CHOICE, names)}", Tightness.CHOICE
            case Count(collection):
                return f"len({collection if self.short else f'{names.root}.{collection}'})", Tightness.ATOM
            case Quantified():
                return self.quantified(expression, names), Tightness.ATOM
            case _:
                return repr(expression), Tightness.ATOM

    def value(self, value: Value, sort: Sort) -> str:
        return str(value) if self.short else value_text(value, sort)

    def read(self, name: str, *, after: bool) -> str:
        if not after:
            return name
        return f"{name}'" if self.short else f"after.{name}"

    def field(self, instance: str, variable: str, names: Names, *, after: bool) -> str:
        first, *rest = instance.split(".")
        if self.short:
            path = (*rest, variable) if first in ("self", "now") else (first, *rest, variable)
            return self.read(".".join(path), after=after)
        if after:
            first = names.after.get(first, f"{first}_after")
        return ".".join((first, *rest, variable))

    def step_by(self, actors: tuple[Actor, ...], no: str) -> str:
        if self.short:
            return f"step {no}by {' or '.join(actor.value.replace('_', ' ') for actor in actors)}"
        texts = [f"Actor.{actor.name}" for actor in actors]
        if len(actors) == 1:
            return f"step.actor is {no}{texts[0]}"
        return f"step.actor {no}in ({', '.join(texts)})"

    def took(self, taken: frozenset[str], no: str) -> str:
        """Return which action instances a step is: by their actors when they are all of these, else by name."""
        actions = [] if self.system is None else [known for known in self.system.actions if known.name in taken]
        actors = tuple(actor for actor in Actor if any(known.actor is actor for known in actions))
        if self.system is not None and taken == {known.name for known in self.system.actions if known.actor in actors}:
            return self.step_by(actors, no)
        texts = sorted(taken - {known.name for known in actions})
        for template in dict.fromkeys(known.template for known in actions):
            named = [known.name for known in actions if known.template is template]
            every = [known for known in self.system.actions if known.template is template] if self.system else named
            whole = self.short and 1 < len(named) == len(every)
            texts += [f"{named[0].split('(')[0]}(*)"] if whole else named
        return f"step {no}in {{{', '.join(texts)}}}"

    def negated(self, operand: Expression, names: Names) -> tuple[str, Tightness]:
        match operand:
            case Equal(left, right):
                return self.compared(left, self.equality(left, right, " not"), right, names)
            case Among():
                return self.among(operand, "not in", names), Tightness.COMPARISON
            case SameInstance(left, right):
                return f"{left} is not {right}", Tightness.COMPARISON
            case ActorIs(actors):
                return self.step_by(actors, "not "), Tightness.COMPARISON
            case Took(taken):
                return self.took(taken, "not "), Tightness.COMPARISON
            case _:
                return f"not {self.at(operand, Tightness.NOT, names)}", Tightness.NOT

    def equality(self, left: Expression, right: Expression, no: str) -> str:
        """The operator: identity against a member or a truth value written down, else equality."""
        if self.short:
            return "!=" if no else "="
        for side in (left, right):
            if isinstance(side, Literal) and (isinstance(side.of, Enumeration) or isinstance(side.value, bool)):
                return f"is{no}"
        return "!=" if no else "=="

    def compared(self, left: Expression, symbol: str, right: Expression, names: Names) -> tuple[str, Tightness]:
        sides = (self.at(side, Tightness.SUM, names) for side in (left, right))
        return f" {symbol} ".join(sides), Tightness.COMPARISON

    def among(self, node: Among, symbol: str, names: Names) -> str:
        texts = [self.value(value, node.operand.sort) for value in node.values]
        listed = f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"
        if self.short:
            listed = f"{{{', '.join(texts)}}}"
        return f"{self.at(node.operand, Tightness.SUM, names)} {symbol} {listed}"

    def quantified(self, node: Quantified, names: Names) -> str:
        bound, source = node.bound, node.collection if self.short else f"{names.root}.{node.collection}"
        inner = names
        if not self.short and _reads_after(node, bound):
            after = f"{bound}_after"
            inner = replace(names, after={**names.after, bound: after})
            source = f"zip({source}, {names.after.get(names.root, 'after')}.{node.collection})"
            bound = f"{bound}, {after}"
        body = self.at(node.body, Tightness.CHOICE, inner)
        where = "" if node.where == TRUE else f" if {self.at(node.where, Tightness.OR, inner)}"
        return f"{node.binder.value}({body} for {bound} in {source}{where})"


def _reads_after(expression: Expression, bound: str) -> bool:
    """Whether a variable of the instance ``bound`` is read after the step."""
    return any(
        isinstance(node, Field) and node.after and node.instance.split(".")[0] == bound for node in expression.walk()
    )
