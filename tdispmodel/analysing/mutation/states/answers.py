"""Whether properties hold in a graph of a mutant.

Given the questions that are asked of a system; `Asked` says which formulas a `Space` has to watch for them.  `Answers`
are those on one graph: what was noted in the space is taken from there, and only for what the mutant changes are
formulas evaluated again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from tdispmodel.analysing.mutation.states.apart import way_of
from tdispmodel.analysing.mutation.states.evidence import Evidence, Shown, Ways, flagged, path
from tdispmodel.analysing.mutation.states.loops import FairLoops, backward, forward
from tdispmodel.analysing.mutation.states.space import Numbers
from tdispmodel.analysing.mutation.states.walking import Graph
from tdispmodel.compiling.arrays import Batch, Flags
from tdispmodel.ir.expressions import Actor, Expression, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import SystemAction, SystemProperty, speaks_of_step
from tdispmodel.verdict import Trace

Places = NDArray[np.intp]
"""Places of states in a graph."""

CHEAPEST_FIRST = (
    Kind.INVARIANT,
    Kind.STEP,
    Kind.MUST_BE_POSSIBLE,
    Kind.STAYS_POSSIBLE,
    Kind.NEVER_ENDLESS,
    Kind.LEADS_TO,
)


@dataclass
class Asked:
    """Questions, called by their numbers, and the formulas that are watched for them.

    ``watches`` has for each question the numbers of its formulas among those of states, or of steps.
    """

    questions: Sequence[SystemProperty]
    states: list[Expression] = field(default_factory=list)
    steps: list[Expression] = field(default_factory=list)
    watches: list[tuple[int, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for question in self.questions:
            formula = question.formula
            match question.kind:
                case Kind.INVARIANT:
                    found = self._watch(self.states, negation(formula))
                case Kind.STEP:
                    found = self._watch(self.steps, negation(formula))
                case Kind.NEVER_ENDLESS:
                    found = self._watch(self.steps, formula)
                case Kind.MUST_BE_POSSIBLE:
                    found = self._watch(self.steps if speaks_of_step(formula) else self.states, formula)
                case Kind.LEADS_TO | Kind.STAYS_POSSIBLE:
                    found = self._watch(self.states, question.after, formula)
                case _:
                    assert_never(question.kind)
            self.watches.append(found)

    @staticmethod
    def _watch(formulas: list[Expression], *wanted: Expression) -> tuple[int, ...]:
        formulas += wanted
        return tuple(range(len(formulas) - len(wanted), len(formulas)))


class _Some:
    """Some states of a graph, by their ``places`` there: their ``numbers``, and the mutant's own actions in them."""

    def __init__(self, graph: Graph, places: Places) -> None:
        self.graph, self.places = graph, places
        self.numbers: Numbers = graph.numbers[places]

    @cached_property
    def own(self) -> list[tuple[int, SystemAction, Places, Batch]]:
        """The mutant's own actions: position, action, and in which of the states it is enabled."""
        found, space = [], self.graph.variant.base.space
        for position, action in self.graph.variant.own.items():
            enabled = self.graph.columns[position][self.places] >= 0
            if action is not None and enabled.any():
                found.append((position, action, self.places[enabled], space.batch(self.numbers[enabled])))
        return found


class Answers:
    """The answers on one graph, which must be complete and leave no range for those that rest on all of it."""

    def __init__(self, asked: Asked, graph: Graph, evidence: Evidence | None = None) -> None:
        self.asked = asked
        self.graph = graph
        self.evidence = evidence or Evidence()
        self.space = graph.variant.base.space
        self._true: dict[int, Flags] = {}
        self.looping: dict[int, Flags] = {}
        """For each question about what goes on for ever that was answered: round which states that violates it."""

    def holds(self, number: int) -> bool:
        """Whether the question of this number is answered by yes."""
        question, watches = self.asked.questions[number], self.asked.watches[number]
        if self.evidence.surely(number, question.kind, self.graph.variant):
            return self.evidence.holds[number]
        match question.kind:
            case Kind.INVARIANT if self._held(number):
                return not self.space.true[watches[0], self.graph.newcomers].any()
            case Kind.INVARIANT:
                return not self.true(watches[0]).any()
            case Kind.STEP:
                return not self._happens(watches[0], self._anew if self._held(number) else self._all)
            case Kind.MUST_BE_POSSIBLE:
                return bool(self._possible_at(question, watches[0]).any())
            case Kind.STAYS_POSSIBLE:
                return self._stays_possible(
                    self.true(watches[0]), self.true(watches[1]), self.evidence.untouched(number, self.graph.variant)
                )
            case Kind.NEVER_ENDLESS:
                self.looping[number] = self._endless(watches[0])
                return not self.looping[number].any()
            case Kind.LEADS_TO:
                if self._stays_away(number, watches):
                    return True
                waiting = np.logical_not(self.true(watches[1]))
                fair = self.evidence.fair.get(number)
                self.looping[number] = self._never_led(self.true(watches[0]), waiting, fair)
                return not self.looping[number].any()
            case _:
                assert_never(question.kind)

    def broken(self, number: int) -> Trace:
        """Return a behaviour that ends in breaking an invariant or step property, which is violated."""
        (watch,) = self.asked.watches[number]
        if self.asked.questions[number].kind is Kind.INVARIANT:
            return way_of(self.graph, int(self.true(watch).argmax()))
        place, position = min((int(on.argmax()), position) for position, on in self.steps(watch) if on.any())
        before = way_of(self.graph, place)
        after = self.space.state(int(self.graph.table[place, position]))
        return replace(before, steps=(*before.steps, (self.graph.variant.actions[position].name, after)))

    def why(self) -> Evidence:
        """Return what the answers rest on, of a graph of the system itself."""
        found = Evidence()
        for number, question in enumerate(self.asked.questions):
            holds = found.holds[number] = self.holds(number)
            watches = self.asked.watches[number]
            match question.kind:
                case Kind.INVARIANT | Kind.STEP if not holds:
                    found.shows[number] = self._way(self._true_at(question, watches[0]), self.graph.targets)
                case Kind.MUST_BE_POSSIBLE if holds:
                    found.shows[number] = self._way(self._possible_at(question, watches[0]), self._ours)
                case Kind.STAYS_POSSIBLE | Kind.LEADS_TO if not holds:
                    found.shows[number] = np.flatnonzero(self.shown(number, holds=False).states).astype(np.int32)
                case Kind.STAYS_POSSIBLE:
                    after, goal = (self.true(watch) for watch in watches)
                    found.ways[number] = Ways.of(self.reliable, goal)
                    found.premise[number] = after
                case Kind.LEADS_TO:
                    after, goal = (self.true(watch) for watch in watches)
                    waiting = np.logical_not(goal)
                    found.fair[number] = self._loops.looping(waiting)
                    found.waiting[number] = forward(self.graph.targets, after, waiting)
                case _:
                    pass
        return found

    def _way(self, goal: Flags, targets: Numbers) -> Numbers:
        return path(targets, self._starts, goal, self._everywhere)

    def shown(self, number: int, *, holds: bool) -> Shown:
        """Return what shows the answer to a question: few states, or all of them."""
        kind = self.asked.questions[number].kind
        nothing = np.zeros(self.graph.count, np.bool_)
        if holds or kind in (Kind.INVARIANT, Kind.STEP):
            return Shown(self.graph, self._everywhere, nothing)
        if kind is Kind.MUST_BE_POSSIBLE:
            return Shown(self.graph, self._unaided, nothing)
        watched = [self.true(watch) for watch in self.asked.watches[number]] if kind is not Kind.NEVER_ENDLESS else []
        if kind is Kind.STAYS_POSSIBLE:
            after, goal = watched
            lost = after & ~backward(self.reliable, goal, self._everywhere)
            stem = path(self.graph.targets, self._starts, lost, self._everywhere)
            claimed = flagged(self.graph.count, stem[-1:])
            return Shown(
                self.graph, flagged(self.graph.count, stem) | forward(self.reliable, claimed, self._everywhere), claimed
            )
        loop = onward = self._loops.one_of(self.looping[number])
        if kind is Kind.LEADS_TO:
            after, goal = watched
            way = path(self.graph.targets, after, loop, np.logical_not(goal))
            onward = flagged(self.graph.count, way)
            stem = path(self.graph.targets, self._starts, flagged(self.graph.count, way[:1]), self._everywhere)
        else:
            stem = path(self.graph.targets, self._starts, loop, self._everywhere)
        return Shown(self.graph, flagged(self.graph.count, stem) | onward | loop, loop)

    def true(self, watch: int) -> Flags:
        """Return where a watched state formula is true."""
        known = self._true.get(watch)
        if known is None:
            known = self._true[watch] = self.space.true[watch][self.graph.numbers]
        return known

    def _held(self, number: int) -> bool:
        """Whether the system is known to keep an invariant or step property: then only what differs can break it."""
        return self.evidence.holds.get(number, False)

    def _happens(self, formula: int, some: _Some) -> bool:
        """Whether a watched step formula is true on some step from some of the states."""
        hits = self.space.hits[formula][some.numbers]
        for position in self._gone:
            on = self.space.on(formula, position, some.numbers)
            if on is not None:
                hits -= on
        return bool(hits.any()) or any(true.any() for *_, true in self._own_steps(formula, some))

    def steps(self, formula: int) -> Iterator[tuple[int, Flags]]:
        """Yield the positions of actions with the states on whose step a watched formula is true."""
        for position in range(len(self.space.actions)):
            if position not in self._gone:
                on = self.space.on(formula, position, self.graph.numbers)
                if on is not None:
                    yield position, on
        for position, places, true in self._own_steps(formula, self._all):
            flags = np.zeros(self.graph.count, np.bool_)
            flags[places] = true
            yield position, flags

    @cached_property
    def _gone(self) -> list[int]:
        """The positions of the system's actions that the mutant does not have as they are."""
        return sorted(self.graph.variant.changed)

    @cached_property
    def _all(self) -> _Some:
        """All of the states."""
        return _Some(self.graph, np.arange(self.graph.count))

    @cached_property
    def _anew(self) -> _Some:
        """Those states that are new, or have a step that differs from the system's."""
        return _Some(self.graph, np.flatnonzero(self.graph.differing))

    def _own_steps(self, formula: int, some: _Some) -> Iterator[tuple[int, Places, Flags]]:
        """Yield the positions of the mutant's own actions with the places of those of some states in which each is
        enabled, and whether the formula is true on its step from there.
        """
        alike = self.graph.variant.alike
        for position, action, places, batch in some.own:
            if position in alike and not self.space.could(formula, position):
                continue
            yield position, places, batch.mask(self.space.step_formulas[formula], action)

    @cached_property
    def _everywhere(self) -> Flags:
        return np.ones(self.graph.count, np.bool_)

    @cached_property
    def reliable(self) -> Numbers:
        """Where the actions that are not adversarial lead."""
        return self.graph.part(lambda action: not action.adversarial)

    @cached_property
    def _loops(self) -> FairLoops:
        return FairLoops.of(self.graph.targets, self.graph.variant.actions)

    @cached_property
    def _starts(self) -> Flags:
        return flagged(self.graph.count, self.graph.starts)

    @cached_property
    def _ours(self) -> Numbers:
        """Where the actions of others than the host lead."""
        return self.graph.part(lambda action: action.actor is not Actor.HOST)

    @cached_property
    def _unaided(self) -> Flags:
        """What is reached without a step of the host."""
        return forward(self._ours, self._starts, self._everywhere)

    def _true_at(self, question: SystemProperty, watch: int, actors: AbstractSet[Actor] = frozenset(Actor)) -> Flags:
        """Return where a watched formula is true, on a step of some actors from there if it is one of steps."""
        if question.kind is not Kind.STEP and not speaks_of_step(question.formula):
            everywhere: Flags = self.true(watch)
            return everywhere
        found = np.zeros(self.graph.count, np.bool_)
        actions = self.graph.variant.actions
        for position, on in self.steps(watch):
            if actions[position].actor in actors:
                found |= on
        return found

    def _possible_at(self, question: SystemProperty, watch: int) -> Flags:
        """Return where it is true, without the host, what must be possible."""
        return self._true_at(question, watch, frozenset(Actor) - {Actor.HOST}) & self._unaided

    def _stays_possible(self, after: Flags, goal: Flags, untouched: Flags | None) -> bool:
        can = goal
        if untouched is not None:
            old = ~self.graph.new
            can = goal.copy()
            can[old] |= untouched[self.graph.numbers[old]]
        doubtful = after & ~can
        if not doubtful.any():
            return True
        onward = forward(self.reliable, doubtful, ~can)
        return not (doubtful & ~backward(self.reliable, can, can | onward)).any()

    def _stays_away(self, number: int, watches: Sequence[int]) -> bool:
        """Whether a leads-to question that holds of the system plainly does of a mutant.

        No behaviour comes, between premise and goal, to a state that is new or in which the mutant differs.  From a
        state of the system that has the premise it would do so first in one of those between premise and goal there;
        else the premise, and not the goal, is true in a state that is new.
        """
        between = self.evidence.waiting.get(number)
        if between is None or (between & self.graph.variant.differs).any():
            return False
        after, goal = (self.space.true[watch, self.graph.newcomers] for watch in watches)
        return not (after & ~goal).any()

    def _never_led(self, after: Flags, waiting: Flags, fair: Flags | None) -> Flags:
        """Return the states of fair loops of waiting states that are reached from the premise by waiting states.

        With ``fair``, not all of them, but some if there are any.

        A loop that the system has too, and on whose states the mutant does not differ, is among the ``fair`` ones if it
        is fair.  If the system's behaviours do not come to such a loop, then the mutant's come there from a state in
        which it differs.  Every other loop has such a state, so it lies in what they reach and what reaches them.
        """
        region = forward(self.graph.targets, after, waiting)
        if fair is None:
            return self._loops.looping(region)
        seeds = region & self.graph.differing
        if not seeds.any():
            return seeds
        tail = forward(self.graph.targets, seeds, waiting)
        old = ~self.graph.new
        if (tail[old] & fair[self.graph.numbers[old]]).any():
            return self._loops.looping(region)
        quiet = self._loops.quiet
        return self._loops.looping(backward(quiet, seeds, forward(quiet, seeds, waiting)))

    def _endless(self, watch: int) -> Flags:
        """Return the states of fair loops that take a step on which the formula is true."""
        calm = [position for position, action in enumerate(self.graph.variant.actions) if not action.disturbs]
        place = {position: number for number, position in enumerate(calm)}
        wanted = np.zeros(self._loops.quiet.shape, np.bool_)
        for position, flags in self.steps(watch):
            if position in place:
                wanted[:, place[position]] = flags
        if not wanted.any():
            return np.zeros(self.graph.count, np.bool_)
        quiet = self._loops.quiet
        begun: Flags = np.logical_or.reduce(wanted, axis=1)
        again = forward(quiet, begun, self._everywhere) & backward(quiet, begun, self._everywhere)
        return self._loops.looping(again, wanted)
