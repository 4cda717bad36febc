"""What ``check`` prints: for each proposal a verdict a line, then an excerpt of each counterexample, then a summary.

Given a report; gives text that can be pasted into a mail: plain ASCII, at most 72 columns, verdicts as words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from tdispmodel.ir.expressions import Actor
from tdispmodel.ir.model import Kind
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import (
    Options,
    again,
    asked_of,
    asked_with,
    assumptions,
    in_words,
    least_number,
    sentence,
    unanswered,
    value_text,
    word,
)
from tdispmodel.reports.plain import WIDTH, beside, command, cut, joined, packed, paragraph
from tdispmodel.reports.reasons import worded
from tdispmodel.reports.trace import rows
from tdispmodel.source import Complaint, caret
from tdispmodel.verdict import (
    Answer,
    Certificate,
    ClosedStates,
    Interchanged,
    NumberedOrbits,
    NumberedStates,
    QuantifiedInvariant,
    Report,
    Result,
    Skipped,
    Space,
    Trace,
    Verdict,
    Witness,
)

EXCERPT = 3
LONGEST_LOOP_SHOWN = 6
INDENT = "  "
LONGEST_CODE = 12


def render(report: Report, options: Options | None = None) -> str:
    """Return the text of a report; complaints, if there are any, are all that is shown."""
    options = options or Options()
    if report.complaints:
        return complaints(report.complaints)
    lines: list[str] = []
    for proposal in _in_order(report):
        results = [result for result in report.results if result.proposal == proposal]
        skipped = [left for left in report.skipped if left.proposal == proposal]
        lines += [*_proposal(proposal, results, skipped, options), ""]
    lines += paragraph(summary(report, options), "", INDENT, together=(" not applicable",))
    return joined(lines)


def complaints(found: Iterable[Complaint]) -> str:
    """Return complaints as text: place, code and message, the line with a caret, and the remedy."""
    lines: list[str] = []
    for complaint in found:
        lines += paragraph(f"{complaint.place}: {complaint.code}: {complaint.message}", "", INDENT)
        lines += _pointed(complaint)
        if complaint.hint:
            lines += paragraph(complaint.hint, "  hint: ")
    return joined(lines)


def _pointed(complaint: Complaint) -> list[str]:
    """Return the line of a complaint with its caret, cut to the part around the caret."""
    if not complaint.line_text.strip():
        return []
    shown, pointer = caret(complaint.line_text, complaint.place.column)
    plain = "".join(character if " " <= character <= "~" else "?" for character in shown)  # one column each
    position = pointer.index("^")
    start = max(0, min(position - WIDTH // 2, len(plain) - WIDTH)) if len(plain) > WIDTH else 0
    part = plain[start : start + WIDTH]
    if start:
        part = "    ..." + part[7:]
    return [part.rstrip(), " " * min(position - start, WIDTH - 1) + "^"]


def summary(report: Report, options: Options) -> str:
    """Return the last line: how many properties hold, are violated, are open, and how long it took."""
    verdicts = [result.verdict for result in report.results]
    seconds = options.seconds if options.seconds is not None else sum(verdict.seconds for verdict in verdicts)
    return f"{counted(report)} ({seconds:.2f} s)" if verdicts else counted(report)


def counted(report: Report) -> str:
    """Return how many properties hold, are violated, are open."""
    verdicts = [result.verdict for result in report.results]
    if not verdicts:
        reason = "no property is applicable" if report.skipped else "no property was asked"
        return f"nothing was checked: {reason}"
    answers = [verdict.answer for verdict in verdicts]
    vacuous = sum(1 for verdict in verdicts if verdict.vacuous and verdict.answer is Answer.HOLDS)
    proposals = len({result.proposal for result in report.results})
    asked = f"{len(verdicts)} propert{'y' if len(verdicts) == 1 else 'ies'}"
    if proposals > 1:
        asked = f"{proposals} proposals, {len(verdicts)} verdicts"
    holds = f"{answers.count(Answer.HOLDS)} hold{f' ({vacuous} vacuously)' if vacuous else ''}"
    parts = [holds, f"{answers.count(Answer.VIOLATED)} violated", f"{answers.count(Answer.OPEN)} open"]
    if report.skipped:
        parts.append(f"{len(report.skipped)} not applicable")
    return f"{asked}: {', '.join(parts)}"


def _in_order(report: Report) -> list[str]:
    asked = [result.proposal for result in report.results] + [left.proposal for left in report.skipped]
    return list(dict.fromkeys(asked))


def _proposal(proposal: str, results: Sequence[Result], skipped: Sequence[Skipped], options: Options) -> list[str]:
    """Return the block of one proposal, cut into groups with the same assumptions."""
    if not results:
        return [cut(f"{proposal}: no property is applicable", WIDTH), *_skipped(skipped, options)]
    lines: list[str] = []
    details: list[str] = []
    shown: dict[object, str] = {}
    for assumed, group in groupby(results, key=lambda result: (assumptions(result, options), asked_of(result))):
        together = list(group)
        if lines:
            lines.append("")
        lines += [*_heading(proposal, together, assumed[0]), *_asked_with(together[0], options)]
        lines += ["", *_verdicts(together, options)]
        for result in together:
            details += _detail(result, options, shown)
    return [*lines, *_skipped(skipped, options), *details]


def _skipped(skipped: Sequence[Skipped], options: Options) -> list[str]:
    """Return the properties that are not applicable, with the reasons; nothing unless the report is verbose."""
    lines: list[str] = []
    for left in skipped if options.verbose else ():
        label = f"{INDENT}{'n/a':<7}{INDENT}{cut(left.code, LONGEST_CODE):<6}{INDENT}"
        lines += [*paragraph(left.property, label), *paragraph(left.reason, " " * len(label))]
    return lines


def _heading(proposal: str, results: Sequence[Result], assumed: str) -> list[str]:
    """Return the line about the proposal: the counted space where it was exhausted, and the scope."""
    space = next((result.verdict.space for result in results if result.verdict.space), None)
    symmetry = next((result.verdict.symmetry for result in results if result.verdict.symmetry), None)
    several = results[0].any_number is not None
    parts = [*_counted(space, symmetry), f"for {asked_of(results[0])}" if several else asked_of(results[0])]
    if assumed:
        parts.append(assumed)
    items = [f"{proposal}:", *(f"{part}," for part in parts[:-1]), *(parts[-1].split() if assumed else parts[-1:])]
    lines = packed(items, WIDTH - len(INDENT), " ")
    return [line if number == 0 else INDENT + line for number, line in enumerate(lines)]


def _asked_with(result: Result, options: Options) -> list[str]:
    """Return all constants and what the host can do, in a verbose report; what differs from defaults is said anyway."""
    if not options.verbose:
        return []
    system = result.system
    able = {f"{action.actor.value}.{action.template.name}" for action in system.actions if action.actor is Actor.HOST}
    constants = [f"{name}={words}" for name, words in in_words(asked_with(result)).items()]
    return [
        *beside("  asked with: ", packed(constants or ["no constants"], WIDTH - 14)),
        *beside("  host can:   ", packed(sorted(able) or ["nothing"], WIDTH - 14)),
    ]


def _counted(space: Space | None, symmetry: Interchanged | None) -> list[str]:
    if space is None:
        return []
    orbits = [f"{symmetry.orbits} orbits under {interchanged(symmetry)}"] if symmetry is not None else []
    return [f"{space.states} states", *orbits, f"{space.transitions} transitions", f"depth {space.depth}", "complete"]


def _verdicts(results: Sequence[Result], options: Options) -> list[str]:
    words = [word(result.verdict) for result in results]
    width = max(7, *(len(each) for each in words))
    codes = min(LONGEST_CODE, max(6, *(len(result.verdict.property.code) for result in results)))
    lines: list[str] = []
    for each, result in zip(words, results, strict=True):
        question = result.verdict.property
        label = f"{INDENT}{each:<{width}}{INDENT}{cut(question.code, codes):<{codes}}{INDENT}"
        lines += paragraph(question.name, label) or [label.rstrip()]
        for remark in _remarks(result, options):
            lines += paragraph(remark, " " * len(label))
    return lines


def _remarks(result: Result, options: Options) -> list[str]:
    """Return what is to be said about a verdict beyond its word."""
    verdict = result.verdict
    remarks = []
    if verdict.answer is Answer.OPEN:
        remarks.append(unanswered(verdict))
    elif least := least_number(result):
        remarks.append(least)
    elif verdict.answer is Answer.HOLDS and verdict.vacuous:
        premise = verdict.property.antecedent
        words = Names(result.system).formula(premise) if premise is not None else ""
        remarks.append(f"its premise is never reached{f': {words}' if words else ''}")
    kills = options.kills.get((result.proposal, verdict.property.name))
    if kills is not None:
        remarks.append(f"kills {kills[0]} of {kills[1]} mutants")
    if options.verbose and verdict.answer is not Answer.OPEN:
        used = interchanged(verdict.symmetry) if verdict.symmetry is not None else ""
        shown = [verdict.engine, confirmed(verdict), used, evidence(verdict.certificate), f"{verdict.seconds:.2f} s"]
        remarks.append(", ".join(part for part in shown if part))
    return remarks


def confirmed(verdict: Verdict) -> str:
    """Return who else says so, in words; empty when nobody was asked."""
    return f"confirmed by {verdict.confirmed_by}" if verdict.confirmed_by else ""


def interchanged(used: Interchanged) -> str:
    """Return which symmetry was used, in words: how many instances of which collections were interchanged."""
    classes = [f"{len(each)} {each[0].partition('[')[0]}" for each in used.classes]
    return f"symmetry of {' and '.join(classes)}"


def evidence(certificate: Certificate | None) -> str:
    """Return what a certificate is, in words; empty when there is none."""
    match certificate:
        case None:
            return ""
        case ClosedStates(states):
            return f"{certificate.kind} ({len(states)})"
        case NumberedStates(count=count) | NumberedOrbits(count=count):
            return f"{certificate.kind} ({count})"
        case Witness(trace):
            return f"{certificate.kind} of {len(trace)} steps"
        case QuantifiedInvariant(clauses):
            return f"{certificate.kind} ({len(clauses)})"
        case _:
            return certificate.kind


def _detail(result: Result, options: Options, shown: dict[object, str]) -> list[str]:
    """Return the excerpt of a violated property: its sentence, the last steps, and the command for the rest.

    ``shown`` holds the traces that were shown already, with their properties: none is shown twice.
    """
    verdict = result.verdict
    if verdict.answer is not Answer.VIOLATED:
        return []
    names = Names(result.system)
    says = sentence(verdict.property) or worded(names, verdict.property.formula)
    lines = ["", *paragraph(f"{verdict.property.code or verdict.property.name} {says}", "", INDENT)]
    if verdict.trace is None:
        lines += paragraph(
            f"Never possible: no behaviour without the host has {names.formula(verdict.property.formula)}.", INDENT
        )
        return [*lines, *command(again(result, options), "  again: ")]
    key = (result.system.constants, verdict.trace)
    if key in shown:
        lines += paragraph(f"by the same steps as {shown[key]}", INDENT)
    else:
        lines += _excerpt(names, verdict.trace)
        shown[key] = verdict.property.code or verdict.property.name
    if verdict.property.kind is Kind.STAYS_POSSIBLE:
        lines += paragraph(f"from here no longer possible: {names.formula(verdict.property.formula)}", INDENT)
    whole = "in full" if len(verdict.trace) <= EXCERPT else f"all {len(verdict.trace)} steps"
    return [*lines, *command(again(result, options), f"  {whole}: ")]


def _excerpt(names: Names, trace: Trace) -> list[str]:
    """Return the last steps, and a loop whole unless it is long; of a trace without steps the start state."""
    if not trace.steps:
        start = [
            f"{names.variable(variable.name)}={value_text(value)}"
            for variable, value in zip(names.system.variables, trace.initial, strict=True)
        ]
        return beside("  at the start: ", packed(start, WIDTH - 16, " "))
    first = max(1, len(trace) - EXCERPT + 1)
    if trace.loop is not None and len(trace) - trace.loop <= LONGEST_LOOP_SHOWN:
        first = max(1, min(first, trace.loop))
    return rows(names, trace, first)
