"""Paths of a system in the solver z3, grown step by step, and checks that keep to limits.

Given the `Terms` of a system and limits, an `Unrolling` holds all paths of a length, from the start states or from
anywhere; it says whether one of them meets a condition at its end and gives it as a trace.  Nothing follows the last
state of a path, so a bad state without a successor is found like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

import z3

from tdispmodel.compiling.terms import Terms
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import Actor
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import SystemProperty, speaks_of_step
from tdispmodel.verdict import Trace

LONGEST_CHECK = 2_000_000_000
"""Milliseconds that stand for no bound."""


class GaveUp(Exception):
    """The solver stopped without an answer: time or memory is used up, or it does not know; the message says which."""


def solver_for(terms: Terms, limits: Limits) -> z3.Solver:
    """Return a deterministic solver for the terms: the one for finite domains unless the integers are unbounded."""
    made = z3.Solver(ctx=terms.context) if terms.numbers.mathematical else z3.SolverFor("QF_FD", ctx=terms.context)
    made.set("random_seed", 0)
    if limits.memory is not None:
        made.set("max_memory", max(1, limits.memory >> 20))
    return made


def satisfiable(solver: z3.Solver, limits: Limits, *assumptions: z3.BoolRef) -> bool:
    """Return whether the assertions have a model under the assumptions.

    Raises `GaveUp` when the limits are used up, and KeyboardInterrupt when the user interrupted the solver.
    """
    if limits.out_of_time():
        raise GaveUp(out_of_time(limits))
    remaining = limits.remaining()
    solver.set("timeout", LONGEST_CHECK if remaining is None else max(1, int(remaining * 1000)))
    try:
        answer = solver.check(*assumptions)
    except z3.Z3Exception as error:
        raise GaveUp(why(str(error), limits)) from error
    if answer == z3.unknown:
        raise GaveUp(why(solver.reason_unknown(), limits))
    return bool(answer == z3.sat)


def why(reason: str, limits: Limits) -> str:
    """Return in words why z3 gave up.  Raises KeyboardInterrupt when it was the user."""
    if "interrupted" in reason:
        raise KeyboardInterrupt
    if limits.out_of_time() or "timeout" in reason or "canceled" in reason:
        return out_of_time(limits)
    if "memory" in reason:
        return "out of memory"
    return f"z3 does not know: {reason}"


def out_of_time(limits: Limits) -> str:
    """Return the words for used-up time."""
    return "out of time" if limits.seconds is None else f"out of time after {limits.seconds:g} s"


class Unrolling:
    """All paths of ``length`` steps, from the start states or (``anywhere``) from any state of the domain.

    ``unaided`` is the condition that none of the steps is the host's.
    """

    def __init__(self, terms: Terms, limits: Limits, *, anywhere: bool = False) -> None:
        self.terms = terms
        self.limits = limits
        self.length = 0
        self.solver = solver_for(terms, limits)
        terms.moment(0)
        self.solver.add(*terms.at([terms.domain if anywhere else terms.initial], 0))
        self.unaided = terms.term(True)
        moves = zip(terms.taken, terms.system.actions, strict=True)
        self._host = [literal for literal, action in moves if action.actor is Actor.HOST]

    def extend(self) -> None:
        """Make the paths one step longer."""
        self.solver.add(*self.terms.at([self.terms.transition], self.length))
        if self._host:
            calm = z3.And(self.unaided, *(z3.Not(move) for move in self.terms.at(self._host, self.length)))
            self.unaided = z3.FreshBool("unaided", self.terms.context)
            self.solver.add(self.unaided == calm)
        self.length += 1

    def ends(self, conditions: Sequence[tuple[z3.BoolRef, bool]]) -> list[z3.BoolRef]:
        """Return conditions as terms about the end of the paths: of the last state, or (True) of the last step."""
        states = [condition for condition, of_step in conditions if not of_step]
        steps = [condition for condition, of_step in conditions if of_step]
        about_states = iter(self.terms.at(states, self.length))
        about_steps = iter(
            self.terms.at(steps, self.length - 1) if self.length else [self.terms.term(False)] * len(steps)
        )
        return [next(about_steps if of_step else about_states) for _, of_step in conditions]

    def meets(self, *conditions: z3.BoolRef) -> bool:
        """Return whether a path satisfies the conditions, which must be literals.  Raises `GaveUp`."""
        return satisfiable(self.solver, self.limits, *conditions)

    def meets_one_of(self, conditions: Sequence[z3.BoolRef]) -> bool:
        """Return whether a path satisfies at least one of the conditions.  Raises `GaveUp`."""
        chosen = z3.FreshBool("chosen", self.terms.context)
        self.solver.add(z3.Implies(chosen, z3.Or(*conditions)))
        return self.meets(chosen)

    def exhausted(self) -> bool:
        """Whether, after a question was answered no, no path of this length exists at all.  Raises `GaveUp`.

        The core is looked at first: when it blames the condition, there is most likely a path, and if there is none
        the next length will show it.
        """
        return not self.solver.unsat_core() and not self.meets()

    def trace(self) -> Trace:
        """Return the path that `meets` found."""
        model = self.solver.model()
        states = [self.terms.state(model, self.terms.moment(step)) for step in range(self.length + 1)]
        names = [self.terms.action(model, step) for step in range(self.length)]
        return Trace(states[0], tuple(zip(names, states[1:], strict=True)))


def of_step(question: SystemProperty) -> bool:
    """Whether the formula of a question is asked of steps, not of states."""
    return question.kind is Kind.STEP or (question.kind is Kind.MUST_BE_POSSIBLE and speaks_of_step(question.formula))


def target(terms: Terms, question: SystemProperty) -> tuple[z3.BoolRef, bool]:
    """Return what decides a question when it is met, and whether it is met by a step: a violation, or a witness."""
    term = terms.formula(question.formula, static=not of_step(question))
    return (term if question.kind is Kind.MUST_BE_POSSIBLE else z3.Not(term)), of_step(question)
