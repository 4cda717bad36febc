"""One system that properties of a proposal are asked of, and what its mutants do in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np

from tdispmodel.analysing.mutation.changes import Change, Grounded, in_range
from tdispmodel.analysing.mutation.operators import Mutant
from tdispmodel.analysing.mutation.rechecking import Recheck
from tdispmodel.analysing.mutation.states.answers import CHEAPEST_FIRST, Answers, Asked
from tdispmodel.analysing.mutation.states.apart import told_apart, way
from tdispmodel.analysing.mutation.states.evidence import Evidence
from tdispmodel.analysing.mutation.states.space import LEAVES, Numbers, Space
from tdispmodel.analysing.mutation.states.walking import (
    Base,
    Graph,
    Variant,
    Walk,
    in_core,
    unmutated,
    variant,
)
from tdispmodel.checking.asking import Group, range_complaint
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.compiling.arrays import Flags
from tdispmodel.ir.model import Kind, Model, Property
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.reports.mutants import Difference, Notice
from tdispmodel.semantics import LeavesRange, Semantics, TooManyStarts
from tdispmodel.source import Rejected
from tdispmodel.verdict import OutOfRange

FEWEST, MOST_FLAGS = 16, 1 << 28
"""So many walks go on side by side at least; and more, as long as they have no more flags for states than this."""


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
        self._plain = in_range(self.grounded.core.actions, self.grounded.core)
        self.holds = {wanted: all(holds[number] for number in parts) for wanted, parts in self.properties.items()}
        kept = {
            watch  # not of a property that is violated: it does not notice that one more of its questions is
            for wanted, parts in self.properties.items()
            if wanted.kind is Kind.INVARIANT and self.holds[wanted]
            for number in parts
            for watch in self.asked.watches[number]
        }
        self._kept = np.array(sorted(kept), np.intp)

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
        for number, graph in self._walked(waiting, complete=complete):
            yield number, self._found(wanted[number][0], graph, complete=complete)

    def _walked(self, waiting: Mapping[int, Variant], *, complete: bool) -> Iterator[tuple[int, Graph]]:
        """Yield what each mutant reaches; what they come to together is worked out at once.

        Unless the answers are to be ``complete``, a walk ends where it breaks an invariant that the system keeps.
        """
        left = list(waiting.items())[::-1]
        walks: dict[int, Walk] = {}
        while left or walks:
            stopped = self.stop()
            while left and len(walks) < max(FEWEST, MOST_FLAGS // (self.space.count + 1)):
                number, mutant = left.pop()
                walks[number] = Walk(mutant, None if complete or not self._in_range(mutant) else self._breaks)
            wanted = []
            for number, walk in list(walks.items()):
                states = walk.advance()
                if stopped or not len(states):
                    del walks[number]
                    yield number, walk.graph(stopped)
                else:
                    wanted.append(states)
            if wanted:
                self.space.expand(np.unique(np.concatenate(wanted)))

    def _in_range(self, mutant: Variant) -> bool:
        """Whether it is plain that no integer leaves its range in a mutant."""
        own = (action for action in mutant.own.values() if action is not None)
        return self._plain and in_range(own, self.grounded.core)

    def _breaks(self, numbers: Numbers) -> Flags:
        """Return in which expanded states an invariant is false that the system keeps."""
        found: Flags = np.logical_or.reduce(self.space.true[self._kept[:, None], numbers], axis=0)
        return found

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
            if graph.broken and not self.holds[wanted]:
                continue  # the graph ends where something is broken that holds, and says nothing of what does not
            broken = next((number for number in parts if not answers.holds(number)), None)
            if (broken is None) is not self.holds[wanted]:
                if not notices:
                    self._judge(mutant, answers, parts if broken is None else [broken], holds=broken is None)
                notices.append(Notice(wanted.name, wanted.code, self.holds[wanted]))
                if not complete:
                    break
        if graph.broken and not notices:
            message = f"a mutant of {mutant.subject} was said to break an invariant"
            raise OurFault(message)
        if notices:
            return Found(Outcome.DIFFERS, notices=tuple(notices))
        gained = int(graph.new.sum())
        lost = self.base.count - (graph.count - gained)
        return Found(Outcome.DIFFERS, variant=graph.variant, gained=gained, lost=lost)

    def _judge(self, mutant: Mutant, answers: Answers, numbers: Sequence[int], *, holds: bool) -> None:
        """Have a notice checked: that some questions hold of a mutant, or that the only one of them does not.

        Raises `OurFault`.
        """
        if self.recheck is None:
            return
        questions = [self.asked.questions[number] for number in numbers]
        if not holds and questions[0].kind in (Kind.INVARIANT, Kind.STEP):
            self.recheck.violated(mutant, questions[0], answers.broken(numbers[0]))
        else:
            self.recheck.decided(mutant, answers.shown(numbers[0], holds=holds), questions, hold=holds)

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
        return replace(core, actions=(*core.actions, *mutant.added))
