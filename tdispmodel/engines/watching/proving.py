"""Leads-to and never-endless decided by engines for invariants, by way of a watcher that notes as little as it can.

At first the watcher notes nothing, and sees something at once.  What it sees contains a fair loop, which decides the
question; or some fair actions were neglected, which become duties; or else it goes round more often, as in k-liveness
(Claessen and Sorensson, "A liveness checking algorithm that counts", FMCAD 2012).  That what was seen for want of notes
says what to note is the refinement of Clarke, Grumberg, Jha, Lu and Veith, "Counterexample-guided abstraction
refinement", CAV 2000.  Loops are looked for by bounded search beside a watcher that notes everything (Biere, Artho and
Schuppan, "Liveness checking as safety checking", FMICS 2002).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tdispmodel.engines.protocol import Engine, Limits, Progress
from tdispmodel.engines.watching.loops import Seen
from tdispmodel.engines.watching.watcher import Notes, Watched, everything
from tdispmodel.ir.expressions import negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Answer, InductiveInvariant, NothingSeen, Verdict

FIRST_SECONDS, MORE = 4.0, 4
"""How long a question may take at first, and how many times that in the next round."""
FINDING = 0.25
"""The share of it for looking for a loop by bounded search."""
OWN_STEPS = 2
"""The steps that a watcher with one round takes at most."""


def found(
    finder: Engine, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress
) -> Iterator[Verdict]:
    """Yield one verdict per question of `KINDS`: violated, or open, by a bounded search for loops.

    ``limits.depth`` is the number of steps of stem and loop together.
    """
    semantics = Semantics(system)
    for place, question in enumerate(questions):
        remaining = limits.remaining()
        share = None if remaining is None else remaining / (len(questions) - place)
        yield _found(finder, semantics, question, Limits(share, limits.memory, limits.depth), progress)


def _found(
    finder: Engine, semantics: Semantics, question: SystemProperty, limits: Limits, progress: Progress
) -> Verdict:
    """The verdict of a bounded search for a loop of at most ``limits.depth`` steps, with the stem."""
    begun = time.monotonic()
    watched = Watched(semantics.system, question, everything(semantics.system))
    depth = None if limits.depth is None else limits.depth + OWN_STEPS
    (verdict,) = finder.answer(watched.system, [watched.nothing_seen], replace(limits, depth=depth), progress)
    spent = time.monotonic() - begun
    if verdict.trace is None:
        bound = None if verdict.bound is None or verdict.bound < OWN_STEPS else verdict.bound - OWN_STEPS
        reason = verdict.reason if bound is None else f"no loop found within {bound} steps, the way there included"
        return Verdict(question, Answer.OPEN, finder.name, reason=reason, bound=bound, seconds=spent)
    lasso = Seen(semantics, question, verdict.trace).lasso()
    if lasso is None:
        message = f"{question.name}: what the watcher saw is no fair loop"
        raise AssertionError(message)
    return Verdict(question, Answer.VIOLATED, finder.name, trace=lasso, seconds=spent)


@dataclass(frozen=True)
class Deciding:
    """Two engines that together decide what goes on for ever.

    ``prover`` proves invariants or violates them; ``finder`` searches all behaviours of so many steps.
    """

    prover: Engine
    finder: Engine

    def verdicts(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress
    ) -> Iterator[Verdict]:
        """Yield one verdict per question of `KINDS`, with a certificate or a lasso, or open when limits are reached."""
        semantics = Semantics(system)
        waiting = [_Attempts(self, semantics, question, progress) for question in questions]
        share = FIRST_SECONDS
        while waiting:
            for one in list(waiting):
                remaining = limits.remaining()
                seconds = share if remaining is None else min(share, remaining)
                verdict = one.within(Limits(seconds, limits.memory))
                if verdict.answer is not Answer.OPEN or one.hopeless or limits.out_of_time():
                    waiting.remove(one)
                    yield verdict
            share *= MORE


class _Attempts:
    """One question, and how much the watcher has come to note.

    ``hopeless`` says that more time would not help.
    """

    def __init__(self, by: Deciding, semantics: Semantics, question: SystemProperty, progress: Progress) -> None:
        self.prover, self.finder = by.prover, by.finder
        self.semantics = semantics
        self.question = question
        self.progress = progress
        self.notes = Notes()
        self.seconds = 0.0
        self.hopeless = False

    def within(self, limits: Limits) -> Verdict:
        """Return the verdict that is found within the limits."""
        verdict = self._decided(limits)
        self.seconds += limits.spent()
        return replace(verdict, engine=self.prover.name, seconds=self.seconds)

    def _decided(self, limits: Limits) -> Verdict:
        verdict = self._step(limits)
        finding = Limits((limits.remaining() or 0.0) * FINDING, limits.memory)
        if verdict is None:
            lasso = _found(self.finder, self.semantics, self.question, finding, self.progress)
            verdict = lasso if lasso.answer is Answer.VIOLATED else None
        while verdict is None:
            verdict = self._step(limits)
        return verdict

    def _step(self, limits: Limits) -> Verdict | None:
        """Ask beside the watcher as it is; None when it has come to note more."""
        system, notes = self.semantics.system, self.notes
        watched = Watched(system, self.question, notes)
        words = f"{len(notes.duties)} duties, {notes.rounds} rounds"
        self.progress(f"{self.prover.name}: {self.question.name}: a watcher with {words}")
        rest = Limits(limits.remaining(), limits.memory)
        (verdict,) = self.prover.answer(watched.system, [watched.nothing_seen], rest, self.progress)
        match verdict.certificate:
            case InductiveInvariant(invariant):
                certificate = NothingSeen(notes.saves, notes.duties, notes.rounds, invariant)
                vacuous = self._vacuous(limits)
                return Verdict(self.question, Answer.HOLDS, "", vacuous=vacuous, certificate=certificate)
        if verdict.trace is None:
            self.hopeless = not limits.out_of_time()
            reason = f"beside a watcher with {words}: {verdict.reason}"
            return Verdict(self.question, Answer.OPEN, "", reason=reason)
        seen = Seen(self.semantics, self.question, verdict.trace)
        lasso = seen.lasso()
        if lasso is not None:
            return Verdict(self.question, Answer.VIOLATED, "", trace=lasso)
        fresh = tuple(name for name in seen.neglected() if name not in notes.duties)
        if fresh:
            self.notes = replace(notes, duties=(*notes.duties, *fresh))
        else:
            self.notes = replace(notes, rounds=2 * notes.rounds)
        return None

    def _vacuous(self, limits: Limits) -> bool | None:
        """Whether the premise never comes true, None when that is not known."""
        premise = self.question.antecedent
        if premise is None:
            return None
        kind = Kind.STEP if speaks_of_step(premise) else Kind.INVARIANT
        never = SystemProperty(self.question.name, self.question.code, kind, negation(premise))
        rest = Limits(limits.remaining(), limits.memory)
        (verdict,) = self.prover.answer(self.semantics.system, [never], rest, self.progress)
        return None if verdict.answer is Answer.OPEN else verdict.answer is Answer.HOLDS
