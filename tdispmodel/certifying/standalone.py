"""Checks certificates of tdispmodel: one file that needs Python 3.11 and nothing else, to be read before it is trusted.

    python3 standalone.py DIRECTORY

``models/`` and ``states/`` hold models and sets of states, named by their SHA-256; every other ``.json`` file is a
certificate and gets a line: accepted, rejected and why, or skipped: what is about any number is for standalone_any.py.
Exit code 0: all are accepted; 1: one is rejected; 2: usage; 3: one is skipped; 4: none.  See docs/certificates.md.

For given instances and constants an expression becomes its *cases*: for each value that it can have, the condition on
the state before the step for it.  What is assigned has cases too, so what holds after a step is a condition before it.
"""

# fmt: off
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache, reduce
from itertools import accumulate, compress, product
from math import prod
from operator import add, eq, lt, mul, or_, sub
from pathlib import Path
from types import SimpleNamespace as Action
from typing import Any

MOST_BYTES, MOST_STATES, MOST_WORK = 1 << 25, 1 << 19, 1 << 31
FALSE, TRUE, BITS = 0, 1, bytes(48) + b"\0\1" + bytes(206)
OPERATORS: dict[str, Any] = {"=": eq, "<": lt, "+": add, "-": sub, "*": mul}
SAFE, ENDLESS, LOST = ("invariant", "step", "must_be_possible"), ("leads_to", "never_endless"), ("stays_possible",)
SHOWS = {"states": SAFE, "invariant": SAFE, "ranking": ENDLESS, "distances": LOST, "behaviour": SAFE + ENDLESS + LOST}
Cases = dict[Any, int]  # values (integers, and words such as "true") with the numbers of conditions
Names = dict[str, str]  # what stands for which instance; the root is "", others are like "devices[0]."
def need(condition: object, reason: str) -> None:
    """Reject the certificate unless the condition is true."""
    if not condition:
        raise ValueError(reason)
def rows(things: Any, names: str) -> list[list[Any]]:
    """Return the values of each object in a list; each has exactly these fields."""
    wanted, right = names.split(), isinstance(things, list)
    need(right and all(isinstance(one, dict) and one.keys() == set(wanted) for one in things), f"not a list of {names}")
    return [[one[name] for name in wanted] for one in things]
class System:
    """A model for so many instances and some constants, and conditions on one state of it.

    A condition is the number of a reduced ordered decision diagram (R. E. Bryant, "Graph-based algorithms for Boolean
    function manipulation", 1986) with a branch for each value of a variable; one that no state meets is FALSE.
    """

    def __init__(self, model: Any, instances: Any, constants: dict[str, Any], without: list[str]) -> None:
        ((schema, _, root, components, initially),) = rows([model], "schema name root components initially")
        right = type(instances) is int and 0 < instances <= 64 and isinstance(without, list)
        need(right and schema == "tdispmodel/model/1", "not a model of a number of instances, or of an unknown form")
        self.each, self.given, self.start, self.work = range(instances), constants, TRUE, MOST_WORK
        self.nodes: list[tuple[int, ...]] = [(1 << 60,), (1 << 60,)]  # a variable, and what is left for each value
        self.numbers, self.both, self.opposite = dict[tuple[int, ...], int](), cache(self._both), cache(self._opposite)
        self.variables, self.sizes, self.values = dict[str, int](), list[int](), list[Cases]()
        self.components = {row[0]: row for row in rows(components, "name lineage parts constants variables actions")}
        self.instances, self.sets, self.actions = dict[str, list[Any]](), dict[str, States](), dict[Any, Action]()
        self._grow("", root)
        known = (sum(len(row[3]) for row in self.instances.values()), len(self.components), len(self.variables))
        need(known == (len(constants), len(components), len(self.sizes)), "a name is there twice or not known")
        self.weights = [1, *accumulate(self.sizes, mul)]
        self.start = self.joined("all", [self.start, *(self.truth(part, {"": "", "self": ""}) for part in initially)])
        self._enact(without)
    def spend(self, amount: int) -> None:
        """Count work, and give up when it is too much."""
        self.work -= amount
        need(self.work > 0, "this takes too long to check")
    def node(self, variable: int, branches: Iterable[int]) -> int:
        """Return the condition that is the given one for each value of the variable."""
        node = (variable, *branches)
        if min(node[1:]) == max(node[1:]):
            return node[1]
        if self.numbers.setdefault(node, len(self.nodes)) == len(self.nodes):
            self.spend(1000 + len(node))
            self.nodes.append(node)
        return self.numbers[node]
    def _both(self, one: int, other: int) -> int:
        if one == other or min(one, other) <= TRUE:
            return max(one, other) if min(one, other) == TRUE else min(one, other)
        self.spend(300)
        nodes = [(part, self.nodes[part]) for part in (one, other)]
        first = min(node[0] for _, node in nodes)
        pair = [node[1:] if node[0] == first else [part] * self.sizes[first] for part, node in nodes]
        return self.node(first, map(self.both, *pair))
    def _opposite(self, one: int) -> int:
        return TRUE - one if one <= TRUE else self.node(self.nodes[one][0], map(self.opposite, self.nodes[one][1:]))
    def joined(self, word: str, parts: Iterable[int]) -> int:
        """Return that all of the conditions are true, or any of them."""
        if word in ("all", "and"):
            return reduce(self.both, parts, TRUE)
        return self.opposite(reduce(self.both, map(self.opposite, parts), TRUE))
    def count(self, condition: int, variable: int = 0) -> int:
        """Return how many states meet a condition, as far as variables from this one on tell them apart."""
        self.spend(300)
        first, *branches = self.nodes[condition]
        inner = sum(self.count(branch, first + 1) for branch in branches) or int(condition == TRUE)
        return inner * prod(self.sizes[variable:first])
    def _grow(self, path: str, kind: str) -> None:
        need(path not in self.instances and len(self.instances) < 10_000, "too many instances, or two of one name")
        _, _, parts, constants, variables, _ = self.instances[path] = self.components[kind]
        for name, values in rows(constants, "name values"):
            need(self.given[path + name] in values, f"the constant {name} has no such value")
        for name, values, initial in rows(variables, "name values initial"):
            number = self.variables[path + name] = len(self.sizes)
            right = all(type(value) in (int, str) for value in values)
            need(right and 0 < len(set(values)) == len(values) <= 256, f"{name} has no value, too many, or one twice")
            self.sizes.append(len(values))
            self.values.append({one: self.node(number, [int(one == other) for other in values]) for one in values})
            self.start = self.both(self.start, self.joined("any", [self.values[-1][value] for value in initial]))
        for name, part, many in rows(parts, "name kind many"):
            for place in [f"{name}[{number}]." for number in self.each] if many is True else [f"{name}."]:
                self._grow(path + place, part)
    def of_kinds(self, kinds: list[str]) -> Iterator[tuple[str, ...]]:
        """Return all choices of instances of components, or of those that derive from them."""
        choices = [[path for path, row in self.instances.items() if kind in row[1]] for kind in kinds]
        need(prod(map(len, choices)) <= 1 << 20, "too many choices of instances")
        return product(*choices)
    def _enact(self, without: list[str]) -> None:
        fields = "name owner parameters guards updates actor fairness disturbs adversarial"
        for path, row in self.instances.items():
            for name, owner, parameters, guards, updates, actor, fairness, disturbs, hostile in rows(row[5], fields):
                need(fairness in ("none", "weak", "strong"), "such fairness is not known here")
                bound = rows(parameters, "name kind")
                for chosen in self.of_kinds([kind for _, kind in bound]):
                    self.spend(1000)
                    names = {"": "", "self": path} | {one: to for (one, _), to in zip(bound, chosen, strict=True)}
                    guard = self.joined("all", [self.truth(part, names) for part in guards])
                    new: dict[int, Cases] = {}
                    for instance, variable, value, each in rows(updates, "instance variable value each"):
                        for inner in [names] if each is None else self.bound(names, *each):
                            new[self.variables[self.path(instance, inner) + variable]] = self.cases(value, inner)
                    out = [cases[to] for at, cases in new.items() for to in cases if to not in self.values[at]]
                    gone = self.both(guard, self.joined("any", out))
                    key = (f"{owner}.{name}", *(one[:-1] for one in [path] * bool(path) + list(chosen)))
                    if f"{actor}.{name}" not in without:
                        need(key not in self.actions and not (disturbs and fairness != "none"), f"{key} makes no sense")
                        says = {"actor": actor, "fairness": fairness, "disturbs": disturbs, "adversarial": hostile}
                        self.actions[key] = Action(key=key, guard=guard, updates=new, leaves=gone, **says)
    def bound(self, names: Names, name: str, collection: str) -> list[Names]:
        """Return the names with one more, which stands for each instance of a collection of the root in turn."""
        return [{**names, name: f"{collection}[{number}]."} for number in self.each]
    def path(self, written: str, names: Names) -> str:
        """Return the instance that a name such as ``device.tsm`` means."""
        first, _, rest = written.partition(".")
        return names[first] + f"{rest}." * bool(rest)
    def truth(self, written: Any, names: Names, step: Any = None) -> int:
        """Return the condition under which a formula is true; ``step`` is the action that is taken, if it matters."""
        cases = self.cases(written, names, step)
        need(cases.keys() <= {"true", "false"}, "a truth value is needed")
        return cases.get("true", FALSE)
    def cases(self, written: Any, names: Names, step: Any = None) -> Cases:
        """Return for each value that an expression can have the condition under which it has it."""
        self.spend(200)
        match written:
            case ["value", int() | str() as value]:
                return {value: TRUE}
            case ["constant", instance, name]:
                return {self.given[self.path(instance, names) + name]: TRUE}
            case ["get" | "after" as word, instance, name]:
                number = self.variables[self.path(instance, names) + name]
                later = step and (word == "after" or step.key is None)
                return step.updates.get(number, self.values[number]) if later else self.values[number]
            case ["if", test, then, otherwise]:
                true, yes = self.truth(test, names, step), self.cases(then, names, step)
                ways = (true, yes), (self.opposite(true), self.cases(otherwise, names, step))
                return self._gathered((to, when, also) for when, cases in ways for to, also in cases.items())
            case ["=" | "<" | "+" | "-" | "*" as word, left, right]:
                return self._pair(word, self.cases(left, names, step), self.cases(right, names, step))
            case ["sum", name, collection, body]:
                parts = [self.cases(body, inner, step) for inner in self.bound(names, name, collection)]
                return reduce(lambda total, part: self._pair("+", total, part), parts, {0: TRUE})
            case ["in", part, list() as values]:
                true = self.joined("any", map(self.cases(part, names, step).get, values, [FALSE] * len(values)))
            case ["not", part]:
                true = self.opposite(self.truth(part, names, step))
            case ["and" | "or" as word, *parts]:
                true = self.joined(word, [self.truth(part, names, step) for part in parts])
            case ["all" | "any" as word, name, collection, body]:
                true = self.joined(word, [self.truth(body, one, step) for one in self.bound(names, name, collection)])
            case ["same", left, right]:
                true = int(self.path(left, names) == self.path(right, names))
            case ["actor", *actors]:
                true = int(step.actor in actors)
            case ["step", action, *arguments]:
                wanted = (action, *(self.path(argument, names)[:-1] for argument in arguments))
                true = int(step.key[: len(wanted)] == wanted)
            case _:
                raise ValueError("not an expression that may stand here: " + str(written)[:60])
        return {"true": true, "false": self.opposite(true)}
    def _pair(self, word: str, left: Cases, right: Cases) -> Cases:
        need(word == "=" or all(type(value) is int for value in (*left, *right)), f"{word} needs integers")
        operate = OPERATORS[word] if word in "+-*" else lambda one, other: str(OPERATORS[word](one, other)).lower()
        pairs = product(left.items(), right.items())
        return self._gathered((operate(one, other), when, also) for (one, when), (other, also) in pairs)
    def _gathered(self, found: Iterable[tuple[Any, int, int]]) -> Cases:
        cases: Cases = {}
        for value, one, other in found:
            self.spend(30)
            need(type(value) is str or abs(value) < 1 << 60, "an integer is too large")
            if (when := self.both(one, other)) != FALSE:
                cases[value] = self.joined("any", [cases.get(value, FALSE), when])
        return cases
class States:
    """Some states, by number, side by side; a set of them has a bit for each, the highest for the first."""

    def __init__(self, system: System, numbers: list[int]) -> None:
        self.system, self.numbers, self.where, rest = system, numbers, cache(self._where), numbers
        system.spend(len(numbers) * sum(system.sizes))
        self.columns: list[bytes] = []  # the value of each variable, by its place among all of them
        self.having: list[list[int]] = []  # for each variable and value the states that have it
        for size in system.sizes:
            self.columns.append(bytes([number % size for number in rest]))
            tables = (b"0" * code + b"1" + b"0" * (255 - code) for code in range(size))
            self.having.append([int(self.columns[-1].translate(table), 2) for table in tables])
            rest = [number // size for number in rest]
        need(rest and not any(rest), "there is no state, or a number of none")
        self.places = {number: place for place, number in enumerate(numbers)}
        self.steps: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    def _where(self, condition: int) -> int:  # the set of states in which a condition is true
        self.system.spend(100 + (len(self.numbers) >> 6))
        variable, *branches = self.system.nodes[condition]
        parts = [self.having[variable][code] & self.where(branch) for code, branch in enumerate(branches)]
        return reduce(or_, parts) if parts else ((1 << len(self.numbers)) - 1) * condition
    def flags(self, condition: int) -> bytes:
        """Return for each state, as a byte 0 or 1, whether a condition is true."""
        return format(self.where(condition), f"0{len(self.numbers)}b").encode().translate(BITS)
    def after(self, action: Action) -> list[int]:
        """Return the states after an action, for those in which it is enabled; it must not leave a range."""
        need(not self.where(action.leaves), f"{action.key[0]} leaves the range of a variable")
        enabled = self.flags(action.guard)
        found = list(compress(self.numbers, enabled))
        self.system.spend(len(self.numbers) + len(found) * (10 + 5 * len(action.updates)))
        for number, cases in action.updates.items() if found else ():
            codes, weight = enumerate(self.system.values[number]), self.system.weights[number]
            met = [(self.flags(cases[value]), code) for code, value in codes if value in cases]
            new = sum(int.from_bytes(flags, "little") * code for flags, code in met).to_bytes(len(enabled), "little")
            change = map(sub, new, self.columns[number])
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

    def __init__(self, system: System, folder: Path, kind: str, asked: list[Any], names: Names) -> None:
        self.system, self.folder, self.kind, (self.steps, formula, after) = system, folder, kind, asked
        possible = kind == "must_be_possible"  # by behaviours without a step of the host
        need(possible or self.steps is (kind in ("step", "never_endless")), f"{kind} does not ask about that")
        self.actions = [action for action in system.actions.values() if not (possible and action.actor == "host")]
        self.premise = system.truth(after, names)
        self.true: Callable[..., int] = lambda action=None: system.truth(formula, names, action)
        self.sign: Callable[[int], int] = int if possible else system.opposite
    def sought(self) -> list[int]:
        """Return conditions; a behaviour meets one of them just if it meets the goal, or breaks the rule."""
        pairs = [(one.guard, self.true(one)) for one in self.actions] if self.steps else [(TRUE, self.true())]
        return [self.system.both(guard, self.sign(true)) for guard, true in pairs]
    def closed(self, digest: str, actions: Iterable[Action], *, starts: bool = True) -> States:
        """Return a set of states, all start states among them unless not wanted, out of which no action leads."""
        system, sets = self.system, self.system.sets
        if digest not in sets:
            ((schema, packed),) = rows([read(self.folder / "states" / f"{digest}.json", digest)], "schema states")
            right = schema == "tdispmodel/states/1" and all(type(more) is int and more > 0 for more in packed[1:])
            need(right and len(packed) <= MOST_STATES, "the states are not in order, or too many")
            sets[digest] = States(system, list(accumulate(packed)))
        for action in actions:
            sets[digest].leads(action)
        starting = sets[digest].where(system.start).bit_count()
        need(not starts or starting == system.count(system.start), "a start state is missing")
        return sets[digest]
    def states(self, states: str) -> None:
        """What is sought is nowhere in a closed set of states."""
        need(not any(map(self.closed(states, self.actions).where, self.sought())), "what is excluded is in the set")
    def invariant(self, clauses: list[Any]) -> None:
        """Clauses are true in each start state, kept by each action, and exclude what is sought."""
        system, facts = self.system, [self.system.truth(clause, {"": ""}) for clause in clauses]
        need(not any(system.both(system.start, system.opposite(fact)) for fact in facts), "false in a start state")
        for action in self.actions:
            need(not reduce(system.both, facts, action.leaves), f"{action.key[0]} may leave the range of a variable")
            later = Action(key=None, updates=action.updates)  # a clause speaks of one state, which is now the next one
            for fact, clause in zip(facts, clauses, strict=True):
                broken = [system.opposite(system.truth(clause, {"": ""}, later)), fact, *facts]
                need(not reduce(system.both, broken, action.guard), f"{action.key[0]} does not keep the invariant")
        need(not any(reduce(system.both, facts, one) for one in self.sought()), "the invariant excludes too little")
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
        """Where one waits for the goal, or everywhere, calm steps raise no rank, and a helpful action lowers it."""
        inside, waits = self.closed(states, self.actions), self.kind == "leads_to"
        met, asked = inside.flags(self.true() if waits else FALSE), inside.flags(self.premise if waits else TRUE)
        ranks = [-1 if done else rank for rank, done in zip(ranks, met, strict=True)]
        need(all(done or rank >= 0 or not here for rank, done, here in zip(ranks, met, asked, strict=True)), "no rank")
        ready = bytearray(rank < 0 or (chosen < 0 and not waits) for rank, chosen in zip(ranks, helpful, strict=True))
        for action in self.actions:
            number = actions.index(list(action.key)) if list(action.key) in actions else None
            marked = inside.flags(TRUE if waits else self.true(action))
            for before, after in inside.leads(action):
                if ranks[before] >= 0:
                    need(ranks[after] >= 0 or met[after], "a step leads to a state without a rank")
                    stays = ranks[after] == ranks[before] and helpful[after] == helpful[before] != number
                    stays = stays and (helpful[before] >= 0 or not marked[before])
                    need(stays or ranks[after] < ranks[before] or action.disturbs, f"{action.key[0]} may recur")
                    ready[before] |= action.fairness != "none" and helpful[before] == number
        need(all(ready), "a helpful action is not fair, or not enabled")
    def behaviour(self, initial: dict[str, Any], steps: list[list[str]], loop: Any, states: Any) -> None:
        """The behaviour meets what is sought in the end; or it is fair and goes on for ever; or the goal is lost."""
        system, taken = self.system, [self.system.actions[tuple(key)] for key in steps]
        need(initial.keys() == system.variables.keys(), "not the variables of the model")
        codes = [list(system.values[number]).index(initial[name]) for name, number in system.variables.items()]
        found = [States(system, [sum(map(mul, system.weights, codes))])]
        need(found[0].where(system.start), "it does not begin in a start state")
        for action in taken:
            need(action in self.actions, "the host takes a step")
            found.append(States(system, found[-1].after(action)))
        if self.kind in LOST:
            inside = self.closed(states, [action for action in self.actions if not action.adversarial], starts=False)
            need(found[-1].where(self.premise) and found[-1].numbers[0] in inside.places, "it ends elsewhere")
            need(not inside.where(self.true()), "the goal is in the set")
        elif self.kind in ENDLESS:
            need(type(loop) is int and 0 <= loop < len(found), "it does not return")
            self.lasso(found[loop:], taken[loop:], found[:loop])
        else:
            wanted = self.sign(self.true(taken[-1]) if self.steps else self.true())
            need(found[-2 if self.steps else -1].where(wanted), "what is sought is not met in the end")
    def lasso(self, around: list[States], taken: list[Action], stem: list[States]) -> None:
        """A behaviour goes round a calm, fair loop for ever, and does what it must not."""
        calm = not any(action.disturbs for action in taken)
        need(calm and around[0].numbers == around[-1].numbers, "it does not return, or the loop is disturbed")
        for action in (one for one in self.actions if one.fairness != "none" and one not in taken):
            neglected = {"weak": all, "strong": any}[action.fairness]
            need(not neglected(state.where(action.guard) for state in around), "a fair action is neglected")
        if self.steps:
            need(any(around[at].where(self.true(action)) for at, action in enumerate(taken)), "no such step recurs")
        else:
            late = max((place + 1 for place, state in enumerate(stem) if state.where(self.true())), default=0)
            need(not any(state.where(self.true()) for state in around), "the goal is met")
            need(any(state.where(self.premise) for state in [*stem[late:], *around]), "the goal is not asked for")
def read(path: Path, digest: str | None = None) -> Any:
    """Return the document in a file, which must have the digest if one is given."""
    need(path.is_file() and path.stat().st_size <= MOST_BYTES, f"{path.name[:80]} is no file, or too large")
    data = path.read_bytes()
    need(digest in (None, hashlib.sha256(data).hexdigest()), f"{path.name[:80]} is not what was certified")
    return json.loads(data)
@lru_cache(maxsize=4)
def system_of(folder: Path, model: str, scope: str) -> System:
    """Return the model of this digest for instances, constants and what is switched off."""
    return System(read(folder / "models" / f"{model}.json", model), *json.loads(scope))
def checked(folder: Path, path: Path) -> str:
    """Return what was accepted, in words, or nothing if it is not for this checker; raise what is wrong."""
    fields = "schema proposal property verdict model instances constants without engine version evidence"
    ((schema, _, asked, verdict, model, *scope, _, _, evidence),) = rows([read(path)], fields)
    need(schema == "tdispmodel/certificate/1" and verdict in ("holds", "violated"), "not a certificate known here")
    if scope[0] == "any":
        return ""
    ((_, _, kind, about, parameters, *rest),) = rows([asked], "name code kind about parameters steps formula after")
    if system_of(folder, model, json.dumps(scope)).work < MOST_WORK // 2:
        system_of.cache_clear()  # and with it go all conditions and sets of states that were made
    system, bound = system_of(folder, model, json.dumps(scope)), [["now", about], *rows(parameters, "name kind")]
    shown: set[tuple[str, ...]] = set()
    for instances, evident, proof in rows(evidence, "about kind proof"):
        found = (verdict == "violated") != (kind == "must_be_possible")  # a behaviour, and not that there is none
        need(kind in SHOWS.get(evident, ()) and found == (evident == "behaviour"), f"{evident} shows no such thing")
        for chosen in instances:
            shown.add(paths := tuple(f"{one}." * bool(one) for one in chosen))
            names = {"": ""} | {name: one for (name, _), one in zip(bound, paths, strict=True)}
            getattr(Claim(system, folder, kind, rest, names), evident)(**proof)
    wanted = set(system.of_kinds([kind for _, kind in bound]))
    need(shown and shown <= wanted and (verdict == "violated" or shown == wanted), "not about the right instances")
    return f"{verdict}, shown by {' and '.join(sorted({row['kind'] for row in evidence}))}"
def main(arguments: list[str], check: Callable[[Path, Path], str] = checked) -> int:
    """Check all certificates of the directory and say of each what came of it."""
    if len(arguments) != 1 or not (folder := Path(arguments[0])).is_dir():
        sys.stderr.write("usage: python3 FILE.py DIRECTORY\n")
        return 2
    files = [path for path in folder.rglob("*.json") if path.relative_to(folder).parts[0] not in ("models", "states")]
    words = set[str]()
    for path in sorted(files):
        try:
            word = "accepted" if (said := check(folder, path)) else "skipped "
        except Exception as error:  # noqa: BLE001  # whatever goes wrong with a hostile file, it was not accepted
            word, said = "REJECTED", f"{type(error).__name__}: {error}"
        words.add(word)
        line = f"{word}  {path.relative_to(folder)}  {said or 'standalone_any.py checks this'}"
        sys.stdout.write("".join(letter if " " <= letter <= "~" else "?" for letter in line)[:400] + "\n")
    return 1 if "REJECTED" in words else 3 if "skipped " in words else 0 if files else 4
if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
