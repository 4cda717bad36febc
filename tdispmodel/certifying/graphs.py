"""The steps between the states of a closed set, and what they show of behaviours that go on for ever.

Given a system, the states of a closed set and questions, `Graph` has the states in the order of their numbers and the
steps between them; `Graph.distances` and `Graph.ranking` work out what a certificate says of each state.

A ranking is made of the strongly connected components of calm steps, those that do not disturb; for leads-to only
among the states in which one waits for the goal.  The *helpful* action of a component is a fair one that is enabled in
all of its states and never taken inside it; for never-endless only a component with a marked step inside needs one.
The *rank* is the greatest number of steps, on calm paths from the component, that change the helpful action or are its
own (or are marked, where there is none).  So no calm step raises the rank; one that keeps it keeps the helpful action,
and is not its step, nor marked where there is none.

The ranking exists exactly where the question holds of the states of the set, if no action is strongly fair.  Say that
there is one, and that a behaviour violates the question.  From some point on it takes no disturbing step, so its rank
stays the same in the end, and with it the helpful action.  If there is one, it is enabled in every state from then on
and never taken, which is not fair; nor does the behaviour stay in one state for ever, as it may where no fair action is
enabled.  If there is none, no step is marked from then on, and the question is not violated.  Say now that there is no
ranking: a component that needs a helpful action has none.  A behaviour that goes round all of its states and steps for
ever is fair: each fair action is disabled in one of the states or taken inside.  If the component is one state without
a step to itself, no fair action is enabled there, and a behaviour may stay.  Either way the goal is waited for, or a
marked step is taken, for ever, and calm steps alone led round: the question is violated.  Z. Manna, A. Pnueli,
"Completing the temporal picture", Theoretical Computer Science 83 (1991).

What is strongly fair is weakly fair, and may be helpful as such; then, too, a ranking shows that the question holds.
There may be none where only strong fairness makes it hold: that needs rankings within rankings, which are not made.
N. Klarlund, D. Kozen, "Rabin measures and their applications to fairness and automata theory", LICS (1991).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tdispmodel.certifying.numbers import numbered, packed
from tdispmodel.compiling.successors import Compiled, Watch
from tdispmodel.ir.expressions import Expression, Fairness
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemProperty
from tdispmodel.judging.loops import components, reached

NONE = -1
STAYS = "a behaviour may stay for ever where it must not"


@dataclass(frozen=True)
class Ranking:
    """For each state its rank, and the helpful action by its place among ``actions``; -1 where there is none."""

    actions: tuple[int, ...]
    ranks: tuple[int, ...]
    helpful: tuple[int, ...]


class Graph:
    """The states of a closed set by number, the steps between them, and where the parts of the questions are true."""

    def __init__(self, system: System, states: Sequence[State], questions: Sequence[SystemProperty]) -> None:
        self.system = system
        watches: dict[Watch, int] = {}
        for question in questions:
            for watch in _watches(question):
                watches.setdefault(watch, len(watches))
        compiled = Compiled(system, list(watches))
        order = sorted(zip(numbered(system, states), packed(system, states), strict=True))
        self.numbers = [number for number, _ in order]
        place = {code: position for position, (_, code) in enumerate(order)}
        self.steps = [[(action, place[after]) for action, after in compiled.visit(code)] for _, code in order]
        self._states = {
            watch.formula: frozenset(map(place.__getitem__, compiled.states[number]))
            for watch, number in watches.items()
            if not watch.of_steps
        }
        self._marked = {
            watch.formula: frozenset((place[code], action) for code, action in compiled.steps[number])
            for watch, number in watches.items()
            if watch.of_steps
        }
        self._calm = [not action.disturbs for action in system.actions]
        self._fair = [action.fair for action in system.actions]

    def flags(self, formula: Expression) -> bytes:
        """Return where a state formula of the questions is true, one byte a state."""
        true = self._states[formula]
        return bytes(state in true for state in range(len(self.numbers)))

    def distances(self, question: SystemProperty) -> list[int]:
        """Return how many reliable steps the goal of stays-possible is away from each state; -1: none lead there."""
        back: list[list[int]] = [[] for _ in self.numbers]
        reliable = [not action.adversarial for action in self.system.actions]
        for state, steps in enumerate(self.steps):
            for action, after in steps:
                if reliable[action]:
                    back[after].append(state)
        found = [0 if true else NONE for true in self.flags(question.formula)]
        queue = [state for state, distance in enumerate(found) if distance == 0]
        for state in queue:
            for before in back[state]:
                if found[before] < 0:
                    found[before] = found[state] + 1
                    queue.append(before)
        return found

    def ranking(self, question: SystemProperty) -> Ranking:
        """Return the ranking that shows that a leads-to or never-endless question holds.

        Raises ValueError when there is none.
        """
        waits = question.kind is Kind.LEADS_TO
        inside = self._waiting(question) if waits else b"\1" * len(self.numbers)
        marked = frozenset() if waits else self._marked[question.formula]
        found = components([self._calm_steps(state) for state in range(len(self.numbers))], inside)
        component_of = [NONE] * len(self.numbers)
        for number, members in enumerate(found):
            for state in members:
                component_of[state] = number
        helpful, height = [NONE] * len(found), [0] * len(found)
        for number, members in enumerate(found):  # whatever calm steps lead to comes before
            if waits or self._recurs(members, component_of, marked):
                helpful[number] = self._helpful(members, component_of)
            for state in members:
                for action, after in self.steps[state]:
                    other = component_of[after]
                    if other in (number, NONE) or not self._calm[action]:
                        continue
                    kept = helpful[other] == helpful[number] != action
                    lower = not kept or (helpful[number] < 0 and (state, action) in marked)
                    height[number] = max(height[number], height[other] + lower)
        actions = tuple(sorted(set(helpful) - {NONE}))
        places = {action: place for place, action in enumerate(actions)} | {NONE: NONE}
        ranks = tuple(NONE if number < 0 else height[number] for number in component_of)
        return Ranking(
            actions, ranks, tuple(NONE if number < 0 else places[helpful[number]] for number in component_of)
        )

    def _calm_steps(self, state: int) -> list[int]:
        return [after for action, after in self.steps[state] if self._calm[action]]

    def _waiting(self, question: SystemProperty) -> bytes:
        """Where a behaviour may be that met the premise and not yet the goal."""
        elsewhere = bytes(not met for met in self.flags(question.formula))
        pending = [state for state, true in enumerate(self.flags(question.after)) if true and elsewhere[state]]
        return bytes(reached(pending, [[after for _, after in steps] for steps in self.steps], elsewhere))

    def _recurs(self, members: Sequence[int], component_of: Sequence[int], marked: frozenset[tuple[int, int]]) -> bool:
        """Whether a marked step can be taken in the component again and again."""
        return any(
            self._calm[action] and component_of[after] == component_of[state] and (state, action) in marked
            for state in members
            for action, after in self.steps[state]
        )

    def _helpful(self, members: Sequence[int], component_of: Sequence[int]) -> int:
        """Return the first fair action that is enabled in all of the component and never taken inside it."""
        number = component_of[members[0]]
        possible: set[int] | None = None
        for state in members:
            enabled = {action for action, _ in self.steps[state] if self._fair[action]}
            possible = enabled if possible is None else possible & enabled
            possible -= {action for action, after in self.steps[state] if component_of[after] == number}
        if not possible:
            strong = any(action.fairness is Fairness.STRONG for action in self.system.actions)
            message = "only strong fairness shows it, for which there is no ranking here" if strong else STAYS
            raise ValueError(message)
        return min(possible)


def _watches(question: SystemProperty) -> list[Watch]:
    match question.kind:
        case Kind.LEADS_TO | Kind.STAYS_POSSIBLE:
            return [Watch(formula, of_steps=False, every=True) for formula in (question.formula, question.after)]
        case Kind.NEVER_ENDLESS:
            return [Watch(question.formula, of_steps=True, every=True)]
        case _:
            return []
