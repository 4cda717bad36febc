"""Packing states into integers."""

from __future__ import annotations

from hypothesis import given, strategies as st

from tdispmodel.compiling.layout import Layout
from tdispmodel.compiling.successors import Compiled
from tdispmodel.ir.expressions import BOOLEAN, Bounded, Enumeration
from tdispmodel.ir.system import System, SystemVariable
from tests.laws.random_systems import law, systems


def test_slots_take_as_many_bits_as_their_values_need() -> None:
    """Two, three, five and one values take 1, 2, 3 and 0 bits, one after the other."""
    variables = (
        SystemVariable("a", BOOLEAN, (False,)),
        SystemVariable("b", Enumeration("B", ("P", "Q", "R")), ("P",)),
        SystemVariable("c", Bounded(-2, 2), (0,)),
        SystemVariable("d", Bounded(7, 7), (7,)),
    )
    layout = Layout(System("packed", variables, ()))
    assert [(slot.shift, slot.width) for slot in layout.slots] == [(0, 1), (1, 2), (3, 3), (6, 0)]
    # a is 1, b is the third value in bits 1 and 2, c is the fifth in bits 3 to 5
    assert layout.pack((True, "R", 2, 7)) == 1 | 2 << 1 | 4 << 3


@law(40)
@given(systems(), st.data())
def test_unpacking_undoes_packing(system: System, data: st.DataObject) -> None:
    """Any state, reachable or not, comes back from its integer, by the slots and by the generated function."""
    layout = Layout(system)
    state = tuple(data.draw(st.sampled_from(variable.sort.values)) for variable in system.variables)
    packed = layout.pack(state)
    assert layout.unpack(packed) == state
    assert Compiled(system).unpack(packed) == state
    assert packed < 1 << layout.bits or layout.bits == 0
