"""Bounded search with z3: is there a violation, or a witness, within so many steps (Biere and others, TACAS 1999).

Given a system and questions about states and steps, it unrolls the system depth by depth for all questions together,
so the first trace found for a question is a shortest one (a witness: among those without a step of the host).  It
refutes and witnesses; it never proves: what was not found is open with the bound up to which nothing was found.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import z3

from tdispmodel.compiling.terms import Terms, Unsuitable
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.unrolling import GaveUp, Unrolling, of_step, target
from tdispmodel.ir.expressions import Actor
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.semantics.meaning import Semantics
from tdispmodel.verdict import Answer, Trace, Verdict, Witness

DEFAULT_DEPTH = 60


class BoundedSearch:
    """The engine ``bmc``."""

    name = "bmc"
    kinds = frozenset({Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE})
    exhaustive = False

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield each verdict as soon as it is known: violated or witnessed, or open with the bound."""
        mine = []
        for question in questions:
            if question.kind in self.kinds:
                mine.append(question)
            else:
                reason = f"bmc decides invariant, step and must_be_possible properties, not {question.kind.value}"
                yield Verdict(question, Answer.OPEN, self.name, reason=reason)
        depth = DEFAULT_DEPTH if limits.depth is None else limits.depth
        if not mine:
            return
        try:
            search = Search(Terms(system), mine, limits, self.name)
        except Unsuitable as error:
            yield from (Verdict(question, Answer.OPEN, self.name, reason=str(error)) for question in mine)
            return
        reason = ""
        try:
            yield from search.run(depth, progress)
        except GaveUp as error:
            reason = str(error)
        yield from search.undecided(reason)


class Search:
    """One bounded search for several questions, depth by depth.

    ``open`` are the questions not yet decided, ``bound`` is the depth up to which nothing (more) was found, ``longest``
    says that no behaviour is longer than that.  Raises `Unsuitable` when it is made.
    """

    def __init__(self, terms: Terms, questions: Sequence[SystemProperty], limits: Limits, engine: str) -> None:
        self.terms = terms
        self.open = dict(enumerate(questions))
        self.engine = engine
        self.semantics = Semantics(terms.system)
        self.bound: int | None = None
        self.longest = False
        self.begun = time.monotonic()
        self._targets = {position: target(terms, question) for position, question in self.open.items()}
        self._paths = Unrolling(terms, limits)

    def advance(self) -> Iterator[Verdict]:
        """Search one depth further and yield the verdicts found there.  Raises `GaveUp`."""
        paths = self._paths
        if self.bound is not None and paths.length == self.bound:
            paths.extend()
        ends = dict(zip(self.open, paths.ends([self._targets[position] for position in self.open]), strict=True))
        ends |= {
            position: z3.And(end, paths.unaided)
            for position, end in ends.items()
            if self.open[position].kind is Kind.MUST_BE_POSSIBLE
        }
        while self.open and paths.meets_one_of([ends[position] for position in self.open]):
            yield from self.read_off(paths.trace())
        if self.open:
            self.longest = paths.exhausted()
            paths.solver.add(*(z3.Not(ends[position]) for position in self.open))
            self.bound = max(0, paths.length - 1) if self.longest else paths.length

    def run(self, depth: int | None, progress: Progress) -> Iterator[Verdict]:
        """Search down to ``depth`` and yield the verdicts found; ends early when nothing is open or can be found."""
        while self.open and not self.longest and (self.bound is None or depth is None or self.bound < depth):
            yield from self.advance()
            progress(f"{self.engine}: nothing within {self.bound} steps, {len(self.open)} questions open")

    def drop(self, question: SystemProperty) -> None:
        """Take a question off the list (once, if it was asked twice), because something else decided it."""
        del self.open[next(position for position, known in self.open.items() if known is question)]

    def undecided(self, reason: str) -> Iterator[Verdict]:
        """Yield an open verdict for every question still open, with the reason and what the search knows."""
        if self.bound is not None:
            longer = ", and no behaviour is longer" if self.longest else ""
            reason = "; ".join([*([reason] if reason else []), f"nothing found within {self.bound} steps{longer}"])
        for question in self.open.values():
            yield Verdict(question, Answer.OPEN, self.engine, reason=reason, bound=self.bound, seconds=self.seconds())

    def read_off(self, trace: Trace) -> list[Verdict]:
        """Return the verdicts that a trace gives, and take their questions off the list."""
        met = [position for position, question in self.open.items() if self.meets(question, trace)]
        if not met:
            message = f"the solver's trace of {len(trace)} steps decides nothing"
            raise AssertionError(message)
        return [self.verdict(self.open.pop(position), trace) for position in met]

    def meets(self, question: SystemProperty, trace: Trace) -> bool:
        """Whether the end of the trace violates the question, or is its witness."""
        wanted = question.kind is Kind.MUST_BE_POSSIBLE
        states = trace.states
        if wanted and any(self.terms.system.by_name[name].actor is Actor.HOST for name, _ in trace.steps):
            return False
        if not of_step(question):
            return self.semantics.holds(question.formula, states[-1]) is wanted
        if not trace.steps:
            return False
        return self.semantics.holds(question.formula, states[-2], states[-1], trace.steps[-1][0]) is wanted

    def verdict(self, question: SystemProperty, trace: Trace) -> Verdict:
        """Return the verdict of a question that the trace decides."""
        if question.kind is Kind.MUST_BE_POSSIBLE:
            return Verdict(
                question, Answer.HOLDS, self.engine, shortest=True, certificate=Witness(trace), seconds=self.seconds()
            )
        return Verdict(question, Answer.VIOLATED, self.engine, trace=trace, shortest=True, seconds=self.seconds())

    def seconds(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self.begun
