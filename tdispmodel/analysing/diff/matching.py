"""Which names of one model are names of another: those that both have, and those that are used in the same way.

Given two models; gives a `Renaming` of the second one's names to the first one's.  A name that only one of them has is
coloured by how it is declared and by the actions that speak of it, again and again with the colours of what else these
speak of (colour refinement, as of Weisfeiler and Lehman 1968); names of one colour are taken to be the same, in the
order in which they are declared.

Nothing rests on a right guess: what is compared afterwards is compared under whatever names are found here, and two
models that come out alike are alike up to these names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set as AbstractSet
from hashlib import sha256

from tdispmodel.analysing.diff.renaming import Renaming, normal
from tdispmodel.ir.expressions import (
    Among,
    And,
    Arithmetic,
    AtMost,
    ConstantValue,
    Count,
    Enumeration,
    Equal,
    Expression,
    Field,
    If,
    Less,
    Literal,
    Or,
    Quantified,
    Sort,
)
from tdispmodel.ir.model import Component, Model

ROUNDS = 4
UNKNOWN = "?"
TABLES = ("parts", "constants", "variables", "actions")

Table = str
Name = tuple[Table, str]
"""A name and what it is one of: ``("variables", "tdi")``."""
Colours = dict[Name, str]
"""What a name is called for now: by itself if both models have it."""


def matched(first: Model, second: Model) -> Renaming:
    """Return what the names of ``second`` are in ``first``."""
    components = _components(first, second)
    enums, members = _enums(first, second)
    found = Renaming(components=components, enums=enums, members=members)
    mine, theirs = _Coloured(normal(first), Renaming()), _Coloured(normal(second), found)
    alone = (mine.names - theirs.names, theirs.names - mine.names)
    if all(alone):
        for _ in range(ROUNDS):
            for one, names in ((mine, alone[0]), (theirs, alone[1])):
                one.refine(names)
    tables: dict[Table, dict[str, str]] = {table: {} for table in TABLES}
    for (table, old), (_, new) in _paired(mine.listed(alone[0]), theirs.listed(alone[1])):
        tables[table][old] = new
    return Renaming(components=components, enums=enums, members=members, **tables)


class _Coloured:
    """The names of a model, each with a colour; names that other models have, too, keep themselves as colour."""

    def __init__(self, model: Model, base: Renaming) -> None:
        self.base = base
        self.declared: dict[Name, list[str]] = {}
        """Where each name is declared and what is said of it there."""
        self.spoken: list[tuple[Name, str, list[tuple[str, Name]]]] = []
        """For each action its name, who takes it, and where it speaks of which name."""
        for constant in model.constants:
            self._declare("constants", constant.name, f"{base.sort(constant.sort)!r} {constant.fixed}")
        for component in model.components:
            self._component(component, base.components.get(component.name, component.name))
        self.initially = [
            ("initially", place, name) for part in model.initially for place, name in occurrences(part, base, "")
        ]
        self.names = frozenset(self.declared)
        self.colours: Colours = {}

    def _declare(self, table: Table, name: str, said: str) -> None:
        self.declared.setdefault((table, name), []).append(said)

    def _component(self, component: Component, name: str) -> None:
        for part in component.parts:
            self._declare("parts", part.name, f"{name} {self.base.components.get(part.kind, part.kind)} {part.many}")
        for variable in component.variables:
            initial = sorted(str(self.base.value(value, variable.sort)) for value in variable.initial)
            self._declare("variables", variable.name, f"{name} {self.base.sort(variable.sort)!r} {initial}")
        for constant in component.constants:
            self._declare("constants", constant.name, f"{name} {self.base.sort(constant.sort)!r}")
        for action in component.actions:
            kinds = [self.base.components.get(one.kind, one.kind) for one in action.parameters]
            self._declare("actions", action.name, f"{name} {action.actor} {action.fairness} {kinds}")
            said = [found for guard in action.guards for found in occurrences(guard.condition, self.base, "needs")]
            for update in action.updates:
                said.append(("sets", ("variables", update.variable)))
                said += [("sets of", ("parts", part)) for part in update.instance.split(".")[1:]]
                said += [("sets each", ("parts", update.each[1]))] if update.each else []
                said += occurrences(update.value, self.base, "value")
            self.spoken.append((("actions", action.name), name, said))

    def refine(self, names: AbstractSet[Name]) -> None:
        """Give each of these names the colour of the next round."""
        now = {name: self.colours.get(name, UNKNOWN) if name in names else name[1] for name in self.declared}
        uses: dict[Name, list[str]] = {}
        for action, owner, said in self.spoken:
            about = _hash(f"{place} {name[0]} {now.get(name, name[1])}" for place, name in said)
            uses.setdefault(action, []).append(f"{owner} {about}")
            for place, name in said:
                if name in names:
                    uses.setdefault(name, []).append(f"{now[action]} {about} {place}")
        for start, place, name in self.initially:
            uses.setdefault(name, []).append(f"{start} {place}")
        self.colours = {name: _hash([*self.declared[name], *uses.get(name, ())]) for name in names}

    def listed(self, names: AbstractSet[Name]) -> dict[Name, str]:
        """Return the colours of some names, in the order in which they are declared."""
        return {name: self.colours.get(name, UNKNOWN) for name in self.declared if name in names}


def _hash(lines: Iterable[str]) -> str:
    return sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]


def occurrences(formula: Expression, base: Renaming, place: str) -> Iterator[tuple[str, Name]]:
    """Yield each name that a formula speaks of with the operators around it, whatever the order of their operands."""
    match formula:
        case Field(instance, variable, _, _):
            yield place, ("variables", variable)
            yield from ((f"{place} of", ("parts", part)) for part in instance.split(".")[1:])
        case ConstantValue(name, _, instance):
            yield place, ("constants", name)
            yield from ((f"{place} of", ("parts", part)) for part in instance.split(".")[1:])
        case Count(collection):
            yield place, ("parts", collection)
        case Quantified(binder, _, collection, body, where):
            yield f"{place} {binder.value}", ("parts", collection)
            yield from occurrences(body, base, f"{place} {binder.value}")
            yield from occurrences(where, base, f"{place} where")
        case If(condition, then, otherwise):
            for word, part in (("if", condition), ("then", then), ("else", otherwise)):
                yield from occurrences(part, base, f"{place} {word}")
        case _:
            sign = _sign(formula, base)
            inner = place if place.endswith(f" {sign}") and isinstance(formula, And | Or) else f"{place} {sign}"
            for number, part in enumerate(formula.children):
                ordered = isinstance(formula, Less | AtMost) or (isinstance(formula, Arithmetic) and sign == "-")
                yield from occurrences(part, base, f"{inner}{number}" if ordered else inner)


def _sign(formula: Expression, base: Renaming) -> str:
    match formula:
        case Equal(left, right):
            values = [base.value(one.value, one.of) for one in (left, right) if isinstance(one, Literal)]
            return f"={values[0]}" if values else "="
        case Among(operand, values):
            listed = sorted(str(base.value(value, operand.sort)) for value in values)
            return f"={listed[0]}" if len(listed) == 1 else f"in{','.join(listed)}"
        case Arithmetic(operator, _, _):
            return operator
        case _:
            return type(formula).__name__


def _paired(mine: Mapping[Name, str], theirs: Mapping[Name, str]) -> Iterator[tuple[Name, Name]]:
    """Yield names of the second model with those of the first that have the same colour, each once."""
    free: dict[tuple[Table, str], list[Name]] = {}
    for name, colour in mine.items():
        free.setdefault((name[0], colour), []).append(name)
    for name, colour in theirs.items():
        if free.get((name[0], colour)):
            yield name, free[name[0], colour].pop(0)


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
