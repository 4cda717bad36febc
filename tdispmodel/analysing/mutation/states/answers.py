"""Whether properties hold in a graph of a mutant.

Given the questions that are asked of a system; `Asked` says which formulas a `Space` has to watch for them.  `Answers`
are those on one graph: what was noted in the space is taken from there, and only for what the mutant changes are
formulas evaluated again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import assert_never

import numpy as np

from tdispmodel.analysing.mutation.states.evidence import Evidence, Ways
from tdispmodel.analysing.mutation.states.loops import FairLoops, backward, forward
from tdispmodel.analysing.mutation.states.space import Numbers
from tdispmodel.analysing.mutation.states.walking import Graph
from tdispmodel.compiling.arrays import Flags
from tdispmodel.ir.expressions import Actor, Expression, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import SystemProperty, speaks_of_step

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


class Answers:
    """The answers on one graph, which must be complete and leave no range for those that rest on all of it."""

    def __init__(self, asked: Asked, graph: Graph, evidence: Evidence | None = None) -> None:
        self.asked = asked
        self.graph = graph
        self.evidence = evidence or Evidence()
        self.space = graph.variant.base.space

    def holds(self, number: int) -> bool:
        """Whether the question of this number is answered by yes."""
        question, watches = self.asked.questions[number], self.asked.watches[number]
        match question.kind:
            case Kind.INVARIANT:
                return not self.true[watches[0]].any()
            case Kind.STEP:
                return not self.happens[watches[0]]
            case Kind.MUST_BE_POSSIBLE:
                return self._possible(question, watches[0])
            case Kind.STAYS_POSSIBLE:
                return self._stays_possible(
                    self.true[watches[0]], self.true[watches[1]], self.evidence.ways.get(number)
                )
            case Kind.NEVER_ENDLESS:
                return self._ends(watches[0])
            case Kind.LEADS_TO:
                waiting = np.logical_not(self.true[watches[1]])
                return self._leads_to(self.true[watches[0]], waiting, self.evidence.fair.get(number))
            case _:
                assert_never(question.kind)

    def why(self) -> Evidence:
        """Return what the answers rest on, of a graph of the system itself."""
        found = Evidence()
        for number, question in enumerate(self.asked.questions):
            watches = self.asked.watches[number]
            if question.kind is Kind.STAYS_POSSIBLE and self.holds(number):
                found.ways[number] = Ways.of(self.reliable, self.true[watches[1]])
            elif question.kind is Kind.LEADS_TO and self.holds(number):
                found.fair[number] = self._loops.looping(np.logical_not(self.true[watches[1]]))
        return found

    @cached_property
    def true(self) -> Flags:
        """Where each watched state formula is true."""
        return self.space.true[:, self.graph.numbers]

    @cached_property
    def happens(self) -> Flags:
        """Whether each watched step formula is true on some step."""
        numbers = self.graph.numbers
        hits = self.space.hits[:, numbers]
        for position in self._gone:
            for formula in range(len(hits)):
                on = self.space.on(formula, position, numbers)
                if on is not None:
                    hits[formula] -= on
        found: Flags = np.logical_or.reduce(hits > 0, axis=1)
        for formula in range(len(found)):
            found[formula] |= any(flags.any() for _, flags in self._own_steps(formula))
        return found

    def steps(self, formula: int) -> Iterator[tuple[int, Flags]]:
        """Yield the positions of actions with the states on whose step a watched formula is true."""
        for position in range(len(self.space.actions)):
            if position not in self._gone:
                on = self.space.on(formula, position, self.graph.numbers)
                if on is not None:
                    yield position, on
        yield from self._own_steps(formula)

    @cached_property
    def _gone(self) -> list[int]:
        """The positions of the system's actions that the mutant does not have as they are."""
        return sorted(self.graph.variant.changed)

    @cached_property
    def _own(self) -> list[tuple[int, Flags, list[Flags]]]:
        """The mutant's own actions: position, where it is enabled, and where each step formula is true on its step."""
        found = []
        for position, action in self.graph.variant.own.items():
            enabled = self.graph.table[:, position] >= 0
            if action is not None and enabled.any():
                batch = self.space.batch(self.graph.numbers[enabled])
                found.append((position, enabled, [batch.mask(formula, action) for formula in self.space.step_formulas]))
        return found

    def _own_steps(self, formula: int) -> Iterator[tuple[int, Flags]]:
        for position, enabled, masks in self._own:
            flags = np.zeros(self.graph.count, np.bool_)
            flags[enabled] = masks[formula]
            yield position, flags

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
    def _unaided(self) -> Flags:
        """What is reached without a step of the host."""
        starts = np.zeros(self.graph.count, np.bool_)
        starts[self.graph.starts] = True
        return forward(self.graph.part(lambda action: action.actor is not Actor.HOST), starts, self._everywhere)

    def _possible(self, question: SystemProperty, watch: int) -> bool:
        if not speaks_of_step(question.formula):
            return bool((self.true[watch] & self._unaided).any())
        actions = self.graph.variant.actions
        return any(
            (flags & self._unaided).any()
            for position, flags in self.steps(watch)
            if actions[position].actor is not Actor.HOST
        )

    def _stays_possible(self, after: Flags, goal: Flags, ways: Ways | None) -> bool:
        can = goal
        if ways is not None:
            old = ~self.graph.new
            can = goal.copy()
            can[old] |= ways.untouched(self._differing)[self.graph.numbers[old]]
        if not (after & ~can).any():
            return True
        return not (after & ~backward(self.reliable, can, self._everywhere)).any()

    def _leads_to(self, after: Flags, waiting: Flags, fair: Flags | None) -> bool:
        """Whether no fair loop of waiting states is reached from one with the premise by waiting states.

        A loop that the system has too, and on whose states the mutant does not differ, is among the ``fair`` ones if it
        is fair.  If the system's behaviours do not come to such a loop, then the mutant's come there from a state in
        which it differs.  Every other loop has such a state, so it lies in what they reach and what reaches them.
        """
        region = forward(self.graph.targets, after, waiting)
        if fair is None:
            return not self._loops.loops(region)
        seeds = region & self.graph.differing
        if not seeds.any():
            return True
        tail = forward(self.graph.targets, seeds, waiting)
        old = ~self.graph.new
        if (tail[old] & fair[self.graph.numbers[old]]).any():
            return not self._loops.loops(region)
        quiet = self._loops.quiet
        return not self._loops.loops(backward(quiet, seeds, forward(quiet, seeds, waiting)))

    @cached_property
    def _differing(self) -> Flags:
        """In which of the base states the mutant differs."""
        variant = self.graph.variant
        found = np.zeros(variant.base.count, np.bool_)
        found[variant.differing] = True
        return found

    def _ends(self, watch: int) -> bool:
        """Whether no fair loop takes a step on which the formula is true."""
        calm = [position for position, action in enumerate(self.graph.variant.actions) if not action.disturbs]
        place = {position: number for number, position in enumerate(calm)}
        wanted = np.zeros(self._loops.quiet.shape, np.bool_)
        for position, flags in self.steps(watch):
            if position in place:
                wanted[:, place[position]] = flags
        if not wanted.any():
            return True
        quiet = self._loops.quiet
        begun: Flags = np.logical_or.reduce(wanted, axis=1)
        again = forward(quiet, begun, self._everywhere) & backward(quiet, begun, self._everywhere)
        return not self._loops.loops(again, wanted)
