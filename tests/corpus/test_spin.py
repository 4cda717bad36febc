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


@pytest.mark.parametrize(("name", "devices"), [("peterson", 1), ("two_phase_commit", 3)])
def test_spin_counts_the_same(name: str, devices: int, tmp_path: Path) -> None:
    """SPIN stores as many states; it counts storing the start state among its transitions."""
    missing = [tool for tool in ("spin", "gcc") if shutil.which(tool) is None]
    if missing and "spin" not in os.environ.get("TDISPMODEL_REQUIRE", "").split(","):
        pytest.skip(f"not installed: {', '.join(missing)}")
    assert missing == []
    run("spin", "-a", str(HERE / "spin" / f"{name}.pml"), folder=tmp_path)
    run("gcc", "-DNOREDUCE", "-DSAFETY", "-o", "pan", "pan.c", folder=tmp_path)
    printed = run("./pan", "-E", folder=tmp_path)
    stored, taken = (re.search(rf"(\d+) {what}", printed) for what in ("states, stored", "transitions"))
    assert stored is not None
    assert taken is not None
    (figure,) = [known for known in FIGURES if (known["model"], known.get("devices", 1)) == (name, devices)]
    assert (int(stored[1]), int(taken[1]) - 1) == (figure["states"], figure["transitions"])
