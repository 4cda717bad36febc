"""``adversary``: what the host needs to break a property."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

OLD = ("--set", "wiring=OLD")


def test_smallest_set(tdispmodel: Run, here: Path) -> None:
    """Only the surge lets the room burn: it is the smallest set, with two steps and a command that can be pasted."""
    assert here.is_dir()
    ended = tdispmodel("adversary", "room.py", "TDM902", *OLD)
    assert ended.code == 1
    rows = [line.split() for line in ended.out.splitlines()]
    assert ["FAIL", "2", "host.surge"] in rows
    assert "tdispmodel trace room.py TDM902 --set wiring=OLD" in ended.out
    assert "none of them" in ended.out


def test_command_shows_that_counterexample(tdispmodel: Run, here: Path) -> None:
    """The command that is printed, pasted, shows a counterexample of the length that was announced."""
    assert here.is_dir()
    out = tdispmodel("adversary", "room.py", "TDM902", *OLD).out
    (line,) = [line.split() for line in out.splitlines() if "tdispmodel trace" in line]
    assert "VIOLATED, 2 steps" in tdispmodel(*line[1:]).out


def test_no_capability_is_needed(tdispmodel: Run, here: Path) -> None:
    """Somebody presses the switch without the host's help: one step, no capability."""
    assert here.is_dir()
    ended = tdispmodel("adversary", "room.py", "stays_dark")
    assert ended.code == 1
    assert "FAIL 1: no capability is needed" in ended.out


def test_no_set_breaks_it(tdispmodel: Run, here: Path) -> None:
    """With the new wiring a surge does not happen: no set breaks the property, and the exit code is 0."""
    assert here.is_dir()
    ended = tdispmodel("adversary", "room.py", "never_burns")
    assert ended.code == 0
    assert "no set of capabilities breaks it" in ended.out


def test_not_decided(tdispmodel: Run, here: Path) -> None:
    """A bounded engine finds no proof: what it leaves open is listed, and the exit code is 3."""
    assert here.is_dir()
    ended = tdispmodel("adversary", "room.py", "never_burns", "--engine", "walk", "--timeout", "1s")
    assert ended.code == 3
    assert "Not decided for" in ended.out


def test_text_for_mail(tdispmodel: Run, here: Path) -> None:
    """The text is plain ASCII of at most 72 columns."""
    assert here.is_dir()
    out = tdispmodel("adversary", "room.py", "TDM902", *OLD).out
    assert out.isascii()
    assert all(len(line) <= 72 for line in out.splitlines())


def test_json(tdispmodel: Run, here: Path) -> None:
    """The document says what the text says, and under which assumptions."""
    assert here.is_dir()
    ended = tdispmodel("adversary", "room.py", "TDM902", *OLD, "--format", "json")
    document = json.loads(ended.out)
    breaking = {"capabilities": ["host.surge"], "minimal": True, "steps": 2, "lasso": False, "shortest": True}
    assert [breaking] == document["breaking"]
    assert [{"capabilities": [], "maximal": True}] == document["unbreaking"]
    assert ("tdispmodel/adversary/1", 1, "OLD") == (
        document["schema"],
        document["exit"],
        document["constants"]["wiring"],
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("room.py", "nothing_such"), "E620"),
        (("nowhere", "TDM902"), "E611"),
        (("room.py", "TDM902", "--without", "host.sing"), "E618"),
        (("room.py", "TDM902", "--engine", "steam"), "E619"),
        (("room.py",), "E610"),
    ],
)
def test_mistakes(tdispmodel: Run, here: Path, words: tuple[str, ...], code: str) -> None:
    """What cannot be asked is a complaint with exit code 2, and as JSON a document without results."""
    assert here.is_dir()
    ended = tdispmodel("adversary", *words, "--json")
    assert ended.code == 2
    assert [code] == [complaint["code"] for complaint in json.loads(ended.out)["complaints"]]
