"""``litmus``: whether an outcome is possible after some steps."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.analysing.scenario import Scenario
from tdispmodel.cli import scenarios

Run = Callable[..., Any]

FIRE = """\
litmus fire
proposal room.py  wiring=OLD
press(lamps[0])
surge
always burning
"""


def written(here: Path, text: str = FIRE, name: str = "fire.litmus") -> Path:
    """Write a litmus file and return its path from there."""
    (here / name).write_text(text)
    return Path(name)


def test_right(tdispmodel: Run, here: Path) -> None:
    """Pressed with the old wiring, a surge burns the room: one state, always; the behaviour is shown."""
    ended = tdispmodel("litmus", written(here))
    assert ended.code == 0
    assert "Observation fire Always 1 0" in ended.out
    assert "always, as expected" in ended.out
    rows = [line.split() for line in ended.out.splitlines()]
    assert ["2", "host", "surge", "burning", "no", "->", "yes"] in rows
    assert "steps of the file: 1, 2" in ended.out


def test_wrong(tdispmodel: Run, here: Path) -> None:
    """A file that expects otherwise is told so, and the exit code is 1."""
    ended = tdispmodel("litmus", written(here, FIRE.replace("always", "never")))
    assert ended.code == 1
    assert "possible, but the file expects: never" in ended.out


def test_blocked(tdispmodel: Run, here: Path) -> None:
    """Steps that cannot be taken: the blocked one is named, with what it requires and where that is written."""
    ended = tdispmodel("litmus", written(here, FIRE.replace("surge", "press(lamps[0])").replace("always", "exists")))
    assert ended.code == 1
    assert "Observation fire Never 0 0" in ended.out
    assert "step 2 of the file, press, cannot be taken then" in ended.out
    assert "it requires: not on [room.py:" in ended.out


@pytest.mark.parametrize(("condition", "noted"), [("burning", True), ("True", False)])
def test_never_for_want_of_steps(condition: str, noted: bool, tdispmodel: Run, here: Path) -> None:
    """A file that is right because its steps cannot be taken is told so, unless the steps are all that it is about."""
    text = FIRE.replace("surge", "press(lamps[0])").replace("always burning", f"never {condition}")
    ended = tdispmodel("litmus", written(here, text))
    assert ended.code == 0
    assert noted == ("note: the steps cannot be taken" in ended.out)
    document = json.loads(tdispmodel("litmus", "fire.litmus", "--json").out)
    assert document["results"][0]["takes_steps"] is False


def test_nothing_observed(tdispmodel: Run, here: Path) -> None:
    """A search without memory is open: no observation, but what was found until then; null in the document."""
    path = written(here, FIRE.replace("press", "...\npress"))
    ended = tdispmodel("litmus", path, "--memory", "1")
    assert ended.code == 3
    assert "Observation" not in ended.out
    assert "found until then: 0 last states with the condition, 0 without" in " ".join(ended.out.split())
    (result,) = json.loads(tdispmodel("litmus", path, "--memory", "1", "--json").out)["results"]
    assert (None, None, "open") == (result["observation"], result["takes_steps"], result["answer"])


@pytest.mark.parametrize(("word", "meant"), [("pres", "press"), ("pres(lamps[0])", "press(lamps[0])")])
def test_misspelt(word: str, meant: str, tdispmodel: Run, here: Path) -> None:
    """A misspelt step is answered with the nearest one, in the form in which the file writes it."""
    ended = tdispmodel("litmus", written(here, FIRE.replace("press(lamps[0])", word)))
    assert ended.code == 2
    assert f"did you mean {meant}?" in ended.err


def test_ruled_out(tdispmodel: Run, here: Path) -> None:
    """A step that the constants rule out is not misspelt: it can never be taken."""
    ended = tdispmodel("litmus", written(here, FIRE.replace("OLD", "NEW").replace("always burning", "never True")))
    assert ended.code == 0
    assert "its guard is never true under these constants" in ended.out


def test_open(tdispmodel: Run, here: Path) -> None:
    """Without enough memory the answer is open, and the exit code is 3."""
    ended = tdispmodel("litmus", written(here), "--memory", "100")
    assert ended.code == 3
    assert "open, out of memory" in ended.out


def test_several(tdispmodel: Run, here: Path) -> None:
    """Of several files only the verdicts are shown, and the worst one makes the exit code."""
    files = written(here), written(here, FIRE.replace("always", "never"), "other.litmus")
    ended = tdispmodel("litmus", *files)
    assert ended.code == 1
    assert "2 files: 1 as expected, 1 otherwise, 0 open" in ended.out
    assert "userspace" not in ended.out
    assert "userspace" in tdispmodel("litmus", *files, "-v").out


def test_of_the_catalogue(tdispmodel: Run, here: Path) -> None:
    """Without a file all of the catalogue are asked; where there are none, nothing was checked."""
    ended = tdispmodel("litmus")
    assert (4, "") == (ended.code, ended.out)
    (here / "litmus").mkdir()
    written(here, FIRE.replace("room.py", "../room.py"), "litmus/fire.litmus")
    assert tdispmodel("litmus").code == 0


def test_json(tdispmodel: Run, here: Path) -> None:
    """The document says what the text says."""
    document = json.loads(tdispmodel("litmus", written(here), "--json").out)
    (one,) = document["results"]
    assert ("tdispmodel/litmus/1", 0, "always", True) == (
        document["schema"],
        document["exit"],
        one["answer"],
        one["as_expected"],
    )
    assert ["press(lamps[0])", "surge"] == [step["action"] for step in one["trace"]]
    assert ([1, 2], 1, 0, None) == (one["counted"], one["positive"], one["negative"], one["blocked"])


def test_text_for_mail(tdispmodel: Run, here: Path) -> None:
    """The text is plain ASCII of at most 72 columns."""
    out = tdispmodel("litmus", written(here)).out
    assert out.isascii()
    assert all(len(line) <= 72 for line in out.splitlines())


@pytest.mark.parametrize(
    ("change", "code", "line"),
    [
        (("press(lamps[0])", "push(lamps[0])"), "E627", 3),
        (("press(lamps[0])", "press(lamps[1])"), "E627", 3),
        (("room.py", "status_quo"), "E611", 2),
        (("room.py", "nowhere.py"), "E101", 1),
        (("wiring=OLD", "wiring=GOLD"), "E616", 2),
        (("wiring=OLD", "walls=OLD"), "E615", 2),
        (("wiring=OLD", "without host.sing"), "E618", 2),
        (("wiring=OLD", "devices 99"), "E614", 2),
        (("always burning", "always raining"), "E201", 5),
        (("always burning", "always lamps[3].on"), "E201", 5),
        (("litmus fire", "litmus"), "E626", 1),
    ],
)
def test_mistakes(tdispmodel: Run, here: Path, change: tuple[str, str], code: str, line: int) -> None:
    """What does not fit is a complaint about its line, with exit code 2 and no result."""
    ended = tdispmodel("litmus", written(here, FIRE.replace(*change)), "--json")
    assert ended.code == 2
    (complaint,) = json.loads(ended.out)["complaints"]
    assert (code, line) == (complaint["code"], complaint["line"])


def test_mistakes_of_several(tdispmodel: Run, here: Path) -> None:
    """What is wrong with several files is told of all of them, and nothing is answered."""
    files = [written(here, FIRE.replace("surge", "sing"), f"{name}.litmus") for name in ("one", "two")]
    ended = tdispmodel("litmus", written(here), *files)
    assert (2, "") == (ended.code, ended.out)
    assert ["one.litmus", "two.litmus"] == [name for name in ("one.litmus", "two.litmus") if name in ended.err]


def test_two_numbers_of_devices(tdispmodel: Run, here: Path) -> None:
    """A file that says two numbers of devices is refused, as one that says two values of a constant is."""
    ended = tdispmodel("litmus", written(here, FIRE.replace("wiring=OLD", "devices 1  devices 2")))
    assert 2 == ended.code
    assert "devices is given twice, as 1 and as 2" in ended.err


def test_interrupted(tdispmodel: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt in the second file leaves the answer to the first, and the exit code is 130."""
    first, second = written(here), written(here, FIRE.replace("litmus fire", "litmus later"), "later.litmus")
    asked = scenarios.read_scenario

    def interrupted(path: Path) -> Scenario:
        if path == second:
            raise KeyboardInterrupt
        return asked(path)

    monkeypatch.setattr(scenarios, "read_scenario", interrupted)
    ended = tdispmodel("litmus", first, second, "--json")
    document = json.loads(ended.out)
    assert (130, 130, ["fire"]) == (ended.code, document["exit"], [one["name"] for one in document["results"]])


def test_byte_order_mark(tdispmodel: Run, here: Path) -> None:
    """A byte order mark, which editors of one system put before the text, means nothing."""
    path = written(here, "\ufeff" + FIRE)
    assert tdispmodel("litmus", path).code == 0
