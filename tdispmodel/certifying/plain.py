"""A model and its properties in plain form: JSON that says all that matters, and can be read without tdispmodel.

Given a `Model`, `plain_model` gives the document ``tdispmodel/model/1``: components with their variables, constants,
parts and actions, expressions as nested lists over a small vocabulary (docs/certificates.md), nothing put in and
nothing written out.  `plain_property` does the same for a property, `plain_formula` for a ground formula about the
states of a system.  Texts, places and who sees what are left out: no verdict depends on them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tdispmodel.ir.expressions import (
    Actor,
    ActorIs,
    Among,
    And,
    Arithmetic,
    AtMost,
    Binder,
    Boolean,
    Bounded,
    ConstantValue,
    Count,
    Enumeration,
    Equal,
    Expression,
    Field,
    If,
    IllFormed,
    Less,
    Literal,
    Not,
    Or,
    Quantified,
    Read,
    SameInstance,
    Sort,
    StepIs,
    Value,
    negation,
)
from tdispmodel.ir.model import Action, Component, Constant, Kind, Model, Property, Update
from tdispmodel.ir.system import speaks_of_step

MODEL_SCHEMA = "tdispmodel/model/1"

Plain = Any
"""What JSON can hold."""


def text_of(document: Plain) -> str:
    """Return a document as text: sorted keys, one line, the same bytes every time."""
    return json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":")) + "\n"


def plain_model(model: Model) -> Plain:
    """Return the document of a model."""
    return {
        "schema": MODEL_SCHEMA,
        "name": model.name,
        "root": model.root,
        "components": [_component(model, component) for component in model.components],
        "initially": [plain(condition) for condition in model.initially],
    }


def _component(model: Model, component: Component) -> Plain:
    constants = model.constants if component.name == model.root else component.constants
    return {
        "name": component.name,
        "lineage": list(component.lineage),
        "parts": [
            {"name": part.name, "kind": model.component(part.kind).name, "many": part.many} for part in component.parts
        ],
        "constants": [{"name": constant.name, "values": _allowed(constant)} for constant in constants],
        "variables": [
            {
                "name": variable.name,
                "values": [plain_value(value, variable.sort) for value in variable.sort.values],
                "initial": [plain_value(value, variable.sort) for value in variable.initial],
            }
            for variable in component.variables
        ],
        "actions": [_action(action) for action in component.actions],
    }


def _allowed(constant: Constant) -> list[Plain]:
    """The values that a constant can have: one, if the proposal fixes it."""
    values = (constant.value,) if constant.fixed else constant.sort.values
    return [plain_value(value, constant.sort) for value in values]


def _action(action: Action) -> Plain:
    return {
        "name": action.name,
        "owner": action.owner,
        "actor": action.actor.value,
        "fairness": action.fairness.value,
        "disturbs": action.actor in (Actor.HOST, Actor.ENVIRONMENT, Actor.DEVICE) and not action.fair,
        "adversarial": action.actor.adversarial and not action.fair,
        "parameters": [{"name": parameter.name, "kind": parameter.kind} for parameter in action.parameters],
        "guards": [plain(guard.condition) for guard in action.guards],
        "updates": [_update(update) for update in action.updates],
    }


def _update(update: Update) -> Plain:
    return {
        "instance": update.instance,
        "variable": update.variable,
        "value": plain(update.value),
        "each": None if update.each is None else list(update.each),
    }


def plain_property(wanted: Property) -> Plain:
    """Return a property: ``steps`` says whether its formula is asked of steps, or of states."""
    steps = wanted.kind in (Kind.STEP, Kind.NEVER_ENDLESS)
    return {
        "name": wanted.name,
        "code": wanted.code,
        "kind": wanted.kind.value,
        "about": wanted.about,
        "parameters": [{"name": parameter.name, "kind": parameter.kind} for parameter in wanted.parameters],
        "steps": steps or (wanted.kind is Kind.MUST_BE_POSSIBLE and speaks_of_step(wanted.formula)),
        "formula": plain(wanted.formula),
        "after": plain(wanted.after),
    }


def plain_value(value: Value, sort: Sort) -> Plain:
    """Return a value: an integer, or a word: ``true``, ``false``, or a member with its enum."""
    match sort:
        case Boolean():
            return "true" if value else "false"
        case Enumeration(name, _):
            return f"{name}.{value}"
        case Bounded():
            return int(value)


def plain_formula(formula: Expression, places: Mapping[str, tuple[str, str]]) -> Plain:
    """Return a ground formula about states; ``places`` says of each flat variable which instance has it, and its name
    there.  It reads variables after a step, so that it can be asked of the state after one; without a step that is the
    state itself.
    """

    def read(name: str) -> Plain:
        instance, variable = places[name]
        return ["after", f".{instance}" if instance else "", variable]

    return plain(formula, read)


def plain(expression: Expression, read: Callable[[str], Plain] | None = None) -> Plain:  # one case per node
    """Return an expression as nested lists; ``read`` is what reading a flat variable becomes."""

    def below(*parts: Expression) -> list[Plain]:
        return [plain(part, read) for part in parts]

    match expression:
        case Literal(value, sort):
            return ["value", plain_value(value, sort)]
        case Field(instance, variable, _, after):
            return ["after" if after else "get", instance, variable]
        case Read(name, _, False) if read is not None:
            return read(name)
        case ConstantValue(name, _, instance):
            return ["constant", instance, name]
        case SameInstance(left, right):
            return ["same", left, right]
        case ActorIs(actors):
            return ["actor", *(actor.value for actor in actors)]
        case StepIs(owner, action, arguments):
            return ["step", f"{owner}.{action}", *arguments]
        case Not(operand):
            return ["not", *below(operand)]
        case And(operands):
            return ["and", *below(*operands)]
        case Or(operands):
            return ["or", *below(*operands)]
        case Equal(left, right):
            return ["=", *below(left, right)]
        case Less(left, right):
            return ["<", *below(left, right)]
        case AtMost(left, right):
            return ["not", ["<", *below(right, left)]]
        case Among(operand, values):
            return ["in", *below(operand), [plain_value(value, operand.sort) for value in values]]
        case Arithmetic(operator, left, right):
            return [operator, *below(left, right)]
        case If(condition, then, otherwise):
            return ["if", *below(condition, then, otherwise)]
        case Count(collection):
            return ["sum", "each", collection, ["value", 1]]
        case Quantified():
            return [expression.binder.value, expression.bound, expression.collection, _body(expression, below)]
        case _:
            message = f"{type(expression).__name__} has no plain form here"
            raise IllFormed(message)


def _body(expression: Quantified, below: Callable[..., list[Plain]]) -> Plain:
    """What is said of each instance, with the condition that picks instances in it."""
    (where,), (body,) = below(expression.where), below(expression.body)
    everywhere = expression.where == Literal(True, expression.where.sort)
    match expression.binder:
        case Binder.ALL:
            return body if everywhere else ["or", *below(negation(expression.where)), body]
        case Binder.ANY:
            return body if everywhere else ["and", where, body]
        case Binder.SUM:
            counted = ["if", body, ["value", 1], ["value", 0]] if isinstance(expression.body.sort, Boolean) else body
            return counted if everywhere else ["if", where, counted, ["value", 0]]
