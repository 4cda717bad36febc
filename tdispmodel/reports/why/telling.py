"""What the steps of a trace are needed for, in words.

Given names, a question and what matters of a trace; gives lines below the trace, and entries of the JSON document.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import Any

from tdispmodel.ir.model import Kind
from tdispmodel.reports.naming import Names
from tdispmodel.reports.options import value_text
from tdispmodel.reports.plain import WIDTH, beside, packed, paragraph
from tdispmodel.reports.why.needed import By, Given, Needed, User
from tdispmodel.verdict import Trace

LABEL = "  needed:  "
MOST_VALUES = 8
ENDS = {
    Kind.INVARIANT: "breaks it",
    Kind.STEP: "breaks it",
    Kind.LEADS_TO: "lets it never come",
    Kind.NEVER_ENDLESS: "lets it recur",
    Kind.STAYS_POSSIBLE: "loses it",
    Kind.MUST_BE_POSSIBLE: "meets it",
}
"""What a step does that the question itself is about, by the question's kind."""


def lines(names: Names, kind: Kind, trace: Trace, found: Needed, *, minimal: bool) -> list[str]:
    """Return a row for each step that matters, those that do not, and whether it was tried to leave out each."""
    rows = [_row(names, kind, number, given) for number, given in _told(names, found)]
    rows += [_row(names, kind, number, (), found.itself[number]) for number in found.itself.keys() - found.steps.keys()]
    rows.sort(key=lambda row: row[0])
    width = len(str(len(trace))) + 2
    room = WIDTH - len(LABEL)
    told = [
        line for number, items in rows for line in beside(f"{number}".ljust(width), packed(items, room - width, "; "))
    ]
    spare = [str(number) for number in range(1, len(trace) + 1) if number not in found.marked]
    blank = " " * len(LABEL)
    if not told and not spare:
        return []
    shown = beside(LABEL, told or ["no step"])
    if spare:
        shown += paragraph(f"(nothing needs {'step' if len(spare) == 1 else 'steps'} {', '.join(spare)})", blank)
    elif minimal and len(trace) > 1:
        shown += paragraph("(no step can be left out)", blank)
    return shown


def entries(found: Needed) -> list[dict[str, Any]]:
    """Return what matters for a document: one entry a step that matters, with what it gives to whom."""
    told: dict[int, tuple[Given, ...]] = {0: found.start} | found.steps
    return [
        {
            "step": number,
            "itself": user.value if (user := found.itself.get(number)) else None,
            "gives": [
                {"variable": one.variable, "value": one.value, "to": [_word(by) for by in one.by]}
                for one in told.get(number, ())
            ],
        }
        for number in sorted({0} | found.marked)
    ]


def _word(by: By) -> int | str:
    return by.value if isinstance(by, User) else by


def _told(names: Names, found: Needed) -> list[tuple[int, tuple[Given, ...]]]:
    """Return what each step gives; of the start only what could have been another value, whoever uses it."""
    open_ones = {known.name for known in names.system.variables if len(set(known.initial)) > 1}
    start = tuple(replace(given, by=()) for given in found.start if given.variable in open_ones)
    return ([(0, start)] if start else []) + list(found.steps.items())


def _row(
    names: Names, kind: Kind, number: int, given: tuple[Given, ...], itself: User | None = None
) -> tuple[int, list[str]]:
    """Return the number of a step and what it is needed for; values with the same users stand together."""
    if itself is not None:
        return number, [ENDS[kind] if itself is User.END else "goes on"]
    items = []
    for by, group in groupby(sorted(given, key=lambda one: [str(user) for user in one.by]), key=lambda one: one.by):
        values = [f"{names.variable(one.variable)}={value_text(one.value)}" for one in group]
        shown = values[:MOST_VALUES] + ([f"{len(values) - MOST_VALUES} more"] if len(values) > MOST_VALUES else [])
        items.append(f"{', '.join(shown)} {_for(kind, by)}".rstrip())
    return number, items


def _for(kind: Kind, by: tuple[By, ...]) -> str:
    steps = [str(user) for user in by if not isinstance(user, User)]
    words = [f"for {' and '.join([', '.join(steps[:-1]), steps[-1]] if len(steps) > 1 else steps)}"] if steps else []
    words += ["keeps the loop"] if User.LOOP in by else []
    words += [ENDS[kind]] if User.END in by else []
    return ", ".join(words)
