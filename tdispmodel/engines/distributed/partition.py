"""One partition of a search: the states that a hash assigns to it, and the steps from them.

It is a search over numbered parts of its own (`wide.search`), with its own numbering, but for what its states lead to:
that is kept if it belongs here, and put aside for another partition if not.  Between partitions a state is a row of
words, which means the same everywhere.  Whatever is asked of it is answered with `Said`, limits that are reached among
it; only faults are raised.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

import numpy as np

from tdispmodel.compiling.arrays import Words
from tdispmodel.compiling.parts import Numbers
from tdispmodel.compiling.successors import Watch
from tdispmodel.engines.distributed.owners import hashes, owners
from tdispmodel.engines.protocol import NO_MEMORY, LimitReached, Limits, silent
from tdispmodel.engines.wide.bitmaps.product import Count
from tdispmodel.engines.wide.formulas import Here
from tdispmodel.engines.wide.search import BYTES_OF_CHUNK, Found, Met, Search
from tdispmodel.engines.wide.spilled import Spilled
from tdispmodel.engines.wide.visited import TooWide
from tdispmodel.engines.wide.ways import near
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import System

PIECE = 1 << 17
"""How many states are expanded before what they lead to is handed on."""
OUT_OF_TIME = "out of time"
ELSEWHERE = Met(-1, ())
"""Of what was met on an earlier level, in whatever partition: it is not looked for any more."""

Done = TypeVar("Done")

Row = tuple[int, ...]
Bucket = Words | None
"""States that belong to one partition; None where there are none."""


@dataclass(frozen=True)
class Said:
    """What a partition did: how many transitions there are from what it expanded and whether there is more, how many
    states are for each partition, how many the new level has, where things watched are true first, which step leaves a
    range, bytes in use, and why it stopped if it did.
    """

    more: bool = False
    transitions: int = 0
    sent: tuple[int, ...] = ()
    states: int = 0
    found: dict[int, Found] = field(default_factory=dict)
    left: Found | None = None
    memory: int = 0
    stopped: str = ""


@dataclass(frozen=True)
class Before:
    """A step that leads to a state that was asked for, by its place among these: from where, by which action."""

    place: int
    row: Row
    action: int


@dataclass(frozen=True)
class Share:
    """What a partition is about: a system, what to watch for, which partition of how many it is, and how many bytes may
    be in use there.
    """

    system: System
    watched: tuple[Watch, ...]
    place: int
    partitions: int
    memory: int | None


class Partition(Search):
    """The states that belong to one partition."""

    def __init__(self, share: Share) -> None:
        """Raises `RecursionError` for a formula that nests too deeply."""
        super().__init__(share.system, share.watched, Limits(memory=share.memory), silent)
        self.place = share.place
        self.partitions = partitions = share.partitions
        self._until: float | None = None
        self._stopped = ""
        self._going: Iterator[None] | None = None
        self._outgoing: list[list[Words]] = [[] for _ in range(partitions)]
        self._spread: list[Words] = [np.zeros((0, self.parts.words), np.uint64) for _ in self.parts.names]

    # --- what is asked of it --------------------------------------------------------------------------------------

    def take(self, rows: Bucket, seconds: float | None) -> None:
        """Take note of states that belong here."""
        if rows is not None:
            self._tried(lambda: self._take(rows), seconds)

    def expand(self, seconds: float | None) -> list[Said | Bucket]:
        """Go on with the last level; return what to say, and a bucket for each partition."""
        before = self.transitions
        more = self._tried(self._piece, seconds) or False
        buckets = [self._bucket(each) for each in self._outgoing]
        self._outgoing = [[] for _ in range(self.partitions)]
        depth = len(self.sizes_of_levels) - 1
        said = Said(
            more=more,
            transitions=self.transitions - before,
            sent=tuple(0 if rows is None else len(rows) for rows in buckets),
            found={number: self._least[number] for number, met in self.met.items() if met.level == depth},
            left=self._left,
            memory=self.memory(),
            stopped=self._stopped,
        )
        return [said, *buckets]

    def go_on(self, met: Sequence[int], seconds: float | None) -> list[Said | Bucket]:
        """Go on to the next level, what was met behind; return what to say, and the states of the level.

        Of a level that is in files these are not returned.
        """
        for number in met:
            self.met.setdefault(number, ELSEWHERE)
        rows = self._tried(self._next_level, seconds)
        return [Said(states=len(self.frontier), memory=self.memory(), stopped=self._stopped), rows]

    def restore(self, rows: Bucket, seconds: float | None) -> Said:
        """Take a whole level, after those before it."""
        self.take(rows, seconds)
        self._tried(self._next_level, seconds)
        return Said(states=len(self.frontier), memory=self.memory(), stopped=self._stopped)

    def before(self, level: int, rows: Words, seconds: float | None) -> tuple[Said, list[Before]]:
        """Return for each state the least step from a state of a level that leads to it, if there is one here."""
        self._stopped = ""  # what was found until then can be gone back from
        found = self._tried(lambda: self._leading_to(level, rows), seconds)
        return Said(memory=self.memory(), stopped=self._stopped), found or []

    def listed(self) -> list[tuple[tuple[Value, ...], ...]]:
        """Return the local states of each part that were met."""
        return [self.parts.values(part) for part in range(len(self.parts.names))]

    # --- how it is done -------------------------------------------------------------------------------------------

    def memory(self) -> int:
        """Return about how many bytes are in use."""
        outgoing = sum(rows.nbytes for each in self._outgoing for rows in each)
        return super().memory() + outgoing + sum({id(each): each.nbytes for each in self._spread}.values())

    def look(self, *, ways: bool = False) -> None:
        """Raise `LimitReached` when time or memory is used up."""
        if self._until is not None and time.monotonic() >= self._until:
            raise LimitReached(OUT_OF_TIME)
        self._needs(self.chunk * BYTES_OF_CHUNK, ways=ways)

    def offer(self, numbers: Sequence[Numbers]) -> None:
        """Keep what belongs here, and put the rest aside."""
        self._make_room()
        keys = np.unique(self.visited.keys(numbers))
        rows = self._rows(self.visited.numbers(keys))
        owner = owners(rows, self.partitions)
        for to in range(self.partitions):
            theirs = owner == to
            if to == self.place:
                self.listing().offer(keys[theirs])
            elif theirs.any():
                self._outgoing[to].append(rows[theirs])

    def _tried(self, work: Callable[[], Done], seconds: float | None) -> Done | None:
        """Do some work in so many seconds; note why it could not be done, and then do nothing any more."""
        self._until = None if seconds is None else time.monotonic() + seconds
        if self._stopped:
            return None
        try:
            return work()
        except (LimitReached, TooWide) as limit:
            self._stopped = str(limit)
        except OSError as error:
            self._stopped = f"the disk fails ({error.strerror or error})"
        except MemoryError:
            self._stopped = NO_MEMORY
        except RecursionError:
            self._stopped = "a formula nests too deeply"
        return None

    def _stop(self, why: str) -> NoReturn:
        raise LimitReached(why)

    def _take(self, rows: Words) -> None:
        for first in range(0, len(rows), self.chunk):
            self.look()
            some = rows[first : first + self.chunk]
            numbers = [self.parts.gathered(part, some) for part in range(len(self.parts.names))]
            self._make_room()
            self.listing().offer(self.visited.keys(numbers))

    def _piece(self) -> bool:
        """Expand some states; return whether there are more."""
        if self._going is None:
            self._going = self.expanded()
        done = 0
        for _ in self._going:
            done += self.chunk
            if done >= PIECE:
                return True
        return False

    def _next_level(self) -> Bucket:
        """Begin with what was taken note of and is new; return it, unless it is in files."""
        self.advance()
        if not len(self.frontier):
            self.sizes_of_levels.append(0)
        self._going = None
        frontier = self.frontier
        if isinstance(self.visited, Spilled) or isinstance(frontier, Count) or not len(frontier):
            return None
        return self._rows(self.visited.numbers(frontier[:]))

    def _leading_to(self, level: int, rows: Words) -> list[Before]:
        there = [self.parts.gathered(part, rows) for part in range(len(self.parts.names))]
        sought, places = hashes(rows), {tuple(row): place for place, row in enumerate(rows.tolist())}
        least: dict[int, Before] = {}
        for keys in self.visited.pieces(level, self.chunk):
            self.look(ways=True)
            numbers = self.visited.numbers(keys)
            some = near(self, numbers, there)
            here = Here(self.tables, [each[some] for each in numbers])
            for steps in self.moves.steps(here) if here.count else ():
                after = self._rows(self.after(here, steps))
                for step in np.flatnonzero(np.isin(hashes(after), sought)).tolist():
                    place = places.get(tuple(after[step].tolist()))
                    if place is not None:
                        source = int(steps.source[step])
                        (row,) = self._rows([each[source : source + 1] for each in here.numbers]).tolist()
                        found = Before(place, tuple(row), int(steps.action[step]))
                        least[place] = min(found, least.get(place, found), key=lambda one: (one.row, one.action))
        return list(least.values())

    def _bucket(self, offered: Sequence[Words]) -> Bucket:
        """Return states that were put aside, hardly any of them twice."""
        if not offered:
            return None
        rows: Words = np.concatenate(offered)
        rows = rows[np.argsort(hashes(rows), kind="stable")]
        first = np.ones(len(rows), np.bool_)
        np.any(rows[1:] != rows[:-1], axis=1, out=first[1:])
        return rows[first]

    def _rows(self, numbers: Sequence[Numbers]) -> Words:
        """Return states as words, from those of their local states."""
        found: Words = np.zeros((len(numbers[0]), self.parts.words), np.uint64)
        for part, each in enumerate(numbers):
            known, count = len(self._spread[part]), len(self.parts.local[part])
            if known < count:
                more: Words = np.zeros((count - known, self.parts.words), np.uint64)
                self.parts.spread(part, np.arange(known, count, dtype=np.int32), more)
                self._spread[part] = np.concatenate([self._spread[part], more])
            found |= self._spread[part][each]
        return found
