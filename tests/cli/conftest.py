"""A small model file of somebody's own, a catalogue of its own, and the command line as a function."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tdispmodel.cli import main

ROOM = '''"""Lamps in a room."""

from enum import Enum

from tdispmodel.dsl import Actor, Component, Constant, Each, action, invariant, must_be_possible, require


class Wiring(Enum):
    OLD = "old"
    NEW = "new"


class Lamp(Component):
    """A lamp."""

    on: bool = False
    broken: bool = False


class Room(Component):
    """Lamps that are switched on, one after the other."""

    lamps: Each[Lamp]
    wiring: Constant[Wiring] = Wiring.NEW
    floors: Constant[bool] = True
    burning: bool = False

    @action(by=Actor.USERSPACE)
    def press(self, lamp: Lamp) -> None:
        """Somebody presses the switch. [the house]"""
        require(not lamp.on)
        lamp.on = True

    @action(by=Actor.HOST)
    def surge(self) -> None:
        """Too much power comes in."""
        require(self.wiring is Wiring.OLD and any(lamp.on for lamp in self.lamps))
        self.burning = True


@invariant(code="TDM901")
def stays_dark(now: Lamp) -> bool:
    """A lamp is never on."""
    return not now.on


@invariant(code="TDM902")
def never_burns(now: Room) -> bool:
    """The room never burns."""
    return not now.burning


@invariant(code="TDM903")
def broken_lamps_are_off(now: Lamp) -> bool:
    """A broken lamp is off."""
    return not now.broken or not now.on


@must_be_possible(code="TDM904")
def light(now: Lamp) -> bool:
    """A lamp can be on."""
    return now.on
'''


@dataclass(frozen=True)
class Ended:
    """How a run ended and what it wrote."""

    code: int
    out: str
    err: str


Tdispmodel = Callable[..., Ended]


@pytest.fixture
def tdispmodel(capfd: pytest.CaptureFixture[str]) -> Tdispmodel:
    """The command line: words in, exit code and both streams out."""

    def run(*words: str | Path) -> Ended:
        capfd.readouterr()
        code = main([str(word) for word in words])
        captured = capfd.readouterr()
        return Ended(code, captured.out, captured.err)

    return run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a project with an empty catalogue and the file ``room.py``."""
    (tmp_path / "pyproject.toml").write_text("")
    for folder in ("proposals", "properties", "counterexamples"):
        (tmp_path / folder).mkdir()
    (tmp_path / "room.py").write_text(ROOM)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def heeds_interrupts() -> None:
    """Undo that whoever runs the tests in the background lets them ignore interrupts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
