"""A file to a `Log`: which format it has is seen from its first line that has one."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from tdispmodel.analysing.conforming.observations import Log
from tdispmodel.analysing.conforming.readers import ftrace, kernel, uevents
from tdispmodel.analysing.conforming.readers.lines import Reader
from tdispmodel.checking.mistakes import CONFORM, mistake
from tdispmodel.source import Place

LARGEST_FILE = 1 << 26
FORMATS: tuple[tuple[Callable[[str], bool], Callable[[Reader], Log]], ...] = (
    (uevents.is_line, uevents.read),
    (ftrace.is_line, ftrace.read),
    (kernel.is_line, kernel.read),
)
HINT = "give what dmesg, udevadm monitor --kernel --property or /sys/kernel/tracing/trace print"


def read_log(path: Path) -> Log:
    """Return what the file ``path`` tells.  Raises `Rejected`."""
    return log_of(content(path), str(path))


def log_of(text: str, path: str) -> Log:
    """Return what ``text`` tells; ``path`` is how complaints call it.  Raises `Rejected`."""
    for row in Reader(path, text).rows():
        for is_line, read in FORMATS:
            if is_line(row.text):
                return read(Reader(path, text))
    message = "this is neither a kernel log nor uevents nor ftrace" if text.strip() else "the file is empty"
    raise mistake(CONFORM, message, HINT, Place(path))


def content(path: Path) -> str:
    """Return the text of an ordinary file; bytes that are none are replaced, as logs may hold anything."""
    place = Place(str(path))
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a named pipe must not block
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise mistake(CONFORM, "this is not an ordinary file", "give a file", place)
            found = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as problem:
        why = problem.strerror if isinstance(problem, OSError) and problem.strerror else "the path makes no sense"
        raise mistake(CONFORM, f"cannot read the file: {why}", "give a file that can be read", place) from None
    if len(found) > LARGEST_FILE:
        raise mistake(CONFORM, f"the file has more than {LARGEST_FILE} bytes", "give a part of it", place)
    return found.decode("utf-8-sig", errors="replace")
