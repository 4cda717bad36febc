"""Going through very many states as bits: where parts look few ways, all states that look alike take a step at once.

Given a `NumberedSpace` before it was gone through; `Slabs` finds the same states, steps and levels, in less time.  The
local states of one part are the bits of words, those of the others say which word.  An action that speaks of a few
parts is worked out once for each look of these that is there on some level, by the judge's own evaluation of formulas;
then all states that look like it move together: words from one slab to another, and bits by as much as their numbers
differ.  An action that speaks of more is taken state by state.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from tdispmodel.ir.system import SystemAction
from tdispmodel.judging.vectors import Flags, Parted, Vector

if TYPE_CHECKING:
    from tdispmodel.judging.numbered import NumberedSpace

WORD = 64
MOST_LOOKS = 1 << 11
"""An action is worked out for so many looks of the parts of which it speaks, at most."""
LEAST_PLACES = 1 << 18
"""With fewer combinations of local states nothing is gained."""
LEAST_SLAB = 1 << 9
"""Words that should move together."""
PIECE = 1 << 12
"""Words of which the bits are looked at together."""


Corner = tuple[int | None, ...]
"""For each axis one number, or all of them."""


@dataclass
class _Together:
    """Actions that speak of the same parts, and what is known of each look of these: how many steps, and to where."""

    spoken: tuple[int, ...]
    actions: list[SystemAction] = field(default_factory=list)
    known: Flags = field(default_factory=lambda: np.zeros(0, np.bool_))
    steps: Vector = field(default_factory=lambda: np.zeros(0, np.int64))
    moves: list[tuple[int, int]] = field(default_factory=list)


def worthwhile(space: NumberedSpace) -> bool:
    """Whether there are many combinations of local states, but few of those of which most actions speak."""
    sides = [len(part) for part in space.parts]
    if len(sides) < 2 or prod(sides) < LEAST_PLACES:
        return False
    spoken = {_spoken(space, action) for action in space.actions}
    few = [each for each in spoken if space.looks.combinations(each) <= MOST_LOOKS]
    slabs = [prod(sides) // space.looks.combinations(each) // WORD for each in few]
    return len(few) >= len(spoken) - 1 and all(slab >= LEAST_SLAB for slab in slabs)


def _spoken(space: NumberedSpace, action: SystemAction) -> tuple[int, ...]:
    """Return the parts of which an action speaks, or which it changes."""
    nothing = space.nothing
    said = [nothing.spoken(action.guard), *(nothing.spoken(each.value) for each in action.assignments)]
    changed = {space.part_of[each.variable] for each in action.assignments}
    return tuple(sorted(changed.union(*said)))


class Slabs:
    """The states on a level, and all that were seen, as words."""

    def __init__(self, space: NumberedSpace) -> None:
        self.space = space
        self.sides = [len(part) for part in space.parts]
        self.last = max(range(len(self.sides)), key=self.sides.__getitem__)
        self.axes = [part for part in range(len(self.sides)) if part != self.last]
        self.words = -(-self.sides[self.last] // WORD)
        self.shape = (*(self.sides[part] for part in self.axes), self.words)
        together: dict[tuple[int, ...], _Together] = {}
        self.alone: list[SystemAction] = []
        for action in space.actions:
            spoken = _spoken(space, action)
            if space.looks.combinations(spoken) <= MOST_LOOKS:
                together.setdefault(spoken, _Together(spoken)).actions.append(action)
            else:
                self.alone.append(action)
        self.together = list(together.values())
        for each in self.together:
            looks = space.looks.combinations(each.spoken)
            each.known, each.steps = np.zeros(looks, np.bool_), np.zeros(looks, np.int64)
        space.allowance.look(self._bytes())
        self.seen, self.here, self.next = (np.zeros(self.shape, np.uint64) for _ in range(3))

    def _bytes(self) -> int:
        return 3 * 8 * prod(self.shape) + self.space.seen.nbytes

    def explored(self, starts: Vector) -> tuple[int, int, int]:
        """Go through all that is reachable; return how many states, steps and levels there are.

        The places of the space are marked.  Raises `Refused`, and `Undecided` when it takes more than it may.
        """
        self._add(self.here, starts)
        self.seen |= self.here
        states, steps, levels = counted(self.here), 0, 0
        while self.here.any():
            levels += 1
            self.next[...] = 0
            for each in self.together:
                self.space.allowance.look(self._bytes())
                there = self._looks(each)
                self._work_out(each, np.flatnonzero(there & ~each.known))
                self._move(each, there)
            for action in self.alone:
                steps += self._take(action)
            self.next &= ~self.seen
            self.seen |= self.next
            self.here, self.next = self.next, self.here
            states += counted(self.here)
        self._mark()
        return states, steps + sum(self._steps(each) for each in self.together), levels

    # --- states as bits -----------------------------------------------------------------------------------------------

    def _add(self, words: Vector, keys: Vector) -> None:
        """Put states into words."""
        local = self.space.taken_apart(keys)
        place = np.zeros(len(keys), np.int64)
        for part in self.axes:
            place = place * self.sides[part] + local[part]
        word, bit = np.divmod(local[self.last].astype(np.int64), WORD)
        np.bitwise_or.at(
            words.reshape(-1), place * self.words + word, np.left_shift(np.uint64(1), bit.astype(np.uint64))
        )

    def _listed(self, words: Vector) -> Iterator[Vector]:
        """Yield the states that are in words."""
        flat = words.reshape(-1)
        places = np.flatnonzero(flat != 0)
        strides = [self.space.parts[part].stride for part in self.axes]
        for first in range(0, len(places), PIECE):
            some = places[first : first + PIECE]
            rows, bits = np.divmod(np.flatnonzero(bits_of(flat[some])), WORD)
            place, word = np.divmod(some[rows], self.words)
            keys = (word * WORD + bits) * self.space.parts[self.last].stride
            for part, stride in zip(reversed(self.axes), reversed(strides), strict=True):
                place, number = np.divmod(place, self.sides[part])
                keys += number * stride
            yield keys

    def _mark(self) -> None:
        """Mark in the space what was seen."""
        marked = np.moveaxis(self.space.seen.reshape(self.sides), self.last, -1)
        for place in np.ndindex(*(self.sides[part] for part in self.axes[:2])):
            marked[place] = bits_of(self.seen[place])[..., : self.sides[self.last]]

    # --- actions ------------------------------------------------------------------------------------------------------

    def _looks(self, each: _Together) -> Flags:
        """Return which looks of some parts there are on the level."""
        others = tuple(axis for axis, part in enumerate(self.axes) if part not in each.spoken)
        words = np.bitwise_or.reduce(self.here, axis=others)
        if self.last not in each.spoken:
            return np.asarray((words != 0).any(axis=-1)).reshape(-1)
        there = bits_of(words)[..., : self.sides[self.last]]
        return np.ascontiguousarray(np.moveaxis(there, -1, each.spoken.index(self.last))).reshape(-1)

    def _work_out(self, each: _Together, new: Vector) -> None:
        """Find out what actions do in looks that were not there before."""
        if not len(new):
            return
        each.known[new] = True
        space = self.space
        states: Parted = space.looks.taken_apart(each.spoken, new)
        keys = np.zeros(len(new), np.int64)
        for part in each.spoken:
            keys += states.local[part] * space.parts[part].stride
        for action in each.actions:
            source = np.flatnonzero(states.value(action.guard))
            if len(source):
                after = Parted(space.looks, space.taken_apart(space.after(keys[source], states.those(source), action)))
                each.steps[new[source]] += 1
                each.moves += zip(new[source].tolist(), after.combined(each.spoken).tolist(), strict=True)
        each.moves = sorted({(before, after) for before, after in each.moves if before != after})

    def _move(self, each: _Together, looks: Flags) -> None:
        """Take the steps of all states that look alike."""
        shifted: dict[tuple[Corner, Corner, int], int] = {}
        for before, after in each.moves:
            if not looks[before]:
                continue
            (here, bit), (there, to) = self._corner(each.spoken, before), self._corner(each.spoken, after)
            if bit is None or to is None:
                self.next[slab(there)] |= self.here[slab(here)]
            else:
                where = (*here, bit // WORD), (*there, to // WORD), to % WORD - bit % WORD
                shifted[where] = shifted.get(where, 0) | 1 << bit % WORD
        for (here, there, shift), mask in shifted.items():
            moved = self.here[slab(here)] & np.uint64(mask)
            if shift >= 0:
                self.next[slab(there)] |= np.left_shift(moved, np.uint64(shift))
            else:
                self.next[slab(there)] |= np.right_shift(moved, np.uint64(-shift))

    def _corner(self, spoken: Sequence[int], look: int) -> tuple[Corner, int | None]:
        """Return where the states that look so are, and at which bit if they speak of the part that has the bits."""
        local: dict[int, int] = {}
        for part in reversed(spoken):
            look, local[part] = divmod(look, self.sides[part])
        bit = local.pop(self.last, None)
        corner = tuple(local.get(part) for part in self.axes)
        return corner if bit is not None else (*corner, None), bit

    def _take(self, action: SystemAction) -> int:
        """Take an action from one state after the other; return from how many."""
        space, steps = self.space, 0
        for keys in self._listed(self.here):
            for some, states in space.chunks(keys):
                space.allowance.look(self._bytes())
                source = np.flatnonzero(states.value(action.guard))
                steps += len(source)
                if len(source):
                    self._add(self.next, space.after(some[source], states.those(source), action))
        return steps

    def _steps(self, each: _Together) -> int:
        """Return how many steps of some actions there are from all states that were seen."""
        others = tuple(part for part in range(len(self.sides)) if part not in each.spoken)
        many = self.space.seen.reshape(self.sides).sum(axis=others, dtype=np.int64).reshape(-1)
        return int(many @ each.steps)


def slab(corner: Corner) -> tuple[int | slice, ...]:
    """Return what picks the words of some states."""
    return tuple(slice(None) if each is None else each for each in corner)


def bits_of(words: Vector) -> Flags:
    """Return the bits of words, the least significant first, along the last axis, word after word."""
    little = np.ascontiguousarray(words).astype("<u8", copy=False)
    return np.unpackbits(little.view(np.uint8), axis=-1, bitorder="little").view(np.bool_)


def counted(words: Vector) -> int:
    """Return how many bits are set."""
    flat = words.reshape(-1)
    full = flat[flat != 0]
    return sum(int(np.count_nonzero(bits_of(full[first : first + PIECE]))) for first in range(0, len(full), PIECE))
