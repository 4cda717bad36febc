"""Where a browser is demanded and there is none, tests fail; where it is not demanded, they are skipped with the reason."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ONE = "tests/exploring/test_browser.py::test_why_not"


@pytest.mark.parametrize(("demanded", "ended", "counted"), [("lint,browser", 1, "1 error"), ("lint", 0, "1 skipped")])
def test_without_a_browser(demanded: str, ended: int, counted: str) -> None:
    """A test that needs a browser, run where there is none, ends as the environment demands, and says why."""
    environment = {**os.environ, "TDISPMODEL_REQUIRE": demanded, "TDISPMODEL_CHROMIUM": "no-such-browser"}
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-rs", "-p", "no:cacheprovider", ONE]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == ended, run.stdout
    assert counted in run.stdout
    assert "there is no no-such-browser" in run.stdout


def test_the_gate_demands_a_browser() -> None:
    """`.ci/run` names the browser among what must be there, and installs it."""
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (demands,) = [line for line in gate.splitlines() if line.startswith("export TDISPMODEL_REQUIRE=")]
    assert "browser" in demands.partition(":-")[2].rstrip('}"').split(",")
    assert "chromium-headless-shell" in gate
