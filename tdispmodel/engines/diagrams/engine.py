"""The engine that answers every kind of question on decision diagrams.

Given a system and questions; gives their verdicts from one set of reachable states, however many states it has.  A
counterexample to an invariant or a step property, and one to stays-possible, is a shortest one, as is a witness; a
lasso is as it comes.  Where the judge could not be given a certificate of acceptable size the answer is open.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from oxidd.util import DDMemoryError

from tdispmodel.engines.diagrams.certificates import SAFETY, Certificates, Uncertified
from tdispmodel.engines.diagrams.encoding import bits_of
from tdispmodel.engines.diagrams.exploring import Watch
from tdispmodel.engines.diagrams.fairness import FairBehaviours
from tdispmodel.engines.diagrams.space import Space
from tdispmodel.engines.protocol import LimitReached, Limits, Progress, silent
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step
from tdispmodel.verdict import Answer, Certificate, Trace, Verdict, Witness

CAPACITIES = (1 << 21, 1 << 24)
"""How many nodes there may be; what does not fit is begun again with more.  Memory is taken only as nodes are made, and
a smaller start would cost more time than it saves memory: whenever it is full, nodes that nobody needs are thrown out,
and with them the results of operations.
"""
LEAST_CAPACITY = 1 << 12
BYTES_PER_NODE = 40
"""About what a node takes, with its share of the table that finds it and of the cache of operations."""
MOST_BITS = 2_000
"""More are refused: operations go down a diagram bit by bit, each on top of the other, and stacks are limited."""


class Diagrams:
    """Reachability, possibility and fair loops on decision diagrams."""

    name = "diagrams"
    kinds = frozenset(Kind)
    exhaustive = True

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question, those that need no certificate first.

        Raises `OutOfRange` with a shortest trace.
        """
        waiting = list(questions)
        bits = bits_of(system)
        reason = f"the states have {bits} bits, more than {MOST_BITS}"
        watch = Watch(limits, progress)
        for capacity in capacities(limits) if waiting and bits <= MOST_BITS else ():
            try:
                for verdict in _Session(self.name, system, tuple(waiting), capacity, watch).verdicts():
                    waiting.remove(verdict.property)
                    yield verdict
            except DDMemoryError:
                reason = f"the diagrams need more than {capacity} nodes"
                continue
            except LimitReached as limit:
                reason = str(limit)
            except RecursionError:
                reason = "a formula nests too deeply"
            break
        for question in waiting:
            yield Verdict(question, Answer.OPEN, self.name, reason=reason)


def capacities(limits: Limits) -> Iterator[int]:
    """Yield how many nodes to try with, one after the other, as far as the memory allows."""
    most = CAPACITIES[-1] if limits.memory is None else max(LEAST_CAPACITY, limits.memory // BYTES_PER_NODE)
    for capacity in CAPACITIES:
        yield min(capacity, most)
        if capacity >= most:
            return


class _Session:
    """The questions about one system, with so many nodes."""

    def __init__(
        self, name: str, system: System, questions: Sequence[SystemProperty], capacity: int, watch: Watch
    ) -> None:
        self.name = name
        self.questions = questions
        began = time.monotonic()
        self.space = Space(system, capacity, watch)
        self.counts = self.space.counts()
        self.share = (time.monotonic() - began) / len(questions)
        self.certificates = Certificates(self.space)

    @cached_property
    def fair(self) -> FairBehaviours:
        """The fair behaviours of the space."""
        return FairBehaviours(self.space)

    def verdicts(self) -> Iterator[Verdict]:
        """Yield one verdict per question, those that need no certificate of a holding property first."""
        holding: list[Verdict] = []
        for question in self.questions:
            verdict = self._decided(question)
            if verdict.answer is Answer.HOLDS and verdict.certificate is None:
                holding.append(verdict)
            else:
                yield verdict
        together = [verdict.property for verdict in holding if verdict.property.kind in SAFETY]
        for verdict in holding:
            yield self._certified(verdict, together)

    def _decided(self, question: SystemProperty) -> Verdict:
        """The verdict on a question, still without a certificate where the property holds."""
        began = time.monotonic()
        try:
            if question.kind is Kind.MUST_BE_POSSIBLE:
                verdict = self._possible(question)
            else:
                verdict = self._violated(question) or Verdict(question, Answer.HOLDS, self.name)
        except Uncertified as uncertified:
            verdict = Verdict(question, Answer.OPEN, self.name, reason=f"a violation was found, but {uncertified}")
        vacuous = self._vacuous(question) if verdict.answer is Answer.HOLDS else None
        seconds = self.share + time.monotonic() - began
        return replace(verdict, vacuous=vacuous, space=self.counts, seconds=seconds)

    def _vacuous(self, question: SystemProperty) -> bool:
        premise = question.antecedent
        return premise is not None and not self.space.ever(premise)

    def _violated(self, question: SystemProperty) -> Verdict | None:
        """The verdict with a trace when a property of any kind but must-be-possible is violated."""
        space, formula = self.space, question.formula
        certificate: Certificate | None = None
        shown: Trace | None = None
        shortest = False
        match question.kind:
            case Kind.INVARIANT:
                bad = space.states(formula, holds=False)
                if bad.satisfiable():
                    shown, shortest = space.everybody.trace_to(bad)
            case Kind.STEP:
                steps = space.steps(formula, holds=False)
                if steps:
                    shown, shortest = space.everybody.trace_over(steps)
            case Kind.STAYS_POSSIBLE:
                lost = space.states(question.after) & ~space.can_reach(space.states(formula))
                if lost.satisfiable():
                    shown, shortest = space.everybody.trace_to(lost)
                    certificate = self.certificates.lost(shown.states[-1])
            case Kind.LEADS_TO:
                waiting = space.states(formula, holds=False)
                shown = self.fair.leads_to(waiting & space.states(question.after), waiting)
            case _:
                shown = self.fair.never_endless(space.steps(formula))
        if shown is None:
            return None
        return Verdict(question, Answer.VIOLATED, self.name, trace=shown, certificate=certificate, shortest=shortest)

    def _possible(self, question: SystemProperty) -> Verdict:
        """The verdict on what must be possible, with a witness or with what shows that there is none."""
        ours, formula = self.space.unaided, question.formula
        if speaks_of_step(formula):
            steps = self.space.steps(formula, among=ours.reached, moves=ours.moves)
            found = ours.trace_over(steps) if steps else None
        else:
            goal = ours.reached & self.space.formulas.truth(formula)
            found = ours.trace_to(goal) if goal.satisfiable() else None
        if found is None:
            return Verdict(question, Answer.VIOLATED, self.name, certificate=self.certificates.impossible(question))
        witness, shortest = found
        return Verdict(question, Answer.HOLDS, self.name, certificate=Witness(witness), shortest=shortest)

    def _certified(self, verdict: Verdict, together: Sequence[SystemProperty]) -> Verdict:
        began = time.monotonic()
        try:
            certificate = self.certificates.holds(verdict.property, together)
        except Uncertified as uncertified:
            reason = f"no violation was found, but {uncertified}"
            verdict = replace(verdict, answer=Answer.OPEN, reason=reason, vacuous=None)
        else:
            verdict = replace(verdict, certificate=certificate)
        return replace(verdict, seconds=verdict.seconds + time.monotonic() - began)
