"""What an invariant over any number of instances promises, as a script in SMT-LIB 2, each answer to which is unsat.

Given a model without constants, clauses and properties: the start states satisfy the clauses, every action keeps them
and every number in its range, and they imply the properties.  Collections are sorts of which nothing is known, so what
a solver shows of the script is true of any number of instances.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tdispmodel.ir.expressions import (
    Among,
    And,
    Arithmetic,
    AtMost,
    Equal,
    Expression,
    Field,
    If,
    Less,
    Literal,
    Not,
    Or,
    rebuilt,
)
from tdispmodel.ir.model import Kind, Model, Property
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.parametric.places import (
    ROOT,
    Instance,
    Place,
    chosen,
    collections,
    declarations,
    places,
    sort_of,
    symbol,
    values_of,
)
from tdispmodel.judging.parametric.sentences import (
    NO,
    YES,
    Step,
    Text,
    Writer,
    applied,
    joined,
    negated,
    over,
    resolved,
    same,
)
from tdispmodel.judging.parametric.steps import introduced, taken
from tdispmodel.verdict import QuantifiedClause

WIDEST = 256
"""A variable of more values is not written out value by value."""


@dataclass(frozen=True)
class Obligation:
    """Lines that say what must not be so; ``what`` is said when a solver finds that it can be."""

    what: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines between ``push`` and ``pop``, with the question."""
        return "\n".join(["(push 1)", *self.lines, "(check-sat)", "(pop 1)"])


class Script:
    """The obligations about a model, with ``switched_off`` capabilities, and some clauses.  Raises `Refused`."""

    def __init__(self, model: Model, switched_off: tuple[str, ...], clauses: Sequence[QuantifiedClause]) -> None:
        self.model = model
        self.clauses = tuple(clauses)
        self.places = places(model)
        for place in self.places:
            for variable in place.component.variables:
                if len(values_of(variable.sort)) > WIDEST:
                    message = f"{variable.name} has more than {WIDEST} values"
                    raise Refused(message)
        for clause in self.clauses:
            self._check(clause)
        self.steps = tuple(taken(model, switched_off))

    # --- the script ---------------------------------------------------------------------------------------------------

    def head(self) -> str:
        """Return the declarations: sorts, relations, and that each variable has one value."""
        declared = [f"(declare-sort {sort_of(name)} 0)" for name in collections(self.model)]
        return "\n".join([*declared, *declarations(self.places)])

    def text(self, wanted: Sequence[Property]) -> str:
        """Return the whole script, about some properties."""
        parts = [self.start(), *self.kept()], [*self.implied(wanted)]
        before, after = (["\n".join([f"; {one.what}", one.text]) for one in some] for some in parts)
        lines = ["; every answer must be unsat", "(set-logic UF)", self.head(), before[0], self.assumed()]
        return "\n".join([*lines, *before[1:], *after, ""])

    def beginning(self) -> Obligation:
        """Return that there is a start state."""
        writer = Writer()
        facts = self._start(writer)
        return Obligation("there is no start state", (*writer.lines, *map(_assert, facts)))

    def start(self) -> Obligation:
        """Return that a start state breaks a clause."""
        writer = Writer()
        facts = self._start(writer)
        kept = joined("and", [self._clause(clause, writer) for clause in self.clauses])
        lines = (*writer.lines, *map(_assert, facts), _assert(negated(kept)))
        return Obligation("a clause of the invariant is false in a start state", lines)

    def _start(self, writer: Writer) -> list[Text]:
        facts = [self._starts(place) for place in self.places]
        return [*facts, *(writer.truth(condition, {"self": ROOT}) for condition in self.model.initially)]

    def assumed(self) -> str:
        """Return the lines by which the invariant is assumed in all that follows."""
        writer = Writer("$i")
        texts = [self._clause(clause, writer) for clause in self.clauses]
        return "\n".join([*writer.lines, *map(_assert, texts)])

    def kept(self) -> Iterator[Obligation]:
        """Yield for each action that it breaks a clause, or leaves a range."""
        for made in self.steps:
            writer = made.writer()
            touched = [clause for clause in self.clauses if self._touched(clause, made.step)]
            after = joined("and", [self._clause(clause, writer, made.step) for clause in touched])
            wrong = joined("or", [negated(made.inside), negated(after)])
            if wrong != NO:
                lines = (*made.declared, *writer.lines, _assert(made.guard), _assert(wrong))
                what = f"{made.step.action.name} does not keep the invariant, or leaves a range"
                yield Obligation(what, lines)

    def implied(self, wanted: Sequence[Property]) -> Iterator[Obligation]:
        """Yield that a state of the invariant, or a step from one, violates one of the properties."""
        of_states = [one for one in wanted if one.kind is Kind.INVARIANT]
        of_steps = [one for one in wanted if one.kind is Kind.STEP]
        if len(of_states) + len(of_steps) < len(wanted):
            message = "an invariant shows what is true of states and steps only"
            raise Refused(message)
        if of_states:
            writer = Writer()
            declared: list[str] = []
            wrong = joined("or", [self._violated(one, writer, declared, None) for one in of_states])
            lines = (*declared, *writer.lines, _assert(wrong))
            yield Obligation("the invariant does not imply the property", lines)
        for made in self.steps if of_steps else ():
            writer, declared = made.writer(), []
            wrong = joined("or", [self._violated(one, writer, declared, made.step) for one in of_steps])
            lines = (*made.declared, *declared, *writer.lines, _assert(made.guard), _assert(made.inside))
            if wrong != NO:
                what = f"a step of {made.step.action.name} from a state of the invariant violates the property"
                yield Obligation(what, (*lines, _assert(wrong)))

    # --- parts --------------------------------------------------------------------------------------------------------

    def _check(self, clause: QuantifiedClause) -> None:
        """Check that a clause is a formula about one state of this model."""
        names = {"self", *(name for name, _ in clause.bound)}
        if len(names) != len(clause.bound) + 1 or any(of not in collections(self.model) for _, of in clause.bound):
            message = "a clause binds a name twice, or over no collection of the model"
            raise Refused(message)
        named = {"self": ROOT, **{name: Instance(of, "") for name, of in clause.bound}}
        known = {(one.collection, one.path, each.name): each for one in self.places for each in one.component.variables}
        for node in clause.body.walk():
            if isinstance(node, Literal | Not | And | Or | Equal | Less | AtMost | Among | Arithmetic | If):
                continue
            if not isinstance(node, Field) or node.instance.split(".")[0] not in named:
                message = f"the certificate is no formula of the model: {type(node).__name__} stands in it"
                raise Refused(message)
            at = resolved(node.instance, named)
            variable = known.get((at.collection, at.path, node.variable))
            if variable is None or variable.sort != node.of:
                message = f"the certificate is no formula of the model: there is no {node.instance}.{node.variable}"
                raise Refused(message)
            if node.after:
                message = "the certificate speaks of a step"
                raise Refused(message)

    def _starts(self, place: Place) -> Text:
        """That the variables at a place have start values."""
        element = "?0"
        at = Instance(place.collection, place.path, element)
        facts = []
        for variable in place.component.variables:
            name = variable.name
            if values_of(variable.sort) == (None,):
                read = applied(symbol(at.collection, at.path, name, None), at)
                options = [read if value else negated(read) for value in variable.initial]
                facts.append(YES if len(set(variable.initial)) > 1 else options[0])
            else:
                options = [applied(symbol(at.collection, at.path, name, value), at) for value in variable.initial]
                facts.append(joined("or", options))
        together = joined("and", facts)
        return over("forall", element, place.collection, together) if place.collection else together

    def _clause(self, clause: QuantifiedClause, writer: Writer, step: Step | None = None) -> Text:
        """The clause with its quantifiers, in the state before or after a step."""
        named = {"self": ROOT}
        variables: list[tuple[str, str]] = []
        for name, of in clause.bound:
            named[name] = Instance(of, "", writer.variable())
            variables.append((named[name].term, of))
        body = _after(clause.body) if step is not None else clause.body
        text = writer.truth(body, named, step)
        bound = [named[name] for name, _ in clause.bound]
        equal = [
            same(one, other)
            for at, one in enumerate(bound)
            for other in bound[at + 1 :]
            if one.collection == other.collection
        ]
        text = joined("or", [*equal, text])
        for variable, of in reversed(variables):
            text = over("forall", variable, of, text)
        return text

    def _touched(self, clause: QuantifiedClause, step: Step) -> bool:
        """Whether a step assigns a variable that a clause reads."""
        named = {"self": ROOT, **{name: Instance(of, "", "?0") for name, of in clause.bound}}
        return any(
            (at.collection, at.path, node.variable) in step.changed
            for node in clause.body.walk()
            if isinstance(node, Field) and node.instance.split(".")[0] in named
            for at in [named[node.instance.split(".")[0]].part(node.instance.split(".")[1:])]
        )

    def _violated(self, wanted: Property, writer: Writer, declared: list[str], step: Step | None) -> Text:
        """That the property is false of some instances, which get names."""
        names = ["now", *(parameter.name for parameter in wanted.parameters)]
        kinds = [wanted.about, *(parameter.kind for parameter in wanted.parameters)]
        found = []
        for where in chosen(self.places, kinds):
            named: dict[str, Instance] = {}
            for name, place in zip(names, where, strict=True):
                named[name], lines = introduced(f"{name}.{len(declared)}", place)
                declared += lines
            found.append(negated(writer.truth(wanted.formula, {"self": ROOT, **named}, step)))
        return joined("or", found)


def _after(body: Expression) -> Expression:
    return rebuilt(body, lambda node: replace(node, after=True) if isinstance(node, Field) else None)


def _assert(text: Text) -> str:
    return f"(assert {text.text})"
