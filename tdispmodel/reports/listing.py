"""What ``list`` prints: names with a sentence each, at most 72 columns.

Given plain entries (a model's actions, the catalogue's properties, the engines); gives text in their order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tdispmodel.reports.options import first_paragraph
from tdispmodel.reports.plain import WIDTH, ascii_only, joined, paragraph

GAP = "  "
WIDEST_NAME = 26
WIDEST_NOTE = 16


@dataclass(frozen=True)
class Entry:
    """A line of a listing: a name, a short note beside it (an actor, a sort, a kind), a sentence, and its source."""

    name: str
    note: str = ""
    text: str = ""
    source: str = ""


def listing(heading: str, entries: Iterable[Entry]) -> str:
    """Return a heading with the number of entries, then the entries in columns; a long name has a line of its own."""
    found = list(entries)
    lines = paragraph(f"{heading}: {len(found) or 'none'}")
    names = _width((entry.name for entry in found), WIDEST_NAME)
    notes = _width((entry.note for entry in found), WIDEST_NOTE)
    for entry in found:
        lines += _entry(entry, names, notes)
    return joined(lines)


def _entry(entry: Entry, names: int, notes: int) -> list[str]:
    name, note = ascii_only(entry.name), ascii_only(entry.note)
    label = f"{GAP}{name:<{names}}{GAP}" + (f"{note:<{notes}}{GAP}" if notes else "")
    indent = len(GAP) + names + len(GAP) + (notes + len(GAP) if notes else 0)
    text = first_paragraph(entry.text) + (f" [{entry.source}]" if entry.source else "")
    if len(name) <= names and len(note) <= notes:
        return paragraph(text, label) or [label.rstrip()]
    lines = paragraph(f"{name} {note}".rstrip(), GAP, GAP * 2)
    return lines + paragraph(text, " " * min(indent, WIDTH // 2))


def _width(texts: Iterable[str], most: int) -> int:
    """Return the width of a column: that of its widest entry that is not wider than ``most``."""
    return max((len(ascii_only(text)) for text in texts if len(ascii_only(text)) <= most), default=0)
