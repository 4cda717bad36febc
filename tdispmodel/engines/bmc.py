"""Bounded search with z3: is there a violation, or a witness, within so many steps (Biere and others, TACAS 1999).

Given a system and questions about states and steps, it unrolls the system depth by depth for all questions together,
so the first trace found for a question is a shortest one.  It refutes and witnesses; it never proves: what was not
found is open with the bound up to which nothing was found.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from tdispmodel.compiling.terms import Terms, Unsuitable
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.unrolling import GaveUp, Unrolling, of_step, target
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
        if mine:
            yield from Search(system, mine, limits, self.name, progress).verdicts(depth)


class Search:
    """One bounded search for several questions.  ``bound`` is the depth up to which nothing (more) was found."""

    def __init__(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, engine: str, progress: Progress
    ) -> None:
        self.system = system
        self.open = dict(enumerate(questions))
        self.limits = limits
        self.engine = engine
        self.progress = progress
        self.semantics = Semantics(system)
        self.bound: int | None = None
        self.begun = time.monotonic()

    def verdicts(self, depth: int) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        reason = f"nothing found within {depth} steps"
        try:
            yield from self.decided(depth)
            if self.bound is not None and self.bound < depth:
                reason = f"nothing found within {self.bound} steps, and no behaviour is longer"
        except (GaveUp, Unsuitable) as error:
            reason = str(error) if self.bound is None else f"{error}; nothing found within {self.bound} steps"
        for question in self.open.values():
            yield Verdict(question, Answer.OPEN, self.engine, reason=reason, bound=self.bound, seconds=self.seconds())

    def decided(self, depth: int | None) -> Iterator[Verdict]:
        """Yield the verdicts that a search down to ``depth`` decides; the other questions stay ``open``.

        Ends early when nothing is open or no behaviour is longer.  Raises `GaveUp` and `Unsuitable`.
        """
        terms = Terms(self.system)
        targets = {position: target(terms, question) for position, question in self.open.items()}
        paths = Unrolling(terms, self.limits)
        while self.open:
            ends = dict(zip(self.open, paths.ends([targets[position] for position in self.open]), strict=True))
            while self.open and paths.meets_one_of([ends[position] for position in self.open]):
                yield from self.read_off(paths.trace())
            if not self.open:
                return
            longest = paths.exhausted()
            self.bound = paths.length
            self.progress(f"{self.engine}: nothing within {paths.length} steps, {len(self.open)} questions open")
            if longest or paths.length == depth:
                return
            paths.solver.add(*(terms.term(terms.negation(ends[position])) for position in self.open))
            paths.extend()

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
