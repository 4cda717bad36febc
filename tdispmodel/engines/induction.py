"""k-induction with z3, strengthened by invariants found automatically (Sheeran, Singh and Stalmarck, FMCAD 2000).

Given a system and invariants or step properties, it tries in this order, and stops for each question at the first
success: the properties are inductive together; they are with candidates mined from a few hundred reachable states
(`mining`, pruned to an inductive conjunction by `strengthening`); they are with clauses that exclude the states one
step before a violation (`blocking`); an invariant is k-inductive over paths that repeat no state.  In between a
bounded search goes on, so that violations are found, shortest first.

The certificates: an `InductiveInvariant` I is true in every start state, kept by every action, and implies the
invariant (for a step property: every enabled step out of a state that satisfies I satisfies the formula).  A
`KInduction` of length k with lemma L, for an invariant P: L is true in every start state and kept by every action; P
holds in every state reachable in at most k - 1 steps; and for all states s0, ..., sk, all satisfying L, with a step
from each to the next, all different from one another if ``simple_path``, P in s0, ..., s(k-1) implies P in sk.  A step
that would leave a range counts as impossible throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import z3

from tdispmodel.compiling.terms import Terms, Unsuitable
from tdispmodel.engines.blocking import Blocking
from tdispmodel.engines.bmc import Search
from tdispmodel.engines.mining import candidates, sampled
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.strengthening import Strengthening, parts
from tdispmodel.engines.unrolling import GaveUp, Unrolling
from tdispmodel.ir.expressions import Expression, conjunction
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Answer, Certificate, InductiveInvariant, KInduction, Verdict

DEFAULT_DEPTH = 60
EARLY_DEPTH = 10
LONGEST_PATH = 24
ROUNDS = ((14, 30), (18, 120), (24, 400))
"""Depths to search first, and how many clauses a question may then need."""


class Induction:
    """The engine ``induction``."""

    name = "induction"
    kinds = frozenset({Kind.INVARIANT, Kind.STEP})
    exhaustive = False

    def __init__(self, *, strengthening: bool = True) -> None:
        """Without ``strengthening`` it is plain k-induction: no lemmas but the properties themselves."""
        self.strengthening = strengthening

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield each verdict as soon as it is known."""
        mine = []
        for question in questions:
            if question.kind in self.kinds:
                mine.append(question)
            else:
                reason = f"induction decides invariant and step properties, not {question.kind.value}"
                yield Verdict(question, Answer.OPEN, self.name, reason=reason)
        if not mine:
            return
        try:
            attempt = _Attempt(system, mine, limits, self.name, progress)
        except Unsuitable as error:
            yield from (Verdict(question, Answer.OPEN, self.name, reason=str(error)) for question in mine)
            return
        yield from attempt.verdicts(strengthening=self.strengthening)


class _Attempt:
    """One run for several questions."""

    def __init__(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, engine: str, progress: Progress
    ) -> None:
        self.limits = limits
        self.engine = engine
        self.progress = progress
        self.terms = Terms(system)
        self.search = Search(self.terms, questions, limits, engine)
        self.lemmas = Strengthening(self.terms, limits)
        self.blocking = Blocking(self.lemmas)
        self.depth = DEFAULT_DEPTH if limits.depth is None else limits.depth

    def verdicts(self, *, strengthening: bool) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        reason = "no inductive invariant found"
        try:
            self.lemmas.strengthen(self.claims())
            yield from self.proven()
            if strengthening:
                yield from self.strengthened()
            yield from self.over_paths()
        except GaveUp as error:
            reason = str(error)
        yield from self.search.undecided(reason)

    def strengthened(self) -> Iterator[Verdict]:
        """Yield what mined candidates and then clauses on demand decide, searching deeper before each round."""
        yield from self.searched_to(EARLY_DEPTH)
        if self.search.open:
            yield from self.tried(self.mined, 0.3)
        for depth, most_clauses in ROUNDS:
            yield from self.searched_to(depth)
            for question in list(self.search.open.values()):
                if any(question is known for known in self.search.open.values()):
                    yield from self.tried(partial(self.blocked, question, most_clauses), 0.3)

    def searched_to(self, depth: int) -> Iterator[Verdict]:
        """Yield what a search down to ``depth`` decides."""
        yield from self.search.run(min(depth, self.depth), self.progress)

    def open(self, *kinds: Kind) -> list[SystemProperty]:
        """Return the open questions of some kinds."""
        return [question for question in self.search.open.values() if question.kind in kinds]

    def claims(self) -> list[Expression]:
        """Return the conjuncts of the open invariants."""
        return [part for question in self.open(Kind.INVARIANT) for part in parts(question.formula)]

    def tried(self, way: Callable[[Limits], None], share: float) -> Iterator[Verdict]:
        """Look for lemmas in some way with a share of the time left, then yield what they prove."""
        remaining = self.limits.remaining()
        part = self.limits
        if remaining is not None:
            part = replace(self.limits, seconds=self.limits.spent() + share * remaining)
        self.lemmas.limits = part
        try:
            way(part)
        except GaveUp:
            if self.limits.out_of_time():
                raise
        finally:
            self.lemmas.limits = self.limits
        yield from self.proven()

    def mined(self, limits: Limits) -> None:
        """Add what the mined candidates and the open invariants are worth together."""
        self.progress(f"{self.engine}: mining candidates for {len(self.search.open)} questions")
        guesses = candidates(self.terms.system, sampled(self.terms, limits))
        self.lemmas.strengthen([*guesses, *self.claims()])

    def blocked(self, question: SystemProperty, most_clauses: int, limits: Limits) -> None:
        """Add the clauses that exclude what leads to a violation."""
        self.progress(f"{self.engine}: excluding what leads to a violation of {question.name}")
        self.lemmas.strengthen(self.blocking.found(question, most_clauses, limits))

    def proven(self) -> Iterator[Verdict]:
        """Yield the verdicts of the questions that the lemmas prove."""
        for question in list(self.search.open.values()):
            invariant = self.lemmas.proof(question)
            if invariant is not None:
                yield self.held(question, InductiveInvariant(invariant))

    def held(self, question: SystemProperty, certificate: Certificate) -> Verdict:
        """Return the verdict and take the question off the list."""
        self.search.drop(question)
        return Verdict(question, Answer.HOLDS, self.engine, certificate=certificate, seconds=self.search.seconds())

    def over_paths(self) -> Iterator[Verdict]:
        """Try induction over longer and longer paths while searching as deep; then search on to the full depth."""
        paths = _Paths(self.terms, self.lemmas, self.limits, self.open(Kind.INVARIANT))
        while self.open(Kind.INVARIANT) and paths.length < min(LONGEST_PATH, self.depth + 1):
            paths.extend()
            yield from self.search.run(paths.length - 1, self.progress)
            self.progress(f"{self.engine}: induction over {paths.length} steps")
            for question in self.open(Kind.INVARIANT):
                certificate = paths.certificate(question)
                if certificate is not None and self.searched(certificate.length - 1):
                    yield self.held(question, certificate)
        yield from self.search.run(self.depth, self.progress)

    def searched(self, depth: int) -> bool:
        """Whether no open question is violated within so many steps."""
        return self.search.longest or (self.search.bound is not None and self.search.bound >= depth)


class _Paths:
    """Paths from anywhere that satisfy the lemmas and repeat no state, to try induction on."""

    def __init__(
        self, terms: Terms, lemmas: Strengthening, limits: Limits, questions: Sequence[SystemProperty]
    ) -> None:
        self.terms = terms
        self.lemmas = lemmas
        self.limits = limits
        self.unrolling = Unrolling(terms, limits, anywhere=True)
        # every question has a literal that stands for its formula in all states but the last
        self.formulas = {id(question): terms.formula(question.formula, static=True) for question in questions}
        self.before = {key: z3.FreshBool("before", terms.context) for key in self.formulas}
        self.chosen = list(lemmas.lemmas)
        self._assume()

    @property
    def length(self) -> int:
        """How many steps the paths have."""
        return self.unrolling.length

    def _assume(self) -> None:
        """Let the literals of the lemmas stand for them in the last state of the paths as well."""
        if self.chosen:
            now = [lemma.now for lemma in self.chosen]
            for lemma, term in zip(self.chosen, self.terms.at(now, self.length), strict=True):
                self.unrolling.solver.add(z3.Implies(lemma.chosen, term))

    def extend(self) -> None:
        """Make the paths one step longer: what was the last state now satisfies the properties."""
        for key, formula in self.formulas.items():
            self.unrolling.solver.add(z3.Implies(self.before[key], *self.terms.at([formula], self.length)))
        self.unrolling.extend()
        self._assume()
        last = self.terms.moment(self.length).flat
        for step in range(self.length):
            different = [one != other for one, other in zip(last, self.terms.moment(step).flat, strict=True)]
            self.unrolling.solver.add(z3.Or(*different) if different else self.terms.term(False))

    def certificate(self, question: SystemProperty) -> KInduction | None:
        """Return the certificate if the property in the last state follows from those before.  Raises `GaveUp`."""
        violated = z3.FreshBool("violated", self.terms.context)
        (formula,) = self.terms.at([self.formulas[id(question)]], self.length)
        solver = self.unrolling.solver
        solver.add(z3.Implies(violated, z3.Not(formula)))
        if self.unrolling.meets(violated, self.before[id(question)], *(lemma.chosen for lemma in self.chosen)):
            return None
        core = {literal.get_id() for literal in solver.unsat_core()}
        needed = self.lemmas.closed([lemma for lemma in self.chosen if lemma.chosen.get_id() in core])
        return KInduction(self.length, conjunction(*(lemma.expression for lemma in needed)), simple_path=True)
