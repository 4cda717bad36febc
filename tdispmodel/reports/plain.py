"""Plain text for mail: pure ASCII, at most 72 columns, words never broken unless they fit nowhere.

Given any text, also a hostile one; gives lines that survive being quoted twice in a mail of 80 columns.
"""

from __future__ import annotations

import shlex
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

WIDTH = 72
LONGEST_TEXT = 4000
MINIMUM_ROOM = 43
"""For one piece of a command: as much as four escaped characters take."""
_KEPT = "\x1f"

_TYPOGRAPHY = str.maketrans(
    {
        "\u2013": "-",
        "\u2014": "--",
        "\u2018": "'",
        "\u2019": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "...",
        "\u2192": "->",
        "\u00a0": " ",
        "\t": " ",
        "\n": " ",
        "\r": " ",
    }
)


def ascii_only(text: str) -> str:
    """Return ``text`` as one line of printable ASCII.

    Typographic marks become their plain forms and accents are dropped; what is left is shown as an escape, so that no
    control character of a stranger's file reaches a terminal.
    """
    if text.isascii() and text.isprintable():
        return text
    plain = unicodedata.normalize("NFKD", text.translate(_TYPOGRAPHY))
    kept = "".join(character for character in plain if not unicodedata.combining(character))
    return "".join(
        character if " " <= character <= "~" else character.encode("unicode_escape").decode("ascii")
        for character in kept.translate(_TYPOGRAPHY)
    )


def joined(lines: Iterable[str]) -> str:
    """Return lines as text, without blanks at their ends."""
    return "".join(f"{line.rstrip()}\n" for line in lines)


def cut(text: str, width: int) -> str:
    """Return ``text`` if it fits, else its beginning and ``...``, so that a reader sees that something is missing."""
    plain = ascii_only(text)
    return plain if len(plain) <= width else plain[: max(0, width - 3)] + "..."


def paragraph(text: str, first: str = "", rest: str | None = None, together: Sequence[str] = ()) -> list[str]:
    """Return ``text`` wrapped, its first line after ``first`` and the others after ``rest`` (as wide, if not given).

    At what stands in ``together`` (`` = ``) no line is broken.
    """
    plain = cut(" ".join(text.split()), LONGEST_TEXT)
    for kept in together:
        plain = plain.replace(kept, kept.replace(" ", _KEPT))
    following = " " * len(first) if rest is None else rest
    lines = textwrap.wrap(
        plain, WIDTH, initial_indent=first, subsequent_indent=following, break_on_hyphens=False, drop_whitespace=True
    )
    lines = [line.replace(_KEPT, " ").rstrip() for line in lines]
    return lines or ([first.rstrip()] if first.strip() else [])


def packed(items: Iterable[str], width: int, separator: str = ", ", hang: str = "  ") -> list[str]:
    """Return ``items`` joined into lines of at most ``width``, broken between items.

    A longer item is wrapped, its further lines after ``hang``.
    """
    lines: list[str] = []
    pieces = [ascii_only(item).rstrip() for item in items]
    for position, piece in enumerate(pieces):
        last = position == len(pieces) - 1
        item = piece if last else piece + separator.rstrip()
        gap = separator[len(separator.rstrip()) :]
        if lines and len(lines[-1]) + len(gap) + len(item) <= width:
            lines[-1] += gap + item
        else:
            lines += textwrap.wrap(item, width, subsequent_indent=hang, break_on_hyphens=False)
    return lines


def beside(label: str, lines: Sequence[str]) -> list[str]:
    """Return ``lines`` with ``label`` before the first and as many blanks before the others."""
    return [(label if number == 0 else " " * len(label)) + line for number, line in enumerate(lines)]


def command(words: Iterable[str], first: str = "") -> list[str]:
    """Return a shell command, quoted where needed and broken with backslashes, so that it can be pasted.

    ``first`` stands before its first line.
    """
    lines = [first]
    room = max(MINIMUM_ROOM, WIDTH - len(first) - 4)  # behind an indent of ``first`` and two, before " \\"
    for number, pieces in enumerate(_units(words, room)):
        glue = "" if number == 0 else " "
        if number and len(lines[-1]) + len(glue) + len(pieces[0]) > WIDTH - 2:
            lines[-1] += " \\"
            lines.append(" " * len(first) + "  ")
            glue = ""
        lines[-1] += glue + pieces[0]
        for piece in pieces[1:]:
            lines[-1] += "\\"
            lines.append(piece)  # a word that goes on does so in the first column
    return lines


def _units(words: Iterable[str], room: int) -> Iterator[list[str]]:
    """Yield the words in pieces, an option together with its value."""
    option = ""
    for word in words:
        pieces = _pieces(word, room)
        if option and len(option) + len(pieces[0]) > room:
            yield [option.rstrip()]
            option = ""
        pieces[0] = option + pieces[0]
        option = ""
        if word.startswith("--"):
            option = pieces[0] + " "
        else:
            yield pieces
    if option:
        yield [option.rstrip()]


def _pieces(word: str, room: int) -> list[str]:
    """Return a word quoted for the shell, in pieces of at most ``room`` characters."""
    if not (word.isascii() and word.isprintable()):
        chunks = [word[start : start + 4] for start in range(0, len(word), 4)]
        return [f"$'{_escaped(chunk)}'" for chunk in chunks]
    pieces: list[str] = []
    while not pieces or word:
        size = next(size for size in range(min(room, len(word)), -1, -1) if len(shlex.quote(word[:size])) <= room)
        pieces.append(shlex.quote(word[:size]))
        word = word[size:]
    return pieces


def _escaped(chunk: str) -> str:
    return "".join(
        character if character.isascii() and character.isalnum() else f"\\U{ord(character):08x}" for character in chunk
    )
