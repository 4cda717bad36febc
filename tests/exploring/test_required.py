"""Where a browser is demanded and there is none, tests fail; where it is not demanded, they are skipped with the reason."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exploring.browser import program

ROOT = Path(__file__).resolve().parents[2]
ONE = "tests/exploring/test_browser.py::test_why_not"


def test_without_a_browser_the_gate_fails() -> None:
    """Where a browser is demanded and there is none, a test that needs it does not pass and is not skipped: pytest's exit
    code is that of failures, and the reason is told.
    """
    environment = {**os.environ, "TDISPMODEL_REQUIRE": "lint,browser", "TDISPMODEL_CHROMIUM": "no-such-browser"}
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", ONE]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == pytest.ExitCode.TESTS_FAILED, run.stdout
    assert "1 error" in run.stdout
    assert "TDISPMODEL_REQUIRE names browser: there is no no-such-browser" in run.stdout


def test_elsewhere_such_tests_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody demands a browser, its absence is a reason to skip."""
    monkeypatch.setenv("TDISPMODEL_REQUIRE", "lint")
    monkeypatch.setenv("TDISPMODEL_CHROMIUM", "no-such-browser")
    with pytest.raises(pytest.skip.Exception, match="there is no no-such-browser"):
        program()


def test_the_gate_demands_a_browser() -> None:
    """`.ci/run` names the browser among what must be there, and installs it."""
    gate = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (demands,) = [line for line in gate.splitlines() if line.startswith("export TDISPMODEL_REQUIRE=")]
    assert "browser" in demands.partition(":-")[2].rstrip('}"').split(",")
    assert "chromium-headless-shell" in gate
