"""The obligations of an inductive certificate as SMT-LIB 2, for whatever solver somebody trusts.

Given a system, questions and an invariant (or the length and lemma of a k-induction), `invariant_text` and
`induction_text` give a script in the logic QF_BV with one ``(push 1) ... (check-sat) (pop 1)`` for each obligation, all
of which are expected to be ``unsat``.  Truth values are Booleans, members of an enum and integers bit-vectors that are
restricted to their values; integers are as wide as the largest result of arithmetic needs, so that nothing overflows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tdispmodel.ir.expressions import TRUE, And, Expression, Read, conjunction, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemAction, SystemProperty, speaks_of_step, within
from tdispmodel.judging.obligations import kept, possible, step_condition
from tdispmodel.printing.smtlib import Terms, Where, all_of, any_of


def invariant_text(system: System, questions: Sequence[SystemProperty], invariant: Expression) -> str:
    """Return the script for an inductive invariant that shows the answer to all of the questions."""
    unaided = all(question.kind is Kind.MUST_BE_POSSIBLE for question in questions)
    script = _Script(system.unaided if unaided else system, (invariant, *(one.formula for one in questions)))
    return script.text([*script.inductive(invariant), *(one for each in questions for one in script.implied(each))])


def induction_text(
    system: System, question: SystemProperty, length: int, lemma: Expression, *, simple_path: bool
) -> str:
    """Return the script for a k-induction; see `tdispmodel.verdict.KInduction` for what it promises."""
    script = _Script(system, (lemma, question.formula))
    return script.text([*script.inductive(lemma), *_paths(script, question, length, simple_path=simple_path)])


class _Script(Terms):
    """One script: declarations, an invariant that every obligation may use, and the obligations."""

    def __init__(self, system: System, formulas: Iterable[Expression]) -> None:
        super().__init__(system, formulas)
        self.declared: list[Where] = [_symbol]
        self.invariant: Expression = TRUE

    def text(self, obligations: Iterable[tuple[str, list[str]]]) -> str:
        """Return the script."""
        body: list[str] = []
        for what, terms in obligations:
            body += [f"; {what}", "(push 1)", *(f"(assert {term})" for term in terms), "(check-sat)", "(pop 1)"]
        head = ["(set-logic QF_BV)", "; every answer must be unsat"]
        head += [
            f"(declare-const {name(one.name)} {self.sort(one.sort)})"
            for name in self.declared
            for one in self.system.variables
        ]
        head.append(f"(define-fun invariant () Bool {self.term(self.invariant, _symbol)})")
        return "\n".join([*head, f"(assert {self.domain(_symbol)})", *body, "(exit)"]) + "\n"

    # --- obligations ------------------------------------------------------------------------------------------------

    def inductive(self, invariant: Expression) -> Iterator[tuple[str, list[str]]]:
        """Yield that the invariant is true in start states, and kept; integers stay in range where it is true."""
        self.invariant = invariant
        parts = invariant.operands if isinstance(invariant, And) else (invariant,)
        yield "true in every start state", [self.start(_symbol), self.term(negation(invariant), _symbol)]
        for action in self.system.actions:
            assigned = {assignment.variable for assignment in action.assignments}
            reads = [{node.name for node in part.walk() if isinstance(node, Read)} for part in parts]
            touched = [part for part, names in zip(parts, reads, strict=True) if names & assigned]
            inside = _in_range(self.system, action)
            if inside != TRUE:
                terms = ["invariant", self.term(action.guard, _symbol), self.term(negation(inside), _symbol)]
                yield f"{action.name} leaves no range", terms
            after = conjunction(*(kept(part, action) for part in touched))
            if after != TRUE:
                before = self.term(possible(self.system, action), _symbol)
                yield f"kept by {action.name}", ["invariant", before, self.term(negation(after), _symbol)]

    def implied(self, question: SystemProperty) -> Iterator[tuple[str, list[str]]]:
        """Yield that the invariant implies the property, or that what must be possible never is."""
        goal = negation(question.formula) if question.kind is Kind.MUST_BE_POSSIBLE else question.formula
        if question.kind is not Kind.STEP and not speaks_of_step(goal):
            yield f"implies {question.name}", ["invariant", self.term(negation(goal), _symbol)]
            return
        for action in self.system.actions:
            allowed = step_condition(goal, action)
            if allowed != TRUE:
                before = self.term(possible(self.system, action), _symbol)
                terms = ["invariant", before, self.term(negation(allowed), _symbol)]
                yield f"implies {question.name} on {action.name}", terms


def _paths(
    script: _Script, question: SystemProperty, length: int, *, simple_path: bool
) -> Iterator[tuple[str, list[str]]]:
    """Yield that good states begin every behaviour, and that one follows so many good ones."""
    system, on_steps = script.system, question.kind is Kind.STEP
    names = [_named(position) for position in range(length + 1 + on_steps)]
    script.declared += names
    lemma = script.invariant

    def step(position: int, action: SystemAction) -> str:
        before, after = names[position], names[position + 1]
        assigned = {assignment.variable: assignment.value for assignment in action.assignments}
        same = [
            f"(= {after(one.name)} "
            f"{script.term(assigned[one.name], before) if one.name in assigned else before(one.name)})"
            for one in system.variables
        ]
        return all_of([script.term(possible(system, action), before), *same])

    def good(position: int) -> str:
        if not on_steps:
            return script.term(question.formula, names[position])
        bad = [
            all_of(
                [
                    step(position, action),
                    script.term(negation(step_condition(question.formula, action)), names[position]),
                ]
            )
            for action in system.actions
        ]
        return f"(not {any_of(bad)})"

    def path(last: int) -> list[str]:
        states = [script.domain(name) for name in names[: last + 1]]
        lemmas = [script.term(lemma, name) for name in names[: last + 1]]
        return states + lemmas + [any_of([step(at, action) for action in system.actions]) for at in range(last)]

    for position in range(length):
        yield (
            f"good {position} steps from the start",
            [script.start(names[0]), *path(position), f"(not {good(position)})"],
        )
    apart = [
        any_of([f"(distinct {names[one](known.name)} {names[other](known.name)})" for known in system.variables])
        for other in range(length + 1)
        for one in range(other)
    ]
    terms = [*path(length), *(good(position) for position in range(length)), *(apart if simple_path else ())]
    yield f"good after {length} good ones", [*terms, f"(not {good(length)})"]


def _in_range(system: System, action: SystemAction) -> Expression:
    return conjunction(
        *(within(assignment.value, system.sorts[assignment.variable]) for assignment in action.assignments)
    )


def _symbol(name: str) -> str:
    return f"|{name}|"


def _named(position: int) -> Where:
    return lambda name: f"|{name}@{position}|"
