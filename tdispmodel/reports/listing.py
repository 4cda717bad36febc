"""What ``list`` prints: names with a sentence each, at most 72 columns.

Given plain entries (a model's actions, the catalogue's properties, the engines); gives text in their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tdispmodel.reports.options import first_paragraph
from tdispmodel.reports.plain import ascii_only, joined, paragraph

GAP = "  "
WIDEST_LABEL = 30


@dataclass(frozen=True)
class Entry:
    """A line of a listing: a name, a short note beside it (an actor, a sort, a kind), a sentence, and its source."""

    name: str
    note: str = ""
    text: str = ""
    source: str = ""


def listing(heading: str, entries: Iterable[Entry]) -> str:
    """Return a heading with the number of entries, then the entries.

    Where names and notes leave room, the sentences stand beside them, else below.
    """
    found = list(entries)
    names = max((len(ascii_only(entry.name)) for entry in found), default=0)
    notes = max((len(ascii_only(entry.note)) for entry in found), default=0)
    beside = names + notes <= WIDEST_LABEL
    lines = paragraph(f"{heading}: {len(found) or 'none'}")
    for entry in found:
        label = f"{GAP}{ascii_only(entry.name):<{names}}{GAP}" + (
            f"{ascii_only(entry.note):<{notes}}{GAP}" if notes else ""
        )
        text = first_paragraph(entry.text) + (f" [{entry.source}]" if entry.source else "")
        if beside:
            lines += paragraph(text, label) or [label]
        else:
            head = f"{entry.name} ({entry.note})" if entry.note else entry.name
            lines += [*paragraph(head, GAP, GAP * 2), *paragraph(text, GAP * 3)]
    return joined(lines)
