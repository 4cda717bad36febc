"""Reaching and going round for ever in a graph of a mutant: whole rows of states at a time.

Given tables of targets, a row a state and a column an action, negative where there is no step; gives sets of states as
arrays of flags.  docs/semantics.md has what a fair loop is.  That maximal components suffice for weak fairness is from
O. Lichtenstein and A. Pnueli, "Checking that finite state concurrent programs satisfy their linear specification",
POPL 1985; what is left after trimming goes to R. E. Tarjan's algorithm (1972).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tdispmodel.analysing.mutation.space import Numbers
from tdispmodel.compiling.arrays import Flags
from tdispmodel.ir.system import SystemAction


def forward(targets: Numbers, sources: Flags, inside: Flags) -> Flags:
    """Return what the sources reach without leaving ``inside``; sources outside of it do not count."""
    found: Flags = sources & inside
    frontier = np.flatnonzero(found)
    while len(frontier):
        fresh = marked(targets[frontier], len(found)) & inside & ~found
        found |= fresh
        frontier = np.flatnonzero(fresh)
    return found


def backward(targets: Numbers, goals: Flags, inside: Flags) -> Flags:
    """Return the states of ``inside`` from which a goal can be reached without leaving it, the goals among them."""
    found: Flags = goals & inside
    waiting = np.flatnonzero(inside & ~found)
    while len(waiting):
        reaches = padded(found)[targets[waiting]].any(axis=1)
        if not reaches.any():
            break
        found[waiting[reaches]] = True
        waiting = waiting[~reaches]
    return found


def marked(targets: Numbers, count: int) -> Flags:
    """Return which of ``count`` states are among some targets."""
    found = np.zeros(count + 1, np.bool_)
    found[targets] = True
    return found[:-1]


def padded(flags: Flags) -> Flags:
    """Return flags with one more that is false, which is what a negative target picks."""
    return np.append(flags, False)


@dataclass(frozen=True)
class Fairness:
    """What liveness needs to know: where the quiet actions lead, and where the fair ones do.

    ``quiet`` and ``fair`` have a row a state and a column for each action that does not disturb, or is fair; the
    columns of the fair ones are those at ``places`` of ``quiet``, for what is fair does not disturb.
    """

    quiet: Numbers
    places: Sequence[int]

    @classmethod
    def of(cls, targets: Numbers, actions: Sequence[SystemAction]) -> Fairness:
        """Return it for a table with a column for each of the actions."""
        calm = [position for position, action in enumerate(actions) if not action.disturbs]
        places = [place for place, position in enumerate(calm) if actions[position].fair]
        return cls(targets[:, calm], places)

    @property
    def fair(self) -> Numbers:
        """Where the fair actions lead."""
        return self.quiet[:, self.places]

    def loops(self, inside: Flags, wanted: Flags | None = None) -> bool:
        """Whether a fair behaviour of quiet steps stays in ``inside`` for ever.

        With ``wanted``, which has a flag for each entry of ``quiet``, it must take such a step again and again; without
        it may stay where it is for ever where no fair action is enabled.
        """
        states = np.flatnonzero(inside).astype(np.int32)
        if not len(states) or (wanted is not None and not wanted[states].any()):
            return False
        return self._rests(states, wanted) or any(
            self._is_fair(component, wanted) for component in components(trimmed(self.quiet, inside))
        )

    def _rests(self, states: Numbers, wanted: Flags | None) -> bool:
        """Whether a fair behaviour stays in one state: each fair action that is enabled there leads back to it."""
        here = states[:, None]
        fair = self.fair[states]
        rests = ((fair < 0) | (fair == here)).all(axis=1)
        if wanted is not None:
            rests &= ((self.quiet[states] == here) & wanted[states]).any(axis=1)
        return bool(rests.any())

    def _is_fair(self, component: Numbers, wanted: Flags | None) -> bool:
        """Whether a behaviour may go round all of a component for ever."""
        member = np.zeros(len(self.quiet) + 1, np.bool_)
        member[component] = True
        fair = self.fair[component]
        served = (fair < 0).any(axis=0) | member[fair].any(axis=0)
        if not served.all():
            return False
        return wanted is None or bool((wanted[component] & member[self.quiet[component]]).any())


def trimmed(targets: Numbers, inside: Flags) -> dict[int, list[int]]:
    """Return the graph of those states of ``inside`` that may lie on a loop of two or more, without self-loops.

    States without a step from another one, or to another one, are taken away until there are none.
    """
    states = np.flatnonzero(inside)
    member = np.zeros(len(targets) + 1, np.bool_)
    member[states] = True
    while True:
        led = targets[states]
        onward = member[led] & (led != states[:, None])
        entered = marked(led[onward], len(targets))
        kept = onward.any(axis=1) & entered[states]
        if kept.all():
            break
        member[states[~kept]] = False
        states = states[kept]
    rows = zip(states.tolist(), led.tolist(), onward.tolist(), strict=True)
    return {state: [t for t, is_on in zip(row, flags, strict=True) if is_on] for state, row, flags in rows}


def components(graph: dict[int, list[int]]) -> Iterator[Numbers]:
    """Yield the strongly connected components of two or more states, without recursion."""
    order: dict[int, int] = {}
    lowest: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    for root in list(graph):
        if root in order:
            continue
        work = [(root, iter(graph[root]))]
        order[root] = lowest[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            state, rest = work[-1]
            for target in rest:
                if target not in order:
                    order[target] = lowest[target] = len(order)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(graph[target])))
                    break
                if target in on_stack and order[target] < lowest[state]:
                    lowest[state] = order[target]
            else:
                work.pop()
                if work and lowest[state] < lowest[work[-1][0]]:
                    lowest[work[-1][0]] = lowest[state]
                if lowest[state] == order[state]:
                    component = [stack.pop()]
                    while component[-1] != state:
                        component.append(stack.pop())
                    on_stack.difference_update(component)
                    if len(component) > 1:
                        yield np.array(component, np.int32)
