"""Who uses a variable or a constant: the actions that assign or read it, the properties that ask about it.

Two components, and two models, may call different things by one name; so what a formula or an assignment names is
looked up in the component that the name stands for.  Given a model and what belongs to it; gives names of members, each
together with every component class from which the one that has it derives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tdispmodel.ir.expressions import ConstantValue, Expression, Field, Quantified
from tdispmodel.ir.model import Action, Component, Model, Property

Member = tuple[str, str]
"""A component class and the bare name of what it has."""

Kinds = Mapping[str, str]
"""The component class that each bound name stands for."""


def derives(model: Model, ancestor: Model) -> bool:
    """Whether a model is ``ancestor`` or changes it."""
    return model is ancestor or ancestor.root in model.component(model.root).lineage


def assigned(model: Model, component: Component, action: Action) -> set[Member]:
    """Return the variables that an action of ``component`` assigns."""
    kinds = _kinds_of_action(component, action)
    found: set[Member] = set()
    for update in action.updates:
        inner = kinds if update.each is None else {**kinds, update.each[0]: _kind_of_collection(model, update.each[1])}
        found |= _members(model.kind_of(update.instance, inner), update.variable)
    return found


def constants_read(model: Model, component: Component, action: Action) -> set[Member]:
    """Return the constants that an action of ``component`` reads, those of the root among them."""
    kinds = _kinds_of_action(component, action)
    found: set[Member] = set()
    for guard in action.guards:
        found |= _constants(model, guard.condition, kinds)
    for update in action.updates:
        inner = kinds if update.each is None else {**kinds, update.each[0]: _kind_of_collection(model, update.each[1])}
        found |= _constants(model, update.value, inner)
    return found


def asked_about(model: Model, wanted: Property) -> set[Member]:
    """Return the variables that a property of ``model`` speaks of."""
    kinds = {"now": wanted.about} | {parameter.name: parameter.kind for parameter in wanted.parameters}
    found: set[Member] = set()
    for formula in (wanted.formula, wanted.after):
        for component, leaf in _leaves(model, formula, kinds):
            if isinstance(leaf, Field):
                found |= _members(component, leaf.variable)
    return found


def owner_of_constant(model: Model, name: str) -> Component:
    """Return the component that has the constant called ``name`` (``kernel``, ``devices.kind``)."""
    path, _, _ = name.rpartition(".")
    return model.kind_of(f"self.{path}" if path else "self", {"self": model.root})


def _constants(model: Model, formula: Expression, kinds: Kinds) -> set[Member]:
    found: set[Member] = set()
    for component, leaf in _leaves(model, formula, kinds):
        if isinstance(leaf, ConstantValue):
            found |= _members(component, leaf.name)
    return found


def _leaves(model: Model, formula: Expression, kinds: Kinds) -> Iterator[tuple[Component, Field | ConstantValue]]:
    """Yield each variable and constant that a template formula reads, with the component that has it."""
    if isinstance(formula, Field):
        yield model.kind_of(formula.instance, dict(kinds)), formula
    elif isinstance(formula, ConstantValue):
        yield model.kind_of(formula.instance, dict(kinds)) if formula.instance else model.component(model.root), formula
    elif isinstance(formula, Quantified):
        kinds = {**kinds, formula.bound: _kind_of_collection(model, formula.collection)}
    for part in formula.children:
        yield from _leaves(model, part, kinds)


def _kinds_of_action(component: Component, action: Action) -> dict[str, str]:
    return {"self": component.name} | {parameter.name: parameter.kind for parameter in action.parameters}


def _kind_of_collection(model: Model, collection: str) -> str:
    root = model.component(model.root)
    return next(part.kind for part in root.parts if part.name == collection)


def _members(component: Component, name: str) -> set[Member]:
    return {(ancestor, name) for ancestor in component.lineage}
