"""Inductive invariants of a system: which candidates survive, what they prove, and as few of them as needed.

Given the terms of a system, `Strengthening` keeps a list of lemmas that are true in every start state and together
kept by every step.  Candidates become lemmas only through `strengthen`, which finds the largest part of them that may
be added (Houdini: Flanagan and Leino, FME 2001); so a lemma is sound wherever a candidate came from.  `proof` says
whether the lemmas exclude what a question forbids, and gives a small inductive invariant that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import z3

from tdispmodel.compiling.terms import Terms
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.unrolling import satisfiable, solver_for, target
from tdispmodel.ir.expressions import TRUE, And, Expression, conjunction
from tdispmodel.ir.system import SystemProperty
from tdispmodel.semantics.meaning import Semantics

FEW = 40
"""Up to so many lemmas, a proof is tried without each of them."""


@dataclass(frozen=True)
class Lemma:
    """A state predicate with its terms; ``chosen`` is the literal that assumes it before the step, ``broken`` the one
    that denies it after the step.
    """

    expression: Expression
    now: z3.BoolRef
    after: z3.BoolRef
    chosen: z3.BoolRef
    broken: z3.BoolRef


class Strengthening:
    """The lemmas known of one system, and the solvers that tell."""

    def __init__(self, terms: Terms, limits: Limits) -> None:
        self.terms = terms
        self.limits = limits
        self.semantics = Semantics(terms.system)
        self.lemmas: list[Lemma] = []
        self.starts, self.states, self.steps = (solver_for(terms, limits) for _ in range(3))
        self.starts.add(terms.initial)
        self.states.add(terms.domain)
        self.steps.add(terms.domain, terms.transition)
        self._known: dict[Expression, Lemma] = {}
        self._by_literal: dict[int, Lemma] = {}

    def lemma(self, candidates: Iterable[Expression]) -> list[Lemma]:
        """Return candidates with their terms, known to the solvers but assumed by none."""
        wanted = list(dict.fromkeys(candidates))
        fresh = [candidate for candidate in wanted if candidate not in self._known]
        now = [self.terms.formula(candidate, static=True) for candidate in fresh]
        after = self.terms.primed(z3.And(*now, z3.BoolVal(True, self.terms.context))).children() if now else []
        for candidate, before, later in zip(fresh, now, after, strict=False):
            chosen = z3.FreshBool("chosen", self.terms.context)
            broken = z3.FreshBool("broken", self.terms.context)
            self.states.add(z3.Implies(chosen, before))
            self.steps.add(z3.Implies(chosen, before), z3.Implies(broken, z3.Not(later)))
            self._known[candidate] = self._by_literal[chosen.get_id()] = Lemma(candidate, before, later, chosen, broken)
        return [self._known[candidate] for candidate in wanted]

    # --- which candidates become lemmas -------------------------------------------------------------------------------

    def strengthen(self, candidates: Iterable[Expression]) -> bool:
        """Add the largest part of the candidates with which the lemmas stay inductive; return whether one was added.

        Raises `GaveUp` (then nothing was added).
        """
        proven = {lemma.chosen.get_id() for lemma in self.lemmas}
        fresh = [lemma for lemma in self.lemma(candidates) if lemma.chosen.get_id() not in proven]
        kept = self._survivors_of_steps(self._survivors_of_starts(fresh))
        self.lemmas += kept
        return bool(kept)

    def _survivors_of_starts(self, kept: list[Lemma]) -> list[Lemma]:
        while kept:
            wrong = self._one_of(self.starts, [z3.Not(lemma.now) for lemma in kept])
            if not satisfiable(self.starts, self.limits, wrong):
                break
            kept = self._true_in(kept, self.starts.model(), after=False)
        return kept

    def _survivors_of_steps(self, kept: list[Lemma]) -> list[Lemma]:
        while kept:
            wrong = self._one_of(self.steps, [lemma.broken for lemma in kept])
            assumed = [lemma.chosen for lemma in (*self.lemmas, *kept)]
            if not satisfiable(self.steps, self.limits, wrong, *assumed):
                break
            kept = self._true_in(kept, self.steps.model(), after=True)
        return kept

    def _one_of(self, solver: z3.Solver, conditions: Sequence[z3.BoolRef]) -> z3.BoolRef:
        literal = z3.FreshBool("wrong", self.terms.context)
        solver.add(z3.Implies(literal, z3.Or(*conditions)))
        return literal

    def _true_in(self, kept: list[Lemma], model: z3.ModelRef, *, after: bool) -> list[Lemma]:
        state = self.terms.state(model, self.terms.after if after else self.terms.now)
        true = [lemma for lemma in kept if self.semantics.holds(lemma.expression, state)]
        if len(true) == len(kept):
            message = "the solver broke no candidate in the state that it gave"
            raise AssertionError(message)
        return true

    # --- what the lemmas prove ----------------------------------------------------------------------------------------

    def proof(self, question: SystemProperty) -> Expression | None:
        """Return a small inductive invariant that excludes what the question forbids (or, for must-be-possible, asks
        for); None when the lemmas do not.  Raises `GaveUp`.
        """
        term, about_step = target(self.terms, question)
        solver = self.steps if about_step else self.states
        forbidden = self._one_of(solver, [term])
        needed = self._core(solver, self.lemmas, forbidden)
        if needed is None:
            return None
        return conjunction(*(lemma.expression for lemma in self._fewer(self.closed(needed), solver, forbidden)))

    def _core(self, solver: z3.Solver, assumed: Sequence[Lemma], *literals: z3.BoolRef) -> list[Lemma] | None:
        """The lemmas out of ``assumed`` that contradict the literals; None when they do not."""
        if satisfiable(solver, self.limits, *literals, *(lemma.chosen for lemma in assumed)):
            return None
        core = {literal.get_id() for literal in solver.unsat_core()}
        return [lemma for lemma in assumed if lemma.chosen.get_id() in core]

    def closed(self, wanted: Sequence[Lemma]) -> list[Lemma]:
        """Return ``wanted`` with the further lemmas that are needed for all of them to be inductive together."""
        needed = list(wanted)
        for lemma in needed:  # grows while it is walked
            if self._core(self.steps, needed, lemma.broken) is None:
                more = self._core(self.steps, self.lemmas, lemma.broken)
                if more is None:
                    message = "a lemma is not kept by the lemmas"
                    raise AssertionError(message)
                needed += [known for known in more if known not in needed]
        return needed

    def _fewer(self, needed: list[Lemma], solver: z3.Solver, forbidden: z3.BoolRef) -> list[Lemma]:
        """The lemmas without those whose absence the proof survives."""
        if len(needed) > FEW:
            return needed
        for lemma in list(needed):
            rest = [known for known in needed if known is not lemma]
            if self._core(solver, rest, forbidden) is not None and self._inductive(rest):
                needed = rest
        return needed

    def _inductive(self, lemmas: list[Lemma]) -> bool:
        if not lemmas:
            return True
        wrong = self._one_of(self.steps, [lemma.broken for lemma in lemmas])
        return self._core(self.steps, lemmas, wrong) is not None


def parts(expression: Expression) -> tuple[Expression, ...]:
    """Return the conjuncts of a formula, so that each may become a lemma of its own."""
    return expression.operands if isinstance(expression, And) else () if expression == TRUE else (expression,)
