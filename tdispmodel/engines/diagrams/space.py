"""The reachable states of a system as a decision diagram, and what every question needs to know about them.

Given a system, how many nodes there may be and limits; gives a `Space`.  Raises `OutOfRange` with a shortest trace when
an integer leaves its range, `LimitReached` when the time is used up, and `oxidd.util.DDMemoryError` (a `MemoryError`)
when there are not enough nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial

from tdispmodel.engines.diagrams.encoding import Encoding, Set
from tdispmodel.engines.diagrams.exploring import Levels, TooMuchWork, Watch, backwards, forwards, some_way, union
from tdispmodel.engines.diagrams.formulas import Formulas
from tdispmodel.engines.diagrams.moves import Move, in_groups
from tdispmodel.engines.ranges import out_of_range
from tdispmodel.ir.expressions import BOOLEAN, Actor, Expression, Literal, Read, Took, rebuilt
from tdispmodel.ir.system import System, speaks_of_step
from tdispmodel.verdict import Space as Counts, Trace


class OfAction:
    """A formula about steps that does not ask any more which action is taken; the same for actions alike to it."""

    def __init__(self, formula: Expression) -> None:
        self.formula = formula
        self.asked = [node.names for node in formula.walk() if isinstance(node, Took)]
        self._said: dict[tuple[bool, ...], Expression] = {}

    def said_of(self, action: str) -> Expression:
        """Return the formula as it is about steps of this action."""
        taken = tuple(action in names for names in self.asked)
        if taken not in self._said:
            self._said[taken] = rebuilt(self.formula, partial(_took, action))
        return self._said[taken]


def _took(action: str, node: Expression) -> Expression | None:
    return Literal(action in node.names, BOOLEAN) if isinstance(node, Took) else None


Steps = list[tuple[Move, Set]]
"""Some steps: for each action, from which states it takes them."""


WORK_TO_COUNT = 5_000_000
"""How much work may go into learning how many breadth-first levels there are (see `Levels`); some seconds."""
TIME_TO_COUNT = 0.25
"""Nor are levels counted when more than this part of the time is used up."""
WORK_TO_SHORTEN = 60_000_000
"""How much of it may go into a shortest trace; any trace has to do then."""


class Behaviours:
    """The behaviours of a system in which some actions are taken."""

    def __init__(self, encoding: Encoding, start: Set, moves: Sequence[Move], watch: Watch) -> None:
        self.encoding = encoding
        self.start = start
        self.moves = moves
        self.watch = watch
        self.groups = in_groups(moves)
        self.levels = Levels(encoding, start, moves, encoding.all, watch)

    @cached_property
    def reached(self) -> Set:
        """The states that they go through."""
        return forwards(self.start, self.groups, self.encoding.all, self.watch)

    def trace_to(self, goal: Set) -> tuple[Trace, bool]:
        """Return a behaviour to one of these states, of which one must be reached, and whether it is a shortest one."""
        try:
            way = self.levels.way(goal, WORK_TO_SHORTEN)
        except TooMuchWork:
            initial, steps = some_way(self.encoding, self.start, self.groups, goal, self.watch)
            return Trace(initial, tuple(steps)), False
        if way is None:
            message = "a state that is reached is on no level"
            raise AssertionError(message)
        return Trace(way[0], tuple(way[1])), True

    def trace_over(self, steps: Steps) -> tuple[Trace, bool]:
        """Return a behaviour that ends with one of these steps, and whether it is a shortest one."""
        sources = union(self.encoding.none, (states for _, states in steps))
        before, shortest = self.trace_to(sources & self.reached)
        here = self.encoding.one(before.states[-1])
        move = next(move for move, states in steps if (states & here).satisfiable())
        after = self.encoding.pick(move.after(here))
        return Trace(before.initial, (*before.steps, (move.name, after))), shortest


class Space:
    """Everything reachable.  ``reached`` are the states; ``start`` those in which a behaviour begins."""

    def __init__(self, system: System, capacity: int, watch: Watch) -> None:
        self.system = system
        self.watch = watch
        self.encoding = Encoding(system, capacity)
        self.formulas = Formulas(self.encoding)
        self.moves = [Move(action, self.encoding, self.formulas) for action in system.actions]
        self._known_steps: dict[int, tuple[Expression, list[Set]]] = {}
        self.start = self._start()
        self.reached = self.everybody.reached
        outside = self.states(system.stays_in_range, holds=False)
        if outside.satisfiable():
            raise out_of_range(system, self.everybody.trace_to(outside)[0])

    def _start(self) -> Set:
        found = self.formulas.truth(self.system.initially)
        for variable in self.system.variables:
            found &= self.encoding.has_value(variable.name, variable.initial)
        return found

    # --- formulas -----------------------------------------------------------------------------------------------------

    def states(self, formula: Expression, *, holds: bool = True) -> Set:
        """Return the reachable states in which a formula is true, or false."""
        truth = self.formulas.truth(formula)
        return self.reached & (truth if holds else ~truth)

    def steps(
        self,
        formula: Expression,
        *,
        holds: bool = True,
        among: Set | None = None,
        moves: Sequence[Move] | None = None,
    ) -> Steps:
        """Return the steps on which a formula is true, or false: the reachable ones, or those from ``among``; those of
        everybody, or of ``moves``.
        """
        states = self.reached if among is None else among
        found = []
        for move, truth in zip(self.moves, self._on_steps(formula), strict=True):
            before = states & move.enabled & (truth if holds else ~truth)
            if before.satisfiable() and (moves is None or move in moves):
                found.append((move, before))
        return found

    def _on_steps(self, formula: Expression) -> list[Set]:
        """For each action the states before, enabled or not, in which the formula is true of its step."""
        known = self._known_steps.get(id(formula))
        if known is None:
            read = {node.name for node in formula.walk() if isinstance(node, Read) and node.after}
            places = [bit for name in sorted(read) for bit in self.encoding.places[name]]
            of_action = OfAction(formula)
            truths = [move.taken_from(self.formulas.truth(of_action.said_of(move.name)), places) for move in self.moves]
            known = self._known_steps[id(formula)] = (formula, truths)  # the formula is kept, so its id stays its own
        return known[1]

    def ever(self, formula: Expression) -> bool:
        """Whether a formula is true somewhere: on a reachable step if it speaks of one, else in a reachable state."""
        if speaks_of_step(formula):
            return bool(self.steps(formula))
        return self.states(formula).satisfiable()

    # --- distances ----------------------------------------------------------------------------------------------------

    @cached_property
    def everybody(self) -> Behaviours:
        """The behaviours in which anybody moves."""
        return Behaviours(self.encoding, self.start, self.moves, self.watch)

    @cached_property
    def unaided(self) -> Behaviours:
        """The behaviours in which the host does not move."""
        ours = [move for move in self.moves if move.action.actor is not Actor.HOST]
        return Behaviours(self.encoding, self.start, ours, self.watch)

    def counts(self) -> Counts | None:
        """Return how many states and transitions there are, and how deep the last level lies; None when finding that
        out would take long.
        """
        levels = self.everybody.levels
        try:
            while levels.further(WORK_TO_COUNT):
                if self.watch.spent > TIME_TO_COUNT:
                    return None
        except TooMuchWork:
            return None
        transitions = sum(self.encoding.count(self.reached & move.enabled) for move in self.moves)
        return Counts(self.encoding.count(self.reached), transitions, len(levels.levels) - 1)

    # --- possibility --------------------------------------------------------------------------------------------------

    @cached_property
    def _reliable(self) -> tuple[tuple[Move, ...], ...]:
        return in_groups(move for move in self.moves if not move.action.adversarial)

    def can_reach(self, goal: Set) -> Set:
        """Return the reachable states from which moves that are not adversarial lead to ``goal``."""
        return backwards(goal, self._reliable, self.reached, self.watch)

    def helped(self, states: Set) -> Set:
        """Return what moves that are not adversarial reach from ``states``."""
        return forwards(states, self._reliable, self.reached, self.watch)
