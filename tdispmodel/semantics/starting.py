"""Start states found quickly: a start condition is asked as soon as the variables that it speaks of have values.

`Semantics.initial_states` tries every combination of start values and is the definition; where many variables may start
as anything and conditions leave few states, that takes too long.  Given the semantics of a system; gives the same
states in the same order, each once.

Variables that no condition connects, directly or through others, do not depend on each other.  So the combinations of
each such group are tried by themselves, and kept as a tree: the first variable's values, below each of them those of
the second that go with it, and so on.  Start states are what the trees give together; no choice in one spoils another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tdispmodel.ir.expressions import And, Expression, Not, Or, Read, Value, negation
from tdispmodel.ir.system import State
from tdispmodel.semantics.meaning import MAXIMUM_START_CHOICES, Denotation, Semantics, TooManyStarts

Tree = dict[Value, "Tree"]
"""The values of a variable that are possible, each with the tree of the next variable of its group."""


def start_states(semantics: Semantics) -> Iterator[State]:
    """Yield every start state once, in the order of the definition.

    Raises `TooManyStarts` when the conditions of one group leave too many combinations to try.
    """
    system = semantics.system
    choices = [tuple(dict.fromkeys(variable.initial)) for variable in system.variables]
    free = [position for position, values in enumerate(choices) if len(values) > 1]
    first = tuple(values[0] for values in choices)
    conditions = _conditions(semantics, frozenset(free))
    if not all(condition(first, first, "") for spoken_of, condition in conditions if not spoken_of):
        return
    groups = _grouped(free, [each for each in conditions if each[0]])
    trees = [group.tree(first, choices, system.name) for group in groups]
    if all(trees):
        owner = {position: number for number, group in enumerate(groups) for position in group.positions}
        yield from _together(first, free, owner, trees)


@dataclass
class _Group:
    """Variables that conditions connect, in the system's order, and the conditions, each with those it speaks of."""

    positions: list[int] = field(default_factory=list)
    asked: list[tuple[frozenset[int], Denotation]] = field(default_factory=list)

    def tree(self, first: State, choices: Sequence[Sequence[Value]], name: str) -> Tree:
        """Return the combinations that satisfy the conditions, the empty tree if none does.  Raises `TooManyStarts`."""
        state = list(first)
        due: list[list[Denotation]] = [[] for _ in self.positions]
        for spoken_of, condition in self.asked:
            due[max(self.positions.index(position) for position in spoken_of)].append(condition)
        last = len(self.positions) - 1
        trees: list[Tree] = [{}]
        waiting = [iter(choices[self.positions[0]])]
        tried = 0
        while waiting:
            depth = len(waiting) - 1
            value = next(waiting[depth], None)
            if value is None:  # no value is None: this variable is done
                waiting.pop()
                below = trees.pop() if depth else {}
                if below:
                    trees[-1][state[self.positions[depth - 1]]] = below
                continue
            tried += 1
            if tried > MAXIMUM_START_CHOICES:
                raise TooManyStarts(name)
            state[self.positions[depth]] = value
            now = tuple(state) if due[depth] else ()
            if not all(condition(now, now, "") for condition in due[depth]):
                continue
            if depth == last:
                trees[depth][value] = {}
            else:
                waiting.append(iter(choices[self.positions[depth + 1]]))
                trees.append({})
        return trees[0]


def _conditions(semantics: Semantics, free: frozenset[int]) -> list[tuple[frozenset[int], Denotation]]:
    """Return the conditions that all must hold, each with the variables that may start in several ways."""
    index = semantics.system.index
    return [
        (
            frozenset(index[node.name] for node in condition.walk() if isinstance(node, Read)) & free,
            semantics.denotation(condition),
        )
        for condition in _conjuncts(semantics.system.initially)
    ]


def _conjuncts(formula: Expression) -> Iterator[Expression]:
    waiting = [formula]
    while waiting:
        match waiting.pop():
            case And(operands):
                waiting.extend(operands)
            case Not(Or(operands)):
                waiting.extend(map(negation, operands))
            case single:
                yield single


def _grouped(free: Sequence[int], conditions: Sequence[tuple[frozenset[int], Denotation]]) -> list[_Group]:
    """Return the groups."""
    group_of = {position: _Group([position]) for position in free}
    for spoken_of, condition in conditions:
        joined, *others = {id(group): group for group in (group_of[position] for position in spoken_of)}.values()
        for other in others:
            joined.positions += other.positions
            joined.asked += other.asked
            group_of.update(dict.fromkeys(other.positions, joined))
        joined.asked.append((spoken_of, condition))
    groups = list({id(group): group for group in group_of.values()}.values())
    for group in groups:
        group.positions.sort()
    return groups


def _together(first: State, free: Sequence[int], owner: dict[int, int], trees: Sequence[Tree]) -> Iterator[State]:
    """Yield the states of all combinations of the trees' branches, the last variable changing first.

    ``owner`` says which tree a variable's values are in.
    """
    state = list(first)
    if not free:
        yield first
        return
    here = list(trees)
    owners = [owner[position] for position in free]
    before = [here[owners[0]]]
    waiting = [iter(before[0].items())]
    last = len(free) - 1
    while waiting:
        depth = len(waiting) - 1
        found = next(waiting[depth], None)
        if found is None:
            waiting.pop()
            here[owners[depth]] = before.pop()
            continue
        state[free[depth]], here[owners[depth]] = found
        if depth == last:
            yield tuple(state)
        else:
            before.append(here[owners[depth + 1]])
            waiting.append(iter(before[-1].items()))
