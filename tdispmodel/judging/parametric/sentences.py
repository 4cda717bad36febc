"""Template formulas as SMT-LIB text, quantifiers kept as quantifiers.

Given a model without constants; a `Writer` gives the text of a formula about one state, or about a step of one action
whose instances have names.  Values after the step are macros over the values before it, so that nothing is said twice.
Sums and numbers of instances cannot be said and are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tdispmodel.ir.expressions import (
    ARITHMETIC,
    TRUE,
    ActorIs,
    Among,
    And,
    Arithmetic,
    AtMost,
    Binder,
    Boolean,
    Equal,
    Expression,
    Field,
    If,
    Less,
    Literal,
    Not,
    Or,
    Quantified,
    SameInstance,
    StepIs,
    Value,
)
from tdispmodel.ir.model import Action
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.parametric.places import Instance, sort_of, symbol

Named = Mapping[str, Instance]
"""What each name of a formula stands for."""

BOUND = "?"
"""What a bound variable begins with; no other term does."""

SHORT = 60
"""A longer text gets a name of its own, by which it is called from then on."""


@dataclass(frozen=True)
class Text:
    """A formula and the variables, each with its sort, that it leaves open."""

    text: str
    open: frozenset[tuple[str, str]] = frozenset()


YES, NO = Text("true"), Text("false")


@dataclass(frozen=True)
class Step:
    """The action that is taken and the instances that it concerns; ``changed`` has the variables that it assigns, each
    by collection, path and name.
    """

    action: Action
    concerned: tuple[Instance, ...]
    changed: frozenset[tuple[str, str, str]]


@dataclass
class Writer:
    """Writes formulas; the definitions that they rest on are in ``lines``, under names that begin with ``prefix``."""

    prefix: str = "$f"
    lines: list[str] = field(default_factory=list)
    _called: dict[Text, Text] = field(default_factory=dict)
    _bound: int = 0

    def copy(self) -> Writer:
        """Return a writer that has written the same and goes on by itself."""
        return Writer(self.prefix, list(self.lines), dict(self._called), self._bound)

    # --- formulas -----------------------------------------------------------------------------------------------------

    def truth(self, formula: Expression, named: Named, step: Step | None = None) -> Text:  # one case per node
        """Return the text of a truth value.  Raises `Refused`."""
        match formula:
            case Literal(value, _):
                return YES if value else NO
            case Field(_, _, Boolean(), _):
                return self._read(formula, None, named, step)
            case Not(operand):
                return negated(self.truth(operand, named, step))
            case And(operands):
                return self.called(joined("and", [self.truth(operand, named, step) for operand in operands]))
            case Or(operands):
                return self.called(joined("or", [self.truth(operand, named, step) for operand in operands]))
            case Equal(left, right) if isinstance(left.sort, Boolean):
                one, other = self.truth(left, named, step), self.truth(right, named, step)
                return self.called(either(one, other, negated(other)))
            case Equal() | Less() | AtMost():
                return self._compared(formula, named, step)
            case Among(operand, values):
                cases = self.cases(operand, named, step)
                return self.called(joined("or", [cases[value] for value in dict.fromkeys(values) if value in cases]))
            case If(condition, then, otherwise):
                test = self.truth(condition, named, step)
                return self.called(either(test, self.truth(then, named, step), self.truth(otherwise, named, step)))
            case SameInstance(left, right):
                return same(resolved(left, named), resolved(right, named))
            case ActorIs(actors):
                return YES if step is not None and step.action.actor in actors else NO
            case StepIs():
                return self._is_step(formula, named, step)
            case Quantified():
                return self._quantified(formula, named, step)
            case _:
                message = f"{type(formula).__name__} cannot be said of any number of instances"
                raise Refused(message)

    def cases(self, expression: Expression, named: Named, step: Step | None = None) -> dict[Value, Text]:
        """Return for each value that an expression can have the text of when it has it.  Raises `Refused`."""
        match expression:
            case Literal(value, _):
                return {value: YES}
            case Field(_, _, sort, _) if not isinstance(sort, Boolean):
                return {value: self._read(expression, value, named, step) for value in sort.values}
            case If(condition, then, otherwise) if not isinstance(expression.sort, Boolean):
                test = self.truth(condition, named, step)
                yes, no = self.cases(then, named, step), self.cases(otherwise, named, step)
                values = dict.fromkeys([*yes, *no])
                return {value: self.called(either(test, yes.get(value, NO), no.get(value, NO))) for value in values}
            case Arithmetic(operator, left, right):
                return self._combined(operator, left, right, named, step)
            case _ if isinstance(expression.sort, Boolean):
                text = self.truth(expression, named, step)
                return {True: text, False: negated(text)}
            case _:
                message = f"{type(expression).__name__} cannot be said of any number of instances"
                raise Refused(message)

    def called(self, text: Text) -> Text:
        """Return the text, or the name that stands for it if it is long."""
        if len(text.text) <= SHORT:
            return text
        known = self._called.get(text)
        if known is None:
            name, variables = f"{self.prefix}{len(self._called)}", sorted(text.open)
            ranges = " ".join(f"({variable} {sort_of(collection)})" for variable, collection in variables)
            self.lines.append(f"(define-fun {name} ({ranges}) Bool {text.text})")
            applied = f"({' '.join([name, *(variable for variable, _ in variables)])})" if variables else name
            known = self._called[text] = Text(applied, text.open)
        return known

    def variable(self) -> str:
        """Return a name for a bound variable that no other has."""
        self._bound += 1
        return f"{BOUND}{self._bound}"

    # --- parts --------------------------------------------------------------------------------------------------------

    def _read(self, node: Field, value: Value | None, named: Named, step: Step | None) -> Text:
        at = resolved(node.instance, named)
        after = node.after and step is not None and (at.collection, at.path, node.variable) in step.changed
        name = symbol(at.collection, at.path, node.variable, value, after=after)
        return applied(name, at)

    def _compared(self, formula: Equal | Less | AtMost, named: Named, step: Step | None) -> Text:
        left, right = self.cases(formula.left, named, step), self.cases(formula.right, named, step)
        parts = []
        for value, text in left.items():
            fitting = [other for wanted, other in right.items() if _related(formula, value, wanted)]
            parts.append(joined("and", [text, joined("or", fitting)]))
        return self.called(joined("or", parts))

    def _combined(
        self, operator: str, left: Expression, right: Expression, named: Named, step: Step | None
    ) -> dict[Value, Text]:
        found: dict[Value, list[Text]] = {}
        seconds = self.cases(right, named, step)
        for one, text in self.cases(left, named, step).items():
            for other, also in seconds.items():
                result = ARITHMETIC[operator](int(one), int(other))
                found.setdefault(result, []).append(joined("and", [text, also]))
        return {value: self.called(joined("or", texts)) for value, texts in found.items()}

    def _is_step(self, formula: StepIs, named: Named, step: Step | None) -> Text:
        if step is None or (step.action.owner, step.action.name) != (formula.owner, formula.action):
            return NO
        given = [resolved(argument, named) for argument in formula.arguments]
        if len(given) > len(step.concerned):
            return NO
        return joined("and", [same(one, other) for one, other in zip(given, step.concerned, strict=False)])

    def _quantified(self, formula: Quantified, named: Named, step: Step | None) -> Text:
        if formula.binder is Binder.SUM:
            message = "a sum cannot be said of any number of instances"
            raise Refused(message)
        variable, sort = self.variable(), formula.collection
        inner = {**named, formula.bound: Instance(sort, "", variable)}
        where = YES if formula.where == TRUE else self.truth(formula.where, inner, step)
        body = self.truth(formula.body, inner, step)
        if formula.binder is Binder.ALL:
            return self.called(over("forall", variable, sort, joined("or", [negated(where), body])))
        return self.called(over("exists", variable, sort, joined("and", [where, body])))


def _related(formula: Equal | Less | AtMost, left: Value, right: Value) -> bool:
    match formula:
        case Equal():
            return left == right
        case Less():
            return int(left) < int(right)
        case AtMost():
            return int(left) <= int(right)


# --- text ------------------------------------------------------------------------------------------------------------


def resolved(name: str, named: Named) -> Instance:
    """Return the instance that a dotted name stands for."""
    first, *rest = name.split(".")
    return named[first].part(rest)


def applied(name: str, at: Instance) -> Text:
    """Return a relation of the element that an instance is (part of); the relation itself for one of the whole."""
    if not at.collection:
        return Text(name)
    left_open = frozenset({(at.term, at.collection)}) if at.term.startswith(BOUND) else frozenset[tuple[str, str]]()
    return Text(f"({name} {at.term})", left_open)


def same(one: Instance, other: Instance) -> Text:
    """Return that two instances are one."""
    if (one.collection, one.path) != (other.collection, other.path):
        return NO
    if one.term == other.term:
        return YES
    found = {(at.term, at.collection) for at in (one, other) if at.term.startswith(BOUND)}
    return Text(f"(= {one.term} {other.term})", frozenset(found))


def negated(text: Text) -> Text:
    """Return the negation."""
    if text == YES:
        return NO
    if text == NO:
        return YES
    if text.text.startswith("(not "):
        return Text(text.text[5:-1], text.open)
    return Text(f"(not {text.text})", text.open)


def joined(operator: str, parts: Iterable[Text]) -> Text:
    """Return the conjunction (``and``) or disjunction (``or``) of some texts."""
    neutral, decisive = (YES, NO) if operator == "and" else (NO, YES)
    kept = [part for part in dict.fromkeys(parts) if part != neutral]
    if decisive in kept:
        return decisive
    if len(kept) < 2:
        return kept[0] if kept else neutral
    text = f"({operator} {' '.join(part.text for part in kept)})"
    return Text(text, frozenset[tuple[str, str]]().union(*(part.open for part in kept)))


def either(test: Text, then: Text, otherwise: Text) -> Text:
    """Return ``then`` where ``test`` is true, and ``otherwise`` elsewhere."""
    if test in (YES, NO) or then == otherwise:
        return otherwise if test == NO else then
    if (then, otherwise) == (YES, NO):
        return test
    if (then, otherwise) == (NO, YES):
        return negated(test)
    return Text(f"(ite {test.text} {then.text} {otherwise.text})", test.open | then.open | otherwise.open)


def over(quantifier: str, variable: str, collection: str, body: Text) -> Text:
    """Return the quantified formula; the body itself where the variable does not occur, since no sort is empty."""
    if (variable, collection) not in body.open:
        return body
    return Text(
        f"({quantifier} (({variable} {sort_of(collection)})) {body.text})", body.open - {(variable, collection)}
    )


def has_value(cases: Mapping[Value, Text], value: Value | None) -> Text:
    """Return when an expression with these cases has a value (None: is true)."""
    return cases.get(True if value is None else value, NO)
