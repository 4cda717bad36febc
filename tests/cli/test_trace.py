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


def test_why_not(tdispmodel: Run, here: Path) -> None:
    """What an action requires and does not have is named with its value; where it can happen, what it would do."""
    assert here.is_dir()
    words = ("trace", "room.py", "never_burns", *OLD)
    plain = tdispmodel(*words).out
    out = tdispmodel(*words, "--why-not", "press@1", "--why-not", "press@0", "--why-not", "Room.surge@0").out
    assert out.startswith(plain)
    assert """\
  why not: press after step 1: false is what it requires:
             not on (on=yes)
  why not: press at the start: it can happen there: on no -> yes
  why not: surge at the start: false is what it requires:
             on
""" == out.removeprefix(plain)


def test_why_not_by_constants(tdispmodel: Run, here: Path) -> None:
    """An action that the constants rule out is refused by its guard as it is written; one switched off says so."""
    assert here.is_dir()
    ruled_out = tdispmodel("trace", "room.py", "light", "--why-not", "surge@1").out
    assert "  why not: surge after step 1: false is what it requires:\n" in ruled_out
    assert "wiring = OLD" in ruled_out
    off = tdispmodel("trace", "room.py", "light", "--without", "host.surge", "--why-not", "surge@1").out
    assert "  why not: surge after step 1: switched off: --without host.surge\n" in off


def test_why_not_as_json(tdispmodel: Run, here: Path) -> None:
    """A document has the false parts with their values and the line of the `require`."""
    assert here.is_dir()
    ended = tdispmodel("trace", "room.py", "light", "--why-not", "press@1", "--json")
    (answer,) = json.loads(ended.out)["results"][0]["why_not"]
    (part,) = answer.pop("false")
    assert {"action": "press(lamps[0])", "step": 1, "possible": False, "reason": ""} == answer
    assert ("not on", {"lamps[0].on": True}) == (part["formula"], part["values"])
    line = (here / "room.py").read_text().splitlines()[part["line"] - 1]
    assert "require(not lamp.on)" == line.strip()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("press", "names no action and step"),
        ("@1", "names no action and step"),
        ("press@x", "names no action and step"),
        ("press@2", "the behaviour has 1 step\n"),
        ("pres@0", "there is no action pres"),
        ("press(lamps[7])@0", "there is no action press(lamps[7])"),
    ],
)
def test_why_not_of_nothing(tdispmodel: Run, here: Path, words: str, told: str) -> None:
    """An action or a step that does not exist is a complaint, and nothing is shown."""
    assert here.is_dir()
    ended = tdispmodel("trace", "room.py", "light", "--why-not", words)
    assert (2, "") == (ended.code, ended.out)
    assert told in ended.err


def test_why_not_without_a_behaviour(tdispmodel: Run, here: Path) -> None:
    """Where no behaviour is shown that is said, and the verdict stands."""
    assert here.is_dir()
    ended = tdispmodel("trace", "room.py", "never_burns", "--why-not", "press@0")
    assert ended.code == 0
    assert "there is no behaviour" in ended.err


def test_steps_are_told_what_they_are_for(tdispmodel: Run, here: Path) -> None:
    """The switch must be pressed for the surge to do harm; neither step can be left out."""
    assert here.is_dir()
    out = tdispmodel("trace", "room.py", "never_burns", *OLD).out
    assert (
        """\
  needed:  1  on=yes for 2
           2  burning=yes breaks it
           (no step can be left out)
"""
        in out
    )


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
