"""What ``diff`` prints: what is written differently, which verdicts changed, what only one of two models can do.

Given a `Diff`, found by the caller; gives text of at most 72 columns of plain ASCII, or a JSON document.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

from tdispmodel import __version__
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import System
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.json import Document, state_document, steps_document
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import devices_text, in_words, value_text, word
from tdispmodel.reports.plain import WIDTH, beside, cut, joined, packed, paragraph
from tdispmodel.reports.trace import rows
from tdispmodel.reports.why.refusals import Refusal
from tdispmodel.verdict import Answer, Trace, Verdict

SCHEMA = "tdispmodel/diff/1"
INDENT = "  "


@dataclass(frozen=True)
class Only:
    """A shortest behaviour that only one of the models has: up to its last step the other has it, too.

    ``action`` is what the other calls the last step, empty if it has no such action; ``refusal`` is why it cannot take
    it there, or where it would lead instead.  A behaviour without steps is a start state that the other has not;
    ``unlike`` are its values that the other never starts with.
    """

    trace: Trace
    system: System
    other: System
    action: str = ""
    refusal: Refusal | None = None
    unlike: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True)
class Row:
    """One property: the verdict on it in either model, None where it is not asked."""

    name: str
    code: str
    first: Verdict | None
    second: Verdict | None

    @property
    def change(self) -> str:
        """What became of it, in a word; empty when the answers are the same."""
        answers = tuple(None if one is None else one.answer for one in (self.first, self.second))
        match answers:
            case (Answer.VIOLATED, Answer.HOLDS):
                return "fixed"
            case (Answer.HOLDS, Answer.VIOLATED):
                return "broken"
            case (one, other) if one is other:
                return ""
            case (None, _):
                return "new"
            case (_, None):
                return "gone"
            case _:
                return "open"


@dataclass(frozen=True)
class Diff:
    """Two models compared.  ``bisimilar`` is None when that is open, and ``reason`` says why.

    ``renamed`` has names of the second model with what they are in the first; ``changes`` are lines in words of the
    first; ``alone`` are variables that only one of them has, which nobody sees when behaviours are compared.
    """

    first: str
    second: str
    systems: tuple[System, System]
    renamed: tuple[tuple[str, str], ...] = ()
    changes: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    bisimilar: bool | None = None
    only_first: Only | None = None
    only_second: Only | None = None
    reason: str = ""
    rows: tuple[Row, ...] = ()
    interrupted: bool = False

    @property
    def exit(self) -> Exit:
        """1 when they are not bisimilar or an answer is another, 3 when something is open, 0 when they are the same."""
        if self.interrupted:
            return Exit.INTERRUPTED
        changed = [row for row in self.rows if row.change]
        if self.bisimilar is False or any(row.change != "open" for row in changed):
            return Exit.VIOLATED
        unknown = any(
            one is not None and one.answer is Answer.OPEN for row in self.rows for one in (row.first, row.second)
        )
        return Exit.OPEN if self.bisimilar is None or unknown else Exit.HOLDS


def render(found: Diff) -> str:
    """Return the text."""
    word_of = {True: "equivalent", False: "different", None: "open"}[found.bisimilar]
    lines = packed([f"{found.first} and {found.second}: {word_of}", devices_text(found.systems[0])], WIDTH)
    for name, value in in_words(found.systems[0].constants).items():
        if in_words(found.systems[1].constants).get(name) != value:
            lines += paragraph(f"with {name}={value} in {found.first}", INDENT)
    if found.systems[0].without:
        lines += paragraph(f"without {', '.join(found.systems[0].without)}", INDENT)
    lines += [line for old, new in found.renamed for line in paragraph(f"{old} of {found.second} is {new}", INDENT)]
    lines += ["", *(found.changes or ["nothing is written differently"])]
    if found.alone:
        lines += ["", *paragraph(f"not seen in behaviours: {', '.join(found.alone)}", "", INDENT)]
    lines += ["", *_verdicts(found), ""]
    if found.bisimilar:
        lines += paragraph("Bisimilar: from the same start states both take the same steps, for ever.")
    elif found.bisimilar is None:
        lines += paragraph(f"Whether they are bisimilar is open: {found.reason or 'no reason was given'}")
    for name, other, only in (
        (found.first, found.second, found.only_first),
        (found.second, found.first, found.only_second),
    ):
        lines += _only(name, other, only) if only is not None else _none(name, other, found)
    return joined(lines)


def _none(name: str, other: str, found: Diff) -> list[str]:
    if found.bisimilar or (found.bisimilar is None and found.reason):
        return []
    return paragraph(f"Whatever {name} does, {other} can do.")


def _verdicts(found: Diff) -> list[str]:
    changed = [row for row in found.rows if row.change]
    lines = []
    for row in changed:
        was, now = ("n/a" if one is None else word(one) for one in (row.first, row.second))
        label = f"{row.change:<8}{row.code:<8}"
        text = f"{was} -> {now}"
        lines.append(f"{label}{cut(row.name, WIDTH - len(label) - len(text) - 2)}  {text}")
    same = len(found.rows) - len(changed)
    if same:
        unchanged = f"{same} verdict{'' if same == 1 else 's'} unchanged"
        unknown = sum(row.first is not None and row.first.answer is Answer.OPEN for row in found.rows if not row.change)
        lines.append(f"{unchanged}, {unknown} of them open" if unknown else unchanged)
    return lines or ["no property was asked"]


def _only(name: str, other: str, only: Only) -> list[str]:
    names = Names(only.system)
    steps = len(only.trace)
    if not steps:
        values = only.unlike or tuple(
            (known.name, value)
            for known, value in zip(only.system.variables, only.trace.initial, strict=True)
            if len(set(known.initial)) > 1
        )
        shown = [f"{names.variable(variable)}={value_text(value)}" for variable, value in values]
        lines = paragraph(f"Only {name} starts with")
        return lines + beside(INDENT, packed(shown or ["these values together"], WIDTH - len(INDENT)))
    lines = [f"Only {name} has this behaviour, {steps} step{'' if steps == 1 else 's'}:"]
    lines += rows(names, only.trace, mark="<== only here")
    return lines + _why(Names(only.other), other, only, steps - 1)


def _why(names: Names, other: str, only: Only, after: int) -> list[str]:
    """Return why the other model does not take the last step."""
    where = "at the start" if after == 0 else f"after step {after}"
    if only.refusal is None:
        return paragraph(f"{other} has no such action", INDENT)
    called = names.action(only.refusal.action)
    if not only.refusal.false:
        return paragraph(f"{other} can take {called} {where}, and it leads elsewhere", INDENT)
    lines = paragraph(f"{other} does not take {called} {where}: false is", INDENT)
    items = []
    for part in only.refusal.false:
        values = ", ".join(f"{names.variable(known)}={value_text(value)}" for known, value in part.values)
        text = names.formula(part.part)
        items.append(text if text in values else f"{text} ({values or 'by the constants'})")
    return lines + beside(INDENT * 2, packed(items, WIDTH - 4, "; "))


def document(found: Diff) -> str:
    """Return the document as text; ``diff.schema.json`` (shipped beside this file) describes it."""
    shown: Document = {
        "schema": SCHEMA,
        "tool": {"name": "tdispmodel", "version": __version__},
        "exit": int(found.exit),
        "first": found.first,
        "second": found.second,
        "devices": found.systems[0].devices,
        "constants": [dict(system.constants) for system in found.systems],
        "without": list(found.systems[0].without),
        "equivalent": found.bisimilar,
        "reason": found.reason,
        "renamed": dict(found.renamed),
        "changes": list(found.changes),
        "alone": list(found.alone),
        "only": [_only_document(one) for one in (found.only_first, found.only_second)],
        "verdicts": [
            {
                "property": row.name,
                "code": row.code,
                "change": row.change,
                "first": None if row.first is None else row.first.answer.value,
                "second": None if row.second is None else row.second.answer.value,
            }
            for row in found.rows
        ],
    }
    return json.dumps(shown, indent=2, sort_keys=True) + "\n"


def schema() -> Document:
    """Return the JSON Schema (draft 2020-12) of the document."""
    text = files("tdispmodel.reports").joinpath("diff.schema.json").read_text(encoding="utf-8")
    found: Document = json.loads(text)
    return found


def _only_document(only: Only | None) -> Document | None:
    if only is None:
        return None
    return {
        "initial": state_document(only.system, only.trace.initial),
        "trace": steps_document(only.system, only.trace),
        "false": [] if only.refusal is None else [Names(only.other).formula(one.part) for one in only.refusal.false],
    }
