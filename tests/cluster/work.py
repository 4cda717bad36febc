"""Tasks for a cluster."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

from tdispmodel.source import Complaint, Place, Rejected

Progress = Callable[[str], None]


def square(task: int, progress: Progress) -> int:
    """Answer at once."""
    progress(f"squaring {task}")
    return task * task


def dies_once(task: Path, _: Progress) -> int:
    """Its process is killed the first time."""
    if not task.exists():
        task.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def fails(_: int, __: Progress) -> int:
    """A fault in the work itself."""
    message = "no such luck"
    raise LookupError(message)


def refuses(task: int, _: Progress) -> int:
    """A mistake of the user."""
    raise Rejected([Complaint("E610", f"not {task}", Place("<here>", 1, 1), "")])
