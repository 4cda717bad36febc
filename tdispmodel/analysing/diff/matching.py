"""Which names of one model are names of another: those that both have, and those that are used in the same way.

Given two models; gives a `Renaming` of the second one's names to the first one's.  A name that only one of them has is
coloured by what it stands for and by the actions that speak of it, again and again with what is known by then (colour
refinement, as of Weisfeiler and Lehman 1968); names of one colour are taken to be the same, in their order.

Nothing rests on a right guess: what is compared afterwards is compared under whatever names are found here, and two
models that come out alike are alike up to these names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256

from tdispmodel.analysing.diff.renaming import Renaming, normal
from tdispmodel.ir.expressions import Enumeration, IllFormed, Sort
from tdispmodel.ir.model import Component, Model

ROUNDS = 4
UNKNOWN = "?"
HERE = "@"

Colours = dict[str, dict[str, str]]
"""For each sort of name (``variables``), what each name that only this model has is called for now."""


def matched(first: Model, second: Model) -> Renaming:
    """Return what the names of ``second`` are in ``first``."""
    components = _components(first, second)
    enums, members = _enums(first, second)
    found = Renaming(components=components, enums=enums, members=members)
    tables: dict[str, Callable[[Model], list[str]]] = {
        "parts": _parts,
        "constants": _constants,
        "variables": _variables,
        "actions": _actions,
    }
    alone = {
        table: (_only(names(first), names(second)), _only(names(second), names(first)))
        for table, names in tables.items()
    }
    mine: Colours = {table: _plain(first, Renaming(), pair[0]) for table, pair in alone.items()}
    theirs: Colours = {table: _plain(second, found, pair[1]) for table, pair in alone.items()}
    if any(theirs.values()) and any(mine.values()):
        try:
            for _ in range(ROUNDS):
                mine, theirs = _refined(first, Renaming(), mine), _refined(second, found, theirs)
        except IllFormed:  # one colour for what cannot be one thing
            return found
    pairs = {table: dict(_paired(mine[table], theirs[table])) for table in tables}
    return Renaming(components=components, enums=enums, members=members, **pairs)


def _plain(model: Model, base: Renaming, names: Iterable[str]) -> dict[str, str]:
    """Return the first colours of names: what they hold, so that variables of one colour are of one sort."""
    held: dict[str, str] = {}
    for component in model.components:
        held |= {one.name: f"{UNKNOWN}{base.sort(one.sort)!r}" for one in component.variables}
        held |= {one.name: f"{UNKNOWN}{base.sort(one.sort)!r}" for one in component.constants}
        held |= {one.name: f"{UNKNOWN}{base.components.get(one.kind, one.kind)}" for one in component.parts}
    return {name: held.get(name, UNKNOWN) for name in names}


def _refined(model: Model, base: Renaming, colours: Colours) -> Colours:
    """Return the colours of the next round: of each name what the model says of it under the present colours."""
    found: Colours = {}
    for table, names in colours.items():
        found[table] = {}
        for name in names:
            marked: Colours = {**colours, table: {**names, name: HERE}}
            shown = normal(model, _under(base, marked))
            found[table][name] = sha256("\n".join(_spoken(shown)).encode()).hexdigest()[:16]
    return found


def _under(base: Renaming, colours: Colours) -> Renaming:
    return Renaming(components=base.components, enums=base.enums, members=base.members, **colours)


def _spoken(model: Model) -> Iterable[str]:
    """Yield in a fixed order what a model says where it speaks of the marked name; names of parameters say nothing."""
    said: list[str] = []
    for component in model.components:
        said += [f"{component.name} has {one!r}" for one in (*component.variables, *component.parts)]
        said += [f"{component.name} fixes {one!r}" for one in component.constants]
        for action in component.actions:
            kinds = [one.kind for one in action.parameters]
            names = {one.name: f"p{number}" for number, one in enumerate(action.parameters)}
            lines = [repr(guard.condition) for guard in action.guards] + [repr(update) for update in action.updates]
            shown = "\n".join(sorted(_with(line, names) for line in lines))
            head = f"{component.name} {action.name} {action.actor} {action.fairness} {kinds}"
            said.append(f"{head}\n{shown}")
    said += [f"constant {one!r}" for one in model.constants]
    said += [f"initially {one!r}" for one in model.initially]
    return sorted(line for line in said if f"'{HERE}'" in line or f" {HERE} " in line)


def _with(line: str, names: Mapping[str, str]) -> str:
    for old, new in names.items():
        line = line.replace(f"'{old}'", f"'{new}'").replace(f"'{old}.", f"'{new}.")
    return line


def _paired(mine: Mapping[str, str], theirs: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Yield names of the second model with those of the first that have the same colour, each once."""
    free: dict[str, list[str]] = {}
    for name, colour in mine.items():
        free.setdefault(colour, []).append(name)
    for name, colour in theirs.items():
        if free.get(colour):
            yield name, free[colour].pop(0)


def _only(names: Iterable[str], others: Iterable[str]) -> list[str]:
    known = set(others)
    return [name for name in dict.fromkeys(names) if name not in known]


# --- what has names --------------------------------------------------------------------------------------------------


def _components(first: Model, second: Model) -> dict[str, str]:
    """Return what the components of the second model are: the root the root, others by name, by what they derive from,
    and by the parts that are of their kind.
    """
    found = {second.root: first.root}
    left = [one for one in first.components if one.name != first.root]
    for component in second.components:
        if component.name == second.root:
            continue
        mate = _mate(component, left) or _held(first, second, component, left)
        if mate is not None:
            found[component.name] = mate.name
            left.remove(mate)
    return {old: new for old, new in found.items() if old != new}


def _mate(component: Component, others: Iterable[Component]) -> Component | None:
    listed = list(others)
    for name in component.lineage:
        for other in listed:
            if other.name == name or name in other.lineage:
                return other
    return None


def _held(first: Model, second: Model, component: Component, left: list[Component]) -> Component | None:
    """Return the component that stands in the first model where ``component`` does in the second."""
    places = [place for place, part in enumerate(second.component(second.root).parts) if part.kind == component.name]
    parts = first.component(first.root).parts
    kinds = {parts[place].kind for place in places if place < len(parts)}
    return next((one for one in left if one.name in kinds), None)


def _parts(model: Model) -> list[str]:
    return [part.name for component in model.components for part in component.parts]


def _constants(model: Model) -> list[str]:
    own = [one.name for component in model.components for one in component.constants]
    return [one.name for one in model.constants] + own


def _variables(model: Model) -> list[str]:
    return [one.name for component in model.components for one in component.variables]


def _actions(model: Model) -> list[str]:
    return [one.name for component in model.components for one in component.actions]


def _enums(first: Model, second: Model) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return what the enums of the second model are, by name or else by their place, and their members.

    A member that only one of two enums has is by its place among those.
    """
    mine, theirs = _listed(first), _listed(second)
    names: dict[str, str] = {}
    lonely = [name for name in mine if name not in theirs]
    for name, enum in theirs.items():
        if name not in mine:
            size = len(enum.members)
            mate = next((other for other in lonely if len(mine[other].members) == size), None)
            if mate is not None:
                names[name] = mate
                lonely.remove(mate)
    members: dict[str, dict[str, str]] = {}
    for name, enum in theirs.items():
        other = mine.get(names.get(name, name))
        if other is None or len(other.members) != len(enum.members):
            continue
        pairs = zip(_only(enum.members, other.members), _only(other.members, enum.members), strict=True)
        members[name] = dict(pairs)
    return names, {name: table for name, table in members.items() if table}


def _listed(model: Model) -> dict[str, Enumeration]:
    """Return the enums of a model in the order in which its variables and constants have them."""
    sorts: list[Sort] = [one.sort for one in model.constants]
    for component in model.components:
        sorts += [one.sort for one in component.variables] + [one.sort for one in component.constants]
    return {sort.name: sort for sort in sorts if isinstance(sort, Enumeration)}
