"""All instances of a model at once: any number of devices, each of one of some kinds.

Given a model and which constants it has; gives a `Family`, whose model has no constants left.  What has the same value
in every instance is put in.  A constant that differs from device to device becomes a variable that no action assigns:
it starts with any of the values that the kinds allow, and stays.  So a system of the family with N devices is the model
with N devices, whatever mixture of the kinds they are of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod
from types import MappingProxyType

from tdispmodel.ir.expressions import (
    Among,
    Binder,
    ConstantValue,
    Equal,
    Expression,
    Field,
    IllFormed,
    Literal,
    Quantified,
    Sort,
    Value,
    conjunction,
    disjunction,
    rebuilt,
)
from tdispmodel.ir.model import Action, Component, Model, Property, Variable
from tdispmodel.ir.system import State, System, SystemProperty
from tdispmodel.semantics.grounding import Grounding, Scope, constants, instances, member

Values = Mapping[str, Value]
"""Values of constants by their names."""

BOUND = "each"
"""What a start condition about kinds calls the instance."""


@dataclass(frozen=True)
class Kinds:
    """Which constants the instances of a family have.

    ``constants`` are those of the root and of its single parts that differ from their defaults, by full names;
    ``kinds`` lists for a collection what its instances may be: constants by their names inside an instance (``kind``,
    ``port.speed``), as far as they differ from their defaults.  A collection that is not listed is of one kind, the
    default.  ``without`` are capabilities that are switched off.
    """

    constants: Values = field(default_factory=lambda: MappingProxyType({}))
    kinds: Mapping[str, tuple[Values, ...]] = field(default_factory=lambda: MappingProxyType({}))
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Place:
    """Where a component stands in every instance: below the root, or below each instance of ``collection``."""

    collection: str
    path: str
    component: Component


class Family:
    """A model without constants, and the systems that it stands for.

    ``model`` has everything but the properties; ask `property` for these.
    """

    def __init__(self, original: Model, chosen: Kinds) -> None:
        self.original = original
        self.chosen = chosen
        self._places = tuple(_places(original))
        known = [self._taken(place) for place in self._places]
        seen: dict[str, list[Value]] = {}
        for values in known:
            for name, taken in values.items():
                seen.setdefault(name, []).extend(value for value in taken if value not in seen.get(name, ()))
        self.varying = {name: tuple(values) for name, values in seen.items() if len(values) > 1}
        self._same = {name: values[0] for name, values in seen.items() if len(values) == 1}
        self._of_the_root = {one.name: chosen.constants.get(one.name, one.value) for one in original.constants}
        if clash := seen.keys() & self._of_the_root.keys():
            message = f"{original.name}: {sorted(clash)} are constants of the root and of a part"
            raise IllFormed(message)
        self.model = self._written()
        self._groundings: dict[int, Grounding] = {}
        self._systems: dict[int, System] = {}
        self._properties: dict[int, tuple[Property, Property]] = {}
        self._questions: dict[tuple[int, int], tuple[Property, tuple[SystemProperty, ...]]] = {}

    def grounding(self, devices: int) -> Grounding:
        """Return what grounds the family's model with so many devices."""
        if devices not in self._groundings:
            self._groundings[devices] = Grounding(self.model, Scope(devices, without=self.chosen.without))
        return self._groundings[devices]

    def system(self, devices: int) -> System:
        """Return the family's system with so many devices."""
        if devices not in self._systems:
            self._systems[devices] = self.grounding(devices).system()
        return self._systems[devices]

    def actions(self, devices: int) -> int:
        """Return how many action instances there are with so many devices, without making them."""
        there = instances(self.model, devices)
        number = {one.component.name: 0 for one in there}
        for one in there:
            number[one.component.name] += 1
        lineages = {one.component.name: one.component.lineage for one in there}

        def of_kind(kind: str) -> int:
            return sum(count for name, count in number.items() if kind in lineages[name])

        return sum(
            number.get(component.name, 0) * prod(of_kind(parameter.kind) for parameter in action.parameters)
            for component in self.model.components
            for action in component.actions
        )

    def property(self, wanted: Property) -> Property:
        """Return a property of the model as one of the family's."""
        known = self._properties.get(id(wanted))
        if known is None:
            made = replace(wanted, formula=self._put(wanted.formula), after=self._put(wanted.after))
            known = self._properties[id(wanted)] = wanted, made  # kept, so that its id stays its own
        return known[1]

    def questions(self, wanted: Property, devices: int) -> tuple[SystemProperty, ...]:
        """Return the questions of one of the family's properties in its system with so many devices."""
        key = (id(wanted), devices)
        if key not in self._questions:
            self._questions[key] = wanted, self.grounding(devices).questions(wanted)  # kept, so its id stays its own
        return self._questions[key][1]

    def about(self, wanted: Property, devices: int) -> list[tuple[str, ...]]:
        """Return for each of these questions the full names of the instances that it is about."""
        return [tuple(env.values()) for env in self.grounding(devices).about(wanted)]

    def one(self, devices: int, start: State | None = None) -> Scope:
        """Return the scope, for the original model, of the instances with so many devices that the family's state
        ``start`` is of; of each kind in turn without it.
        """
        found: dict[str, Value] = {}
        state = dict(zip(self._names(devices), start, strict=True)) if start is not None else {}
        for name in constants(self.original, devices):
            if name in state:
                found[name] = state[name]
            else:
                value = self._value(name)
                if value is not None:
                    found[name] = value
        return Scope(devices, found, self.chosen.without)

    def kept(self, devices: int) -> tuple[int, ...]:
        """Return the positions of a state of the family's system that a state of the original's has, in its order."""
        frozen = constants(self.original, devices)
        return tuple(position for position, name in enumerate(self._names(devices)) if name not in frozen)

    @cached_property
    def most_kinds(self) -> int:
        """The largest number of kinds that a collection has."""
        return max((len(rows) for rows in self.chosen.kinds.values()), default=1)

    # --- constants ----------------------------------------------------------------------------------------------------

    def _names(self, devices: int) -> list[str]:
        return [variable.name for variable in self.system(devices).variables]

    def _value(self, name: str) -> Value | None:
        """The value of a constant by its full name where it is not the default: of instance i that of kind i."""
        collection, bracket, rest = name.partition("[")
        if not bracket:
            return self.chosen.constants.get(name)
        rows = self.chosen.kinds.get(collection, ())
        number, _, inner = rest.partition("].")
        return rows[int(number) % len(rows)].get(inner) if rows else None

    def _taken(self, place: _Place) -> dict[str, tuple[Value, ...]]:
        """The values that the constants of a component have, by their names, over all instances."""
        found: dict[str, tuple[Value, ...]] = {}
        for constant in place.component.constants:
            name = member(place.path, constant.name)
            if place.collection:
                values = [row.get(name, constant.value) for row in self._rows(place.collection)]
            else:
                values = [self.chosen.constants.get(name, constant.value)]
            found[constant.name] = tuple(dict.fromkeys(values))
        return found

    def _rows(self, collection: str) -> Sequence[Values]:
        return self.chosen.kinds.get(collection) or ({},)

    # --- the model ----------------------------------------------------------------------------------------------------

    def _written(self) -> Model:
        components = tuple(self._component(component) for component in self.original.components)
        conditions = [self._put(condition) for condition in self.original.initially]
        conditions += [self._fits(place) for place in self._places if not place.collection]
        collections = dict.fromkeys(place.collection for place in self._places if place.collection)
        conditions += [self._one_of_the_kinds(collection) for collection in collections]
        return replace(
            self.original,
            components=components,
            constants=(),
            initially=tuple(condition for condition in conditions if condition != conjunction()),
            properties=(),
        )

    def _component(self, component: Component) -> Component:
        """The component with its varying constants as variables, and the others put into its actions."""
        added = tuple(
            Variable(constant.name, constant.sort, self._starts(component, constant.name), constant.hidden_from)
            for constant in component.constants
            if constant.name in self.varying
        )
        actions = tuple(self._action(action) for action in component.actions)
        return replace(component, constants=(), variables=(*component.variables, *added), actions=actions)

    def _starts(self, component: Component, name: str) -> tuple[Value, ...]:
        """The values that a varying constant has where the component stands."""
        taken = [self._taken(place)[name] for place in self._places if place.component is component]
        return tuple(dict.fromkeys(value for values in taken for value in values))

    def _action(self, action: Action) -> Action:
        return replace(
            action,
            guards=tuple(replace(guard, condition=self._put(guard.condition)) for guard in action.guards),
            updates=tuple(replace(update, value=self._put(update.value)) for update in action.updates),
        )

    def _put(self, expression: Expression) -> Expression:
        """The formula with what is the same in all instances put in, and varying constants as variables."""

        def replaced(node: Expression) -> Expression | None:
            if not isinstance(node, ConstantValue):
                return None
            if node.name in self._of_the_root:
                return Literal(self._of_the_root[node.name], node.sort)
            if node.name in self.varying:
                return Field(node.instance, node.name, node.sort)
            return Literal(self._same[node.name], node.sort)

        return rebuilt(expression, replaced)

    # --- start conditions ---------------------------------------------------------------------------------------------

    def _fits(self, place: _Place) -> Expression:
        """That the varying constants of a single part start with the values that it has."""
        values = self._taken(place)
        varying = {known.name: known.sort for known in place.component.constants if known.name in self.varying}
        return conjunction(*(_is(f"self.{place.path}", name, varying[name], values[name][0]) for name in varying))

    def _one_of_the_kinds(self, collection: str) -> Expression:
        """That each instance of a collection is of one of its kinds; true where start values alone say so."""
        places = [place for place in self._places if place.collection == collection]
        rows = [self._row(places, row) for row in self._rows(collection)]
        free = 1
        for place in places:
            for constant in place.component.constants:
                free *= len(self._starts(place.component, constant.name)) if constant.name in self.varying else 1
        if free == len({tuple(row.items()) for row in rows}):
            return conjunction()
        kinds = (conjunction(*(_is(*key, value) for key, value in row.items())) for row in rows)
        return Quantified(Binder.ALL, BOUND, collection, disjunction(*dict.fromkeys(kinds)))

    def _row(self, places: Sequence[_Place], row: Values) -> dict[tuple[str, str, Sort], Value]:
        """The values of the varying constants of an instance of one kind, by instance, name and sort."""
        return {
            (member(BOUND, place.path) if place.path else BOUND, constant.name, constant.sort): row.get(
                member(place.path, constant.name), constant.value
            )
            for place in places
            for constant in place.component.constants
            if constant.name in self.varying
        }


def _is(instance: str, name: str, sort: Sort, value: Value) -> Expression:
    read = Field(instance, name, sort)
    if isinstance(value, bool):
        return Among(read, (value,))
    return Equal(read, Literal(value, sort))


def _places(model: Model) -> Iterator[_Place]:
    """Yield where components with constants of their own can stand."""

    def below(collection: str, path: str, component: Component) -> Iterator[_Place]:
        yield _Place(collection, path, component)
        for part in component.parts:
            yield from below(collection, member(path, part.name), model.component(part.kind))

    for part in model.component(model.root).parts:
        kind = model.component(part.kind)
        yield from below(part.name, "", kind) if part.many else below("", part.name, kind)
