"""Orbits in place of states: of all states that permutations of alike instances make of one another, one is visited.

Given the classes of interchangeable parts; gives the representative of a state, in which the numbers of each class
ascend, how many states it stands for, and the behaviour of the system that a way from representative to representative
stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import factorial, prod

import numpy as np

from tdispmodel.compiling.arrays import Packing
from tdispmodel.compiling.parts import Numbers, Parts
from tdispmodel.engines.wide.symmetry import NAME_OF_INSTANCE, Classes, Permutation, renamed
from tdispmodel.engines.wide.visited import Keys
from tdispmodel.ir.system import State, System
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Trace


class Orbits:
    """The orbits of states; without classes each state is one."""

    def __init__(self, classes: Classes, parts: int) -> None:
        self.classes = classes
        in_class = {part for each in classes for part in each}
        self.kinds: Classes = (*classes, *((part,) for part in range(1, parts) if part not in in_class))
        """All instances, those that are interchangeable together."""
        self.permutations = prod(factorial(len(each)) for each in classes)

    def representative(self, numbers: Sequence[Numbers]) -> list[Numbers]:
        """Return the representatives of states: the numbers of each class in ascending order."""
        found = list(numbers)
        for each in self.classes:
            for last in range(len(each) - 1, 0, -1):
                for one, other in pairwise(each[: last + 1]):
                    low, high = np.minimum(found[one], found[other]), np.maximum(found[one], found[other])
                    found[one], found[other] = low, high
        return found

    def sizes(self, numbers: Sequence[Numbers]) -> Keys:
        """Return how many states each of some representatives stands for."""
        alike = np.ones(len(numbers[0]), np.int64)
        for each in self.classes:
            run = np.ones(len(alike), np.int64)
            for one, other in pairwise(each):
                run = np.where(numbers[one] == numbers[other], run + 1, 1)
                alike *= run
        return self.permutations // alike

    def differing(self, numbers: Sequence[Numbers], wanted: Sequence[int]) -> list[Keys]:
        """Return for each kind in how many instances states differ at least from a wanted one, however permuted."""
        found = []
        for each in self.kinds:
            sought = [wanted[part] for part in each]
            differ = np.full(len(numbers[0]), len(each), np.int64)
            for value in set(sought):
                there = sum((numbers[part] == value).astype(np.int64) for part in each)
                differ -= np.minimum(there, sought.count(value))
            found.append(differ)
        return found


class Replay:
    """Makes behaviours of ways over representatives."""

    def __init__(self, system: System, packing: Packing, parts: Parts, orbits: Orbits) -> None:
        self.system = system
        self.semantics = Semantics(system)
        self.packing = packing
        self.parts = parts
        self.orbits = orbits

    def behaviour(self, states: Sequence[State], actions: Sequence[str], last: Permutation) -> Trace:
        """Return the behaviour that a way stands for.

        Each action leads from a representative to a state of which the next one is the representative; there may be a
        last action that leads on.  ``last`` says for each part which one it is in the behaviour's state of which the
        last of the states is the representative; if it is empty, instances are named in the order in which they act.
        """
        places: list[list[int]] = [list(range(len(self.parts.names)))]
        for state, name in zip(states[:-1], actions, strict=False):
            places.append(self._sorted(self.semantics.step(state, self.system.by_name[name]), places[-1]))
        to = dict(zip(places[-1], last, strict=True)) if last else self._in_order(places, actions)
        places = [[to[part] for part in place] for place in places]
        here = start = self._placed(states[0], places[0])
        steps: list[tuple[str, State]] = []
        for place, name in zip(places, actions, strict=False):
            taken = renamed(name, {self.parts.names[part]: self.parts.names[there] for part, there in enumerate(place)})
            here = self.semantics.step(here, self.system.by_name[taken])
            steps.append((taken, here))
        return Trace(start, tuple(steps))

    def _in_order(self, places: Sequence[Sequence[int]], actions: Sequence[str]) -> dict[int, int]:
        """Return new places, in which the instance of each class that acts first is the first one, and so on."""
        number = {name: part for part, name in enumerate(self.parts.names)}
        acting = [
            place[number[name]]
            for place, action in zip(places, actions, strict=False)
            for name in NAME_OF_INSTANCE.findall(action)
            if name in number
        ]
        to = {part: part for part in number.values()}
        for each in self.orbits.classes:
            order = dict.fromkeys([part for part in acting if part in each] + list(each))
            to.update(zip(order, each, strict=True))
        return to

    def _placed(self, state: State, place: Sequence[int]) -> State:
        index = self.system.index
        found = list(state)
        for part, there in enumerate(place):
            for name, other in zip(self.parts.variables[part], self.parts.variables[there], strict=True):
                found[index[other]] = state[index[name]]
        return tuple(found)

    def _sorted(self, state: State, place: Sequence[int]) -> list[int]:
        """Return the places of the representative of a state of which these are the places."""
        rows = self.packing.packed([state])
        found = list(place)
        for each in self.orbits.classes:
            numbers = [int(self.parts.gathered(part, rows)[0]) for part in each]
            order = sorted(range(len(each)), key=numbers.__getitem__)
            for part, position in zip(each, order, strict=True):
                found[part] = place[each[position]]
        return found
