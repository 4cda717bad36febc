"""Property-directed reachability by z3's Spacer (Komuravelli, Gurfinkel and Chaki, CAV 2014).

Given a system and invariants, step or must-be-possible properties, it searches a few steps deep for violations and
witnesses, then asks Spacer whether the rest can be reached at all.  Spacer's answer is not believed: its invariant
is read back into a formula, checked anew to be inductive by another solver on another encoding, and made smaller;
when Spacer says reachable, a bounded search must find the trace.  What cannot be confirmed so is open.

One rule describes all actions together: one rule per action costs Spacer ten times the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import z3

from tdispmodel.compiling.readback import Readback
from tdispmodel.compiling.terms import Terms, Unsuitable
from tdispmodel.engines.bmc import Search
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.strengthening import Strengthening, parts
from tdispmodel.engines.unrolling import LONGEST_CHECK, GaveUp, target, why
from tdispmodel.ir.expressions import FALSE, Expression
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Answer, InductiveInvariant, Verdict

EARLY_DEPTH, MORE_DEPTH = 14, 6
FIRST_SECONDS, MORE_SECONDS = 2.0, 3.0
"""How deep to search first and how much deeper each time; how long Spacer has, and how many times that next time."""
SETTINGS = {
    "engine": "spacer",
    "spacer.random_seed": 0,
    # the rules stay as they are written, so that the invariant speaks of the variables that were declared
    "xform.slice": False,
    "xform.inline_linear": False,
    "xform.inline_eager": False,
}


class Pdr:
    """The engine ``pdr``."""

    name = "pdr"
    kinds = frozenset({Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE})
    exhaustive = False

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield each verdict as soon as it is known."""
        mine = []
        for question in questions:
            if question.kind in self.kinds:
                mine.append(question)
            else:
                reason = f"pdr decides invariant, step and must_be_possible properties, not {question.kind.value}"
                yield Verdict(question, Answer.OPEN, self.name, reason=reason)
        possible = [question for question in mine if question.kind is Kind.MUST_BE_POSSIBLE]
        always = [question for question in mine if question.kind is not Kind.MUST_BE_POSSIBLE]
        if always:
            seconds = limits.seconds
            if seconds is not None:
                spent = limits.spent()
                seconds = spent + (seconds - spent) * len(always) / len(mine)
            yield from self._attempt(system, always, replace(limits, seconds=seconds), progress)
        if possible:
            yield from self._attempt(system.unaided, possible, limits, progress)

    def _attempt(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress
    ) -> Iterator[Verdict]:
        try:
            terms = Terms(system)
            search = Search(terms, questions, limits, self.name)
        except Unsuitable as error:
            yield from (Verdict(question, Answer.OPEN, self.name, reason=str(error)) for question in questions)
            return
        yield from _Attempt(terms, search, limits, progress).verdicts()


class _Attempt:
    """One run for several questions.

    Spacer and the bounded search take turns, each with more to spend every time: Spacer is quick at proofs and slow at
    deep violations.  ``settled`` are the questions of which Spacer need not be asked again, and why they stay open.
    """

    def __init__(self, terms: Terms, search: Search, limits: Limits, progress: Progress) -> None:
        self.search = search
        self.limits = limits
        self.progress = progress
        self.lemmas = Strengthening(terms, limits)
        self.spacer = Spacer(terms.system)
        self.settled: dict[int, str] = {}
        self.reachable: list[SystemProperty] = []

    def verdicts(self) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        depth, seconds = EARLY_DEPTH, FIRST_SECONDS
        reason = ""
        try:
            while self.unsettled():
                yield from self.search.run(
                    depth if self.limits.depth is None else min(depth, self.limits.depth), self.progress
                )
                for question in self.unsettled():
                    yield from self.asked(question, seconds)
                depth, seconds = depth + MORE_DEPTH, seconds * MORE_SECONDS
            yield from self.traced()
        except GaveUp as error:
            reason = str(error)
        yield from self.undecided(reason)

    def unsettled(self) -> list[SystemProperty]:
        """Return the open questions to ask Spacer."""
        return [question for question in self.search.open.values() if id(question) not in self.settled]

    def asked(self, question: SystemProperty, seconds: float) -> Iterator[Verdict]:
        """Ask Spacer one question for so long, and yield its verdict if it is confirmed."""
        self.progress(f"{self.search.engine}: {question.name}, {len(self.search.open)} questions open")
        end = self.limits.spent() + seconds
        part = replace(self.limits, seconds=end if self.limits.seconds is None else min(end, self.limits.seconds))
        try:
            invariant = self.lemmas.proof(question) if self.lemmas.lemmas else None
            if invariant is None:
                found = self.spacer.asked(question, part)
                if found is None:
                    self.reachable.append(question)
                    self.settled[id(question)] = "Spacer says that it can be reached, but no trace was found"
                    return
                # without a start state Spacer's invariant says nothing; then false is one
                self.lemmas.strengthen([*parts(found), FALSE])
                invariant = self.lemmas.proof(question)
        except GaveUp:
            if self.limits.out_of_time():
                raise
            return
        except Unsuitable as error:
            self.settled[id(question)] = str(error)
            return
        if invariant is None:
            self.settled[id(question)] = "Spacer's invariant could not be confirmed"
            return
        self.search.drop(question)
        answer = Answer.VIOLATED if question.kind is Kind.MUST_BE_POSSIBLE else Answer.HOLDS
        certificate = InductiveInvariant(invariant)
        yield Verdict(question, answer, self.search.engine, certificate=certificate, seconds=self.search.seconds())

    def traced(self) -> Iterator[Verdict]:
        """Yield the traces of what Spacer says can be reached, searching as deep as it takes within the limits."""
        kept = self.search.open
        reachable = {id(question) for question in self.reachable}
        self.search.open = {position: known for position, known in kept.items() if id(known) in reachable}
        try:
            yield from self.search.run(self.limits.depth, self.progress)
        finally:
            self.search.open |= {position: known for position, known in kept.items() if id(known) not in reachable}

    def undecided(self, reason: str) -> Iterator[Verdict]:
        """Yield an open verdict for every question still open, each with its own reason."""
        for verdict in self.search.undecided(reason):
            own = self.settled.get(id(verdict.property))
            yield replace(verdict, reason=f"{own}; {verdict.reason}" if verdict.reason else own) if own else verdict


class Spacer:
    """Spacer, to be asked about one system."""

    def __init__(self, system: System) -> None:
        self.system = system
        self._terms: Terms | None = None

    def asked(self, question: SystemProperty, limits: Limits) -> Expression | None:
        """Return what Spacer says is always true and excludes what decides the question; None when that can be reached.

        Raises `GaveUp` and `Unsuitable`, and KeyboardInterrupt when the user interrupted it.
        """
        terms = self._terms or Terms(self.system, mathematical=True)
        self._terms = None  # a context in which a search was cut off is not used again
        if limits.out_of_time():
            raise GaveUp(why("timeout", limits))
        rules, state, met = self._rules(terms, question)
        remaining = limits.remaining()
        rules.set("timeout", LONGEST_CHECK if remaining is None else max(1, int(remaining * 1000)))
        try:
            answer = rules.query(met)
            if answer == z3.unknown:
                raise GaveUp(why(rules.reason_unknown(), limits))
            found = rules.get_cover_delta(-1, state) if answer == z3.unsat else None
        except z3.Z3Exception as error:
            raise GaveUp(why(str(error), limits)) from error
        self._terms = terms
        if found is None:
            return None
        return Readback(terms).expression(z3.substitute_vars(found, *terms.now.flat))

    def _rules(self, terms: Terms, question: SystemProperty) -> tuple[z3.Fixedpoint, z3.FuncDeclRef, z3.FuncDeclRef]:
        """The rules of the system and of one question: which states are reached, and whether it is met."""
        truth = z3.BoolSort(terms.context)
        state = z3.Function("state", *(slot.sort() for slot in terms.now.flat), truth)
        met = z3.Function("met", truth)
        rules = z3.Fixedpoint(ctx=terms.context)
        rules.set(**SETTINGS)
        rules.register_relation(state, met)
        rules.declare_var(*terms.now.flat, *terms.after.flat, *terms.taken)
        term, about_step = target(terms, question)
        rules.rule(state(*terms.now.flat), terms.initial)
        rules.rule(state(*terms.after.flat), [state(*terms.now.flat), terms.transition])
        rules.rule(met(), [state(*terms.now.flat), term, *([terms.transition] if about_step else [])])
        return rules, state, met
