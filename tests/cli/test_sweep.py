"""``sweep``: under which single constant or capability a verdict flips."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

OLD = ("--set", "wiring=OLD")

COUNTER = '''"""A counter that is stopped before a limit."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Constant, Range, action, given, invariant, require


class Counter(Component):
    """Counts up to a limit."""

    limit: Constant[Annotated[int, Range(0, 1000)]] = 3
    doubled: Constant[bool] = False
    value: Annotated[int, Range(0, 3)] = 0

    @action(by=Actor.HOST)
    def count(self) -> None:
        require(self.value < self.limit)
        self.value = self.value + 1


@invariant(code="TDM901")
def stays_small(now: Counter) -> bool:
    """The value is at most three."""
    return now.value <= 3


@given(limit=2)
@invariant(code="TDM902")
def stays_below_three(now: Counter) -> bool:
    """With a limit of two the value is at most two."""
    return now.value <= 2
'''


def rows(out: str) -> dict[str, list[str]]:
    """Return the table's rows: the change, and what stands beside it."""
    found = [line.strip().split("  ") for line in out.splitlines() if line.startswith("  ") and "  " in line.strip()]
    return {row[0]: [cell.strip() for cell in row[1:] if cell.strip()] for row in found}


def test_table(tdispmodel: Run, here: Path) -> None:
    """With the old wiring the room burns; the new one, or a host without surge, prevents that; floors do not matter."""
    assert here.is_dir()
    ended = tdispmodel("sweep", "room.py", "never_burns", *OLD)
    assert ended.code == 0
    assert {
        "(as asked)": ["FAIL 2"],
        "wiring=NEW": ["ok", "<== flips"],
        "floors=False": ["FAIL 2"],
        "without host.surge": ["ok", "<== flips"],
    } == rows(ended.out)
    assert "2 of 3 single changes flip the verdict: wiring=NEW, without host.surge" in ended.out


def test_command_of_a_flip(tdispmodel: Run, here: Path) -> None:
    """Where a change breaks the property, the command that is printed shows the counterexample that was announced."""
    assert here.is_dir()
    out = tdispmodel("sweep", "room.py", "never_burns").out
    assert ["FAIL 2", "<== flips"] == rows(out)["wiring=OLD"]
    (line,) = [line.split() for line in out.splitlines() if "tdispmodel trace" in line]
    assert "VIOLATED, 2 steps" in tdispmodel(*line[1:]).out


def test_equal_systems_are_asked_once(tdispmodel: Run, here: Path) -> None:
    """Nothing depends on the floors, and with the new wiring there is no surge either: two systems for four verdicts."""
    assert here.is_dir()
    document = json.loads(tdispmodel("sweep", "room.py", "never_burns", *OLD, "--json").out)
    assert (3, 2) == (len(document["rows"]), document["systems"])


@pytest.mark.parametrize("jobs", ["1", "2", "9"])
def test_processes(tdispmodel: Run, here: Path, jobs: str) -> None:
    """The result does not depend on the number of processes."""
    assert here.is_dir()
    document = json.loads(tdispmodel("sweep", "room.py", "stays_dark", "--jobs", jobs, "--json").out)
    assert [("wiring=OLD", 1, False), ("floors=False", 1, False), ("without host.surge", 1, False)] == [
        (row["change"], row["steps"], row["flips"]) for row in document["rows"]
    ]


def test_constants_that_stay(tdispmodel: Run, here: Path) -> None:
    """A constant that the property gives is named as such and not changed."""
    (here / "counter.py").write_text(COUNTER)
    given = json.loads(tdispmodel("sweep", "counter.py", "TDM902", "--json").out)
    assert (["limit"], []) == (given["given"], given["fixed"])
    assert ["doubled=True", "without host.count"] == [row["change"] for row in given["rows"]]
    out = tdispmodel("sweep", "counter.py", "TDM902").out
    assert "given by the property: limit=2" in out


def test_change_that_makes_no_sense(tdispmodel: Run, here: Path) -> None:
    """If a change lets an integer leave its range, the complaint says which change."""
    (here / "counter.py").write_text(COUNTER)
    ended = tdispmodel("sweep", "counter.py", "TDM901")
    assert ended.code == 2
    assert "with limit=4: count would assign 4 to value" in ended.err


def test_not_decided(tdispmodel: Run, here: Path) -> None:
    """What is open flips nothing and makes the exit code 3."""
    assert here.is_dir()
    ended = tdispmodel("sweep", "room.py", "never_burns", "--engine", "walk", "--timeout", "100ms", "--json")
    document = json.loads(ended.out)
    assert ended.code == 3
    assert {None} == {row["flips"] for row in document["rows"]}


OLD_HOUSE = '''"""A room in an old house."""

from __future__ import annotations

from room import Room, Wiring

from tdispmodel.dsl import invariant


class OldRoom(Room):
    """Nobody renewed the wiring."""

    wiring = Wiring.OLD


@invariant(code="TDM901")
def never_burns(now: OldRoom) -> bool:
    """The room never burns."""
    return not now.burning
'''


def test_fixed_by_the_proposal(tdispmodel: Run, here: Path) -> None:
    """A proposal fixes its wiring: that is said, no other is tried, nor is what is switched off anyway."""
    (here / "old_house.py").write_text(OLD_HOUSE)
    ended = tdispmodel("sweep", "old_house.py", "TDM901", "--without", "host.surge")
    assert ended.code == 0
    assert "fixed by the proposal: wiring=OLD" in ended.out
    assert "switched off: host.surge" in ended.out
    assert ["(as asked)", "floors=False"] == list(rows(ended.out))


def test_text_for_mail(tdispmodel: Run, here: Path) -> None:
    """The text is plain ASCII of at most 72 columns."""
    assert here.is_dir()
    out = tdispmodel("sweep", "room.py", "never_burns", *OLD).out
    assert out.isascii()
    assert all(len(line) <= 72 for line in out.splitlines())


def test_steps_of_a_witness(tdispmodel: Run, here: Path) -> None:
    """That a lamp can be on is shown by one press: a witness of one step, told like a counterexample's length."""
    assert here.is_dir()
    document = json.loads(tdispmodel("sweep", "room.py", "light", "--json").out)
    assert ("holds", 1) == (document["asked"]["verdict"], document["asked"]["steps"])
