"""What a behaviour of a system with a watcher says about the system alone: a fair loop, or who was neglected.

Given such a behaviour on which something was seen; gives the lasso that it contains, if any, and the fair actions that
were neglected after the watcher began to go round.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tdispmodel.engines.watching.watcher import AGAIN, BEGIN, NOTICE, ROUND
from tdispmodel.ir.expressions import Fairness
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemProperty
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Trace


class Seen:
    """A behaviour on which a watcher saw something, without the watcher.

    ``begin`` is the index of the state in which it began to go round, ``rounds`` those in which a round began.
    """

    def __init__(self, semantics: Semantics, question: SystemProperty, watched: Trace) -> None:
        self.semantics = semantics
        self.question = question
        width = len(semantics.system.variables)
        self.states: list[State] = [watched.initial[:width]]
        self.names: list[str] = []
        self.begin = 0
        self.rounds: list[int] = []
        for name, state in watched.steps:
            if name in (BEGIN, ROUND):
                self.rounds.append(len(self.names))
                self.begin = self.rounds[0]
            elif name != NOTICE:
                self.names.append(name.removeprefix(AGAIN))
                self.states.append(state[:width])
        self._enabled = [
            {action.name for action in semantics.enabled(state)} if place >= self.begin else set()
            for place, state in enumerate(self.states)
        ]

    def neglected(self) -> list[str]:
        """Return the fair actions that were neglected: from begin to end, or else in one of the rounds."""
        last = len(self.names)
        spans = [(self.begin, last), *zip(self.rounds, [*self.rounds[1:], last], strict=True)]
        return next((found for begin, end in spans if (found := self._neglected(begin, end))), [])

    def lasso(self) -> Trace | None:
        """Return a lasso whose loop is fair and part of what was seen, None if there is none."""
        for end in range(self.begin, len(self.states)):
            for begin in range(self.begin, end + 1):
                if self.states[begin] == self.states[end] and self._is_loop(begin, end):
                    steps = tuple(zip(self.names[:end], self.states[1 : end + 1], strict=True))
                    return Trace(self.states[0], steps, loop=begin)
        return None

    def _is_loop(self, begin: int, end: int) -> bool:
        """Whether what lies between is a fair loop that violates the question; between equal indices nothing does."""
        endless = self.question.kind is Kind.NEVER_ENDLESS
        return not self._neglected(begin, end) and (not endless or any(self._recurs(begin, end)))

    def _recurs(self, begin: int, end: int) -> Iterator[bool]:
        """For each step whether the formula of the question is true of it."""
        for place in range(begin, end):
            before, later = self.states[place], self.states[place + 1]
            yield self.semantics.holds(self.question.formula, before, later, self.names[place])

    def _neglected(self, begin: int, end: int) -> list[str]:
        """The fair actions that are not taken from begin to end, and not disabled as their fairness has it."""
        taken = set(self.names[begin:end])
        seen: Sequence[set[str]] = self._enabled[begin : end + 1]
        somewhere, everywhere = set.union(*seen), set.intersection(*seen)
        found = []
        for action in self.semantics.system.actions:
            owed = somewhere if action.fairness is Fairness.STRONG else everywhere
            if action.fair and action.name in owed and action.name not in taken:
                found.append(action.name)
        return found


def seen(system: System, question: SystemProperty, watched: Trace) -> Seen:
    """Return what a behaviour of a watched system says about the system."""
    return Seen(Semantics(system), question, watched)
