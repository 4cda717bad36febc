"""Formulas about named devices as clauses about all different devices, and back.

``devices[0].tdi is RUN or busy``, found with a certain number of devices, becomes "for every device: ..."; a clause
about different devices has an image for every choice of so many devices of an instance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations, product

from tdispmodel.ir.expressions import And, Expression, Field, Or, Read, rebuilt
from tdispmodel.verdict import QuantifiedClause

ELEMENT = re.compile(r"^(\w+)\[(\d+)\](?:\.(.*))?$")
MOST_BOUND = 4
"""A clause about more devices would have to be looked at in instances that are too large."""

Element = tuple[str, int]
"""An element of a collection: ``("devices", 0)``."""


def conjuncts(invariant: Expression) -> tuple[Expression, ...]:
    """Return the parts that must all be true."""
    return invariant.operands if isinstance(invariant, And) else (invariant,)


def quantified(formula: Expression) -> QuantifiedClause | None:
    """Return a ground formula about one state as a clause about all different devices; None if it is about too many.

    Formulas that differ only in which devices they name give equal clauses.
    """
    elements = elements_of(formula)
    if len(elements) > MOST_BOUND:
        return None
    collections = sorted({collection for collection, _ in elements})
    by_collection = [[element for element in elements if element[0] == collection] for collection in collections]
    found = [
        _named(formula, [element for group in order for element in group])
        for order in product(*(permutations(group) for group in by_collection))
    ]
    return min(found, key=lambda clause: repr(clause.body))


def elements_of(formula: Expression) -> tuple[Element, ...]:
    """Return the elements that a ground formula names, in a fixed order."""
    found = {element for node in formula.walk() if isinstance(node, Read) and (element := element_of(node.name))}
    return tuple(sorted(found))


def element_of(name: str) -> Element | None:
    """Return the element that a variable belongs to by its full name; None for one of the whole."""
    found = ELEMENT.match(name)
    return (found[1], int(found[2])) if found else None


def _named(formula: Expression, order: Iterable[Element]) -> QuantifiedClause:
    names = {element: f"{element[0]}_{number}" for number, element in enumerate(order)}

    def replaced(node: Expression) -> Expression | None:
        match node:
            case Read(name, sort, after):
                element = element_of(name)
                path = name.split(".")
                instance = ".".join([names[element], *path[1:-1]] if element else ["self", *path[:-1]])
                return Field(instance, path[-1], sort, after)
            case Or(operands):  # in an order that does not depend on which devices were named
                return Or(tuple(sorted((rebuilt(part, replaced) for part in operands), key=repr)))
            case _:
                return None

    return QuantifiedClause(tuple((name, of) for (of, _), name in names.items()), rebuilt(formula, replaced))


def images(clause: QuantifiedClause, devices: int) -> Iterator[Expression]:
    """Yield what a clause says of each choice of different devices among so many, in ground form."""
    by_collection: dict[str, list[str]] = {}
    for name, collection in clause.bound:
        by_collection.setdefault(collection, []).append(name)
    choices = [
        [dict(zip(names, chosen, strict=True)) for chosen in permutations(range(devices), len(names))]
        for names in by_collection.values()
    ]
    of = dict(clause.bound)
    for picked in product(*choices):
        places = {name: f"{of[name]}[{number}]" for part in picked for name, number in part.items()}
        yield grounded(clause.body, places)


def first_image(clause: QuantifiedClause, devices: int) -> Expression | None:
    """Return what a clause says of the first devices; None where there are not so many."""
    return next(images(clause, devices), None)


def grounded(body: Expression, places: Mapping[str, str]) -> Expression:
    """Return the body of a clause with its names standing for elements by their full names."""

    def replaced(node: Expression) -> Expression | None:
        if not isinstance(node, Field):
            return None
        first, *rest = node.instance.split(".")
        path = [*([] if first == "self" else [places[first]]), *rest, node.variable]
        return Read(".".join(path), node.of, node.after)

    return rebuilt(body, replaced)


def later(formula: Expression) -> Expression:
    """Return a formula about one state as one about the state after a step."""
    return rebuilt(formula, lambda node: replace(node, after=True) if isinstance(node, Read) else None)


def padded(clause: QuantifiedClause, collections: Sequence[str], devices: int) -> QuantifiedClause:
    """Return that a clause is true wherever there are at least so many devices: it binds that many of a collection."""
    if not collections:
        return clause
    collection = next((of for _, of in clause.bound), collections[0])
    missing = devices - width(clause).get(collection, 0)
    names = [f"{collection}_{devices - number}_or_more" for number in range(missing)]
    return QuantifiedClause((*clause.bound, *((name, collection) for name in names)), clause.body)


def width(clause: QuantifiedClause) -> dict[str, int]:
    """Return how many devices of each collection a clause speaks of."""
    found: dict[str, int] = {}
    for _, collection in clause.bound:
        found[collection] = found.get(collection, 0) + 1
    return found
