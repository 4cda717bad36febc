"""Conditions on a state, made of nothing but atoms "this variable has one of these values".

`Conditions` builds them: atoms, "every" and "some" of parts, negation.  A value is meant by its code, its position
among the values of its sort; a set of values is an integer with one bit per code.  Equal conditions are one object,
parts of them are shared, no negation is left (the complement of an atom is an atom), and parts about one variable are
joined, so a formula about one variable is always a single atom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOST_NODES = 200_000
"""How many different conditions one builder makes; who needs more should use another way."""


class TooLarge(Exception):
    """A system or formula cannot be put into this form within bounds; the message says what is too large."""


@dataclass(frozen=True, eq=False)
class Atom:
    """Variable number ``variable`` has one of ``values``: neither none nor all of them."""

    variable: int
    values: int


@dataclass(frozen=True, eq=False)
class Every:
    """All parts are true; without parts it is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, eq=False)
class Some:
    """At least one part is true; without parts it is false."""

    parts: tuple[Condition, ...]


Condition = Atom | Every | Some

Cube = Mapping[int, int]
"""A product of sets: for each variable that is limited, the set of its values; others are free."""


class Conditions:
    """Builds the conditions over variables with so many values each."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = tuple(sizes)
        self.true = Every(())
        self.false = Some(())
        self._numbers: dict[Condition, int] = {self.true: 0, self.false: 1}
        self._known: dict[tuple[object, ...], Condition] = {}
        self._negations: dict[Condition, Condition] = {self.true: self.false, self.false: self.true}

    def full(self, variable: int) -> int:
        """Return the set of all values of a variable."""
        return (1 << self.sizes[variable]) - 1

    def atom(self, variable: int, values: int) -> Condition:
        """Return the condition that the variable has one of the values."""
        if not values:
            return self.false
        return self.true if values == self.full(variable) else self._unique((variable, values), Atom(variable, values))

    def every(self, parts: Iterable[Condition]) -> Condition:
        """Return the conjunction.  Raises `TooLarge`."""
        sets: dict[int, int] = {}
        rest: dict[int, Condition] = {}
        for part in parts:
            for piece in part.parts if isinstance(part, Every) else (part,):
                if piece is self.false:
                    return piece
                if isinstance(piece, Atom):
                    sets[piece.variable] = sets.get(piece.variable, -1) & piece.values
                else:
                    rest[self._numbers[piece]] = piece
        if not all(sets.values()):
            return self.false
        return self._joined(Every, sets, rest)

    def some(self, parts: Iterable[Condition]) -> Condition:
        """Return the disjunction.  Raises `TooLarge`."""
        sets: dict[int, int] = {}
        rest: dict[int, Condition] = {}
        for part in parts:
            for piece in part.parts if isinstance(part, Some) else (part,):
                if piece is self.true:
                    return piece
                if isinstance(piece, Atom):
                    sets[piece.variable] = sets.get(piece.variable, 0) | piece.values
                else:
                    rest[self._numbers[piece]] = piece
        if any(values == self.full(variable) for variable, values in sets.items()):
            return self.true
        return self._joined(Some, sets, rest)

    def negation(self, condition: Condition) -> Condition:
        """Return the negation.  Raises `TooLarge`."""
        known = self._negations.get(condition)
        if known is None:
            match condition:
                case Atom(variable, values):
                    known = self.atom(variable, self.full(variable) & ~values)
                case Every(parts):
                    known = self.some(map(self.negation, parts))
                case Some(parts):
                    known = self.every(map(self.negation, parts))
            self._negations[condition] = known
            self._negations[known] = condition
        return known

    def choice(self, test: Condition, then: Condition, otherwise: Condition) -> Condition:
        """Return ``then`` where ``test`` is true, ``otherwise`` elsewhere.  Raises `TooLarge`."""
        if then is otherwise:
            return then
        return self.some([self.every([test, then]), self.every([self.negation(test), otherwise])])

    def limited(self, condition: Condition, cube: Cube) -> Condition:
        """Return what is left of the condition in the states of the cube.  Raises `TooLarge`."""
        done: dict[Condition, Condition] = {}

        def left(part: Condition) -> Condition:
            known = done.get(part)
            if known is None:
                match part:
                    case Atom(variable, values):
                        inside = cube.get(variable, self.full(variable))
                        none, whole = not values & inside, not inside & ~values
                        known = self.false if none else self.true if whole else part
                    case Every(parts):
                        known = self.every(map(left, parts))
                    case Some(parts):
                        known = self.some(map(left, parts))
                done[part] = known
            return known

        return left(condition)

    def moved(self, condition: Condition, place: Sequence[int], done: dict[Condition, Condition]) -> Condition:
        """Return the condition with variable number v replaced by number ``place[v]``, of the same size.

        ``done`` remembers what was moved by the same ``place`` before.  Raises `TooLarge`.
        """
        known = done.get(condition)
        if known is None:
            match condition:
                case Atom(variable, values):
                    known = self.atom(place[variable], values)
                case Every(parts):
                    known = self.every(self.moved(part, place, done) for part in parts)
                case Some(parts):
                    known = self.some(self.moved(part, place, done) for part in parts)
            done[condition] = known
        return known

    def _joined(self, kind: type[Every | Some], sets: dict[int, int], rest: dict[int, Condition]) -> Condition:
        """Atoms in the order of their variables, then the other parts in the order in which they were made."""
        parts = [self.atom(variable, sets[variable]) for variable in sorted(sets)]
        parts += [rest[number] for number in sorted(rest)]
        if not parts:
            return self.true if kind is Every else self.false
        if len(parts) == 1:
            return parts[0]
        return self._unique((kind, *parts), kind(tuple(parts)))

    def _unique(self, key: tuple[object, ...], made: Condition) -> Condition:
        known = self._known.setdefault(key, made)
        if known is made:
            if len(self._known) > MOST_NODES:
                message = f"it has more than {MOST_NODES} different conditions on single variables"
                raise TooLarge(message)
            self._numbers[made] = len(self._numbers)
        return known


def holds(condition: Condition, state: Sequence[int]) -> bool:
    """Return whether the condition is true in the state with these codes."""
    match condition:
        case Atom(variable, values):
            return bool(values >> state[variable] & 1)
        case Every(parts):
            return all(holds(part, state) for part in parts)
        case Some(parts):
            return any(holds(part, state) for part in parts)
