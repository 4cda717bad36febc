"""``conform``: whether a proposal can have written logs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

LOG = """\
[    1.000000] booted
[    2.000000] tdisp: press lamps[0]
[    3.000000] tdisp: surge
"""
OLD = ("--proposal", "room.py", "--set", "wiring=OLD")


def written(here: Path, text: str = LOG, name: str = "room.log") -> Path:
    """Write a log and return its path from there."""
    (here / name).write_text(text)
    return Path(name)


def test_accepted(tdispmodel: Run, here: Path) -> None:
    """Pressed with the old wiring, a surge burns the room: both markers are explained, and the behaviour is shown."""
    ended = tdispmodel("conform", written(here), *OLD)
    assert (0, "") == (ended.code, ended.err)
    assert "room.log: kernel log, 3 lines, 2 about the model" in ended.out
    assert "accepted: a behaviour of the proposal explains every line" in ended.out
    assert ["2", "host", "surge", "burning", "no", "->", "yes"] in [line.split() for line in ended.out.splitlines()]
    assert "2 of 2 lines explained" in ended.out


def test_rejected(tdispmodel: Run, here: Path) -> None:
    """Pressed twice: the second time its guard is false, which is shown with the line and where it is written."""
    ended = tdispmodel("conform", written(here, LOG.replace("surge", "press lamps[0]")), *OLD)
    assert ended.code == 1
    assert "rejected: no behaviour explains more than 1 of 2 lines in order" in ended.out
    assert "room.log:3: cannot come next (kernel marker):" in ended.out
    assert "it requires: not on [room.py:" in ended.out
    assert "nearest: leave out room.log:3" in ended.out
    assert all(len(line) <= 72 for line in ended.out.splitlines())
    assert ended.out.isascii()


def test_ruled_out(tdispmodel: Run, here: Path) -> None:
    """With the new wiring nothing surges: no step can have written the line."""
    ended = tdispmodel("conform", written(here), "--proposal", "room.py")
    assert ended.code == 1
    assert "no step writes it under these constants" in ended.out


def test_nothing(tdispmodel: Run, here: Path) -> None:
    """A log without markers says nothing about a room: exit code 4."""
    ended = tdispmodel("conform", written(here, LOG.replace("tdisp", "other")), *OLD)
    assert ended.code == 4
    assert "nothing observed" in ended.out


def test_open(tdispmodel: Run, here: Path) -> None:
    """Without memory the answer is open: exit code 3."""
    ended = tdispmodel("conform", written(here), *OLD, "--memory", "1")
    assert ended.code == 3
    assert "open: out of memory" in ended.out


def test_json(tdispmodel: Run, here: Path) -> None:
    """The document says what the text says."""
    found = json.loads(tdispmodel("conform", written(here), *OLD, "--json").out)
    assert ("tdispmodel/conform/1", 0, "accepted", 2, 2) == (
        found["schema"],
        found["exit"],
        found["verdict"],
        found["lines"],
        found["explained"],
    )
    assert ["press(lamps[0])", "surge"] == [step["action"] for step in found["trace"]]
    assert [(2, 1), (3, 2)] == [(line["line"], line["step"]) for line in found["told"]]
    rejected = json.loads(tdispmodel("conform", "room.log", "--proposal", "room.py", "--json").out)
    assert ("rejected", 1, None) == (rejected["verdict"], rejected["exit"], rejected["blocked"][0]["action"])


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["room.log"], "E611", "which proposal"),
        (["room.log", "--proposal", "nosuch"], "E611", "nosuch"),
        (["none.log", *OLD], "E655", "cannot read the file"),
        (["room.py", *OLD], "E655", "neither a kernel log"),
        ([".", *OLD], "E655", "Is a directory"),
        (["room.log", *OLD, "--skew", "soon"], "E616", "no time in seconds"),
        (["room.log", *OLD, "--device", "a", "--device", "b"], "E610", "--device names 2 devices"),
        (["room.log", "--proposal", "room.py", "--set", "roof=RED"], "E615", "roof"),
        (["bad.log", *OLD], "E655", "did you mean press"),
    ],
)
def test_mistakes(words: list[str], code: str, said: str, tdispmodel: Run, here: Path) -> None:
    """What makes no sense is a complaint with its code, and exit code 2."""
    written(here)
    written(here, LOG.replace("press", "pres"), "bad.log")
    ended = tdispmodel("conform", *words)
    assert ended.code == 2
    assert code in ended.err
    assert said in ended.err


def test_several_bad_files(tdispmodel: Run, here: Path) -> None:
    """What is wrong with several files is told of all of them."""
    files = [written(here, "?", name) for name in ("one.log", "two.log")]
    ended = tdispmodel("conform", *files, *OLD)
    assert all(str(name) in ended.err for name in files)


def test_pipe(tdispmodel: Run, here: Path) -> None:
    """A named pipe that nobody writes to is refused without waiting."""
    os.mkfifo(here / "pipe")
    assert tdispmodel("conform", "pipe", *OLD).code == 2


def test_bytes(tdispmodel: Run, here: Path) -> None:
    """Bytes that are no text, which a kernel may print, are no mistake."""
    (here / "room.log").write_bytes(LOG.encode() + b"[    4.000000] \xff\xfe\n")
    assert tdispmodel("conform", "room.log", *OLD).code == 0
