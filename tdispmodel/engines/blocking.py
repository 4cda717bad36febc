"""Lemmas found on demand: why a state that leads to a violation is not reachable.

Given lemmas and a question that they do not prove, `blocking` takes the state from which the violation would be one
step away and looks for a clause that excludes it and that no step leads out of; where a predecessor stands in the way,
that one is excluded first (after Bradley and Manna, FMCAD 2007, with one frame for all times instead of IC3's many).
What it gives are candidates: `Strengthening.strengthen` decides which of them are inductive.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import z3

from tdispmodel.compiling.terms import Terms
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.strengthening import Lemma, Strengthening
from tdispmodel.engines.unrolling import satisfiable, target
from tdispmodel.ir.expressions import (
    AtMost,
    Boolean,
    Bounded,
    Equal,
    Expression,
    Literal,
    Read,
    disjunction,
    negation,
    number,
)
from tdispmodel.ir.system import State, System, SystemProperty

FEW_VALUES = 4


class Blocking:
    """The search for clauses that one question needs."""

    def __init__(self, known: Strengthening, question: SystemProperty, limits: Limits) -> None:
        self.known = known
        self.terms: Terms = known.terms
        self.limits = limits
        self.question = question
        self.clauses: list[Lemma] = []
        self.assumed: list[Lemma] = []
        term, about_step = target(self.terms, question)
        self.bad = z3.FreshBool("bad", self.terms.context)
        if about_step:
            known.steps.add(z3.Implies(self.bad, term))
        else:
            self.assumed = known.lemma([question.formula])
            known.steps.add(z3.Implies(self.bad, self.assumed[0].broken))

    def found(self, most_clauses: int) -> list[Expression]:
        """Return clauses with which the question may be inductive.  Raises `GaveUp`.

        When a start state leads to a violation, or more clauses would be needed, it gives what it has.
        """
        while len(self.clauses) < most_clauses:
            state = self._before(self.bad)
            if state is None or not self._excluded(state, most_clauses):
                break
        return [lemma.expression for lemma in (*self.clauses, *self.assumed)]

    def _excluded(self, state: State, most_clauses: int) -> bool:
        """Exclude a state, after whatever leads to it; False when a start state is among them."""
        waiting = [self._cube(state)]
        denied: list[Lemma] = self.known.lemma([_clause(cube) for cube in waiting])
        while waiting and len(self.clauses) < most_clauses:
            cube = waiting[-1]
            if self._starts_in(cube):
                return False
            before = self._before(*self._afterwards(cube), denied=denied)
            if before is None:
                clause = _clause(self._generalised(cube, denied))
                self.clauses += self.known.lemma([clause])
                waiting.pop()
                denied.pop()
            else:
                waiting.append(self._cube(before))
                denied += self.known.lemma([_clause(waiting[-1])])
        return not waiting

    def _generalised(self, cube: Sequence[Expression], denied: Sequence[Lemma]) -> Sequence[Expression]:
        """A smaller part of the cube that no start state is in and that no step leads into from outside."""
        cube = self._blamed(cube)
        for condition in list(cube):
            smaller = [known for known in cube if known is not condition]
            if len(smaller) == len(cube) or self._starts_in(smaller):
                continue
            outside = self.known.lemma([_clause(smaller)])
            if self._before(*self._afterwards(smaller), denied=[*denied, *outside]) is None:
                cube = self._blamed(smaller)
        return cube

    def _blamed(self, cube: Sequence[Expression]) -> Sequence[Expression]:
        """The part of the cube that the solver needed for its last no, with enough left to exclude the start states."""
        core = {literal.get_id() for literal in self.known.steps.unsat_core()}
        literals = self._afterwards(cube)
        kept = [condition for condition, literal in zip(cube, literals, strict=True) if literal.get_id() in core]
        for condition in cube:
            if not self._starts_in(kept):
                break
            if condition not in kept:
                kept.append(condition)
        return kept

    def _before(self, *literals: z3.BoolRef, denied: Sequence[Lemma] = ()) -> State | None:
        """A state with a step that satisfies the literals, outside of everything that is excluded so far."""
        assumed = [*self.known.lemmas, *self.assumed, *self.clauses, *denied]
        if not satisfiable(self.known.steps, self.limits, *literals, *(lemma.chosen for lemma in assumed)):
            return None
        return self.terms.state(self.known.steps.model(), self.terms.now)

    def _starts_in(self, cube: Sequence[Expression]) -> bool:
        conditions = [self.terms.formula(condition, static=True) for condition in cube]
        literal = z3.FreshBool("within", self.terms.context)
        self.known.starts.add(*(z3.Implies(literal, condition) for condition in conditions))
        return satisfiable(self.known.starts, self.limits, literal)

    def _afterwards(self, cube: Sequence[Expression]) -> list[z3.BoolRef]:
        return [lemma.broken for lemma in self.known.lemma([negation(condition) for condition in cube])]

    def _cube(self, state: State) -> list[Expression]:
        return list(_conditions(self.terms.system, state))


def _clause(cube: Sequence[Expression]) -> Expression:
    return disjunction(*(negation(condition) for condition in cube))


def _conditions(system: System, state: State) -> Iterator[Expression]:
    """The conditions that together describe a state; a number of a larger range gives two, so that each may go."""
    for variable, value in zip(system.variables, state, strict=True):
        read = Read(variable.name, variable.sort)
        match variable.sort:
            case Boolean():
                yield read if value else negation(read)
            case Bounded(low, high) if high - low >= FEW_VALUES and isinstance(value, int):
                yield AtMost(number(value), read)
                yield AtMost(read, number(value))
            case sort:
                yield Equal(read, Literal(value, sort))
