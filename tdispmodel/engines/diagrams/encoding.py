"""Sets of states as binary decision diagrams: which bits each variable takes, and what sets and states are in them.

Given a system and how many nodes there may be; gives an `Encoding`.  A value is its position among the values of its
sort, in binary.  Beside each bit stands a second one for its value after a step, used only by updates that cannot do
without (see `moves`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from oxidd.bdd import BDDFunction, BDDManager

from tdispmodel.engines.diagrams.ordering import ordered
from tdispmodel.ir.sorts import Sort, Value, code_of, size, value_of
from tdispmodel.ir.system import State, System

Set = BDDFunction
"""A set of states (or a condition on them, which is the same)."""

CACHE_SHARE = 4
"""Of so many nodes one has a place in the cache of operations."""


def width(sort: Sort) -> int:
    """Return how many bits the code of a value takes: none when there is but one."""
    return (size(sort) - 1).bit_length()


def bits_of(system: System) -> int:
    """Return how many bits a state takes."""
    return sum(width(variable.sort) for variable in system.variables)


class Encoding:
    """The variables of a system as bits of decision diagrams.

    ``now`` and ``later`` are the bits before and after a step, by number; ``places`` gives the numbers of a variable's
    bits, the lowest first.  Every operation may raise `oxidd.util.DDMemoryError`, a `MemoryError`, when there is no
    room for another node; what was built before stays as it was.
    """

    def __init__(self, system: System, capacity: int) -> None:
        self.system = system
        self.manager = BDDManager(capacity, capacity // CACHE_SHARE, 1)
        self.none, self.all = self.manager.false(), self.manager.true()
        self.sorts = system.sorts
        self.order = ordered(system)
        self.places: dict[str, range] = {}
        self.bits = 0
        for name in self.order:
            self.places[name] = range(self.bits, self.bits + width(self.sorts[name]))
            self.bits += len(self.places[name])
        self.manager.add_vars(2 * self.bits)
        self.now = [self.manager.var(number_now(bit)) for bit in range(self.bits)]
        self.later = [self.manager.var(number_later(bit)) for bit in range(self.bits)]

    # --- sets ---------------------------------------------------------------------------------------------------------

    def has_code(self, name: str, code: int) -> Set:
        """Return the states in which a variable has the value at this position."""
        found = self.all
        for shift, bit in reversed(list(enumerate(self.places[name]))):
            found &= self.now[bit] if code >> shift & 1 else ~self.now[bit]
        return found

    def has_value(self, name: str, values: Iterable[Value]) -> Set:
        """Return the states in which a variable has one of these values, which must be of its sort."""
        found = self.none
        for value in values:
            found |= self.has_code(name, code_of(value, self.sorts[name]))
        return found

    def has_some_value(self, name: str) -> Set:
        """Return the combinations of bits in which a variable has a value at all: not every code need be one."""
        last = size(self.sorts[name]) - 1
        found = self.all
        for shift, bit in enumerate(self.places[name]):
            found = ~self.now[bit] | found if last >> shift & 1 else ~self.now[bit] & found
        return found

    def one(self, state: State) -> Set:
        """Return the set of this state alone."""
        found = self.all
        for name in reversed(self.order):
            found &= self.has_value(name, [state[self.system.index[name]]])
        return found

    def variables(self, bits: Iterable[int]) -> Set:
        """Return the conjunction of some bits, which is how a set of bits is given to a quantifier."""
        found = self.all
        for bit in sorted(bits, reverse=True):
            found &= self.now[bit]
        return found

    def support(self, states: Set) -> set[int]:
        """Return the bits (before the step) on which membership depends."""
        seen: set[Set] = set()
        found: set[int] = set()
        stack = [states]
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            below = node.cofactors()
            if below is not None:
                found.add((node.node_var() or 0) // 2)
                stack += below
        return found

    # --- states -------------------------------------------------------------------------------------------------------

    def count(self, states: Set) -> int:
        """Return how many states are in the set, which must hold no code that is no value."""
        return states.sat_count(2 * self.bits) >> self.bits

    def pick(self, states: Set) -> State:
        """Return a state of the set, always the same one; the set must not be empty."""
        cube = states.pick_cube()
        if cube is None:
            message = "there is no state in an empty set"
            raise ValueError(message)
        return self._decoded({bit: bool(cube[number_now(bit)]) for bit in range(self.bits)})

    def listed(self, states: Set) -> tuple[State, ...]:
        """Return all states of the set, which must hold no code that is no value."""
        return _Listing(self).of(states)

    def _decoded(self, bits: dict[int, bool]) -> State:
        values: dict[str, Value] = {}
        for name in self.order:
            code = sum(bits[bit] << shift for shift, bit in enumerate(self.places[name]))
            values[name] = value_of(code, self.sorts[name])
        return tuple(values[variable.name] for variable in self.system.variables)


class _Listing:
    """The states of a set, written out: what follows a node is listed once however many ways lead there."""

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        index = encoding.system.index
        order = {name: place for place, name in enumerate(encoding.order)}
        self.places = [order[name] for name in sorted(index, key=index.__getitem__)]

    def of(self, states: Set) -> tuple[State, ...]:
        nodes = {states} if states.satisfiable() else set()
        choices = []
        for name in self.encoding.order:
            values = {node: list(self._values(name, node)) for node in nodes}
            choices.append(values)
            nodes = {below for ways in values.values() for _, below in ways}
        rows: dict[Set, list[tuple[Value, ...]]] = {node: [()] for node in nodes}
        for values in reversed(choices):
            rows = {
                node: [(value, *rest) for value, below in ways for rest in rows[below]] for node, ways in values.items()
            }
        return tuple(tuple(row[place] for place in self.places) for row in rows.get(states, ()))

    def _values(self, name: str, node: Set) -> Iterator[tuple[Value, Set]]:
        """The values that a variable may have at a node, each with the node that follows."""
        ways = [(0, node)]
        for shift, bit in enumerate(self.encoding.places[name]):
            further = []
            for code, here in ways:
                both = here.cofactors() if here.node_var() == number_now(bit) else None
                yes, no = (here, here) if both is None else both
                further += [(code, no)] if no.satisfiable() else []
                further += [(code | 1 << shift, yes)] if yes.satisfiable() else []
            ways = further
        sort = self.encoding.sorts[name]
        for code, below in sorted(ways, key=lambda way: way[0]):
            yield value_of(code, sort), below


def number_now(bit: int) -> int:
    """Return the number, in the diagrams, of a bit before the step."""
    return 2 * bit


def number_later(bit: int) -> int:
    """Return the number, in the diagrams, of a bit after the step."""
    return 2 * bit + 1
