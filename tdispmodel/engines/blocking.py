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
    FALSE,
    TRUE,
    AtMost,
    Boolean,
    Bounded,
    Equal,
    Expression,
    Literal,
    Read,
    Took,
    conjunction,
    disjunction,
    negation,
    number,
    rebuilt,
)
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, within

FEW_VALUES = 4


class Blocking:
    """The search for clauses, with solvers of its own in which the lemmas known so far are facts."""

    def __init__(self, known: Strengthening) -> None:
        self.known = known
        self.terms: Terms = known.terms
        self.system = known.terms.system
        self.pool = Strengthening(known.terms, known.limits)
        self.limits = known.limits
        self.clauses: list[Lemma] = []
        self.assumed: list[Lemma] = []
        self._facts = 0

    def found(self, question: SystemProperty, most_clauses: int, limits: Limits) -> list[Expression]:
        """Return clauses with which the question may be inductive.  Raises `GaveUp`.

        When a start state leads to a violation, or more clauses would be needed, it gives what it has.
        """
        self.limits = limits
        self.pool.steps.add(*(lemma.now for lemma in self.known.lemmas[self._facts :]))
        self._facts = len(self.known.lemmas)
        self.clauses = []
        bad = z3.FreshBool("bad", self.terms.context)
        term, about_step = target(self.terms, question)
        if about_step:
            self.assumed = []
            self.pool.steps.add(z3.Implies(bad, term))
            violated = negation(question.formula)
        else:
            self.assumed = self.pool.lemma([question.formula])
            self.pool.steps.add(z3.Implies(bad, self.assumed[0].broken))
            violated = afterwards(negation(question.formula))
        while len(self.clauses) < most_clauses:
            cube = self._before(violated, bad)
            if cube is None or not self._excluded(cube, most_clauses):
                break
        return [lemma.expression for lemma in (*self.clauses, *self.assumed)]

    def _excluded(self, cube: list[Expression], most_clauses: int) -> bool:
        """Exclude a set of states, after whatever leads to it; False when a start state is among them."""
        waiting = [cube]
        while waiting and len(self.clauses) < most_clauses:
            cube = waiting[-1]
            if self._starts_in(cube):
                return False
            denied = self.pool.lemma(_clause(known) for known in waiting)
            before = self._before(afterwards(conjunction(*cube)), *self._afterwards(cube), denied=denied)
            if before is None:
                self.clauses += self.pool.lemma([_clause(self._generalised(cube, denied))])
                waiting.pop()
            else:
                waiting.append(before)
        return not waiting

    def _generalised(self, cube: Sequence[Expression], denied: Sequence[Lemma]) -> Sequence[Expression]:
        """A smaller part of the cube that no start state is in and that no step leads into from outside."""
        cube = self._blamed(cube)
        for condition in list(cube):
            smaller = [known for known in cube if known is not condition]
            if len(smaller) == len(cube) or self._starts_in(smaller):
                continue
            outside = self.pool.lemma([_clause(smaller)])
            if self._step(self._afterwards(smaller), [*denied, *outside]) is None:
                cube = self._blamed(smaller)
        return cube

    def _blamed(self, cube: Sequence[Expression]) -> Sequence[Expression]:
        """The part of the cube that the solver needed for its last no, with enough left to exclude the start states."""
        core = {literal.get_id() for literal in self.pool.steps.unsat_core()}
        literals = self._afterwards(cube)
        kept = [condition for condition, literal in zip(cube, literals, strict=True) if literal.get_id() in core]
        for condition in cube:
            if not self._starts_in(kept):
                break
            if condition not in kept:
                kept.append(condition)
        return kept

    def _step(self, literals: Sequence[z3.BoolRef], denied: Sequence[Lemma]) -> z3.ModelRef | None:
        """A step that satisfies the literals, from outside of everything that is excluded so far."""
        assumed = [*self.assumed, *self.clauses, *denied]
        if not satisfiable(self.pool.steps, self.limits, *literals, *(lemma.chosen for lemma in assumed)):
            return None
        return self.pool.steps.model()

    def _before(
        self, reached: Expression, *literals: z3.BoolRef, denied: Sequence[Lemma] = ()
    ) -> list[Expression] | None:
        """States from which one action leads to what satisfies the literals (as a formula: ``reached``); None if none.

        From one state and its action as many conditions are dropped as the action does not need to lead there.
        """
        model = self._step(literals, denied)
        if model is None:
            return None
        cube = list(_conditions(self.system, self.terms.state(model, self.terms.now)))
        taken = zip(self.terms.taken, self.system.actions, strict=True)
        action = next(action for literal, action in taken if z3.is_true(model.eval(literal, model_completion=True)))
        leads = z3.Not(self.terms.formula(leading(self.system, action, reached), static=True))
        otherwise = z3.FreshBool("otherwise", self.terms.context)
        self.pool.states.add(z3.Implies(otherwise, leads))
        held = self.pool.lemma(cube)
        if satisfiable(self.pool.states, self.limits, otherwise, *(lemma.chosen for lemma in held)):
            return cube
        core = {literal.get_id() for literal in self.pool.states.unsat_core()}
        return [lemma.expression for lemma in held if lemma.chosen.get_id() in core]

    def _starts_in(self, cube: Sequence[Expression]) -> bool:
        conditions = [self.terms.formula(condition, static=True) for condition in cube]
        literal = z3.FreshBool("within", self.terms.context)
        self.pool.starts.add(*(z3.Implies(literal, condition) for condition in conditions))
        return satisfiable(self.pool.starts, self.limits, literal)

    def _afterwards(self, cube: Sequence[Expression]) -> list[z3.BoolRef]:
        return [lemma.broken for lemma in self.pool.lemma([negation(condition) for condition in cube])]


def afterwards(formula: Expression) -> Expression:
    """Return a formula about a state as one about the state after a step."""

    def replace(node: Expression) -> Expression | None:
        return Read(node.name, node.of, after=True) if isinstance(node, Read) else None

    return rebuilt(formula, replace)


def leading(system: System, action: SystemAction, reached: Expression) -> Expression:
    """Return the condition on a state under which ``action`` can happen and its step satisfies ``reached``."""
    values = {assignment.variable: assignment.value for assignment in action.assignments}

    def replace(node: Expression) -> Expression | None:
        match node:
            case Read(name, sort, True):
                return values.get(name, Read(name, sort))
            case Took(names):
                return TRUE if action.name in names else FALSE
            case _:
                return None

    ranges = (within(value, system.sorts[name]) for name, value in values.items())
    return conjunction(action.guard, *ranges, rebuilt(reached, replace))


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
