"""What may be changed in a model: one conjunct of one guard, one effect, one action, one start value.

Given a `Model`; gives its mutants, each a value that says which operator is applied to which action or variable, where
that stands in a file, and what exactly changes, in words and as a formula.  A mutant is a change of the model as it was
written, so all instances of an action, and all components that inherit it, change together.  Nothing here knows
systems, verdicts or who notices: whoever searches for a repair uses the same vocabulary.

R. A. DeMillo, R. J. Lipton and F. G. Sayward, "Hints on test data selection: help for the practicing programmer",
Computer 11 (1978), is where the idea of mutants is from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import assert_never

from tdispmodel.ir.expressions import TRUE, And, Bounded, Expression, Value, conjunction, negation
from tdispmodel.ir.model import NOWHERE, Action, Component, Guard, Model, Update, Variable
from tdispmodel.source import Place

MOST_VALUES = 16
"""Of an integer with more values than that, only the ends and the neighbours of start values are tried."""


class Operator(Enum):
    """What is done to a model.  The first four are about an action, the others about a variable."""

    DROP_CONJUNCT = "drop_conjunct"
    NEGATE_CONJUNCT = "negate_conjunct"
    DROP_EFFECT = "drop_effect"
    DELETE_ACTION = "delete_action"
    REPLACE_START = "replace_start"
    REMOVE_START = "remove_start"
    ADD_START = "add_start"

    @property
    def of_actions(self) -> bool:
        """Whether it changes an action (else a start value)."""
        return self not in (Operator.REPLACE_START, Operator.REMOVE_START, Operator.ADD_START)


@dataclass(frozen=True)
class Mutant:
    """One change of a model.

    ``component`` is the first class of the model that has the action or variable ``name``, ``owner`` the class that
    first declared the action (of a variable the same class).  ``guard`` and ``conjunct`` count from 0 and say which
    part of which ``require`` is dropped or negated; ``update`` which effect is dropped; ``initial`` are the start
    values afterwards and ``value`` the one that is new or gone.  ``formula`` is the conjunct that is dropped or
    negated, or the value that is no longer assigned; ``place`` where it stands.
    """

    operator: Operator
    component: str
    owner: str
    name: str
    guard: int = 0
    conjunct: int = 0
    update: int = 0
    value: Value | None = None
    initial: tuple[Value, ...] = ()
    formula: Expression | None = None
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def subject(self) -> str:
        """The action or variable with its class: ``Guest.bind``, ``Device.tdi``."""
        return f"{self.owner}.{self.name}"


def conjuncts(guard: Guard) -> tuple[Expression, ...]:
    """Return what must all be true for one ``require`` to be; nothing of one that says nothing."""
    match guard.condition:
        case And(operands):
            return operands
        case condition:
            return () if condition == TRUE else (condition,)


def mutants(model: Model) -> tuple[Mutant, ...]:
    """Return every mutant of a model: those of its actions in their order, then those of its start values."""
    found: list[Mutant] = []
    actions: list[Action] = []
    for component in model.components:
        for action in component.actions:
            if not any(_same(known, action) for known in actions):
                actions.append(action)
                found += _of_action(component, action)
    seen: list[tuple[Component, Variable]] = []
    for component in model.components:
        for variable in component.variables:
            if not any(_inherited(pair, (component, variable)) for pair in seen):
                seen.append((component, variable))
                found += _of_variable(component, variable)
    return tuple(found)


def mutated(model: Model, mutant: Mutant) -> Model:
    """Return the model with the change in every component that has what is changed.

    Raises KeyError when the model has no such action or variable.
    """
    if mutant.operator.of_actions:
        wanted = action_of(model, mutant)
        changed = changed_action(wanted, mutant)
        kept = () if changed is None else (changed,)
        return replace(model, components=tuple(_with_action(known, wanted, kept) for known in model.components))
    starts = {(component.name, variable.name) for component, variable in variables_of(model, mutant)}
    return replace(model, components=tuple(_with_start(known, mutant, starts) for known in model.components))


def action_of(model: Model, mutant: Mutant) -> Action:
    """Return the action that a mutant changes.  Raises KeyError when the model does not have it."""
    for action in model.component(mutant.component).actions:
        if (action.owner, action.name) == (mutant.owner, mutant.name):
            return action
    raise KeyError(mutant.subject)


def changed_action(action: Action, mutant: Mutant) -> Action | None:
    """Return the action as the mutant has it; None when the mutant has it no more."""
    match mutant.operator:
        case Operator.DELETE_ACTION:
            return None
        case Operator.DROP_CONJUNCT:
            return _with_conjunct(action, mutant, TRUE)
        case Operator.NEGATE_CONJUNCT:
            parts = conjuncts(action.guards[mutant.guard])
            return _with_conjunct(action, mutant, negation(parts[mutant.conjunct]))
        case Operator.DROP_EFFECT:
            return replace(action, updates=_without(action.updates, mutant.update))
        case Operator.REPLACE_START | Operator.REMOVE_START | Operator.ADD_START:
            return action
        case _:
            assert_never(mutant.operator)


def variables_of(model: Model, mutant: Mutant) -> list[tuple[Component, Variable]]:
    """Return each variable whose start values a mutant changes, with the component that has it.

    Raises KeyError when the model does not have it.
    """
    pairs = [(component, variable) for component in model.components for variable in component.variables]
    for pair in pairs:
        if (pair[0].name, pair[1].name) == (mutant.component, mutant.name):
            return [other for other in pairs if _inherited(pair, other)]
    raise KeyError(mutant.subject)


def _of_action(component: Component, action: Action) -> list[Mutant]:
    def made(operator: Operator, place: Place, **part: object) -> Mutant:
        return Mutant(operator, component.name, action.owner, action.name, place=place, **part)  # type: ignore[arg-type]  # fields by name

    found = []
    for number, guard in enumerate(action.guards):
        for position, formula in enumerate(conjuncts(guard)):
            found += [
                made(operator, guard.place, guard=number, conjunct=position, formula=formula)
                for operator in (Operator.DROP_CONJUNCT, Operator.NEGATE_CONJUNCT)
            ]
    for number, update in enumerate(action.updates):
        found.append(made(Operator.DROP_EFFECT, update.place, update=number, formula=update.value))
    return [*found, made(Operator.DELETE_ACTION, action.place)]


def _of_variable(component: Component, variable: Variable) -> list[Mutant]:
    initial = variable.initial
    changes = [(Operator.REMOVE_START, value, _but(initial, value)) for value in initial if len(initial) > 1]
    for value in _other_values(variable):
        if len(initial) == 1:
            changes.append((Operator.REPLACE_START, value, (value,)))
        changes.append((Operator.ADD_START, value, (*initial, value)))
    return [
        Mutant(
            operator, component.name, component.name, variable.name, value=value, initial=after, place=variable.place
        )
        for operator, value, after in changes
    ]


def _other_values(variable: Variable) -> list[Value]:
    """Return the values with which the variable does not start: all, or of very many integers some."""
    sort, initial = variable.sort, variable.initial
    if not isinstance(sort, Bounded):
        return [value for value in sort.values if value not in initial]
    known: Sequence[int] = range(sort.low, sort.high + 1)
    if len(known) > MOST_VALUES:
        starts = [value for value in initial if isinstance(value, int)]
        near = {sort.low, sort.high, *(value + step for value in starts for step in (-1, 1))}
        known = sorted(value for value in near if sort.low <= value <= sort.high)
    return [value for value in known if value not in initial]


def _with_conjunct(action: Action, mutant: Mutant, instead: Expression) -> Action:
    guard = action.guards[mutant.guard]
    parts = conjuncts(guard)
    condition = conjunction(*parts[: mutant.conjunct], instead, *parts[mutant.conjunct + 1 :])
    guards = (*action.guards[: mutant.guard], replace(guard, condition=condition), *action.guards[mutant.guard + 1 :])
    return replace(action, guards=guards)


def _with_action(component: Component, wanted: Action, kept: tuple[Action, ...]) -> Component:
    actions = [kept if _same(action, wanted) else (action,) for action in component.actions]
    return replace(component, actions=tuple(action for each in actions for action in each))


def _with_start(component: Component, mutant: Mutant, changed: set[tuple[str, str]]) -> Component:
    variables = [
        replace(variable, initial=mutant.initial) if (component.name, variable.name) in changed else variable
        for variable in component.variables
    ]
    return replace(component, variables=tuple(variables))


def _same(one: Action, other: Action) -> bool:
    """Whether two components have an action that was written once."""
    return (one.owner, one.name, one.place) == (other.owner, other.name, other.place) and one == other


def _inherited(one: tuple[Component, Variable], other: tuple[Component, Variable]) -> bool:
    """Whether two components have a variable that was written once, in a class that both derive from."""
    related = set(one[0].lineage) & set(other[0].lineage)
    return bool(related) and one[1] == other[1] and one[1].place == other[1].place


def _without(updates: tuple[Update, ...], number: int) -> tuple[Update, ...]:
    return (*updates[:number], *updates[number + 1 :])


def _but(values: tuple[Value, ...], value: Value) -> tuple[Value, ...]:
    return tuple(known for known in values if known != value or type(known) is not type(value))
