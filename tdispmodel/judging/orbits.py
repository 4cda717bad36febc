"""Orbits of very many states, gone through again: what a `NumberedOrbits` certificate shows.

As `numbered`, but of all states that permutations of interchangeable instances make of one another one is visited: the
one in which the numbers of each class ascend.  That they are interchangeable is checked first, and `symmetry` says why
it is then enough to look at what a property becomes under permutations, in the representatives and on their steps.
Counts are those of all states: an orbit has as many states as there are different orders of the numbers, each with as
many steps, and all of them are equally far from the start.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import comb, factorial, prod

import numpy as np

from tdispmodel.ir.expressions import Expression
from tdispmodel.ir.system import System, SystemAction, speaks_of_step
from tdispmodel.judging.judgement import Allowance, Refused
from tdispmodel.judging.numbered import BLOCK, NumberedSpace
from tdispmodel.judging.symmetry import Interchange, Shape
from tdispmodel.judging.vectors import Flags, Parted, Vector
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import NumberedOrbits

MOST_PERMUTATIONS = 1 << 34
"""So that counts fit into 64 bits."""


class OrbitSpace(NumberedSpace):
    """The reachable orbits of a system, after it was found that the certificate has room for all of them."""

    WHAT = "orbits"

    def __init__(
        self,
        system: System,
        semantics: Semantics,
        certificate: NumberedOrbits,
        allowance: Allowance | None = None,
    ) -> None:
        """Raises `Refused`, and `Undecided` when it takes more than it may, now or in any later question."""
        self.interchange = Interchange(system, certificate.classes)
        self.permutations = prod(factorial(len(each)) for each in certificate.classes)
        if self.permutations > MOST_PERMUTATIONS:
            message = "the certificate's classes have too many permutations"
            raise Refused(message)
        self.classes = [[_part_of(system, certificate, name) for name in each] for each in certificate.classes]
        for members in self.classes:
            _alike(certificate, members)
        self.single = sorted(set(range(len(certificate.parts))) - {part for each in self.classes for part in each})
        self.levels: list[Vector] = []
        self.never: set[tuple[bool, Shape]] = set()
        """What is known to be true of no state, or of no step (True)."""
        super().__init__(system, semantics, certificate, allowance)

    # --- what is visited ----------------------------------------------------------------------------------------------

    def _places(self, sides: list[int]) -> int:
        in_classes = prod(comb(sides[each[0]] + len(each) - 1, len(each)) for each in self.classes)
        return in_classes * prod(sides[part] for part in self.single)

    def _numbers(self, members: list[int], keys: Vector) -> list[Vector]:
        return [keys // self.parts[part].stride % len(self.parts[part]) for part in members]

    def _visited_for(self, keys: Vector) -> Vector:
        found = keys.copy()
        for members in self.classes:
            numbers = self._numbers(members, keys)
            for part, before, after in zip(members, numbers, np.sort(np.stack(numbers), axis=0), strict=True):
                found += (after - before) * self.parts[part].stride
        return found

    def _place(self, keys: Vector) -> Vector:
        """Ascending numbers are a choice with repetition, and such choices are counted off by binomial coefficients."""
        place = np.zeros(len(keys), np.int64)
        for members in self.classes:
            side, many = len(self.parts[members[0]]), len(members)
            place *= comb(side + many - 1, many)
            for position, numbers in enumerate(self._numbers(members, keys)):
                choices = np.array([comb(number + position, position + 1) for number in range(side)], np.int64)
                place += choices[numbers]
        for part in self.single:
            place = place * len(self.parts[part]) + self._numbers([part], keys)[0]
        return place

    def _stands_for(self, keys: Vector) -> Vector:
        alike = np.ones(len(keys), np.int64)
        for members in self.classes:
            numbers = self._numbers(members, keys)
            run = np.ones(len(keys), np.int64)
            for before, after in pairwise(numbers):
                run = np.where(before == after, run + 1, 1)
                alike *= run
        return self.permutations // alike

    def _may_move_slabs(self) -> bool:
        return False

    def _noted(self, keys: Vector) -> Vector:
        self.levels.append(keys)
        return keys

    # --- what it shows ------------------------------------------------------------------------------------------------

    def _bit_by_bit(self) -> Iterator[Parted]:
        for level in self.levels:
            for _, states in self.chunks(level):
                self.allowance.look(self.seen.nbytes)
                yield states

    def _reached(self, spoken: tuple[int, ...]) -> Iterator[Parted]:
        if self.looks.combinations(spoken) > BLOCK:
            spoken = tuple(range(len(self.parts)))  # too many to be marked
        yield from super()._reached(spoken)

    def _shadow(self, spoken: tuple[int, ...]) -> Parted:
        """Return a state for each combination of some parts that is there in a representative."""
        there: Flags = np.zeros(self.looks.combinations(spoken), np.bool_)
        for states in self._bit_by_bit():
            there[states.combined(spoken)] = True
        return self.looks.taken_apart(spoken, np.flatnonzero(there))

    def ever(self, formula: Expression) -> bool:
        """Whether a formula is true in some reachable state, or on a step if it speaks of one.  Raises `Refused`."""
        if speaks_of_step(formula):
            return any(True for _ in self._steps(formula))
        if (False, self.interchange.shapes.of(formula)) in self.never:
            return False
        images = self.interchange.images(formula)
        if any(super(OrbitSpace, self).ever(image) for image in images):
            return True
        self._note(images, of_steps=False)
        return False

    def _steps(self, formula: Expression) -> Iterator[SystemAction]:
        """Yield actions on whose steps, from representatives, something is true that a formula becomes."""
        if (True, self.interchange.shapes.of(formula)) in self.never:
            return
        images, none = self.interchange.images(formula), True
        for image in images:
            for action in super()._steps(image):
                none = False
                yield action
        if none:
            self._note(images, of_steps=True)

    def _note(self, images: list[Expression], *, of_steps: bool) -> None:
        """Note that none of these is ever true."""
        self.never.update((of_steps, self.interchange.shapes.of(image)) for image in images)


def _part_of(system: System, certificate: NumberedOrbits, instance: str) -> int:
    """Return the part that has the variables of an instance and no other.  Raises `Refused`."""
    own = {name for name in system.sorts if name.partition(".")[0] == instance}
    for position, part in enumerate(certificate.parts):
        if own and set(part.variables) == own:
            return position
    message = f"{instance} is no part of the certificate"
    raise Refused(message)


def _alike(certificate: NumberedOrbits, members: list[int]) -> None:
    """Check that some parts have the same variables and local states in the same order.  Raises `Refused`."""
    listed = [certificate.parts[part] for part in members]
    names = {tuple(name.partition(".")[2] for name in part.variables) for part in listed}
    if len(names) > 1 or any(part.states != listed[0].states for part in listed):
        message = "the certificate lists interchanged instances differently"
        raise Refused(message)
