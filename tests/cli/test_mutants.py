"""``mutants``: which small changes no property notices, on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tdispmodel.reports.mutants_json import schema

Run = Callable[..., Any]


def test_room(tdispmodel: Run, here: Path) -> None:
    """That nobody presses a lit switch is a guard that no property needs, since a second press changes nothing."""
    assert here.is_dir()
    ended = tdispmodel("mutants", "room.py")
    assert ended.code == 0
    assert "Room.press does not require not lamp.on" in ended.out
    assert "only the mutant does this, the" in ended.out
    assert all(len(line) <= 72 and line.isascii() for line in ended.out.splitlines())


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_document(tdispmodel: Run, here: Path, jobs: str) -> None:
    """The document fits its schema; its counts add up, and do not depend on the number of processes."""
    assert here.is_dir()
    document = json.loads(tdispmodel("mutants", "room.py", "--all-noticers", "--json", "--jobs", jobs).out)
    jsonschema.validate(document, schema())
    (room,) = document["proposals"]
    score = room["score"]
    assert len(room["mutants"]) == sum(score[word] for word in ("noticed", "survivor", "equivalent", "invalid", "open"))
    assert score["counted"] == score["noticed"] + score["survivor"] + score["open"]
    dropped = [one for one in room["mutants"] if one["operator"] == "drop_effect" and "lamp.on" in one["formula"]]
    assert [one["status"] for one in dropped] == ["noticed"]  # a lamp is never on then, so TDM901 holds
    assert {notice["property"] for notice in dropped[0]["noticed"]} >= {"stays_dark"}


def test_no_time(tdispmodel: Run, here: Path) -> None:
    """Without time nothing is decided: exit code 3, and every mutant is open with the reason."""
    assert here.is_dir()
    ended = tdispmodel("mutants", "room.py", "--timeout", "1ms", "--json", "-n", "10")
    assert ended.code == 3
    (room,) = json.loads(ended.out)["proposals"]
    assert room["score"]["noticed"] == room["score"]["equivalent"] == 0
    assert all("out of time" in one["reason"] for one in room["mutants"] if one["status"] == "open")


def test_nothing_selected(tdispmodel: Run, here: Path) -> None:
    """Where no property is selected nothing was checked."""
    assert here.is_dir()
    assert tdispmodel("mutants", "room.py", "-k", "nonsense").code == 4


def test_check_does_not_import_numpy(here: Path) -> None:
    """Checking a small model does not wait for numpy."""
    program = "import sys; from tdispmodel.cli import main; main(['check', 'room.py']); print('numpy' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], cwd=here, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "False"
