"""Where output goes: results to stdout, everything else to stderr; a reader that went away is no error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from tdispmodel.source import Complaint


def open_streams() -> None:
    """Let what was closed before the start lead nowhere: whoever closed it wants none of it."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115  # open to the end


class Output:
    """The two streams of one run.  ``json``: what stdout gets must be one JSON document, complaints included."""

    def __init__(self, *, json: bool = False) -> None:
        self.json = json
        self.unwritten = ""
        """Why stdout took no more, empty while it takes all; a reader that went away is no reason."""

    def write(self, text: str | bytes) -> None:
        """Write a result to stdout; bytes as they are."""
        self._put(sys.stdout, text)

    def note(self, text: str) -> None:
        """Write a line to stderr."""
        self._put(sys.stderr, text + "\n")

    def complain(self, complaints: Iterable[Complaint]) -> None:
        """Show the user's mistakes: on stderr as text, and with ``json`` on stdout as a document without results."""
        found = tuple(complaints)
        for complaint in found:
            self.note(visible(complaint.shown()))
        if self.json:
            self.document(found, 2)

    def fault(self, code: str, told: str) -> None:
        """Show a fault of tdispmodel itself."""
        self.note(f"{code}: this is a fault of tdispmodel itself, no verdict is shown")
        self.note(visible(told))
        if self.json:
            from tdispmodel.source import Complaint, Place  # noqa: PLC0415  # seldom needed

            self.document((Complaint(code, told, Place("<tdispmodel>")),), 70)

    def interrupted(self, code: int) -> None:
        """Tell that the user interrupted the run before there was anything to show."""
        self.note("interrupted")
        if self.json:
            self.document((), code)

    def document(self, complaints: tuple[Complaint, ...], code: int) -> None:
        """Write a result document without results."""
        from tdispmodel.reports.json import render  # noqa: PLC0415  # `--help` needs it not
        from tdispmodel.verdict import Report  # noqa: PLC0415  # as above

        self.write(render(Report(complaints=complaints), exit=code))

    def save(self, path: str, text: str | bytes) -> None:
        """Write ``text``, or bytes as they are, to the file ``path``.  Raises `Rejected` when that is impossible."""
        from pathlib import Path  # noqa: PLC0415  # seldom needed

        from tdispmodel.checking.mistakes import OUTPUT, mistake  # noqa: PLC0415  # as above

        try:
            Path(path).write_bytes(text if isinstance(text, bytes) else text.encode())
        except (OSError, ValueError) as problem:
            why = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
            raise mistake(OUTPUT, f"cannot write {path}: {why}") from None

    def ended(self, code: int, unwritable: int) -> int:
        """Return the exit code of a run that ended with ``code``: ``unwritable`` when its result was lost."""
        if not self.unwritten:
            return code
        from tdispmodel.checking.mistakes import OUTPUT  # noqa: PLC0415  # seldom needed

        self.note(f"{OUTPUT}: cannot write the result: {self.unwritten}")
        return unwritable

    def close(self) -> None:
        """Flush both streams, so that a reader that went away is noticed here."""
        self._put(sys.stdout, "")
        self._put(sys.stderr, "")

    def _put(self, stream: TextIO, text: str | bytes) -> None:
        try:
            if isinstance(text, bytes):
                stream.flush()
                stream.buffer.write(text)
                stream.flush()
                return
            try:
                stream.write(text)
                stream.flush()
            except UnicodeEncodeError:
                stream.write(text.encode("ascii", "backslashreplace").decode("ascii"))
                stream.flush()
        except OSError as problem:
            if stream is sys.stdout and not isinstance(problem, BrokenPipeError):
                self.unwritten = self.unwritten or problem.strerror or str(problem)
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


def visible(text: str) -> str:
    """Return ``text`` with control characters of a stranger's file replaced, line ends kept."""
    return "".join(character if character.isprintable() or character == "\n" else "?" for character in text)
