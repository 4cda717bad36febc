"""Where each variable sits in a state that is packed into one integer.

Given the variables of a system; gives, for each, the bits it takes, and packs semantic states (booleans, integers,
names of enum members) into integers and back.  The code of a value is its position among the values of its sort; a
variable of one value takes no bits.  One integer a state hashes and compares faster than a tuple, and takes a tenth of
its memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tdispmodel.ir.sorts import Bounded, Value, size
from tdispmodel.ir.system import State, System, SystemVariable


@dataclass(frozen=True)
class Slot:
    """The bits of one variable: ``width`` of them from bit ``shift`` on."""

    variable: SystemVariable
    shift: int
    width: int

    @property
    def mask(self) -> int:
        """The slot's bits, in place."""
        return ((1 << self.width) - 1) << self.shift

    @cached_property
    def values(self) -> tuple[Value, ...]:
        """The value of each code; integers, of which there may be very many, are counted from the lowest instead."""
        return self.variable.sort.values

    @cached_property
    def codes(self) -> dict[Value, int]:
        """The code of each value."""
        return {value: code for code, value in enumerate(self.values)}

    def packed(self, value: Value) -> int:
        """Return ``value`` as bits in place; ``value`` must be one of the variable's."""
        sort = self.variable.sort
        code = int(value) - sort.low if isinstance(sort, Bounded) else self.codes[value]
        return code << self.shift

    def value(self, packed: int) -> Value:
        """Return the variable's value in a packed state."""
        sort = self.variable.sort
        code = (packed & self.mask) >> self.shift
        return sort.low + code if isinstance(sort, Bounded) else self.values[code]


class Layout:
    """The slots of a system's variables, in the system's order, the first variable in the lowest bits."""

    def __init__(self, system: System) -> None:
        slots: list[Slot] = []
        shift = 0
        for variable in system.variables:
            width = (size(variable.sort) - 1).bit_length()
            slots.append(Slot(variable, shift, width))
            shift += width
        self.slots: tuple[Slot, ...] = tuple(slots)
        self.bits = shift
        self.by_name: dict[str, Slot] = {slot.variable.name: slot for slot in slots}

    def pack(self, state: Sequence[Value]) -> int:
        """Return the integer of a semantic state."""
        return sum(slot.packed(value) for slot, value in zip(self.slots, state, strict=True))

    def unpack(self, packed: int) -> State:
        """Return the semantic state of an integer."""
        return tuple(slot.value(packed) for slot in self.slots)
