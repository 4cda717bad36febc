"""What an inductive certificate promises, as questions to a solver.  Imported only when such a certificate is judged.

Given a system, a question and an invariant (or the length and lemma of a k-induction), the functions here ask z3 about
each obligation and raise `Refused` when one does not hold or z3 does not know.  The translation is the judge's own:
truth values are z3 Booleans, enums and integers are z3 integers within their range; a step is never written with primed
variables where putting the assigned values in does the same.  Steps that leave a range are taken to be impossible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import combinations
from typing import Any

import z3

from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    Among,
    And,
    Arithmetic,
    AtMost,
    Boolean,
    Bounded,
    Enumeration,
    Equal,
    Expression,
    If,
    IllFormed,
    Less,
    Literal,
    Not,
    Or,
    Read,
    Sort,
    Took,
    Value,
    conjunction,
    rebuilt,
)
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemAction, SystemProperty, speaks_of_step, within
from tdispmodel.judging.judgement import Refused

MILLISECONDS = 30_000
"""What one obligation may take."""

Term = Any
"""A z3 expression; z3 has no types of its own."""


def step_condition(formula: Expression, action: SystemAction) -> Expression:
    """Return the condition on the state before under which ``formula`` is true on the step of ``action`` from there."""
    assigned = {assignment.variable: assignment.value for assignment in action.assignments}

    def replace(node: Expression) -> Expression | None:
        match node:
            case Read(name, sort, True):
                return assigned.get(name, Read(name, sort))
            case Took(names):
                return TRUE if action.name in names else FALSE
            case _:
                return None

    return rebuilt(formula, replace)


def kept(formula: Expression, action: SystemAction) -> Expression:
    """Return the condition on the state before under which the state formula is true after ``action``."""
    assigned = {assignment.variable: assignment.value for assignment in action.assignments}
    return rebuilt(formula, lambda node: assigned.get(node.name) if isinstance(node, Read) else None)


def possible(system: System, action: SystemAction) -> Expression:
    """Return when ``action`` can happen: its guard, and that no integer leaves its range."""
    ranges = (within(assignment.value, system.sorts[assignment.variable]) for assignment in action.assignments)
    return conjunction(action.guard, *ranges)


class Proven:
    """An invariant that was found to be true in every start state and kept by every action.  Raises `Refused`."""

    def __init__(self, system: System, invariant: Expression) -> None:
        self.invariant = invariant
        self.prover = _Prover(system)
        _check_inductive(self.prover, invariant)

    def implies(self, question: SystemProperty) -> None:
        """Check that the invariant implies the property (or that what must be possible never is)."""
        goal = question.formula if question.kind is not Kind.MUST_BE_POSSIBLE else Not(question.formula)
        if question.kind is Kind.STEP or speaks_of_step(goal):
            for action in self.prover.system.actions:
                allowed = step_condition(goal, action)
                what = f"a step of {action.name} from a state of the invariant violates the property"
                self.prover.implied((self.invariant, possible(self.prover.system, action)), allowed, what)
        else:
            self.prover.implied((self.invariant,), goal, "the invariant does not imply the property")


def check_k_induction(
    system: System, question: SystemProperty, length: int, lemma: Expression, simple_path: bool
) -> None:
    """Check a k-induction: the lemma is inductive, the first ``length`` states are good, good ones are followed by one.

    For a step property a state is good when the step that leaves it is.  M. Sheeran, S. Singh, G. Staalmarck,
    "Checking safety properties using induction and a SAT-solver", FMCAD 2000.
    """
    prover = _Prover(system)
    _check_inductive(prover, lemma)
    on_steps = question.kind is Kind.STEP
    path = _Path(prover, lemma)
    for position in range(length):
        path.refuted(prover.starts, position, question.formula, on_steps, "the property is violated near the start")
        path.assume(position, question.formula, on_steps)
    if simple_path:
        path.distinct(length)
    path.refuted((), length, question.formula, on_steps, "the property does not follow from the steps before it")


def _check_inductive(prover: _Prover, invariant: Expression) -> None:
    parts = invariant.operands if isinstance(invariant, And) else (invariant,)
    for part in parts:
        prover.implied((), part, "the invariant is false in a start state", starting=True)
    reads = [{node.name for node in part.walk() if isinstance(node, Read)} for part in parts]
    for action in prover.system.actions:
        changed = {assignment.variable for assignment in action.assignments}
        touched = [part for part, names in zip(parts, reads, strict=True) if names & changed]
        if touched:
            after = conjunction(*(kept(part, action) for part in touched))
            before = (invariant, possible(prover.system, action))
            prover.implied(before, after, f"{action.name} does not keep the invariant")


class _Prover:
    """One solver in a context of its own; variables named after the state they belong to."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.context = z3.Context()
        self.premises: dict[int, tuple[Expression, Term]] = {}
        self.now = self.variables("")
        self.starts = (
            *(Among(Read(known.name, known.sort), known.initial) for known in system.variables),
            system.initially,
        )

    def variables(self, suffix: str) -> dict[str, Term]:
        """Return one z3 constant per variable."""
        return {known.name: self._constant(known.name + suffix, known.sort) for known in self.system.variables}

    def _constant(self, name: str, sort: Sort) -> Term:
        return z3.Bool(name, self.context) if isinstance(sort, Boolean) else z3.Int(name, self.context)

    def domain(self, names: Mapping[str, Term]) -> list[Term]:
        """Return that every variable has a value of its sort."""
        found = []
        for known in self.system.variables:
            sort, term = known.sort, names[known.name]
            if isinstance(sort, Bounded):
                found += [term >= sort.low, term <= sort.high]
            elif isinstance(sort, Enumeration):
                found += [term >= 0, term < len(sort.members)]
        return found

    def implied(self, premises: Iterable[Expression], goal: Expression, what: str, *, starting: bool = False) -> None:
        """Check that the premises imply the goal in every state; ``what`` is said when they do not."""
        if goal == TRUE:
            return
        parts = (*premises, *self.starts) if starting else tuple(premises)
        terms = [self.premise(part) for part in parts]
        self.impossible([*self.domain(self.now), *terms, z3.Not(self.term(goal, self.now))], what)

    def premise(self, part: Expression) -> Term:
        """Return the z3 term of a premise, which is translated once: an invariant is one of very many obligations."""
        known = self.premises.get(id(part))
        if known is None:
            known = self.premises[id(part)] = (part, self.term(part, self.now))  # kept, so that its id stays its own
        return known[1]

    def impossible(self, terms: list[Term], what: str) -> None:
        """Check that the terms cannot all be true."""
        solver = z3.Solver(ctx=self.context)
        solver.set("timeout", MILLISECONDS)
        solver.add(*terms)
        answer = solver.check()
        if answer == z3.unknown:
            message = f"the solver does not know whether this is excluded: {what} ({solver.reason_unknown()})"
            raise Refused(message)
        if answer != z3.unsat:
            raise Refused(what)

    def term(self, expression: Expression, names: Mapping[str, Term]) -> Term:  # one case per node
        """Return the z3 term of an expression over one state."""

        def below(part: Expression) -> Term:
            return self.term(part, names)

        match expression:
            case Literal(value, sort):
                return self._value(value, sort)
            case Read(name, _, False):
                return names[name]
            case Not(operand):
                return z3.Not(below(operand))
            case And(operands):
                return z3.And(*(z3.BoolVal(True, self.context), *map(below, operands)))
            case Or(operands):
                return z3.Or(*(z3.BoolVal(False, self.context), *map(below, operands)))
            case Equal(left, right):
                return below(left) == below(right)
            case Less(left, right):
                return below(left) < below(right)
            case AtMost(left, right):
                return below(left) <= below(right)
            case Among(operand, values):
                term = below(operand)
                chosen = (term == self._value(value, operand.sort) for value in values)
                return z3.Or(z3.BoolVal(False, self.context), *chosen)
            case Arithmetic(operator, left, right):
                return _ARITHMETIC[operator](below(left), below(right))
            case If(condition, then, otherwise):
                return z3.If(below(condition), below(then), below(otherwise))
            case _:
                message = f"{type(expression).__name__} does not speak of one state of a system"
                raise IllFormed(message)

    def _value(self, value: Value, sort: Sort) -> Term:
        match sort:
            case Boolean():
                return z3.BoolVal(value, self.context)
            case Enumeration(_, members):
                return z3.IntVal(members.index(str(value)), self.context)
            case Bounded():
                return z3.IntVal(value, self.context)


_ARITHMETIC: dict[str, Callable[[Term, Term], Term]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
}


class _Path:
    """A path of states with the lemma in each, written out for the solver; grows as far as it is asked about."""

    def __init__(self, prover: _Prover, lemma: Expression) -> None:
        self.prover = prover
        self.lemma = lemma
        self.states: list[dict[str, Term]] = []
        self.terms: list[Term] = []
        self.choices: list[Term] = []
        self._state()

    def _state(self) -> None:
        names = self.prover.variables(f"@{len(self.states)}")
        self.states.append(names)
        self.terms += [*self.prover.domain(names), self.prover.term(self.lemma, names)]

    def _grow(self, steps: int) -> None:
        """Add steps until there are so many; a number says which action is taken, and guard and updates follow."""
        system = self.prover.system
        while len(self.choices) < steps:
            before = self.states[-1]
            self._state()
            after = self.states[-1]
            choice = z3.Int(f"action@{len(self.choices)}", self.prover.context)
            self.choices.append(choice)
            self.terms += [choice >= 0, choice < len(system.actions)]
            for number, action in enumerate(system.actions):
                assigned = {assignment.variable: assignment.value for assignment in action.assignments}
                effects = [
                    after[known.name]
                    == (
                        self.prover.term(assigned[known.name], before) if known.name in assigned else before[known.name]
                    )
                    for known in system.variables
                ]
                guard = self.prover.term(possible(system, action), before)
                self.terms.append(z3.Implies(choice == number, z3.And(guard, *effects)))

    def _good(self, position: int, formula: Expression, on_steps: bool) -> Term:
        """Return that the state at ``position`` is good: the formula is true there, or on the step that leaves it."""
        if not on_steps:
            return self.prover.term(formula, self.states[position])
        self._grow(position + 1)
        cases = [
            z3.Implies(
                self.choices[position] == number,
                self.prover.term(step_condition(formula, action), self.states[position]),
            )
            for number, action in enumerate(self.prover.system.actions)
        ]
        return z3.And(z3.BoolVal(True, self.prover.context), *cases)

    def refuted(
        self, starts: Iterable[Expression], position: int, formula: Expression, on_steps: bool, what: str
    ) -> None:
        """Check that no path (from a start state, if ``starts`` are given) is bad at ``position``."""
        self._grow(position)
        begin = [self.prover.term(start, self.states[0]) for start in starts]
        bad = z3.Not(self._good(position, formula, on_steps))
        self.prover.impossible([*self.terms, *begin, bad], what)

    def assume(self, position: int, formula: Expression, on_steps: bool) -> None:
        """Assume from now on that the path is good at ``position``."""
        self.terms.append(self._good(position, formula, on_steps))

    def distinct(self, last: int) -> None:
        """Assume from now on that no two of the states up to ``last`` are the same."""
        self._grow(last)
        for one, other in combinations(self.states[: last + 1], 2):
            differing = [one[name] != other[name] for name in one]
            self.terms.append(z3.Or(z3.BoolVal(False, self.prover.context), *differing))
