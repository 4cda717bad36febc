"""Where in a TOML file a key stands: the standard library says what a file means, but not where it says so.

Given text in which no string goes over several lines (others are refused); gives the place of each table and of each
key that stands on a line of its own.  Whoever uses it compares the keys with what `tomllib` found.
"""

from __future__ import annotations

import re

_NAME = r"""(?:[A-Za-z0-9_-]+|"[^"\\]*"|'[^']*')"""
_DOTTED = rf"{_NAME}(?:\s*\.\s*{_NAME})*"
TABLE = re.compile(rf"\s*\[\s*({_DOTTED})\s*\]\s*(?:#.*)?")
TABLE_OF_SEVERAL = re.compile(rf"\s*\[\[\s*({_DOTTED})\s*\]\]\s*(?:#.*)?")
KEY = re.compile(rf"\s*({_NAME})\s*=")
PART = re.compile(_NAME)
LONG_STRINGS = ('"""', "'''")


class Lines:
    """The lines of a file: ``texts``, and ``where`` tables and keys begin, as line and column.

    The n-th table ``[[waivers]]`` is called ``waivers[n]``, from 0, and ``counts`` says how many there are.
    ``trouble`` is the line, what is wrong with it and the remedy if places cannot be told.
    """

    def __init__(self, text: str) -> None:
        self.texts = [line.rstrip("\r") for line in text.split("\n")]
        self.where: dict[tuple[str, ...], tuple[int, int]] = {}
        self.counts: dict[str, int] = {}
        self.trouble: tuple[int, str, str] | None = None
        table: tuple[str, ...] = ()
        for number, line in enumerate(self.texts, 1):
            if any(mark in line for mark in LONG_STRINGS):
                self.trouble = (number, "a text of several lines", 'write it on one line, between single "')
                return
            if found := TABLE_OF_SEVERAL.fullmatch(line):
                name = ".".join(parts(found[1]))
                position = self.counts.get(name, 0)
                self.counts[name] = position + 1
                table = (f"{name}[{position}]",)
                self.where[table] = (number, indent(line))
            elif found := TABLE.fullmatch(line):
                table = parts(found[1])
                self.where.setdefault(table, (number, indent(line)))
            elif found := KEY.match(line):
                self.where.setdefault((*table, *parts(found[1])), (number, indent(line)))


def parts(dotted: str) -> tuple[str, ...]:
    """Return the names that are joined by dots, without their quotes."""
    return tuple(found[0].strip("\"'") for found in PART.finditer(dotted))


def indent(line: str) -> int:
    """Return the column of the first letter of a line, from 1."""
    return len(line) - len(line.lstrip()) + 1
