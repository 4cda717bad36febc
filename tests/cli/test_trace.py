"""``trace``: one counterexample, or witness, as a story."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

OLD = ("--set", "wiring=OLD")


@pytest.mark.parametrize("name", ["never_burns", "never-burns", "TDM902", "tdm902", "burns"])
def test_property_by_name_or_code(tdispmodel: Run, here: Path, name: str) -> None:
    """A property is found by its name, its code, or a part of its name that no other has."""
    assert here.is_dir()
    ended = tdispmodel("trace", "room.py", name, *OLD)
    assert ended.code == 1
    assert ended.out.startswith("TDM902 never_burns: VIOLATED, 2 steps")


def test_story(tdispmodel: Run, here: Path) -> None:
    """The trace says who does what and what changes, one row a step, in the words of the model."""
    assert here.is_dir()
    out = tdispmodel("trace", "room.py", "never_burns", *OLD).out
    rows = [line.split() for line in out.splitlines()]
    assert ["1", "userspace", "press", "on", "no", "->", "yes"] in rows
    assert ["2", "host", "surge", "burning", "no", "->", "yes", "<==", "here"] in rows
    assert "Too much power comes in." in out


def test_holding_property(tdispmodel: Run, here: Path) -> None:
    """For a property that holds there is no counterexample, and that is no failure."""
    assert here.is_dir()
    ended = tdispmodel("trace", "room.py", "never_burns")
    assert ended.code == 0
    assert "There is no counterexample" in ended.out


def test_witness(tdispmodel: Run, here: Path) -> None:
    """For what must be possible, the behaviour that shows it is told."""
    assert here.is_dir()
    ended = tdispmodel("trace", "room.py", "light")
    assert ended.code == 0
    assert "witness of 1 step" in ended.out


def test_chart(tdispmodel: Run, here: Path) -> None:
    """``--chart`` draws the behaviour below its table, with a lane for each who takes part."""
    assert here.is_dir()
    words = ("trace", "room.py", "never_burns", *OLD)
    plain, charted = tdispmodel(*words).out, tdispmodel(*words, "--chart").out
    assert charted.startswith(plain)
    assert ["userspace", "host"] == charted.removeprefix(plain).split("\n")[1].split()


def test_json(tdispmodel: Run, here: Path) -> None:
    """As JSON it is a result document with one result."""
    assert here.is_dir()
    ended = tdispmodel("trace", "room.py", "TDM902", *OLD, "--format", "json")
    assert [("never_burns", 2)] == [(one["property"], len(one["trace"])) for one in json.loads(ended.out)["results"]]


def test_same_as_check(tdispmodel: Run, here: Path) -> None:
    """A trace shows the counterexample that the check found."""
    assert here.is_dir()
    shown = tdispmodel("trace", "room.py", "TDM902", *OLD, "--format", "json")
    checked = tdispmodel("check", "room.py", "-k", "TDM902", *OLD, "--format", "json")
    assert [*json.loads(shown.out)["results"][0]["trace"]] == json.loads(checked.out)["results"][0]["trace"]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("never_burnt", "did you mean never_burns?"), ("o", "stays_dark, broken_lamps_are_off"), ("(", "there is: ")],
)
def test_no_such_property(tdispmodel: Run, here: Path, name: str, hint: str) -> None:
    """A name that means none or several properties is a complaint with names that exist."""
    (here / "room.py").write_text((here / "room.py").read_text().replace("stays_dark", "not_on"))
    ended = tdispmodel("trace", "room.py", name)
    assert (2, "") == (ended.code, ended.out)
    assert hint.replace("stays_dark", "not_on") in ended.err


@pytest.mark.parametrize(("language", "begins"), [("svg", "<svg "), ("mermaid", "sequenceDiagram\n")])
def test_draw(language: str, begins: str, tdispmodel: Run, here: Path) -> None:
    """``--draw`` writes the picture and nothing else, so that it can be sent to a file; exit code as without it."""
    assert here.is_dir()
    ended = tdispmodel("trace", "room.py", "never_burns", *OLD, "--draw", language)
    assert ended.code == 1
    assert ended.out.startswith(begins)
    assert "press" in ended.out
    assert "surge" in ended.out
    assert ended.err == ""


def test_nothing_to_draw(tdispmodel: Run, here: Path) -> None:
    """Where there is no behaviour, nothing is drawn, and it is said; a picture beside another format is refused."""
    assert here.is_dir()
    ended = tdispmodel("trace", "room.py", "never_burns", "--draw", "svg")
    assert (ended.code, ended.out, ended.err) == (0, "", "there is no behaviour to draw\n")
    refused = tdispmodel("trace", "room.py", "never_burns", "--draw", "svg", "--chart")
    assert refused.code == 2
    assert "--draw is the whole result" in refused.err
