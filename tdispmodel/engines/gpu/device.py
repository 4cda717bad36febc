"""What the search asks of a card: to keep words, to run a kernel, and to give words back.

`card` has it by CuPy.  The tests have it by a C++ compiler, so that the same source runs without a card.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tdispmodel.engines.protocol import LimitReached

SOURCE = Path(__file__).with_name("kernels.cu")
"""The kernels: `meet`, `insert`, `expand` and `choose`."""
COUNTERS = 3
"""How much was found, how many steps were taken, how often something went wrong."""

Buffer = object
"""Numbers on the card; nobody else looks into it."""
Words64 = NDArray[np.uint64]


class CardFails(LimitReached):
    """There is no card, or it does not do what it is asked to; says why."""


@dataclass(frozen=True)
class Call:
    """The arguments of every kernel, in their order; kernels.cu says what they are."""

    states: Buffer
    count: int
    layout: Buffer
    parts: int
    tables: Buffer
    at: int
    known: Buffer
    mask: int
    out: Buffer
    room: int
    counters: Buffer

    def arguments(self) -> tuple[Buffer | int, ...]:
        """Return them in their order."""
        return tuple(getattr(self, name) for name in (field.name for field in fields(self)))


class Device(Protocol):
    """A card, or what stands for it.  Each method raises `CardFails`."""

    def sent(self, numbers: Words64 | NDArray[np.int32]) -> Buffer:
        """Copy numbers to the card."""
        ...

    def filled(self, words: int, value: int) -> Buffer:
        """Make room for words of 64 bits, and fill them with a value."""
        ...

    def fetched(self, buffer: Buffer, words: int) -> Words64:
        """Copy the first words of 64 bits back."""
        ...

    def run(self, kernel: str, call: Call) -> None:
        """Run a kernel, one thread for each state."""
        ...

    def free(self) -> int:
        """Return for how many bytes there is room on the card."""
        ...
