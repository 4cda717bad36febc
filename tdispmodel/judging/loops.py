"""Graph questions over numbered states: reaching, and strongly connected components.  Nothing here knows formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import compress


def reached(sources: Iterable[int], successors: Sequence[Sequence[int]], inside: bytes | bytearray) -> bytearray:
    """Return, as one byte per state, what ``sources`` reach over ``successors`` without leaving ``inside``."""
    found = bytearray(len(inside))
    stack = []
    for source in sources:
        if inside[source] and not found[source]:
            found[source] = 1
            stack.append(source)
    while stack:
        for after in successors[stack.pop()]:
            if inside[after] and not found[after]:
                found[after] = 1
                stack.append(after)
    return found


def levels(sources: Iterable[int], successors: Sequence[Sequence[int]]) -> tuple[bytearray, int]:
    """Return what ``sources`` reach, breadth first, and the number of the last level that brought something new."""
    found = bytearray(len(successors))
    level = []
    for source in sources:
        if not found[source]:
            found[source] = 1
            level.append(source)
    depth = 0
    while True:
        fresh = []
        for state in level:
            for after in successors[state]:
                if not found[after]:
                    found[after] = 1
                    fresh.append(after)
        if not fresh:
            return found, depth
        level = fresh
        depth += 1


def components(successors: Sequence[Sequence[int]], inside: bytes | bytearray) -> list[list[int]]:
    """Return the strongly connected components of the states of ``inside``, without recursion.

    R. E. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1 (1972).
    """
    search = _Search(successors, inside)
    for root in compress(range(len(inside)), inside):
        if not search.order[root]:
            search.explore(root)
    return search.found


class _Search:
    """The state of one depth-first search: ``order`` numbers the visited states from 1."""

    def __init__(self, successors: Sequence[Sequence[int]], inside: bytes | bytearray) -> None:
        self.successors = successors
        self.inside = inside
        self.order = [0] * len(inside)
        self.lowest = [0] * len(inside)
        self.unfinished = bytearray(len(inside))
        self.stack: list[int] = []
        self.path: list[tuple[int, Iterator[int]]] = []
        self.found: list[list[int]] = []
        self.count = 0

    def enter(self, state: int) -> None:
        self.count += 1
        self.order[state] = self.lowest[state] = self.count
        self.stack.append(state)
        self.unfinished[state] = 1
        self.path.append((state, iter(self.successors[state])))

    def explore(self, root: int) -> None:
        """Visit all that ``root`` reaches and was not visited before."""
        inside, order, lowest, unfinished, path = self.inside, self.order, self.lowest, self.unfinished, self.path
        self.enter(root)
        while path:
            state, rest = path[-1]
            for after in rest:
                if inside[after]:
                    if not order[after]:
                        self.enter(after)
                        break
                    if unfinished[after] and order[after] < lowest[state]:
                        lowest[state] = order[after]
            else:
                path.pop()
                if path:
                    parent = path[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[state])
                if lowest[state] == order[state]:
                    self.leave(state)

    def leave(self, state: int) -> None:
        """Close the component of which ``state`` was visited first."""
        component = []
        member = -1
        while member != state:
            member = self.stack.pop()
            self.unfinished[member] = 0
            component.append(member)
        self.found.append(component)
