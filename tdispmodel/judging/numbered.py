"""A set of very many states, gone through again: what a `NumberedStates` certificate shows.

Given a system and what its parts can look like; `NumberedSpace` goes from the start states along every enabled action,
level by level, and refuses when a part looks otherwise or a value leaves its range.  What it then says of a property is
decided on all states that it went through.  It counts them, their transitions and their levels by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from tdispmodel.ir.expressions import Actor, Expression, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.sorts import Bounded, Value, size
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, speaks_of_step
from tdispmodel.judging.judgement import Allowance, Refused
from tdispmodel.judging.vectors import Flags, Vector, Vectors, number
from tdispmodel.semantics import Semantics, TooManyStarts, start_states
from tdispmodel.verdict import LocalStates, NumberedStates, Space

CHUNK = 1 << 16
"""States whose values are looked at together."""
BLOCK = 1 << 24
"""Places that are looked at together."""
MOST_PLACES = 1 << 31
"""Combinations of local states: one byte each."""
MOST_LOCAL = 1 << 62
COPIES = 3
"""So often the states of the next level may be in memory while they are joined and sorted."""


@dataclass(frozen=True)
class _Part:
    """One part: its local states as numbers of values, and in ascending order what they combine to."""

    columns: dict[str, Vector]
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
        self, system: System, semantics: Semantics, certificate: NumberedStates, allowance: Allowance | None = None
    ) -> None:
        """Raises `Refused`, and `Undecided` when it takes more than it may, now or in any later question."""
        self.allowance = allowance or Allowance()
        self.system = system
        self.actions = system.actions
        sides = [len(part.states) for part in certificate.parts]
        named = sorted(name for part in certificate.parts for name in part.variables)
        if named != sorted(system.sorts):
            message = "the certificate's parts do not have each variable once"
            raise Refused(message)
        if not all(sides) or prod(sides) > MOST_PLACES:
            message = f"the certificate's parts make no or more than {MOST_PLACES} combinations"
            raise Refused(message)
        self.parts = [self._part(part, prod(sides[position + 1 :])) for position, part in enumerate(certificate.parts)]
        self.part_of = {name: part for part in self.parts for name in part.columns}
        self.allowance.look(prod(sides))
        self.seen: Flags = np.zeros(prod(sides), np.bool_)
        self.depth = self.transitions = 0
        try:
            self.count = self._explored(semantics)
        except OverflowError as error:
            raise Refused(str(error)) from error
        if self.count != certificate.count:
            message = f"{self.count} states are reachable, and the certificate says {certificate.count}"
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
            except (ValueError, IndexError) as error:
                message = f"a local state of the certificate has no value for {name}"
                raise Refused(message) from error
            columns[name] = np.array(numbers, np.int64)
            weights[name] = weight
            combined += columns[name] * weight
            weight *= size(sort)
        narrow = {
            name: column.astype(np.uint8) if column.max() < 1 << 8 else column for name, column in columns.items()
        }
        return _Part(columns | narrow, weights, combined, np.argsort(combined, kind="stable"), stride)

    # --- going through ------------------------------------------------------------------------------------------------

    def _explored(self, semantics: Semantics) -> int:
        """Go through all that is reachable; return how many states it is."""
        try:
            starts = list(start_states(semantics))
        except TooManyStarts as many:
            message = f"the start states cannot be enumerated: {many.words}"
            raise Refused(message) from many
        here = np.unique(np.array([self._key(state) for state in starts], np.int64))
        self.seen[here] = True
        total, levels = 0, 0
        while len(here):
            total, levels = total + len(here), levels + 1
            fresh, waiting = [np.zeros(0, np.int64)], 0
            for keys, vectors in self._chunks(here):
                for action in self.actions:
                    source = np.flatnonzero(vectors.value(action.guard))
                    self.transitions += len(source)
                    if len(source):
                        after = self._after(keys[source], action)
                        new = np.unique(after[~self.seen[after]])
                        self.seen[new] = True
                        fresh.append(new)
                        waiting += new.nbytes
                self.allowance.look(self.seen.nbytes + here.nbytes + COPIES * waiting)
            here = np.sort(np.concatenate(fresh))
        self.depth = max(0, levels - 1)
        return total

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

    def _chunks(self, keys: Vector) -> Iterator[tuple[Vector, Vectors]]:
        for start in range(0, len(keys), CHUNK):
            some = keys[start : start + CHUNK]
            yield some, self._vectors(some)

    def _local(self, part: _Part, keys: Vector) -> Vector:
        return keys // part.stride % len(part)

    def _vectors(self, keys: Vector) -> Vectors:
        numbers = {}
        for part in self.parts:
            local = self._local(part, keys)
            numbers.update({name: column[local] for name, column in part.columns.items()})
        return Vectors(numbers, len(keys))

    def _after(self, keys: Vector, action: SystemAction) -> Vector:
        """Return the states after ``action``, which is enabled in all of these."""
        vectors = self._vectors(keys)
        moved: dict[int, Vector] = {}
        for assignment in action.assignments:
            name, sort = assignment.variable, self.system.sorts[assignment.variable]
            value = vectors.value(assignment.value)
            if isinstance(sort, Bounded):
                if (value < sort.low).any() or (value > sort.high).any():
                    message = f"{action.name} assigns to {name} what is outside its range"
                    raise Refused(message)
                value = value - sort.low
            part = self.part_of[name]
            change = (value.astype(np.int64) - vectors.numbers[name]) * part.weights[name]
            position = next(place for place, each in enumerate(self.parts) if each is part)
            moved[position] = moved[position] + change if position in moved else change
        after = keys.copy()
        for position, change in moved.items():
            part = self.parts[position]
            local = self._local(part, keys)
            after += (part.place(part.combined[local] + change) - local) * part.stride
        return after

    # --- what it shows ------------------------------------------------------------------------------------------------

    @property
    def space(self) -> Space:
        """The counts."""
        return Space(self.count, self.transitions, self.depth)

    def _reached(self) -> Iterator[Vectors]:
        for first in range(0, len(self.seen), BLOCK):
            for _, vectors in self._chunks(first + np.flatnonzero(self.seen[first : first + BLOCK])):
                self.allowance.look(self.seen.nbytes)
                yield vectors

    def ever(self, formula: Expression) -> bool:
        """Whether a formula is true in some reachable state, or on a step if it speaks of one.  Raises `Refused`."""
        if speaks_of_step(formula):
            return any(True for _ in self._steps(formula))
        return any(self._value(vectors, formula).any() for vectors in self._reached())

    @staticmethod
    def _value(vectors: Vectors, formula: Expression, action: SystemAction | None = None) -> Flags:
        try:
            value: Flags = vectors.value(formula, action)
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
        for vectors in self._reached():
            for action in self.actions:
                true = self._value(vectors, formula, action)
                if true.any() and (true & vectors.value(action.guard)).any():
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
