"""Progress on stderr: nothing at first; then one line, rewritten on a terminal, elsewhere a new one every 10 s."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

QUIET_SECONDS = 1.0
TERMINAL_SECONDS = 0.1
PLAIN_SECONDS = 10.0
WIDTH = 79


class Reporter:
    """Shows where a long run stands.  ``mode`` is ``auto``, ``plain`` or ``never``."""

    def __init__(
        self, mode: str = "auto", stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.rewrites = mode == "auto" and self.stream.isatty()
        self.silent = mode == "never"
        self.clock = clock
        self.started = clock()
        self.last: float | None = None
        self.shown = 0

    def __call__(self, text: str) -> None:
        """Show ``text`` if it is time to."""
        now = self.clock()
        elapsed = now - self.started
        interval = TERMINAL_SECONDS if self.rewrites else PLAIN_SECONDS
        first = QUIET_SECONDS if self.rewrites else PLAIN_SECONDS
        due = elapsed >= first if self.last is None else now - self.last >= interval
        if self.silent or not due:
            return
        self.last = now
        line = "".join(character if " " <= character <= "~" else "?" for character in text)
        line = f"{line[: WIDTH - 9]}  {int(elapsed) // 60}:{int(elapsed) % 60:02}"
        try:
            self.stream.write(f"\r{line:<{self.shown}}" if self.rewrites else f"{line}\n")
            self.stream.flush()
        except OSError:
            self.silent = True
        self.shown = len(line)

    def close(self) -> None:
        """Take the line away, if there is one."""
        if self.rewrites and self.shown and not self.silent:
            self.stream.write(f"\r{'':<{self.shown}}\r")
            self.stream.flush()
            self.shown = 0
