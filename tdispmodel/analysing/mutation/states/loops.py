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

NARROWINGS = 4
"""So often states are left out before components are looked for."""


def forward(targets: Numbers, sources: Flags, inside: Flags) -> Flags:
    """Return what the sources reach without leaving ``inside``; sources outside of it do not count."""
    found: Flags = sources & inside
    waiting = padded(inside & ~found)
    frontier = found.nonzero()[0]
    while len(frontier):
        led = targets[frontier].ravel()
        frontier = np.unique(led[waiting[led]])
        waiting[frontier] = False
        found[frontier] = True
    return found


def backward(targets: Numbers, goals: Flags, inside: Flags) -> Flags:
    """Return the states of ``inside`` from which a goal can be reached without leaving it, the goals among them."""
    found = padded(goals & inside)
    waiting = (inside & ~found[:-1]).nonzero()[0]
    while len(waiting):
        reaches = np.logical_or.reduce(found[targets[waiting]], axis=1)
        if not reaches.any():
            break
        found[waiting[reaches]] = True
        waiting = waiting[~reaches]
    return found[:-1]


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

    def one_of(self, looping: Flags) -> Flags:
        """Return those states of some that `looping` gave that are on one loop, as few as there are."""
        belongs, count = components(self.quiet, looping)
        resting = np.flatnonzero(looping & (belongs[:-1] < 0))
        found = np.zeros(len(looping), np.bool_)
        if len(resting):
            found[resting[0]] = True
        else:
            sizes = np.bincount(belongs[:-1][looping], minlength=count)
            found[belongs[:-1] == sizes.argmin()] = True
        return found

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
        while (inside := self._narrowed(inside)).any():
            belongs, count = components(self.quiet, inside)
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

    def _narrowed(self, inside: Flags) -> Flags:
        """Return the states of ``inside`` without some of which it is plain that no fair loop goes through them.

        A fair loop comes to a state in which a fair action is disabled, or leads to a state of the loop.  So where few
        states are like that, only those can be on one that reach these, and that these reach.
        """
        for _ in range(NARROWINGS):
            states = np.flatnonzero(inside)
            if not len(states) or not self.places:
                break
            fair = self.fair[states]
            spared = (fair < 0) | padded(inside)[fair]
            counts = np.add.reduce(spared, axis=0)
            least = int(counts.argmin())
            if 2 * counts[least] > len(states):
                break
            goal = np.zeros(len(inside), np.bool_)
            goal[states[spared[:, least]]] = True
            inside = backward(self.quiet, goal, forward(self.quiet, goal, inside))
        return inside


def _met(flags: Flags, here: Numbers, count: int) -> Flags:
    """Return which column of some rows has a flag in which of ``count`` components; ``here`` are those of the rows."""
    met = np.zeros((count, flags.shape[1]), np.bool_)
    rows, columns = np.nonzero(flags)
    met[here[rows], columns] = True
    return met


def _edges(targets: Numbers, inside: Flags) -> tuple[Numbers, Numbers]:
    """Return the steps between different states of ``inside`` that may lie on a loop: from where, and to where.

    States without a step from another one, or to another one, are taken away until there are none.
    """
    states = np.flatnonzero(inside).astype(np.int32)
    led = targets[states]
    rows, columns = np.nonzero(padded(inside)[led] & (led != states[:, None]))
    sources, after = states[rows], led[rows, columns]
    while True:
        alive = marked(sources, len(inside)) & marked(after, len(inside))
        kept = alive[sources] & alive[after]
        if kept.all():
            return sources, after
        sources, after = sources[kept], after[kept]


def components(targets: Numbers, inside: Flags) -> tuple[Numbers, int]:
    """Return to which strongly connected component of two or more states of ``inside`` each state belongs, and how many
    there are; -1 for a state that is in none, and once more at the end.  Without recursion.
    """
    sources, after = _edges(targets, inside)
    states = np.unique(sources)
    place = np.zeros(len(inside), np.int32)
    place[states] = np.arange(len(states), dtype=np.int32)
    begins = np.searchsorted(sources, np.append(states, len(inside)))
    belongs = np.full(len(inside) + 1, -1, np.int32)
    belonging, count = _components(begins.tolist(), place[after].tolist())
    belongs[states] = belonging
    return belongs, count


def _components(begins: list[int], after: list[int]) -> tuple[list[int], int]:
    """Return the components of a graph in which ``after[begins[s] : begins[s + 1]]`` are the successors of ``s``."""
    count = len(begins) - 1
    closed, entered, found = count + 1, 0, 0
    order, lowest, belongs = [0] * count, [0] * count, [-1] * count
    waiting = begins[:-1]
    stack: list[int] = []
    for root in range(count):
        if order[root]:
            continue
        path = [root]
        while path:
            state = path[-1]
            if not order[state]:
                entered += 1
                order[state] = lowest[state] = entered
                stack.append(state)
            least = lowest[state]
            for position in range(waiting[state], begins[state + 1]):
                target = after[position]
                seen = order[target]
                if not seen:
                    waiting[state] = position  # looked at once more, when its lowest is known
                    path.append(target)
                    break
                if seen != closed and lowest[target] < least:
                    least = lowest[target]
            else:
                path.pop()
                if least == order[state]:
                    member = stack.pop()
                    if member != state:
                        belongs[member] = belongs[state] = found
                        order[member] = closed
                        while (member := stack.pop()) != state:
                            belongs[member] = found
                            order[member] = closed
                        found += 1
                    order[state] = closed
            lowest[state] = least
    return belongs, found
