"""SPIN and Rumur, run on text: what they count, and what they find."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

DEMANDED = set(os.environ.get("TDISPMODEL_REQUIRE", "").split(","))


@dataclass(frozen=True)
class Found:
    """What a peer says: distinct states and transitions where it visited all, and the steps of the first violation."""

    states: int
    transitions: int
    violated: bool
    depth: int | None = None


def needed(*tools: str) -> None:
    """Skip the test where a tool is not there, unless it was demanded: then fail."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing and not DEMANDED & set(tools):
        pytest.skip(f"not installed: {', '.join(missing)}")
    assert missing == []


def ran(*command: str, folder: Path, check: bool = True) -> str:
    """Run a command and return what it printed."""
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=check, timeout=300).stdout


def number(pattern: str, text: str) -> int:
    """The number that a pattern finds in a text."""
    found = re.search(pattern, text)
    assert found is not None, text
    return int(found[1].replace(",", ""))


def spin(text: str, folder: Path, *, breadth_first: bool = False) -> Found:
    """Have SPIN visit all states, or search breadth first for the first violation."""
    needed("spin", "gcc")
    (folder / "model.pml").write_text(text)
    ran("spin", "-a", "-o2", "model.pml", folder=folder)
    flags = ["-DBFS"] if breadth_first else []
    ran("gcc", "-O1", "-w", "-DSAFETY", "-DNOREDUCE", "-DVECTORSZ=8192", *flags, "-o", "pan", "pan.c", folder=folder)
    printed = ran("./pan", "-E", "-m1000000", folder=folder, check=False)
    errors = number(r"errors: (\d+)", printed)
    depth = number(r"assertion violated.*\(at depth (\d+)\)", printed) if errors else None
    return Found(number(r"(\d+) states, stored", printed), number(r"(\d+) transitions", printed), errors > 0, depth)


def rumur(text: str, folder: Path) -> Found:
    """Have Rumur visit all states, or find a violation."""
    needed("rumur", "gcc")
    (folder / "model.m").write_text(text)
    options = ("--symmetry-reduction", "off", "--deadlock-detection", "off", "--threads", "1")
    ran("rumur", *options, "model.m", "--output", "model.c", folder=folder)
    ran("gcc", "-O1", "-w", "-mcx16", "-o", "model", "model.c", "-lpthread", folder=folder)
    printed = ran("./model", folder=folder, check=False)
    violated = "No error found" not in printed
    summary = printed[printed.rindex("State Space Explored") :]
    return Found(number(r"([\d,]+) states", summary), number(r"([\d,]+) rules fired", summary), violated)
