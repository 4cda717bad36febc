"""The obligations of an inductive certificate as SMT-LIB 2, for whatever solver somebody trusts.

Given a system, questions and an invariant (or the length and lemma of a k-induction), `invariant_text` and
`induction_text` give a script in the logic QF_BV with one ``(push 1) ... (check-sat) (pop 1)`` for each obligation, all
of which are expected to be ``unsat``.  Truth values are Booleans, members of an enum and integers bit-vectors that are
restricted to their values; integers are as wide as the largest result of arithmetic needs, so that nothing overflows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from tdispmodel.ir.expressions import (
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
    Value,
    conjunction,
    negation,
)
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemAction, SystemProperty, speaks_of_step, within
from tdispmodel.judging.obligations import kept, possible, step_condition

Where = Callable[[str], str]
"""How a variable is called in some state."""

COMPARED = {Less: "bvslt", AtMost: "bvsle"}
OPERATED = {"+": "bvadd", "-": "bvsub", "*": "bvmul"}


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


class _Script:
    """One script: declarations, an invariant that every obligation may use, and the obligations."""

    def __init__(self, system: System, formulas: Iterable[Expression]) -> None:
        self.system = system
        self.declared: list[Where] = [_symbol]
        self.invariant: Expression = TRUE
        told = [*formulas, system.initially]
        told += [expression for action in system.actions for expression in _expressions(action)]
        self.width = max(
            (_width(node.sort) for formula in told for node in formula.walk() if isinstance(node.sort, Bounded)),
            default=1,
        )
        self.width = max([self.width, *(_width(one.sort) for one in system.variables if isinstance(one.sort, Bounded))])

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

    def start(self, name: Where) -> str:
        """Return that a state is a start state."""
        chosen = (self.term(Among(Read(one.name, one.sort), one.initial), name) for one in self.system.variables)
        return _all([*chosen, self.term(self.system.initially, name)])

    def domain(self, name: Where) -> str:
        """Return that every variable has a value of its sort."""
        found = []
        for one in self.system.variables:
            match one.sort:
                case Bounded(low, high):
                    found += [f"(bvsle {self.number(low)} {name(one.name)})"]
                    found += [f"(bvsle {name(one.name)} {self.number(high)})"]
                case Enumeration(_, members) if len(members) & (len(members) - 1):
                    found.append(f"(bvule {name(one.name)} {self.value(members[-1], one.sort)})")
        return _all(found)

    # --- terms ------------------------------------------------------------------------------------------------------

    def sort(self, sort: Sort) -> str:
        """Return what a variable is declared as."""
        match sort:
            case Boolean():
                return "Bool"
            case Enumeration(_, members):
                return f"(_ BitVec {_bits(members)})"
            case Bounded():
                return f"(_ BitVec {self.width})"

    def number(self, value: int) -> str:
        """Return an integer."""
        return f"(_ bv{value % (1 << self.width)} {self.width})"

    def value(self, value: Value, sort: Sort) -> str:
        """Return a value of a sort."""
        match sort:
            case Boolean():
                return "true" if value else "false"
            case Enumeration(_, members):
                return f"(_ bv{members.index(str(value))} {_bits(members)})"
            case Bounded():
                return self.number(int(value))

    def term(self, expression: Expression, name: Where) -> str:  # one case per node
        """Return an expression about one state."""

        def below(*parts: Expression) -> str:
            return " ".join(self.term(part, name) for part in parts)

        match expression:
            case Literal(value, sort):
                return self.value(value, sort)
            case Read(variable, _, False):
                return name(variable)
            case Not(operand):
                return f"(not {below(operand)})"
            case And(operands):
                return _all([self.term(operand, name) for operand in operands])
            case Or(operands):
                return _any([self.term(operand, name) for operand in operands])
            case Equal(left, right):
                return f"(= {below(left, right)})"
            case Less(left, right) | AtMost(left, right):
                return f"({COMPARED[type(expression)]} {below(left, right)})"
            case Among(operand, values):
                term = below(operand)
                return _any([f"(= {term} {self.value(value, operand.sort)})" for value in values if self.fits(value)])
            case Arithmetic(operator, left, right):
                return f"({OPERATED[operator]} {below(left, right)})"
            case If(condition, then, otherwise):
                return f"(ite {below(condition, then, otherwise)})"
            case _:
                message = f"{type(expression).__name__} does not speak of one state of a system"
                raise IllFormed(message)

    def fits(self, value: Value) -> bool:
        """Whether a value has its own bits; no integer of the script is one that has not."""
        return not isinstance(value, int) or -(1 << self.width - 1) <= value < 1 << self.width - 1


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
        return _all([script.term(possible(system, action), before), *same])

    def good(position: int) -> str:
        if not on_steps:
            return script.term(question.formula, names[position])
        bad = [
            _all(
                [
                    step(position, action),
                    script.term(negation(step_condition(question.formula, action)), names[position]),
                ]
            )
            for action in system.actions
        ]
        return f"(not {_any(bad)})"

    def path(last: int) -> list[str]:
        states = [script.domain(name) for name in names[: last + 1]]
        lemmas = [script.term(lemma, name) for name in names[: last + 1]]
        return states + lemmas + [_any([step(at, action) for action in system.actions]) for at in range(last)]

    for position in range(length):
        yield (
            f"good {position} steps from the start",
            [script.start(names[0]), *path(position), f"(not {good(position)})"],
        )
    apart = [
        _any([f"(distinct {names[one](known.name)} {names[other](known.name)})" for known in system.variables])
        for other in range(length + 1)
        for one in range(other)
    ]
    terms = [*path(length), *(good(position) for position in range(length)), *(apart if simple_path else ())]
    yield f"good after {length} good ones", [*terms, f"(not {good(length)})"]


def _in_range(system: System, action: SystemAction) -> Expression:
    return conjunction(
        *(within(assignment.value, system.sorts[assignment.variable]) for assignment in action.assignments)
    )


def _expressions(action: SystemAction) -> Iterator[Expression]:
    yield from action.guards
    yield from (assignment.value for assignment in action.assignments)


def _width(sort: Bounded) -> int:
    """How many bits an integer of a sort needs, with its sign."""
    return max(sort.low.bit_length(), sort.high.bit_length()) + 1


def _bits(members: Sequence[str]) -> int:
    return max(1, (len(members) - 1).bit_length())


def _symbol(name: str) -> str:
    return f"|{name}|"


def _named(position: int) -> Where:
    return lambda name: f"|{name}@{position}|"


def _all(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"(and {' '.join(terms)})" if terms else "true"


def _any(terms: Sequence[str]) -> str:
    return terms[0] if len(terms) == 1 else f"(or {' '.join(terms)})" if terms else "false"
