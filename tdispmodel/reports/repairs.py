"""What ``repair`` prints: the small changes that restore a property, ranked by what they forbid.

Given a `Repairs`, found by the caller; gives text of at most 72 columns of plain ASCII, or a JSON document.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files

from tdispmodel import __version__
from tdispmodel.ir.system import System
from tdispmodel.reports.exits import Exit
from tdispmodel.reports.json import Document
from tdispmodel.reports.options import devices_text, title, word
from tdispmodel.reports.plain import WIDTH, joined, packed, paragraph
from tdispmodel.source import Place
from tdispmodel.verdict import Answer, Result

SCHEMA = "tdispmodel/repairs/1"
INDENT = "  "
MOST_BREAKING = 8


@dataclass(frozen=True)
class Repair:
    """One change that restores the property and keeps all others: which action, what is done, where it stands.

    ``changes`` counts steps from states that the model reaches, of which the change forbids some, or leads elsewhere;
    None when they were not counted.  ``alike`` are changes that do the same to all of these steps.  With ``vacuous``
    the premise of the property is never met then.
    """

    subject: str
    words: str
    place: Place
    forbids: bool
    changes: int | None
    fixes: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    vacuous: bool = False


@dataclass(frozen=True)
class Repairs:
    """What was found: ``restoring`` changes restore the property, ``breaking`` of them break others.

    ``impossible`` says what was proved to be impossible; ``reason`` why not every change was tried.
    """

    proposal: str
    result: Result
    repairs: tuple[Repair, ...] = ()
    tried: int = 0
    restoring: int = 0
    breaking: tuple[tuple[str, tuple[str, ...]], ...] = ()
    impossible: tuple[str, ...] = ()
    reason: str = ""

    @property
    def exit(self) -> Exit:
        """0 when the property holds or can be repaired, 1 when nothing that was tried does, 3 when that is open."""
        if self.result.verdict.answer is Answer.HOLDS or self.repairs:
            return Exit.HOLDS
        return Exit.OPEN if self.reason or self.result.verdict.answer is Answer.OPEN else Exit.VIOLATED


def render(found: Repairs) -> str:
    """Return the text."""
    verdict, system = found.result.verdict, found.result.system
    lines = packed([f"{title(verdict.property)}: {word(verdict)}", f"in {found.proposal}", devices_text(system)], WIDTH)
    if verdict.answer is Answer.HOLDS:
        return joined([*lines, "", "There is nothing to repair."])
    lines.append("")
    for number, repair in enumerate(found.repairs, 1):
        lines += _repair(number, repair)
    if not found.repairs:
        lines += paragraph("No repair was found.")
    if found.breaking:
        lines += ["", "These restore it and break others:"]
        for words, others in found.breaking[:MOST_BREAKING]:
            lines += paragraph(f"{words} ({', '.join(others)})", INDENT, INDENT * 2)
    if len(found.breaking) > MOST_BREAKING:
        lines.append(f"{INDENT}and {len(found.breaking) - MOST_BREAKING} more")
    lines += ["", *[line for proved in found.impossible for line in paragraph(f"Proved: {proved}")]]
    counted = (
        f"{found.tried} changes tried, {found.restoring} restore the property, {len(found.repairs)} keep all others"
    )
    lines += paragraph(f"{counted}; open: {found.reason}" if found.reason else counted, "", INDENT)
    return joined(lines)


def _repair(number: int, repair: Repair) -> list[str]:
    lines = paragraph(f"{repair.subject} {repair.words}", f"{number:>3}  ")
    if repair.changes is not None:
        steps = f"{repair.changes} step{'' if repair.changes == 1 else 's'}"
        lines += paragraph(f"forbids {steps}" if repair.forbids else f"{steps} lead elsewhere", "     ")
    if repair.fixes:
        lines += paragraph(f"also restores {', '.join(repair.fixes)}", "     ")
    if repair.vacuous:
        lines += paragraph("the property then holds vacuously", "     ")
    if repair.alike:
        lines += paragraph(f"the same: {'; '.join(repair.alike)}", "     ", "       ")
    return lines


def document(found: Repairs) -> str:
    """Return the document as text; ``repairs.schema.json`` (shipped beside this file) describes it."""
    system: System = found.result.system
    shown: Document = {
        "schema": SCHEMA,
        "tool": {"name": "tdispmodel", "version": __version__},
        "exit": int(found.exit),
        "proposal": found.proposal,
        "property": found.result.verdict.property.name,
        "code": found.result.verdict.property.code,
        "verdict": found.result.verdict.answer.value,
        "devices": system.devices,
        "constants": dict(system.constants),
        "without": list(system.without),
        "repairs": [
            {
                "action": repair.subject,
                "change": repair.words,
                "path": repair.place.path,
                "line": repair.place.line,
                "forbids": repair.forbids,
                "steps": repair.changes,
                "also_restores": list(repair.fixes),
                "alike": list(repair.alike),
                "vacuous": repair.vacuous,
            }
            for repair in found.repairs
        ],
        "breaking": [{"change": words, "breaks": list(others)} for words, others in found.breaking],
        "tried": found.tried,
        "restoring": found.restoring,
        "impossible": list(found.impossible),
        "reason": found.reason,
    }
    return json.dumps(shown, indent=2, sort_keys=True) + "\n"


def schema() -> Document:
    """Return the JSON Schema of the document."""
    text = files("tdispmodel.reports").joinpath("repairs.schema.json").read_text(encoding="utf-8")
    shown: Document = json.loads(text)
    return shown
