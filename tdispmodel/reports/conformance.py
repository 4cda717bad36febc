"""What ``conform`` prints: whether a proposal can write the logs, and a behaviour that writes them or where they stop.

Given a `Conformance`, found by the caller; gives text of at most 72 columns of plain ASCII, or a JSON document.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from tdispmodel import __version__
from tdispmodel.ir.expressions import Expression, Value
from tdispmodel.ir.model import NOWHERE
from tdispmodel.ir.system import System
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.json import state_document, steps_document
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import devices_text
from tdispmodel.reports.plain import WIDTH, cut, joined, packed, paragraph
from tdispmodel.reports.trace import rows
from tdispmodel.source import Place
from tdispmodel.verdict import Trace

SCHEMA = "tdispmodel/conform/1"
INDENT = "  "
FEW_STEPS = 60
"""Longer behaviours are shown with ``--verbose`` only."""


@dataclass(frozen=True)
class Summary:
    """A log: how many lines it has, how many of them are about the model."""

    path: str
    source: str
    lines: int
    about: int


@dataclass(frozen=True)
class Shown:
    """A line of a log: where it stands, its text, what it tells, after how many steps of the behaviour."""

    place: Place
    text: str
    form: str
    step: int | None = None


@dataclass(frozen=True)
class Unmet:
    """What a step would have to change and does not: the variable, what it has before and after, what it would need.

    ``after`` is None where it already fails before the step.
    """

    variable: str
    before: Value
    after: Value | None
    wanted: tuple[Value, ...]


@dataclass(frozen=True)
class Blocked:
    """Why a line cannot come next: the nearest step that writes such lines, its guards that are false, what is unmet.

    Without an action no step of the model ever writes it; ``missing`` says which line should have come before.
    """

    line: Shown
    action: str
    guards: tuple[tuple[Expression, Place | None], ...]
    unmet: tuple[Unmet, ...]
    missing: str = ""


@dataclass(frozen=True)
class Conformance:
    """The answer about some logs together.

    ``explained`` of ``total`` lines that are about the model have an explanation; when that is all of them the logs are
    accepted, unless the search was ``stopped`` (in words).  ``trace`` explains ``lines``, those that are explained.
    ``nearest`` are changes of the logs, in words, with which they go on for longest.
    """

    proposal: str
    system: System
    logs: tuple[Summary, ...]
    devices: tuple[str, ...]
    complete: bool
    total: int
    explained: int
    stopped: str
    trace: Trace | None
    lines: tuple[Shown, ...]
    blocked: tuple[Blocked, ...]
    nearest: tuple[str, ...]

    @property
    def accepted(self) -> bool | None:
        """Whether the logs are explained; None when that is open, or nothing was observed."""
        if not self.total or self.stopped:
            return None
        return self.explained == self.total

    @property
    def exit(self) -> Exit:
        """0 accepted, 1 no behaviour, 3 open, 4 nothing was observed."""
        if self.stopped:
            return Exit.OPEN
        return {True: Exit.HOLDS, False: Exit.VIOLATED, None: Exit.NOTHING}[self.accepted]


def render(one: Conformance, *, verbose: bool, seconds: float) -> str:
    """Return the text; with ``verbose`` behaviours of any length."""
    lines: list[str] = []
    for log in one.logs:
        lines += paragraph(f"{log.path}: {log.source}, {log.lines} lines, {log.about} about the model", "", INDENT * 2)
    about = [f"in {one.system.name}", devices_text(one.system)]
    about += [f"devices[{number}] is {name}" for number, name in enumerate(one.devices)]
    about += ["complete" if one.complete else "lines may be missing"]
    lines += [INDENT + line for line in packed(about, WIDTH - len(INDENT))]
    lines += paragraph(verdict(one), INDENT, INDENT * 2)
    for blocked in one.blocked:
        lines += _blocked(one, blocked)
    for change in one.nearest:
        lines += paragraph(f"nearest: {change}", INDENT, INDENT * 2)
    lines += _story(one, verbose=verbose)
    lines += ["", f"{one.explained} of {one.total} lines explained ({seconds:.2f} s)"]
    return joined(lines)


def verdict(one: Conformance) -> str:
    """Return the verdict in a sentence."""
    if one.stopped:
        return f"open: {one.stopped}"
    if not one.total:
        return "nothing observed: no line is about the model"
    if one.accepted:
        return "accepted: a behaviour of the proposal explains every line"
    return f"rejected: no behaviour explains more than {one.explained} of {one.total} lines in order"


def _blocked(one: Conformance, blocked: Blocked) -> list[str]:
    names = Names(one.system)
    line = blocked.line
    lines = paragraph(f"{line.place.path}:{line.place.line}: cannot come next ({line.form}):", INDENT, INDENT * 2)
    lines.append(INDENT * 2 + cut(line.text, WIDTH - 2 * len(INDENT)))
    if not blocked.action:
        why = blocked.missing or "no step writes it under these constants"
        return [*lines, *paragraph(why, INDENT * 2)]
    lines += paragraph(f"nearest step that writes it: {names.action(blocked.action)}", INDENT * 2)
    for guard, place in blocked.guards:
        where = "" if place is None or place == NOWHERE else f" [{place.path}:{place.line}]"
        lines += paragraph(f"it requires: {names.formula(guard)}{where}", INDENT * 3)
    for unmet in blocked.unmet:
        lines += paragraph(unmet_text(names, unmet), INDENT * 3)
    if blocked.missing:
        lines += paragraph(blocked.missing, INDENT * 2)
    return lines


def unmet_text(names: Names, unmet: Unmet) -> str:
    """Return in words what a step does not do."""
    wanted = " or ".join(map(shown_value, unmet.wanted))
    if unmet.after is None:
        return f"{names.variable(unmet.variable)} is {shown_value(unmet.before)} before it, and would be {wanted}"
    change = f"{shown_value(unmet.before)} -> {shown_value(unmet.after)}"
    return f"it takes {names.variable(unmet.variable)} {change}, not to {wanted}"


def shown_value(value: Value) -> str:
    """Return a value as tables show it."""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _story(one: Conformance, *, verbose: bool) -> list[str]:
    if one.trace is None or not one.total:
        return []
    if len(one.trace) > FEW_STEPS and not verbose:
        return paragraph(f"the behaviour has {len(one.trace)} steps; --verbose shows it", INDENT)
    lines = ["", *(rows(Names(one.system), one.trace, story=True) if one.trace.steps else [f"{INDENT}(a start state)"])]
    lines += ["", f"{INDENT}lines and the step that each is told of:"]
    return [*lines, *(INDENT * 2 + cut(text, WIDTH - 2 * len(INDENT)) for text in told(one))]


def told(one: Conformance) -> Iterator[str]:
    """Yield the explained lines with their steps."""
    for line in one.lines:
        yield f"{line.step:>5}  {line.place.path}:{line.place.line}  {line.form}"


def document(one: Conformance) -> str:
    """Return the JSON document as text."""
    shown = {
        "schema": SCHEMA,
        "tool": {"name": "tdispmodel", "version": __version__},
        "exit": int(one.exit),
        "proposal": one.proposal,
        "model": one.system.name,
        "devices": one.system.devices,
        "names": list(one.devices),
        "constants": dict(one.system.constants),
        "without": list(one.system.without),
        "complete": one.complete,
        "logs": [{"path": log.path, "source": log.source, "lines": log.lines, "about": log.about} for log in one.logs],
        "verdict": {True: "accepted", False: "rejected", None: "open" if one.stopped else "nothing observed"}[
            one.accepted
        ],
        "reason": one.stopped,
        "lines": one.total,
        "explained": one.explained,
        "trace": None if one.trace is None else steps_document(one.system, one.trace),
        "initial": None if one.trace is None else state_document(one.system, one.trace.initial),
        "told": [_line_document(line) for line in one.lines],
        "blocked": [_blocked_document(one, blocked) for blocked in one.blocked],
        "nearest": list(one.nearest),
    }
    return json.dumps(shown, indent=2, sort_keys=True) + "\n"


def _line_document(line: Shown) -> dict[str, object]:
    found: dict[str, object] = {"path": line.place.path, "line": line.place.line, "text": line.text, "form": line.form}
    return found if line.step is None else {**found, "step": line.step}


def _blocked_document(one: Conformance, blocked: Blocked) -> dict[str, object]:
    names = Names(one.system)
    return {
        **_line_document(blocked.line),
        "action": blocked.action or None,
        "requires": [names.formula(guard) for guard, _ in blocked.guards],
        "unmet": [unmet_text(names, unmet) for unmet in blocked.unmet],
        "missing": blocked.missing,
    }
