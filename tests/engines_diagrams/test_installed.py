"""Without its package the engine is listed as not installed, cannot be asked by name, and ``auto`` goes on without it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tdispmodel.engines.portfolio import AUTOMATIC, in_order
from tdispmodel.engines.registry import missing
from tests.engines.bench_tdi import bench_tdi

WITHOUT = """
import importlib.machinery, sys
found = importlib.machinery.PathFinder.find_spec
without = lambda name, path=None, target=None: None if name.split(".")[0] == "oxidd" else found(name, path, target)
importlib.machinery.PathFinder.find_spec = without
from tdispmodel.cli import main
sys.exit(main())
"""
ROOT = Path(__file__).resolve().parents[2]


def without_oxidd(*words: str) -> tuple[int, str, str]:
    """Run the command line where the package oxidd is not found; return exit code, output and complaints."""
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return ended.returncode, " ".join(ended.stdout.split()), " ".join(ended.stderr.split())


def test_it_is_listed_as_not_installed() -> None:
    """The list of engines says which one is not installed, and how to get it."""
    code, said, _ = without_oxidd("list", "engines")
    assert code == 0
    assert "for several devices (not installed: tdispmodel[symbolic])" in said
    assert said.count("not installed: tdispmodel[symbolic]") == 1


def test_it_cannot_be_asked_by_name() -> None:
    """Asked by name it is a user's mistake, with what to do, and not a traceback."""
    code, _, said = without_oxidd("check", "status_quo", "--engine", "diagrams")
    assert code == 2
    assert "the engine diagrams needs a package that is not installed: oxidd" in said
    assert "pip install 'tdispmodel[symbolic]'" in said


def test_the_others_go_on() -> None:
    """What ``auto`` is asked about two devices is decided by the other engines."""
    code, said, _ = without_oxidd("check", "benchmarks/bench_tdi.py", "--devices", "2", "--format", "json")
    assert code == 1
    assert '"verdict": "open"' not in said


def test_here_it_is_installed() -> None:
    """The tests install the extra."""
    assert missing("diagrams") == ""


@pytest.mark.parametrize(("devices", "first"), [(1, "explicit"), (2, "explicit"), (3, "diagrams")])
def test_it_comes_first_where_there_is_much_to_visit(devices: int, first: str) -> None:
    """Three devices of bench-tdi are 30 bits and several devices; everybody else comes after, in the usual order."""
    order = in_order(AUTOMATIC, bench_tdi(devices))
    assert order[0] == first
    assert sorted(order) == sorted(AUTOMATIC)
