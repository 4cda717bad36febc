"""Which steps a stronger guard forbids, and what is left when they are: quick, to know what to put to the engines.

Given a system; gives its `Space`, and of each action of it a `Fence`: the steps of its instances, of which a guard
forbids some.  Sets of these steps are the bits of one integer.  What a fence says is never a verdict: what it rules out
is not told as a repair, and what it lets pass is asked of the engines and judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tdispmodel.compiling.successors import Compiled, Watch, breadth_first
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import Actor, Expression
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step

MOST_STATES = 200_000


Met = tuple[set[int], set[tuple[int, int]]]
"""Where something is true: states, or steps, each the state and the action that leaves it."""


class TooLarge(Exception):
    """There are too many states, or there is no time to visit them."""


class Space:
    """All reachable states of a system, by number, and of each the steps: an action's number and where it leads.

    Raises `TooLarge`, and what `breadth_first` and `Compiled.starts` raise.
    """

    def __init__(self, system: System, limits: Limits) -> None:
        self.system = system
        self.host = {number for number, action in enumerate(system.actions) if action.actor is Actor.HOST}
        compiled = Compiled(system)
        self.unpack = compiled.unpack
        starts = list(compiled.starts())
        self.starts = len(dict.fromkeys(starts))
        met: dict[int, list[tuple[int, int]]] = {}
        for packed, steps in breadth_first(compiled, starts):
            met[packed] = steps
            if len(met) > MOST_STATES or limits.out_of_time():
                raise TooLarge
        self.states = list(met)
        self.number = {packed: number for number, packed in enumerate(self.states)}
        self.steps = [[(action, self.number[after]) for action, after in steps] for steps in met.values()]

    def where(self, formulas: Sequence[Expression]) -> list[set[int]]:
        """Return for each formula the states in which it is true."""
        watches = [Watch(formula, of_steps=False, every=True) for formula in formulas]
        compiled = Compiled(replace(self.system, actions=()), watches)
        for packed in self.states:
            compiled.visit(packed)
        return [{self.number[packed] for packed in hits} for hits in compiled.states]

    def met(self, formula: Expression) -> Met:
        """Return the states and the steps (state, action) in which a formula is true; one of the two is empty."""
        if not speaks_of_step(formula):
            return self.where([formula])[0], set()
        compiled = Compiled(self.system, [Watch(formula, of_steps=True, every=True)])
        for packed in self.states:
            compiled.visit(packed)
        return set(), {(self.number[packed], action) for packed, action in compiled.steps[0]}


class Goals:
    """Where the formulas ``bad`` are true, of which none may be met; ``good`` is what is to stay possible, by name."""

    def __init__(self, space: Space, bad: Iterable[Expression], good: Mapping[str, Iterable[SystemProperty]]) -> None:
        met = [space.met(formula) for formula in bad]
        self.bad_states = set[int]().union(*(states for states, _ in met))
        self.bad_steps = set[tuple[int, int]]().union(*(steps for _, steps in met))
        self.good = {name: [space.met(one.formula) for one in parts] for name, parts in good.items()}


class Fence:
    """The steps of the instances ``names`` of one action, as guards may forbid them; and what of ``goals`` is left."""

    def __init__(self, space: Space, names: Iterable[str], goals: Goals) -> None:
        self.space, self.goals = space, goals
        own = set(names)
        self.own = {n: action.name for n, action in enumerate(space.system.actions) if action.name in own}
        self.bit: dict[tuple[int, int], int] = {}
        for state, steps in enumerate(space.steps):
            for action, _ in steps:
                if action in self.own:
                    self.bit[state, action] = len(self.bit)
        self.everything = (1 << len(self.bit)) - 1
        self.escapes: list[int] = []

    def forbidden(self, conditions: Sequence[Mapping[str, Expression]]) -> list[int]:
        """Return which steps are forbidden, for each guard: of each instance, by its name, what it requires."""
        asked = [(number, name) for number, one in enumerate(conditions) for name in one]
        hits = dict(zip(asked, self.space.where([conditions[number][name] for number, name in asked]), strict=True))
        found = []
        for number in range(len(conditions)):
            bits = 0
            for (state, action), bit in self.bit.items():
                if state not in hits[number, self.own[action]]:
                    bits |= 1 << bit
            found.append(bits)
        return found

    def restores(self, forbidden: int) -> bool:
        """Whether no violation is reached without the forbidden steps."""
        if any(not escape & forbidden for escape in self.escapes):
            return False
        escape = self._reached(forbidden)[1]
        if escape is not None:
            self.escapes.append(escape)
        return escape is None

    def loses(self, forbidden: int) -> list[str]:
        """Return which witnesses the host's help is needed for, or that are lost, without the forbidden steps."""
        reached = self._reached(forbidden, self.space.host, careful=False)[0]
        return [
            name
            for name, parts in self.goals.good.items()
            if not all(self._possible(reached, forbidden, *one) for one in parts)
        ]

    def _possible(self, reached: Iterable[int], forbidden: int, states: set[int], steps: set[tuple[int, int]]) -> bool:
        return any(
            state in states
            or any(
                (state, action) in steps and action not in self.space.host and self._free(state, action, forbidden)
                for action, _ in self.space.steps[state]
            )
            for state in reached
        )

    def _free(self, state: int, action: int, forbidden: int) -> bool:
        bit = self.bit.get((state, action))
        return bit is None or not forbidden >> bit & 1

    def _reached(
        self, forbidden: int, without: Iterable[int] = (), *, careful: bool = True
    ) -> tuple[dict[int, tuple[int, int]], int | None]:
        """Return the states that are reached, each with the step to it; and, if that is ``careful``, at the first
        violation the steps of the action on the way to it.
        """
        left = frozenset(without)
        closed = bytearray(len(self.bit))
        for bit, digit in enumerate(reversed(f"{forbidden:b}")):
            if digit == "1":
                closed[bit] = True
        before: dict[int, tuple[int, int]] = dict.fromkeys(range(self.space.starts), (-1, -1))
        order = list(before)
        for state in order:  # grows while it is gone through
            if careful and state in self.goals.bad_states:
                return before, self._way(before, state)
            for action, after in self.space.steps[state]:
                if action in left:
                    continue
                bit = self.bit.get((state, action), -1) if action in self.own else -1
                if bit >= 0 and closed[bit]:
                    continue
                if careful and (state, action) in self.goals.bad_steps:
                    return before, self._way(before, state) | (1 << bit if bit >= 0 else 0)
                if after not in before:
                    before[after] = (state, action)
                    order.append(after)
        return before, None

    def _way(self, before: Mapping[int, tuple[int, int]], state: int) -> int:
        """Return the steps of the action on the way to a state."""
        taken = 0
        while (step := before[state])[0] >= 0:
            if step in self.bit:
                taken |= 1 << self.bit[step]
            state = step[0]
        return taken
