"""How many devices an instance must have so that a mistake of a larger one shows in it.

Given a model without constants; gives for a start state, a step of each action and a property the largest number of
devices that must be looked at: the devices that the clause and the property name, those that the action concerns, and
witnesses for quantifiers.  What the argument does not cover is refused with the place where it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tdispmodel.ir.expressions import Expression, Field, Quantified, SameInstance, StepIs
from tdispmodel.ir.model import NOWHERE, Action, Component, Model, Property, Update
from tdispmodel.parametric.clauses import element_of
from tdispmodel.parametric.witnesses import (
    Demand,
    NotCovered,
    Numbers,
    added,
    exactly,
    to_keep,
    together,
    total,
)
from tdispmodel.semantics.families import Family
from tdispmodel.semantics.grounding import instances
from tdispmodel.source import Place

MOST_ACTIONS = 20_000
"""Instances with more action instances are not made."""


def affordable(family: Family, devices: int) -> None:
    """Raise `NotCovered` for an instance that would have too many action instances."""
    if family.actions(devices) > MOST_ACTIONS:
        message = f"there are more than {MOST_ACTIONS} ways to act with {devices} devices"
        raise NotCovered(message)


@dataclass(frozen=True)
class Concern:
    """The devices of an action, of each collection as many as there may be: those that it ``names``, and
    ``witnesses`` for what it asks and assigns.
    """

    names: Numbers
    witnesses: Numbers


class Bounds:
    """The bounds of one model, for all of its ``actions``: with one device some of them cannot be taken at all.

    Raises `NotCovered` for a start condition or an action that the argument leaves out.
    """

    def __init__(self, model: Model) -> None:
        self.model = model  # kept, so that the ids of its actions stay their own
        self._instances = instances(model, 1)
        self._start = total(together(self._of_start()))
        self._concerns: dict[int, Concern] = {}
        self.actions = tuple(action for component in model.components for action in component.actions)
        for component in model.components:
            for action in component.actions:
                self._concerns[id(action)] = self._concern(component, action)

    def start(self, named: Numbers) -> int:
        """Return in how large instances start states must be looked at for what names so many devices."""
        return _size(named, self._start)

    def step(self, action: Action, named: Numbers) -> int:
        """Return in how large instances a step must be looked at for what names so many devices."""
        concern = self._concerns[id(action)]
        return _size(named, concern.names, concern.witnesses)

    def range(self, action: Action) -> int:
        """Return in how large instances a step must be looked at for a number that leaves its range."""
        concern = self._concerns[id(action)]
        loops = {update.each[1]: 1 for update in action.updates if update.each is not None}
        return _size(concern.names, concern.witnesses, loops)

    def question(self, wanted: Property) -> Question:
        """Return the bounds of a property.  Raises `NotCovered`."""
        named = [self._homes(kind) for kind in (wanted.about, *(one.kind for one in wanted.parameters))]
        broken = _covered(lambda: to_keep(wanted.formula, true=False), wanted.name, wanted.place)
        return Question(added([*named, total(broken)]), self._concerns)

    # --- what a model asks and assigns --------------------------------------------------------------------------------

    def _of_start(self) -> Iterator[Demand]:
        for condition in self.model.initially:
            yield _covered(lambda: to_keep(condition, true=True), "a start condition")  # noqa: B023  # called at once

    def _concern(self, component: Component, action: Action) -> Concern:
        own = (element_of(one.name) for one in self._instances if one.component is component)
        given = [self._homes(parameter.kind) for parameter in action.parameters]
        names = added([{element[0]: 1 for element in own if element is not None}, *given])
        return Concern(names, total(together(_of_action(action))))

    def _homes(self, kind: str) -> Numbers:
        """One device of each collection in which an instance of a component may stand."""
        found = (element_of(one.name) for one in self._instances if kind in one.component.lineage)
        return {element[0]: 1 for element in found if element is not None}


@dataclass(frozen=True)
class Question:
    """The bounds of one property, which names and needs so many devices of each collection."""

    needed: Numbers
    concerns: dict[int, Concern]

    def state(self) -> int:
        """Return in how large instances a state must be looked at."""
        return _size(self.needed)

    def step(self, action: Action) -> int:
        """Return in how large instances a step must be looked at."""
        concern = self.concerns[id(action)]
        return _size(self.needed, concern.names, concern.witnesses)


def _of_action(action: Action) -> Iterator[Demand]:
    """The witnesses that keep the guards of an action true and what it assigns the same."""
    for guard in action.guards:
        yield _covered(lambda: to_keep(guard.condition, true=True), action.name, guard.place)  # noqa: B023  # at once
    for update in action.updates:
        place = action.place if update.place == NOWHERE else update.place
        yield _covered(lambda: _of_update(update), action.name, place)  # noqa: B023  # at once


def _of_update(update: Update) -> Demand:
    found = exactly(update.value)
    if update.each is None:
        return found
    bound, _ = update.each
    if update.instance.split(".")[0] != bound:
        message = f"a loop assigns {update.instance}.{update.variable}, which is not of its own instance"
        raise NotCovered(message)
    if any(_mentions(node, bound) for node in found):
        message = "a loop asks, for each device, about the others"
        raise NotCovered(message)
    return found


def _mentions(formula: Quantified, name: str) -> bool:
    """Whether a formula speaks of the instance that a name stands for."""
    return any(one.split(".")[0] == name for node in formula.walk() for one in _named_in(node))


def _named_in(node: Expression) -> tuple[str, ...]:
    match node:
        case Field(instance, _, _, _):
            return (instance,)
        case SameInstance(left, right):
            return (left, right)
        case StepIs(_, _, arguments):
            return arguments
        case _:
            return ()


def _covered(demand: Callable[[], Demand], what: str, place: Place = NOWHERE) -> Demand:
    """Return a demand; a refusal says what is refused, and where that is known."""
    try:
        return demand()
    except NotCovered as refused:
        where = "" if place == NOWHERE else f"{place}: "
        message = f"{where}{what} is not covered: {refused}"
        raise NotCovered(message) from None


def _size(*numbers: Numbers) -> int:
    """Return the largest number of devices of a collection, at least one."""
    return max([1, *added(numbers).values()])
