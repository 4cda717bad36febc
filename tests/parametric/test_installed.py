"""Without the packages of the extra: nothing is claimed, and the reason says what to install."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = "tests/parametric/models/mutex_lock.py"
WITHOUT = """
import importlib.machinery, sys
found = importlib.machinery.PathFinder.find_spec
gone = sys.argv.pop(1).split(",")
without = lambda name, path=None, target=None: None if name.split(".")[0] in gone else found(name, path, target)
importlib.machinery.PathFinder.find_spec = without
from tdispmodel.cli import main
sys.exit(main())
"""


def verdicts(gone: str) -> dict[str, tuple[str, str]]:
    """The verdict on each property of a model, and the reason, where some packages are not found."""
    words = ["check", LOCK, "--any-number", "--format", "json"]
    ended = subprocess.run([sys.executable, "-c", WITHOUT, gone, *words], cwd=ROOT, capture_output=True, check=False)
    return {one["property"]: (one["verdict"], one["reason"]) for one in json.loads(ended.stdout)["results"]}


def test_without_python_sat_nothing_is_proven() -> None:
    """Bugs are still found by visiting every state; what holds is open, and the reason says how to get the proof."""
    found = verdicts("pysat")
    assert found["nobody_waits_for_another"][0] == "violated"
    verdict, reason = found["one_works"]
    assert verdict == "open"
    assert "a proof for any number of devices needs python-sat: pip install 'tdispmodel[symbolic]'" in reason


def test_without_oxidd_clauses_are_enough() -> None:
    """The first way to a proof does without decision diagrams."""
    assert {"holds", "violated"} == {verdict for verdict, _ in verdicts("oxidd").values()}
