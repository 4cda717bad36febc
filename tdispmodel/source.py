"""Where text comes from, and how a mistake in it is shown.

Layer 0: imports nothing of tdispmodel.  A user's mistake is a value (`Complaint`) with a code, a place, a message and a
remedy; `Rejected` carries one or more of them up to the command line.  A mistake of ours is an ordinary traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

MAXIMUM_SHOWN_LINE = 200


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file: path as the user gave it, line from 1, column from 1 (counted in characters)."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Complaint:
    """One mistake of the user: a stable code (``E201``), what is wrong, where, and what to write instead."""

    code: str
    message: str
    place: Place
    hint: str = ""
    line_text: str = ""

    def shown(self) -> str:
        """Return the complaint as text: place, code and message, the line with a caret, and the remedy."""
        lines = [f"{self.place}: {self.code}: {self.message}"]
        if self.line_text.strip():
            lines += caret(self.line_text, self.place.column)
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class Rejected(Exception):
    """The input cannot be accepted.  ``complaints`` is never empty."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        self.complaints: tuple[Complaint, ...] = tuple(complaints)
        if not self.complaints:
            message = "Rejected needs at least one complaint"
            raise ValueError(message)
        super().__init__("\n".join(complaint.shown() for complaint in self.complaints))

    def __reduce__(self) -> tuple[type[Rejected], tuple[tuple[Complaint, ...]]]:
        """Travel between processes with the complaints."""
        return Rejected, (self.complaints,)


def caret(line: str, column: int) -> list[str]:
    """Show ``line`` with a caret under ``column``; long lines are cut around the caret, control characters replaced."""
    text = "".join(character if character.isprintable() else " " for character in line.rstrip("\n"))
    start = max(0, column - 1 - MAXIMUM_SHOWN_LINE // 2) if len(text) > MAXIMUM_SHOWN_LINE else 0
    shown = text[start : start + MAXIMUM_SHOWN_LINE]
    stripped = shown.lstrip()
    offset = max(0, column - 1 - start - (len(shown) - len(stripped)))
    return [f"    {stripped}", f"    {' ' * min(offset, len(stripped))}^"]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a sentence that names the nearest known name or lists what exists; empty if nothing is known."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    if not names:
        return ""
    listed = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"there is: {listed}"
