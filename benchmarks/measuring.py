"""One command, measured: processor seconds and peak memory as the kernel counts them, under limits.

`measure` runs a command in a folder and gives what it used.  Processor time is user and system time of the command and
of all processes that it waited for (``wait4``); memory is the largest resident set of any of them.  Linux counts the
memory of the process that starts a command into the command's peak, so a peak below `floor()` cannot be told.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

KIB = 1024
PAUSE = 0.01
SLACK = 10
"""Seconds; a command that sleeps is ended after ten times its limit and these."""


@dataclass(frozen=True)
class Limits:
    """What one command may use: seconds of processor time, and bytes of memory."""

    seconds: float
    memory: int


@dataclass(frozen=True)
class Measured:
    """What a command used and printed; ``over`` says in words why it was ended, empty when it ended by itself."""

    processor: float
    wall: float
    memory: int
    code: int
    output: str
    over: str = ""


def floor() -> int:
    """Return the bytes below which the peak of a command cannot be told."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB


def measure(
    command: Sequence[str], folder: Path, limits: Limits, environment: Mapping[str, str] | None = None
) -> Measured:
    """Run a command to its end, or to that of its limits.  Raises OSError when it cannot be started."""
    with tempfile.TemporaryFile() as sink:
        began = time.monotonic()
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=None if environment is None else {**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        over = ""
        try:
            while True:
                ended, status, usage = os.wait4(child.pid, os.WNOHANG)
                if ended:
                    break
                over = over or _over(child.pid, limits, time.monotonic() - began)
                if over:
                    os.killpg(child.pid, signal.SIGKILL)
                time.sleep(PAUSE)
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise
        child.returncode = os.waitstatus_to_exitcode(status)
        sink.seek(0)
        output = sink.read().decode(errors="replace")
    used = usage.ru_utime + usage.ru_stime
    return Measured(used, time.monotonic() - began, usage.ru_maxrss * KIB, child.returncode, output, over)


def _over(process: int, limits: Limits, wall: float) -> str:
    """Return which limit a running process has passed, in words."""
    try:
        status = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""  # it ends just now
    ticks, pages = sum(map(int, status[11:15])), int(status[21])  # user, system, and those of its ended children
    if ticks / os.sysconf("SC_CLK_TCK") > limits.seconds:
        return f"more than {limits.seconds:g} s"
    if pages * os.sysconf("SC_PAGE_SIZE") > limits.memory:
        return f"more than {limits.memory / 1e6:g} MB"
    return "no end in sight, and no work either" if wall > 10 * limits.seconds + SLACK else ""
