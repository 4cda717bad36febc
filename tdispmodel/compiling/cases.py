"""Action instances split into cases: where a product of sets of values is the guard and every update is a constant.

Given a `Lowered` system and one of its moves, `cases` gives cases no two of which are possible in the same state, and
one of which is possible wherever the move is.  With ``copies`` an update may also be a table of the values of one
variable (``x := y``, ``x := x + 1``), which needs no case per value.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tdispmodel.compiling.conditions import Atom, Condition, Conditions, Cube, Every, TooLarge
from tdispmodel.compiling.lowering import Lowered, Move

MOST_CASES = 4096
"""How many cases one move may be split into."""


@dataclass(frozen=True)
class Copy:
    """The new code is ``table[code of source]``, None for codes that the source does not have under the guard."""

    source: int
    table: tuple[int | None, ...]


@dataclass(frozen=True)
class Case:
    """In the states of ``guard`` the move leads to the state in which ``updates`` have been made, all at once.

    An update is a code, or a `Copy` of what a variable was before.
    """

    move: Move
    guard: Cube
    updates: dict[int, int | Copy]

    def possible(self, state: tuple[int, ...]) -> bool:
        """Whether the guard is true in the state with these codes."""
        return all(values >> state[variable] & 1 for variable, values in self.guard.items())

    def after(self, state: tuple[int, ...]) -> tuple[int, ...]:
        """Return the codes after the case, which must be possible."""
        codes = list(state)
        for variable, update in self.updates.items():
            code = update if isinstance(update, int) else update.table[state[update.source]]
            if code is None:
                message = "the case is not possible in this state"
                raise ValueError(message)
            codes[variable] = code
        return tuple(codes)


def cases(lowered: Lowered, move: Move, *, copies: bool = False, most: int = MOST_CASES) -> list[Case]:
    """Return the cases of a move.  Raises `TooLarge` when it would have to be split in two more than ``most`` times."""
    return list(_Splitting(lowered.conditions, move, copies, most).cases())


class _Splitting:
    """The work on one move; ``left`` is how often it may still split in two."""

    def __init__(self, conditions: Conditions, move: Move, copies: bool, most: int) -> None:
        self.conditions = conditions
        self.move = move
        self.copies = copies
        self.most = self.left = most

    def cases(self) -> Iterator[Case]:
        """Yield the cases."""
        for guard in self.cubes(self.move.guard, {}):
            yield from self.updated(guard, list(self.move.effects.items()), {})

    def cubes(self, condition: Condition, cube: Cube) -> Iterator[Cube]:
        """Yield disjoint cubes that together are the part of ``cube`` where the condition is true."""
        left = self.conditions.limited(condition, cube)
        sure = [left] if isinstance(left, Atom) else left.parts if isinstance(left, Every) else ()
        atoms = [part for part in sure if isinstance(part, Atom)]
        if atoms:
            inside = dict(cube)
            for atom in atoms:
                inside[atom.variable] = inside.get(atom.variable, -1) & atom.values
            yield from self.cubes(left, inside)
        elif left is self.conditions.true:
            yield cube
        elif left is not self.conditions.false:
            for half in self.halves(left, cube):
                yield from self.cubes(left, half)

    def updated(
        self, cube: Cube, waiting: list[tuple[int, dict[int, Condition]]], updates: dict[int, int | Copy]
    ) -> Iterator[Case]:
        """Yield the cases in ``cube``, where ``updates`` are known and ``waiting`` are the effects that are not."""
        if not waiting:
            yield Case(self.move, cube, updates)
            return
        (variable, effect), *others = waiting
        left = {code: self.conditions.limited(condition, cube) for code, condition in effect.items()}
        left = {code: condition for code, condition in left.items() if condition is not self.conditions.false}
        update = self.update(left)
        if update is not None:
            yield from self.updated(cube, others, {**updates, variable: update})
            return
        for half in self.halves(next(iter(left.values())), cube):
            yield from self.updated(half, waiting, updates)

    def update(self, left: dict[int, Condition]) -> int | Copy | None:
        """Return what is assigned where each code has the condition that is left, if it can be said in one update."""
        if len(left) == 1:
            return next(iter(left))
        atoms = [condition for condition in left.values() if isinstance(condition, Atom)]
        sources = {atom.variable for atom in atoms}
        if not self.copies or len(atoms) < len(left) or len(sources) > 1:
            return None
        (source,) = sources
        table: list[int | None] = [None] * self.conditions.sizes[source]
        for code, atom in zip(left, atoms, strict=True):
            for value in range(len(table)):
                if atom.values >> value & 1:
                    table[value] = code
        return Copy(source, tuple(table))

    def halves(self, condition: Condition, cube: Cube) -> Iterator[Cube]:
        """Yield the part of the cube where the first atom of an undecided condition is true, and the other part."""
        self.left -= 1
        if self.left < 0:
            message = f"{self.move.action.name} has more than {self.most} cases"
            raise TooLarge(message)
        first = condition
        while not isinstance(first, Atom):
            first = first.parts[0]
        inside = cube.get(first.variable, self.conditions.full(first.variable))
        yield {**cube, first.variable: inside & first.values}
        yield {**cube, first.variable: inside & ~first.values}
