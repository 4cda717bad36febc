"""The search over numbered parts with a card: local states, pairs and tables are worked out here, states are there.

Given a system, what to watch for, limits and a device; gives a `CardSearch`.  Before a level is expanded the card says
which pairs of local states it has, so that their steps are in the tables when they are taken.  A formula about many
states, of what is watched or of the guard of a broad action, picks states on the card; what such an action does to
them, and what compares instances, is worked out here, as in the other search, and so is the way back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tdispmodel.compiling.successors import Watch
from tdispmodel.engines.gpu.device import Buffer, Device
from tdispmodel.engines.gpu.tables import Written, able
from tdispmodel.engines.gpu.visited import OnCard, Sent, Where
from tdispmodel.engines.protocol import Limits, Progress
from tdispmodel.engines.wide.answers import Looked
from tdispmodel.engines.wide.bitmaps.layout import Outgrown
from tdispmodel.engines.wide.formulas import Here, Node
from tdispmodel.engines.wide.moves import OUT_OF_RANGE, Broad
from tdispmodel.engines.wide.search import Kept
from tdispmodel.engines.wide.visited import Keys, parted
from tdispmodel.ir.system import System


class CardSearch(Looked):
    """A search of which a card remembers the states and takes most steps."""

    def __init__(
        self, system: System, watched: Sequence[Watch], limits: Limits, progress: Progress, device: Device
    ) -> None:
        """Raises `RecursionError` for a formula that nests too deeply."""
        super().__init__(system, watched, limits, progress)
        self.able = False
        self.device = device
        self.card = self._empty()
        self.on_card = [node for node in (*self.nodes(), *(broad.guard for broad in self.moves.broad)) if able(node)]
        self._known: tuple[int, ...] = ()
        self._written = Written(self.tables, self.moves.tabulated, ())
        self._tables: Buffer = None

    def _empty(self) -> OnCard:
        return OnCard(self.device, self.parts.local, self.limits.memory)

    def run(self, kept: Kept | None = None) -> None:  # noqa: ARG002  # the engine refuses to write down how far it is
        """Search until nothing new is found.  Raises `LimitReached`, `TooWide` and `Left`.

        When numbers of local states do not fit any more into their bits it begins anew, with more bits for them.
        """
        while True:
            self.visited = self.card = self._empty()
            try:
                self._start()
                self._go_on(None)
            except Outgrown:
                self.forget()
            else:
                self.finish()
                return

    def _spill(self) -> None:
        """States are not kept in files."""

    def _expand(self) -> None:
        depth = len(self.sizes_of_levels) - 1
        level = self.frontier
        if not isinstance(level, np.ndarray):
            message = "a level of which only the number of states is known"
            raise TypeError(message)
        self._meet_pairs(level)
        leaves = any((table.known()[1] == OUT_OF_RANGE).any() for table in self.moves.tabulated)
        for keys in parted(level, max(1, self.card.slice // max(1, self._written.most_steps))):
            self.look()
            states = self.card.sent(keys)
            self._look_for(keys, states, depth)
            self.stood_for += len(keys)
            if leaves:
                for here in self._listed(keys):
                    self.leave_from(here, depth)
                continue
            of = Where(self._tables, self._written.steps)
            self.transitions += self.card.expand(states, self._written.most_steps, of)
            for broad in self.moves.broad:
                self._take(broad, keys, states, depth)
        self.tell_left()

    def _meet_pairs(self, level: Keys) -> None:
        """Number the pairs of local states on the level, and have the tables with them on the card."""
        self._make_room()
        words = np.zeros(self.card.words_of_flags, np.uint64)
        for keys in parted(level, self.card.slice):
            self.look()
            words |= self.card.meet(self.card.sent(keys))
        bits = np.unpackbits(words.astype("<u8").view(np.uint8), bitorder="little")
        places = {id(self.parts.local[part]): part for part in self.parts.instances}
        for name, part in places.items():
            first, shape = self.card.flags[name]
            whole, instance = np.nonzero(bits[first : first + shape[0] * shape[1]].reshape(shape))
            self.tables.pairs[part].of(whole.astype(np.int32), instance.astype(np.int32))
        for table in self.moves.tabulated:
            table.known()
        self._make_room()
        known = (*(len(local) for local in self.parts.local), *map(len, self.tables.pairs.values()))
        if known != self._known:
            self._known = known
            self._written = Written(self.tables, self.moves.tabulated, self.on_card)
            self._tables = self.device.sent(self._written.numbers)

    def _look_for(self, keys: Keys, states: Sent, depth: int) -> None:
        """Look at some states for what was not met on an earlier level."""
        for number, node in self.watched_states(depth):
            for here in self._those(node, keys, states):
                self.meet(number, here, np.ones(here.count, np.bool_), depth)
        for number, watch in self.watched_steps(depth):
            for action, node in watch.nodes:
                for here in self._those(node, keys, states):
                    self.meet(number, here, np.ones(here.count, np.bool_), depth, action)

    def _take(self, broad: Broad, keys: Keys, states: Sent, depth: int) -> None:
        """Take a broad action."""
        for here in self._those(broad.guard, keys, states):
            self.look()
            steps = broad.steps(here)
            self.transitions += len(steps.source)
            if steps.left.any():
                self._leave(here, steps, depth)
            elif self._left is None:
                self.offer(self.after(here, steps))

    def _those(self, node: Node, keys: Keys, states: Sent) -> Iterator[Here]:
        """Yield those of some states of which a formula is true."""
        at = self._written.formulas.get(id(node))
        if at is not None:
            if self._written.possible(node):
                found = self.card.run("choose", states, states.count, Where(self._tables, at))
                yield from self._listed(found.keys())
            return
        for here in self._listed(keys):
            where = np.flatnonzero(node.true(here))
            if len(where):
                yield Here(self.tables, [each[where] for each in here.numbers])

    def _listed(self, keys: Keys) -> Iterator[Here]:
        for piece in parted(keys, self.chunk):
            yield Here(self.tables, self.card.numbers(piece))
