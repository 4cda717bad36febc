"""A report as the body of a mail to a kernel list: what is wrong, how it is reached, who found it how, what keeps it.

The questions are those of Documentation/process/researcher-guidelines.rst: what the problem is, how it is reached, what
it does, how it was found, of which version it is said, and what would fix it.  Given a report; gives plain ASCII of at
most 72 columns.  It is only printed: the reader's mailer quotes, addresses and sends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from tdispmodel import __version__
from tdispmodel.ir.system import System
from tdispmodel.printing import compact
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import (
    Options,
    again,
    asked_of,
    assumptions,
    in_words,
    sentence,
    title,
    unanswered,
    under,
    word,
)
from tdispmodel.reports.plain import WIDTH, command, joined, packed, paragraph
from tdispmodel.reports.reasons import Reasons, worded
from tdispmodel.reports.text import complaints, counted, interchanged
from tdispmodel.reports.trace import rows
from tdispmodel.verdict import Answer, Report, Result, Verdict

LABEL = 10
LABELS = {"wanted:": "Wanted:", "false:": "Effect:"}
"""What the labels of `Reasons` are called here."""

KERNEL = "kernel"
"""The constant that says which kernel is meant."""


def render(report: Report, options: Options | None = None) -> str:
    """Return the body of a mail; complaints, if there are any, are all that is shown."""
    options = options or Options()
    if report.complaints:
        return complaints(report.complaints)
    lines: list[str] = []
    for result in report.results:
        if result.verdict.answer is Answer.VIOLATED:
            lines += [*violation(result, report.results, options), "", ""]
    for answer, heading in ((Answer.OPEN, "Not decided:"), (Answer.HOLDS, "Holds:")):
        told = [
            line for result in report.results if result.verdict.answer is answer for line in _other(result, options)
        ]
        lines += [heading, *told, ""] if told else []
    lines += paragraph(counted(report), together=(" not applicable",))
    return joined(lines)


def fingerprint(system: System) -> str:
    """Return eight hexadecimal digits that tell systems apart: what one starts with, and what each step does."""
    parts = [f"{known.name} {known.sort} {known.initial}" for known in system.variables]
    parts.append(compact(system.initially))
    for action in system.actions:
        effects = [f"{each.variable} {compact(each.value)}" for each in action.assignments]
        parts += [action.name, action.actor.value, action.fairness.value, *map(compact, action.guards), *effects]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:8]


def violation(result: Result, beside: Iterable[Result], options: Options) -> list[str]:
    """Return the answers about one violated property; ``beside`` it stand the results of the same run."""
    verdict, question, names = result.verdict, result.verdict.property, Names(result.system)
    steps = "" if verdict.trace is None else f" in {_steps(verdict)}"
    lines = packed([f"[{result.proposal}]", *f"{title(question)} violated{steps}".split()], WIDTH, " ", "  ")
    lines += [""]
    lines += _labelled("Problem:", f"not so: {sentence(question) or worded(names, question.formula)}")
    lines += _labelled("Reached:", _reached(result, names))
    if verdict.trace is not None:
        lines += _reasons(result, names)
    lines += _labelled("Found by:", ", ".join(_found(result)))
    lines += _labelled("Of:", "; ".join(_version(result, options)))
    lines += _labelled("Kept by:", ", ".join(_keepers(beside, result)) or "none of the proposals that were asked")
    lines += command(again(result, options), "Again:".ljust(LABEL))
    if verdict.trace is not None and verdict.trace.steps:
        lines += ["", *rows(names, verdict.trace)]
    return lines


def _steps(verdict: Verdict) -> str:
    count = len(verdict.trace or ())
    loop = " and a loop" if verdict.trace is not None and verdict.trace.loop is not None else ""
    return f"{count} step{'' if count == 1 else 's'}{loop}"


def _reached(result: Result, names: Names) -> str:
    trace = result.verdict.trace
    if trace is None:
        return f"never: no behaviour without the host has {names.formula(result.verdict.property.formula)}"
    if not trace.steps:
        return "at the start"
    return ", ".join(f"{names.action(action)} ({names.who(action)})" for action, _ in trace.steps)


def _reasons(result: Result, names: Names) -> Iterator[str]:
    """Yield what was wanted, and what of it is false, under the labels of this page."""
    verdict = result.verdict
    if verdict.trace is None:
        return
    for line in Reasons(names, verdict.property, verdict.trace).lines(violated=True):
        label, _, text = line.strip().partition("  ")
        if label in LABELS:
            yield f"{LABELS[label]:<{LABEL}}{text.strip()}"
        else:
            yield " " * LABEL + line.strip()


def _found(result: Result) -> Iterator[str]:
    verdict = result.verdict
    yield f"tdispmodel {__version__}"
    yield f"model {fingerprint(result.system)}"
    yield f"engine {verdict.engine}"
    if verdict.space is not None:
        yield f"all {verdict.space.states} states"
    if verdict.symmetry is not None:
        yield interchanged(verdict.symmetry)
    if verdict.shortest and verdict.trace is not None and verdict.trace.loop is None:
        yield "a shortest one"
    yield asked_of(result)


def _version(result: Result, options: Options) -> Iterator[str]:
    constants = in_words(result.system.constants)
    if KERNEL in constants:
        yield f"a model of the device core with {KERNEL}={constants[KERNEL]}"
    assumed = assumptions(result, options)
    if assumed:
        yield under(assumed)
    yield "found in the model, not on a running machine"


def _keepers(beside: Iterable[Result], result: Result) -> Iterable[str]:
    """Return the proposals of the same run that keep the property, and not for want of occasion."""
    return dict.fromkeys(
        other.proposal
        for other in beside
        if other.verdict.property.name == result.verdict.property.name
        and other.verdict.answer is Answer.HOLDS
        and not other.verdict.vacuous
    )


def _other(result: Result, options: Options) -> list[str]:
    verdict = result.verdict
    label = f"  {word(verdict):<6}"
    lines = paragraph(f"{title(verdict.property)} ({result.proposal}, {asked_of(result)})", label)
    if verdict.answer is Answer.OPEN:
        lines += paragraph(unanswered(verdict), "        ")
    assumed = assumptions(result, options)
    return [*lines, *(paragraph(under(assumed), "        ") if assumed else [])]


def _labelled(label: str, text: str) -> list[str]:
    return paragraph(text, label.ljust(LABEL), together=(" = ", " != "))
