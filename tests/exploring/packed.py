"""The data of a page read back in Python, written without looking at how it is packed by anything but the bytes."""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import dataclass, field
from typing import Any

from tdispmodel.exploring.description import Description
from tdispmodel.ir.expressions import Expression
from tests.exploring.engine import Engine, words

DATA = re.compile(r'<script type="application/octet-stream" id="data">([A-Za-z0-9+/=]*)</script>')


@dataclass
class Unpacked:
    """The document of a page; states as rows of codes, their truths, their steps (None: nobody looked)."""

    document: dict[str, Any]
    rows: list[tuple[int, ...]] = field(default_factory=list)
    truths: list[list[bool]] = field(default_factory=list)
    steps: list[list[tuple[int, int, tuple[bool, ...]]] | None] = field(default_factory=list)

    def values(self, state: int) -> tuple[str, ...]:
        """The values of a state in words."""
        return tuple(
            variable["values"][code] if variable["values"] is not None else str(variable["low"] + code)
            for variable, code in zip(self.document["variables"], self.rows[state], strict=True)
        )


class Bytes:
    """Bytes that are taken from the front."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def take(self, count: int) -> bytes:
        """The next bytes."""
        taken, self.data = self.data[:count], self.data[count:]
        assert len(taken) == count
        return taken

    def numbers(self, count: int, width: int) -> list[int]:
        """The next numbers: first the lowest bytes of all of them, then the next bytes."""
        planes = [self.take(count) for _ in range(width)]
        return [sum(plane[place] << (8 * number) for number, plane in enumerate(planes)) for place in range(count)]

    def bits(self, count: int) -> list[bool]:
        """The next truth values, the first in the lowest bit."""
        taken = self.take(-(-count // 8))
        return [bool(taken[place // 8] >> (place % 8) & 1) for place in range(count)]


def unpacked(page: str) -> Unpacked:
    """The data of a page; every byte of it is read."""
    (found,) = DATA.findall(page)
    data = Bytes(zlib.decompress(base64.b64decode(found, validate=True), -15))
    document = json.loads(data.take(int.from_bytes(data.take(4), "little")))
    count = document["counts"]["states"]
    columns = [data.numbers(count, variable["width"]) for variable in document["variables"]]
    formulas = [data.bits(count) for _ in document["formulas"]]
    looked = data.bits(count)
    counts = data.numbers(count, 2)
    actions = data.numbers(sum(counts), 2)
    targets = data.numbers(sum(counts), 4)
    held = [data.bits(sum(counts)) for _ in document["steps"]]
    assert data.data == b""
    result = Unpacked(document)
    first = 0
    for state in range(count):
        result.rows.append(tuple(column[state] for column in columns))
        result.truths.append([formula[state] for formula in formulas])
        places = range(first, first + counts[state])
        first += counts[state]
        steps = [(actions[place], targets[place], tuple(formula[place] for formula in held)) for place in places]
        result.steps.append(steps if looked[state] else None)
    return result


def engine_of(description: Description) -> Engine:
    """The engine, asked about every formula of a page."""
    formulas: list[Expression] = [*description.book.of_states, *description.book.of_steps]
    return Engine(description.system, formulas)


def compare(description: Description, text: str, counts: tuple[int, int] | None = None) -> None:
    """Compare all that a page says with what the engine says."""
    engine, found = engine_of(description), unpacked(text)
    numbers = {values: number for number, values in enumerate(map(found.values, range(len(found.rows))))}
    assert len(numbers) == len(found.rows) == len(engine.states)
    assert counts in (None, (len(found.rows), sum(len(steps or ()) for steps in found.steps)))
    there = [numbers[tuple(map(words, state))] for state in engine.states]
    of_states, of_steps = (
        list(map(engine.truth, known)) for known in (description.book.of_states, description.book.of_steps)
    )
    for number, place in enumerate(there):
        assert found.truths[place] == [true(number, -1) for true in of_states]
        assert set(found.steps[place] or ()) == {
            (action, there[after], tuple(true(number, action) for true in of_steps))
            for action, after in engine.steps(number)
        }
