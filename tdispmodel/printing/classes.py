"""Which class of the printed file holds what, when a model with inheritance already flattened is written as classes.

Given a model; says which classes there are (components and their ancestors) and which variables, parts and constants
each of them has.
"""

from __future__ import annotations

from collections.abc import Iterator

from tdispmodel.ir.expressions import Enumeration, Expression, Literal, Sort
from tdispmodel.ir.model import Action, Component, Constant, Model, Part, Variable


class Classes:
    """The classes of one model, each with its parent, parents and the kinds of parts first."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.root = model.component(model.root)
        self.with_parents = oldest_first(model)

    def component(self, name: str) -> Component | None:
        """Return the component of the model that is called ``name`` itself, None for an ancestor."""
        return next((known for known in self.model.components if known.name == name), None)

    def described_by(self, name: str) -> list[Component]:
        """Return the components that tell what class ``name`` holds: itself, or else all that derive from it."""
        exact = [known for known in self.model.components if known.name == name]
        return exact or [known for known in self.model.components if name in known.lineage]

    def held(self, name: str | None) -> tuple[list[Variable], list[Part]]:
        """Return the variables and parts that class ``name`` has, own and inherited."""
        if name is None:
            return [], []
        first, *others = self.described_by(name)
        variables = [
            variable
            for variable in first.variables
            if all(any(_same_variable(variable, own) for own in other.variables) for other in others)
        ]
        return variables, [part for part in first.parts if all(part in other.parts for other in others)]

    def constants_of(self, name: str | None) -> list[Constant]:
        """Return the constants that class ``name`` has, own and inherited; one that a component fixed is as it was
        before, where that is known.
        """
        if name is None:
            return []
        first, *others = (self._constants(component) for component in self.described_by(name))
        found = []
        for constant in first:
            same = [constant, *(own for other in others for own in other if _same_constant(own, constant))]
            if len(same) == len(others) + 1:
                found.append(next((known for known in same if not known.fixed), constant))
        return found

    def _constants(self, component: Component) -> tuple[Constant, ...]:
        return self.model.constants if component is self.root else component.constants


def _same_constant(left: Constant, right: Constant) -> bool:
    return (left.name, left.sort, left.hidden_from) == (right.name, right.sort, right.hidden_from)


def _same_variable(left: Variable, right: Variable) -> bool:
    return (left.name, left.sort, left.hidden_from) == (right.name, right.sort, right.hidden_from)


def oldest_first(model: Model) -> list[tuple[str, str | None]]:
    """Return every class with its parent, so that parents and the kinds of parts stand before who needs them."""
    found: dict[str, str | None] = {}
    pending = [model.component(model.root)]
    ordered: list[Component] = []
    while pending:
        component = pending.pop()
        if component in ordered:
            ordered.remove(component)
        ordered.append(component)
        pending += [model.component(part.kind) for part in component.parts]
    ordered += [component for component in model.components if component not in ordered]
    for component in reversed(ordered):
        chain = (*reversed(component.lineage),)
        for parent, name in zip((None, *chain), chain, strict=False):
            found.setdefault(name, parent)
    return list(found.items())


def enumerations(model: Model) -> list[Enumeration]:
    """Return the enums that a model speaks of, in order of appearance."""

    def sorts() -> Iterator[Sort]:
        for component in reversed(model.components):
            yield from (variable.sort for variable in component.variables)
            yield from (constant.sort for constant in component.constants)
        yield from (constant.sort for constant in model.constants)
        for expression in _expressions(model):
            yield from (node.of for node in expression.walk() if isinstance(node, Literal))

    return list(dict.fromkeys(sort for sort in sorts() if isinstance(sort, Enumeration)))


def action_formulas(action: Action) -> tuple[Expression, ...]:
    """Return the formulas of an action's guards, then those of its updates."""
    return (*(guard.condition for guard in action.guards), *(update.value for update in action.updates))


def _expressions(model: Model) -> Iterator[Expression]:
    for component in model.components:
        for action in component.actions:
            yield from action_formulas(action)
    yield from model.initially
    for wanted in model.properties:
        yield from (wanted.formula, wanted.after)
