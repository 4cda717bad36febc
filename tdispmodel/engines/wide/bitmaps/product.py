"""Breadth-first search with a bit for every combination of local states, where so many are reached that this pays.

Given a search and the states that it found so far; `Product` takes their place.  A level is made block by block: what
steps of each part bring there, without what was visited.  Steps of all states that share a local state are one
operation on words, so that many states are moved by one instruction.  States, levels and steps are counted exactly.
That local states are met, and so numbered, is found out level by level as in the other searches, and no more of them
is.

No level is kept.  Who goes back from what was met has the levels made once more, and written down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from tdispmodel.compiling.arrays import Flags, Words
from tdispmodel.compiling.parts import WHOLE, Numbers
from tdispmodel.engines.protocol import LimitReached
from tdispmodel.engines.wide.bitmaps.layout import Layout, Outgrown, counted, ones
from tdispmodel.engines.wide.bitmaps.masks import Masks, packed, simple
from tdispmodel.engines.wide.bitmaps.slabs import Plan, planned, seconds_of_maps, slabs
from tdispmodel.engines.wide.formulas import Here, Node
from tdispmodel.engines.wide.moves import OUT_OF_RANGE, Broad
from tdispmodel.engines.wide.visited import Dense, Keys, Runs, Sided, parted

if TYPE_CHECKING:
    from tdispmodel.engines.wide.search import Search

BITMAPS = 3
"""What was visited, a level, and the next one."""
ONCE = 8
"""So many blocks there are on the way."""
OF_CALL, OF_WORD = 1.5e-6, 0.7e-9
"""Seconds that an operation takes, and that it takes for each word."""
PASSES = 8
"""So often all words are gone through besides."""
LEAST_TOGETHER = 8
"""Slabs with fewer words in a row are moved after they were put together."""
Place = tuple[int, ...]


class Count:
    """A level of which only the number of states is known."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count


class Product:
    """The states as bits, and how a level leads to the next one."""

    def __init__(self, search: Search, before: Dense | Runs) -> None:
        """``before`` has all states that were found so far, the last level of which is not expanded yet."""
        self.search = search
        self.before = before
        self.first = before.levels - 1
        self.levels = before.levels
        self.layout = Layout([len(local) for local in search.parts.local])
        self.sided = Sided(self.layout.sizes)
        self.visited, self.here, self.fresh = (np.zeros(self.layout.shape, np.uint64) for _ in range(BITMAPS))
        for level in range(before.levels):
            for keys in before.pieces(level, search.chunk):
                self.layout.add(self.visited, before.numbers(keys))
        for keys in before.pieces(self.first, search.chunk):
            self.layout.add(self.here, before.numbers(keys))
        self.count = counted(self.here)
        self.active: list[Flags] = []
        self.busy: Flags = np.zeros(self.layout.blocks, np.bool_)
        self._noted()
        self.masks = Masks(search.tables, self.layout)
        self.plan: Plan | None = None
        self.again = False
        """Whether levels are made once more, to be written down."""
        self.known: tuple[object, ...] = ()
        self.taken: dict[tuple[Broad, int], int] = {}
        """Where a broad action leads that changes the whole alone, from where it was taken."""
        self.added: list[list[Numbers]] = []
        """What steps of other broad actions lead to."""
        self._written: dict[int, tuple[Keys, Words]] = {}
        self._layout_of_written = self.layout

    def places(self) -> Iterator[Place]:
        """Yield the blocks."""
        return np.ndindex(self.layout.blocks)

    def _cleared(self) -> None:
        sizes = self.layout.sizes
        self.active = [np.zeros((sizes[WHOLE], size), np.bool_) for size in sizes]
        self.busy = np.zeros(self.layout.blocks, np.bool_)

    def _noted(self) -> None:
        """Note what there is on the level."""
        self._cleared()
        for place in self.places():
            if self.here[place].any():
                self._note(place, self.here[place])

    def _note(self, place: Place, words: Words) -> None:
        """Note which local states there are in a block that is not empty."""
        layout, whole = self.layout, place[WHOLE]
        self.busy[place] = True
        for part, number in zip(layout.axes, place, strict=False):
            self.active[part][whole, number] = True
        left = words
        for part in layout.axes[layout.outer :]:
            self.active[part][whole] |= left.reshape(len(left), -1).any(axis=1)
            left = np.bitwise_or.reduce(left, axis=0)
        bits = np.unpackbits(left.astype("<u8").view(np.uint8), bitorder="little").astype(np.bool_)
        self.active[layout.last][whole] |= bits[: layout.sizes[layout.last]]

    # --- what a search asks of the states that it found --------------------------------------------------------------

    def memory(self) -> int:
        """Return how many bytes are in use."""
        written = sum(places.nbytes + words.nbytes for places, words in self._written.values())
        added = sum(each.nbytes for numbers in self.added for each in numbers)
        added += sum(image.memory() for some in (self.plan.last.values() if self.plan else ()) for _, image in some)
        return self.visited.nbytes + self.here.nbytes + self.fresh.nbytes + self.before.memory() + written + added

    @property
    def sides(self) -> list[int]:
        """How many local states of each part there may be."""
        return self.sided.sides

    def bytes_of_level(self) -> int:
        """Return how many bytes more it takes to list a level."""
        return 0

    def keys(self, numbers: Sequence[Numbers]) -> Keys:
        """Return some states as numbers, which stay what they are.  Raises `LimitReached`."""
        if not self.sided.fits([len(local) for local in self.search.parts.local]):
            message = "the local states are too many for one word a state"
            raise LimitReached(message)
        return self.sided.keys(numbers)

    def numbers(self, keys: Keys) -> list[Numbers]:
        """Return the numbers of the parts of some states."""
        return self.sided.numbers(keys)

    def pieces(self, level: int, most: int) -> Iterator[Keys]:
        """Yield the states of a level, counted from 0, at most so many at once."""
        for numbers in self._listed(level, most):
            yield from parted(self.keys(numbers), most)

    def _listed(self, level: int, most: int) -> Iterator[list[Numbers]]:
        if level < self.first:
            for keys in self.before.pieces(level, most):
                yield self.before.numbers(keys)
        else:
            places, words = self._words(level)
            yield from self._layout_of_written.numbers(places, words, self._piece)

    def pieces_near(self, level: int, most: int, wanted: Sequence[Numbers]) -> Iterator[Keys]:
        """Yield of the states of a level those that differ from a wanted one in one instance, and perhaps others."""
        if level < self.first or any(len(set(broad.changed) - {WHOLE}) > 1 for broad in self.search.moves.broad):
            yield from self.pieces(level, most)
            return
        places, words = self._words(level)
        layout = self._layout_of_written
        here = np.unravel_index(places // layout.words, layout.shape[:-1])
        near = np.zeros(len(places), np.bool_)
        for one in zip(*(wanted[part].tolist() for part in layout.axes), strict=True):
            far = np.zeros(len(places), np.int8)
            for number, each in zip(one[1:], here[1:], strict=True):
                far += each != number
            near |= far <= 1
        for numbers in layout.numbers(places[near], words[near], self._piece):
            yield from parted(self.keys(numbers), most)

    @property
    def _piece(self) -> int:
        """Of how many words states are listed at once, each of which may have 64."""
        return max(1, self.search.chunk // 2)

    def _words(self, level: int) -> tuple[Keys, Words]:
        """Return the words of a level that are not empty."""
        if level not in self._written:
            self._write(level)
        return self._written[level]

    def _those(self, node: Node, place: Place) -> Words:
        """Return the states of a block of the level of which a formula is true."""
        words: Words = self.here[place] & self.masks.of(node, place)
        return words

    def _each(self, node: Node) -> Iterator[Here]:
        """Yield the states of the level of which a formula is true."""
        for place in self.places() if self.masks.possible(node) else ():
            if self.busy[place]:
                self._look()
                yield from self._in_block(place, self._those(node, place))

    def _in_block(self, place: Place, words: Words) -> Iterator[Here]:
        flat, chunk = words.reshape(-1), self.search.chunk
        places = np.flatnonzero(flat)
        for numbers in self.layout.numbers(places + self.layout.start(place), flat[places], self._piece):
            for first in range(0, len(numbers[WHOLE]), chunk):
                yield Here(self.search.tables, [each[first : first + chunk] for each in numbers])

    # --- forwards -----------------------------------------------------------------------------------------------------

    def expand(self, depth: int) -> None:
        """Look at the level, and find the next one.  Raises `LimitReached`, `TooWide`, `Outgrown` and `Left`."""
        search = self.search
        self._meet_pairs()
        for number, node in search.watched_states(depth):
            for here in self._each(node):
                search.meet(number, here, np.ones(here.count, np.bool_), depth)
        for number, watch in search.watched_steps(depth):
            for action, node in watch.nodes:
                for here in self._each(node):
                    search.meet(number, here, np.ones(here.count, np.bool_), depth, action)
        search.stood_for += self.count
        self.prepare()
        self.advance()

    def prepare(self) -> None:
        """Find out what steps there are, and make room for what they lead to."""
        search = self.search
        self._meet_pairs()
        if any((table.known()[1] == OUT_OF_RANGE).any() for table in search.moves.tabulated):
            self._leave()
        self.added = []
        for broad in search.moves.broad:
            self._take(broad)
        self._grow()

    def _meet_pairs(self) -> None:
        """Number the pairs of local states on the level, and what narrow steps lead to from there."""
        search = self.search
        for part in search.parts.instances:
            whole, instance = np.nonzero(self.active[part])
            search.tables.pairs[part].of(whole.astype(np.int32), instance.astype(np.int32))
        for table in search.moves.tabulated:
            table.known()
        known = tuple(map(len, search.tables.pairs.values()))
        if known != self.known:
            self.known, self.plan = known, None
            self.masks = Masks(search.tables, self.layout)

    def _leave(self) -> None:
        """Look for a step from the level that leaves a range.  Raises `Left`."""
        for place in self.places():
            if self.busy[place]:
                for here in self._in_block(place, self.here[place]):
                    self._look()
                    self.search.leave_from(here, self.levels - 1)
        self.search.tell_left()

    def _look(self) -> None:
        self.search.look(ways=self.again)

    def _take(self, broad: Broad) -> None:
        """Take a broad action on the level."""
        search, alone = self.search, changes_whole(broad)
        for place in self.places() if self.masks.possible(broad.guard) else ():
            if not self.busy[place] or (alone and (broad, place[WHOLE]) in self.taken):
                continue
            for here in self._in_block(place, self._those(broad.guard, place)):
                steps = broad.steps(here)
                if steps.left.any():
                    self._leave()
                if alone:
                    self.taken[broad, place[WHOLE]] = int(steps.after[WHOLE][0]) if broad.effects else place[WHOLE]
                    break
                self._look()
                self.added.append(search.after(here, steps))

    def _grow(self) -> None:
        """Make room for all local states that have numbers."""
        sizes = [len(local) for local in self.search.parts.local]
        if tuple(sizes) != self.layout.sizes:
            wider = Layout(sizes, self.layout.last)
            wide = wider.shape != self.layout.shape and not self.search.may_take(2 * needed(wider))
            if wide or not self.sided.fits(sizes):
                raise Outgrown
            self.visited, self.here = self.layout.copied(self.visited, wider), self.layout.copied(self.here, wider)
            self.fresh = self.layout.copied(self.fresh, wider)
            self.layout, self.plan = wider, None
            self.masks = Masks(self.search.tables, wider)
            self._noted()

    def _planned(self) -> Plan:
        """Return what steps there are."""
        if self.plan is None:
            search = self.search
            self.plan = planned(search.tables, search.moves.tabulated, self.layout, search.limits.memory)
        return self.plan

    def advance(self) -> None:
        """Find the next level: what steps lead to and was not visited."""
        layout, plan, busy, active = self.layout, self._planned(), self.busy, self.active
        self._cleared()
        self.count = 0
        found, rest = np.zeros(layout.inside, np.uint64), np.zeros(layout.inside, np.uint64)
        added = [layout.found(numbers) for numbers in self.added]
        for place in self.places():
            self._look()
            found.fill(0)
            self._reach(plan, place, found, busy, active)
            for places, bits in added:
                inside = places - layout.start(place)
                chosen = (inside >= 0) & (inside < found.size)
                np.bitwise_or.at(found.reshape(-1), inside[chosen], bits[chosen])
            np.invert(self.visited[place], out=rest)
            found &= rest
            self.fresh[place] = found
            if found.any():
                self.visited[place] |= found
                self.count += counted(found)
                self._note(place, found)
        self.added = []
        self.here, self.fresh = self.fresh, self.here

    def _reach(self, plan: Plan, place: Place, found: Words, busy: Flags, active: Sequence[Flags]) -> None:
        """Put into a block what narrow steps, and broad ones of the whole, lead to in it."""
        layout, here, whole = self.layout, self.here, place[WHOLE]
        for before in plan.whole.get(whole, ()):
            source = (before, *place[1:])
            if busy[source]:
                found |= here[source]
        for part, reached in plan.outer.items():
            axis = layout.axes.index(part)
            for before, number in reached.get((whole, place[axis]), ()):
                source = (before, *place[1:axis], number, *place[axis + 1 :])
                if busy[source]:
                    found |= here[source]
        for part, edges in plan.inner.items():
            for before, moved in edges.get(whole, {}).items():
                source = (before, *place[1:])
                if busy[source]:
                    there = active[part][before]
                    some = [(number, after) for number, after in moved if there[number]]
                    self._move(layout.axes.index(part) - layout.outer, some, here[source], found)
        for before, image in plan.last.get(whole, ()):
            source = (before, *place[1:])
            if busy[source]:
                rows = here[source].reshape(-1, layout.words)
                full = np.flatnonzero((rows != 0).any(axis=1) if layout.words > 1 else rows != 0)
                found.reshape(-1, layout.words)[full] |= image.of(rows[full])
        for (broad, before), after in self.taken.items():
            source = (before, *place[1:])
            if after == whole and before != whole and busy[source]:
                found |= here[source] & self.masks.of(broad.guard, source)

    def _move(self, axis: int, moved: Sequence[tuple[int, int]], block: Words, into: Words) -> None:
        """Put into a block the slabs of another one, moved along an axis.

        Where slabs are words far from one another, they are put together first.
        """
        corner: tuple[slice | int, ...] = (slice(None),) * axis
        apart = axis > 0 and prod(block.shape[axis + 1 :]) < LEAST_TOGETHER and len(moved) > block.shape[axis]
        here, there = block, into
        if apart:
            here = np.ascontiguousarray(np.moveaxis(block, axis, 0))
            there, corner = np.zeros(here.shape, np.uint64), ()
        for number, after in moved:
            slab = there[(*corner, after)]  # some words at least, since the axis of words is left
            np.bitwise_or(slab, here[(*corner, number)], out=slab)
        if apart:
            into |= np.moveaxis(there, 0, axis)

    def level(self) -> Count:
        """Go on to the next level, which was found."""
        self.levels += 1
        return Count(self.count)

    # --- counts -------------------------------------------------------------------------------------------------------

    def transitions(self) -> int:
        """Return how many steps there are from all states that were visited."""
        return sum(self._steps_from(place, self.visited[place]) for place in self.places() if self.visited[place].any())

    def _steps_from(self, place: Place, words: Words) -> int:
        layout, whole = self.layout, place[WHOLE]
        counts = ones(words).reshape(layout.inside)
        states, total = int(counts.sum(dtype=np.int64)), 0
        for table in self.search.moves.tabulated:
            table.known()
            degrees = np.diff(table.start)
            if table.part == WHOLE:
                total += states * int(degrees[whole])
                continue
            many = self.masks.flags(degrees, table.part, whole)
            if table.part == layout.last:
                for degree in set(many.tolist()) - {0}:
                    total += degree * counted(words & packed(many == degree, layout.words))
            elif layout.axes.index(table.part) < layout.outer:
                total += states * int(many[place[layout.axes.index(table.part)]])
            else:
                axis = layout.axes.index(table.part) - layout.outer
                others = tuple(each for each in range(counts.ndim) if each != axis)
                total += int(counts.sum(axis=others, dtype=np.int64) @ many)
        for broad in self.search.moves.broad:
            if self.masks.possible(broad.guard):
                total += counted(words & self.masks.of(broad.guard, place))
        return total

    # --- backwards ----------------------------------------------------------------------------------------------------

    def _write(self, last: int) -> None:
        """Make all levels up to one once more, and write them down; nothing can be found after that."""
        self.visited = self.here = self.fresh = np.zeros(0, np.uint64)
        again = Product(self.search, self.before)
        again.again, again.levels = True, self.first + 1
        self._layout_of_written = again.layout
        for level in range(self.first, last + 1):
            flat = again.here.reshape(-1)
            places = np.flatnonzero(flat)
            self._written[level] = places, flat[places]
            if level < last:
                again.prepare()
                again.advance()
                again.level()


def changes_whole(broad: Broad) -> bool:
    """Whether a broad action changes the whole alone, in a way that depends on nothing else."""
    return not broad.worked_out and all(effect.part == effect.by == WHOLE for effect in broad.effects)


def needed(layout: Layout) -> int:
    """Return how many bytes bitmaps take."""
    return 8 * (BITMAPS * layout.total + ONCE * prod(layout.inside))


def able(search: Search) -> bool:
    """Whether all formulas can be looked up in bitmaps, and no instances are interchanged."""
    nodes = [*search.nodes(), *(broad.guard for broad in search.moves.broad)]
    return len(search.parts.names) > 1 and not search.orbits.classes and all(map(simple, nodes))


def seconds(search: Search, layout: Layout) -> float:
    """Return about how long a level takes at most."""
    joined = sum(calls * (OF_CALL + OF_WORD * words) for calls, words in slabs(search.moves.tabulated, layout))
    last = next((table for table in search.moves.tabulated if table.part == layout.last), None)
    return joined + seconds_of_maps(search.tables, last, layout.words) + layout.total * OF_WORD * PASSES
