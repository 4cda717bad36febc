"""Checks certificates of tdispmodel: one file that needs Python 3.11 and nothing else, to be read before it is believed.

    python3 standalone.py DIRECTORY

``models/`` and ``states/`` hold models and sets of states, named by their SHA-256; every other ``.json`` file is a
certificate, a claim about a model with evidence, and gets a line: accepted, or rejected and why.  Exit code 0: all are
accepted; 1: one is not; 2: usage; 4: there is none.  docs/certificates.md has the formats, and why the evidence suffices.

For given instances and constants an expression becomes its *cases*: for each value that it can have, the condition on
the state before the step under which it has it.  What is assigned has cases too, so a formula about the state after a
step is a condition on the state before it.  Nothing of a file is ever executed.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from itertools import accumulate, compress, product
from math import prod
from operator import add, eq, lt, mul, or_, sub
from pathlib import Path
from types import SimpleNamespace as Action
from typing import Any

MOST_BYTES, MOST_STATES, MOST_WORK = 1 << 25, 1 << 19, 1 << 27
FALSE, TRUE = 0, 1
OPERATORS: dict[str, Any] = {"=": eq, "<": lt, "+": add, "-": sub, "*": mul}
SHOWS = {
    "states": ("invariant holds", "step holds", "must_be_possible violated"),
    "invariant": ("invariant holds", "step holds", "must_be_possible violated"),
    "behaviour": ("invariant violated", "step violated", "must_be_possible holds"),
    "ranking": ("leads_to holds", "never_endless holds"),
    "lasso": ("leads_to violated", "never_endless violated"),
    "distances": ("stays_possible holds",),
    "lost": ("stays_possible violated",),
}
Cases = dict[Any, int]  # for integers and words ("true" and "false" among them) the number of a condition
Names = dict[str, str]  # what stands for which instance; the root is "", others are like "devices[0]."


class Rejected(Exception):
    """This is no proof; says why."""


def need(condition: object, reason: str) -> None:
    """Reject unless the condition is true."""
    if not condition:
        raise Rejected(reason)


def rows(things: Any, names: str) -> list[list[Any]]:
    """Return the values of each object in a list; each has exactly these fields."""
    wanted, right = names.split(), isinstance(things, list)
    need(right and all(isinstance(one, dict) and one.keys() == set(wanted) for one in things), f"not a list of {names}")
    return [[one[name] for name in wanted] for one in things]


class Conditions:
    """Conditions on one state: numbers of reduced ordered decision diagrams, with a branch for each value of a variable.

    Those that mean the same have the same number, so one that no state meets is FALSE.  R. E. Bryant, "Graph-based
    algorithms for Boolean function manipulation", IEEE Transactions on Computers, 1986.
    """

    def __init__(self) -> None:
        self.sizes: list[int] = []  # of how many values each variable is
        self.nodes: list[tuple[int, ...]] = [(1 << 60,), (1 << 60,)]  # a variable, and a condition for each of its values
        self.reads, self.work = [0, 0], MOST_WORK  # the variables that each node speaks of, as bits
        self.known: dict[tuple[int, ...], int] = {}

    def spend(self, amount: int) -> None:
        """Count work, and give up when it is too much."""
        self.work -= amount
        need(self.work > 0, "this takes too long to check")

    def node(self, variable: int, branches: Iterable[int]) -> int:
        """Return the condition that is the given one for each value of the variable."""
        node = (variable, *branches)
        if min(node[1:]) == max(node[1:]):
            return node[1]
        if self.known.setdefault(node, len(self.nodes)) == len(self.nodes):
            self.spend(10 + len(node))
            self.nodes.append(node)
            self.reads.append(reduce(or_, (self.reads[branch] for branch in node[1:]), 1 << variable))
        return self.known[node]

    def both(self, one: int, other: int) -> int:
        """Both conditions are true."""
        one, other = min(one, other), max(one, other)
        if one <= TRUE or one == other:
            return other if one == TRUE else one
        if (-one, other) not in self.known:
            self.spend(10)
            (first, *left), (second, *right) = self.nodes[one], self.nodes[other]
            variable = min(first, second)
            left, right = (left, right) if first == second else (left, [other] * len(left)) if first < second else (right, [one] * len(right))
            self.known[-one, other] = self.node(variable, map(self.both, left, right))
        return self.known[-one, other]

    def opposite(self, one: int) -> int:
        """The condition is false."""
        if one > TRUE and (-one,) not in self.known:
            self.known[(-one,)] = self.node(self.nodes[one][0], map(self.opposite, self.nodes[one][1:]))
        return self.known[(-one,)] if one > TRUE else TRUE - one

    def all(self, parts: Iterable[int]) -> int:
        """All the conditions are true."""
        return reduce(self.both, parts, TRUE)

    def any(self, parts: Iterable[int]) -> int:
        """One of the conditions is true."""
        return self.opposite(self.all(map(self.opposite, parts)))

    def exclude(self, facts: Iterable[int], condition: int) -> bool:
        """Whether facts exclude a condition.  Those that bring in few variables are put in first; any order is right."""
        left = set(facts)
        while left and condition != FALSE:
            best = min(left, key=lambda fact: ((self.reads[fact] & ~self.reads[condition]).bit_count(), fact))
            left.discard(best)
            condition = self.both(condition, best)
        return condition == FALSE

    def count(self, condition: int, variable: int = 0) -> int:
        """Return how many states meet a condition, as far as variables from this one on tell them apart."""
        first, *branches = self.nodes[condition]
        inner = sum(self.count(branch, first + 1) for branch in branches) if branches else condition
        return inner * prod(self.sizes[variable:first])


class System(Conditions):
    """A model for so many instances and some constants: variables, start states, actions."""

    def __init__(self, model: Any, instances: Any, constants: dict[str, Any], without: list[str]) -> None:
        super().__init__()
        ((schema, _, root, components, initially),) = rows([model], "schema name root components initially")
        need(schema == "tdispmodel/model/1", "this form of model is not known")
        need(type(instances) is int and 0 < instances <= 64, "only a number of instances can be checked here")
        self.each, self.given, self.sets = range(instances), constants, dict[str, States]()
        self.components = {row[0]: row for row in rows(components, "name lineage parts constants variables actions")}
        self.instances: dict[str, list[Any]] = {}
        self.variables: dict[str, int] = {}
        self.codes: list[dict[Any, int]] = []  # the number of each value, for each variable
        self.values: list[Cases] = []  # what reading each variable gives
        self.start = TRUE
        self._grow("", root)
        self.weights = [1, *accumulate(self.sizes, mul)]
        self.start = self.all([self.start, *(self.truth(part, {"": "", "self": ""}) for part in initially)])
        self.actions = {action.key: action for action in self._actions(without)}

    def _grow(self, path: str, kind: str) -> None:
        need(path not in self.instances and len(self.instances) < 10_000, "too many instances, or two of one name")
        self.instances[path] = self.components[kind]
        _, _, parts, constants, variables, _ = self.components[kind]
        for name, values in rows(constants, "name values"):
            need(self.given[path + name] in values, f"the constant {name} has no such value")
        for name, values, initial in rows(variables, "name values initial"):
            number = self.variables[path + name] = len(self.codes)
            self.codes.append({value: code for code, value in enumerate(values)})
            need(0 < len(self.codes[-1]) == len(values) <= 256, f"{name} has no value, too many, or one twice")
            self.sizes.append(len(values))
            self.values.append({one: self.node(number, [int(one == other) for other in values]) for one in values})
            self.start = self.both(self.start, self.any([self.values[-1][value] for value in initial]))
        for name, part, many in rows(parts, "name kind many"):
            for place in [f"{name}[{number}]." for number in self.each] if many is True else [f"{name}."]:
                self._grow(path + place, part)

    def of_kind(self, kind: str) -> list[str]:
        """Return the instances of a component and of those that derive from it."""
        return [path for path, row in self.instances.items() if kind in row[1]]

    def _actions(self, without: list[str]) -> Iterator[Action]:
        fields = "name owner actor fairness disturbs adversarial parameters guards updates"
        for path, row in self.instances.items():
            for name, owner, actor, fairness, disturbs, adversarial, parameters, guards, updates in rows(row[5], fields):
                need(fairness == "none" or (fairness == "weak" and not disturbs), "this fairness is not known here")
                bound = rows(parameters, "name kind")
                for chosen in product(*(self.of_kind(kind) for _, kind in bound)):
                    names = {"": "", "self": path} | {one: to for (one, _), to in zip(bound, chosen, strict=True)}
                    guard = self.all([self.truth(part, names) for part in guards])
                    assigned: dict[int, Cases] = {}
                    for instance, variable, value, each in rows(updates, "instance variable value each"):
                        for inner in [names] if each is None else self.bound(names, *each):
                            assigned[self.variables[self.path(instance, inner) + variable]] = self.cases(value, inner)
                    out = [cases[to] for at, cases in assigned.items() for to in cases.keys() - self.codes[at].keys()]
                    leaves = self.both(guard, self.any(out))
                    key = (f"{owner}.{name}", *(one[:-1] for one in [path] * bool(path) + list(chosen)))
                    flags = {"fair": fairness == "weak", "disturbs": disturbs, "adversarial": adversarial}
                    if f"{actor}.{name}" not in without:
                        yield Action(key=key, actor=actor, **flags, guard=guard, updates=assigned, leaves=leaves)

    def bound(self, names: Names, name: str, collection: str) -> list[Names]:
        """Return the names with one more, which stands for each instance of a collection of the root in turn."""
        return [{**names, name: f"{collection}[{number}]."} for number in self.each]

    def path(self, written: str, names: Names) -> str:
        """Return the instance that a name such as ``device.tsm`` means."""
        first, _, rest = written.partition(".")
        found = names[first] + f"{rest}." * bool(rest)
        need(found in self.instances, f"there is no instance {found}")
        return found

    def truth(self, written: Any, names: Names, step: Action | None = None) -> int:
        """Return the condition under which a formula is true; ``step`` is the action taken, if it speaks of one."""
        cases = self.cases(written, names, step)
        need(cases.keys() <= {"true", "false"}, "a truth value is needed")
        return cases.get("true", FALSE)

    def cases(self, written: Any, names: Names, step: Action | None = None) -> Cases:
        """Return for each value that an expression can have the condition under which it has it."""
        self.spend(30)
        match written:
            case ["value", int() | str() as value]:
                return {value: TRUE}
            case ["constant", instance, name]:
                return {self.given[self.path(instance, names) + name]: TRUE}
            case ["get", instance, name]:
                return self.values[self.variables[self.path(instance, names) + name]]
            case ["after", instance, name] if step is not None:
                number = self.variables[self.path(instance, names) + name]
                return step.updates.get(number, self.values[number])
            case ["if", test, then, otherwise]:
                tested = self.cases(["=", test, ["value", "true"]], names, step)
                branches = {"true": self.cases(then, names, step), "false": self.cases(otherwise, names, step)}
                return self._cases((to, tested.get(one, FALSE), also) for one in branches for to, also in branches[one].items())
            case ["=" | "<" | "+" | "-" | "*" as word, left, right]:
                return self._pair(word, self.cases(left, names, step), self.cases(right, names, step))
            case ["sum", name, collection, body]:
                parts = [self.cases(body, inner, step) for inner in self.bound(names, name, collection)]
                return reduce(lambda total, part: self._pair("+", total, part), parts, {0: TRUE})
            case ["in", part, list() as values]:
                cases = self.cases(part, names, step)
                true = self.any([cases.get(value, FALSE) for value in values])
            case ["not", part]:
                true = self.opposite(self.truth(part, names, step))
            case ["and" | "or" as word, *parts]:
                true = (self.all if word == "and" else self.any)([self.truth(part, names, step) for part in parts])
            case ["all" | "any" as word, name, collection, body]:
                inner = [self.truth(body, one, step) for one in self.bound(names, name, collection)]
                true = (self.all if word == "all" else self.any)(inner)
            case ["same", left, right]:
                true = int(self.path(left, names) == self.path(right, names))
            case ["actor", *actors] if step is not None:
                true = int(step.actor in actors)
            case ["step", action, *arguments] if step is not None:
                wanted = (action, *(self.path(argument, names)[:-1] for argument in arguments))
                true = int(step.key[: len(wanted)] == wanted)
            case _:
                raise Rejected("not an expression that may stand here: " + str(written)[:60])
        return {"true": true, "false": self.opposite(true)}

    def _pair(self, word: str, left: Cases, right: Cases) -> Cases:
        need(word == "=" or all(type(value) is int for value in (*left, *right)), f"{word} needs integers")
        operate = OPERATORS[word] if word in "+-*" else lambda one, other: str(OPERATORS[word](one, other)).lower()
        pairs = product(left.items(), right.items())
        return self._cases((operate(one, other), when, also) for (one, when), (other, also) in pairs)

    def _cases(self, found: Iterable[tuple[Any, int, int]]) -> Cases:
        cases: Cases = {}
        for value, one, other in found:
            if (when := self.both(one, other)) != FALSE:
                cases[value] = self.any([cases.get(value, FALSE), when])
        return cases

    def before(self, condition: int, action: Action, known: dict[int, int]) -> int:
        """Return the condition under which another one is true after an action, which leaves no range."""
        if condition > TRUE and condition not in known:
            variable, *branches = self.nodes[condition]
            cases = action.updates.get(variable, self.values[variable])
            inner = [(cases.get(value, FALSE), branches[code]) for value, code in self.codes[variable].items()]
            known[condition] = self.any([self.both(when, self.before(to, action, known)) for when, to in inner])
        return known.get(condition, condition)


class States:
    """Some states, by number, side by side; a set of them has a bit for each, the highest for the first."""

    def __init__(self, system: System, numbers: list[int]) -> None:
        self.system, self.numbers, self.columns, rest = system, numbers, list[bytes](), numbers
        for size in system.sizes:
            self.columns.append(bytes([number % size for number in rest]))
            rest = [number // size for number in rest]
        need(rest and not any(rest), "there is no state, or a number of none")
        self.places = {number: place for place, number in enumerate(numbers)}
        self.masks = {FALSE: 0, TRUE: (1 << len(rest)) - 1}
        self.having: dict[tuple[int, int], int] = {}
        self.steps: dict[tuple[str, ...], list[tuple[int, int]]] = {}

    def where(self, condition: int) -> int:
        """Return the set of states in which a condition is true."""
        if condition not in self.masks:
            variable, *branches = self.system.nodes[condition]
            self.system.spend(20 + (len(self.numbers) >> 6))
            for code in range(len(branches)) if (variable, 0) not in self.having else ():
                table = bytes(48 + (code == other) for other in range(256))
                self.having[variable, code] = int(self.columns[variable].translate(table), 2)
            parts = [self.having[variable, code] & self.where(branch) for code, branch in enumerate(branches) if branch]
            self.masks[condition] = reduce(or_, parts)
        return self.masks[condition]

    def flags(self, condition: int) -> bytes:
        """Return for each state, as a byte 0 or 1, whether a condition is true."""
        text = format(self.where(condition), f"0{len(self.numbers)}b").encode()
        return text.translate(bytes(number == 49 for number in range(256)))

    def after(self, action: Action) -> list[int]:
        """Return the states after an action, for those in which it is enabled; it must not leave a range."""
        need(not self.where(action.leaves), f"{action.key[0]} leaves the range of a variable")
        enabled = self.flags(action.guard)
        found = list(compress(self.numbers, enabled))
        self.system.spend(len(found) * len(action.updates))
        for number, cases in action.updates.items() if found else ():
            codes, weight = self.system.codes[number], self.system.weights[number]
            new = sum(int.from_bytes(self.flags(when), "little") * codes.get(value, 0) for value, when in cases.items())
            change = map(sub, new.to_bytes(len(enabled), "little"), self.columns[number])
            found = list(map(add, found, map(weight.__mul__, compress(change, enabled))))
        return found

    def leads(self, action: Action) -> list[tuple[int, int]]:
        """Return from where an action leads and where to, by place; it must not lead out."""
        if action.key not in self.steps:
            after, before = self.after(action), compress(range(len(self.numbers)), self.flags(action.guard))
            need(self.places.keys() >= set(after), f"{action.key[0]} leads out of the set of states")
            self.steps[action.key] = list(zip(before, map(self.places.__getitem__, after), strict=True))
        return self.steps[action.key]


class Claim:
    """A property of some instances holds, or is violated: a method for each kind of evidence, given its fields."""

    def __init__(self, system: System, folder: Path, kind: str, steps: Any, formula: Any, premise: Any, names: Names) -> None:
        self.system, self.folder, self.kind, self.steps = system, folder, kind, steps is True
        possible = kind == "must_be_possible"  # by behaviours without a step of the host
        need(possible or self.steps == (kind in ("step", "never_endless")), f"{kind} does not ask about that")
        self.actions = [action for action in system.actions.values() if not (possible and action.actor == "host")]
        self.premise = system.truth(premise, names)
        self.true: Callable[..., int] = lambda action=None: system.truth(formula, names, action)
        self.sign: Callable[[int], int] = (lambda condition: condition) if possible else system.opposite

    def sought(self) -> list[int]:
        """Return conditions of which one is met by a behaviour that meets the goal, or breaks the rule, and by no other."""
        if self.steps:
            return [self.system.both(action.guard, self.sign(self.true(action))) for action in self.actions]
        return [self.sign(self.true())]

    def closed(self, digest: str, actions: Iterable[Action], *, starts: bool = True) -> States:
        """Return a set of states, all start states among them unless not wanted, out of which no action leads."""
        system = self.system
        if digest not in system.sets:
            ((schema, packed),) = rows([read(self.folder / "states" / f"{digest}.json", digest)], "schema states")
            need(schema == "tdispmodel/states/1" and len(packed) <= MOST_STATES, "this form of states is not known")
            need(all(type(more) is int and more > 0 for more in packed[1:]), "the states are not in order")
            system.sets[digest] = States(system, list(accumulate(packed)))
        for action in actions:
            system.sets[digest].leads(action)
        inside = system.sets[digest].where(system.start).bit_count()
        need(not starts or inside == system.count(system.start), "a start state is missing")
        return system.sets[digest]

    def states(self, states: str) -> None:
        """What is sought is nowhere in a closed set of states."""
        need(not any(map(self.closed(states, self.actions).where, self.sought())), "what is excluded is in the set")

    def invariant(self, clauses: list[Any]) -> None:
        """Clauses are true in each start state, kept by each action, and exclude what is sought."""
        system, facts = self.system, [self.system.truth(clause, {"": ""}) for clause in clauses]
        need(all(system.exclude([system.start], system.opposite(fact)) for fact in facts), "false in a start state")
        for action in self.actions:
            known: dict[int, int] = {}
            need(system.exclude(facts, action.leaves), f"{action.key[0]} may leave the range of a variable")
            for fact in facts:
                broken = system.both(action.guard, system.opposite(system.before(fact, action, known)))
                need(system.exclude(facts, broken), f"{action.key[0]} does not keep the invariant")
        need(all(system.exclude(facts, one) for one in self.sought()), "the invariant does not exclude what it should")

    def distances(self, states: str, distances: list[int]) -> None:
        """From each state with the premise reliable actions lead nearer and nearer to the goal."""
        inside = self.closed(states, self.actions)
        nearer = bytearray(inside.flags(self.true()))
        for action in self.actions:
            for before, after in () if action.adversarial else inside.leads(action):
                nearer[before] |= 0 <= distances[after] < distances[before]
        for distance, closer, premise in zip(distances, nearer, inside.flags(self.premise), strict=True):
            need(closer if distance >= 0 else not premise, "no reliable action leads nearer to the goal")

    def ranking(self, states: str, actions: list[list[str]], ranks: list[int], helpful: list[int]) -> None:
        """Where one waits for the goal (or everywhere), no calm step raises the rank, and a helpful action lowers it."""
        inside, waits = self.closed(states, self.actions), self.kind == "leads_to"
        met, asked = inside.flags(self.true() if waits else FALSE), inside.flags(self.premise)
        ranks = [-1 if done else rank for rank, done in zip(ranks, met, strict=True)]
        need(all(done or rank >= 0 or not here for rank, done, here in zip(ranks, met, asked, strict=True)), "no rank")
        ready = bytearray(rank < 0 or (chosen < 0 and not waits) for rank, chosen in zip(ranks, helpful, strict=True))
        for action in self.actions:
            number = actions.index(list(action.key)) if list(action.key) in actions else len(actions)
            marked = inside.flags(TRUE if waits else self.true(action))
            for before, after in inside.leads(action):
                if ranks[before] >= 0:
                    need(ranks[after] >= 0 or met[after], "a step leads to a state without a rank")
                    same = ranks[after] == ranks[before] and helpful[after] == helpful[before] != number
                    stays = same and (helpful[before] >= 0 or not marked[before])
                    need(stays or ranks[after] < ranks[before] or action.disturbs, f"{action.key[0]} may recur")
                    ready[before] |= action.fair and helpful[before] == number
        need(all(ready), "a helpful action is not fair, or not enabled")

    def replayed(self, initial: dict[str, Any], steps: list[list[str]]) -> tuple[list[States], list[Action]]:
        """Return each state of a behaviour, and the actions."""
        system, taken = self.system, [self.system.actions[tuple(key)] for key in steps]
        need(initial.keys() == system.variables.keys(), "not the variables of the model")
        codes = [system.codes[number][initial[name]] for name, number in system.variables.items()]
        found = [States(system, [sum(map(mul, system.weights, codes))])]
        need(found[0].where(system.start), "it does not begin in a start state")
        for action in taken:
            found.append(States(system, found[-1].after(action)))
        return found, taken

    def behaviour(self, initial: dict[str, Any], steps: list[list[str]]) -> None:
        """The behaviour meets what is sought in the last state, or on the last step."""
        found, taken = self.replayed(initial, steps)
        need(all(action in self.actions for action in taken), "the host takes a step")
        wanted = self.sign(self.true(taken[-1]) if self.steps else self.true())
        need(found[-2 if self.steps else -1].where(wanted), "what is sought is not met in the end")

    def lost(self, initial: dict[str, Any], steps: list[list[str]], states: str) -> None:
        """The behaviour ends with the premise, in a set without the goal out of which no reliable action leads."""
        last = self.replayed(initial, steps)[0][-1]
        inside = self.closed(states, [one for one in self.actions if not one.adversarial], starts=False)
        need(last.where(self.premise) and last.numbers[0] in inside.places, "it ends elsewhere")
        need(not inside.where(self.true()), "the goal is in the set")

    def lasso(self, initial: dict[str, Any], steps: list[list[str]], loop: int) -> None:
        """The behaviour ends in a calm, fair loop, and goes on for ever as it must not."""
        found, taken = self.replayed(initial, steps)
        need(type(loop) is int and 0 <= loop < len(found) and found[loop].places == found[-1].places, "it does not return")
        around = taken[loop:]
        need(not any(action.disturbs for action in around), "a step of the loop may happen finitely often only")
        for action in self.actions:
            always = action.fair and all(one.where(action.guard) for one in found[loop:])
            need(action in around or not always, f"the loop is not fair to {action.key[0]}")
        if self.steps:
            need(any(map(States.where, found[loop:], map(self.true, around))), "no step of the loop must not recur")
        else:
            waits, asked = ([one.where(condition) for one in found] for condition in (self.true() ^ 0, self.premise))
            late = max((place for place, met in enumerate(waits) if met), default=-1) + 1
            need(late <= loop and any(asked[late:]), "the goal is met, or not asked for")


def read(path: Path, digest: str = "") -> Any:
    """Return the document in a file, which must have the digest if one is given."""
    need(path.is_file() and path.stat().st_size <= MOST_BYTES, f"{path.name[:80]} is no file, or too large")
    data = path.read_bytes()
    need(digest in ("", hashlib.sha256(data).hexdigest()), f"{path.name[:80]} is not what was certified")
    return json.loads(data)


def checked(folder: Path, path: Path, systems: dict[str, System]) -> str:
    """Return what was accepted, in words; raise what is wrong."""
    fields = "schema proposal property verdict model instances constants without engine version evidence"
    ((schema, _, asked, verdict, model, count, constants, without, _, _, evidence),) = rows([read(path)], fields)
    need(schema == "tdispmodel/certificate/1", "this form of certificate is not known")
    ((_, _, kind, about, parameters, *rest),) = rows([asked], "name code kind about parameters steps formula after")
    key = json.dumps([model, count, constants, without], sort_keys=True)
    if key not in systems:
        if len(systems) > 3:
            systems.clear()
        systems[key] = System(read(folder / "models" / f"{model}.json", model), count, constants, without)
    system, shown = systems[key], set[tuple[str, ...]]()
    system.work = MOST_WORK
    bound = [["now", about], *rows(parameters, "name kind")]
    wanted = set(product(*(system.of_kind(kind) for _, kind in bound)))
    for instances, evident, proof in rows(evidence, "about kind proof"):
        need(f"{kind} {verdict}" in SHOWS.get(evident, ()), f"{evident} does not show that {kind} {verdict}")
        for chosen in instances:
            paths = tuple(f"{one}." * bool(one) for one in chosen)
            names = {"": ""} | {name: one for (name, _), one in zip(bound, paths, strict=True)}
            getattr(Claim(system, folder, kind, *rest, names), evident)(**proof)
            shown.add(paths)
    need(shown and shown <= wanted and (verdict == "violated" or shown == wanted), "not about the right instances")
    return f"{verdict}, shown by {' and '.join(sorted({row['kind'] for row in evidence}))}"


def main(arguments: list[str]) -> int:
    """Check all certificates of the directory and say of each what came of it."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write("usage: python3 standalone.py DIRECTORY\n")
        return 2
    folder, systems, rejected = Path(arguments[0]), dict[str, System](), 0
    files = [path for path in folder.rglob("*.json") if path.relative_to(folder).parts[0] not in ("models", "states")]
    for path in sorted(files):
        try:
            said = f"accepted  {path.relative_to(folder)}  {checked(folder, path, systems)}"
        except Exception as error:  # whatever goes wrong with a hostile file, it was not accepted
            rejected += 1
            why = str(error) if isinstance(error, Rejected) else f"malformed: {type(error).__name__}: {error}"
            said = f"REJECTED  {path.relative_to(folder)}  {why}"
        sys.stdout.write("".join(letter if " " <= letter <= "~" else "?" for letter in said)[:400] + "\n")
    return 1 if rejected else 0 if files else 4


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
