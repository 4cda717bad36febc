"""Leads-to and never-endless by trying every infinite behaviour, in the words of docs/semantics.md and nothing else.

What recurs in an infinite behaviour is either one state, in which it stutters for ever, or some steps, which then are
strongly connected; and whatever is strongly connected can recur.  So on a tiny system every set of steps is tried: does
nobody disturb, is every fair action instance given its due, can one get there in the way that the property speaks of?
No components, no fixpoints, no ranking: 2 to the power of the number of steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tdispmodel.ir.expressions import Fairness
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty
from tdispmodel.semantics import Semantics

MOST_STEPS = 11
"""A system with more undisturbing steps has too many sets of them."""

Step = tuple[State, SystemAction, State]


class TooManySteps(Exception):
    """The system is not tiny."""


@dataclass(frozen=True)
class Recurring:
    """What recurs in a behaviour: states, and the steps between them; without a step it stutters."""

    states: frozenset[State]
    steps: tuple[Step, ...] = ()


class Enumeration:
    """All infinite behaviours of a tiny system, by what recurs in them.  Raises `TooManySteps`."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.semantics = Semantics(system)
        self.starts = tuple(self.semantics.initial_states())
        self.steps: dict[State, list[Step]] = {}
        waiting = list(self.starts)
        while waiting:
            state = waiting.pop()
            if state not in self.steps:
                self.steps[state] = [(state, action, after) for action, after in self.semantics.successors(state)]
                waiting += [after for _, _, after in self.steps[state]]
        quiet = [step for steps in self.steps.values() for step in steps if not step[1].disturbs]
        if len(quiet) > MOST_STEPS:
            raise TooManySteps
        self.recurring = [one for one in self._candidates(quiet) if self._fair(one)]

    def _candidates(self, quiet: list[Step]) -> Iterator[Recurring]:
        for state in self.steps:
            if not any(action.fairness is not Fairness.NONE for _, action, _ in self.steps[state]):
                yield Recurring(frozenset([state]))
        for number in range(1, 1 << len(quiet)):
            chosen = tuple(step for place, step in enumerate(quiet) if number >> place & 1)
            states = frozenset(state for step in chosen for state in (step[0], step[2]))
            if all(reached(state, chosen) == states for state in states):
                yield Recurring(states, chosen)

    def _fair(self, one: Recurring) -> bool:
        taken = {action.name for _, action, _ in one.steps}
        for action in self.system.actions:
            enabled = [any(step[1] is action for step in self.steps[state]) for state in one.states]
            if action.name in taken:
                continue
            if action.fairness is Fairness.WEAK and all(enabled):
                return False
            if action.fairness is Fairness.STRONG and any(enabled):
                return False
        return True

    def holds(self, question: SystemProperty) -> bool:
        """Whether the property holds."""
        formula = question.formula
        if question.kind is Kind.NEVER_ENDLESS:
            return not any(
                self.semantics.holds(formula, before, after, action.name)
                for one in self.recurring
                for before, action, after in one.steps
            )
        waiting = {state for state in self.steps if not self.semantics.holds(formula, state)}
        pending = [state for state in waiting if self.semantics.holds(question.after, state)]
        inside = [step for steps in self.steps.values() for step in steps if {step[0], step[2]} <= waiting]
        after_premise = {state for begin in pending for state in reached(begin, inside)} | set(pending)
        return not any(one.states <= waiting and one.states & after_premise for one in self.recurring)


def reached(state: State, steps: Iterable[Step]) -> frozenset[State]:
    """Return what one comes to from a state by at least one of the steps."""
    following: dict[State, list[State]] = {}
    for before, _, after in steps:
        following.setdefault(before, []).append(after)
    found: set[State] = set()
    waiting = [state]
    while waiting:
        for after in following.get(waiting.pop(), []):
            if after not in found:
                found.add(after)
                waiting.append(after)
    return frozenset(found)
