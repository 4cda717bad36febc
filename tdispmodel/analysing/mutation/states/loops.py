"""Reaching and going round for ever in a graph of a mutant: whole rows of states at a time.

Given tables of targets, a row a state and a column an action, negative where there is no step; gives sets of states as
arrays of flags.  docs/semantics.md has what a fair loop is.  Maximal components suffice for weak fairness; for strong
fairness the states are left out in which a neglected action is enabled: O. Lichtenstein and A. Pnueli, "Checking that
finite state concurrent programs satisfy their linear specification", POPL 1985.  What is left after trimming goes to
R. E. Tarjan's algorithm (1972).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tdispmodel.analysing.mutation.states.space import Numbers
from tdispmodel.compiling.arrays import Flags
from tdispmodel.ir.expressions import Fairness
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
class FairLoops:
    """What liveness needs to know: where the quiet actions lead, and where the fair ones do.

    ``quiet`` and ``fair`` have a row a state and a column for each action that does not disturb, or is fair; the
    columns of the fair ones are those at ``places`` of ``quiet``, for what is fair does not disturb.  ``strong`` says
    which of these are strongly fair.
    """

    quiet: Numbers
    places: Sequence[int]
    strong: Flags

    @classmethod
    def of(cls, targets: Numbers, actions: Sequence[SystemAction]) -> FairLoops:
        """Return it for a table with a column for each of the actions."""
        calm = [position for position, action in enumerate(actions) if not action.disturbs]
        places = [place for place, position in enumerate(calm) if actions[position].fair]
        strong = [actions[calm[place]].fairness is Fairness.STRONG for place in places]
        return cls(targets[:, calm], places, np.array(strong, np.bool_))

    @property
    def fair(self) -> Numbers:
        """Where the fair actions lead."""
        return self.quiet[:, self.places]

    def looping(self, inside: Flags, wanted: Flags | None = None) -> Flags:
        """Return the states that lie on a loop of quiet steps which a fair behaviour may go round for ever.

        The loop stays in ``inside``.  With ``wanted``, which has a flag for each entry of ``quiet``, it takes such a
        step; without, a behaviour may also stay where it is for ever where no fair action is enabled.
        """
        found = np.zeros(len(inside), np.bool_)
        states = np.flatnonzero(inside).astype(np.int32)
        if len(states) and (wanted is None or wanted[states].any()):
            found[states] = self._rests(states, wanted)
            found |= self._goes_round(inside, wanted)
        return found

    def loops(self, inside: Flags, wanted: Flags | None = None) -> bool:
        """Whether there is such a loop."""
        return bool(self.looping(inside, wanted).any())

    def _rests(self, states: Numbers, wanted: Flags | None) -> Flags:
        """Return in which of some states a behaviour may stay: each fair action that is enabled leads back there."""
        here = states[:, None]
        fair = self.fair[states]
        rests: Flags = np.logical_and.reduce((fair < 0) | (fair == here), axis=1)
        if wanted is not None:
            rests &= ((self.quiet[states] == here) & wanted[states]).any(axis=1)
        return rests

    def _goes_round(self, inside: Flags, wanted: Flags | None) -> Flags:
        """Return the states of sets of two states or more, round all of which a behaviour may go."""
        found = np.zeros(len(inside), np.bool_)
        while inside.any():
            belongs, count = components(trimmed(self.quiet, inside), len(self.quiet))
            states = np.flatnonzero(belongs[:-1] >= 0)
            here = belongs[states]
            fair = self.fair[states]
            taken = belongs[fair] == here[:, None]  # what is disabled leads to no component
            disabled = fair < 0
            paid = _met(taken, here, count)
            owed = np.where(self.strong, _met(~disabled, here, count), ~_met(disabled, here, count))
            neglected = owed & ~paid
            worth = np.ones(count, np.bool_)
            if wanted is not None:
                steps = wanted[states] & (belongs[self.quiet[states]] == here[:, None])
                worth = _met(steps.any(axis=1)[:, None], here, count)[:, 0]
            good = worth & ~neglected.any(axis=1)
            found[states] |= good[here]
            again = worth & ~good & ~(neglected & ~self.strong).any(axis=1)
            inside = np.zeros(len(inside), np.bool_)
            inside[states] = again[here] & ~(neglected[here] & ~disabled).any(axis=1)
        return found


def _met(flags: Flags, here: Numbers, count: int) -> Flags:
    """Return which column of some rows has a flag in which of ``count`` components; ``here`` are those of the rows."""
    met = np.zeros((count, flags.shape[1]), np.bool_)
    rows, columns = np.nonzero(flags)
    met[here[rows], columns] = True
    return met


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


def components(graph: dict[int, list[int]], count: int) -> tuple[Numbers, int]:
    """Return to which strongly connected component of two or more states each of ``count`` states belongs, and how
    many there are; -1 for a state that is in none, and once more at the end.  Without recursion.
    """
    belongs = np.full(count + 1, -1, np.int32)
    found = 0
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
                        belongs[component] = found
                        found += 1
    return belongs, found
