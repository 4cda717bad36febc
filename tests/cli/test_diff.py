"""``diff``: what two models say, do and keep differently."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types of its own
import pytest

from tdispmodel.reports.diff import schema

Run = Callable[..., Any]


def other(here: Path, *changes: tuple[str, str]) -> str:
    """Write a model that differs from ``room.py`` in some words; return its name."""
    text = (here / "room.py").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (here / "other.py").write_text(text)
    return "other.py"


def test_a_model_and_itself(tdispmodel: Run, here: Path) -> None:
    """A model is equivalent to itself: nothing is written differently, every verdict is the same."""
    assert here.is_dir()
    ended = tdispmodel("diff", "room.py", "room.py")
    assert ended.code == 0
    assert (
        """\
room.py and room.py: equivalent, 1 device

nothing is written differently

4 verdicts unchanged

Bisimilar: from the same start states both take the same steps, for
ever.
"""
        == ended.out
    )


def test_renamed_and_reordered(tdispmodel: Run, here: Path) -> None:
    """Other names for variables, actions, parts and parameters, in another order: an empty diff and the same verdicts.

    The properties of the second file speak of the new names, so that they are asked of both.
    """
    name = other(
        here,
        ("    on: bool = False\n    broken: bool = False\n", "    broken: bool = False\n    lit: bool = False\n"),
        ("lamp.on", "lamp.lit"),
        ("now.on", "now.lit"),
        ("def press(self, lamp: Lamp)", "def push(self, one: Lamp)"),
        ("require(not lamp.lit)\n        lamp.lit = True", "require(not one.lit)\n        one.lit = True"),
        ("lamps: Each", "bulbs: Each"),
        ("self.lamps", "self.bulbs"),
        ("class Room", "class Chamber"),
        ("now: Room", "now: Chamber"),
    )
    ended = tdispmodel("diff", "room.py", name)
    assert ended.code == 0, ended.out
    assert ended.out.startswith("room.py and other.py: equivalent, 1 device\n")
    for line in ("bulbs of other.py is lamps", "lit of other.py is on", "push of other.py is press"):
        assert f"  {line}\n" in ended.out
    assert "\nnothing is written differently\n\n4 verdicts unchanged\n" in ended.out


def test_a_guard_that_is_gone(tdispmodel: Run, here: Path) -> None:
    """Without its guard a lamp can be pressed again: one line of the text, no other verdict, and a behaviour of two steps
    that only the new model has, with what the old one requires for the last of them.
    """
    ended = tdispmodel("diff", "room.py", other(here, ("        require(not lamp.on)\n", "")))
    assert ended.code == 1
    assert (
        """\
room.py and other.py: different, 1 device

changed Lamp.press
  - requires not lamp.on

4 verdicts unchanged

Whatever room.py does, other.py can do.
Only other.py has this behaviour, 2 steps:
   1  userspace  press   on no -> yes
   2  userspace  press   (nothing changes)                 <== only here
  room.py does not take press after step 1: false is
    not on (on=yes)
""".replace("Lamp.press", "Room.press")
        == ended.out
    )


def test_verdicts_and_constants(tdispmodel: Run, here: Path) -> None:
    """With old wiring the room can burn: that verdict is broken, and the constant is named."""
    ended = tdispmodel("diff", "room.py", other(here, ("= Wiring.NEW", "= Wiring.OLD")))
    assert ended.code == 1
    assert "\nbroken  TDM902  never_burns  ok -> FAIL 2\n3 verdicts unchanged\n" in ended.out
    assert "constant moved: wiring = Wiring.OLD (was Wiring.NEW)\n" in ended.out
    assert "room.py does not take surge after step 1: false is\n    wiring = OLD (by the constants)\n" in ended.out


def test_an_action_that_only_one_has(tdispmodel: Run, here: Path) -> None:
    """That the other model has no such action is said."""
    extra = '''

    @action(by=Actor.HOST)
    def darken(self, lamp: Lamp) -> None:
        """The host takes the power away."""
        require(lamp.on and not self.burning)
        lamp.on = False


@invariant(code="TDM901")'''
    ended = tdispmodel("diff", "room.py", other(here, ('\n\n@invariant(code="TDM901")', extra)))
    assert ended.code == 1
    assert "added Room.darken(lamp), by host\n" in ended.out
    assert "  room.py has no such action\n" in ended.out


def test_a_start_that_only_one_has(tdispmodel: Run, here: Path) -> None:
    """A start state that the other does not have is a behaviour without steps."""
    ended = tdispmodel("diff", "room.py", other(here, ("broken: bool = False", "broken: bool = True")))
    assert ended.code == 1
    assert "Only room.py starts with\n  broken=no\nOnly other.py starts with\n  broken=yes\n" in ended.out


def test_a_variable_that_only_one_has(tdispmodel: Run, here: Path) -> None:
    """A variable that only one has is not seen: one that nobody reads makes no difference, and is named."""
    ended = tdispmodel(
        "diff", "room.py", other(here, ("burning: bool = False", "burning: bool = False\n    dust: bool = False"))
    )
    assert ended.code == 0
    assert "new variable Room.dust: bool = False\n\nnot seen in behaviours: dust\n" in ended.out
    assert "equivalent" in ended.out


def test_selected_verdicts(tdispmodel: Run, here: Path) -> None:
    """`-k` says which verdicts are compared; behaviours are compared all the same."""
    assert here.is_dir()
    out = tdispmodel("diff", "room.py", "room.py", "-k", "TDM902").out
    assert "\n1 verdict unchanged\n" in out
    assert "\nno property was asked\n" in tdispmodel("diff", "room.py", "room.py", "-k", "nothing").out


@pytest.mark.parametrize(
    "changes", [(), (("        require(not lamp.on)\n", ""),), (("= Wiring.NEW", "= Wiring.OLD"),)]
)
def test_json(tdispmodel: Run, here: Path, changes: tuple[tuple[str, str], ...]) -> None:
    """The document is one that its schema describes, says with which code the run ends, and has the behaviours."""
    ended = tdispmodel("diff", "room.py", other(here, *changes), "--json")
    found = json.loads(ended.out)
    jsonschema.Draft202012Validator(schema()).validate(found)
    assert ended.code == found["exit"]
    assert (not changes) is found["equivalent"]
    assert [None, bool(changes) or None] == [one and len(one["trace"]) == 2 for one in found["only"]]
    assert 4 == len(found["verdicts"])


def test_open(tdispmodel: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be decided within the limits is open, with the reason."""
    assert here.is_dir()
    monkeypatch.setattr("tdispmodel.analysing.diff.apart.CHECK_EVERY", 1)
    ended = tdispmodel("diff", "room.py", "room.py", "--memory", "1")
    assert ended.code == 3
    assert "Whether they are bisimilar is open: out of memory with 1 pairs of states\n" in ended.out


def test_complaints(tdispmodel: Run, here: Path) -> None:
    """A model that does not exist, and one whose integer leaves its range, are complaints."""
    assert here.is_dir()
    assert 2 == tdispmodel("diff", "room.py", "rom.py").code
    counting = other(
        here,
        ("from enum import Enum", "from enum import Enum\nfrom typing import Annotated"),
        ("must_be_possible, require", "must_be_possible, require, Range"),
        ("burning: bool = False", "burning: bool = False\n    count: Annotated[int, Range(0, 2)] = 0"),
        ("        self.burning = True", "        self.burning = True\n        self.count = self.count + 1"),
    )
    ended = tdispmodel("diff", "room.py", counting, "--set", "wiring=OLD")
    assert (2, "") == (ended.code, ended.out)
    assert "surge would assign 3 to count" in ended.err
