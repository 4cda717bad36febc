"""Verdicts read off a search over numbered parts: invariants, steps, what must be possible.

What goes on for ever, and what stays possible, needs every transition and is not decided here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod

from tdispmodel.engines.protocol import LimitReached, Limits, Progress
from tdispmodel.engines.wide.search import Search
from tdispmodel.engines.wide.visited import TooWide
from tdispmodel.ir.expressions import Actor, Expression, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Answer, LocalStates, NumberedStates, Trace, Verdict, Witness

KINDS = frozenset({Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE})

MOST_PLACES = 1 << 31
"""Whoever checks it again has a place for every combination of local states; beyond so many nothing is claimed."""


@dataclass(frozen=True)
class _Unaided:
    """What the behaviours without the host come to: a shortest way to each goal that is met, else all their states."""

    ways: dict[int, Trace]
    states: NumberedStates


class Answers:
    """The verdicts on some questions of these kinds about one system."""

    def __init__(
        self, name: str, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress
    ) -> None:
        self.name = name
        self.system = system
        self.questions = questions
        self.limits = limits
        self.progress = progress
        self.watched: dict[Expression, int] = {}

    def verdicts(self) -> Iterator[Verdict]:
        """Yield one verdict per question.  Raises `OutOfRange` with a shortest trace."""
        began = time.monotonic()
        goals = [self._watch(self._goal(question)) for question in self.questions]
        premises = [question.premise and self._watch(question.premise) for question in self.questions]
        try:
            search = Search(self.system, list(self.watched), self.limits, self.progress)
            search.run()
            traces = self._traces(search, goals)
            certificate = certified(search)
            unaided = self._unaided(traces)
        except (LimitReached, TooWide, RecursionError) as reason:
            why = "a formula nests too deeply" if isinstance(reason, RecursionError) else str(reason)
            for question in self.questions:
                yield Verdict(question, Answer.OPEN, self.name, reason=why)
            return
        share = (time.monotonic() - began) / len(self.questions)
        for question, goal, premise in zip(self.questions, goals, premises, strict=True):
            base = Verdict(question, Answer.HOLDS, self.name, space=search.space, seconds=share)
            vacuous = premise is not None and premise not in search.met
            trace = traces.get(goal)
            if question.kind is Kind.MUST_BE_POSSIBLE:
                way = unaided.ways.get(goal) if unaided is not None else trace
                if way is not None:
                    yield replace(base, certificate=Witness(way), shortest=True, vacuous=vacuous)
                else:
                    states = unaided.states if unaided is not None else certificate
                    yield replace(base, answer=Answer.VIOLATED, certificate=states)
            elif trace is not None:
                yield replace(base, answer=Answer.VIOLATED, trace=trace, shortest=True)
            else:
                yield replace(base, certificate=certificate, vacuous=vacuous)

    @staticmethod
    def _goal(question: SystemProperty) -> Expression:
        """What is looked for: the violation, or what must be possible."""
        return question.formula if question.kind is Kind.MUST_BE_POSSIBLE else negation(question.formula)

    def _watch(self, formula: Expression) -> int:
        return self.watched.setdefault(formula, len(self.watched))

    def _traces(self, search: Search, goals: Sequence[int]) -> dict[int, Trace]:
        met = sorted({goal for goal in goals if goal in search.met})
        return dict(zip(met, search.traces([search.met[goal] for goal in met]), strict=True))

    def _unaided(self, traces: dict[int, Trace]) -> _Unaided | None:
        """Search without the host, if some goal was met with its help; None where all behaviours do without it."""
        actors = {action.name: action.actor for action in self.system.actions}
        wanted = {
            self.watched[question.formula]
            for question in self.questions
            if question.kind is Kind.MUST_BE_POSSIBLE
            and (trace := traces.get(self.watched[question.formula])) is not None
            and any(actors[name] is Actor.HOST for name, _ in trace.steps)
        }
        if not wanted:
            return None
        goals = [
            self.watched[question.formula] for question in self.questions if question.kind is Kind.MUST_BE_POSSIBLE
        ]
        formulas = list(self.watched)
        numbers = sorted(set(goals))
        alone = Search(self.system.unaided, [formulas[goal] for goal in numbers], self.limits, self.progress)
        alone.run()
        found = sorted(alone.met)
        ways = alone.traces([alone.met[number] for number in found])
        return _Unaided({numbers[number]: way for number, way in zip(found, ways, strict=True)}, certified(alone))


def certified(search: Search) -> NumberedStates:
    """Return the certificate of a finished search.  Raises `LimitReached` when nobody could check it."""
    parts = search.parts
    places = prod(len(local) for local in parts.local)
    if places > MOST_PLACES:
        message = f"{search.states} states were visited, and {places} combinations are too many to be checked again"
        raise LimitReached(message)
    return NumberedStates(
        tuple(LocalStates(names, parts.values(part)) for part, names in enumerate(parts.variables)),
        search.states,
    )
