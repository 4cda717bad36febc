"""Which instances of a system are interchangeable: swapping their names changes neither the system nor what is watched.

Given a system and formulas; gives classes of parts, any permutation of which maps the system onto itself, and the set
of formulas onto itself: one about each device, say.  The check is of the words, up to the order of operands: what it
does not see as symmetric is left alone.  (C. N. Ip and D. L. Dill, "Better verification through symmetry", 1996; E. A.
Emerson and A. P. Sistla, "Symmetry and model checking", 1996.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import factorial, prod
from typing import TYPE_CHECKING

from tdispmodel.compiling.parts import Parts
from tdispmodel.compiling.successors import Watch
from tdispmodel.ir.expressions import (
    Among,
    And,
    Arithmetic,
    Equal,
    Expression,
    Literal,
    Or,
    Read,
    Took,
)
from tdispmodel.ir.sorts import Enumeration
from tdispmodel.ir.system import System, SystemAction

if TYPE_CHECKING:
    from tdispmodel.engines.wide.search import Met

Classes = tuple[tuple[int, ...], ...]
"""The numbers of parts that are interchangeable; each class has two or more."""
Permutation = tuple[int, ...]
"""For each part the number of the one whose place it takes."""

MOST_PERMUTATIONS = 1 << 34
"""So that how many states an orbit has, times all that is expanded at once, fits into 64 bits."""
NAME_OF_INSTANCE = re.compile(r"\w+\[\d+\]")


class Symmetry:
    """The classes of a system's instances that neither it nor what is watched tells apart.

    ``images`` has for each watched formula those that it becomes, each with the permutation that leads back.
    """

    def __init__(self, finder: Finder | None, watched: Sequence[Watch]) -> None:
        """Without a ``finder`` nothing is interchangeable."""
        self.classes: Classes = () if finder is None else finder.classes(watched)
        self.images: dict[Watch, dict[Watch, Permutation]] = {}
        for watch in watched:
            self.images[watch] = finder.images(watch, watched, self.classes) if finder and self.classes else {watch: ()}

    def first_met(
        self, watch: Watch, watched: Sequence[Watch], met: Mapping[int, Met]
    ) -> tuple[int, Permutation] | None:
        """Return of what a formula becomes the number of the one that was met first, and what leads back.

        Nothing in particular does, and the permutation is empty, where all permutations leave the formula as it is.
        """
        images = self.images[watch]
        found = [number for number in met if watched[number] in images]
        first = min(found, key=lambda number: (met[number].level, number), default=None)
        if first is None:
            return None
        return first, images[watched[first]] if len(images) > 1 else ()


def renamed(name: str, to: Mapping[str, str]) -> str:
    """Return the name of an action with other instances."""
    return NAME_OF_INSTANCE.sub(lambda found: to.get(found[0], found[0]), name)


class Finder:
    """Whether two instances can be swapped, by comparing numbers that stand for expressions."""

    def __init__(self, system: System, parts: Parts) -> None:
        """Raises `RecursionError` for a formula that nests too deeply."""
        self.system = system
        self.parts = parts
        self.numbers: dict[object, int] = {}
        self.plain = _Words(self.numbers, {}, {})
        self.initially = self.plain.of(system.initially)
        self.actions = {action.name: self._action(self.plain, action) for action in system.actions}
        self._swapped: dict[tuple[int, int], tuple[bool, _Words]] = {}

    def classes(self, watched: Sequence[Watch]) -> Classes:
        """Return the classes whose permutations map the system and the set of what is watched onto themselves."""
        together: list[list[int]] = []
        for part in self.parts.instances:
            for known in together:
                if self._swap(known[0], part)[0] and self.keeps((known[0], part), watched, watched):
                    known.append(part)
                    break
            else:
                together.append([part])
        found = [each for each in together if len(each) > 1]
        while prod(factorial(len(each)) for each in found) > MOST_PERMUTATIONS:
            max(found, key=len).pop()
        return tuple(tuple(each) for each in found if len(each) > 1)

    def keeps(self, swapped: tuple[int, int], watched: Sequence[Watch], among: Sequence[Watch]) -> bool:
        """Whether what some formulas become when two instances are swapped is ``among`` these."""
        _, words = self._swap(*swapped)
        known = {(self.plain.of(watch.formula), watch.of_steps) for watch in among}
        return all((words.of(watch.formula), watch.of_steps) in known for watch in watched)

    def images(self, watch: Watch, among: Sequence[Watch], classes: Classes) -> dict[Watch, Permutation]:
        """Return what a formula becomes under the permutations of the classes, with one that leads back."""
        named = {(self.plain.of(each.formula), each.of_steps): each for each in reversed(among)}
        found: dict[Watch, Permutation] = {watch: tuple(range(len(self.parts.names)))}
        waiting = [watch]
        for here in waiting:
            for one, other in swaps(classes):
                _, words = self._swap(one, other)
                image = named[words.of(here.formula), here.of_steps]
                if image not in found:
                    back = list(found[here])
                    back[one], back[other] = back[other], back[one]
                    found[image] = tuple(back)
                    waiting.append(image)
        return found

    def _action(self, words: _Words, action: SystemAction) -> tuple[object, ...]:
        effects = frozenset(
            (words.reads.get(one.variable, one.variable), words.of(one.value)) for one in action.assignments
        )
        promised = action.actor, action.fairness, action.disturbs, action.adversarial
        return *promised, words.of(action.guard), effects

    def _swap(self, one: int, other: int) -> tuple[bool, _Words]:
        """Return whether the system is the same with the names of two parts swapped, and what formulas become."""
        known = self._swapped.get((one, other))
        if known is None:
            names = {self.parts.names[one]: self.parts.names[other], self.parts.names[other]: self.parts.names[one]}
            here, there = self.parts.variables[one], self.parts.variables[other]
            alike = self.parts.local[one] is self.parts.local[other]
            reads = dict(zip((*here, *there), (*there, *here), strict=True)) if alike else {}
            words = _Words(self.numbers, reads, names)
            same = (
                alike
                and self._starts(here) == self._starts(there)
                and words.of(self.system.initially) == self.initially
                and all(
                    self._action(words, action) == self.actions.get(renamed(action.name, names))
                    for action in self.system.actions
                )
            )
            known = self._swapped[one, other] = same, words
        return known

    def _starts(self, names: Iterable[str]) -> list[frozenset[object]]:
        variables, index = self.system.variables, self.system.index
        return [frozenset(variables[index[name]].initial) for name in names]


def swaps(classes: Classes) -> Iterator[tuple[int, int]]:
    """Yield swaps of two parts, of which all permutations of the classes are made."""
    for each in classes:
        for other in each[1:]:
            yield each[0], other


class _Words:
    """Expressions as numbers, the same for expressions that are the same after renaming and up to order."""

    def __init__(self, numbers: dict[object, int], reads: Mapping[str, str], instances: Mapping[str, str]) -> None:
        self.numbers = numbers
        self.reads = reads
        self.instances = instances
        self._known: dict[int, tuple[Expression, int]] = {}  # kept with its number, so that its id stays its own

    def of(self, expression: Expression) -> int:
        """Return the number of an expression."""
        known = self._known.get(id(expression))
        if known is None:
            said = self._said(expression)
            known = self._known[id(expression)] = expression, self.numbers.setdefault(said, len(self.numbers))
        return known[1]

    def _said(self, expression: Expression) -> object:
        kind = type(expression)
        match expression:
            case Literal(value, sort):
                return kind, sort if isinstance(sort, Enumeration) else type(sort), value
            case Read(name, sort, after):
                return kind, self.reads.get(name, name), sort, after
            case Took(names):
                return kind, frozenset(renamed(name, self.instances) for name in names)
            case And(operands) | Or(operands):
                return kind, frozenset(map(self.of, operands))
            case Equal(left, right):
                return kind, frozenset((self.of(left), self.of(right)))
            case Among(operand, values):
                return kind, self.of(operand), frozenset(values)
            case Arithmetic("+" | "*" as operator):
                return kind, operator, tuple(sorted(map(self.of, terms(operator, expression))))
            case Arithmetic(operator, left, right):
                return kind, operator, self.of(left), self.of(right)
            case _:
                return kind, *map(self.of, expression.children)


def terms(operator: str, expression: Expression) -> list[Expression]:
    """Return what is added up, or multiplied, in any order."""
    found: list[Expression] = []
    waiting = [expression]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Arithmetic) and here.operator == operator:
            waiting += [here.left, here.right]
        else:
            found.append(here)
    return found
