"""Action instances as maps from sets of states to sets of states, forwards and backwards.

Given an `Encoding`, its `Formulas` and an action instance; gives a `Move`.  Backwards, a set is asked of the values
that the action assigns, which needs nothing but substitution.  Forwards, the assigned bits are forgotten and then set:
to constants, or to what the bits that stay say; only bits whose new value depends on bits that are forgotten go by way
of the bits after the step.  A step that leaves an integer's range is left out: whether there is one is asked
beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from oxidd.bdd import BDDFunction, BDDSubstitution
from oxidd.util import BooleanOperator

from tdispmodel.engines.diagrams.encoding import Encoding, Set, number_later, number_now
from tdispmodel.engines.diagrams.formulas import Formulas
from tdispmodel.engines.diagrams.ordering import instance_of
from tdispmodel.ir.system import SystemAction, within


class Move:
    """One action instance.  ``enabled`` are the states in which it can happen without leaving a range."""

    def __init__(self, action: SystemAction, encoding: Encoding, formulas: Formulas) -> None:
        self.action = action
        self.name = action.name
        self.calm = not action.disturbs
        self.encoding = encoding
        self.enabled = formulas.truth(action.guard)
        self.values: dict[int, Set] = {}
        for assignment in action.assignments:
            sort = encoding.system.sorts[assignment.variable]
            self.enabled &= formulas.truth(within(assignment.value, sort))
            assigned = formulas.assigned(assignment.variable, assignment.value)
            self.values.update(zip(encoding.places[assignment.variable], assigned, strict=True))
        touched = {instance_of(assignment.variable) for assignment in action.assignments}
        self.instance = touched.pop() if len(touched) == 1 else -1

    @cached_property
    def changed(self) -> dict[int, Set]:
        """The bits that the action may change, with their new values."""
        now = self.encoding.now
        return {bit: value for bit, value in self.values.items() if (self.enabled & (value ^ now[bit])).satisfiable()}

    @cached_property
    def _forgotten(self) -> Set:
        return self.encoding.variables(self.changed)

    @cached_property
    def _entangled(self) -> dict[int, Set]:
        """The bits whose new value, where the action is enabled, depends on bits that it changes."""
        found = {}
        for bit, value in self.changed.items():
            sometimes_set, sometimes_clear = (self.enabled & value).satisfiable(), (self.enabled & ~value).satisfiable()
            depends = not self.encoding.support(value).isdisjoint(self.changed)
            if sometimes_set and sometimes_clear and depends:
                found[bit] = value
        return found

    @cached_property
    def _before(self) -> Set:
        """The condition on states before the step, with the entangled bits after it."""
        found = self.enabled
        for bit, value in self._entangled.items():
            found &= self.encoding.later[bit].equiv(value)
        return found

    @cached_property
    def _after(self) -> Set:
        """The condition on the other changed bits once the step is taken."""
        found = self.encoding.all
        for bit, value in self.changed.items():
            if bit in self._entangled:
                continue
            if not (self.enabled & value).satisfiable():
                found &= ~self.encoding.now[bit]
            elif not (self.enabled & ~value).satisfiable():
                found &= self.encoding.now[bit]
            else:
                found &= self.encoding.now[bit].equiv(value)
        return found

    @cached_property
    def _renaming(self) -> BDDSubstitution:
        return BDDFunction.make_substitution((number_later(bit), self.encoding.now[bit]) for bit in self._entangled)

    @cached_property
    def _substitution(self) -> BDDSubstitution:
        return BDDFunction.make_substitution((number_now(bit), value) for bit, value in self.changed.items())

    def taken_from(self, steps: Set, places: Iterable[int]) -> Set:
        """Return the states from which the action's step, if it is enabled, is one of ``steps``.

        ``places`` are the bits after the step on which it depends whether a step is one of them.
        """
        now = self.encoding.now
        replaced = [(number_later(bit), self.values.get(bit, now[bit])) for bit in places]
        return steps.substitute(BDDFunction.make_substitution(replaced)) if replaced else steps

    def after(self, states: Set) -> Set:
        """Return the states to which the action leads from the given ones."""
        found = states.apply_exists(BooleanOperator.AND, self._before, self._forgotten)
        if self._entangled:
            found = found.substitute(self._renaming)
        return found & self._after

    def before(self, states: Set) -> Set:
        """Return the states from which the action leads into the given ones."""
        return self.enabled & (states.substitute(self._substitution) if self.changed else states)


Group = tuple[Move, ...]


def in_groups(moves: Iterable[Move]) -> tuple[Group, ...]:
    """Return the moves that change anything by the instance that they change, the last instance first.

    What changes several instances or none of them comes last.
    """
    together: dict[int, list[Move]] = {}
    for move in moves:
        if move.changed:
            together.setdefault(move.instance, []).append(move)
    return tuple(tuple(together[instance]) for instance in sorted(together, reverse=True))
