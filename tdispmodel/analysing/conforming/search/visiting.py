"""Sets of places that are listed, state by state, as they are needed: for systems that can be visited.

Given a system and what its steps show; gives a `Tracker` that needs nothing but Python.  This is the subset
construction of M. Rabin and D. Scott, "Finite Automata and Their Decision Problems" (1959), of the part that is
reached; what hidden steps reach is kept by strongly connected components (R. Tarjan, "Depth-First Search and Linear
Graph Algorithms", 1972), which here are found a part at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from tdispmodel.analysing.conforming.search.places import NO_STEP, SAME_STEP, At, Way
from tdispmodel.analysing.conforming.showing import Showing, bits
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.compiling.successors import Compiled
from tdispmodel.engines.protocol import LimitReached, Limits, Progress, silent
from tdispmodel.ir.system import State

CHECK_EVERY = 4096
BYTES_PER_PLACE = 250
MOST_LOOKED_AT = 400
"""So many places are looked at to see why a line cannot come."""

Listed = frozenset[At]
"""A set of places, each written out."""


class Move(NamedTuple):
    """A step that shows something: the action, the packed state after it, what it shows, what it always shows."""

    action: int
    after: int
    shows: int
    must: int


class Moves(NamedTuple):
    """The steps from a packed state: where those lead that may be hidden, and those that show something."""

    hidden: tuple[Way, ...]
    telling: tuple[Move, ...]


@dataclass
class Visiting:
    """Sets of places of one system; what it was asked is remembered."""

    compiled: Compiled
    showing: Showing
    limits: Limits
    progress: Progress = silent
    kept: int = 0
    moves: dict[int, Moves] = field(default_factory=dict)
    states: dict[int, State] = field(default_factory=dict)
    facts: dict[int, int] = field(default_factory=dict)
    plain: dict[int, At] = field(default_factory=dict)
    """The place of each packed state of which nothing more is shown."""
    component: dict[int, int] = field(default_factory=dict)
    members: list[list[int]] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)
    """Of each component, as a mask, the components that hidden steps lead to from it."""
    told_by: dict[tuple[int, int], dict[At, list[int]]] = field(default_factory=dict)
    """The places after a line, from the members of a component: by component and line."""
    closures: dict[Listed, tuple[int, Listed]] = field(default_factory=dict)
    lines: dict[tuple[int, Listed, int], Listed] = field(default_factory=dict)
    paths: dict[tuple[Listed, int, At], tuple[Way, ...]] = field(default_factory=dict)
    trees: dict[Listed, Tree] = field(default_factory=dict)
    sets: dict[Listed, Listed] = field(default_factory=dict)
    """Every set of places, once: equal sets are the same object, which makes looking them up quick."""

    def starts(self) -> Listed:
        """Return the places before the first step."""
        found = []
        for packed in self.compiled.starts():
            found.append(self.at(packed))
            self.keep(1)
        return self.once(frozenset(found))

    def explained(self, places: Listed, items: int) -> Listed:
        """Return the places after a line that any of ``items`` explains, from ``places`` on.  Raises `LimitReached`."""
        mask, others = self.closed(places)
        known = self.lines.get((mask, others, items))
        if known is None:
            found: set[At] = set()
            for component in bits(mask):
                found.update(self.after_component(component, items))
            for at in others:
                found.update(after for after, _ in self.after_line(at, items))
            self.keep(len(found))
            known = self.lines[mask, others, items] = self.once(frozenset(found))
        return known

    def closed(self, places: Listed) -> tuple[int, Listed]:
        """Return where hidden steps lead: a mask of components, and the places of which more is still shown."""
        known = self.closures.get(places)
        if known is None:
            mask = 0
            for at in places:
                if not at.must:
                    mask |= self.reached[self.component_of(at.packed)]
            others = self.once(frozenset(at for at in places if at.shows))
            known = self.closures[places] = (mask, others)
            self.keep(len(others))
        return known

    def after_component(self, component: int, items: int) -> dict[At, list[int]]:
        """Return the places after a line, from the members of a component, each with the states that lead there."""
        known = self.told_by.get((component, items))
        if known is None:
            known = self.told_by[component, items] = {}
            for packed in self.members[component]:
                for after, _ in self.after_line(self.at(packed), items):
                    known.setdefault(after, []).append(packed)
            self.keep(len(known))
        return known

    def after_line(self, at: At, items: int) -> Iterator[Way]:
        """Yield the places that one place leads to with a line, and how."""
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
        for left, owed in self.showing.left(shows, must, items):
            yield At(packed, left, owed)

    def together(self, one: Listed, other: Listed) -> Listed:
        """Return the places of either set."""
        return self.once(one | other)

    def holds(self, places: Listed, at: At) -> bool:
        """Whether a place is one of a set."""
        return at in places

    def first(self, places: Listed) -> At:
        """Return one of the places, always the same one."""
        return min(places)

    def near(self, places: Listed, items: int) -> list[At]:
        """Return places that hidden steps reach, those after few steps."""
        del items
        return list(islice(self.spread(places, {}), MOST_LOOKED_AT))

    def spread(self, places: Listed, ways: dict[At, Way | None]) -> Iterator[At]:
        """Yield what hidden steps reach, those after few steps first; note in ``ways`` how (None: it was there)."""
        waiting = list(places)
        ways.update(dict.fromkeys(waiting))
        for at in waiting:
            yield at
            if not at.must:
                follow = self.moves_of(at.packed).hidden
                for after, action in ((self.at(at.packed), NO_STEP), *follow) if at.shows else follow:
                    if after not in ways:
                        ways[after] = (at, action)
                        waiting.append(after)
                        self.keep(1)

    def path(self, places: Listed, items: int, target: At) -> tuple[Way, ...]:
        """Return a way with few steps from ``places`` over a line to ``target``: a place of ``places`` first.

        Each place comes with the action to it (`NO_STEP` for the first one); the last one is ``target``.
        """
        known = self.paths.get((places, items, target))
        if known is None:
            known = self.paths[places, items, target] = self.found_path(places, items, target)
            self.keep(len(known))
        return known

    def found_path(self, places: Listed, items: int, target: At) -> tuple[Way, ...]:
        """Find what `path` returns."""
        mask, others = self.closed(places)
        for at in others:
            action = self.leads(at, items, target)
            if action is not None:
                return (at, NO_STEP), (target, action)
        sources = {
            packed for component in bits(mask) for packed in self.after_component(component, items).get(target, ())
        }
        tree = self.trees.get(places)
        if tree is None:
            ways: dict[At, Way | None] = {}
            tree = self.trees[places] = Tree(ways, {}, self.spread(places, ways))
        source = tree.nearest(sources)
        action = None if source is None else self.leads(source, items, target)
        if source is None or action is None:
            message = "a place of a search has no way to it"
            raise OurFault(message)
        return *traced(tree.ways, source), (target, action)

    def leads(self, at: At, items: int, target: At) -> int | None:
        """Return the action by which a line leads from one place to another, None when it does not."""
        return next((action for after, action in self.after_line(at, items) if after == target), None)

    def inserted(self, places: Listed) -> dict[int, Listed]:
        """Return the places after one step that should have been told and was not, by its action."""
        found: dict[int, set[At]] = {}
        mask, _ = self.closed(places)
        for component in bits(mask):
            for packed in self.members[component]:
                for move in self.moves_of(packed).telling:
                    if move.must:
                        found.setdefault(move.action, set()).add(self.at(move.after))
        return {action: self.once(frozenset(after)) for action, after in sorted(found.items())}

    def component_of(self, packed: int) -> int:
        """Return the component of a state under hidden steps, found with all that it reaches."""
        if packed not in self.component:
            self.search(packed)
        return self.component[packed]

    def search(self, root: int) -> None:
        """Find the components of all that hidden steps reach from a state, and what each of them reaches."""
        order: dict[int, int] = {root: 0}
        low = {root: 0}
        path, open_states = [(root, iter(self.moves_of(root).hidden))], [root]
        while path:
            packed, left = path[-1]
            for after, _ in left:
                there = after.packed
                if there in self.component:
                    continue
                if there not in order:
                    order[there] = low[there] = len(order)
                    open_states.append(there)
                    path.append((there, iter(self.moves_of(there).hidden)))
                    break
                low[packed] = min(low[packed], order[there])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[packed])
                if low[packed] == order[packed]:
                    self.close(packed, open_states)

    def close(self, root: int, open_states: list[int]) -> None:
        """Take a component, which is complete, from the end of the open states."""
        number = len(self.members)
        members: list[int] = []
        while not members or members[-1] != root:
            members.append(open_states.pop())
            self.component[members[-1]] = number
        mask = 1 << number
        for packed in members:
            for after, _ in self.moves_of(packed).hidden:
                other = self.component[after.packed]
                if other != number:
                    mask |= self.reached[other]
        self.members.append(members)
        self.reached.append(mask)

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

    def once(self, places: Listed) -> Listed:
        """Return the one object that stands for a set."""
        return self.sets.setdefault(places, places)

    def keep(self, more: int) -> None:
        """Count what is remembered.  Raises `LimitReached` when time or memory is used up."""
        before = self.kept // CHECK_EVERY
        self.kept += more
        if self.kept > more and before == self.kept // CHECK_EVERY:
            return
        self.progress(f"{self.kept} places, {len(self.moves)} states")
        if self.limits.out_of_time():
            message = f"out of time after {self.limits.seconds:g} s"
            raise LimitReached(message)
        if self.limits.memory is not None and self.kept * BYTES_PER_PLACE > self.limits.memory:
            message = f"out of memory ({self.limits.memory / 1e6:g} MB)"
            raise LimitReached(message)


@dataclass
class Tree:
    """What hidden steps reach from a set of places, as far as it was needed: ways, and states in the order found."""

    ways: dict[At, Way | None]
    order: dict[int, At]
    rest: Iterator[At]

    def nearest(self, wanted: set[int]) -> At | None:
        """Return the first place found, with nothing more to show, whose state is one of these."""
        if not wanted.isdisjoint(self.order):
            return next(at for packed, at in self.order.items() if packed in wanted)
        for at in self.rest:
            if not at.shows:
                self.order.setdefault(at.packed, at)
                if at.packed in wanted:
                    return at
        return None


def traced(ways: dict[At, Way | None], at: At) -> tuple[Way, ...]:
    """Return the way to a place from its beginning."""
    found: list[Way] = []
    while (way := ways[at]) is not None:
        found.append((at, way[1]))
        at = way[0]
    return ((at, NO_STEP), *reversed(found))
