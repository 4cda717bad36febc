"""Where the instances of a model stand, whatever their number, and what their variables are called for a solver.

Each collection is a sort of its own, of which nothing is known but that something is in it.  An instance is one of the
whole (the root, or one of its single parts), or an element of a collection, or a single part of such an element.  A
truth value of an element is a relation; a variable of more values is one relation for each value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from string import ascii_letters, digits

from tdispmodel.ir.expressions import Boolean, Sort, Value
from tdispmodel.ir.model import Component, Model, Variable


@dataclass(frozen=True)
class Place:
    """Where instances of a component stand: below the root (``collection`` is empty) or below each element."""

    collection: str
    path: str
    component: Component


@dataclass(frozen=True)
class Instance:
    """One instance: where it stands, and the term for the element that it is (part of); empty for one of the whole."""

    collection: str
    path: str
    term: str = ""

    def part(self, names: list[str]) -> Instance:
        """Return a single part of this instance, part after part."""
        return Instance(self.collection, ".".join([*([self.path] if self.path else []), *names]), self.term)


ROOT = Instance("", "")

PLAIN = frozenset(f"{ascii_letters}{digits}_.-")
"""What stands in a symbol of a script as it stands in a name."""

PRIME = "'"
"""Ends what is said of a variable after the step; as no name of a model holds it, nothing else is called so."""


def places(model: Model) -> tuple[Place, ...]:
    """Return all places of a model, the root first."""

    def below(collection: str, path: str, component: Component) -> Iterator[Place]:
        yield Place(collection, path, component)
        for part in component.parts:
            kind = model.component(part.kind)
            inner = f"{path}.{part.name}" if path else part.name
            yield from below(part.name, "", kind) if part.many else below(collection, inner, kind)

    return tuple(below("", "", model.component(model.root)))


def collections(model: Model) -> tuple[str, ...]:
    """Return the names of the root's collections."""
    return tuple(part.name for part in model.component(model.root).parts if part.many)


def of_kind(known: tuple[Place, ...], kind: str) -> list[Place]:
    """Return the places of instances of a component and of components that derive from it."""
    return [place for place in known if kind in place.component.lineage]


def chosen(known: tuple[Place, ...], kinds: list[str]) -> Iterator[tuple[Place, ...]]:
    """Yield every way to choose a place for an instance of each kind."""
    yield from product(*(of_kind(known, kind) for kind in kinds))


def symbol(collection: str, path: str, variable: str, value: Value | None, *, after: bool = False) -> str:
    """Return what says that a variable has a value (None: that it is true), as SMT-LIB writes a symbol."""
    owner = f"{plain(collection)}: " if collection else "the "  # so that it is no word of a solver's own
    name = owner + ".".join(plain(part) for part in (path, variable) if part)
    says = "" if value is None else f" is {plain(str(value))}"
    return f"|{name}{says}{PRIME if after else ''}|"


def sort_of(collection: str) -> str:
    """Return what the sort of a collection is called."""
    return quoted(collection, "each")


def values_of(sort: Sort) -> tuple[Value | None, ...]:
    """Return the values for which a variable has a relation: none in particular for a truth value."""
    return (None,) if isinstance(sort, Boolean) else sort.values


def declarations(known: tuple[Place, ...]) -> Iterator[str]:
    """Yield the relations of all variables, and that each variable has one value."""
    for place in known:
        for variable in place.component.variables:
            yield from _declared(place, variable)


def _declared(place: Place, variable: Variable) -> Iterator[str]:
    ranges = f"({sort_of(place.collection)})" if place.collection else "()"
    names = [symbol(place.collection, place.path, variable.name, value) for value in values_of(variable.sort)]
    for name in names:
        yield f"(declare-fun {name} {ranges} Bool)"
    if len(names) > 1:
        yield _fact(place, [f"(or {' '.join(_atoms(place, names))})", *_pairs(_atoms(place, names))])
    elif not isinstance(variable.sort, Boolean):
        yield _fact(place, _atoms(place, names))


def _atoms(place: Place, names: list[str]) -> list[str]:
    return [f"({name} ?x)" if place.collection else name for name in names]


def _pairs(atoms: list[str]) -> list[str]:
    return [f"(not (and {one} {other}))" for at, one in enumerate(atoms) for other in atoms[at + 1 :]]


def _fact(place: Place, parts: list[str]) -> str:
    together = parts[0] if len(parts) == 1 else f"(and {' '.join(parts)})"
    return (
        f"(assert (forall ((?x {sort_of(place.collection)})) {together}))"
        if place.collection
        else f"(assert {together})"
    )


def quoted(name: str, before: str) -> str:
    """Return a name as an SMT-LIB symbol, after a word that sets it apart from other names and a solver's own."""
    return f"|{before} {plain(name)}|"


def plain(name: str) -> str:
    """Return a name in letters of which the script makes nothing else, all others by their numbers."""
    return "".join(one if one in PLAIN else f"{{{ord(one):x}}}" for one in name)
