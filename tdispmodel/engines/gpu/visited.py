"""What was visited, on a card; the levels themselves are kept here, as rows of numbers.

A bit for each combination of local states while these take little, else a table of the states themselves, at most half
full.  When there are more local states than there is room for, or the table gets full, it is made anew from the levels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from tdispmodel.compiling.parts import WHOLE, Local
from tdispmodel.engines.gpu.device import COUNTERS, Buffer, Call, CardFails, Device, Words64
from tdispmodel.engines.wide.bitmaps.layout import Outgrown
from tdispmodel.engines.wide.visited import GROWTH, Keys, Runs, parted

SLICE = 1 << 22
"""How many states are on the card at once, and how many may be found at once."""
DENSE_BYTES = 1 << 30
"""What a bit for each combination may take."""
LEAST_SLICE = 1 << 10
BYTES_OF_SLICE = 64
"""For each state that is on the card at once: itself, what it leads to, and what CuPy keeps for later."""
LEAST_TABLE = 1 << 10
"""Places that a table has at least."""
WORD_BITS = 64
EMPTY = (1 << 64) - 1


@dataclass(frozen=True)
class Sent:
    """States that are on the card."""

    words: Buffer
    count: int


@dataclass(frozen=True)
class Where:
    """Where in tables that are on the card a kernel begins."""

    tables: Buffer
    at: int


class OnCard(Runs):
    """States as numbers that a card compares."""

    def __init__(self, device: Device, local: Sequence[Local], memory: int | None) -> None:
        """``local`` has the numbering of each part; ``memory`` is how many bytes may be taken on the card."""
        super().__init__([len(each) for each in local])
        self.device = device
        self.local = local
        self.most = memory
        self.slice = SLICE if memory is None else max(min(SLICE, LEAST_SLICE), min(SLICE, memory // BYTES_OF_SLICE))
        self.visited = 0
        self.mask = 0
        self.extents = [0] * len(local)
        self.flags: dict[int, tuple[int, tuple[int, int]]] = {}
        self.words_of_flags = 0
        self._known: Buffer = None
        self._layout: Buffer = None
        self._laid_out: tuple[object, ...] = ()

    def memory(self) -> int:
        """Return how many bytes are in use, without those on the card."""
        return sum(each.nbytes for kept in (self._noted, self._levels) for each in kept)

    def bytes_of_level(self) -> int:
        """Return how many bytes it takes at most to list what is noted."""
        return 8 * self.waiting()

    # --- room on the card ---------------------------------------------------------------------------------------------

    def reach(self, sizes: Sequence[int]) -> None:
        """Make room for so many local states of each part.  Raises `Outgrown` and `CardFails`."""
        if not self.fits(sizes):
            raise Outgrown
        if self.mask == 0 and any(size > extent for size, extent in zip(sizes, self.extents, strict=True)):
            grown = [max(size, int(extent * GROWTH)) for size, extent in zip(sizes, self.extents, strict=True)]
            self.extents = grown
            if prod(grown) > 8 * DENSE_BYTES or not self._fits(prod(grown) // 8):
                self.mask = LEAST_TABLE - 1
            self._made_anew(0)
        self._lay_out()

    def _make_room(self, more: int) -> None:
        """Make room for so many states more."""
        if self.mask and 2 * (self.visited + more) > self.mask + 1:
            self._made_anew(more)

    def _made_anew(self, more: int) -> None:
        self._known = None
        while self.mask and 2 * (self.visited + more) > self.mask + 1:
            self.mask = 2 * self.mask + 1
        words = self.mask + 1 if self.mask else -(-prod(self.extents) // WORD_BITS)
        if not self._fits(8 * words):
            message = f"the card has no room for {self.visited + more} states"
            raise CardFails(message)
        self._known = self.device.filled(words, EMPTY if self.mask else 0)
        self._lay_out()
        again = sum(
            len(self._put(piece)) for keys in (*self._levels, *self._noted) for piece in parted(keys, self.slice)
        )
        if again != self.visited:
            message = f"the card lost states: {again} of {self.visited} are there"
            raise CardFails(message)

    def _fits(self, needed: int) -> bool:
        return needed <= self.device.free() and (self.most is None or needed <= self.most)

    def _lay_out(self) -> None:
        """Tell the card where in a state the numbers are, and where they count."""
        laid_out = (*map(len, self.local), *self.extents, self.mask)
        if laid_out == self._laid_out:
            return
        self._laid_out = laid_out
        rows, shift, stride, at = [], 0, 1, 0
        self.flags = {}
        for part in reversed(range(len(self.sides))):
            local, wholes = self.local[part], len(self.local[WHOLE])
            if part != WHOLE and id(local) not in self.flags:
                self.flags[id(local)] = at, (wholes, len(local))
                at += wholes * len(local)
            first = 0 if part == WHOLE else self.flags[id(local)][0]
            rows.append((shift, self.sides[part] - 1, 0 if self.mask else stride, len(local), first))
            shift += self.sides[part].bit_length() - 1
            stride *= self.extents[part]
        self.words_of_flags = -(-at // WORD_BITS)
        self._layout = self.device.sent(np.array(rows[::-1], np.uint64).reshape(-1))

    # --- kernels ------------------------------------------------------------------------------------------------------

    def run(self, kernel: str, states: Sent, found: int, of: Where | None = None) -> Ran:
        """Run a kernel on states that were sent; it may find so many.  Raises `CardFails`."""
        out, counters = self.device.filled(found, 0), self.device.filled(COUNTERS, 0)
        of = Where(self.device.sent(np.zeros(1, np.int32)), 0) if of is None else of
        call = Call(
            states.words,
            states.count,
            self._layout,
            len(self.sides),
            of.tables,
            of.at,
            self._known,
            self.mask,
            out,
            found,
            counters,
        )
        self.device.run(kernel, call)
        many, steps, wrong = self.device.fetched(counters, COUNTERS).tolist()
        if wrong:
            message = f"the kernel {kernel} went wrong {wrong} times"
            raise CardFails(message)
        return Ran(self.device, out, many, steps)

    def sent(self, keys: Keys) -> Sent:
        """Send states to the card."""
        return Sent(self.device.sent(keys.astype(np.uint64)), len(keys))

    def meet(self, states: Sent) -> Words64:
        """Return a bit for each pair of local states that some states have; ``flags`` says where whose begin."""
        return self.run("meet", states, self.words_of_flags).words(self.words_of_flags)

    def expand(self, states: Sent, steps: int, of: Where) -> int:
        """Take note of what steps from tables, so many at most, lead to; return how many steps there are."""
        self._make_room(states.count * steps)
        ran = self.run("expand", states, states.count * steps, of)
        self._note(ran.keys())
        return ran.steps

    def offer(self, keys: Keys) -> None:
        """Take note of some states."""
        for piece in parted(keys, self.slice):
            self._make_room(len(piece))
            self._note(self._put(piece))

    def _put(self, keys: Keys) -> Keys:
        """Return those of some states that the card did not know."""
        return self.run("insert", self.sent(keys), len(keys)).keys()

    def _note(self, new: Keys) -> None:
        self.visited += len(new)
        self._noted.append(new)

    def level(self) -> Keys:
        """Return what was noted, which is the next level."""
        new = np.concatenate([np.zeros(0, np.int64), *self._noted])
        self._noted = []
        self._levels.append(new)
        return new

    def offered(self, most: int) -> Iterator[Keys]:
        """Yield what is noted, at most so many at once."""
        for keys in self._noted:
            yield from parted(keys, most)


class Ran:
    """What a kernel found."""

    def __init__(self, device: Device, out: Buffer, found: int, steps: int) -> None:
        self.device = device
        self.out = out
        self.found = found
        self.steps = steps

    def words(self, count: int) -> Words64:
        """Return so many words of it."""
        return self.device.fetched(self.out, count)

    def keys(self) -> Keys:
        """Return the states."""
        return self.words(self.found).astype(np.int64)
