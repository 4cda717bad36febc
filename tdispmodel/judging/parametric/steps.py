"""One action of a model whose number of instances is open: its guard, what it assigns, and its range, as text.

Given an action and a way to choose places for the instances that it concerns; these get names of their own, so what is
shown of them is true of all instances.  What the action assigns becomes a macro for each variable; where two names
stand for one instance the later assignment stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tdispmodel.ir.expressions import TRUE, Sort
from tdispmodel.ir.model import Action, Model, Update
from tdispmodel.ir.system import within
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.parametric.places import (
    ROOT,
    Instance,
    Place,
    chosen,
    places,
    quoted,
    sort_of,
    symbol,
    values_of,
)
from tdispmodel.judging.parametric.sentences import (
    YES,
    Step,
    Text,
    Writer,
    applied,
    either,
    has_value,
    joined,
    over,
    resolved,
    same,
)

Variable = tuple[str, str, str]
"""A variable by collection, path and name."""


@dataclass(frozen=True)
class Taken:
    """A step of an action, whoever it concerns.

    ``declared`` are the names of the instances with their sorts; ``begun`` has the definitions of the values after the
    step; ``guard`` is when it can be taken at all, ``inside`` that every number stays in its range.
    """

    step: Step
    declared: tuple[str, ...]
    begun: Writer
    guard: Text
    inside: Text

    def writer(self) -> Writer:
        """Return a writer that goes on where the reading of the action ended."""
        return self.begun.copy()


def taken(model: Model, switched_off: tuple[str, ...]) -> Iterator[Taken]:
    """Yield the steps that a model's actions can take.  Raises `Refused` for what cannot be said."""
    known = places(model)
    for component in model.components:
        for action in component.actions:
            if f"{action.actor.value}.{action.name}" in switched_off:
                continue
            homes = [place for place in known if place.component is component]
            for home in homes:
                for where in chosen(known, [parameter.kind for parameter in action.parameters]):
                    yield _Reading(model, action, home, where).taken()


def introduced(name: str, place: Place) -> tuple[Instance, tuple[str, ...]]:
    """Return an instance at a place under a new name, and the declaration that the name needs."""
    if not place.collection:
        return Instance("", place.path), ()
    called = quoted(name, "this")  # a variable of the model may have the same name
    return Instance(place.collection, place.path, called), (f"(declare-const {called} {sort_of(place.collection)})",)


class _Reading:
    """The work on one action and one choice of places."""

    def __init__(self, model: Model, action: Action, home: Place, where: tuple[Place, ...]) -> None:
        self.model = model
        self.action = action
        self.writer = Writer()
        self.kinds = {"self": home.component.name}
        self.kinds |= {one.name: place.component.name for one, place in zip(action.parameters, where, strict=True)}
        self.named: dict[str, Instance] = {"self": ROOT}
        declared: list[str] = []
        concerned: list[Instance] = []
        at_home = home.collection or home.path
        places_of = [("self", home)] if at_home else []
        for name, place in [*places_of, *zip((one.name for one in action.parameters), where, strict=True)]:
            self.named[name], lines = introduced(name, place)
            declared += lines
            concerned.append(self.named[name])
        self.declared = tuple(declared)
        self.updates = list(action.updates)
        changed = frozenset(self._target(update) for update in self.updates)
        self.step = Step(action, tuple(concerned), changed)

    def taken(self) -> Taken:
        guard = joined("and", [self.writer.truth(guard.condition, self.named) for guard in self.action.guards])
        inside = joined("and", [self._inside(number, update) for number, update in enumerate(self.updates)])
        for variable in sorted(self.step.changed):
            self._define(variable)
        return Taken(self.step, self.declared, self.writer, guard, inside)

    def _named_in(self, update: Update, element: str) -> dict[str, Instance]:
        """What names stand for in an assignment; an instance of a loop is called ``element``."""
        if update.each is None:
            return self.named
        bound, collection = update.each
        if update.instance.split(".")[0] != bound:
            message = f"{self.action.name} assigns {update.instance}.{update.variable} once for each of {collection}"
            raise Refused(message)
        return {**self.named, bound: Instance(collection, "", element)}

    def _target(self, update: Update) -> Variable:
        at = resolved(update.instance, self._named_in(update, "?0"))
        return at.collection, at.path, update.variable

    def _sort(self, update: Update) -> Sort:
        kinds = dict(self.kinds)
        if update.each is not None:
            bound, collection = update.each
            root = self.model.component(self.model.root)
            kinds[bound] = next(part.kind for part in root.parts if part.name == collection)
        owner = self.model.kind_of(update.instance, kinds)
        return next(known.sort for known in owner.variables if known.name == update.variable)

    def _inside(self, number: int, update: Update) -> Text:
        """That what is assigned is in the range of its variable, unless a later assignment is what stays."""
        condition = within(update.value, self._sort(update))
        if condition == TRUE:
            return YES
        element = self.writer.variable()
        named = self._named_in(update, element)
        at = resolved(update.instance, named)
        text = self.writer.truth(condition, named)
        for later in self.updates[number + 1 :]:
            if self._target(later) == self._target(update):
                text = joined("or", [text, self._assigned(later, at)])
        return text if update.each is None else over("forall", element, update.each[1], text)

    def _assigned(self, update: Update, at: Instance) -> Text:
        """That an assignment to a variable is one to that of an instance."""
        return YES if update.each is not None else same(resolved(update.instance, self.named), at)

    def _define(self, variable: Variable) -> None:
        """Define the relations of a variable after the step."""
        collection, path, _ = variable
        updates = [update for update in self.updates if self._target(update) == variable]
        element = self.writer.variable()
        at = Instance(collection, path, element if collection else "")
        parameters = f"(({element} {sort_of(collection)}))" if collection else "()"
        for value in values_of(self._sort(updates[0])):
            text = applied(symbol(*variable, value), at)
            for update in updates:  # the later assignment stays
                named = self._named_in(update, element)
                given = has_value(self.writer.cases(update.value, named), value)
                text = either(self._assigned(update, at), given, text)
            defined = symbol(*variable, value, after=True)
            self.writer.lines.append(f"(define-fun {defined} {parameters} Bool {text.text})")
