"""Which states a system can be in after what was told: sets of places, worked out as they are needed.

A place is a packed state with what the step into it may still show, and which of that it must.  A step that shows
nothing, or whose lines are missing, is hidden: any number of hidden steps may come between two lines.  Sets are
remembered with how each place was come to, so that what recurs costs nothing and a behaviour can be told afterwards.
This is the subset construction of M. Rabin and D. Scott, "Finite Automata and Their Decision Problems" (1959), of the
part that is reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tdispmodel.analysing.conforming.showing import Showing
from tdispmodel.compiling.successors import Compiled
from tdispmodel.engines.protocol import LimitReached, Limits, Progress, silent
from tdispmodel.ir.system import State

CHECK_EVERY = 4096
BYTES_PER_PLACE = 250
SAME_STEP, NO_STEP = -1, -2
"""How a line was explained where no new step was taken: by the latest step, or by the state."""


class At(NamedTuple):
    """A place: packed state, what the step into it may still show, what it must still show."""

    packed: int
    shows: int
    must: int


Places = frozenset[At]
Way = tuple[At, int]
"""From where, by which action (or `SAME_STEP`, `NO_STEP`)."""


class After(NamedTuple):
    """What a line leads to: the places, and the way to each."""

    places: Places
    ways: dict[At, Way]


class Move(NamedTuple):
    """A step: the action, the packed state after it, what it shows, what it always shows."""

    action: int
    after: int
    shows: int
    must: int


class Moves(NamedTuple):
    """The steps from a packed state: where those lead that may be hidden, and those that show something."""

    hidden: tuple[Way, ...]
    telling: tuple[Move, ...]


@dataclass
class Tracker:
    """Sets of places of one system; `closed` and `explained` remember what they were asked."""

    compiled: Compiled
    showing: Showing
    limits: Limits
    progress: Progress = silent
    kept: int = 0
    moves: dict[int, Moves] = field(default_factory=dict)
    states: dict[int, State] = field(default_factory=dict)
    ends: dict[tuple[int, int], tuple[Way, ...]] = field(default_factory=dict)
    plain: dict[int, At] = field(default_factory=dict)
    """The place of each packed state of which nothing more is shown."""
    facts: dict[int, int] = field(default_factory=dict)
    closures: dict[tuple[Places, bool], dict[At, Way | None]] = field(default_factory=dict)
    lines: dict[tuple[Places, int, bool], After] = field(default_factory=dict)
    sets: dict[Places, Places] = field(default_factory=dict)
    """Every set of places, once: equal sets are the same object, which makes looking them up quick."""

    def starts(self) -> Places:
        """Return the places before the first step."""
        found = []
        for packed in self.compiled.starts():
            found.append(self.at(packed))
            self.keep(1)
        return frozenset(found)

    def closed(self, places: Places, inserting: bool = False) -> dict[At, Way | None]:
        """Return all places after any number of hidden steps, with the way to each (None: it was there).

        With ``inserting``, one step that should have been told may be taken as if it were hidden, and the places are
        only those after it.  Raises `LimitReached`.
        """
        known = self.closures.get((places, inserting))
        if known is None:
            self.keep(0)
            known = self._inserted(places) if inserting else self._closed(places)
            self.closures[places, inserting] = known
        return known

    def _closed(self, places: Iterable[At]) -> dict[At, Way | None]:
        ways: dict[At, Way | None] = dict.fromkeys(sorted(places))
        waiting = list(ways)
        for at in waiting:
            if at.must:
                continue
            for after, action in self.moves_of(at.packed).hidden:
                if after not in ways:
                    ways[after] = (at, action)
                    waiting.append(after)
            self.keep(1)
        return ways

    def _inserted(self, places: Places) -> dict[At, Way | None]:
        ways: dict[At, Way | None] = {}
        for at in self.closed(places):
            for move in self.moves_of(at.packed).telling:
                if move.must and not at.must:
                    ways.setdefault(self.at(move.after), (at, move.action))
            self.keep(1)
        return ways

    def explained(self, places: Places, items: int, inserting: bool = False) -> After:
        """Return the places after a line that any of ``items`` explains, from ``places`` on.  Raises `LimitReached`."""
        wanted = (places, items, inserting)
        known = self.lines.get(wanted)
        if known is None:
            ways: dict[At, Way] = {}
            for at in self.closed(places, inserting):
                for after, action in self.after_line(at, items):
                    if after not in ways:
                        ways[after] = (at, action)
                        self.keep(1)
            known = self.lines[wanted] = After(self.once(frozenset(ways)), ways)
        return known

    def once(self, places: Places) -> Places:
        """Return the one object that stands for a set."""
        return self.sets.setdefault(places, places)

    def after_line(self, at: At, items: int) -> Iterable[Way]:
        """Return the places that one place leads to with a line, and how."""
        if at.shows:
            return self.after_line_there(at, items)
        known = self.ends.get((at.packed, items))
        if known is None:
            known = self.ends[at.packed, items] = tuple(self.after_line_there(at, items))
        return known

    def after_line_there(self, at: At, items: int) -> Iterator[Way]:
        """Yield what `after_line` returns."""
        if at.shows & items:
            for after in self.told(at.packed, at.shows, at.must, items):
                yield after, SAME_STEP
        if self.facts_of(at.packed) & items:
            yield at, NO_STEP
        if not at.must:
            for move in self.moves_of(at.packed).telling:
                if move.shows & items:
                    for after in self.told(move.after, move.shows, move.must, items):
                        yield after, move.action

    def told(self, packed: int, shows: int, must: int, items: int) -> Iterator[At]:
        """Yield the places in which one of ``items`` has just been told of a step that shows more."""
        hit = shows & items
        while hit:
            lowest = hit & -hit
            hit ^= lowest
            gone = self.showing.gone[lowest.bit_length() - 1]
            if not must & gone & ~lowest:
                yield At(packed, shows & ~gone, must & ~gone)

    def moves_of(self, packed: int) -> Moves:
        """Return the steps from a packed state."""
        known = self.moves.get(packed)
        if known is None:
            before = self.state(packed)
            hidden: dict[At, int] = {}
            telling = []
            for action, after in self.compiled.visit(packed):
                shows, must = self.showing.step(before, action, self.state(after))
                if shows:
                    telling.append(Move(action, after, shows, must))
                if not must and after != packed:
                    hidden.setdefault(self.at(after), action)
            known = self.moves[packed] = Moves(tuple(hidden.items()), tuple(telling))
            self.keep(1)
        return known

    def at(self, packed: int) -> At:
        """Return the place of a packed state of which nothing more is shown."""
        known = self.plain.get(packed)
        if known is None:
            known = self.plain[packed] = At(packed, 0, 0)
        return known

    def state(self, packed: int) -> State:
        """Return a state's values."""
        known = self.states.get(packed)
        if known is None:
            known = self.states[packed] = self.compiled.unpack(packed)
        return known

    def facts_of(self, packed: int) -> int:
        """Return what may be told in a packed state without a step."""
        known = self.facts.get(packed)
        if known is None:
            known = self.facts[packed] = self.showing.state(self.state(packed))
        return known

    def keep(self, more: int) -> None:
        """Count what is remembered.  Raises `LimitReached` when time or memory is used up."""
        self.kept += more
        if more and self.kept % CHECK_EVERY:
            return
        self.progress(f"{self.kept} places, {len(self.moves)} states")
        if self.limits.out_of_time():
            message = f"out of time after {self.limits.seconds:g} s"
            raise LimitReached(message)
        if self.limits.memory is not None and self.kept * BYTES_PER_PLACE > self.limits.memory:
            message = f"out of memory ({self.limits.memory / 1e6:g} MB)"
            raise LimitReached(message)
