"""The program as a process: closed pipes, interrupts, faults of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tdispmodel.checking.mistakes import OurFault
from tdispmodel.cli import checks
from tests.cli.conftest import heeds_interrupts

Run = Callable[..., Any]

REPOSITORY = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(REPOSITORY)}

LARGE = """
from typing import Annotated

from tdispmodel.dsl import Actor, Component, Each, Range, action, invariant


class Wheel(Component):
    n: Annotated[int, Range(0, 4000)] = 0

    @action(by=Actor.KERNEL)
    def turn(self) -> None:
        self.n = self.n + 1 if self.n < 4000 else 0


class Machine(Component):
    wheels: Each[Wheel]


@invariant
def bounded(now: Wheel) -> bool:
    return now.n <= 4000
"""
"""So many states that no engine is done within a test."""


def test_closed_pipe(here: Path) -> None:
    """A reader that goes away early is no error: no traceback, and the exit code is that of the result."""
    command = f"'{sys.executable}' -m tdispmodel check room.py; echo $? >code"
    ended = subprocess.run(
        ["sh", "-c", f"({command}) | true"], cwd=here, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert ("1\n", "") == ((here / "code").read_text(), ended.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("words", ["check room.py", "check --json room.py", "--help", "check --json nowhere.py"])
def test_full_disk(here: Path, words: str) -> None:
    """A result that could not be written is a complaint and exit code 2, whatever it was; there is no traceback."""
    command = f"'{sys.executable}' -m tdispmodel {words} >/dev/full"
    ended = subprocess.run(
        ["sh", "-c", command], cwd=here, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert 2 == ended.returncode
    assert "E623: cannot write the result: No space left on device" == ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_streams_closed_before_the_start(here: Path, closed: str) -> None:
    """What is closed is not written to, and the exit code is that of the result."""
    command = f"'{sys.executable}' -m tdispmodel check room.py {closed}; echo $? >code"
    ended = subprocess.run(
        ["sh", "-c", command], cwd=here, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert ("1\n", "") == ((here / "code").read_text(), ended.stderr)


def running(group: int) -> list[float]:
    """The processes of a group that still run: of each, the processor time in seconds that it has used."""
    used = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            used.append((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
    return used


@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("proposals", [["large.py"], ["room.py", "large.py", "larger.py"]])
def test_interrupted(here: Path, proposals: list[str], number: signal.Signals) -> None:
    """When interrupted it ends with exit code 130, shows what it knows, and leaves no process behind."""
    (here / "large.py").write_text(LARGE)
    (here / "larger.py").write_text(LARGE)
    words = ["check", *proposals, "--devices", "2", "--jobs", "2", "--format", "json", "--engine", "explicit"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tdispmodel", *words],
        cwd=here,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heeds_interrupts,  # noqa: PLW1509  # no threads here
    )
    while process.poll() is None and sum(running(process.pid)) < 0.8:
        time.sleep(0.05)
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert running(process.pid) == []
    document = json.loads(out)
    assert document["exit"] == 130
    decided = {result["proposal"] for result in document["results"] if result["verdict"] != "open"}
    assert decided <= {"room"}


@pytest.mark.parametrize("words", [["check", "room.py"], ["check", "room.py", "--format", "json"]])
def test_fault_of_ours(tdispmodel: Run, here: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    """When the judge refuses a verdict the exit code is 70, the message says why, and no verdict is shown."""

    def refusing(*_: object) -> None:
        message = "the judge refuses a verdict of explicit on stays_dark: no such step"
        raise OurFault(message)

    assert here.is_dir()
    monkeypatch.setattr(checks, "run", refusing)
    ended = tdispmodel(*words)
    assert 70 == ended.code
    assert "the judge refuses a verdict" in ended.err
    shown = json.loads(ended.out) if "json" in words else {"results": [], "exit": 70}
    assert ([], 70) == (shown["results"], shown["exit"])


def test_unexpected_fault(tdispmodel: Run, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other mistake of ours is a traceback with exit code 70."""
    assert here.is_dir()
    monkeypatch.setattr(checks, "run", lambda *_: 1 // 0)
    ended = tdispmodel("check", "room.py")
    assert (70, "") == (ended.code, ended.out)
    assert "ZeroDivisionError" in ended.err
