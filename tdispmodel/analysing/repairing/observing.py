"""Whether any guard over what an actor can observe could restore a safety property and keep what must be possible.

Given a system, an action and the questions; gives the name of a witness that every such guard loses, or says that there
may be a guard.  A guard over observations allows or forbids the action in all states that look the same to its actor.
If from some state, reached without the action, taking it once leads to a violation without taking it again, then every
guard that restores the property forbids it wherever it looks like that.  With just these forbidden more is possible
than with any such guard; so what is not possible then is possible with none of them.

The argument needs no bound on how the guard is written, and covers one action; undecided is a possible answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tdispmodel.compiling.successors import Compiled, Leaves, breadth_first
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import Actor
from tdispmodel.ir.model import Kind, Model
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step
from tdispmodel.semantics import Semantics, TooManyStarts
from tdispmodel.semantics.grounding import instances, member

MOST_STATES = 100_000
Look = tuple[int, tuple[bool | int | str, ...]]
"""Which instance, and what its actor sees."""
Allows = Callable[[int, int], bool]
"""Whether an action, by its number, may be taken in a packed state."""


class _Enough(Exception):
    """There are too many states, or there is no time left."""


def observed(model: Model, system: System, actor: Actor) -> list[int]:
    """Return the positions of the variables that an actor can see."""
    seen = {
        member(instance.name, variable.name)
        for instance in instances(model, system.devices)
        for variable in instance.component.variables
        if actor not in variable.hidden_from
    }
    return [position for position, variable in enumerate(system.variables) if variable.name in seen]


class Guarded:
    """The instances ``names`` of one action of a system, as guards on them could restrict them.

    ``seen`` are the positions of the variables that such a guard may read.
    """

    def __init__(self, system: System, names: Sequence[str], seen: Sequence[int], limits: Limits) -> None:
        self.system, self.seen, self.limits = system, seen, limits
        self.compiled = Compiled(system)
        self.semantics = Semantics(system)
        self.own = {number for number, action in enumerate(system.actions) if action.name in names}

    def lost(self, question: SystemProperty, witnesses: Iterable[SystemProperty]) -> str:
        """Return the code or name of a witness that is lost with every guard with which ``question`` holds; empty when
        there may be a guard with which none is.
        """
        try:
            return self._lost(question, witnesses)
        except (_Enough, Leaves, TooManyStarts):
            return ""

    def _look(self, action: int, packed: int) -> Look:
        state = self.compiled.unpack(packed)
        return action, tuple(state[position] for position in self.seen)

    def _reach(self, allows: Allows) -> dict[int, list[tuple[int, int]]]:
        """Return the states that are reached with some actions only, and the steps from each.  Raises `_Enough`."""
        found: dict[int, list[tuple[int, int]]] = {}
        for packed, steps in breadth_first(self.compiled, self.compiled.starts(), allows):
            found[packed] = steps
            if len(found) > MOST_STATES or self.limits.out_of_time():
                raise _Enough
        return found

    def _breaks(self, question: SystemProperty, packed: int, action: int, after: int) -> bool:
        """Whether a step violates the question, or the state that it leads to."""
        formula = question.formula
        later = self.compiled.unpack(after)
        if question.kind is Kind.STEP:
            return not self.semantics.holds(
                formula, self.compiled.unpack(packed), later, self.system.actions[action].name
            )
        return not self.semantics.holds(formula, later)

    def _lost(self, question: SystemProperty, witnesses: Iterable[SystemProperty]) -> str:
        forbidden = self._forbidden(question)
        if forbidden is None:
            return ""
        rest = self._reach(lambda action, packed: action not in self.own or self._look(action, packed) not in forbidden)
        if any(self._breaks(question, packed, *step) for packed, steps in rest.items() for step in steps):
            return ""
        host = {number for number, action in enumerate(self.system.actions) if action.actor is Actor.HOST}
        unaided = self._reach(
            lambda action, packed: (
                action not in host and (action not in self.own or self._look(action, packed) not in forbidden)
            )
        )
        for witness in witnesses:
            if not self._possible(unaided, witness):
                return witness.code or witness.name
        return ""

    def _forbidden(self, question: SystemProperty) -> set[Look] | None:
        """Return the looks in which every guard that restores the question forbids the action; None if none does."""
        free = self._reach(lambda action, _: action not in self.own)
        if any(self._breaks(question, packed, *step) for packed, steps in free.items() for step in steps):
            return None
        found: set[Look] = set()
        safe, bad = set(free), set[int]()
        for packed in free:
            for action, after in self.compiled.visit(packed):
                if action not in self.own:
                    continue
                look = self._look(action, packed)
                if look not in found and (
                    self._breaks(question, packed, action, after) or self._doomed(question, after, safe, bad)
                ):
                    found.add(look)
        return found

    def _doomed(self, question: SystemProperty, start: int, safe: set[int], bad: set[int]) -> bool:
        """Whether a violation can be reached from a state without the action; what was found out is kept."""
        if start in safe or start in bad:
            return start in bad
        order, met = [start], {start}
        for packed in order:
            if len(met) + len(safe) > MOST_STATES or self.limits.out_of_time():
                raise _Enough
            for action, after in self.compiled.visit(packed):
                if action in self.own or after in safe:
                    if action not in self.own and self._breaks(question, packed, action, after):
                        bad.add(start)
                        return True
                    continue
                if after in bad or self._breaks(question, packed, action, after):
                    bad.add(start)
                    return True
                if after not in met:
                    met.add(after)
                    order.append(after)
        safe |= met
        return False

    def _possible(self, reached: dict[int, list[tuple[int, int]]], witness: SystemProperty) -> bool:
        """Whether what must be possible is met among some states and steps."""
        formula, unpack = witness.formula, self.compiled.unpack
        if not speaks_of_step(formula):
            return any(self.semantics.holds(formula, unpack(packed)) for packed in reached)
        actions = self.system.actions
        return any(
            self.semantics.holds(formula, unpack(packed), unpack(after), actions[action].name)
            for packed, steps in reached.items()
            for action, after in steps
        )
