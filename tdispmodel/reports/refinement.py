"""What ``refine`` prints: whether every step of one model is a step or a stutter of another.

Given a `Refinement`, found by the caller; gives text of at most 72 columns of plain ASCII, or a JSON document.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from tdispmodel import __version__
from tdispmodel.ir.expressions import Read, Value
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import Options, assumptions, devices_text, unanswered, value_text
from tdispmodel.reports.plain import WIDTH, joined, packed, paragraph
from tdispmodel.reports.trace import rows
from tdispmodel.verdict import Answer, Result

SCHEMA = "tdispmodel/refinement/1"
INDENT = "  "


@dataclass(frozen=True)
class Refinement:
    """Whether ``full`` refines ``abstract``.

    ``mapping`` says for each variable of the abstract model what it is, ``result`` is the verdict on the steps: where
    it is violated, its trace ends with the first step that is neither (or has no steps: a start state is none).
    ``moved`` has the abstract variables before and after that step.  ``taken`` and ``never`` are the abstract actions
    that some step of the full model is, and that none is.
    """

    full: str
    abstract: str
    mapping: tuple[tuple[str, str], ...]
    result: Result
    moved: tuple[tuple[str, Value, Value], ...] = ()
    taken: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    @property
    def exit(self) -> Exit:
        """0 when every step is one, 1 when one is not, 3 when that is open."""
        answers = {Answer.HOLDS: Exit.HOLDS, Answer.VIOLATED: Exit.VIOLATED, Answer.OPEN: Exit.OPEN}
        return answers[self.result.verdict.answer]


def render(found: Refinement, options: Options) -> str:
    """Return the text."""
    verdict, system = found.result.verdict, found.result.system
    word = {Answer.HOLDS: "refines", Answer.VIOLATED: "does not refine", Answer.OPEN: "may refine"}[verdict.answer]
    lines = packed([f"{found.full} {word} {found.abstract}", devices_text(system)], WIDTH)
    assumed = assumptions(found.result, options)
    if assumed:
        lines += paragraph(f"with {assumed}", INDENT)
    for name, text in found.mapping:
        lines += paragraph(f"{name} = {text}", INDENT, INDENT * 2)
    lines.append("")
    if verdict.answer is Answer.HOLDS:
        lines += _holds(found)
    elif verdict.answer is Answer.OPEN:
        lines += paragraph(f"open: {unanswered(verdict)}", INDENT)
    else:
        lines += _broken(found)
    return joined(lines)


def _holds(found: Refinement) -> list[str]:
    space = found.result.verdict.space
    counted = f" ({space.states} states, {space.transitions} transitions)" if space else ""
    lines = paragraph(f"Every step is a step of {found.abstract} or leaves it where it is{counted}.", INDENT)
    lines += paragraph(f"Its actions that occur: {', '.join(found.taken) or 'none'}.", INDENT)
    if found.never:
        lines += paragraph(f"Its actions that never occur: {', '.join(found.never)}.", INDENT)
    return lines


def _broken(found: Refinement) -> list[str]:
    trace = found.result.verdict.trace
    names = Names(found.result.system)
    lines = rows(names, trace) if trace is not None else []
    if not found.moved:
        return [*lines, *paragraph(f"A start state is no start state of {found.abstract}.", INDENT), *_refused(found)]
    moves = ", ".join(f"{name} {value_text(old)} -> {value_text(new)}" for name, old, new in found.moved if old != new)
    told = f"The last step is no step of {found.abstract}: {moves or 'a value is out of range'}."
    return [*lines, "", *paragraph(told, INDENT)]


def _refused(found: Refinement) -> list[str]:
    """Say what the smaller model requires of a start state, and what the refused one has of that."""
    verdict, system = found.result.verdict, found.result.system
    if verdict.trace is None:
        return []
    names, required = Names(system), verdict.property.formula
    read = {node.name for node in required.walk() if isinstance(node, Read)}
    state = zip(system.index, verdict.trace.initial, strict=True)
    values = [f"{names.variable(name)} = {value_text(value)}" for name, value in state if name in read]
    lines = paragraph(f"required: {names.formula(required)}", INDENT * 2)
    return lines + (paragraph(f"it has: {', '.join(values)}", INDENT * 2) if values else [])


def document(found: Refinement) -> str:
    """Return the JSON document."""
    verdict, system = found.result.verdict, found.result.system
    trace = verdict.trace
    content = {
        "schema": SCHEMA,
        "tool": {"name": "tdispmodel", "version": __version__},
        "exit": int(found.exit),
        "full": found.full,
        "abstract": found.abstract,
        "devices": system.devices,
        "constants": dict(system.constants),
        "without": list(system.without),
        "verdict": verdict.answer.value,
        "engine": verdict.engine,
        "reason": verdict.reason,
        "mapping": dict(found.mapping),
        "initial": None if trace is None else dict(zip(system.index, trace.initial, strict=True)),
        "trace": None if trace is None else [name for name, _ in trace.steps],
        "moved": {name: [old, new] for name, old, new in found.moved},
        "taken": list(found.taken),
        "never": list(found.never),
    }
    return json.dumps(content, indent=2) + "\n"
