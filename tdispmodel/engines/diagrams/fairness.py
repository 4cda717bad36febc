"""Fair behaviours on decision diagrams: from where one can go on for ever, and lassos that show it.

The states in which an undisturbed, weakly fair behaviour can stay for ever are a greatest fixpoint: from each of them
one can get, inside the set, to where a fair action is disabled or taken, for every fair action (E. A. Emerson and
C.-L. Lei, "Efficient model checking in fragments of the propositional mu-calculus", LICS 1986).  For a strongly fair
action this is asked of those states only in which it is enabled, and it must be taken (Y. Kesten, A. Pnueli and
L. Raviv, "Algorithmic verification of linear temporal logic specifications", ICALP 1998).  The set contains every fair
loop, and where nothing in it leads on it is one.  Staying in one state without a step is allowed where no fair action
is enabled, which the same conditions say.  A lasso is read off as Clarke, Grumberg, McMillan and Zhao do ("Efficient
generation of counterexamples and witnesses in symbolic model checking", DAC 1995): walk on until the strongly connected
component of a state is fair, then go round it through everything that fairness asks for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tdispmodel.engines.diagrams.encoding import Set
from tdispmodel.engines.diagrams.exploring import Levels, Way, backwards, forwards, union
from tdispmodel.engines.diagrams.moves import Group, in_groups
from tdispmodel.engines.diagrams.space import Space, Steps
from tdispmodel.ir.sorts import Fairness
from tdispmodel.ir.system import State
from tdispmodel.verdict import Trace


@dataclass(frozen=True)
class _Duty:
    """What a loop owes to fairness: to be in one of the states ``resting``, or to take one of the steps ``taking``."""

    resting: Set
    taking: Steps


class FairBehaviours:
    """Questions about the infinite behaviours of a space."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.encoding = space.encoding
        self.weak = [move for move in space.moves if move.action.fairness is Fairness.WEAK]
        self.strong = [move for move in space.moves if move.action.fairness is Fairness.STRONG]
        self.calm = [move for move in space.moves if move.calm]

    @cached_property
    def calm_groups(self) -> tuple[Group, ...]:
        """The moves that do not disturb."""
        return in_groups(self.calm)

    @cached_property
    def idle(self) -> Set:
        """Where no fair action is enabled, so that a behaviour may stay for ever."""
        return ~union(self.encoding.none, (move.enabled for move in (*self.weak, *self.strong)))

    # --- the two kinds ------------------------------------------------------------------------------------------------

    def leads_to(self, pending: Set, waiting: Set) -> Trace | None:
        """Return a lasso that goes through ``pending`` and then stays in ``waiting``, of which it is a part."""
        watch = self.space.watch
        region = forwards(pending, self.space.everybody.groups, waiting, watch)
        endless = self.staying(region)
        if not endless.satisfiable():
            return None
        begin, _ = self.space.everybody.trace_to(
            pending & backwards(endless, self.space.everybody.groups, region, watch)
        )
        on = Levels(self.encoding, self.encoding.one(begin.states[-1]), self.space.moves, region, watch).way(endless)
        return self._lasso(begin, [] if on is None else on[1], endless, None)

    def never_endless(self, steps: Steps) -> Trace | None:
        """Return a lasso whose loop takes one of the steps."""
        recurring = [(move, states) for move, states in steps if move.calm]
        if not recurring:
            return None
        endless = self.staying(self.space.reached, recurring)
        if not endless.satisfiable():
            return None
        begin, _ = self.space.everybody.trace_to(endless)
        return self._lasso(begin, [], endless, recurring)

    def staying(self, region: Set, recurring: Steps | None = None) -> Set:
        """Return the states of all fair loops in ``region``, and others from which such a loop is reached undisturbed.

        With ``recurring`` a loop must take one of these steps.  What is returned is never left on the way to a loop.
        """
        inside = region
        while True:
            smaller = inside
            for move in self.weak:
                smaller = self._keeps_reaching(smaller, ~move.enabled | self._taken([(move, move.enabled)], smaller))
            for move in self.strong:
                taking = self._keeps_reaching(smaller, self._taken([(move, move.enabled)], smaller))
                smaller &= ~move.enabled | taking
            if recurring is not None:
                smaller = self._keeps_reaching(smaller, self._taken(recurring, smaller))
            if smaller == inside:
                return inside
            inside = smaller

    def _keeps_reaching(self, inside: Set, goal: Set) -> Set:
        return backwards(inside & goal, self.calm_groups, inside, self.space.watch)

    def _taken(self, steps: Steps, inside: Set) -> Set:
        """The states in which one of the steps can be taken, undisturbed and without leaving ``inside``."""
        return union(self.encoding.none, (states & move.before(inside) for move, states in steps if move.calm))

    # --- lassos -------------------------------------------------------------------------------------------------------

    def _lasso(self, begin: Trace, on: Way, endless: Set, recurring: Steps | None) -> Trace:
        """The stem, on to where one can rest or to a fair component of ``endless``, and once round that."""
        stem = [*begin.steps, *on]
        while True:
            state = stem[-1][1] if stem else begin.initial
            here = self.encoding.one(state)
            if recurring is None and (here & self.idle).satisfiable():
                return Trace(begin.initial, tuple(stem), loop=len(stem))
            after = forwards(here, self.calm_groups, endless, self.space.watch)
            component = backwards(here, self.calm_groups, after, self.space.watch)
            if recurring is None and (after & self.idle).satisfiable():
                stem += self._way(state, self.idle, after)
            elif self._is_fair(component, recurring):
                loop = self._round(state, component, recurring)
                return Trace(begin.initial, (*stem, *loop), loop=len(stem))
            else:
                stem += self._way(state, after & ~component, after)

    def _way(self, state: State, goal: Set, inside: Set) -> Way:
        """The steps of a shortest undisturbed way to ``goal``, of which some state is reached inside ``inside``."""
        way = self._levels(state, inside).way(goal)
        if way is None:
            message = "what is reached by some way is reached by no shortest one"
            raise AssertionError(message)
        return way[1]

    def _levels(self, state: State, inside: Set) -> Levels:
        return Levels(self.encoding, self.encoding.one(state), self.calm, inside, self.space.watch)

    def _duties(self, component: Set, recurring: Steps | None) -> list[_Duty]:
        """What a loop in the component owes: something to each fair action, and one of the recurring steps.

        A strongly fair action that is enabled in it must be taken, for the loop may go where it is enabled.
        """
        duties = [_Duty(component & ~move.enabled, [(move, component & move.enabled)]) for move in self.weak]
        for move in self.strong:
            enabled = component & move.enabled
            if enabled.satisfiable():
                duties.append(_Duty(self.encoding.none, [(move, enabled)]))
        return duties if recurring is None else [*duties, _Duty(self.encoding.none, recurring)]

    def _is_fair(self, component: Set, recurring: Steps | None) -> bool:
        """Whether a behaviour can go round a strongly connected component for ever and be fair."""
        return all(
            (component & (duty.resting | self._taken(duty.taking, component))).satisfiable()
            for duty in self._duties(component, recurring)
        )

    def _round(self, state: State, component: Set, recurring: Steps | None) -> Way:
        """The steps of a loop through a state of a fair component: to the nearest duty, to the next, and back."""
        one = self.encoding.one(state)
        owed = [duty for duty in self._duties(component, recurring) if not (duty.resting & one).satisfiable()]
        steps: Way = []
        here = state
        while owed:
            for name, after in self._nearest(here, component, owed):
                owed = [duty for duty in owed if not self._discharged(duty, here, name, after)]
                steps.append((name, after))
                here = after
        return steps if here == state else [*steps, *self._way(here, one, component)]

    def _nearest(self, here: State, component: Set, owed: list[_Duty]) -> Way:
        """The steps of a shortest way that discharges one of the duties."""
        levels = self._levels(here, component)
        choices: list[tuple[int, Set, Steps]] = []
        for duty in owed:
            sources = component & self._taken(duty.taking, component)
            for goal, last in ((duty.resting, []), (sources, duty.taking)):
                distance = levels.distance(goal)
                if distance is not None:
                    choices.append((distance + bool(last), goal, last))
        _, goal, last = min(choices, key=lambda choice: choice[0])
        _, way = levels.way(goal) or (here, [])
        source = self.encoding.one(way[-1][1] if way else here)
        for move, states in last:
            after = move.after(source & states) & component
            if move.calm and after.satisfiable():
                return [*way, (move.name, self.encoding.pick(after))]
        return way

    def _discharged(self, duty: _Duty, before: State, name: str, after: State) -> bool:
        """Whether a step discharges a duty, by being taken or by where it leads."""
        if (duty.resting & self.encoding.one(after)).satisfiable():
            return True
        one = self.encoding.one(before)
        return any(move.name == name and (states & one).satisfiable() for move, states in duty.taking)
