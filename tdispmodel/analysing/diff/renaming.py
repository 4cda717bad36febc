"""What the names of one model are in another, and models in a normal form in which only meaning is left.

Given a model and a `Renaming`; `normal` gives the model under the other names, with formulas, parameters and bound
names in a form that does not depend on the order in which equals were written down.  Nothing is grounded here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tdispmodel.ir.expressions import (
    TRUE,
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
    SameInstance,
    Sort,
    StepIs,
    Value,
    conjunction,
    disjunction,
    negation,
    rebuilt,
)
from tdispmodel.ir.model import Action, Component, Constant, Guard, Model, Parameter, Part, Update, Variable
from tdispmodel.reports.why.refusals import conjuncts

Names = Mapping[str, str]
ARGUMENTS = re.compile(r"^(?P<head>[^(]*)(?:\((?P<arguments>.*)\))?$")
INDEX = re.compile(r"^(\w*)(\[[0-9]+\])?$")


@dataclass(frozen=True)
class Renaming:
    """What the names of one model are in another; what is not there keeps its name.

    ``members`` maps the members of an enum by the enum's own name.
    """

    components: Names = field(default_factory=dict)
    parts: Names = field(default_factory=dict)
    variables: Names = field(default_factory=dict)
    constants: Names = field(default_factory=dict)
    actions: Names = field(default_factory=dict)
    enums: Names = field(default_factory=dict)
    members: Mapping[str, Names] = field(default_factory=dict)

    def sort(self, sort: Sort) -> Sort:
        """Return a sort under the other names."""
        if not isinstance(sort, Enumeration):
            return sort
        members = tuple(str(self.value(member, sort)) for member in sort.members)
        return Enumeration(self.enums.get(sort.name, sort.name), members)

    def value(self, value: Value, sort: Sort) -> Value:
        """Return a value of a sort under the other names."""
        if not isinstance(sort, Enumeration):
            return value
        return self.members.get(sort.name, {}).get(str(value), value)

    def variable(self, name: str) -> str:
        """Return the full name of a variable of an instance: ``devices[0].tdi``."""
        *path, last = name.split(".")
        return ".".join([*(self._part(part) for part in path), self.variables.get(last, last)])

    def action(self, name: str) -> str:
        """Return the full name of an action instance: ``bind(devices[0])``."""
        found = ARGUMENTS.match(name)
        if found is None:
            return name
        owner, dot, head = found["head"].rpartition(".")
        head = f"{self.components.get(owner, owner)}{dot}{self.actions.get(head, head)}"
        if found["arguments"] is None:
            return head
        paths = found["arguments"].split(", ")
        return f"{head}({', '.join('.'.join(map(self._part, path.split('.'))) for path in paths)})"

    def _part(self, text: str) -> str:
        found = INDEX.match(text)
        return text if found is None else self.parts.get(found[1], found[1]) + (found[2] or "")

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Each name that is another one, and what it is."""
        tables = (self.components, self.parts, self.variables, self.constants, self.actions, self.enums)
        every = [*tables, *self.members.values()]
        return tuple((old, new) for table in every for old, new in table.items() if old != new)


def normal(
    model: Model, renaming: Renaming | None = None, parameters: Mapping[str, tuple[str, ...]] | None = None
) -> Model:
    """Return the model in its normal form, under other names.

    ``parameters`` are the names that parameters of actions get, by the action's new name, where there are as many.
    """
    known = renaming or Renaming()
    return replace(
        model,
        root=known.components.get(model.root, model.root),
        components=tuple(_component(one, known, parameters or {}) for one in model.components),
        constants=tuple(_constant(one, known) for one in model.constants),
        initially=tuple(
            part for formula in model.initially for part in conjuncts(expression(formula, known, {"self": "self"}))
        ),
        properties=(),
    )


def parameters_of(model: Model) -> dict[str, tuple[str, ...]]:
    """Return the names of the parameters of each action that has some, by the action's name."""
    actions = (action for component in model.components for action in component.actions)
    return {action.name: tuple(one.name for one in action.parameters) for action in actions if action.parameters}


def _component(component: Component, known: Renaming, parameters: Mapping[str, tuple[str, ...]]) -> Component:
    return replace(
        component,
        name=known.components.get(component.name, component.name),
        lineage=tuple(known.components.get(name, name) for name in component.lineage),
        variables=tuple(_variable(one, known) for one in component.variables),
        constants=tuple(_constant(one, known) for one in component.constants),
        actions=tuple(_action(one, known, parameters) for one in component.actions),
        parts=tuple(
            Part(known.parts.get(one.name, one.name), known.components.get(one.kind, one.kind), one.many)
            for one in component.parts
        ),
    )


def _variable(variable: Variable, known: Renaming) -> Variable:
    initial = {known.value(value, variable.sort): None for value in variable.initial}
    sort = known.sort(variable.sort)
    listed = tuple(value for value in sort.values if value in initial)
    name = known.variables.get(variable.name, variable.name)
    return Variable(name, sort, listed, variable.hidden_from)


def _constant(constant: Constant, known: Renaming) -> Constant:
    return replace(
        constant,
        name=known.constants.get(constant.name, constant.name),
        sort=known.sort(constant.sort),
        value=known.value(constant.value, constant.sort),
        text="",
    )


def _action(action: Action, known: Renaming, parameters: Mapping[str, tuple[str, ...]]) -> Action:
    name = known.actions.get(action.name, action.name)
    wanted = parameters.get(name, ())
    own = tuple(one.name for one in action.parameters)
    names = {"self": "self"} | dict(zip(own, wanted if len(wanted) == len(own) else own, strict=True))
    guards = {
        part: None
        for guard in action.guards
        for part in conjuncts(expression(guard.condition, known, names))
        if part != TRUE
    }
    return replace(
        action,
        name=name,
        owner=known.components.get(action.owner, action.owner),
        parameters=tuple(
            Parameter(names[one.name], known.components.get(one.kind, one.kind)) for one in action.parameters
        ),
        guards=tuple(Guard(part) for part in sorted(guards, key=repr)),
        updates=tuple(_update(one, known, names) for one in action.updates),
        text="",
        source="",
        patched="",
    )


def _update(update: Update, known: Renaming, names: Names) -> Update:
    inner, each = dict(names), update.each
    if each is not None:
        bound, collection = each
        collection = known.parts.get(collection, collection)
        inner[bound] = _bound(collection, names)
        each = (inner[bound], collection)
    variable = known.variables.get(update.variable, update.variable)
    value = expression(update.value, known, inner)
    return Update(_path(update.instance, known, inner), variable, value, each)


def _path(instance: str, known: Renaming, names: Names) -> str:
    if not instance:
        return ""
    first, *rest = instance.split(".")
    return ".".join([names.get(first, first), *(known.parts.get(part, part) for part in rest)])


def _bound(collection: str, names: Names) -> str:
    """Return the name of an instance of a collection, such that it is none of those in use."""
    return next(name for number in range(len(names) + 1) if (name := f"{collection[:1]}{number}") not in names.values())


def expression(formula: Expression, known: Renaming, names: Names) -> Expression:
    """Return a template formula in its normal form: operands that may be swapped are sorted, constant parts folded.

    ``names`` are what the names of instances in it become.
    """
    return rebuilt(_expression(formula, known, names), lambda _: None)


def _expression(formula: Expression, known: Renaming, names: Names) -> Expression:  # one case per node
    def inner(part: Expression) -> Expression:
        return expression(part, known, names)

    match formula:
        case Literal(value, of):
            return Literal(known.value(value, of), known.sort(of))
        case Field(instance, variable, of, after):
            new = known.variables.get(variable, variable)
            return Field(_path(instance, known, names), new, known.sort(of), after)
        case ConstantValue(name, of, instance):
            return ConstantValue(known.constants.get(name, name), known.sort(of), _path(instance, known, names))
        case SameInstance(left, right):
            return SameInstance(*sorted((_path(left, known, names), _path(right, known, names))))
        case StepIs(owner, action, arguments):
            paths = tuple(_path(one, known, names) for one in arguments)
            return StepIs(known.components.get(owner, owner), known.actions.get(action, action), paths)
        case Not(operand):
            return negation(inner(operand))
        case And(operands):
            return _sorted(conjunction(*map(inner, operands)))
        case Or(operands):
            return _sorted(disjunction(*map(inner, operands)))
        case Equal(left, right):
            first, second = sorted((inner(left), inner(right)), key=lambda one: (isinstance(one, Literal), repr(one)))
            return Equal(first, second)
        case Less(left, right):
            return Less(inner(left), inner(right))
        case AtMost(left, right):
            return AtMost(inner(left), inner(right))
        case Among(operand, values):
            listed = tuple(sorted({known.value(value, operand.sort) for value in values}, key=repr))
            found = inner(operand)
            return Equal(found, Literal(listed[0], found.sort)) if _single(listed, found) else Among(found, listed)
        case Arithmetic(operator, left, right):
            pair = (inner(left), inner(right))
            return Arithmetic(operator, *(pair if operator == "-" else sorted(pair, key=repr)))
        case If(condition, then, otherwise):
            return If(inner(condition), inner(then), inner(otherwise))
        case Quantified(binder, bound, collection, body, where):
            collection = known.parts.get(collection, collection)
            within = {**names, bound: _bound(collection, names)}
            parts = (expression(body, known, within), expression(where, known, within))
            return Quantified(binder, within[bound], collection, *parts)
        case Count(collection):
            return Count(known.parts.get(collection, collection))
        case ActorIs(actors):
            return ActorIs(tuple(sorted(actors, key=lambda actor: actor.value)))
        case _:
            return formula


def _single(values: tuple[Value, ...], operand: Expression) -> bool:
    return len(values) == 1 and isinstance(operand.sort, Enumeration)


def _sorted(formula: Expression) -> Expression:
    """Return a conjunction or disjunction with its parts sorted, each once."""
    match formula:
        case And(operands):
            return conjunction(*_ordered(operands))
        case Or(operands):
            return disjunction(*_ordered(operands))
        case _:
            return formula


def _ordered(parts: Iterable[Expression]) -> list[Expression]:
    return sorted(dict.fromkeys(parts), key=repr)
