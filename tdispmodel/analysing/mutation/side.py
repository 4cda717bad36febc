"""One system that properties of a proposal are asked of, and what its mutants do in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

import numpy as np

from tdispmodel.analysing.mutation.changes import Change, Grounded
from tdispmodel.analysing.mutation.operators import Mutant
from tdispmodel.analysing.mutation.rechecking import Recheck
from tdispmodel.analysing.mutation.states.answers import CHEAPEST_FIRST, Answers, Asked
from tdispmodel.analysing.mutation.states.apart import told_apart, way
from tdispmodel.analysing.mutation.states.evidence import Evidence
from tdispmodel.analysing.mutation.states.space import LEAVES, Space
from tdispmodel.analysing.mutation.states.walking import (
    Base,
    Graph,
    Unexplored,
    Variant,
    in_core,
    unmutated,
    variant,
    walk,
)
from tdispmodel.checking.asking import Group, range_complaint
from tdispmodel.ir.model import Model, Property
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.reports.mutants import Difference, Notice
from tdispmodel.semantics import LeavesRange, Semantics, TooManyStarts
from tdispmodel.source import Rejected
from tdispmodel.verdict import OutOfRange

ROUNDS = 4
"""So often states that mutants add are visited together, before each mutant goes where no other one went."""

TOGETHER = 200_000
"""As long as no more states are known."""


class Outcome(Enum):
    """What a mutant does in one system."""

    SAME = "same"
    DIFFERS = "differs"
    INVALID = "invalid"
    OPEN = "open"


@dataclass(frozen=True)
class Found:
    """What was found out about one mutant in one system; ``variant`` and what it reaches unless somebody notices."""

    outcome: Outcome
    reason: str = ""
    notices: tuple[Notice, ...] = ()
    variant: Variant | None = None
    gained: int = 0
    lost: int = 0


def questions_of(group: Group) -> list[SystemProperty]:
    """Return the questions of a group, each once."""
    return list(dict.fromkeys(question for parts in group.questions.values() for question in parts))


class Side:
    """One system: its states, the answers about it, the judge's view of it.

    ``stopped`` says why there are no answers, and then no mutant is decided.  Raises `Rejected` when an integer of the
    system itself leaves its range.
    """

    def __init__(self, grounded: Grounded, group: Group, stop: Callable[[], str]) -> None:
        self.group = group
        self.grounded = grounded
        self._limit = stop
        questions = questions_of(group)
        numbers = {question: number for number, question in enumerate(questions)}
        self.asked = Asked(questions)
        self.space = Space(self.grounded.core, self.asked.states, self.asked.steps)
        self.properties = {
            wanted: [numbers[question] for question in parts]
            for wanted, parts in sorted(group.questions.items(), key=lambda pair: CHEAPEST_FIRST.index(pair[0].kind))
        }
        self.holds: dict[Property, bool] = {}
        self.evidence = Evidence()
        self.recheck: Recheck | None = None
        self.stopped = ""
        try:
            self.base = Base(self.space, self.stop)
        except TooManyStarts as many:
            self.stopped = many.words
            return
        self.stopped = self.base.stopped or self.stop()
        if not self.stopped:
            self._answer(grounded.model)

    @property
    def memory(self) -> int:
        """About how many bytes all this takes."""
        return 2 * self.space.memory

    def stop(self) -> str:
        """Return why no more may be spent; empty while more may."""
        return self._limit()

    def _answer(self, model: Model) -> None:
        """Answer everything about the system itself, and have that judged."""
        if (self.base.table == LEAVES).any():
            self._refuse()
        names = [variable.name for variable in self.grounded.core.variables]
        self.recheck = Recheck(model, self.group.system, names, self.space.states(self.base.numbers))
        answers = Answers(self.asked, unmutated(self.base))
        holds = [answers.holds(number) for number in range(len(self.asked.questions))]
        for number, question in enumerate(self.asked.questions):
            self.recheck.baseline(question, holds[number])
        self.evidence = answers.why()
        self.holds = {wanted: all(holds[number] for number in parts) for wanted, parts in self.properties.items()}

    def _refuse(self) -> None:
        """Raise `Rejected`: a step of the proposal itself leaves a range."""
        number, position = (int(place) for place in np.argwhere(self.base.table == LEAVES)[0])
        trace = way(self.base, number)
        core = self.grounded.core
        action = core.by_name[self.space.actions[position].name]
        try:
            Semantics(core).step(trace.states[-1], action)
        except LeavesRange as left:
            complaint = range_complaint(core, OutOfRange(trace, left.action, left.variable, left.value))
            raise Rejected([complaint]) from None

    def try_all(self, wanted: Mapping[int, tuple[Mutant, Change]], *, complete: bool) -> Iterator[tuple[int, Found]]:
        """Yield for each mutant, by its number, what it does here.  Raises `OurFault`."""
        waiting: dict[int, Variant] = {}
        for number, (_, change) in wanted.items():
            stopped = self.stopped or self.stop()
            if stopped:
                yield number, Found(Outcome.OPEN, stopped)
                continue
            try:
                mutant = variant(self.base, in_core(change, self.grounded.in_core))
            except TooManyStarts as many:
                yield number, Found(Outcome.OPEN, many.words)
                continue
            if mutant.same:
                yield number, Found(Outcome.SAME)
            elif not len(mutant.starts):
                yield number, Found(Outcome.INVALID, "no start state")
            else:
                waiting[number] = mutant
        for number, graph in self._walked(waiting):
            yield number, self._found(wanted[number][0], graph, complete=complete)

    def _walked(self, waiting: Mapping[int, Variant]) -> Iterator[tuple[int, Graph]]:
        """Yield what each mutant reaches, those first that need no states that are not known."""
        left = dict(waiting)
        for around in range(ROUNDS + 1):
            if left and around < ROUNDS:
                self.space.close(TOGETHER, self.stop)
            later: dict[int, Variant] = {}
            for number, mutant in left.items():
                try:
                    graph = walk(mutant, self.stop, explore=around == ROUNDS)
                except Unexplored:
                    later[number] = mutant
                else:
                    yield number, graph
            left = later

    def _found(self, mutant: Mutant, graph: Graph, *, complete: bool) -> Found:
        if graph.stopped:
            return Found(Outcome.OPEN, graph.stopped)
        if graph.leaves_range:
            return Found(Outcome.INVALID, "an integer leaves its range")
        answers = Answers(self.asked, graph, self.evidence)
        notices: list[Notice] = []
        for wanted, parts in self.properties.items():
            stopped = self.stop()
            if stopped:
                return Found(Outcome.OPEN, stopped)
            holds = all(answers.holds(number) for number in parts)
            if holds is not self.holds[wanted]:
                if not notices:
                    self._judge(mutant, graph, wanted, holds=holds)
                notices.append(Notice(wanted.name, wanted.code, self.holds[wanted]))
                if not complete:
                    break
        if notices:
            return Found(Outcome.DIFFERS, notices=tuple(notices))
        gained = int(graph.new.sum())
        lost = self.base.count - (graph.count - gained)
        return Found(Outcome.DIFFERS, variant=graph.variant, gained=gained, lost=lost)

    def _judge(self, mutant: Mutant, graph: Graph, wanted: Property, *, holds: bool) -> None:
        """Have a notice checked.  Raises `OurFault`."""
        if self.recheck is not None:
            states = self.space.states(graph.numbers)
            self.recheck.noticed(mutant, states, self.group.questions[wanted], hold=holds)

    def difference(self, mutant: Mutant, found: Found) -> Difference | None:
        """Return what tells a survivor apart here, once the judge has seen it.  Raises `OurFault`."""
        if found.variant is None:
            return None
        apart = told_apart(found.variant)
        if self.recheck is not None:
            self.recheck.told_apart(mutant, apart.trace, of_mutant=apart.of_mutant)
        return Difference(
            system=self._shown(found.variant),
            trace=apart.trace,
            usual=apart.usual,
            of_mutant=apart.of_mutant,
            gained=found.gained,
            lost=found.lost,
        )

    def _shown(self, mutant: Variant) -> System:
        """Return a system that knows all actions of the system and of the mutant."""
        core = self.grounded.core
        return mutant.change.applied(core) if mutant.added else core
