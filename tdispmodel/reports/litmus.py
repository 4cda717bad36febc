"""What ``litmus`` prints: whether what a file asks about is possible, and a shortest behaviour that takes its steps.

Given a `Litmus`, found by the caller; gives text of at most 72 columns of plain ASCII, or a JSON document.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tdispmodel import __version__
from tdispmodel.ir.expressions import Expression
from tdispmodel.ir.model import NOWHERE
from tdispmodel.ir.system import System
from tdispmodel.reports.exits import Exit, worst
from tdispmodel.reports.json import state_document, steps_document
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import devices_text
from tdispmodel.reports.plain import WIDTH, joined, packed, paragraph
from tdispmodel.reports.trace import rows
from tdispmodel.source import Place
from tdispmodel.verdict import Trace

SCHEMA = "tdispmodel/litmus/1"
INDENT = "  "
ANYTHING = "True"
"""The condition of a file that asks only whether its steps can be taken."""


@dataclass(frozen=True)
class Blocked:
    """Why the steps of a file cannot all be taken: the place that was looked at, the step that cannot come next there,
    its guards that are false there with where they are written, or why it can never come.
    """

    number: int | None
    action: str
    guards: tuple[tuple[Expression, Place | None], ...]
    why: str


@dataclass(frozen=True)
class Litmus:
    """The answer to one file.

    ``positive`` and ``negative`` count the distinct states in which a behaviour that fits may end, with the condition
    and without it; when the search was ``stopped`` (in words), they are what was found until then.  ``trace`` is a
    shortest behaviour that answers the question, its steps ``counted`` (from 1) are those of the file; with
    ``blocked`` it takes the file's steps as far as they go.
    """

    name: str
    path: str
    system: System
    question: str
    condition: str
    claim: str
    positive: int
    negative: int
    stopped: str
    trace: Trace | None
    counted: tuple[int, ...]
    blocked: Blocked | None

    @property
    def possible(self) -> bool | None:
        """Whether some behaviour that fits ends with the condition; None when that is open."""
        return True if self.positive else None if self.stopped else False

    @property
    def always(self) -> bool | None:
        """Whether some behaviour fits, and all that do end with the condition; None when that is open."""
        if self.negative:
            return False
        return None if self.stopped else bool(self.positive)

    @property
    def observation(self) -> str | None:
        """``Always``, ``Sometimes`` or ``Never``: what the counts say; None when counts that may grow do not decide."""
        if self.positive and self.negative:
            return "Sometimes"
        if self.stopped:
            return None
        return "Always" if self.positive else "Never"

    @property
    def takes_steps(self) -> bool | None:
        """Whether some behaviour takes the steps of the file; None when that is open."""
        return True if self.positive or self.negative else None if self.stopped else False

    @property
    def answer(self) -> str:
        """The answer to the question in a word or two."""
        found = self.always if self.question == "always" else self.possible
        if found is None:
            return "open"
        return {"always": ("not always", "always")}.get(self.question, ("never", "possible"))[found]

    @property
    def as_expected(self) -> bool | None:
        """Whether the claim of the file is true; None when that is open."""
        found = self.always if self.claim.endswith("always") else self.possible
        if found is None:
            return None
        return found if self.claim in ("possible", "always") else not found

    @property
    def exit(self) -> Exit:
        """0 as the file expects, 1 otherwise, 3 when it is open."""
        return {True: Exit.HOLDS, False: Exit.VIOLATED, None: Exit.OPEN}[self.as_expected]


def exit_of(found: Sequence[Litmus]) -> Exit:
    """Return the exit code of several files."""
    return worst(*(one.exit for one in found)) if found else Exit.NOTHING


def render(found: Sequence[Litmus], *, traces: bool, seconds: float) -> str:
    """Return the text; with ``traces`` the behaviours too."""
    lines: list[str] = []
    for one in found:
        lines += [*_verdict(one), *(_story(one) if traces else ()), ""]
    expected = sum(one.as_expected is True for one in found)
    unknown = sum(one.as_expected is None for one in found)
    files = "1 file" if len(found) == 1 else f"{len(found)} files"
    others = f"{len(found) - expected - unknown} otherwise, {unknown} open"
    return joined([*lines, f"{files}: {expected} as expected, {others} ({seconds:.2f} s)"])


def _verdict(one: Litmus) -> list[str]:
    about = [f"in {one.system.name}", devices_text(one.system)]
    lines = packed([f"{one.name}: {one.question} {one.condition}"], WIDTH, hang=INDENT * 2)
    lines += [INDENT + line for line in packed(about, WIDTH - len(INDENT))]
    told = {True: "as expected", False: f"but the file expects: {one.claim}", None: one.stopped}[one.as_expected]
    if one.stopped and one.as_expected is not None:
        told += f" ({one.stopped})"
    lines += paragraph(f"{one.answer}, {told}", INDENT, INDENT * 2)
    if one.takes_steps is False and one.as_expected and one.condition != ANYTHING:
        lines += paragraph("note: the steps cannot be taken, so nothing was asked of the condition", INDENT, INDENT * 2)
    if one.blocked is not None:
        lines += _blocked(one, one.blocked)
    if one.observation is None:
        far = f"found until then: {one.positive} last states with the condition, {one.negative} without"
        return [*lines, *paragraph(far, INDENT, INDENT * 2)]
    return [*lines, f"Observation {one.name} {one.observation} {one.positive} {one.negative}"]


def _blocked(one: Litmus, blocked: Blocked) -> list[str]:
    """Say which step cannot come next and what it requires."""
    names = Names(one.system)
    if not blocked.action:
        return paragraph(blocked.why, INDENT)
    number = len(one.counted) + 1
    lines = paragraph(f"step {number} of the file, {names.action(blocked.action)}, cannot be taken then", INDENT)
    if blocked.why:
        lines += paragraph(blocked.why, INDENT * 2)
    for guard, place in blocked.guards:
        where = "" if place is None or place == NOWHERE else f" [{place.path}:{place.line}]"
        lines += paragraph(f"it requires: {names.formula(guard)}{where}", INDENT * 2)
    return lines


def _story(one: Litmus) -> list[str]:
    if one.trace is None:
        return []
    names = Names(one.system)
    if not one.trace.steps:
        return ["", f"{INDENT}(a start state)"]
    lines = ["", *rows(names, one.trace, story=True)]
    steps = ", ".join(map(str, one.counted))
    return [*lines, *paragraph(f"steps of the file: {steps or 'none'}", INDENT * 3)]


def document(found: Sequence[Litmus], code: Exit) -> str:
    """Return the JSON document as text; it says with which code the run ends."""
    shown = {
        "schema": SCHEMA,
        "tool": {"name": "tdispmodel", "version": __version__},
        "exit": int(code),
        "results": [_document(one) for one in found],
    }
    return json.dumps(shown, indent=2, sort_keys=True) + "\n"


def _document(one: Litmus) -> dict[str, object]:
    blocked = one.blocked
    names = Names(one.system)
    return {
        "name": one.name,
        "path": one.path,
        "proposal": one.system.name,
        "devices": one.system.devices,
        "constants": dict(one.system.constants),
        "without": list(one.system.without),
        "question": one.question,
        "condition": one.condition,
        "expected": one.claim,
        "as_expected": one.as_expected,
        "answer": one.answer,
        "observation": one.observation,
        "takes_steps": one.takes_steps,
        "positive": one.positive,
        "negative": one.negative,
        "reason": one.stopped,
        "trace": None if one.trace is None else steps_document(one.system, one.trace),
        "initial": None if one.trace is None else state_document(one.system, one.trace.initial),
        "counted": list(one.counted),
        "blocked": None
        if blocked is None
        else {
            "action": blocked.action,
            "requires": [names.formula(guard) for guard, _ in blocked.guards],
            "reason": blocked.why,
        },
    }
