"""A set of very many states, gone through again: what a `NumberedStates` certificate shows.

Given a system and what its parts can look like; `NumberedSpace` goes from the start states along every enabled action,
level by level, and refuses when a part looks otherwise or a value leaves its range.  What it then says of a property is
decided on all states that it went through.  It counts them, their transitions and their levels by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from tdispmodel.ir.expressions import TRUE, Actor, And, Expression, Or, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.sorts import Bounded, Value, size
from tdispmodel.ir.system import Assignment, State, System, SystemAction, SystemProperty, speaks_of_step
from tdispmodel.judging.judgement import Allowance, Refused
from tdispmodel.judging.slabs import Slabs, worthwhile
from tdispmodel.judging.vectors import MOST_ALIKE, Flags, Looks, Part, Parted, Vector, Vectors, number
from tdispmodel.semantics import Semantics, TooManyStarts, start_states
from tdispmodel.verdict import LocalStates, NumberedOrbits, NumberedStates, Space

CHUNK = 1 << 16
"""States whose values are looked at together."""
BLOCK = 1 << 24
"""Places that are looked at together."""
MOST_PLACES = 1 << 31
"""Combinations of local states: one byte each."""
MOST_LOCAL = 1 << 62
MOST_KEPT = 1 << 24
"""So many states are listed once for all questions; more are listed for each."""
COPIES = 3
"""So often the states of the next level may be in memory while they are joined and sorted."""


@dataclass(frozen=True)
class _Part:
    """One part: its local states as numbers of values, and in ascending order what they combine to."""

    looks: Part
    weights: dict[str, int]
    combined: Vector
    order: Vector
    stride: int

    def __len__(self) -> int:
        return len(self.combined)

    def place(self, combined: Vector) -> Vector:
        """Return the local states that combine to these numbers.  Raises `Refused` when one is none."""
        ascending = self.combined[self.order]
        found = np.searchsorted(ascending, combined)
        found[found == len(ascending)] = 0
        if not np.array_equal(ascending[found], combined):
            message = "a part gets a local state that the certificate does not list"
            raise Refused(message)
        return self.order[found]


class NumberedSpace:
    """The reachable states of a system, after it was found that the certificate has room for all of them."""

    def __init__(
        self,
        system: System,
        semantics: Semantics,
        certificate: NumberedStates | NumberedOrbits,
        allowance: Allowance | None = None,
    ) -> None:
        """Raises `Refused`, and `Undecided` when it takes more than it may, now or in any later question."""
        self.allowance = allowance or Allowance()
        self.system = system
        self.actions = system.actions
        sides = [len(part.states) for part in certificate.parts]
        named = [name for part in certificate.parts for name in part.variables]
        if not all(isinstance(name, str) for name in named) or sorted(named) != sorted(system.sorts):
            message = "the certificate's parts do not have each variable once"
            raise Refused(message)
        if not all(sides) or prod(sides) > MOST_LOCAL or self._places(sides) > MOST_PLACES:
            message = f"the certificate's parts make no or more than {MOST_PLACES} combinations"
            raise Refused(message)
        self.parts = [self._part(part, prod(sides[position + 1 :])) for position, part in enumerate(certificate.parts)]
        self.looks = Looks([part.looks for part in self.parts])
        self.part_of = {name: place for place, part in enumerate(self.parts) for name in part.weights}
        self.allowance.look(self._places(sides))
        self.seen: Flags = np.zeros(self._places(sides), np.bool_)
        self.depth = self.transitions = self.states = 0
        self.nothing = Parted(self.looks, [np.zeros(0, np.int64)] * len(self.parts))
        self._shadows: dict[tuple[int, ...], Parted] = {}
        try:
            self.count = self._explored(semantics)
        except OverflowError as error:
            raise Refused(str(error)) from error
        if self.count != certificate.count:
            message = f"{self.count} {self.WHAT} are reachable, and the certificate says {certificate.count}"
            raise Refused(message)

    def _part(self, local: LocalStates, stride: int) -> _Part:
        sorts = [self.system.sorts[name] for name in local.variables]
        if prod(size(sort) for sort in sorts) > MOST_LOCAL:
            message = "a part of the certificate has too many values"
            raise Refused(message)
        columns: dict[str, Vector] = {}
        weights: dict[str, int] = {}
        combined = np.zeros(len(local.states), np.int64)
        weight = 1
        for position, (name, sort) in enumerate(zip(local.variables, sorts, strict=True)):
            try:
                numbers = [number(state[position], sort) for state in local.states]
            except (ValueError, IndexError, TypeError) as error:  # whatever stands there instead of a local state
                message = f"a local state of the certificate has no value for {name}"
                raise Refused(message) from error
            columns[name] = np.array(numbers, np.int64)
            weights[name] = weight
            combined += columns[name] * weight
            weight *= size(sort)
        narrow = {
            name: column.astype(np.uint8) if column.max() < 1 << 8 else column for name, column in columns.items()
        }
        looks = Part(columns | narrow, len(combined))
        return _Part(looks, weights, combined, np.argsort(combined, kind="stable"), stride)

    # --- going through ------------------------------------------------------------------------------------------------

    def _explored(self, semantics: Semantics) -> int:
        """Go through all that is reachable; return how many were visited."""
        try:
            starts = list(start_states(semantics))
        except TooManyStarts as many:
            message = f"the start states cannot be enumerated: {many.words}"
            raise Refused(message) from many
        keys = np.array([self._key(state) for state in starts], np.int64)
        if self._may_move_slabs() and worthwhile(self):
            self.states, self.transitions, levels = Slabs(self).explored(keys)
            self.depth = max(0, levels - 1)
            return self.states
        here = np.unique(self._visited_for(keys))
        self.seen[self._place(here)] = True
        total, levels = 0, 0
        while len(here):
            total, levels = total + len(here), levels + 1
            fresh, waiting = [np.zeros(0, np.int64)], 0
            for keys, states in self.chunks(self._noted(here)):
                stands_for = self._stands_for(keys)
                self.states += int(stands_for.sum())
                for action in self.actions:
                    source = np.flatnonzero(states.value(action.guard))
                    self.transitions += int(stands_for[source].sum())
                    if len(source):
                        after = self._visited_for(self.after(keys[source], states.those(source), action))
                        new = np.unique(after[~self.seen[self._place(after)]])
                        self.seen[self._place(new)] = True
                        fresh.append(new)
                        waiting += new.nbytes
                self.allowance.look(self.seen.nbytes + here.nbytes + COPIES * waiting)
            here = np.sort(np.concatenate(fresh))
        self.depth = max(0, levels - 1)
        return total

    # what `OrbitSpace` does otherwise

    WHAT = "states"

    def _may_move_slabs(self) -> bool:
        """Whether each state is visited, so that many can be at once."""
        return True

    def _places(self, sides: list[int]) -> int:
        """Return how many combinations there are to be marked as seen."""
        return prod(sides)

    def _place(self, keys: Vector) -> Vector:
        """Return where states are marked."""
        return keys

    def _visited_for(self, keys: Vector) -> Vector:
        """Return which states are visited in place of these."""
        return keys

    def _stands_for(self, keys: Vector) -> Vector:
        """Return for how many states each visited one stands."""
        return np.ones(len(keys), np.int64)

    def _noted(self, keys: Vector) -> Vector:
        """Take note of a level."""
        return keys

    def _key(self, state: State) -> int:
        values: dict[str, Value] = {
            variable.name: value for variable, value in zip(self.system.variables, state, strict=True)
        }
        key = 0
        for part in self.parts:
            combined = sum(
                number(values[name], self.system.sorts[name]) * weight for name, weight in part.weights.items()
            )
            key += int(part.place(np.array([combined]))[0]) * part.stride
        return key

    def chunks(self, keys: Vector) -> Iterator[tuple[Vector, Parted]]:
        """Yield some states bit by bit."""
        for start in range(0, len(keys), CHUNK):
            some = keys[start : start + CHUNK]
            yield some, Parted(self.looks, self.taken_apart(some))

    def taken_apart(self, keys: Vector) -> list[Vector]:
        """Return for each part what it looks like in some states."""
        local = []
        for part in reversed(self.parts):
            keys, rest = np.divmod(keys, len(part))
            local.append(rest.astype(np.int32))
        return local[::-1]

    def after(self, keys: Vector, states: Parted, action: SystemAction) -> Vector:
        """Return what becomes of some states by ``action``, which is enabled in all of them."""
        after = keys.copy()
        for place in sorted({self.part_of[assignment.variable] for assignment in action.assignments}):
            part = self.parts[place]
            assignments = [each for each in action.assignments if self.part_of[each.variable] == place]
            spoken = tuple(sorted({place}.union(*(states.spoken(each.value) for each in assignments))))
            some, back = states, np.arange(states.count)
            if self.looks.combinations(spoken) <= MOST_ALIKE:
                some, back = states.alike(spoken)
            vectors = some.vectors(spoken)
            change = np.zeros(some.count, np.int64)
            for assignment in assignments:
                change += self._change(vectors, assignment, action) * part.weights[assignment.variable]
            local = some.local[place]
            after += ((part.place(part.combined[local] + change) - local) * part.stride)[back]
        return after

    def _change(self, vectors: Vectors, assignment: Assignment, action: SystemAction) -> Vector:
        """Return by how much the number of a variable's value grows."""
        name, sort = assignment.variable, self.system.sorts[assignment.variable]
        value = vectors.value(assignment.value)
        if isinstance(sort, Bounded):
            if (value < sort.low).any() or (value > sort.high).any():
                message = f"{action.name} assigns to {name} what is outside its range"
                raise Refused(message)
            value = value - sort.low
        change: Vector = value.astype(np.int64) - vectors.numbers[name]
        return change

    # --- what it shows ------------------------------------------------------------------------------------------------

    @property
    def space(self) -> Space:
        """The counts."""
        return Space(self.states, self.transitions, self.depth)

    def _reached(self, spoken: tuple[int, ...]) -> Iterator[Parted]:
        """Yield all that is reachable, as far as some parts are looked at, perhaps bit by bit."""
        if len(spoken) < len(self.parts):
            if spoken not in self._shadows:
                self._shadows[spoken] = self._shadow(spoken)
            yield self._shadows[spoken]
            return
        yield from self._all if self.count <= MOST_KEPT else self._bit_by_bit()

    @cached_property
    def _all(self) -> list[Parted]:
        return list(self._bit_by_bit())

    def _bit_by_bit(self) -> Iterator[Parted]:
        for first in range(0, len(self.seen), BLOCK):
            for _, states in self.chunks(first + np.flatnonzero(self.seen[first : first + BLOCK])):
                self.allowance.look(self.seen.nbytes)
                yield states

    def _shadow(self, spoken: tuple[int, ...]) -> Parted:
        """Return a state for each combination of some parts that is there in a reachable state."""
        sides = [len(part) for part in self.parts]
        others = tuple(place for place in range(len(sides)) if place not in spoken)
        there = self.seen.reshape(sides).any(axis=others)
        found = dict(zip(spoken, np.nonzero(there), strict=True)) if spoken else {}
        count = len(next(iter(found.values()))) if found else min(self.count, 1)
        return Parted(self.looks, [found.get(place, np.zeros(count, np.int64)) for place in range(len(sides))])

    def ever(self, formula: Expression) -> bool:
        """Whether a formula is true in some reachable state, or on a step if it speaks of one.  Raises `Refused`."""
        if speaks_of_step(formula):
            return any(True for _ in self._steps(formula))
        return self._ever(formula, TRUE, None)

    def _ever(self, formula: Expression, guard: Expression, action: SystemAction | None) -> bool:
        """Whether a formula is true in some reachable state in which a guard is, on the step of an action if given."""
        if isinstance(formula, Or):
            return any(self._ever(operand, guard, action) for operand in formula.operands)
        conditions: dict[tuple[int, ...], list[Expression]] = {}
        for condition in (*_conjuncts(formula), *_conjuncts(guard)):
            conditions.setdefault(self.nothing.spoken(condition, action), []).append(condition)
        everything = tuple(sorted({part for spoken in conditions for part in spoken}))
        if len(conditions) > 1 and not all(self._meets(*each, action) for each in conditions.items()):
            return False
        return self._meets(everything, [condition for each in conditions.values() for condition in each], action)

    def _meets(self, spoken: tuple[int, ...], conditions: Sequence[Expression], action: SystemAction | None) -> bool:
        """Whether some reachable state meets all of some conditions, which speak of some parts."""
        for states in self._reached(spoken):
            self.allowance.look(self.seen.nbytes)
            true = np.ones(states.count, np.bool_)
            for condition in conditions:
                true &= self._value(states, condition, action)
                if not true.any():
                    break
            else:
                return True
        return False

    @staticmethod
    def _value(states: Parted, formula: Expression, action: SystemAction | None = None) -> Flags:
        try:
            value: Flags = states.value(formula, action)
        except OverflowError as error:
            raise Refused(str(error)) from error
        return value

    def confirm(self, question: SystemProperty) -> None:
        """Check that an invariant or step property holds.  Raises `Refused`."""
        if question.kind is Kind.STEP:
            found = next((action for action in self._steps(negation(question.formula))), None)
            if found is not None:
                message = f"the property is false on a step of {found.name}"
                raise Refused(message)
        elif question.kind is Kind.INVARIANT:
            if self.ever(negation(question.formula)):
                message = "the property is false in a reachable state"
                raise Refused(message)
        else:
            message = f"such a certificate cannot show that a {question.kind.value} property holds"
            raise Refused(message)

    def _steps(self, formula: Expression) -> Iterator[SystemAction]:
        """Yield the actions on whose steps a formula is true, whether it speaks of the step or of the state before."""
        for action in self.actions:
            if self._ever(formula, action.guard, action):
                yield action

    def confirm_impossible(self, question: SystemProperty) -> None:
        """Check that what must be possible never happens without a step of the host.  Raises `Refused`."""
        if speaks_of_step(question.formula):
            happens = any(action.actor is not Actor.HOST for action in self._steps(question.formula))
        else:
            happens = self.ever(question.formula)
        if happens:
            message = "the goal is met"
            raise Refused(message)


def _conjuncts(formula: Expression) -> tuple[Expression, ...]:
    return formula.operands if isinstance(formula, And) else (formula,)
