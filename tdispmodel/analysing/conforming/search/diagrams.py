"""Sets of places as decision diagrams: for systems of which no one would list the states, several devices among them.

Given a system and what its steps show; gives a `Tracker`.  Places are kept as one set of states for each combination
of what may and what must still be shown; there are few of these.  An action is split by what its steps show: each part
is a move of its own, and the hidden ones together are closed as any set is (see `engines/diagrams`).  A way is found
backwards from where it must end, level by level, so that it has as few hidden steps as there can be.

What hidden steps reach is much the same after many lines.  Of some states it is therefore kept what reaches them and
what they reach: a set with a state of the former reaches all of the latter (as in the forward-backward algorithm for
components, A. Xie and P. Beerel, "Implicit enumeration of strongly connected components", 1999).

Importing this module without the package `oxidd` is an `ImportError`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tdispmodel.analysing.conforming.search.places import NO_STEP, SAME_STEP, At, Way
from tdispmodel.analysing.conforming.showing import Condition, Showing
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.compiling.successors import Compiled
from tdispmodel.engines.diagrams.encoding import Encoding, Set, number_now
from tdispmodel.engines.diagrams.exploring import Watch, backwards, forwards, union
from tdispmodel.engines.diagrams.formulas import Formulas
from tdispmodel.engines.diagrams.moves import Move, in_groups
from tdispmodel.engines.ranges import out_of_range
from tdispmodel.ir.expressions import Value, conjuncts
from tdispmodel.ir.system import SystemAction
from tdispmodel.verdict import Trace


class Part(NamedTuple):
    """Places that have the same still to show."""

    shows: int
    must: int
    states: Set


Parts = frozenset[Part]

MOST_CROSSINGS = 16


class Telling(NamedTuple):
    """The steps of an action that show the same: all of it, and what they always show."""

    action: int
    shows: int
    must: int
    move: Move


class Crossing(NamedTuple):
    """What reaches some state by hidden steps (not all of it), and all that the state reaches."""

    before: Set
    after: Set


class Diagrams:
    """Sets of places of one system, with so many nodes; what it was asked is remembered."""

    def __init__(self, compiled: Compiled, showing: Showing, capacity: int, watch: Watch) -> None:
        self.compiled = compiled
        self.showing = showing
        self.watch = watch
        self.system = compiled.system
        self.encoding = Encoding(self.system, capacity)
        self.formulas = Formulas(self.encoding)
        self.telling: list[Telling] = []
        self.hidden: list[tuple[int, Move]] = []
        for number, action in enumerate(self.system.actions):
            self._split(number, action)
        self.groups = in_groups(move for _, move in self.hidden)
        self.untouched = [self.encoding.has_value(one.name, one.initial) for one in self.system.variables]
        self.outside = ~self.formulas.truth(self.system.stays_in_range)
        self.facts = [(shown.items, self._told_in(shown.conditions)) for shown in showing.facts]
        self.crossings: list[Crossing] = []
        self._closures: dict[Set, Set] = {}
        self._ones: dict[int, Set] = {}
        self._picked: dict[Set, int] = {}
        self._ways: dict[tuple[Parts, Set], list[Way]] = {}
        self._lines: dict[tuple[Parts, int], Parts] = {}
        self._after: dict[tuple[Set, int], Parts] = {}

    # --- what steps show ----------------------------------------------------------------------------------------------

    def _split(self, number: int, action: SystemAction) -> None:
        """Take an action apart by what its steps show."""
        whole = Move(action, self.encoding, self.formulas)
        regions = {(0, 0): whole.enabled}
        for items, certain, where in self._shown(number, whole):
            found: dict[tuple[int, int], Set] = {}
            for (shows, must), states in regions.items():
                for masks, part in (
                    ((shows | items, must | certain), states & where),
                    ((shows, must), states & ~where),
                ):
                    if part.satisfiable():
                        found[masks] = found.get(masks, self.encoding.none) | part
            regions = found
        unseen = union(self.encoding.none, (states for (_, must), states in regions.items() if not must))
        if unseen.satisfiable():
            self.hidden.append((number, self._part(action, unseen)))
        self.telling += [
            Telling(number, shows, must, self._part(action, states))
            for (shows, must), states in regions.items()
            if shows and states.satisfiable()
        ]

    def _shown(self, number: int, move: Move) -> Iterator[tuple[int, int, Set]]:
        """Yield what an action may show and always shows, and from which states."""
        for shown in self.showing.by_action[number]:
            where = self.encoding.all
            for position, before, after in shown.conditions:
                where &= self._has(position, before) & self._will_have(move, position, after)
            yield shown.items, shown.certain, where
        for result, (items, certain) in self.showing.markers[number].items():
            where = self.encoding.all
            if self.showing.result is not None:
                where = self._will_have(move, self.showing.result, frozenset([result]))
            yield items, certain, where

    def _part(self, action: SystemAction, states: Set) -> Move:
        """Return the action taken from these states only."""
        move = Move(action, self.encoding, self.formulas)
        move.enabled &= states
        return move

    def _told_in(self, conditions: Iterable[Condition]) -> Set:
        """Return the states in which conditions hold, of which only what stands before a step counts."""
        found = self.encoding.all
        for position, before, after in conditions:
            found &= self._has(position, before) & self._has(position, after)
        return found

    def _has(self, position: int, values: frozenset[Value] | None) -> Set:
        """Return the states in which a variable has one of these values (None: any)."""
        if values is None:
            return self.encoding.all
        variable = self.system.variables[position]
        return self.encoding.has_value(variable.name, [value for value in variable.sort.values if value in values])

    def _will_have(self, move: Move, position: int, values: frozenset[Value] | None) -> Set:
        """Return the states that a step leaves to one in which a variable has one of these values."""
        bits = [bit for bit in self.encoding.places[self.system.variables[position].name] if bit in move.values]
        found = self._has(position, values)
        if not bits:
            return found
        return found.substitute(found.make_substitution((number_now(bit), move.values[bit]) for bit in bits))

    # --- sets of places -----------------------------------------------------------------------------------------------

    def starts(self) -> Parts:
        """Return the places before the first step."""
        found = self.formulas.truth(self.system.initially)
        for variable in self.system.variables:
            found &= self.encoding.has_value(variable.name, variable.initial)
        return gathered([(0, 0, found)])

    def together(self, one: Parts, other: Parts) -> Parts:
        """Return the places of either set."""
        return gathered([*one, *other])

    def holds(self, places: Parts, at: At) -> bool:
        """Whether a place is one of a set."""
        one = self._one(at)
        return any(part[:2] == at[1:] and (part.states & one).satisfiable() for part in places)

    def first(self, places: Parts) -> At:
        """Return one of the places, always the same one."""
        part = min(places, key=lambda part: part[:2])
        return self._pick(part)

    def explained(self, places: Parts, items: int) -> Parts:
        """Return the places after a line that any of ``items`` explains, from ``places`` on.  Raises `LimitReached`."""
        known = self._lines.get((places, items))
        if known is None:
            found: list[tuple[int, int, Set]] = [*self._after_line(self._closed(places), items)]
            for part in places:
                if part.shows:
                    found += [(*left, part.states) for left in self.showing.left(part.shows, part.must, items)]
                    found += [(part.shows, part.must, part.states & where) for where in self._facts(items)]
            known = self._lines[places, items] = gathered(found)
        return known

    def _after_line(self, states: Set, items: int) -> Parts:
        """Return the places after a line that a state or a new step shows."""
        known = self._after.get((states, items))
        if known is None:
            found = [(0, 0, states & where) for where in self._facts(items)]
            for told in self.telling:
                if told.shows & items:
                    self.watch.look(states)
                    after = told.move.after(states)
                    found += [(*left, after) for left in self.showing.left(told.shows, told.must, items)]
            known = self._after[states, items] = gathered(found)
        return known

    def _closed(self, places: Parts) -> Set:
        """Return the states that hidden steps lead to.  Raises `OutOfRange` where a step leaves one of them so."""
        return self._closure(self._ready(places))

    def _closure(self, begin: Set) -> Set:
        known = self._closures.get(begin)
        if known is None:
            found = union(
                self.encoding.none, (one.after for one in self.crossings if (one.before & begin).satisfiable())
            )
            fresh = begin & ~found
            if fresh.satisfiable() and len(self.crossings) < MOST_CROSSINGS:
                state = self.encoding.one(self.encoding.pick(fresh))
                after = self._forwards(state, self.encoding.all)
                self.crossings.append(Crossing(backwards(state, self.groups, after, self.watch), after))
                found |= after
                fresh &= ~after
            known = self._closures[begin] = found | self._forwards(fresh, ~found)
        return known

    def _forwards(self, begin: Set, inside: Set) -> Set:
        """Return what hidden steps reach inside a set that none of them enters again.  Raises `OutOfRange`."""
        found = forwards(begin, self.groups, inside, self.watch) if begin.satisfiable() else begin
        if (found & self.outside).satisfiable():
            raise out_of_range(self.system, Trace(self.encoding.pick(found & self.outside), ()))
        return found

    def _ready(self, places: Parts) -> Set:
        """Return the states of the places in which nothing is owed."""
        return union(self.encoding.none, (part.states for part in places if not part.must))

    def _facts(self, items: int) -> Iterator[Set]:
        """Yield where a line may be told without a step."""
        return (where for shown, where in self.facts if shown & items)

    def keep(self, more: int) -> None:
        """Look at the time; what is remembered is bounded by the number of nodes."""
        del more
        self.watch.look(self.encoding.none)

    # --- ways ---------------------------------------------------------------------------------------------------------

    def path(self, places: Parts, items: int, target: At) -> tuple[Way, ...]:
        """Return a way with as few steps as there can be from ``places`` over a line to ``target``.

        Each place comes with the action to it (`NO_STEP` for the first one); the last one is ``target``.
        """
        one = self._one(target)
        for part in sorted(places, key=lambda part: part[:2]):
            if part.shows and (part.states & one).satisfiable():
                before = At(target.packed, part.shows, part.must)
                if target[1:] in self.showing.left(part.shows, part.must, items):
                    return (before, NO_STEP), (target, SAME_STEP)
                if target == before and self._is_told(one, items):
                    return (before, NO_STEP), (target, NO_STEP)
        closed = self._closed(places)
        sources: list[tuple[int, Set]] = []
        if not target.shows and not target.must and self._is_told(one, items):
            sources.append((NO_STEP, one & closed))
        sources += [
            (told.action, told.move.before(one) & closed)
            for told in self.telling
            if target[1:] in self.showing.left(told.shows, told.must, items)
        ]
        steps = self._hidden_way(places, union(self.encoding.none, (states for _, states in sources)), closed)
        end = self._one(steps[-1][0])
        action = next(action for action, states in sources if (states & end).satisfiable())
        return *steps, (target, action)

    def _hidden_way(self, places: Parts, goal: Set, inside: Set) -> list[Way]:
        """Return hidden steps from a place of a set to a state of ``goal``, as few as there can be."""
        known = self._ways.get((places, goal))
        if known is None:
            known = self._ways[places, goal] = self._found_way(places, goal, inside)
        return known

    def _found_way(self, places: Parts, goal: Set, inside: Set) -> list[Way]:
        """Find what `_hidden_way` returns: backwards level by level, then forwards by what each level notes."""
        begin = self._ready(places)
        last, seen = goal, goal
        levels: list[list[tuple[int, Set]]] = []
        while not (last & begin).satisfiable():
            self.watch.look(seen)
            levels.append([(action, move.before(last)) for action, move in self.hidden])
            last = union(self.encoding.none, (states for _, states in levels[-1])) & inside & ~seen
            if not last.satisfiable():
                message = "a place of a search has no way to it"
                raise OurFault(message)
            seen |= last
        ready = sorted((part for part in places if not part.must), key=lambda part: part[:2])
        at = next(
            self._pick(part._replace(states=here)) for part in ready if (here := part.states & last).satisfiable()
        )
        found: list[Way] = [(at, NO_STEP)]
        for level in reversed(levels):
            one = self._one(at)
            action = next(action for action, states in level if (states & one).satisfiable())
            after = dict(self.compiled.visit(at.packed)).get(action)
            if after is None:
                message = "a hidden step cannot be taken"
                raise OurFault(message)
            at = At(after, 0, 0)
            found.append((at, action))
        return found

    def _is_told(self, one: Set, items: int) -> bool:
        """Whether a line may be told in a state without a step."""
        return any((one & where).satisfiable() for where in self._facts(items))

    def _one(self, at: At) -> Set:
        """Return the set of a place's state alone."""
        known = self._ones.get(at.packed)
        if known is None:
            known = self._ones[at.packed] = self.encoding.one(self.compiled.unpack(at.packed))
        return known

    def _pick(self, part: Part) -> At:
        """Return one of the places, always the same one: one of those that have much in common with a start state."""
        known = self._picked.get(part.states)
        if known is None:
            state = self.encoding.pick(narrowed(part.states, self.untouched))
            known = self._picked[part.states] = self.compiled.layout.pack(state)
        return At(known, part.shows, part.must)

    # --- what would lead on -------------------------------------------------------------------------------------------

    def inserted(self, places: Parts) -> dict[int, Parts]:
        """Return the places after one step that should have been told and was not, by its action."""
        closed = self._closed(places)
        found: dict[int, list[tuple[int, int, Set]]] = {}
        for told in self.telling:
            if told.must:
                found.setdefault(told.action, []).append((0, 0, told.move.after(closed)))
        return {action: there for action, after in sorted(found.items()) if (there := gathered(after))}

    def near(self, places: Parts, items: int) -> list[At]:
        """Return, for each way to write a line, a state that lacks little for it, and what is owed before any step."""
        owed = [self._pick(part) for part in sorted(places, key=lambda part: part[:2]) if part.must]
        closed = self._closed(places)
        if not closed.satisfiable():
            return owed
        found = []
        for number, action in enumerate(self.system.actions):
            ways = [shown.conditions for shown in self.showing.by_action[number] if shown.items & items]
            ways += [()] if any(mask & items for mask, _ in self.showing.markers[number].values()) else []
            if not ways:
                continue
            move = Move(action, self.encoding, self.formulas)
            guards = [self.formulas.truth(part) for guard in action.guards for part in conjuncts(guard)]
            for conditions in ways:
                wanted = [self._has(position, before) for position, before, _ in conditions]
                wanted += [self._will_have(move, position, after) for position, _, after in conditions]
                found.append(self._pick(Part(0, 0, narrowed(closed, [*guards, *wanted]))))
        return [*owed, *dict.fromkeys(found or [self._pick(Part(0, 0, closed))])]


def narrowed(states: Set, wanted: Iterable[Set]) -> Set:
    """Return the states that are in as many of some sets as can be had one after the other."""
    for one in wanted:
        if (states & one).satisfiable():
            states &= one
    return states


def gathered(found: Iterable[tuple[int, int, Set]]) -> Parts:
    """Return places by what they have still to show, without those that are empty."""
    parts: dict[tuple[int, int], Set] = {}
    for shows, must, states in found:
        before = parts.get((shows, must))
        parts[shows, must] = states if before is None else before | states
    return frozenset(Part(*masks, states) for masks, states in parts.items() if states.satisfiable())
