"""What ``sweep`` prints: the verdict under every single change of the assumptions, and which of them flip it.

Given a `Sweep`, found by the caller; gives text of at most 72 columns of plain ASCII, or a JSON document.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from tdispmodel import __version__
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.options import (
    Options,
    again,
    devices_text,
    in_words,
    sentence,
    shows_trace,
    title,
    unanswered,
    word,
)
from tdispmodel.reports.plain import WIDTH, beside, command, cut, joined, packed, paragraph
from tdispmodel.reports.trace import trace_of
from tdispmodel.verdict import Answer, Result

SCHEMA = "tdispmodel/sweep/1"
INDENT = "  "
WIDEST = 46
COMMANDS = 5
"""How many flips come with the command that shows their counterexample."""


@dataclass(frozen=True)
class Row:
    """One change of the assumptions, as it is written on the command line, and the verdict under it."""

    change: str
    result: Result


@dataclass(frozen=True)
class Sweep:
    """A verdict as it was asked for, and under every single change.

    ``fixed`` names the constants that the proposal decided, ``given`` those that the property is asked with; neither
    is changed.  ``partly`` names constants with so many values that only some were tried; ``systems`` is how many
    verdicts were asked for, since some changes make the same system.
    """

    asked: Result
    rows: tuple[Row, ...]
    fixed: tuple[str, ...]
    given: tuple[str, ...]
    partly: tuple[str, ...]
    systems: int

    @property
    def exit(self) -> Exit:
        """A report: 0 when every verdict is decided, else 3."""
        undecided = any(result.verdict.answer is Answer.OPEN for result in self.results)
        return Exit.OPEN if undecided else Exit.HOLDS

    @property
    def results(self) -> tuple[Result, ...]:
        """All verdicts, that which was asked for first."""
        return (self.asked, *(row.result for row in self.rows))

    def flips(self, row: Row) -> bool | None:
        """Whether the change turns a holding property into a violated one or back; None when that is open."""
        answers = {self.asked.verdict.answer, row.result.verdict.answer}
        return None if Answer.OPEN in answers else len(answers) == 2


def render(found: Sweep, options: Options) -> str:
    """Return the text."""
    question, system = found.asked.verdict.property, found.asked.system
    lines = packed([f"{title(question)} in {found.asked.proposal}", devices_text(system)], WIDTH)
    lines += [*paragraph(sentence(question), INDENT), ""]
    lines += [*_assumptions(found), ""]
    labels = [cut(row.change, WIDEST) for row in found.rows]
    width = max((len(label) for label in (*labels, "(as asked)")), default=0)
    lines.append(f"{INDENT}{'(as asked)':<{width}}  {word(found.asked.verdict)}")
    for label, row in zip(labels, found.rows, strict=True):
        told = {True: "<== flips", False: "", None: ""}[found.flips(row)]
        lines.append(f"{INDENT}{label:<{width}}  {word(row.result.verdict):<10}  {told}")
    lines += ["", *_flips(found, options), *_open(found)]
    return joined(lines)


def _assumptions(found: Sweep) -> list[str]:
    """Return under which constants and capabilities the verdict was asked for, and which of them stay as they are."""
    constants = dict(found.asked.system.constants)
    labelled = [
        ("asked with: ", [name for name in constants if name not in (*found.fixed, *found.given)]),
        ("fixed by the proposal: ", [name for name in found.fixed if name not in found.given]),
        ("given by the property: ", list(found.given)),
    ]
    lines: list[str] = []
    for label, names in labelled:
        shown = [f"{name}={words}" for name, words in in_words((name, constants[name]) for name in names).items()]
        lines += beside(label, packed(shown, WIDTH - len(label))) if shown else []
    off = found.asked.system.without
    lines += beside("switched off: ", packed(off, WIDTH - 14)) if off else []
    for name in found.partly:
        lines += paragraph(f"{name} has many values: only its ends and its neighbours are tried")
    return lines


def _flips(found: Sweep, options: Options) -> list[str]:
    flips = [row for row in found.rows if found.flips(row)]
    names = ", ".join(row.change for row in flips)
    changes = "1 single change" if len(found.rows) == 1 else f"{len(found.rows)} single changes"
    told = f"{len(flips)} of {changes} flip the verdict{': ' if flips else ''}{names}"
    lines = paragraph(f"{told} ({found.systems} distinct systems, {options.seconds or 0.0:.2f} s)", "", INDENT)
    for row in [row for row in flips if shows_trace(row.result)][:COMMANDS]:
        lines += command(again(row.result, options), INDENT)
    return lines


def _open(found: Sweep) -> list[str]:
    lines: list[str] = []
    for change, result in [("(as asked)", found.asked), *((row.change, row.result) for row in found.rows)]:
        if result.verdict.answer is Answer.OPEN:
            lines += paragraph(f"{change} is open: {unanswered(result.verdict)}", "", INDENT)
    return lines


def document(found: Sweep) -> str:
    """Return the JSON document as text."""
    question, system = found.asked.verdict.property, found.asked.system
    shown = {
        "schema": SCHEMA,
        "tool": {"name": "tdispmodel", "version": __version__},
        "exit": int(found.exit),
        "proposal": found.asked.proposal,
        "property": question.name,
        "code": question.code,
        "kind": question.kind.value,
        "devices": system.devices,
        "constants": dict(system.constants),
        "without": list(system.without),
        "fixed": list(found.fixed),
        "given": list(found.given),
        "partly": list(found.partly),
        "asked": _verdict(found.asked),
        "rows": [{"change": row.change, **_verdict(row.result), "flips": found.flips(row)} for row in found.rows],
        "systems": found.systems,
    }
    return json.dumps(shown, indent=2, sort_keys=True) + "\n"


def _verdict(result: Result) -> dict[str, object]:
    verdict, shown = result.verdict, trace_of(result)
    return {
        "verdict": verdict.answer.value,
        "vacuous": verdict.vacuous,
        "steps": None if shown is None else len(shown),
        "lasso": verdict.trace is not None and verdict.trace.loop is not None,
        "reason": verdict.reason,
    }
