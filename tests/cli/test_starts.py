"""``litmus``, ``refine`` and ``check`` where variables may start as anything: few start states, and too many to try."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

ROOT = Path(__file__).resolve().parents[2]
NAMES = [f"flag{number}" for number in range(21)]
LINES = "".join(f"    {name}: bool = anything()\n" for name in NAMES)
MANY = f'''"""Twenty-one flags, of which at least one is set at the start."""

from tdispmodel.dsl import Component, anything, initially, invariant


class Many(Component):
    """Flags that stay as they are."""

{LINES}
    @initially
    def one_is_set(self) -> bool:
        return {" or ".join(f"self.{name}" for name in NAMES)}


@invariant(code="TDM901")
def stays(now: Many) -> bool:
    """A flag is set or not."""
    return now.flag0 or not now.flag0
'''

MANY_LITMUS = """\
litmus many
proposal many.py
exists flag0
"""


@pytest.mark.parametrize(("devices", "starts"), [(4, 16), (16, 65536)])
def test_devices_of_the_catalogue(
    tdispmodel: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, devices: int, starts: int
) -> None:
    """Each device starts genuine or not, all else is settled: so many start states, in none of which one is accepted."""
    monkeypatch.chdir(ROOT)
    path = tmp_path / "start.litmus"
    path.write_text(f"litmus start\nproposal status_quo devices {devices}\nnever devices[{devices - 1}].accepted\n")
    ended = tdispmodel("litmus", path)
    assert (0, "") == (ended.code, ended.err)
    assert f"Observation start Never 0 {starts}" in ended.out


def test_refine_four_devices(tdispmodel: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model of four devices is asked whether it refines: out of time or not, no file is blamed."""
    monkeypatch.chdir(ROOT)
    ended = tdispmodel("refine", "base", "small_interface", "-n", "4", "--timeout", "1ms")
    assert (3, "") == (ended.code, ended.err)
    assert "base may refine small_interface, 4 devices" in ended.out


def test_too_many_to_try(tdispmodel: Run, here: Path) -> None:
    """More combinations than are tried are a limit: open, in words, and the other file has its answer."""
    (here / "many.py").write_text(MANY)
    (here / "many.litmus").write_text(MANY_LITMUS)
    (here / "room.litmus").write_text("litmus room\nproposal room.py\nnever burning\n")
    ended = tdispmodel("litmus", "many.litmus", "room.litmus", "--progress", "never")
    assert (3, "") == (ended.code, ended.err)
    assert "open, more than 1000000 combinations of start values" in ended.out
    assert "never, as expected" in ended.out
    ended = tdispmodel("refine", "many.py", "many.py")
    assert (3, "") == (ended.code, ended.err)
    assert "open: semantics: more than 1000000 combinations of start values" in " ".join(ended.out.split())


def test_check_leaves_it_to_who_need_not_try(tdispmodel: Run, here: Path) -> None:
    """An engine that lists no states proves what holds of two million start states."""
    (here / "many.py").write_text(MANY)
    ended = tdispmodel("check", "many.py", "--engine", "induction")
    assert (0, "") == (ended.code, ended.err)
    ended = tdispmodel("check", "many.py", "--engine", "explicit")
    assert 3 == ended.code
    assert "more than 1000000 combinations of start values" in " ".join(ended.out.split())
