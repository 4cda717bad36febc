"""What the properties of one cone say of the system, and which mutants they notice.

Given a `Cone` of a system; a `Noticer` visits its states, answers what is asked there, and has all that judged.
Mutants are put to it as they are on the whole system: what they do to the cone is worked out from what is known of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tdispmodel.analysing.mutation.changes import Change, in_range
from tdispmodel.analysing.mutation.cones import Cone
from tdispmodel.analysing.mutation.operators import Mutant
from tdispmodel.analysing.mutation.rechecking import Recheck
from tdispmodel.analysing.mutation.states.answers import CHEAPEST_FIRST, Answers, Asked
from tdispmodel.analysing.mutation.states.evidence import Evidence
from tdispmodel.analysing.mutation.states.family import MOST, Family
from tdispmodel.analysing.mutation.states.space import Numbers
from tdispmodel.analysing.mutation.states.walking import Base, Graph, Variant, Walk, unmutated, variant
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.compiling.arrays import Flags
from tdispmodel.ir.model import Kind, Property
from tdispmodel.reports.mutants import Notice
from tdispmodel.semantics import TooManyStarts

NO_START, LEAVES_RANGE = "no start state", "an integer leaves its range"

FEWEST, MOST_WORDS = 2, 1 << 25
"""So many families go on side by side at least; and more, as long as they have no more words for states than this."""


@dataclass(frozen=True)
class Noticed:
    """Which properties notice a mutant; ``stopped`` says why that was not found out, ``invalid`` why it is no model."""

    notices: tuple[Notice, ...] = ()
    stopped: str = ""
    invalid: str = ""


class Noticer:
    """The states of one cone, all of them reached, the answers about them, and the judge's view of them.

    Raises `OurFault`.
    """

    def __init__(self, cone: Cone, base: Base, stop: Callable[[], str]) -> None:
        self.cone, self.base, self.space = cone, base, base.space
        self.stop = stop
        self._variants: dict[int, Variant] = {}
        self._unsure: dict[int, list[int]] = {}
        self.asked = Asked(cone.questions)
        numbers = {question: number for number, question in enumerate(cone.questions)}
        self.properties = {
            wanted: [numbers[question] for question in parts]
            for wanted, parts in sorted(cone.properties, key=lambda pair: CHEAPEST_FIRST.index(pair[0].kind))
        }
        self._kinds = [question.kind for question in cone.questions]
        self._about: list[list[int]] = [[] for _ in cone.questions]
        for place, parts in enumerate(self.properties.values()):
            for number in parts:
                self._about[number].append(place)
        self.space.look_for(self.asked.states, self.asked.steps)
        self.space.watch(base.numbers)
        names = [variable.name for variable in self.cone.system.variables]
        grounded, states = self.cone.grounded, self.space.states(self.base.numbers)
        self.recheck = Recheck(grounded.model, grounded.system, names, states, self.cone.bystanders)
        answers = Answers(self.asked, unmutated(self.base))
        holds = [answers.holds(number) for number in range(len(self.asked.questions))]
        for number, question in enumerate(self.asked.questions):
            self.recheck.baseline(question, holds[number])
        self.evidence: Evidence = answers.why()
        self._plain = in_range(self.cone.system.actions, self.cone.system)
        self.holds: dict[Property, bool] = {
            wanted: all(holds[number] for number in parts) for wanted, parts in self.properties.items()
        }
        kept = {
            watch  # not of a property that is violated: it does not notice that one more of its questions is
            for wanted, parts in self.properties.items()
            if wanted.kind is Kind.INVARIANT and self.holds[wanted]
            for number in parts
            for watch in self.asked.watches[number]
        }
        self._kept = np.array(sorted(kept), np.intp)

    def variant(self, number: int, change: Change) -> Variant:
        """Return what a change of the system, that of the mutant of this number, makes of the cone.

        Raises `TooManyStarts`.
        """
        known = self._variants.get(number)
        if known is None:
            known = self._variants[number] = variant(self.base, self.cone.change(change))
        return known

    def try_all(self, wanted: Mapping[int, tuple[Mutant, Change]], *, complete: bool) -> Iterator[tuple[int, Noticed]]:
        """Yield for each mutant, by its number, who notices it here.  Raises `OurFault`.

        Whatever may leave its range is in every cone, and so is what start conditions read.
        """
        differing: dict[int, Variant] = {}
        alike: dict[int | bytes, list[int]] = {}
        for number, (_, change) in wanted.items():
            found = self._differing(number, change)
            if isinstance(found, Noticed):
                yield number, found
            else:
                same = alike.setdefault(found.fingerprint or number, [])
                same.append(number)
                differing.setdefault(same[0], found)
        classes = {numbers[0]: numbers for numbers in alike.values()}
        for first, graph in self._walked(differing, complete=complete):
            numbers = classes[first]
            noticed = self._noticed([wanted[number][0] for number in numbers], graph, complete=complete)
            yield from ((number, noticed) for number in numbers)

    def _differing(self, number: int, change: Change) -> Variant | Noticed:
        """Return what a change makes of the cone; or who notices, where it is plain without following it."""
        stopped = self.stop()
        if stopped:
            return Noticed(stopped=stopped)
        if not self.cone.concerns(change):
            return Noticed()
        try:
            mutant = self.variant(number, change)
        except TooManyStarts as many:
            return Noticed(stopped=many.words)
        if mutant.same:
            return Noticed()
        if not len(mutant.starts):
            return Noticed(invalid=NO_START)
        return Noticed() if self._plainly_unnoticed(mutant) else mutant

    def _walked(self, waiting: Mapping[int, Variant], *, complete: bool) -> Iterator[tuple[int, Graph]]:
        """Yield what each mutant reaches; what they come to together is worked out at once.

        Unless the answers are to be ``complete``, a walk ends where it breaks an invariant that the system keeps.
        """
        left = list(waiting.items())[::-1]
        families: list[tuple[list[int], Family]] = []
        while left or families:
            stopped = self.stop()
            while left and len(families) < max(FEWEST, MOST_WORDS // (self.space.count + 1)):
                some = dict(left.pop() for _ in range(min(MOST, len(left))))
                watched = [not complete and self._in_range(mutant) for mutant in some.values()]
                families.append((list(some), Family(self.base, list(some.values()), watched, self._breaks)))
            wanted, going = [], families
            families = []
            for numbers, family in going:
                states = family.advance()
                if len(states) and not stopped:
                    wanted.append(states)
                    families.append((numbers, family))
                    continue
                for place, number in enumerate(numbers):
                    graph = family.graph(place, stopped)
                    yield number, self._graph(waiting[number], self._breaks) if graph is None else graph
            if wanted:
                self.space.expand(np.unique(np.concatenate(wanted)))

    def _graph(self, mutant: Variant, bad: Callable[[Numbers], Flags] | None = None) -> Graph:
        """Return what a mutant reaches, and in which order, as far as it comes to no ``bad`` state."""
        walk = Walk(mutant, bad)
        while len(states := walk.advance()):
            self.space.expand(states)
        return walk.graph()

    def _plainly_unnoticed(self, mutant: Variant) -> bool:
        """Whether it is plain that every answer is that of the system, and no integer leaves its range."""
        return self._in_range(mutant) and not self._unsure_of(mutant)

    def _unsure_of(self, mutant: Variant) -> list[int]:
        """Return the numbers of the questions of which it is not plain that the answer is that of the system."""
        known = self._unsure.get(id(mutant))  # all variants are kept
        if known is None:
            known = self._unsure[id(mutant)] = self.evidence.unsure(self._kinds, mutant)
        return known

    def _in_range(self, mutant: Variant) -> bool:
        """Whether it is plain that no integer leaves its range in a mutant; none does in the system."""
        if mutant.loses is not None:
            return True
        own = (action for action in mutant.own.values() if action is not None)
        return self._plain and in_range(own, self.cone.system)

    def _breaks(self, numbers: Numbers) -> Flags:
        """Return in which expanded states an invariant is false that the system keeps."""
        found: Flags = np.logical_or.reduce(self.space.true[self._kept[:, None], numbers], axis=0)
        return found

    def _noticed(self, mutants: Sequence[Mutant], graph: Graph, *, complete: bool) -> Noticed:
        """Return who notices mutants that have the same graph; each of them is judged."""
        if graph.stopped:
            return Noticed(stopped=graph.stopped)
        if graph.leaves_range:
            return Noticed(invalid=LEAVES_RANGE)
        stopped = self.stop()
        if stopped:
            return Noticed(stopped=stopped)
        answers = Answers(self.asked, graph, self.evidence)
        notices: list[Notice] = []
        properties = list(self.properties.items())
        places = {place for number in self._unsure_of(graph.variant) for place in self._about[number]}
        for wanted, parts in map(properties.__getitem__, sorted(places)):
            if graph.broken and not self.holds[wanted]:
                continue  # the graph ends where something is broken that holds, and says nothing of what does not
            broken = next((number for number in parts if not answers.holds(number)), None)
            if (broken is None) is not self.holds[wanted]:
                for mutant in () if notices else mutants:
                    self._judge(mutant, answers, parts if broken is None else [broken], holds=broken is None)
                notices.append(Notice(wanted.name, wanted.code, self.holds[wanted]))
                if not complete:
                    break
        if graph.broken and not notices:
            message = f"a mutant of {mutants[0].subject} was said to break an invariant"
            raise OurFault(message)
        return Noticed(tuple(notices))

    def _judge(self, mutant: Mutant, answers: Answers, numbers: Sequence[int], *, holds: bool) -> None:
        """Have a notice checked: that some questions hold of a mutant, or that the only one of them does not.

        Raises `OurFault`.
        """
        questions = [self.asked.questions[number] for number in numbers]
        if not holds and questions[0].kind in (Kind.INVARIANT, Kind.STEP):
            graph = answers.graph if answers.graph.levels else self._graph(answers.graph.variant)
            shown = Answers(self.asked, graph, self.evidence).broken(numbers[0])
            self.recheck.violated(mutant, questions[0], shown)
        else:
            self.recheck.decided(mutant, answers.shown(numbers[0], holds=holds), questions, hold=holds)
