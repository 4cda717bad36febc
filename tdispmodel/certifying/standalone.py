"""Checks certificates of tdispmodel: one file that needs Python 3.11 and nothing else, to be read before it is believed.

    python3 standalone.py DIRECTORY

``models/`` and ``states/`` hold models and sets of states, named by their SHA-256; every other ``.json`` file is a
certificate, a claim about a model with evidence, and gets a line: accepted, or rejected and why.  Exit code 0: all are
accepted; 1: one is not; 2: usage; 4: there is none.  docs/certificates.md has the formats, and why the evidence suffices.

For given instances and constants an expression becomes its *cases*: for each value that it can have, the condition on
the state before the step under which it has it.  What an action assigns has cases too, so a formula about the state after
a step is a condition on the state before it.  Conditions are decision diagrams: those that mean the same are the same, so
one that is never true is FALSE; `States` evaluates them in many states side by side.  Nothing of a file is executed.
"""

from __future__ import annotations

import hashlib
import json
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import accumulate, compress, product
from math import prod
from operator import add, eq, lt, mul, or_, sub
from pathlib import Path
from types import SimpleNamespace as Action
from typing import Any

MOST_BYTES, MOST_STATES, MOST_WORK, MOST_MASKS = 1 << 25, 1 << 20, 1 << 27, 1 << 31
FALSE, TRUE = 0, 1
OPERATORS: dict[str, Any] = {"=": eq, "<": lt, "+": add, "-": sub, "*": mul}
SHOWS = {
    "states": ("invariant holds", "step holds", "must_be_possible violated"),
    "invariant": ("invariant holds", "step holds", "must_be_possible violated"),
    "ranking": ("leads_to holds", "never_endless holds"),
    "distances": ("stays_possible holds",),
    "behaviour": ("invariant violated", "step violated", "must_be_possible holds"),
    "lasso": ("leads_to violated", "never_endless violated"),
    "lost": ("stays_possible violated",),
}
Cases = dict[Any, int]  # values are integers and words, "true" and "false" among them
Names = dict[str, str]  # what stands for which instance; the root is "", others are like "devices[0]."


class Rejected(Exception):
    """This is no proof; says why."""


def need(condition: object, reason: str) -> None:
    """Reject unless the condition is true."""
    if not condition:
        raise Rejected(reason)


def rows(things: Any, names: str) -> list[list[Any]]:
    """Return the values of each object in a list; each has exactly these fields."""
    wanted = names.split()
    right = isinstance(things, list) and all(isinstance(one, dict) and one.keys() == set(wanted) for one in things)
    need(right, f"not objects with the fields {names}")
    return [[one[name] for name in wanted] for one in things]


class Conditions:
    """Conditions on one state, as numbers of reduced ordered decision diagrams with a branch for each value.

    R. E. Bryant, "Graph-based algorithms for Boolean function manipulation", IEEE Transactions on Computers, 1986.
    """

    def __init__(self) -> None:
        self.work = MOST_WORK
        self.sizes: list[int] = []  # of how many values each variable is
        self.nodes: list[tuple[int, ...]] = [(1 << 60,), (1 << 60,)]  # a variable, and a condition for each value of it
        self.reads = [0, 0]  # the variables that each speaks of, as bits
        self.numbers: dict[tuple[int, ...], int] = {}
        self.known: dict[tuple[int, int], int] = {}

    def spend(self, amount: int) -> None:
        """Count work, and give up when it is too much."""
        self.work -= amount
        need(self.work > 0, "this takes too long to check")

    def node(self, variable: int, branches: Sequence[int]) -> int:
        """Return the condition that is, for each value of the variable, its branch."""
        if len(set(branches)) == 1:
            return branches[0]
        number = self.numbers.setdefault((variable, *branches), len(self.nodes))
        if number == len(self.nodes):
            self.spend(10 + len(branches))
            self.nodes.append((variable, *branches))
            self.reads.append(reduce(or_, [self.reads[branch] for branch in branches], 1 << variable))
        return number

    def both(self, one: int, other: int) -> int:
        """Both conditions are true."""
        one, other = min(one, other), max(one, other)
        if one <= TRUE or one == other:
            return other if one == TRUE else one
        if (one, other) not in self.known:
            self.spend(10)
            variable = min(self.nodes[one][0], self.nodes[other][0])
            left, right = (
                self.nodes[part][1:] if self.nodes[part][0] == variable else (part,) * self.sizes[variable]
                for part in (one, other)
            )
            self.known[one, other] = self.node(variable, list(map(self.both, left, right)))
        return self.known[one, other]

    def opposite(self, one: int) -> int:
        """The condition is false."""
        if one > TRUE and (one, one) not in self.known:
            self.known[one, one] = self.node(self.nodes[one][0], list(map(self.opposite, self.nodes[one][1:])))
        return self.known[one, one] if one > TRUE else TRUE - one

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
        """Return of how many states a condition is true, as far as variables from this one on tell them apart."""
        first, *branches = self.nodes[condition]
        skipped = prod(self.sizes[variable:first])
        return skipped * (sum(self.count(branch, first + 1) for branch in branches) if branches else condition)


class System:
    """A model for so many instances and some constants: variables, start states, actions."""

    def __init__(self, model: Any, count: Any, constants: dict[str, Any], without: list[str]) -> None:
        ((schema, _, root, components, initially),) = rows([model], "schema name root components initially")
        need(schema == "tdispmodel/model/1", "this form of model is not known")
        need(type(count) is int and 0 < count <= 64, "only claims about a number of instances can be checked here")
        self.make, self.count, self.given, self.sets = Conditions(), count, constants, dict[str, "States"]()
        fields = "name lineage parts constants variables actions"
        self.components = {row[0]: row for row in rows(components, fields)}
        self.instances: dict[str, list[Any]] = {}
        self.variables: dict[str, int] = {}
        self.codes: list[dict[Any, int]] = []  # the number of each value, for each variable
        self.reads: list[Cases] = []
        self.start = TRUE
        self._grow("", root)
        self.weights = [1, *accumulate(self.make.sizes, mul)]
        self.start = self.make.all([self.start, *(self.truth(part, {"": "", "self": ""}) for part in initially)])
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
            self.make.sizes.append(len(values))
            self.reads.append({one: self.make.node(number, [int(one == other) for other in values]) for one in values})
            self.start = self.make.both(self.start, self.make.any([self.reads[-1][value] for value in initial]))
        for name, part, many in rows(parts, "name kind many"):
            for place in [f"{name}[{number}]." for number in range(self.count)] if many is True else [f"{name}."]:
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
                    guard = self.make.all([self.truth(part, names) for part in guards])
                    assigned: dict[int, Cases] = {}
                    for instance, variable, value, each in rows(updates, "instance variable value each"):
                        for inner in [names] if each is None else self.each(names, *each):
                            assigned[self.variables[self.path(instance, inner) + variable]] = self.cases(value, inner)
                    out = [cases[to] for at, cases in assigned.items() for to in cases.keys() - self.codes[at].keys()]
                    key = (f"{owner}.{name}", *(one[:-1] for one in [path] * bool(path) + list(chosen)))
                    flags = {"fair": fairness == "weak", "disturbs": disturbs, "adversarial": adversarial}
                    leaves = self.make.both(guard, self.make.any(out))
                    if f"{actor}.{name}" not in without:
                        yield Action(key=key, actor=actor, **flags, guard=guard, updates=assigned, leaves=leaves)

    def each(self, names: Names, bound: str, collection: str) -> list[Names]:
        """Return the names with one more, which stands for each instance of a collection of the root in turn."""
        return [{**names, bound: f"{collection}[{number}]."} for number in range(self.count)]

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
        make, true = self.make, FALSE
        make.spend(30)
        match written:
            case ["value", int() | str() as value]:
                return {value: TRUE}
            case ["constant", instance, name]:
                return {self.given[self.path(instance, names) + name]: TRUE}
            case ["get", instance, name]:
                return self.reads[self.variables[self.path(instance, names) + name]]
            case ["after", instance, name] if step is not None:
                number = self.variables[self.path(instance, names) + name]
                return step.updates.get(number, self.reads[number])
            case ["if", test, then, otherwise]:
                true = self.truth(test, names, step)
                yes, no = ((self.cases(part, names, step)) for part in (then, otherwise))
                return self._cases([*((to, true, when) for to, when in yes.items()), *((to, make.opposite(true), when) for to, when in no.items())])
            case ["=" | "<" | "+" | "-" | "*" as word, left, right]:
                return self._pair(word, self.cases(left, names, step), self.cases(right, names, step))
            case ["sum", bound, collection, body]:
                parts = [self.cases(body, inner, step) for inner in self.each(names, bound, collection)]
                return reduce(lambda total, part: self._pair("+", total, part), parts, {0: TRUE})
            case ["in", part, list() as values]:
                cases = self.cases(part, names, step)
                true = make.any([cases.get(value, FALSE) for value in values])
            case ["not", part]:
                true = make.opposite(self.truth(part, names, step))
            case ["and" | "or" as word, *parts]:
                true = (make.all if word == "and" else make.any)([self.truth(part, names, step) for part in parts])
            case ["all" | "any" as word, bound, collection, body]:
                inner = [self.truth(body, one, step) for one in self.each(names, bound, collection)]
                true = (make.all if word == "all" else make.any)(inner)
            case ["same", left, right]:
                true = int(self.path(left, names) == self.path(right, names))
            case ["actor", *actors] if step is not None:
                true = int(step.actor in actors)
            case ["step", action, *arguments] if step is not None:
                wanted = (action, *(self.path(argument, names)[:-1] for argument in arguments))
                true = int(step.key[: len(wanted)] == wanted)
            case _:
                need(False, f"not an expression that may stand here: {str(written)[:60]}")
        return {"true": true, "false": make.opposite(true)}

    def _pair(self, word: str, left: Cases, right: Cases) -> Cases:
        need(word == "=" or all(type(value) is int for value in (*left, *right)), f"{word} needs integers")
        operate = OPERATORS[word] if word in "+-*" else lambda one, other: str(OPERATORS[word](one, other)).lower()
        pairs = product(left.items(), right.items())
        return self._cases((operate(one, other), when, also) for (one, when), (other, also) in pairs)

    def _cases(self, found: Iterable[tuple[Any, int, int]]) -> Cases:
        cases: Cases = {}
        for value, one, other in found:
            if (when := self.make.both(one, other)) != FALSE:
                cases[value] = self.make.any([cases.get(value, FALSE), when])
        return cases

    def before(self, condition: int, action: Action, known: dict[int, int]) -> int:
        """Return the condition under which another one is true after an action, which leaves no range."""
        if condition > TRUE and condition not in known:
            variable, *branches = self.make.nodes[condition]
            cases = action.updates.get(variable, self.reads[variable])
            inner = [(cases.get(value, FALSE), branches[code]) for value, code in self.codes[variable].items()]
            known[condition] = self.make.any([self.make.both(when, self.before(to, action, known)) for when, to in inner])
        return known.get(condition, condition)


class States:
    """Some states, by number, side by side; a set of them has a bit for each, the highest for the first."""

    def __init__(self, system: System, numbers: Sequence[int]) -> None:
        self.system, self.numbers, self.columns, rest = system, numbers, list[bytes](), list(numbers)
        for size in system.make.sizes:
            self.columns.append(bytes([number % size for number in rest]))
            rest = [number // size for number in rest]
        need(rest and not any(rest), "there is no state, or a number of none")
        self.places = {number: place for place, number in enumerate(numbers)}
        self.masks = {FALSE: 0, TRUE: (1 << len(rest)) - 1}
        self.having: dict[tuple[int, int], int] = {}
        self.steps: dict[tuple[str, ...], tuple[array[int], array[int]]] = {}

    def where(self, condition: int) -> int:
        """Return the set of states in which a condition is true."""
        if condition not in self.masks:
            variable, *branches = self.system.make.nodes[condition]
            self.system.make.spend(20 + (len(self.numbers) >> 6))
            for code in range(len(branches)) if (variable, 0) not in self.having else ():
                table = bytes(48 + (code == other) for other in range(256))
                self.having[variable, code] = int(self.columns[variable].translate(table), 2)
            parts = [self.having[variable, code] & self.where(branch) for code, branch in enumerate(branches) if branch]
            if len(self.masks) * len(self.numbers) > MOST_MASKS:
                self.masks = {FALSE: 0, TRUE: self.masks[TRUE]}
            self.masks[condition] = reduce(or_, parts)
        return self.masks[condition]

    def flags(self, condition: int) -> bytes:
        """Return for each state, as a byte 0 or 1, whether a condition is true."""
        return format(self.where(condition), f"0{len(self.numbers)}b").encode().translate(bytes(48) + b"\0\1" + bytes(206))

    def after(self, action: Action) -> list[int]:
        """Return the states after an action, for those in which it is enabled; it must not leave a range."""
        need(not self.where(action.leaves), f"{action.key[0]} leaves the range of a variable")
        enabled = self.flags(action.guard)
        found = list(compress(self.numbers, enabled))
        self.system.make.spend(len(found) * len(action.updates))
        for number, cases in action.updates.items() if found else ():
            codes, weight = self.system.codes[number], self.system.weights[number]
            new = sum(int.from_bytes(self.flags(when), "little") * codes.get(value, 0) for value, when in cases.items())
            change = map(sub, new.to_bytes(len(enabled), "little"), self.columns[number])
            found = list(map(add, found, map(weight.__mul__, compress(change, enabled))))
        return found

    def leads(self, action: Action) -> Iterable[tuple[int, int]]:
        """Return from where an action leads and where to, by place; it must not lead out."""
        if action.key not in self.steps:
            after = self.after(action)
            need(self.places.keys() >= set(after), f"{action.key[0]} leads out of the set of states")
            before = compress(range(len(self.numbers)), self.flags(action.guard))
            self.steps[action.key] = array("I", before), array("I", map(self.places.__getitem__, after))
        return zip(*self.steps[action.key], strict=True)


class Claim:
    """A property of some instances holds, or is violated: a method for each kind of evidence, given its fields."""

    def __init__(self, system: System, folder: Path, kind: str, steps: bool, formula: Any, premise: Any, names: Names) -> None:
        self.system, self.folder, self.kind, self.steps, self.formula, self.names = system, folder, kind, steps, formula, names
        self.premise = system.truth(premise, names)
        possible = kind == "must_be_possible"  # by behaviours without a step of the host
        need(possible or steps == (kind in ("step", "never_endless")), f"{kind} does not ask about that")
        self.actions = [action for action in system.actions.values() if not (possible and action.actor == "host")]
        self.sign = (lambda condition: condition) if possible else system.make.opposite

    def true(self, action: Action | None = None) -> int:
        """Return the condition under which the formula is true; on the step of an action, if it speaks of steps."""
        return self.system.truth(self.formula, self.names, action)

    def sought(self) -> list[int]:
        """Return conditions one of which is true on a behaviour in question that meets the goal, or breaks the rule."""
        if self.steps:
            return [self.system.make.both(action.guard, self.sign(self.true(action))) for action in self.actions]
        return [self.sign(self.true())]

    def closed(self, digest: str, actions: Iterable[Action], *, starts: bool = True) -> States:
        """Return a set of states, all start states among them unless not wanted, out of which no action leads."""
        if digest not in self.system.sets:
            ((schema, packed),) = rows([read(self.folder / "states" / f"{digest}.json", digest)], "schema states")
            need(schema == "tdispmodel/states/1" and len(packed) <= MOST_STATES, "this form of states is not known")
            need(all(type(more) is int and more > 0 for more in packed[1:]), "the states are not in order")
            self.system.sets[digest] = States(self.system, list(accumulate(packed)))
        states = self.system.sets[digest]
        for action in actions:
            states.leads(action)
        inside = states.where(self.system.start).bit_count()
        need(not starts or inside == self.system.make.count(self.system.start), "a start state is missing")
        return states

    def states(self, states: str) -> None:
        """What is sought is nowhere in a closed set of states."""
        need(not any(map(self.closed(states, self.actions).where, self.sought())), "it is met in a state of the set")

    def invariant(self, clauses: list[Any]) -> None:
        """Clauses are true in each start state, kept by each action, and exclude what is sought."""
        system, make = self.system, self.system.make
        facts = [system.truth(clause, {"": ""}) for clause in clauses]
        need(all(make.both(system.start, make.opposite(fact)) == FALSE for fact in facts), "it is false in a start state")
        for action in self.actions:
            need(make.exclude(facts, action.leaves), f"{action.key[0]} may leave the range of a variable")
            known: dict[int, int] = {}
            for fact in facts:
                broken = make.both(action.guard, make.opposite(system.before(fact, action, known)))
                need(make.exclude(facts, broken), f"{action.key[0]} does not keep it")
        need(all(make.exclude(facts, one) for one in self.sought()), "it does not exclude what is sought")

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
        need(all(map(or_, met, (rank >= 0 or not here for rank, here in zip(ranks, asked)))), "a state has no rank")
        ready = bytearray(rank < 0 or (chosen < 0 and not waits) for rank, chosen in zip(ranks, helpful, strict=True))
        for action in self.actions:
            number = actions.index(list(action.key)) if list(action.key) in actions else len(actions)
            marked = inside.flags(TRUE if waits else self.true(action))
            for before, after in inside.leads(action):
                if ranks[before] >= 0:
                    need(ranks[after] >= 0 or met[after], "a step leads to a state without a rank")
                    stays = ranks[after] == ranks[before] and helpful[after] == helpful[before] != number
                    stays = stays and (helpful[before] >= 0 or not marked[before])
                    need(stays or ranks[after] < ranks[before] or action.disturbs, f"{action.key[0]} may recur")
                    ready[before] |= action.fair and helpful[before] == number
        need(all(ready), "a helpful action is not fair, or not enabled")

    def replayed(self, initial: dict[str, Any], steps: list[list[str]]) -> tuple[list[int], list[Action]]:
        """Return the states and the actions of a behaviour."""
        need(initial.keys() == self.system.variables.keys(), "not the variables of the model")
        codes = [code[initial[name]] for name, code in zip(initial, self.system.codes)]
        numbers, taken = [sum(map(mul, self.system.weights, codes))], [self.system.actions[tuple(key)] for key in steps]
        need(States(self.system, numbers).where(self.system.start), "it does not begin in a start state")
        for action in taken:
            numbers += States(self.system, numbers[-1:]).after(action) or [-1]
        return numbers, taken

    def behaviour(self, initial: dict[str, Any], steps: list[list[str]]) -> None:
        """The behaviour meets what is sought in the last state, or on the last step."""
        numbers, taken = self.replayed(initial, steps)
        need(all(action in self.actions for action in taken), "the host takes a step")
        wanted = self.sign(self.true(taken[-1] if self.steps else None))
        need(States(self.system, numbers[-2 if self.steps else -1 :][:1]).where(wanted), "what is sought is not met in the end")

    def lost(self, initial: dict[str, Any], steps: list[list[str]], states: str) -> None:
        """The behaviour ends with the premise, in a set without the goal out of which no reliable action leads."""
        number = self.replayed(initial, steps)[0][-1]
        inside = self.closed(states, [one for one in self.actions if not one.adversarial], starts=False)
        need(number in inside.places and States(self.system, [number]).where(self.premise), "it ends elsewhere")
        need(not inside.where(self.true()), "the goal is in the set")

    def lasso(self, initial: dict[str, Any], steps: list[list[str]], loop: int) -> None:
        """The behaviour ends in a calm, fair loop, and goes on for ever as it must not."""
        numbers, taken = self.replayed(initial, steps)
        need(type(loop) is int and 0 <= loop < len(numbers) and numbers[loop] == numbers[-1], "it does not return")
        around, inside = taken[loop:], States(self.system, sorted(set(numbers[loop:])))
        need(not any(action.disturbs for action in around), "a step of the loop may happen finitely often only")
        for action in self.actions:
            always = inside.where(action.guard) == inside.masks[TRUE]
            need(action in around or not (action.fair and always), f"the loop is not fair to {action.key[0]}")
        alone = [States(self.system, [number]) for number in numbers]
        if self.steps:
            need(any(map(States.where, alone[loop:], map(self.true, around))), "no step of the loop must not recur")
        else:
            waits = [not one.where(self.true()) for one in alone]
            late = [one.where(self.premise) and all(waits[place:]) for place, one in enumerate(alone)]
            need(all(waits[loop:]) and any(late), "the goal is met, or not asked for")


def read(path: Path, digest: str = "") -> Any:
    """Return the document in a file, which must have the digest if one is given."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        need(len({name for name, _ in pairs}) == len(pairs), "an object has a field twice")
        return dict(pairs)

    need(path.is_file() and path.stat().st_size <= MOST_BYTES, f"{path.name[:80]} is no file, or too large")
    data = path.read_bytes()
    need(digest in ("", hashlib.sha256(data).hexdigest()), f"{path.name[:80]} is not what was certified")
    return json.loads(data, object_pairs_hook=once)


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
    system.make.work = MOST_WORK
    bound = [["now", about], *rows(parameters, "name kind")]
    wanted = set(product(*(system.of_kind(kind) for _, kind in bound)))
    for instances, evident, proof in rows(evidence, "about kind proof"):
        need(f"{kind} {verdict}" in SHOWS.get(evident, ()), f"{evident} does not show that {kind} {verdict}")
        for chosen in instances:
            about = tuple(f"{one}." * bool(one) for one in chosen)
            names = {"": ""} | {name: one for (name, _), one in zip(bound, about, strict=True)}
            getattr(Claim(system, folder, kind, *rest, names), evident)(**proof)
            shown.add(about)
    need(shown and shown <= wanted and (verdict == "violated" or shown == wanted), "it is not about the right instances")
    return f"{verdict}, shown by {' and '.join(sorted({row['kind'] for row in evidence}))}"


def main(arguments: list[str]) -> int:
    """Check all certificates of the directory and say of each what came of it."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        return print("usage: python3 standalone.py DIRECTORY", file=sys.stderr) or 2
    folder, systems, rejected = Path(arguments[0]), dict[str, System](), 0
    files = [path for path in folder.rglob("*.json") if path.relative_to(folder).parts[0] not in ("models", "states")]
    for path in sorted(files):
        try:
            said = f"accepted  {path.relative_to(folder)}  {checked(folder, path, systems)}"
        except Exception as error:
            rejected += 1
            why = str(error) if isinstance(error, Rejected) else f"malformed: {type(error).__name__}: {error}"
            said = f"REJECTED  {path.relative_to(folder)}  {why}"
        print("".join(letter if " " <= letter <= "~" else "?" for letter in said)[:400])
    return 1 if rejected else 0 if files else 4


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
