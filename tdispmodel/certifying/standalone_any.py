"""Checks certificates about any number of instances: needs Python 3.11, standalone.py beside it, and nothing else.

    python3 standalone_any.py DIRECTORY

Certificates about a number of instances are left to standalone.py, and so are the exit codes.  What is about any number
is shown by clauses about a few different instances each.  docs/any-number.md proves that it suffices to look at all
numbers of instances up to a bound, and numbers the conditions of that: this file computes the bound from the model's
text (what does not meet a condition is rejected), and has standalone.py check the clauses for each number up to it.
"""

# fmt: off
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Set as AbstractSet
from functools import lru_cache, reduce
from importlib.util import module_from_spec, spec_from_file_location
from itertools import permutations, product
from math import perm, prod
from pathlib import Path
from types import SimpleNamespace
from typing import Any


def beside(name: str) -> Any:
    """Return the module in a file of this file's folder."""
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

alone = beside("standalone")
need, rows, System = alone.need, alone.rows, alone.System  # type: Any, Any, Any
LARGEST, MOST_PLACES, BOTH = 8, 1000, frozenset({True, False})
Numbers = Counter[str]  # so many instances of each collection
Demand = dict[str, Numbers]  # for each quantifier, by its text, the witnesses that it needs
def total(parts: Iterable[Numbers]) -> Numbers:
    """Return the sums, collection by collection."""
    return reduce(Counter.__add__, parts, Counter())
def size(*numbers: Numbers) -> int:
    """Return how many instances each collection must have, at least one: nothing less than the sum (condition 8)."""
    return max([1, *total(numbers).values()])
def together(parts: Iterable[Demand]) -> Demand:
    """Return what several parts need: the same quantifier, of the same names, needs its witnesses once."""
    return {text: numbers for part in parts for text, numbers in part.items()}

class Instance(System):  # type: ignore[misc]  # it is loaded from a file
    """The family's model with so many instances: constants are variables that nobody assigns."""

    def cases(self, written: Any, names: dict[str, str], step: Any = None) -> Any:
        """Return what the expression's cases are, those of a constant as those of a variable."""
        read = ["get", *written[1:]] if written[0] == "constant" else written
        return super().cases(read, names, step)

class Family:
    """A model with any number of instances of each collection, of certain kinds, and its bounds."""

    def __init__(self, model: Any, constants: Any, without: list[str]) -> None:
        ((schema, name, root, components, initially),) = rows([model], "schema name root components initially")
        self.components = {row[0]: row for row in rows(components, "name lineage parts constants variables actions")}
        self.without, self.collections, self.places = without, list[str](), list[tuple[str, str, str]]()
        need(len(self.components) == len(components), "a component is there twice")
        self._grow("", "", root)
        start = [*initially, *self._kinds(constants)]
        self.model = {"schema": schema, "name": name, "root": root, "components": self.written, "initially": start}
        self.start = total(together(self.demand(part, {True}, {"", "self"}) for part in start).values())
        self.actions: list[tuple[Numbers, Numbers]] = []  # what each names and needs, and what its loops name
        for row in self.components.values():  # all actions, also what a small instance cannot take (condition 10)
            fields = "name owner parameters guards updates actor fairness disturbs adversarial"
            for _, _, parameters, guards, updates, *_ in rows(row[5], fields):
                bound = rows(parameters, "name kind")
                own = Counter({of for of, _, kind in self.places if of and kind == row[0]})
                names = {"", "self", *(one for one, _ in bound)}
                demands = [self.demand(part, {True}, names) for part in guards]
                assigned = rows(updates, "instance variable value each")
                demands += [self.assigned(names, *update) for update in assigned]
                loops = Counter({each[1] for *_, each in assigned if each is not None})
                needs = [own, *(self.homes(kind) for _, kind in bound), *together(demands).values()]
                self.actions.append((total(needs), loops))
    def _grow(self, collection: str, path: str, kind: str) -> None:
        need(len(self.places) < MOST_PLACES, "too many parts")
        self.places.append((collection, path, kind))
        for name, part, many in rows(self.components[kind][2], "name kind many"):
            right = name.isidentifier() and (many is False or (many is True and not path and not collection))
            need(right, "a collection inside of a part, or a strange name, is not covered")
            if many:
                self.collections.append(name)
            self._grow(*((name, "", part) if many else (collection, f"{path}.{name}", part)))
    def _kinds(self, constants: Any) -> Iterator[Any]:
        """Make constants variables and yield the start conditions that say which kinds there are (condition 12)."""
        given = {kind: rows(row[3], "name values") for kind, row in self.components.items()}
        known = [(of, path, kind, *row) for of, path, kind in self.places for row in given[kind]]
        def named(path: str, name: str) -> str:
            return f"{path}.{name}"[1:]
        single = {named(path, name): values for of, path, _, name, values in known if not of}
        right = constants.keys() == {*single, *self.collections} and single.keys().isdisjoint(self.collections)
        need(right, "not the constants of the model, or a collection has a constant's name")
        taken: dict[tuple[str, str], list[Any]] = {}
        for of, path, kind, name, values in known:
            found = [one[named(path, name)] for one in constants[of]] if of else [constants[named(path, name)]]
            need(found and all(value in values for value in found), f"the constant {name} has no such value")
            have = taken.setdefault((kind, name), [])
            have.extend(value for value in dict.fromkeys(found) if value not in have)
            if not of:
                yield ["=", ["get", f"self{path}", name], ["value", found[0]]]
        for collection in self.collections:
            inner = [(path, name) for of, path, _, name, _ in known if of == collection]
            gets = {named(path, name): ["get", f"each{path}", name] for path, name in inner}
            kinds = constants[collection]
            need(kinds and all(kind.keys() == gets.keys() for kind in kinds), f"not kinds of {collection}")
            says = [["and", *(["=", gets[name], ["value", kind[name]]] for name in gets)] for kind in kinds]
            yield ["all", "each", collection, ["or", *says]]
        fields = ("name", "lineage", "parts", "constants", "variables", "actions")
        self.written = [dict(zip(fields, row, strict=True)) for row in self.components.values()]
        for row in self.written:
            its = {name: values for (kind, name), values in taken.items() if kind == row["name"]}
            more = [{"name": name, "values": values, "initial": values} for name, values in its.items()]
            row |= {"constants": [], "variables": [*row["variables"], *more]}
            need(all(one["name"].isidentifier() for one in row["variables"]), "a strange name is not covered")
    def homes(self, kind: str) -> Numbers:
        """Return one instance of each collection in which an instance of a component may stand (conditions 5 and 6)."""
        return Counter({of for of, _, here in self.places if of and kind in self.components[here][1]})
    def spoken(self, instance: str, names: AbstractSet[str], variable: str = "any") -> Demand:
        """Check that an instance is named in a way in which none of a collection differs from the others."""
        first, *rest = instance.split(".")
        need(first in names and all(map(str.isidentifier, [*rest, variable])), f"{instance}.{variable} not allowed")
        return {}
    def demand(self, written: Any, ways: AbstractSet[bool], names: AbstractSet[str], outside: Any = None) -> Demand:
        """Return the witnesses that a formula needs to stay true, or false, or (both) an expression to keep its value,
        when other instances are left out.  ``outside``: the names of which quantifiers may speak, if not all.
        """
        match written:
            case ["value", int() | str()] | ["actor", *_]:
                return {}
            case ["constant" | "get" | "after", instance, variable]:
                return self.spoken(instance, names, variable)
            case ["same", *instances] | ["step", _, *instances]:
                return together(self.spoken(instance, names) for instance in instances)
            case ["not", part]:
                return self.demand(part, {not way for way in ways}, names, outside)
            case ["and" | "or", *parts]:
                return together(self.demand(part, ways, names, outside) for part in parts)
            case ["if", test, *parts]:
                ends = [self.demand(part, ways, names, outside) for part in parts]
                return together([self.demand(test, BOTH, names, outside), *ends])
            case ["=" | "<" | "+" | "-" | "*", left, right]:
                return together(self.demand(part, BOTH, names, outside) for part in (left, right))
            case ["in", part, list()]:
                return self.demand(part, BOTH, names, outside)
            case ["all" | "any" as word, str() as name, collection, body]:
                need(collection in self.collections, "a quantifier is over no collection of the root")
                found: Demand = {}
                for way in ways:
                    inside = self.demand(body, {way}, {*(names if outside is None else outside), name})
                    if way is (word == "any"):  # one instance that makes it so (condition 7)
                        found[json.dumps(written)] = total([Counter([collection]), *inside.values()])
                    else:
                        need(not inside, "for each instance it asks for another one (condition 3)")
                return found
            case ["sum", *_]:
                raise ValueError("it counts instances (condition 2): " + str(written)[:60])
            case _:
                raise ValueError("not an expression that may stand here: " + str(written)[:60])
    def assigned(self, names: AbstractSet[str], instance: str, variable: str, value: Any, each: Any) -> Demand:
        """Return the witnesses that what is assigned needs (condition 4)."""
        if each is None:
            return self.spoken(instance, names, variable) | self.demand(value, BOTH, names)
        bound, collection = each
        need(collection in self.collections, "a loop is over no collection of the root")
        need(instance.partition(".")[0] == bound, f"a loop assigns {variable} of what is not its own (condition 4)")
        return self.spoken(instance, {bound}, variable) | self.demand(value, BOTH, {*names, bound}, {*names} - {bound})
    def bound(self, widths: list[Numbers], asked: list[Any]) -> int:
        """Return up to which number of instances to look, for clauses about so many and a property."""
        kind, about, parameters, _, formula, _ = asked
        given = rows(parameters, "name kind")
        question = self.demand(formula, {False}, {"", "now", *(name for name, _ in given)})
        named = total([self.homes(about), *(self.homes(one) for _, one in given), *question.values()])
        steps = [size(width, needs) for width in widths for needs, _ in self.actions]
        steps += [size(needs, loops) for needs, loops in self.actions]  # a number leaves its range (condition 11)
        steps += [size(named, needs) for needs, _ in self.actions if kind == "step"]
        return max([size(named), *steps, *(size(width, self.start) for width in widths)])
@lru_cache(maxsize=4)
def family_of(folder: Path, model: str, scope: str) -> Family:
    """Return the model of this digest for some kinds and what is switched off."""
    return Family(alone.read(folder / "models" / f"{model}.json", model), *json.loads(scope))
@lru_cache(maxsize=8)
def proven(folder: Path, model: str, scope: str, clauses: str, number: int) -> tuple[Any, list[int]]:
    """Return the model with this number of instances, and what the clauses say there; raise unless they are true."""
    family = family_of(folder, model, scope)
    system = Instance(family.model, number, {}, family.without)
    facts: list[int] = []
    firsts: list[tuple[Any, dict[str, str]]] = []
    for bound, body in rows(json.loads(clauses), "bound body"):
        choices = list(images(rows(bound, "name collection"), number))
        facts += [system.truth(body, names) for names in choices]
        firsts += [(body, names) for names in choices[:1]]  # the others say the same of instances with other names
    for body, names in firsts:
        need(not system.both(system.start, system.opposite(system.truth(body, names))), "false in a start state")
    for action in system.actions.values():
        need(not reduce(system.both, facts, action.leaves), f"{action.key[0]} may leave the range of a variable")
        later = SimpleNamespace(key=None, updates=action.updates)
        for body, names in firsts:
            broken = [system.opposite(system.truth(body, names, later)), system.truth(body, names), *facts]
            need(not reduce(system.both, broken, action.guard), f"{action.key[0]} does not keep the invariant")
    return system, facts
def images(bound: list[list[str]], number: int) -> Iterator[dict[str, str]]:
    """Return all ways in which the names of a clause can stand for different instances."""
    of = {collection: [name for name, one in bound if one == collection] for _, collection in bound}
    need(prod(perm(number, len(names)) for names in of.values()) <= 1 << 14, "a clause is about too many instances")
    for chosen in product(*(permutations(range(number), len(names)) for names in of.values())):
        found = {"": "", "self": ""}
        for (collection, names), places in zip(of.items(), chosen, strict=True):
            found |= {name: f"{collection}[{place}]." for name, place in zip(names, places, strict=True)}
        yield found
def checked(folder: Path, path: Path) -> str:
    """Return what was accepted, in words; raise what is wrong."""
    if shown := alone.checked(folder, path):
        return str(shown)
    fields = "schema proposal property verdict model instances constants without engine version evidence"
    ((_, _, wanted, verdict, model, _, constants, without, _, _, evidence),) = rows([alone.read(path)], fields)
    ((_, _, *asked),) = rows([wanted], "name code kind about parameters steps formula after")
    ((about, evident, proof),) = rows(evidence, "about kind proof")
    right = verdict == "holds" and asked[0] in ("invariant", "step")  # condition 1
    need(right and evident == "quantified" and about == [], "no such thing is shown for any number of instances")
    ((clauses,),) = rows([proof], "clauses")
    scope, text = json.dumps([constants, without]), json.dumps(clauses)
    family, widths = family_of(folder, model, scope), list[Numbers]()
    for bound, body in rows(clauses, "bound body"):
        of = dict(rows(bound, "name collection"))
        need(len(of) == len(bound) and of.keys().isdisjoint({"", "self"}), "a clause binds a name twice")
        need({*of.values()} <= {*family.collections}, "a clause is about no collection of the root")
        need(not family.demand(body, BOTH, {"", "self", *of}), "a clause has a quantifier inside")
        widths.append(Counter(of.values()))
    need((most := family.bound(widths, asked)) <= LARGEST, f"{most} instances would have to be looked at")
    kind, about, parameters, *rest = asked
    bound = [["now", about], *rows(parameters, "name kind")]
    for number in range(1, most + 1):  # all sizes up to the bound, not only the largest (condition 9)
        system, facts = proven(folder, model, scope, text, number)
        for chosen in system.of_kinds([one for _, one in bound]):
            names = {"": ""} | {name: one for (name, _), one in zip(bound, chosen, strict=True)}
            sought = alone.Claim(system, folder, kind, rest, names).sought()
            need(not any(reduce(system.both, facts, one) for one in sought), "the clauses exclude too little")
        if system.work < alone.MOST_WORK // 2:
            proven.cache_clear()
    return f"{verdict} for any number of instances, as all with up to {most} show"
if __name__ == "__main__":
    sys.exit(alone.main(sys.argv[1:], checked))
