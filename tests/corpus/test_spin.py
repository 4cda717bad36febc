"""SPIN counts the same states and transitions of the models that are written in its language too (in spin/)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FIGURES = tomllib.loads((HERE / "figures.toml").read_text(encoding="utf-8"))["figure"]


def run(*command: str, folder: Path) -> str:
    """Run a command that must succeed; return what it printed."""
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=120).stdout


def require_spin() -> None:
    """Skip the test where SPIN is not there and need not be."""
    missing = [tool for tool in ("spin", "gcc") if shutil.which(tool) is None]
    if missing and "spin" not in os.environ.get("TDISPMODEL_REQUIRE", "").split(","):
        pytest.skip(f"not installed: {', '.join(missing)}")
    assert missing == []


COUNTED = {"peterson": 1, "two_phase_commit": 3, "philosophers_weak": 1, "philosophers_symmetric": 1}


@pytest.mark.parametrize(("name", "devices"), COUNTED.items(), ids=list(COUNTED))
def test_spin_counts_the_same(name: str, devices: int, tmp_path: Path) -> None:
    """SPIN stores as many states; it counts storing the start state among its transitions."""
    require_spin()
    run("spin", "-a", str(HERE / "spin" / f"{name}.pml"), folder=tmp_path)
    run("gcc", "-DNOREDUCE", "-DSAFETY", "-o", "pan", "pan.c", folder=tmp_path)
    printed = run("./pan", "-E", folder=tmp_path)
    stored, taken = (re.search(rf"(\d+) {what}", printed) for what in ("states, stored", "transitions"))
    assert stored is not None
    assert taken is not None
    (figure,) = [known for known in FIGURES if (known["model"], known.get("devices", 1)) == (name, devices)]
    assert (int(stored[1]), int(taken[1]) - 1) == (figure["states"], figure["transitions"])


FAIRLY = [
    ("peterson_processes", (), False),
    ("peterson_processes", ("-f",), True),
    ("philosophers_processes", ("-f",), False),
    ("alternating_bit_processes", ("-f",), False),
]
"""Models with a process for each who is treated fairly, with weak fairness (-f) or without, and whether the property of
the model holds: that of peterson under weak fairness only, those of philosophers_weak and alternating_bit_lossy not even
then.  SPIN knows no strong fairness.
"""


@pytest.mark.parametrize(("name", "fairly", "holds"), FAIRLY, ids=[f"{name}{' '.join(how)}" for name, how, _ in FAIRLY])
def test_spin_decides_the_same_under_weak_fairness(
    name: str, fairly: tuple[str, ...], holds: bool, tmp_path: Path
) -> None:
    """SPIN finds an acceptance cycle if and only if the property of the figure is violated."""
    require_spin()
    run("spin", "-a", str(HERE / "spin" / f"{name}.pml"), folder=tmp_path)
    run("gcc", "-DNOREDUCE", "-o", "pan", "pan.c", folder=tmp_path)
    printed = run("./pan", "-a", *fairly, folder=tmp_path)
    found = re.search(r"errors: (\d+)", printed)
    assert found is not None
    assert (found[1] == "0") is holds
