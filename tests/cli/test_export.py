"""``export``: the models of other tools, as text or as bytes, on stdout or in a file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.cli.arguments import MODELS as OFFERED
from tdispmodel.exporting import ABOUT_PROPERTIES, FORMATS, MODELS, TAKES, WITHOUT_PROPERTIES
from tdispmodel.exporting.itf import load
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


@pytest.mark.parametrize("language", ["promela", "smv", "rv", "itf"])
def test_stdout_and_file_are_the_same(language: str, here: Path) -> None:
    """What is written to a file is, byte for byte, what stdout gets."""
    said = {"rv": ["--view", "lamps[0].on"], "itf": ["-k", "stays_dark"]}.get(language, [])
    command = [sys.executable, "-m", "tdispmodel", "export", "room.py", "--to", language, "-n", "1", *said]
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


def test_every_language_is_offered_once() -> None:
    """What the command line offers is what there is: models, and the behaviour of a property."""
    assert [*MODELS, *FORMATS] == [*OFFERED]
    assert MODELS.keys() >= {*TAKES, *ABOUT_PROPERTIES, *WITHOUT_PROPERTIES}


@pytest.mark.parametrize("language", MODELS)
def test_every_language_writes_the_room(language: str, tdispmodel: Run, here: Path) -> None:
    """Each language has something to say of a lamp that can be switched on, and takes the options that it is said to."""
    options: list[str] = []
    options += ["--view", "lamps[0].on"] if "view" in TAKES.get(language, ()) else []
    options += ["--depth", "1"] if "depth" in TAKES.get(language, ()) else []
    options += ["--changes"] if "changes" in TAKES.get(language, ()) else []
    assert tdispmodel("export", "room.py", "--to", language, *options, "-o", "room").code == 0
    assert b"press" in (here / "room").read_bytes()


def test_options_that_say_nothing_are_complaints(tdispmodel: Run, here: Path) -> None:
    """An option of another language, a property where none is part of the language, a variable that there is not, a depth
    that is none: each is told, with what would make sense.
    """
    assert here.is_dir()
    for words, told in (
        (("smv", "--view", "burning"), "--view says nothing about smv"),
        (("dot", "--depth", "3"), "it is about: smtlib"),
        (("graphml", "--changes"), "it is about: rv"),
        (("rv", "-k", "stays_dark"), "-k stays_dark: no property is part of rv"),
        (("graphml", "--view", "lamps[0].onn"), "did you mean lamps[0].on?"),
        (("smtlib", "--depth", "-1"), "the depth is -1"),
        (("rv",), "no variable is called tdi: say with --view which one it is about"),
        (("tla", "-o", "a-b.tla"), "a module cannot be called a-b"),
        (("itf",), "say with -k of which property"),
        (("itf", "-k", "burns"), "nothing that it picks of room has a behaviour to show"),
    ):
        refused = tdispmodel("export", "room.py", "--to", *words)
        assert (2, "") == (refused.code, refused.out)
        assert told in refused.err


def test_a_clash_is_told(tdispmodel: Run, here: Path) -> None:
    """A press that switches a lamp on or, being refused, does not, is told with the state, the event and both targets."""
    shy = (
        (here / "room.py")
        .read_text()
        .replace("        require(not lamp.on)\n", "")
        .replace("lamp.on = True", "lamp.on = self.burning")
        .replace("any(lamp.on for lamp in self.lamps)", "not self.burning")
    )
    (here / "shy.py").write_text(shy)
    refused = tdispmodel("export", "shy.py", "--to", "rv", "--set", "wiring=OLD", "--view", "lamps[0].on")
    assert refused.code == 2
    assert "in False, press(lamps[0]) leads to False and to True (burning False or True)" in refused.err
    assert (
        tdispmodel("export", "shy.py", "--to", "rv", "--set", "wiring=OLD", "--view", "lamps[0].on", "--changes").code
        == 0
    )


def test_limits_are_obeyed(tdispmodel: Run, here: Path) -> None:
    """Where no time is left, or no memory, nothing is written, and the question is open."""
    assert here.is_dir()
    for words, told in ((("--timeout", "0.000001s"), "no more time (1e-06 s)"), (("--memory", "1"), "no more memory")):
        ended = tdispmodel("export", "room.py", "--to", "dot", "-n", "4", *words, "-o", "graph")
        assert (3, "") == (ended.code, ended.out)
        assert told in ended.err
        assert not (here / "graph").exists()


def test_the_behaviour_of_a_property(tdispmodel: Run, here: Path) -> None:
    """The counterexample that is exported is the one that is stored: as many steps, of this property."""
    assert tdispmodel("export", "room.py", "--to", "itf", "-k", "stays_dark", "-o", "dark.itf.json").code == 0
    stored = load(here / "dark.itf.json")
    assert ("stays_dark", "violated", 1) == (stored.property, stored.verdict, len(stored.steps))


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
        (("--to", "svg"), "name them: --view devices[0].tdi"),
        (("--to", "promela", "--view", "burning"), "--view says nothing about promela"),
        (("--to", "dot", "--view", "lamps[0].off"), "did you mean lamps[0].on?"),
        (("--to", "svg", "--view", ","), "no variable or instance of room called"),
        (("--to", "svg", "--view", "burning", "-k", "light"), "-k light: no property is part of svg"),
    ],
)
def test_a_view_that_makes_no_sense(words: tuple[str, ...], told: str, tdispmodel: Run, here: Path) -> None:
    """A picture needs variables that there are, and nothing else takes any."""
    assert here.is_dir()
    ended = tdispmodel("export", "room.py", *words)
    assert ended.code == 2
    assert told in ended.err
