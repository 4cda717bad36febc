"""Reads models from text, for the tests beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tdispmodel.ir.expressions import Expression
from tdispmodel.ir.model import Action, Component, Model
from tdispmodel.reading import Reading, read
from tdispmodel.source import Rejected

HEAD = """from __future__ import annotations

from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import Actor, Component, Constant, Each, Ghost, HiddenFrom, Range, Step, action, anything, given
from tdispmodel.dsl import initially, invariant, leads_to, must_be_possible, needs, never_endless, removes, replaces
from tdispmodel.dsl import require, restricts, stays_possible, step_property


class Tdi(Enum):
    LOCKED = auto()
    RUN = auto()
    ERROR = auto()


"""


def reading(text: str, name: str = "design.py") -> Reading:
    """Return the reading of a file that holds the usual imports, the enum `Tdi` and ``text``."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(HEAD + text, encoding="utf-8")
        return read(path)


def model(text: str) -> Model:
    """Return the model of a text."""
    return reading(text).model


def codes(text: str) -> list[str]:
    """Return the codes of what is complained about in a text; empty when it is accepted."""
    try:
        reading(text)
    except Rejected as rejected:
        return [complaint.code for complaint in rejected.complaints]
    return []


def component(found: Model, name: str) -> Component:
    """Return a component of a model by its very name."""
    (wanted,) = [known for known in found.components if known.name == name]
    return wanted


def action(found: Model, name: str) -> Action:
    """Return the only action of this name."""
    (wanted,) = [known for part in found.components for known in part.actions if known.name == name]
    return wanted


def guards(found: Model, name: str) -> list[Expression]:
    """Return the conditions of the only action of this name."""
    return [guard.condition for guard in action(found, name).guards]


def indented(lines: str) -> Iterator[str]:
    """Yield lines as they stand inside a method."""
    for line in lines.strip("\n").split("\n"):
        yield f"        {line}"
