"""``export``: the models of other tools, as text or as bytes, on stdout or in a file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.exporting.circuits import read

Run = Callable[..., Any]

COUNT = '''"""A counter."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, invariant


class Count(Component):
    """It counts."""

    far: Annotated[int, Range(0, 300)] = 0

    @action(by=Actor.KERNEL)
    def rest(self) -> None:
        """Nothing happens. [the house]"""


@invariant(code="TDM901")
def stays(now: Count) -> bool:
    """It stays."""
    return now.far < 300
'''


@pytest.mark.parametrize("language", ["promela", "murphi", "aiger"])
def test_stdout_and_file_are_the_same(language: str, here: Path) -> None:
    """What is written to a file is, byte for byte, what stdout gets."""
    command = [sys.executable, "-m", "tdispmodel", "export", "room.py", "--to", language, "-n", "2"]
    shown = subprocess.run(command, cwd=here, capture_output=True, check=True)
    subprocess.run([*command, "-o", "model"], cwd=here, capture_output=True, check=True)
    assert shown.stdout == (here / "model").read_bytes()
    assert shown.stderr == b""


def test_a_circuit_has_all_properties_or_those_picked(tdispmodel: Run, here: Path) -> None:
    """Without ``-k`` each invariant and each step property is a bad state, one for each device that it is about; with it
    those that it picks.
    """
    assert tdispmodel("export", "room.py", "--to", "aiger", "-n", "2", "-o", "all").code == 0
    assert tdispmodel("export", "room.py", "--to", "aiger", "-n", "2", "-k", "TDM901", "-o", "one").code == 0
    everything, one = read((here / "all").read_bytes()), read((here / "one").read_bytes())
    assert one.named("b") == ["TDM901 stays_dark"] * 2  # a lamp each
    assert set(one.named("b")) < set(everything.named("b"))
    assert {"TDM902 never_burns"} < set(everything.named("b"))


def test_what_a_circuit_cannot_say_is_refused(tdispmodel: Run, here: Path) -> None:
    """A variable with too many values is a complaint that names it; what is asked for in vain is one, too."""
    (here / "count.py").write_text(COUNT)
    refused = tdispmodel("export", "count.py", "--to", "aiger")
    assert refused.code == 2
    assert "count cannot be written as aiger: far has more than 256 values, which a circuit would list" in refused.err
    endless = tdispmodel("export", "room.py", "--to", "aiger", "-k", "light")
    assert endless.code == 2
    assert "-k light: nothing that it picks is an invariant or a step property of room" in endless.err


@pytest.mark.parametrize(("language", "begins"), [("dot", 'digraph "room" {'), ("svg", "<svg ")])
def test_a_view_is_drawn(language: str, begins: str, tdispmodel: Run, here: Path) -> None:
    """``--view`` draws what a variable goes through, on stdout or to a file."""
    shown = tdispmodel("export", "room.py", "--to", language, "--view", "lamps[0].on")
    assert shown.code == 0
    assert shown.out.startswith(begins)
    assert "press" in shown.out
    assert tdispmodel("export", "room.py", "--to", language, "--view", "lamps[0].on", "-o", "view").code == 0
    assert (here / "view").read_text() == shown.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--to", "dot"), "name them: --view devices[0].tdi"),
        (("--to", "promela", "--view", "burning"), "--to promela is the whole model"),
        (("--to", "dot", "--view", "lamps[0].off"), "did you mean lamps[0].on?"),
        (("--to", "svg", "--view", ","), "no variable or instance of room called"),
        (("--to", "svg", "--view", "burning", "-k", "light"), "a picture has no properties"),
    ],
)
def test_a_view_that_makes_no_sense(words: tuple[str, ...], told: str, tdispmodel: Run, here: Path) -> None:
    """A picture needs variables that there are, and nothing else takes any."""
    assert here.is_dir()
    ended = tdispmodel("export", "room.py", *words)
    assert ended.code == 2
    assert told in ended.err
