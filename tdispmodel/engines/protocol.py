"""What an engine is: one name, the kinds it can decide, one method.

An engine is given a ground `System`, questions about it and limits, and yields exactly one verdict per question, in
any order.  It never raises because a question is hard: it answers `open` with the reason.  It raises `OutOfRange` when
it finds that an integer of the model leaves its range (explicit engines; for the others `checking` asks
``system.stays_in_range`` as an invariant first, so a step that leaves a range may be treated as impossible).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Verdict

Progress = Callable[[str], None]
"""Is told, now and then, where a long run stands (one line of text, with an estimate where there is an honest one)."""


def silent(_: str) -> None:
    """Progress that nobody watches."""


def rounded(number: int) -> str:
    """Return a count as people say it: 950, 12.4k, 88k, 1.2M."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if number >= size:
            scaled = number / size
            return (
                f"{scaled:.1f}{unit}" if scaled < 100 and round(scaled, 1) != round(scaled) else f"{scaled:.0f}{unit}"
            )
    return str(number)


class Unusable(Exception):
    """A checkpoint cannot be gone on from: the file, what is wrong with it, what to do about it."""

    def __init__(self, path: Path, message: str, hint: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message
        self.hint = hint


NO_MEMORY = "the machine has no memory left"
"""Why a question is open when Python raised MemoryError."""


class LimitReached(Exception):
    """Time or memory is used up in the midst of a question; says which."""


@dataclass(frozen=True)
class Limits:
    """What an engine may spend: seconds of wall time, bytes of memory, and (bounded engines) the depth in steps.

    In the folder ``checkpoint`` a long search writes down how far it is, and goes on from there.
    """

    seconds: float | None = None
    memory: int | None = None
    depth: int | None = None
    started: float = field(default_factory=time.monotonic)
    checkpoint: Path | None = None

    def spent(self) -> float:
        """Seconds since the limits were set up."""
        return time.monotonic() - self.started

    def out_of_time(self) -> bool:
        """Whether the time is used up."""
        return self.seconds is not None and self.spent() >= self.seconds

    def remaining(self) -> float | None:
        """Seconds left, never negative; None without a bound."""
        return None if self.seconds is None else max(0.0, self.seconds - self.spent())


class Engine(Protocol):
    """One algorithm behind one method."""

    name: str
    kinds: frozenset[Kind]
    exhaustive: bool
    """Whether it visits every state, and so can always decide within its limits and counts the space."""

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question (open, with the reason, for kinds that it cannot decide)."""
        ...
