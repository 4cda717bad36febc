"""What a line of a log tells, before and after it is known which devices of the model it is about.

Frozen data: `Told` is what a reader gives, `Log` a file of it, `Observation` what the search takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from tdispmodel.source import Place


class Source(Enum):
    """The formats that are read."""

    KERNEL = "kernel log"
    UEVENTS = "uevents"
    FTRACE = "ftrace"


@dataclass(frozen=True)
class Told:
    """What a line tells: its form (a name of the table), where it stands, and whom it is about.

    ``time`` in microseconds, None where the line has none; ``device`` the name in the log, empty if it names none, and
    with ``is_port`` that of the port above; ``detail`` is a driver's name or the words of a marker.
    """

    form: str
    place: Place
    text: str
    time: int | None
    device: str = ""
    detail: str = ""
    is_port: bool = False


@dataclass(frozen=True)
class Log:
    """A file: what it tells in order, how many lines it has, and the ports that it names as those above devices.

    A line that says nothing about any model is silent: ``lines`` counts all, ``told`` are the others.
    """

    path: str
    source: Source
    told: tuple[Told, ...]
    lines: int
    ports: Mapping[str, str] = field(default_factory=dict)


class Item(NamedTuple):
    """What a step can show: a form, the device that it is about (-1: none), and what else is told of it."""

    form: str
    device: int
    detail: str


@dataclass(frozen=True)
class Observation:
    """A line that is about the model, as the search takes it: any one of ``items`` explains it."""

    told: Told
    items: frozenset[Item]
