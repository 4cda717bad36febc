"""Why a trace is a counterexample, part by part: what was wanted, and which parts of it are false where.

Given a result with its trace; gives the lines ``wanted:`` and ``false:``.  Values are those of the reference semantics.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tdispmodel.ir.expressions import TRUE, And, Expression, If, Not, Or, Read, disjunction, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, SystemProperty, speaks_of_step
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import value_text
from tdispmodel.reports.plain import beside, packed, paragraph
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Trace

INDENT = "  "
LABEL = 9
MANY_PARTS = 12
TOGETHER = (" = ", " != ", " < ", " <= ", " > ", " >= ", "not ")


@dataclass(frozen=True)
class Moment:
    """Where a formula is evaluated: in a state, or over a step."""

    now: State
    after: State
    taken: str = ""


class Reasons:
    """Explains one trace of one system."""

    def __init__(self, names: Names, question: SystemProperty, trace: Trace) -> None:
        self.names, self.question, self.trace = names, question, trace
        self.semantics = Semantics(names.system)

    def lines(self, *, violated: bool) -> list[str]:
        """Return the lines that say what was wanted and why the trace does not give it (or that it does)."""
        question = self.question
        match question.kind:
            case Kind.INVARIANT | Kind.STEP:
                return self._safety()
            case Kind.LEADS_TO:
                wanted = f"{self._premise('whenever', 'at all times')}later {self._words(question.formula)}"
                around = [Moment(state, state) for state in self.trace.states[self.trace.loop or 0 :]]
                told = [*_labelled("wanted:", wanted), *_labelled("false:", self._never_after())]
                return told + self._parts(question.formula, around)
            case Kind.NEVER_ENDLESS:
                wanted = f"not again and again for ever: {self._words(question.formula)}"
                told = [*_labelled("wanted:", wanted), *_labelled("false:", self._again_and_again())]
                around = self.moments()[self.trace.loop or 0 :]
                return told + self._parts(
                    question.formula, [one for one in around if self.true_at(question.formula, one)][:1]
                )
            case Kind.STAYS_POSSIBLE:
                wanted = f"{self._premise('while', 'always')}it stays possible that {self._words(question.formula)}"
                lost = f"after step {len(self.trace)} no moves of ours lead there any more"
                last = self.trace.states[-1]
                told = [*_labelled("wanted:", wanted), *_labelled("false:", lost)]
                return told + self._parts(question.formula, [Moment(last, last)])
            case Kind.MUST_BE_POSSIBLE:
                wanted = f"some behaviour without the host with {self._words(question.formula)}"
                told = _labelled("wanted:", wanted) if violated else _labelled("shown:", wanted)
                met = [one for one in self.moments() if self.true_at(question.formula, one)]
                return told + self._parts(question.formula, met[:1])

    def moments(self) -> list[Moment]:
        """Return where the formula is evaluated: the steps of the trace if it speaks of steps, else its states."""
        states = self.trace.states
        if speaks_of_step(self.question.formula) or self.question.kind in (Kind.STEP, Kind.NEVER_ENDLESS):
            taken = [action for action, _ in self.trace.steps]
            return [Moment(*pair) for pair in zip(states, states[1:], taken, strict=False)]
        return [Moment(state, state) for state in states]

    def true_at(self, formula: Expression, moment: Moment) -> bool:
        """Whether ``formula`` holds there."""
        return self.semantics.holds(formula, moment.now, moment.after, moment.taken)

    def _safety(self) -> list[str]:
        moments = self.moments()
        conjuncts = conjuncts_of(self.question.formula)
        when = "at every step" if self.question.kind is Kind.STEP else "always"
        if not moments:
            return _labelled("wanted:", f"{when} {self._words(self.question.formula)}")
        broken = [part for part in conjuncts if not self.true_at(part, moments[-1])]
        shown = broken[0] if broken else self.question.formula
        lines = _labelled("wanted:", f"{when} {self._words(shown)}")
        if len(conjuncts) > 1 and broken:
            lines += paragraph(f"(one of {len(conjuncts)} parts)", INDENT + " " * LABEL)
        if any(isinstance(node, Read) and node.after for node in shown.walk()):
            lines += paragraph("(a prime marks the value after the step)", INDENT + " " * LABEL)
        return lines + self._parts(shown, moments[-1:], "false:")

    def _parts(self, formula: Expression, moments: Sequence[Moment], label: str = "") -> list[str]:
        """Return the value of each part of a formula at some moments, all of them one after the other."""
        parts = list(dict.fromkeys(atoms(formula)))
        told = [self._part_at(part, moments) for part in parts[:MANY_PARTS]] if moments else []
        if told and len(parts) > MANY_PARTS:
            told.append(f"and {len(parts) - MANY_PARTS} parts more")
        return beside(INDENT + label.ljust(LABEL), packed(told, 72 - LABEL - len(INDENT), "; ")) if told else []

    def _part_at(self, part: Expression, moments: Sequence[Moment]) -> str:
        """Return a part with its truth at several moments: as at each of them if it is the same, else its changes."""
        told = list(dict.fromkeys(self._part(part, moment) for moment in moments))
        if len(told) == 1:
            return told[0]
        truths = [value_text(self.true_at(part, moment)) for moment in moments]
        return f"{self.names.formula(part)}: {' and '.join(dict.fromkeys(truths))}"

    def _part(self, part: Expression, moment: Moment) -> str:
        """Return a part of the formula with its truth, and the values behind it where they say more."""
        truth = self.true_at(part, moment)
        text = f"{self.names.formula(part)}: {value_text(truth)}"
        reads = [node for node in dict.fromkeys(part.walk()) if isinstance(node, Read)]
        if isinstance(part, Read) or (truth and len(reads) == 1) or not reads:
            return text
        values = (
            f"{self.names.formula(read)}="
            f"{value_text(self.semantics.value(read, moment.now, moment.after, moment.taken))}"
            for read in reads
        )
        return f"{text} ({', '.join(values)})"

    def _never_after(self) -> str:
        """Return from where on the goal is waited for in vain."""
        states = [Moment(state, state) for state in self.trace.states]
        since = len(states) - 1
        for position in range(len(states) - 1, -1, -1):
            if self.true_at(self.question.formula, states[position]):
                break
            if self.true_at(self.question.after, states[position]):
                since = position
        return f"it never comes {_since(since)}"

    def _again_and_again(self) -> str:
        """Return at which steps of the loop it happens."""
        start = self.trace.loop or 0
        happens = [
            str(position)
            for position, moment in enumerate(self.moments(), 1)
            if position > start and self.true_at(self.question.formula, moment)
        ]
        if not happens:
            return "it happens in the loop"
        return f"it happens in every round of the loop, at step {', '.join(happens)}"

    def _premise(self, word: str, without: str) -> str:
        return f"{without}, " if self.question.after == TRUE else f"{word} {self._words(self.question.after)}, "

    def _words(self, formula: Expression) -> str:
        return worded(self.names, formula)


def worded(names: Names, formula: Expression) -> str:
    """Return a formula in words: a disjunction with negated parts as ``A implies B``."""
    match formula:
        case Or(operands):
            premises = [negation(part) for part in operands if negated(part)]
            conclusion = [part for part in operands if not negated(part)]
            if premises and conclusion:
                left = names.formula(And(tuple(premises)))
                if len(premises) == 1 and isinstance(premises[0], Or | If):
                    left = f"({left})"
                return f"{left} implies {worded(names, disjunction(*conclusion))}"
        case _:
            pass
    return names.formula(formula)


def negated(part: Expression) -> bool:
    """Whether a part of a disjunction reads best as a premise."""
    return isinstance(part, Not)


def conjuncts_of(formula: Expression) -> tuple[Expression, ...]:
    """Return the parts that must all hold."""
    return formula.operands if isinstance(formula, And) else (formula,)


def atoms(formula: Expression) -> Iterator[Expression]:
    """Yield the parts of a formula that hold or not by themselves, left to right."""
    match formula:
        case And(operands) | Or(operands):
            for operand in operands:
                yield from atoms(operand)
        case Not(operand):
            yield from atoms(operand)
        case If(condition, then, otherwise) if formula.sort == TRUE.of:
            for operand in (condition, then, otherwise):
                yield from atoms(operand)
        case _:
            yield formula


def _since(position: int) -> str:
    return "from the start" if position == 0 else f"after step {position}"


def _labelled(label: str, text: str) -> list[str]:
    return paragraph(text, INDENT + label.ljust(LABEL), together=TOGETHER)
