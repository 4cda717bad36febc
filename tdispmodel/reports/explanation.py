"""What ``explain`` prints: what a thing is, its sentence and source, the statements about it, verdicts, commands.

Given an `Explanation`, gathered by the caller; gives text of at most 72 columns of plain ASCII.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from tdispmodel.ir.expressions import TRUE
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.reports.matrix import MEANINGS
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import Options, again, assumptions, shows_trace, title, unanswered, word
from tdispmodel.reports.plain import WIDTH, ascii_only, beside, command, cut, joined, packed, paragraph
from tdispmodel.reports.reasons import TOGETHER, worded
from tdispmodel.verdict import Answer, Report, Result

INDENT = "  "
LABEL = 13
NOT_APPLICABLE = "n/a"
TRACES = 2
"""How many counterexamples are offered."""

EACH_KIND = {
    Kind.INVARIANT: "of every state",
    Kind.STEP: "of every step",
    Kind.LEADS_TO: "leads to",
    Kind.NEVER_ENDLESS: "never endless",
    Kind.STAYS_POSSIBLE: "stays possible",
    Kind.MUST_BE_POSSIBLE: "must be possible",
}
"""The kinds of property in the words of a heading."""


@dataclass(frozen=True)
class Fact:
    """A labelled part: short items side by side, or with ``apart`` each on a line of its own."""

    label: str
    items: tuple[str, ...]
    apart: bool = False


@dataclass(frozen=True)
class Said:
    """A statement of the debate in short: its number, its quote, and who said it."""

    number: int
    quote: str
    who: str


@dataclass(frozen=True)
class Question:
    """A property as it is asked of one system, so that its formula can be shown."""

    system: System
    asked: SystemProperty


@dataclass(frozen=True)
class Asked:
    """Verdicts that were asked for under one set of assumptions."""

    report: Report
    options: Options


@dataclass(frozen=True)
class Explanation:
    """One thing explained.

    ``title`` and ``kind`` make the heading, ``quote`` stands below it, then the sentences ``texts``, and ``remarks``
    (label and sentence) after the facts.  ``verdicts`` are listed by property, or for a single proposal ``by_verdict``;
    ``commands`` show more.
    """

    title: str
    kind: str
    quote: str = ""
    texts: tuple[str, ...] = ()
    question: Question | None = None
    facts: tuple[Fact, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    statements: tuple[Said, ...] = ()
    verdicts: tuple[Asked, ...] = ()
    by_verdict: bool = False
    commands: tuple[tuple[str, ...], ...] = field(default=())


def render(explanation: Explanation) -> str:
    """Return the text of one explanation."""
    lines = _heading(explanation.title, explanation.kind)
    for text in filter(None, (explanation.quote, *explanation.texts)):
        lines += paragraph(text, INDENT)
    if explanation.question is not None:
        lines += _formula(explanation.question)
    for fact in explanation.facts:
        lines += _fact(fact)
    for label, sentence in explanation.remarks:
        lines += paragraph(sentence, INDENT + f"{label}:".ljust(LABEL) + " ")
    if explanation.statements:
        lines += ["", f"{INDENT}Statements:"]
        lines += [line for said in explanation.statements for line in _said(said)]
    told = list(_by_verdict(explanation.verdicts) if explanation.by_verdict else _by_property(explanation.verdicts))
    if told:
        lines += ["", *_scope(explanation.verdicts), *told]
    offered = [*_traces(explanation.verdicts), *explanation.commands]
    if offered:
        lines += ["", f"{INDENT}More:"]
        lines += [line for words in offered for line in command(words, INDENT * 2)]
    return joined(lines)


def _heading(name: str, kind: str) -> list[str]:
    plain = ascii_only(name)
    if len(plain) + len(INDENT) + len(kind) <= WIDTH:
        return [plain + kind.rjust(WIDTH - len(plain))]
    return [*paragraph(plain, "", INDENT), kind.rjust(WIDTH)]


def _formula(question: Question) -> list[str]:
    """Return the formula in the words of a trace, with what it is asked of."""
    names, asked = Names(question.system), question.asked
    formula = worded(names, asked.formula)
    match asked.kind:
        case Kind.INVARIANT:
            text = f"always {formula}"
        case Kind.STEP:
            text = f"at every step {formula}"
        case Kind.NEVER_ENDLESS:
            text = f"not again and again for ever: {formula}"
        case Kind.MUST_BE_POSSIBLE:
            text = f"some behaviour with {formula}"
        case Kind.LEADS_TO:
            text = f"{_premise(names, asked, 'whenever')}later {formula}"
        case Kind.STAYS_POSSIBLE:
            text = f"{_premise(names, asked, 'while')}it stays possible that {formula}"
    return paragraph(text, INDENT * 2, INDENT * 3, together=TOGETHER)


def _premise(names: Names, asked: SystemProperty, first: str) -> str:
    return "always, " if asked.after == TRUE else f"{first} {worded(names, asked.after)}, "


def _fact(fact: Fact) -> list[str]:
    label = f"{fact.label}:"
    if not fact.apart:
        head = INDENT + label.ljust(LABEL) + " "
        return beside(head, packed(fact.items, WIDTH - len(head)))
    lines = [INDENT + label]
    for item in fact.items:
        lines += paragraph(item, INDENT * 2, INDENT * 4, together=TOGETHER)
    return lines


def _said(said: Said) -> list[str]:
    label = f"{INDENT * 2}{said.number:>3}  "
    return [label + cut(f"{said.quote} ({said.who})", WIDTH - len(label))]


# --- verdicts --------------------------------------------------------------------------------------------------------


def _scope(verdicts: Sequence[Asked]) -> list[str]:
    """Return the heading of the verdicts: for how many devices they are."""
    numbers = {result.system.devices for asked in verdicts for result in asked.report.results}
    counted = ", ".join(f"{number} device{'' if number == 1 else 's'}" for number in sorted(numbers))
    return [f"{INDENT}Verdicts{f', {counted}' if counted else ''}:"]


def _by_property(verdicts: Sequence[Asked]) -> Iterator[str]:
    """Yield for each property the proposals that share a verdict, worst first."""
    for wanted in _properties(verdicts):
        yield from paragraph(wanted, INDENT * 2)
        for asked in verdicts:
            found: dict[str, list[str]] = {}
            results = [known for known in asked.report.results if title(known.verdict.property) == wanted]
            for result in sorted(results, key=_severity):
                found.setdefault(word(result.verdict), []).append(result.proposal)
            for left in asked.report.skipped:
                if f"{left.code} {left.property}".strip() == wanted:
                    found.setdefault(NOT_APPLICABLE, []).append(left.proposal)
            assumed = next((assumptions(result, asked.options) for result in results), "")
            for verdict, proposals in found.items():
                yield from _row(verdict, [*proposals[:-1], _assuming(proposals[-1], assumed)])
    yield from _notes(verdicts)


def _by_verdict(verdicts: Sequence[Asked]) -> Iterator[str]:
    """Yield the properties that share a verdict, worst first."""
    for asked in verdicts:
        found: dict[str, list[str]] = {}
        for result in sorted(asked.report.results, key=_severity):
            question = result.verdict.property
            found.setdefault(word(result.verdict), []).append(question.code or question.name)
        for left in asked.report.skipped:
            found.setdefault(NOT_APPLICABLE, []).append(left.code or left.property)
        for verdict, codes in found.items():
            yield from _row(verdict, codes, INDENT * 2)
    yield from _notes(verdicts)


def _assuming(last: str, assumed: str) -> str:
    return f"{last} ({assumed})" if assumed else last


def _row(verdict: str, items: Iterable[str], margin: str = INDENT * 3) -> list[str]:
    head = f"{margin}{verdict:<10} "
    return beside(head, packed(items, WIDTH - len(head)))


def _properties(verdicts: Sequence[Asked]) -> list[str]:
    """Return code and name of the properties that were asked, each once, by code."""
    found = {title(result.verdict.property) for asked in verdicts for result in asked.report.results}
    found |= {f"{left.code} {left.property}".strip() for asked in verdicts for left in asked.report.skipped}
    return sorted(found)


def _severity(result: Result) -> tuple[int, int, str]:
    """Return the order of verdicts: violated, shortest counterexample first, then open, then what holds."""
    verdict = result.verdict
    rank = (Answer.VIOLATED, Answer.OPEN, Answer.HOLDS).index(verdict.answer)
    return rank, len(verdict.trace) if verdict.trace is not None else int(not verdict.vacuous), result.proposal


def _notes(verdicts: Sequence[Asked]) -> Iterator[str]:
    """Yield what words mean that do not speak for themselves, and why open verdicts are open."""
    words = {word(result.verdict) for asked in verdicts for result in asked.report.results}
    words |= {NOT_APPLICABLE for asked in verdicts if asked.report.skipped}
    explained = [f"{name}: {MEANINGS[name]}" for name in ("vac", NOT_APPLICABLE) if name in words]
    yield from (INDENT * 2 + line for line in packed(explained, WIDTH - len(INDENT * 2), "; "))
    for asked in verdicts:
        for result in asked.report.results:
            if result.verdict.answer is Answer.OPEN:
                code = result.verdict.property.code or result.verdict.property.name
                yield from paragraph(f"open: {result.proposal} {code}: {unanswered(result.verdict)}", INDENT * 2)


def _traces(verdicts: Sequence[Asked]) -> Iterator[tuple[str, ...]]:
    """Yield the commands that show the shortest counterexamples, one for each set of assumptions, or a witness."""
    offered = 0
    for asked in verdicts:
        shown = sorted((result for result in asked.report.results if shows_trace(result)), key=_severity)
        if shown and offered < TRACES:
            offered += 1
            yield tuple(again(shown[0], asked.options))
