"""One counterexample as a numbered table: who does what, and what it changes, in the reviewers' words.

Given a result whose verdict carries a trace (a counterexample, or the witness of what must be possible); gives text.
Only changes are shown; the first state shows the variables that the trace changes or the property reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from tdispmodel.ir.expressions import Read
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import (
    Options,
    again,
    assumptions,
    devices_text,
    endless,
    first_paragraph,
    sentence,
    title,
    unanswered,
    under,
    value_text,
)
from tdispmodel.reports.plain import WIDTH, beside, command, cut, joined, packed, paragraph
from tdispmodel.reports.reasons import Reasons
from tdispmodel.reports.why import telling
from tdispmodel.reports.why.needed import needed
from tdispmodel.verdict import Answer, Result, Trace, Witness

NUMBER = 4
GAP = "  "
NARROWEST_CHANGE = 24
STORY = " " * (NUMBER + len(GAP))


@dataclass(frozen=True)
class Columns:
    """Where the columns of the table begin, counted from 0."""

    action: int
    change: int


def trace_of(result: Result) -> Trace | None:
    """Return the behaviour that a verdict shows: its counterexample, or the witness of what must be possible."""
    verdict = result.verdict
    if verdict.trace is not None:
        return verdict.trace
    return verdict.certificate.trace if isinstance(verdict.certificate, Witness) else None


def render(result: Result, options: Options | None = None) -> str:
    """Return the whole counterexample of ``result``; where there is none, a few lines that say why."""
    options = options or Options()
    trace = trace_of(result)
    names = Names(result.system)
    lines = _heading(result, names, options)
    if trace is None:
        lines += ["", *_no_trace(result, names)]
    else:
        reasons = Reasons(names, result.verdict.property, trace)
        lines += ["", *_table(result, trace, names, options), ""]
        lines += reasons.lines(violated=result.verdict.answer is Answer.VIOLATED)
        question = result.verdict.property
        matters = needed(reasons.semantics, question, trace)
        lines += telling.lines(names, question.kind, trace, matters, minimal=result.verdict.minimal)
    lines += command(again(result, options), "  again:   ")
    return joined(lines)


def rows(names: Names, trace: Trace, first: int = 1, *, mark: str = "", story: bool = False) -> list[str]:
    """Return the steps of a trace from step ``first`` on, one row each, and where its loop goes back to.

    ``mark`` stands at the end of the last row; with ``story`` the words of each action follow its first row.
    """
    columns = _columns(names, trace, first)
    told: set[str] = set()
    lines: list[str] = []
    states = trace.states
    for number in range(first, len(trace) + 1):
        action = trace.steps[number - 1][0]
        ends = [mark] if mark and number == len(trace) else []
        if trace.loop == number:
            ends.append("<== stays here for ever" if number == len(trace) else "<== loop starts here")
        row = _row(names, columns, number, action, changes(names, states[number - 1], states[number]))
        lines += marked(row, ends)
        if story:
            lines += _story(names, action, told)
    return lines + _loop(trace)


def changes(names: Names, before: tuple[object, ...], after: tuple[object, ...]) -> list[str]:
    """Return what a step changes: ``tdi RUN -> ERROR``."""
    found = []
    for variable, old, new in zip(names.system.variables, before, after, strict=True):
        if old != new:
            found.append(f"{names.variable(variable.name)} {_value(old)} -> {_value(new)}")
    return found


def _value(value: object) -> str:
    return value_text(value) if isinstance(value, bool | int | str) else str(value)


def _heading(result: Result, names: Names, options: Options) -> list[str]:
    verdict, question = result.verdict, result.verdict.property
    lines = packed([f"{title(question)}: {_outcome(result)}"], WIDTH)
    about = [f"in {result.proposal}", devices_text(result.system)]
    if verdict.engine:
        about.append(f"found by {verdict.engine}" if trace_of(result) is not None else f"asked of {verdict.engine}")
    if names.left_out:
        about.append(f"{names.left_out} left out of names")
    lines += [GAP + line for line in packed(about, WIDTH - len(GAP))]
    assumed = assumptions(result, options)
    if assumed:
        lines += paragraph(under(assumed), GAP)
    lines += paragraph(sentence(question), GAP)
    return lines


def _outcome(result: Result) -> str:
    verdict, trace = result.verdict, trace_of(result)
    words = {Answer.VIOLATED: "VIOLATED", Answer.HOLDS: "holds", Answer.OPEN: "open"}[verdict.answer]
    if verdict.answer is Answer.HOLDS and verdict.vacuous:
        words += " vacuously"
    if trace is None:
        return f"{words} (never possible)" if verdict.answer is Answer.VIOLATED else words
    steps = f"{len(trace)} step" if len(trace) == 1 else f"{len(trace)} steps"
    kind = "witness of " if verdict.answer is Answer.HOLDS else ""
    shape = ", lasso" if trace.loop is not None else ", shortest" if verdict.shortest else ""
    return f"{words}, {kind}{steps}{shape}"


def _no_trace(result: Result, names: Names) -> list[str]:
    verdict = result.verdict
    if verdict.answer is Answer.OPEN:
        return paragraph(f"No answer. {unanswered(verdict)}", GAP)
    if verdict.answer is Answer.HOLDS:
        return paragraph("There is no counterexample: the property holds.", GAP)
    searched = f"all {verdict.space.states} states were searched" if verdict.space else "this was proved"
    goal = names.formula(verdict.property.formula)
    return paragraph(f"No behaviour without the host has {goal}; {searched}.", GAP)


def _table(result: Result, trace: Trace, names: Names, options: Options) -> list[str]:
    columns = _columns(names, trace, 1)
    lines = [f"{'#':>{NUMBER}}{GAP}{'who':<{columns.action - NUMBER - 2}}{'action'}".ljust(columns.change) + "change"]
    start = f"{0:>{NUMBER}}{GAP}{'(start)':<{columns.action - NUMBER - 2}}"
    relevant = _relevant(result, trace)
    shown = [
        f"{names.variable(variable.name)}={_value(value)}"
        for variable, value in zip(result.system.variables, trace.initial, strict=True)
        if options.full or variable.name in relevant
    ]
    width = WIDTH - len(start)
    first = beside(start, packed(shown, width, " ")) if shown else [start.rstrip()]
    ends = [] if trace.loop != 0 else ["<== stays here for ever" if not trace.steps else "<== loop starts here"]
    violated = result.verdict.answer is Answer.VIOLATED
    mark = "<== here" if violated and not endless(result.verdict.property.kind) else ""
    if mark and not trace.steps:
        ends.append(mark)
    lines += marked(first, ends)
    if not trace.steps:
        return lines + _loop(trace)
    return lines + rows(names, trace, mark=mark, story=True)


def _relevant(result: Result, trace: Trace) -> set[str]:
    """Return the variables that the trace changes or the property reads."""
    question = result.verdict.property
    read = {
        node.name for formula in (question.formula, question.after) for node in formula.walk() if isinstance(node, Read)
    }
    changed = {
        variable.name
        for position, variable in enumerate(result.system.variables)
        if any(state[position] != trace.initial[position] for state in trace.states)
    }
    return read | changed


def _columns(names: Names, trace: Trace, first: int) -> Columns:
    """Return columns that leave the widest change its room; an action that is too long gets a line of its own."""
    taken = [action for action, _ in trace.steps[first - 1 :]]
    states = trace.states[first - 1 :]
    who = max((len(names.who(action)) for action in taken), default=0)
    labels = max((len(names.action(action)) for action in taken), default=0)
    widest = max(map(_widest, (changes(names, *pair) for pair in pairwise(states))), default=0)
    action = NUMBER + 2 + max(who, len("(start)")) + 2
    wished = action + max(labels, len("action")) + 2
    least = WIDTH - max(widest, NARROWEST_CHANGE)
    return Columns(action, max(min(wished, least), action + len("action") + 2))


def _widest(changed: list[str]) -> int:
    """Return the width of the widest change with the comma after it; the last has none."""
    return max((len(change) + (change is not changed[-1]) for change in changed), default=0)


def _row(names: Names, columns: Columns, number: int, action: str, changed: list[str]) -> list[str]:
    label = f"{number:>{NUMBER}}{GAP}{names.who(action):<{columns.action - NUMBER - 2}}"
    label += cut(names.action(action), WIDTH - len(label))
    width = WIDTH - columns.change
    lines = packed(changed or ["(nothing changes)"], width)
    if len(label) + 2 > columns.change:
        return [label, *(" " * columns.change + line for line in lines)]
    return beside(label.ljust(columns.change), lines)


def marked(lines: list[str], ends: list[str]) -> list[str]:
    """Return the lines with marks at the right edge, on lines of their own where there is no room."""
    shown = list(lines)
    for end in ends:
        if len(shown[-1]) + 2 + len(end) <= WIDTH:
            shown[-1] += end.rjust(WIDTH - len(shown[-1]))
        else:
            shown.append(end.rjust(WIDTH))
    return shown


def _story(names: Names, action: str, told: set[str]) -> list[str]:
    """Return the action's own words with their source, the first time that it is taken."""
    found = names.system.by_name.get(action)
    if found is None or (found.template.owner + found.template.name) in told:
        return []
    told.add(found.template.owner + found.template.name)
    text = first_paragraph(found.template.text)
    if found.template.source:
        text += f" [{found.template.source}]"
    if found.template.patched:
        text += f" ({found.template.patched} by the proposal)"
    return paragraph(text, STORY) if text.strip() else []


def _loop(trace: Trace) -> list[str]:
    if trace.loop is None:
        return []
    if trace.loop == len(trace):
        return [f"{STORY}from {trace.loop} on nobody has to move"]
    repeated = (
        f"step {len(trace)} repeats" if trace.loop + 1 == len(trace) else f"{trace.loop + 1} to {len(trace)} repeat"
    )
    return [f"{STORY}back to {trace.loop}: {repeated} for ever"]
