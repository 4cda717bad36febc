"""Without Ray the engine is listed as not installed, and neither it nor a cluster can be asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = """
import importlib.machinery, sys
found = importlib.machinery.PathFinder.find_spec
without = lambda name, path=None, target=None: None if name.split(".")[0] == "ray" else found(name, path, target)
importlib.machinery.PathFinder.find_spec = without
from tdispmodel.cli import main
sys.exit(main())
"""
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["list", "engines"], 0, "(not installed: tdispmodel[cluster])"),
        (["check", "status_quo", "--engine", "distributed"], 2, "pip install 'tdispmodel[cluster]'"),
        (["check", "status_quo", "--cluster", "local"], 2, "pip install 'tdispmodel[cluster]'"),
    ],
)
def test_what_is_missing_is_said(words: list[str], code: int, said: str) -> None:
    """Where Ray is not found the list of engines says so, and asking for it is a user's mistake with what to do."""
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == code
    assert said in " ".join((ended.stdout + ended.stderr).split())
