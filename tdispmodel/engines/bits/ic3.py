"""IC3, also called property-directed reachability, at the bit level over a SAT solver.

After Bradley, "SAT-based model checking without unrolling", VMCAI 2011, and Een, Mishchenko and Brayton, "Efficient
implementation of property directed reachability", FMCAD 2011.  What differs: values of many-valued variables are bits
of their own (`numbering`); steps are taken backwards move by move without literals for the state after, so the
predecessors of a cube through a move are a cube without a search for one (`steps`); the property is not assumed in the
frames, so all questions share them (`frames`); and a lemma is learnt together with its images under exchanges of
devices that change nothing (`orbits`).

A question that holds has an inductive invariant as its certificate, a violated one the behaviour that was found, which
need not be a shortest one.  What goes on for ever is asked beside a watcher (`engines.watching`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tdispmodel.compiling.conditions import TooLarge
from tdispmodel.compiling.lowering import Lowered
from tdispmodel.engines.bits.bounded import BoundedBits
from tdispmodel.engines.bits.frames import Frames
from tdispmodel.engines.bits.invariants import Invariants
from tdispmodel.engines.bits.orbits import symmetry
from tdispmodel.engines.bits.questions import (
    FINITE,
    KINDS,
    behaviour,
    decided,
    leaving,
    moves_for,
    of_step,
    open_kind,
    parted,
    target,
    too_large,
)
from tdispmodel.engines.bits.search import Search
from tdispmodel.engines.bits.solver import Budget, GaveUp, ShareSpent
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.watching import proving, watcher
from tdispmodel.ir.expressions import negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step
from tdispmodel.verdict import Answer, InductiveInvariant, Verdict

FIRST_SECONDS, MORE = 2.0, 4
"""How long a question may take at first, and how many times that in the next round."""


class Ic3:
    """The engine ``ic3``."""

    name = "ic3"
    kinds = KINDS
    exhaustive = False

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield each verdict as soon as it is known."""
        yield from (open_kind(self.name, question) for question in questions if question.kind not in self.kinds)
        finite = [question for question in questions if question.kind in FINITE]
        endless = [question for question in questions if question.kind in watcher.KINDS]
        yield from self._finite(system, finite, leaving(limits, len(finite), len(endless)), progress)
        yield from proving.Deciding(self, BoundedBits()).verdicts(system, endless, limits, progress)

    def _finite(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress
    ) -> Iterator[Verdict]:
        if not questions:
            return
        try:
            lowered = Lowered(system)
        except TooLarge as error:
            yield from (too_large(self.name, question, error) for question in questions)
            return
        for together, share in parted(questions, limits):
            yield from _Run(lowered, together, share, self.name, progress).verdicts()


class _Run:
    """One run for questions about the same moves.

    Each question gets a little time, those that stay open then more, so that a hard one does not starve the others.
    """

    def __init__(
        self, lowered: Lowered, questions: Sequence[SystemProperty], limits: Limits, engine: str, progress: Progress
    ) -> None:
        self.lowered = lowered
        self.questions = questions
        self.limits = limits
        self.engine = engine
        self.progress = progress
        self.moves = moves_for(lowered, questions[0])
        self.budget = Budget(limits)

    def verdicts(self) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        try:
            self.frames = Frames(self.lowered, self.moves, symmetry(self.lowered, self.moves), self.budget)
            self.invariants = Invariants(self.lowered, self.frames)
        except GaveUp as error:
            yield from (Verdict(question, Answer.OPEN, self.engine, reason=str(error)) for question in self.questions)
            return
        spent = dict.fromkeys(range(len(self.questions)), 0.0)
        share = FIRST_SECONDS
        while spent:
            for number in list(spent):
                begun = self.limits.spent()
                self.budget.until = begun + share
                try:
                    verdict = self._verdict(self.questions[number])
                except ShareSpent:
                    spent[number] += self.limits.spent() - begun
                    continue
                yield replace(verdict, seconds=spent.pop(number) + self.limits.spent() - begun)
            share *= MORE

    def _verdict(self, question: SystemProperty) -> Verdict:
        """Return the verdict on one question; open when the limits are reached.  Raises `ShareSpent`."""
        engine = self.engine
        search = Search(self.lowered, self.frames, lambda text: self.progress(f"{engine}: {question.name}: {text}"))
        try:
            met = target(self.lowered, self.moves, question)
            path = search.path(met)
            if path is not None:
                trace = behaviour(met, self.lowered, path)
                shortest = len(path) - 1 == (0 if search.level is None else search.level + 1)
                return decided(engine, question, trace, 0.0, shortest=shortest)
            invariant = self.invariants.excluding(self.frames.literal(met.condition))
            vacuous = self._vacuous(question, search)
        except TooLarge as error:
            return too_large(engine, question, error)
        except ShareSpent:
            raise
        except GaveUp as error:
            bound = None if search.level is None else search.level + of_step(question)
            found = "" if bound is None else f"; nothing found within {bound} steps"
            return Verdict(question, Answer.OPEN, engine, reason=f"{error}{found}", bound=bound)
        answer = Answer.VIOLATED if question.kind is Kind.MUST_BE_POSSIBLE else Answer.HOLDS
        return Verdict(question, answer, engine, vacuous=vacuous, certificate=InductiveInvariant(invariant))

    def _vacuous(self, question: SystemProperty, search: Search) -> bool | None:
        """Return whether the premise of a question that holds never comes true, None when that is not known.

        What must be possible is searched without the host, but its premise may need the host.
        """
        premise = question.antecedent
        if premise is None or question.kind is Kind.MUST_BE_POSSIBLE:
            return None
        kind = Kind.STEP if speaks_of_step(premise) else Kind.INVARIANT
        never = SystemProperty(question.name, question.code, kind, negation(premise))
        try:
            return search.path(target(self.lowered, self.moves, never)) is None
        except (GaveUp, TooLarge):
            return None
