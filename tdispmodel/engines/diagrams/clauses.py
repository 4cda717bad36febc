"""An inductive invariant of few short clauses, made with the reachable states at hand.

Given a `Space` and what must be excluded; gives clauses that no reachable state breaks, that exclude it, and that
every action keeps.  A state to be excluded (one that is bad, or that a step leads out of the clauses so far) is
widened, variable by variable, as long as no reachable state comes in; its negation is the next clause.  This is how
IC3 learns (A. R. Bradley, "SAT-based model checking without unrolling", VMCAI 2011), except that here it is known what
is reachable, so that no clause is ever too strong.  The diagram itself would be an invariant too, but a far longer
one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from tdispmodel.engines.diagrams.encoding import Encoding, Set, number_now
from tdispmodel.engines.diagrams.exploring import Watch, union
from tdispmodel.engines.diagrams.moves import Move
from tdispmodel.engines.diagrams.ordering import instance_of
from tdispmodel.ir.expressions import Among, Boolean, Expression, Read, Value, conjunction, disjunction, negation
from tdispmodel.ir.sorts import size, value_of

MOST_CLAUSES = 400
"""More than these make no certificate that anybody would want to check."""
MOST_VALUES = 64
"""A variable of more values is limited to one value or not at all."""


class TooManyClauses(Exception):
    """No invariant of acceptable size was found; the message says how large is acceptable."""


Cube = dict[str, frozenset[int]]
"""States in which each of these variables has one of these values (by their codes); the other variables are free."""


class Clauses:
    """Invariants of one system: ``reached`` is closed under ``moves`` and contains the start states."""

    def __init__(self, encoding: Encoding, moves: Sequence[Move], reached: Set, watch: Watch) -> None:
        self.encoding = encoding
        self.moves = moves
        self.reached = reached
        self.watch = watch
        self.whole = encoding.all
        for name in encoding.order:
            self.whole &= encoding.has_some_value(name)

    def excluding(self, bad: Set) -> Expression:
        """Return an inductive invariant that no state of ``bad`` satisfies, of which none may be reachable.

        Raises `TooManyClauses`.
        """
        left = self.whole
        waiting = [bad]
        found: list[Cube] = []
        while waiting:
            wrong = waiting[-1] & left
            if not wrong.satisfiable():
                waiting.pop()
                continue
            self.watch.look(wrong)
            if len(found) == MOST_CLAUSES:
                message = f"no inductive invariant of at most {MOST_CLAUSES} clauses"
                raise TooManyClauses(message)
            cube = self._widened(self._cube(wrong))
            found.append(cube)
            states = self._states(cube)
            left &= ~states
            touched = {bit for name in cube for bit in self.encoding.places[name]}
            waiting += [move.before(states) for move in self.moves if not touched.isdisjoint(move.changed)]
        return conjunction(*map(self._clause, self._needed(found)))

    def separating(self, bad: Set) -> Expression:
        """Return one clause that no reached state breaks and some of ``bad`` do, none of which may be reached."""
        return self._clause(self._widened(self._cube(bad & self.whole)))

    def _cube(self, states: Set) -> Cube:
        """Some of the states, as many as one path through the diagram gives."""
        path = states.pick_cube() or []
        return {name: codes for name in self.encoding.order if (codes := self._codes(name, path)) is not None}

    def _codes(self, name: str, path: Sequence[bool | None]) -> frozenset[int] | None:
        """The values of a variable on a path; None when it is free."""
        bits = [path[number_now(bit)] for bit in self.encoding.places[name]]
        if all(bit is None for bit in bits):
            return None
        if self._values(name) > MOST_VALUES:
            return frozenset([sum(bool(bit) << shift for shift, bit in enumerate(bits))])
        return frozenset(
            code
            for code in range(self._values(name))
            if all(bit is None or bit == bool(code >> shift & 1) for shift, bit in enumerate(bits))
        )

    def _values(self, name: str) -> int:
        return size(self.encoding.sorts[name])

    def _condition(self, name: str, codes: Iterable[int]) -> Set:
        return union(self.encoding.none, (self.encoding.has_code(name, code) for code in sorted(codes)))

    def _states(self, cube: Cube) -> Set:
        found = self.encoding.all
        for name in reversed(cube):
            found &= self._condition(name, cube[name])
        return found

    # --- widening ---------------------------------------------------------------------------------------------------

    def _widened(self, cube: Cube) -> Cube:
        """The cube with as few and as wide conditions as keep all reachable states out."""
        for instance in sorted({instance_of(name) for name in cube}):
            smaller = {name: codes for name, codes in cube.items() if instance_of(name) != instance}
            if not (self.reached & self._states(smaller)).satisfiable():
                cube = smaller
        return self._relaxed(self._relaxed(cube, self._dropped), self._extended)

    def _relaxed(self, cube: Cube, relax: Callable[[str, frozenset[int], Set], frozenset[int] | None]) -> Cube:
        """Relax the condition on each variable: ``relax`` is given which reachable states the others leave."""
        names = list(cube)
        conditions = [self._condition(name, cube[name]) for name in names]
        following = [*accumulate(reversed(conditions), lambda one, other: one & other, initial=self.encoding.all)]
        found: Cube = {}
        before = self.reached
        for name, rest in zip(names, reversed(following[:-1]), strict=True):
            codes = relax(name, cube[name], before & rest)
            if codes is not None:
                found[name] = codes
                before &= self._condition(name, codes)
        return found

    def _dropped(self, _: str, codes: frozenset[int], others: Set) -> frozenset[int] | None:
        return codes if others.satisfiable() else None

    def _extended(self, name: str, codes: frozenset[int], others: Set) -> frozenset[int] | None:
        if self._values(name) > MOST_VALUES:
            return codes
        return frozenset(
            code
            for code in range(self._values(name))
            if code in codes or not (others & self.encoding.has_code(name, code)).satisfiable()
        )

    # --- what comes out ---------------------------------------------------------------------------------------------

    def _needed(self, cubes: Sequence[Cube]) -> list[Cube]:
        """The cubes without those that lie in the union of the others."""
        states = [self._states(cube) for cube in cubes]
        following = [*accumulate(reversed(states), lambda one, other: one | other, initial=self.encoding.none)]
        kept = []
        before = ~self.whole
        for cube, own, rest in zip(cubes, states, reversed(following[:-1]), strict=True):
            if (own & ~(before | rest)).satisfiable():
                kept.append(cube)
                before |= own
        return kept

    def _clause(self, cube: Cube) -> Expression:
        """The negation of a cube."""
        return disjunction(*(self._outside(name, codes) for name, codes in cube.items()))

    def _outside(self, name: str, codes: frozenset[int]) -> Expression:
        sort = self.encoding.sorts[name]
        read = Read(name, sort)
        inside = [value_of(code, sort) for code in sorted(codes)]
        if isinstance(sort, Boolean):
            return negation(read) if inside == [True] else read
        if len(inside) == 1 and self._values(name) > MOST_VALUES:
            return negation(Among(read, tuple(inside)))
        others: tuple[Value, ...] = tuple(value for value in sort.values if value not in inside)
        return Among(read, others)
