"""Plain form read back into the intermediate representation, so that the reference semantics can say what it means.

Given documents, which may be corrupted, gives a `Model`, a `Property` or an expression.  Whatever makes no sense raises
one of `SENSELESS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tdispmodel.ir.expressions import (
    BOOLEAN,
    TRUE,
    Actor,
    ActorIs,
    Among,
    And,
    Arithmetic,
    Binder,
    Bounded,
    ConstantValue,
    Enumeration,
    Equal,
    Expression,
    Fairness,
    Field,
    If,
    IllFormed,
    Less,
    Literal,
    Not,
    Or,
    Quantified,
    SameInstance,
    Sort,
    StepIs,
    Value,
)
from tdispmodel.ir.model import (
    Action,
    Component,
    Constant,
    Guard,
    Kind,
    Model,
    Parameter,
    Part,
    Property,
    Update,
    Variable,
)

SENSELESS = (IllFormed, LookupError, ValueError, TypeError, AttributeError, StopIteration, RecursionError)


def words(document: Any) -> Iterator[str]:
    """Yield every text in a document, in order."""
    match document:
        case str():
            yield document
        case dict():
            for name in sorted(document):
                yield from words(document[name])
        case list():
            for part in document:
                yield from words(part)


@dataclass
class Reader:
    """What reads the documents that speak of one model."""

    enums: dict[str, list[str]]
    sorts: dict[tuple[str, str], Sort]

    @classmethod
    def of(cls, *documents: Any) -> Reader:
        """Return a reader that knows the enums of some documents."""
        enums: dict[str, list[str]] = {}
        for word in words(list(documents)):
            enum, dot, member = word.partition(".")
            if dot and enum.isidentifier() and member.isidentifier() and member not in enums.setdefault(enum, []):
                enums[enum].append(member)
        return cls(enums, {})

    # --- values -----------------------------------------------------------------------------------------------------

    def sort(self, values: list[Any]) -> Sort:
        """Return the sort with exactly these values, for an enum with all members that are known."""
        if sorted(map(str, values)) == ["false", "true"]:
            return BOOLEAN
        if all(type(value) is int for value in values):
            found = Bounded(min(values), max(values))
            if len(set(values)) != len(values) or len(found.values) != len(values):
                message = f"{values} is no interval"
                raise ValueError(message)
            return found
        (enum,) = {str(value).split(".")[0] for value in values}
        members = [str(value).split(".")[1] for value in values]
        if len(set(members)) != len(members):
            message = f"{values} has a value twice"
            raise ValueError(message)
        return Enumeration(enum, tuple(self.enums[enum]))

    def value(self, written: Any) -> Value:
        """Return a value."""
        if type(written) is int:
            return written
        return {"true": True, "false": False}[written] if "." not in written else str(written).split(".")[1]

    def literal(self, written: Any) -> Literal:
        """Return a value with its sort."""
        value = self.value(written)
        if isinstance(value, bool):
            return Literal(value, BOOLEAN)
        if isinstance(value, int):
            return Literal(value, Bounded(value, value))
        enum = written.split(".")[0]
        return Literal(value, Enumeration(enum, tuple(self.enums[enum])))

    # --- models -----------------------------------------------------------------------------------------------------

    def model(self, document: Any) -> Model:
        """Return a model."""
        components = {written["name"]: written for written in document["components"]}
        for written in document["components"]:
            for variable in (*written["variables"], *written["constants"]):
                self.sorts[written["name"], variable["name"]] = self.constant_sort(variable["values"])
        root = document["root"]
        return Model(
            name=document["name"],
            root=root,
            components=tuple(self.component(written, components, root) for written in document["components"]),
            constants=tuple(map(self.constant, components[root]["constants"])),
            initially=tuple(self.formula(part, {"self": root}, document) for part in document["initially"]),
        )

    def constant_sort(self, values: list[Any]) -> Sort:
        """Return the sort of a constant, of which not all values need be listed."""
        kinds = [self.literal(value).sort for value in values]
        if all(isinstance(kind, Bounded) for kind in kinds):
            return Bounded(min(values), max(values))
        return kinds[0]

    def constant(self, written: Any) -> Constant:
        """Return a constant, with some value."""
        return Constant(written["name"], self.constant_sort(written["values"]), self.value(written["values"][0]))

    def component(self, written: Any, components: dict[str, Any], root: str) -> Component:
        """Return a component."""
        document = {"components": list(components.values()), "root": root}
        return Component(
            name=written["name"],
            lineage=tuple(written["lineage"]),
            variables=tuple(
                Variable(one["name"], self.sort(one["values"]), tuple(map(self.value, one["initial"])))
                for one in written["variables"]
            ),
            actions=tuple(self.action(one, written["name"], document) for one in written["actions"]),
            parts=tuple(Part(one["name"], one["kind"], one["many"]) for one in written["parts"]),
            constants=() if written["name"] == root else tuple(map(self.constant, written["constants"])),
        )

    def action(self, written: Any, holder: str, document: Any) -> Action:
        """Return an action; its flags are looked at by whoever needs them."""
        kinds = {"self": holder} | {one["name"]: one["kind"] for one in written["parameters"]}
        updates = []
        for one in written["updates"]:
            inner = kinds if one["each"] is None else kinds | {one["each"][0]: many(document, one["each"][1])}
            value = self.expression(one["value"], inner, document)
            each = None if one["each"] is None else (one["each"][0], one["each"][1])
            updates.append(Update(one["instance"], one["variable"], value, each))
        return Action(
            name=written["name"],
            owner=written["owner"],
            actor=Actor(written["actor"]),
            fairness=Fairness(written["fairness"]),
            parameters=tuple(Parameter(one["name"], one["kind"]) for one in written["parameters"]),
            guards=tuple(Guard(self.formula(part, kinds, document)) for part in written["guards"]),
            updates=tuple(updates),
            text=" ".join(flag for flag in ("disturbs", "adversarial") if written[flag]),  # see `oracle.flagged`
        )

    def property(self, written: Any, document: Any) -> Property:
        """Return a property."""
        kinds = {"now": written["about"]} | {one["name"]: one["kind"] for one in written["parameters"]}
        return Property(
            name=written["name"],
            code=written["code"],
            kind=Kind(written["kind"]),
            about=written["about"],
            formula=self.formula(written["formula"], kinds, document),
            parameters=tuple(Parameter(one["name"], one["kind"]) for one in written["parameters"]),
            after=self.formula(written["after"], kinds, document),
        )

    # --- expressions ------------------------------------------------------------------------------------------------

    def formula(self, written: Any, kinds: dict[str, str], document: Any) -> Expression:
        """Return a formula."""
        found = self.expression(written, kinds, document)
        return And((found,)) if found != TRUE else found  # a conjunction needs truth values

    def sort_of(self, instance: str, name: str, kinds: dict[str, str], document: Any) -> Sort:
        """Return the sort of a variable or constant of an instance."""
        components = {known["name"]: known for known in document["components"]}
        first, *rest = instance.split(".")
        kind = kinds[first] if first else document["root"]
        holders = [known for known in components if kind == known]
        holders = holders or [known for known, one in components.items() if kind in one["lineage"]]
        component = components[holders[0]]
        for part in rest:
            wanted = part.split("[")[0]
            component = components[next(one["kind"] for one in component["parts"] if one["name"] == wanted)]
        return self.sorts[component["name"], name]

    def expression(self, written: Any, kinds: dict[str, str], document: Any) -> Expression:  # the whole language
        """Return an expression."""

        def below(part: Any) -> Expression:
            return self.expression(part, kinds, document)

        match written:
            case ["value", value]:
                return self.literal(value)
            case [("get" | "after") as word, instance, name]:
                return Field(instance, name, self.sort_of(instance, name, kinds, document), word == "after")
            case ["constant", instance, name]:
                return ConstantValue(name, self.sort_of(instance, name, kinds, document), instance)
            case ["same", left, right]:
                return SameInstance(left, right)
            case ["actor", *actors]:
                return ActorIs(tuple(map(Actor, actors)))
            case ["step", action, *arguments]:
                return StepIs(*action.split("."), tuple(arguments))
            case ["not", part]:
                return Not(below(part))
            case ["and", *parts]:
                return And(tuple(map(below, parts)))
            case ["or", *parts]:
                return Or(tuple(map(below, parts)))
            case ["=", left, right]:
                return Equal(below(left), below(right))
            case ["<", left, right]:
                return Less(below(left), below(right))
            case [("+" | "-" | "*") as operator, left, right]:
                return Arithmetic(operator, below(left), below(right))
            case ["in", part, list() as values]:
                return Among(below(part), tuple(map(self.value, values)))
            case ["if", test, then, otherwise]:
                return If(below(test), below(then), below(otherwise))
            case [("all" | "any" | "sum") as binder, bound, collection, body]:
                inner = kinds | {bound: many(document, collection)}
                return Quantified(Binder(binder), bound, collection, self.expression(body, inner, document))
            case _:
                message = f"no expression: {written}"
                raise ValueError(message)


def many(document: Any, collection: str) -> str:
    """Return the component of a collection of the root."""
    root = next(known for known in document["components"] if known["name"] == document["root"])
    return str(next(one["kind"] for one in root["parts"] if one["name"] == collection and one["many"]))
