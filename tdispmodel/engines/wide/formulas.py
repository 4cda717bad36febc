"""Formulas about many states at once, looked up in tables instead of worked out.

A part of a formula that speaks of the whole and of at most one instance is worked out once for every *pair* of local
states that is met, the whole's and the instance's; for a state it is then one look.  What is left above these parts,
mostly conjunctions over the devices, is joined state by state; a comparison between instances is worked out on whole
states.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Protocol

import numpy as np

from tdispmodel.compiling.arrays import Batch, Flags, Words
from tdispmodel.compiling.parts import WHOLE, Local, Numbers, Parts
from tdispmodel.engines.wide.visited import TooWide
from tdispmodel.ir.expressions import And, Expression, Not, Or

FIRST_SIDE = 16
BYTES_OF_NUMBER = 200
"""For each local state: where its number is looked up."""


class Pairs:
    """The pairs of a local state of the whole and one of an instance, numbered as they are met."""

    def __init__(self, most: int) -> None:
        """``most`` bytes may be taken."""
        self.most = most
        self.whole: Numbers = np.zeros(0, np.int32)
        self.instance: Numbers = np.zeros(0, np.int32)
        self._index = np.full((FIRST_SIDE, FIRST_SIDE), -1, np.int32)

    def __len__(self) -> int:
        return len(self.whole)

    def memory(self) -> int:
        """Return how many bytes are in use."""
        return self._index.nbytes + self.whole.nbytes + self.instance.nbytes

    def of(self, whole: Numbers, instance: Numbers) -> Numbers:
        """Return the numbers of the pairs.  Raises `TooWide`."""
        if not len(whole):
            return np.zeros(0, np.int32)
        self._reach(int(whole.max()), int(instance.max()))
        found = self._index[whole, instance]
        new = np.flatnonzero(found < 0)
        if len(new):
            key = np.unique(whole[new].astype(np.int64) << 32 | instance[new])
            first, second = (key >> 32).astype(np.int32), (key & 0xFFFFFFFF).astype(np.int32)
            self._index[first, second] = np.arange(len(self), len(self) + len(key), dtype=np.int32)
            self.whole = np.concatenate([self.whole, first])
            self.instance = np.concatenate([self.instance, second])
            found = self._index[whole, instance]
        return found

    def _reach(self, whole: int, instance: int) -> None:
        sides = self._index.shape
        if whole >= sides[0] or instance >= sides[1]:
            needed = [max(side, 1 << last.bit_length()) for side, last in zip(sides, (whole, instance), strict=True)]
            if self._index.itemsize * needed[0] * needed[1] > self.most:
                message = "the local states make too many pairs"
                raise TooWide(message)
            wider = np.full(needed, -1, np.int32)
            wider[: sides[0], : sides[1]] = self._index
            self._index = wider


class Here:
    """Some states, by the numbers of their parts."""

    def __init__(self, tables: Tables, numbers: Sequence[Numbers]) -> None:
        self.tables = tables
        self.numbers = numbers
        self.count = len(numbers[WHOLE])
        self._pairs: dict[int, Numbers] = {}

    def pairs(self, instance: int) -> Numbers:
        """The number of each state's pair of the whole and an instance."""
        if instance not in self._pairs:
            known = self.tables.pairs[instance]
            self._pairs[instance] = known.of(self.numbers[WHOLE], self.numbers[instance])
        return self._pairs[instance]

    @cached_property
    def whole(self) -> Batch:
        """The whole states, for what cannot be looked up."""
        return Batch(self.tables.parts.packing, self.tables.parts.whole(self.numbers))

    def one(self, place: int) -> tuple[int, ...]:
        """Return the numbers of the parts of one of the states."""
        return tuple(int(each[place]) for each in self.numbers)


class Node(Protocol):
    """A formula that knows how to be evaluated."""

    def true(self, here: Here) -> Flags:
        """Return in which of the states it is true; what is returned must not be written to."""
        ...


class Tables:
    """The pairs of each instance, shared by instances that are alike."""

    def __init__(self, parts: Parts, most: int) -> None:
        """``most`` bytes may be taken by the pairs of each."""
        self.parts = parts
        self._batches: dict[int, tuple[int, int, Batch]] = {}
        alike: dict[int, Pairs] = {}
        self.pairs = {part: alike.setdefault(id(parts.local[part]), Pairs(most)) for part in parts.instances}

    def memory(self) -> int:
        """Return about how many bytes are in use."""
        local = {id(each): each.rows.nbytes + BYTES_OF_NUMBER * len(each) for each in self.parts.local}
        pairs = {id(each): each.memory() for each in self.pairs.values()}
        return sum(local.values()) + sum(pairs.values())

    def batch(self, instance: int, first: int, last: int) -> Batch:
        """Return states that look like some pairs; what other instances are in them means nothing."""
        known = self._batches.get(instance)
        if known is None or known[:2] != (first, last):
            known = self._batches[instance] = first, last, self.like(instance, np.arange(first, last, dtype=np.int32))
        return known[2]

    def like(self, part: int, numbers: Numbers) -> Batch:
        """Return states that look like some pairs of an instance, or like some local states of the whole."""
        if part == WHOLE:
            return like_whole(self.parts, numbers)
        pairs = self.pairs[part]
        rows: Words = np.zeros((len(numbers), self.parts.words), np.uint64)
        self.parts.spread(WHOLE, pairs.whole[numbers], rows)
        self.parts.spread(part, pairs.instance[numbers], rows)
        return Batch(self.parts.packing, rows)

    def node(self, formula: Expression) -> Node:
        """Return a formula about one state, ready to be evaluated."""
        support = self.parts.support(formula)
        if not support:
            return OfWhole(self.parts, formula)
        if len(support) == 1:
            return OfPair(self, next(iter(support)), formula)
        match formula:
            case Not(operand):
                return Negated(self.node(operand))
            case And(operands):
                return Joined(self._grouped(And, operands), np.logical_and)
            case Or(operands):
                return Joined(self._grouped(Or, operands), np.logical_or)
            case _:
                return OfAll(formula)

    def _grouped(self, join: type[And | Or], operands: Sequence[Expression]) -> list[Node]:
        """What speaks of the same instance is looked up together."""
        together: dict[frozenset[int], list[Expression]] = {}
        wide = []
        for operand in operands:
            support = self.parts.support(operand)
            if len(support) > 1:
                wide.append(operand)
            else:
                together.setdefault(support, []).append(operand)
        small = [join(tuple(each)) if len(each) > 1 else each[0] for each in together.values()]
        return [self.node(each) for each in (*small, *wide)]


def like_whole(parts: Parts, numbers: Numbers) -> Batch:
    """Return states that look like some local states of the whole; what instances are in them means nothing."""
    rows: Words = np.zeros((len(numbers), parts.words), np.uint64)
    parts.spread(WHOLE, numbers, rows)
    return Batch(parts.packing, rows)


class OfWhole:
    """A formula about the whole's own variables."""

    def __init__(self, parts: Parts, formula: Expression) -> None:
        self.parts = parts
        self.local: Local = parts.local[WHOLE]
        self.formula = formula
        self.table: Flags = np.zeros(0, np.bool_)

    def known(self) -> Flags:
        """Return of which local states it is true."""
        known = len(self.table)
        if known < len(self.local):
            new = like_whole(self.parts, np.arange(known, len(self.local), dtype=np.int32)).mask(self.formula)
            self.table = np.concatenate([self.table, new])
        return self.table

    def true(self, here: Here) -> Flags:
        """Look it up."""
        return self.known()[here.numbers[WHOLE]]


class OfPair:
    """A formula about the whole and one instance."""

    def __init__(self, tables: Tables, instance: int, formula: Expression) -> None:
        self.tables = tables
        self.instance = instance
        self.formula = formula
        self.table: Flags = np.zeros(0, np.bool_)
        self._ever = False

    def known(self) -> Flags:
        """Return of which pairs that were met it is true."""
        known, last = len(self.table), len(self.tables.pairs[self.instance])
        if known < last:
            new = self.tables.batch(self.instance, known, last).mask(self.formula)
            self.table = np.concatenate([self.table, new])
            self._ever = self._ever or bool(new.any())
        return self.table

    def true(self, here: Here) -> Flags:
        """Look it up; of most formulas that are watched for it is true of no pair that was met."""
        pairs = here.pairs(self.instance)
        table = self.known()
        return table[pairs] if self._ever else np.zeros(here.count, np.bool_)


class OfAll:
    """A formula that compares instances: worked out on whole states."""

    def __init__(self, formula: Expression) -> None:
        self.formula = formula

    def true(self, here: Here) -> Flags:
        """Work it out."""
        return here.whole.mask(self.formula)


class Negated:
    """The negation of a formula."""

    def __init__(self, inner: Node) -> None:
        self.inner = inner

    def true(self, here: Here) -> Flags:
        """Negate it."""
        return ~self.inner.true(here)


class Joined:
    """A conjunction or disjunction."""

    def __init__(self, parts: Sequence[Node], join: np.ufunc) -> None:
        self.parts = parts
        self.join = join

    def true(self, here: Here) -> Flags:
        """Join the parts."""
        found = self.parts[0].true(here)
        for part in self.parts[1:]:
            if self.join is np.logical_and and not found.any():
                break
            found = self.join(found, part.true(here))
        return found
