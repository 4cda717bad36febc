"""What may be changed to repair a model: a stronger guard, or another effect, of one action of ours.

Given a `Model`; gives edits, from a grammar over the model's own atoms.  A guard gets one more conjunct: a truth value,
a comparison of a variable with one of its values, or what another action of the component requires.  An effect is
dropped, or a variable that some action of the actor assigns is set to one of its values.  A guard may read only what
its actor can see.  Moves of the host and of the environment, and faults of the device, are not to be repaired.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from tdispmodel.analysing.diff.renaming import Renaming, expression
from tdispmodel.ir.expressions import (
    BOOLEAN,
    TRUE,
    Actor,
    Bounded,
    ConstantValue,
    Equal,
    Expression,
    Field,
    Literal,
    Quantified,
    Value,
    conjunction,
    conjuncts,
    negation,
    rebuilt,
)
from tdispmodel.ir.model import Action, Component, Guard, Model, Update, Variable
from tdispmodel.printing import compact
from tdispmodel.source import Place

OURS = (Actor.KERNEL, Actor.USERSPACE, Actor.RELYING_PARTY)
MOST_VALUES = 8
"""Integers with more values than that are compared with nothing and set to nothing."""


@dataclass(frozen=True)
class Edit:
    """One change of an action: it requires one thing more, or an update is dropped, or a new one takes its place."""

    component: str
    action: Action
    requires: Expression | None = None
    dropped: Update | None = None
    assigned: Update | None = None

    @property
    def subject(self) -> str:
        """The action with its class."""
        return f"{self.action.owner}.{self.action.name}"

    @property
    def words(self) -> str:
        """What is done."""
        if self.requires is not None:
            return f"also requires {compact(self.requires)}"
        if self.assigned is not None:
            owner = "" if self.assigned.instance == "self" else f"{self.assigned.instance}."
            return f"sets {owner}{self.assigned.variable} := {compact(self.assigned.value)}"
        owner = "" if self.dropped is None or self.dropped.instance == "self" else f"{self.dropped.instance}."
        return f"leaves {owner}{'' if self.dropped is None else self.dropped.variable} as it is"

    @property
    def changed(self) -> Action:
        """The action as it is afterwards."""
        if self.requires is not None:
            return replace(self.action, guards=(*self.action.guards, Guard(self.requires)))
        kept = tuple(one for one in self.action.updates if one is not self.dropped)
        return replace(self.action, updates=(*kept, self.assigned) if self.assigned is not None else kept)


def edited(model: Model, action: Action, instead: Action | None) -> Model:
    """Return the model with another action, or none, wherever it has this one."""

    def of(component: Component) -> Component:
        kept = [instead if _same(one, action) else one for one in component.actions]
        return replace(component, actions=tuple(one for one in kept if one is not None))

    return replace(model, components=tuple(of(component) for component in model.components))


def _same(one: Action, other: Action) -> bool:
    return one.place == other.place and one == other


def ours(model: Model) -> tuple[tuple[Component, Action], ...]:
    """Return the actions that may be repaired, each once, with the first component that has it."""
    found: list[tuple[Component, Action]] = []
    for component in model.components:
        for action in component.actions:
            if action.actor in OURS and not any(_same(action, known) for _, known in found):
                found.append((component, action))
    return tuple(found)


def guards(model: Model, component: Component, action: Action) -> Iterator[Edit]:
    """Yield each stronger guard of an action, each once."""
    seen = {one for guard in action.guards for one in conjuncts(_normal(guard.condition))}
    for formula in _formulas(model, component, action):
        normal = _normal(formula)
        if normal not in seen and normal != TRUE and visible(model, component, action, normal):
            seen.add(normal)
            yield Edit(component.name, action, requires=normal)


def effects(model: Model, component: Component, action: Action) -> Iterator[Edit]:
    """Yield each change of an effect of an action: dropped, or a variable set to a value."""
    plain = [update for update in action.updates if update.each is None]
    yield from (Edit(component.name, action, dropped=update) for update in plain)
    own = _assigned(model, action.actor)
    every = {(update.instance, update.variable) for update in action.updates if update.each is not None}
    for instance, variable in _variables(model, component, action):
        before = next((one for one in plain if (one.instance, one.variable) == (instance, variable.name)), None)
        if variable.name not in own or any(name == variable.name for _, name in every):
            continue
        for value in _values(variable):
            wanted = Literal(value, variable.sort)
            if before is None or before.value != wanted:
                update = Update(instance, variable.name, wanted)
                yield Edit(component.name, action, dropped=before, assigned=update)


def _assigned(model: Model, actor: Actor) -> set[str]:
    """Return the variables that actions of an actor assign: nobody else is made to write what others keep."""
    actions = (action for component in model.components for action in component.actions if action.actor is actor)
    return {update.variable for action in actions for update in action.updates}


def visible(model: Model, component: Component, action: Action, formula: Expression) -> bool:
    """Whether the actor of an action can see all that a formula reads; bound names are of collections of the root."""
    kinds = {"self": component.name} | {one.name: one.kind for one in action.parameters}
    parts = {part.name: part.kind for part in model.component(model.root).parts}
    for node in formula.walk():
        if isinstance(node, Quantified):
            kinds[node.bound] = parts[node.collection]
    for node in formula.walk():
        match node:
            case Field(instance, name, _, _):
                owner = model.kind_of(instance, kinds)
                hidden = [one.hidden_from for one in owner.variables if one.name == name]
            case ConstantValue(name, _, instance):
                known = model.kind_of(instance, kinds).constants if instance else model.constants
                hidden = [one.hidden_from for one in known if one.name == name]
            case _:
                continue
        if any(action.actor in who for who in hidden):
            return False
    return True


def _formulas(model: Model, component: Component, action: Action) -> Iterator[Expression]:
    """Yield comparisons of what is in scope, then what other actions of the same component require."""
    for instance, variable in _variables(model, component, action):
        read = Field(instance, variable.name, variable.sort)
        if variable.sort == BOOLEAN:
            yield from (read, negation(read))
            continue
        for value in _values(variable):
            same = Equal(read, Literal(value, variable.sort))
            yield from (same, negation(same))
    for other in component.actions:
        names = _renamed(other, action)
        if names is None:
            continue
        required: dict[Place, list[Expression]] = {}
        for guard in other.guards:
            required.setdefault(guard.place, []).extend(conjuncts(_normal(guard.condition)))
        whole = [conjunction(*parts) for parts in required.values()]
        for part in dict.fromkeys((*(part for parts in required.values() for part in parts), *whole)):
            yield _normal(expression(part, Renaming(), names))


def _renamed(other: Action, action: Action) -> Mapping[str, str] | None:
    """Return what parameters of another action are in this one, by their kinds; None when one has no counterpart."""
    names = {"self": "self"}
    free = list(action.parameters)
    for parameter in other.parameters:
        mate = next((one for one in free if one.kind == parameter.kind), None)
        if mate is None:
            return None
        free.remove(mate)
        names[parameter.name] = mate.name
    return names


def _variables(model: Model, component: Component, action: Action) -> Iterator[tuple[str, Variable]]:
    """Yield what an action can name: variables of its own component and of its parameters, and of single parts."""
    named = [("self", component)] + [(one.name, model.component(one.kind)) for one in action.parameters]
    for name, owner in named:
        yield from ((name, variable) for variable in owner.variables)
        for part in owner.parts:
            if not part.many:
                yield from ((f"{name}.{part.name}", variable) for variable in model.component(part.kind).variables)


def _values(variable: Variable) -> tuple[Value, ...]:
    sort = variable.sort
    if isinstance(sort, Bounded) and sort.high - sort.low >= MOST_VALUES:
        return ()
    return sort.values


def _normal(formula: Expression) -> Expression:
    names = {node.instance.split(".")[0] for node in formula.walk() if isinstance(node, Field)}
    same = expression(formula, Renaming(), {name: name for name in names} | {"self": "self"})
    return rebuilt(same, lambda _: None)
