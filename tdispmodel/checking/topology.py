"""Topology files: how many instances there are and which constants each of them has, as a TOML table.

    [[devices]]
    kind = "TDISP"

    [[devices]]
    kind = "PLAIN"

Given a file that may be hostile; gives a `Topology` or raises `Rejected`.  Whether a model has such parts and constants
is asked in `constants`.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tdispmodel.checking.mistakes import BAD_VALUE, TOPOLOGY, mistake, shortened
from tdispmodel.ir.expressions import Boolean, Bounded, Enumeration, Value, belongs
from tdispmodel.ir.model import Constant
from tdispmodel.source import Complaint, Place, Rejected, did_you_mean

LARGEST_FILE = 1 << 16
LONGEST_LINE = 1000
"""A key of ten thousand dots keeps the standard library busy for a minute; keys end with their line."""
MOST_ROWS = 64
DEEPEST = 8
"""Parts of parts; a model has no more."""
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
WHERE = re.compile(r" \(at line ([0-9]+), column ([0-9]+)\)$")


@dataclass(frozen=True)
class Topology:
    """What a file says: how many instances each collection has, and values by full names (``devices[0].kind``)."""

    path: str
    counts: Mapping[str, int]
    values: Mapping[str, object]


def read_topology(path: Path) -> Topology:
    """Return the topology in the file ``path``.  Raises `Rejected`."""
    return topology(small_text(path, TOPOLOGY, LARGEST_FILE), str(path))


def topology(text: str, path: str) -> Topology:
    """Return the topology that ``text`` writes; ``path`` is how complaints call it.  Raises `Rejected`."""
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            message = f"a line has at most {LONGEST_LINE} letters"
            raise mistake(TOPOLOGY, message, "write one constant a line", Place(path, number))
    try:
        document = tomllib.loads(text)
    except RecursionError:
        raise mistake(TOPOLOGY, "nested too deeply", "write [[devices]] and below it kind = ...", Place(path)) from None
    except ValueError as problem:
        raise _syntax(str(problem), text, path) from None
    if not document:
        hint = "write [[devices]] for each of them"
        raise mistake(TOPOLOGY, "a topology lists instances, and there are none", hint, Place(path))
    counts: dict[str, int] = {}
    values: dict[str, object] = {}
    for part, found in document.items():
        _check_name(part, path)
        if isinstance(found, list) and all(isinstance(row, dict) for row in found):
            if len(found) > MOST_ROWS:
                raise mistake(TOPOLOGY, f"there are more than {MOST_ROWS} tables [[{part}]]", place=Place(path))
            counts[part] = len(found)
            for position, row in enumerate(found):
                values |= _flat(f"{part}[{position}]", row, path, DEEPEST)
        elif isinstance(found, dict):
            values |= _flat(part, found, path, DEEPEST)
        else:
            message = f"{shortened(part)} stands outside of every table"
            hint = "write it below [[devices]]; a constant of the whole check is set with --set"
            raise mistake(TOPOLOGY, message, hint, Place(path))
    return Topology(path, counts, values)


def _flat(name: str, table: Mapping[str, object], path: str, depth: int) -> Iterator[tuple[str, object]]:
    """Yield each value of a table by its full name; tables below are those of single parts."""
    for key, value in table.items():
        _check_name(key, path)
        if isinstance(value, dict):
            if not depth:
                raise mistake(TOPOLOGY, "nested too deeply", place=Place(path))
            yield from _flat(f"{name}.{key}", value, path, depth - 1)
        else:
            yield f"{name}.{key}", value


def _check_name(name: str, path: str) -> None:
    if not NAME.fullmatch(name):
        message = f"{shortened(name) or 'the empty name'} is no name of a part or constant"
        raise mistake(TOPOLOGY, message, "write [[devices]] and below it kind = ...", Place(path))


def _syntax(problem: str, text: str, path: str) -> Rejected:
    """Return the complaint about text that is no TOML, with line and column where they are known."""
    found = WHERE.search(problem)
    why = shortened(WHERE.sub("", problem).removesuffix(" (at end of document)"), 80)
    lines = text.split("\n")
    line, column = (int(found[1]), int(found[2])) if found else (len(lines), len(lines[-1]) + 1)
    line_text = lines[line - 1].rstrip("\r") if 0 < line <= len(lines) else ""
    return Rejected([Complaint(TOPOLOGY, f"this is no TOML: {why}", Place(path, line, column), "", line_text)])


def typed(constant: Constant, name: str, value: object, place: Place) -> Value:
    """Return the value of ``constant`` that a file gives as ``name``.  Raises `Rejected` when it is none."""
    sort = constant.sort
    if isinstance(sort, Enumeration) and isinstance(value, str):
        value = value.removeprefix(f"{sort.name}.")
    if isinstance(value, bool | int | str) and belongs(value, sort):
        return value
    match sort:
        case Enumeration(_, members):
            hint = did_you_mean(value if isinstance(value, str) else "", members)
        case Boolean():
            hint = "write true or false"
        case Bounded(low, high):
            hint = f"write a number from {low} to {high}"
    raise mistake(BAD_VALUE, f"{shortened(str(value))} is no value of the constant {name}", hint, place)


def small_text(path: Path, code: str, largest: int) -> str:
    """Return the text of a file.  Raises `Rejected` for what is no ordinary, small UTF-8 file."""
    place = Place(str(path))
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a named pipe must not block
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise mistake(code, "this is not an ordinary file", place=place)
            content = file.read(largest + 1)
        if len(content) > largest:
            raise mistake(code, f"the file has more than {largest} bytes", place=place)
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        before = wrong.object[: wrong.start]
        line = Place(str(path), before.count(b"\n") + 1)
        raise mistake(code, "this is no UTF-8 text", "save the file as UTF-8", line) from None
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else "the path makes no sense"
        raise mistake(code, f"cannot read the file: {why}", place=place) from None
