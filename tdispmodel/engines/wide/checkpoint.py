"""How far a search is, in a folder: written after each level, and gone on from by a later run.

A level is a file of sorted numbers that never changes; the numbering of local states is another; ``search.json`` says
which of them belong together, of which system and questions they are, and their checksums.  It is replaced last and at
once, so that at any time the folder has one whole state of the search, or none.

What is read is believed as far as it can be checked: checksums find what was damaged, not what was made up, so answers
of a search that was resumed are judged like any others.  Nothing that is read is executed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib.format import write_array, write_array_header_1_0

from tdispmodel.compiling.parts import Parts
from tdispmodel.compiling.successors import Watch
from tdispmodel.engines.protocol import Unusable
from tdispmodel.engines.wide.identity import of_system, of_watches
from tdispmodel.engines.wide.search import Met, Search
from tdispmodel.engines.wide.visited import MOST_BITS, taken_apart
from tdispmodel.ir.system import System

FORMAT = "tdispmodel/checkpoint/1"
HEADER = "search.json"
PIECE = 1 << 16
"""Numbers that are written or read at once."""
BEGIN_ANEW = "delete the folder to begin anew, or name another one"
ANOTHER = "name another folder"

Document = dict[str, Any]
Vector = np.ndarray[Any, Any]
Writing = Callable[["Hashed"], object]


class Hashed:
    """A file that is being written, and the checksum of what was."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.hash = hashlib.sha256()

    def write(self, content: bytes) -> int:
        """Write more."""
        self.hash.update(content)
        return self.file.write(content)


class Checkpoint:
    """The folder of one search: of a system, of what is looked for in it, and of what instances are interchanged."""

    def __init__(
        self, folder: Path, system: System, watched: Sequence[Watch], classes: Sequence[Sequence[str]] = ()
    ) -> None:
        self.folder = folder
        self.identity = {
            "format": FORMAT,
            "system": of_system(system),
            "questions": of_watches(watched),
            "interchanged": [list(each) for each in classes],
        }
        self._levels: list[Document] = []
        self._numbering: list[Document] = []

    # --- writing ------------------------------------------------------------------------------------------------------

    def keep(self, search: Search) -> None:
        """Write down where a search is, between two levels.  Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        old = self._numbering
        self._numbering = self._numbered(search.parts)
        for level in range(len(self._levels), len(search.sizes_of_levels)):
            self._levels.append(self._level(search, level))
        content = {
            **self.identity,
            "numbering": self._numbering,
            "levels": self._levels,
            "complete": search.complete_levels,
            "stood_for": search.stood_for,
            "transitions": search.transitions,
            "finished": search.finished,
            "met": [[number, met.level, *met.numbers, met.action] for number, met in sorted(search.met.items())],
        }
        text = json.dumps({**content, "checksum": checksum(content)}, indent=1)
        self._replace(HEADER, lambda file: file.write(text.encode()))
        for each in old:
            if each not in self._numbering:
                (self.folder / each["file"]).unlink(missing_ok=True)

    def _numbered(self, parts: Parts) -> list[Document]:
        """Write the numbering of each family of parts, where it grew."""
        made = []
        for position, part in enumerate(parts.families):
            rows = parts.local[part].rows
            known = self._numbering[position] if position < len(self._numbering) else None
            if known is None or known["states"] != len(rows):
                name = numbering(position, len(rows))
                hashed = self._replace(name, partial(write_array, array=rows, allow_pickle=False))
                known = {"file": name, "states": len(rows), "checksum": hashed}
            made.append(known)
        return made

    def _level(self, search: Search, level: int) -> Document:
        count = search.sizes_of_levels[level]

        def write(file: Hashed) -> None:
            write_array_header_1_0(file, {"descr": "<i8", "fortran_order": False, "shape": (count,)})
            for keys in search.visited.pieces(level, PIECE):
                file.write(keys.astype("<i8").tobytes())

        name = level_file(level)
        return {
            "file": name,
            "states": count,
            "sides": [int(side) for side in search.visited.sides],
            "checksum": self._replace(name, write),
        }

    def _replace(self, name: str, write: Writing) -> str:
        """Write a file of this name, all of it or nothing; return its checksum."""
        temporary = self.folder / f"{name}.new"
        temporary.unlink(missing_ok=True)  # left by a process that was killed, or a link to somewhere else
        with temporary.open("xb") as file:
            hashed = Hashed(file)
            write(hashed)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.folder / name)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return hashed.hash.hexdigest()

    # --- reading ------------------------------------------------------------------------------------------------------

    def resumed(self, search: Search) -> bool:
        """Bring a search to where one was, if the folder says so.

        Raises OSError, `Unusable`, and what a search raises.
        """
        path = self.folder / HEADER
        if not path.exists():
            return False
        document = self._document(path)
        try:
            self._levels, self._numbering = document["levels"], document["numbering"]
            self._restore(search, document)
        except (ArithmeticError, AttributeError, EOFError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise self._damaged(path, f"it makes no sense: {error}") from error
        return True

    def _document(self, path: Path) -> Document:
        """Return what a search was when it was written down."""
        self._is_file(path)
        try:
            document: Document = json.loads(path.read_bytes())
            form, said = str(document["format"]), document.pop("checksum")
            matches = said == checksum(document)
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
            raise self._damaged(path, "it is no document of this kind") from error
        if form != FORMAT:
            message = f"the checkpoint is in the format {form[:40]!r}, and this version writes {FORMAT}"
            raise Unusable(path, message, BEGIN_ANEW)
        if not matches:
            raise self._damaged(path, "its checksum differs")
        if document.get("system") != self.identity["system"]:
            raise Unusable(path, "the checkpoint is about another system", ANOTHER)
        if document.get("questions") != self.identity["questions"]:
            raise Unusable(path, "the checkpoint is about other questions", ANOTHER)
        if document.get("interchanged") != self.identity["interchanged"]:
            raise Unusable(path, "the checkpoint is about other orbits of states", ANOTHER)
        return document

    def _restore(self, search: Search, document: Document) -> None:
        parts = search.parts
        for position, (each, part) in enumerate(zip(document["numbering"], parts.families, strict=True)):
            rows = np.array(self._loaded(each, numbering(position, whole(each["states"])), np.uint64, 2))
            if rows.shape != (each["states"], parts.local[part].rows.shape[1]) or not parts.regular(part, rows):
                message = f"{each['file']} has other variables or values"
                raise ValueError(message)
            parts.local[part].restore(rows)
        levels = document["levels"]
        complete, finished = whole(document["complete"]), document["finished"]
        if not levels or not isinstance(finished, bool) or complete != len(levels) - (not finished):
            message = f"of {len(levels)} levels {complete} are complete"
            raise ValueError(message)
        for level, each in enumerate(levels):
            self._offer(search, each, level)
            search.advance()
            if search.sizes_of_levels != [one["states"] for one in levels[: level + 1]]:
                message = f"{each['file']} has other states than it says"
                raise ValueError(message)
        search.stood_for, search.transitions = whole(document["stood_for"]), whole(document["transitions"])
        for number, level, *numbers, action in document["met"]:
            met = Met(whole(level), tuple(map(whole, numbers)), whole(action + 1) - 1)
            if level >= complete or not search.is_met(whole(number), met):
                message = "what was met is not there"
                raise ValueError(message)
            search.met[number] = met
        search.complete_levels = complete  # until then nothing is known of any level: what was met on it is not there
        if finished:
            search.finish()

    def _offer(self, search: Search, each: Document, level: int) -> None:
        """Offer the states of a level, each of which must have numbers that are given."""
        keys, sides = self._loaded(each, level_file(level), np.int64, 1), [whole(side) for side in each["sides"]]
        known = [len(local) for local in search.parts.local]
        if not all(1 <= side <= 1 << MOST_BITS for side in sides):
            message = f"{each['file']} has sides that are none"
            raise ValueError(message)
        for first in range(0, len(keys), search.chunk):
            search.look()
            some = np.array(keys[first : first + search.chunk])
            if some.min() < 0 or some.max() >= prod(sides):
                message = f"{each['file']} has a number that is no state"
                raise ValueError(message)
            numbers = taken_apart(some, sides)
            if any(((one < 0) | (one >= count)).any() for one, count in zip(numbers, known, strict=True)):
                message = f"{each['file']} has a local state without a number"
                raise ValueError(message)
            search.offer(search.orbits.representative(numbers))

    def _loaded(self, each: Document, name: str, sort: type[np.int64 | np.uint64], sides: int) -> Vector:
        """Return the numbers in a file, which must have this name; they are read when they are looked at."""
        path = self.folder / name
        if each["file"] != name:
            message = f"there is something else where {name} should be"
            raise ValueError(message)
        try:
            self._is_file(path)
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError as error:
            raise self._damaged(path, "it is not there") from error
        if found != each["checksum"]:
            raise self._damaged(path, "its checksum differs")
        numbers: Vector = np.load(path, mmap_mode="r", allow_pickle=False)
        if numbers.dtype != sort or numbers.ndim != sides or len(numbers) != each["states"]:
            message = f"{path.name} has numbers of another kind"
            raise ValueError(message)
        return numbers

    def _is_file(self, path: Path) -> None:
        """Raise `Unusable` for a folder, or what could be read from for ever."""
        if path.exists() and not path.is_file():
            raise self._damaged(path, "it is no file")

    @staticmethod
    def _damaged(path: Path, why: str) -> Unusable:
        return Unusable(path, f"the checkpoint is damaged: {why}", BEGIN_ANEW)


def numbering(position: int, states: int) -> str:
    """Return the name of the file for the numbers of so many local states of one family of parts."""
    return f"numbering-{position}-{states}.npy"


def level_file(level: int) -> str:
    """Return the name of the file for the states of a level."""
    return f"level-{level:06}.npy"


def whole(number: object) -> int:
    """Return a number that counts something.  Raises ValueError for anything else, also where it is far too large."""
    if type(number) is not int or not 0 <= number < 1 << MOST_BITS:
        message = "a number is none, or far too large"
        raise ValueError(message)
    return number


def checksum(content: Document) -> str:
    """Return the checksum of a document."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
