"""``list`` and ``show``: what there is, and what was read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.engines.registry import ENGINES

Run = Callable[..., Any]


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("properties", ["stays_dark", "never_burns", "broken_lamps_are_off", "light"]),
        ("actions", ["Room.press", "Room.surge"]),
        ("variables", ["Room.burning", "Lamp.on", "Lamp.broken"]),
        ("constants", ["wiring", "floors"]),
        ("capabilities", ["host.surge"]),
    ],
)
def test_lists_of_a_model(tdispmodel: Run, here: Path, what: str, names: list[str]) -> None:
    """Each list names everything that the model has, as text and as JSON."""
    assert here.is_dir()
    shown, document = tdispmodel("list", what, "room.py"), tdispmodel("list", what, "room.py", "--format", "json")
    assert {*names} == {entry["name"] for entry in json.loads(document.out)[what]}
    assert shown.code == 0
    assert shown.out.startswith(f"{what} of room.py: {len(names)}\n")
    assert [] == [name for name in names if name not in shown.out]


def test_list_of_proposals(tdispmodel: Run, here: Path) -> None:
    """Proposals are listed with what they claim."""
    (here / "proposals" / "lamps.py").write_text((here / "room.py").read_text())
    words = tdispmodel("list", "proposals").out.split()
    assert "proposals: 1 lamps Lamps that are switched on, one after the other." == " ".join(words)


def test_list_of_engines(tdispmodel: Run) -> None:
    """All engines can be listed, the portfolio first."""
    names = [line.split()[0] for line in tdispmodel("list", "engines").out.splitlines()[1:] if line[2] != " "]
    assert ["auto", *ENGINES] == names


def test_show_reads_back(tdispmodel: Run, here: Path) -> None:
    """What ``show`` prints is a model file, and is printed the same when it is read again."""
    shown = tdispmodel("show", here / "room.py")
    (here / "again.py").write_text(shown.out)
    assert (0, shown.out) == (shown.code, tdispmodel("show", "again.py").out)


def test_show_says_what_changed(tdispmodel: Run, here: Path) -> None:
    """Of a proposal it is shown what it changed on its base, and the rest is still a model file."""
    (here / "old_room.py").write_text(
        '"""An older room."""\n\nfrom room import Room, Wiring\n\n\n'
        'class OldRoom(Room):\n    """It has the old wiring."""\n\n    wiring = Wiring.OLD\n'
    )
    shown = tdispmodel("show", "old_room.py")
    head = shown.out.partition("\n\n")[0]
    assert head.startswith("# What old_room changes on Room:\n#\n# ")
    assert "wiring" in head
    (here / "again.py").write_text(shown.out)
    assert 0 == tdispmodel("show", "again.py").code
