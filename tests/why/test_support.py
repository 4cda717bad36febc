"""On which variables the value of a formula rests."""

from __future__ import annotations

from hypothesis import given, strategies as st

from tdispmodel.ir.expressions import And, Expression, If, Literal, Not, Or, Read
from tdispmodel.ir.system import System, SystemVariable
from tdispmodel.semantics import Semantics
from tdispmodel.semantics.support import support
from tests.laws.random_systems import Formulas, law, systems
from tests.reports.samples import BOOLEAN

A, B, C = (Read(name, BOOLEAN) for name in "abc")
SYSTEM = System("three", tuple(SystemVariable(name, BOOLEAN, (False, True)) for name in "abc"), ())


def rests_on(formula: Expression, a: bool, b: bool, c: bool = False) -> str:
    """Return the names of the variables on which a formula rests where they have these values."""
    return "".join(read.name for read in support(Semantics(SYSTEM), formula, (a, b, c)))


def test_one_decisive_part_is_enough() -> None:
    """A true disjunction rests on one true part and a false conjunction on one false part; else all parts count."""
    assert "b" == rests_on(Or((A, B)), False, True)
    assert "ab" == rests_on(Or((A, B)), False, False)
    assert "a" == rests_on(And((A, B)), False, True)
    assert "ab" == rests_on(And((A, B)), True, True)


def test_the_smallest_decisive_part_is_taken() -> None:
    """Of two true parts the one that rests on fewer variables is taken, whichever comes first."""
    assert "c" == rests_on(Or((And((A, B)), C)), True, True, True)


def test_negations_and_choices() -> None:
    """A negation rests on what its operand rests on; a choice on its condition and the branch that is taken."""
    assert "a" == rests_on(Not(And((A, B))), False, True)
    assert "ab" == rests_on(If(A, B, C), True, False)
    assert "ac" == rests_on(If(A, B, C), False, False)
    assert "" == rests_on(Or((A, Literal(True, BOOLEAN))), True, True)


@given(st.data())
@law(100)
def test_nothing_else_matters(data: st.DataObject) -> None:
    """Whatever the other variables are, a formula has the same value: all states that agree on the reads were tried."""
    system = data.draw(systems())
    semantics = Semantics(system)
    formula = Formulas(data.draw, system.variables).formula(3)
    everything = [variable.sort.values for variable in system.variables]
    state = tuple(data.draw(st.sampled_from(values)) for values in everything)
    reads = {read.name for read in support(semantics, formula, state)}
    value = semantics.value(formula, state)
    for position, variable in enumerate(system.variables):
        if variable.name not in reads:
            state = (*state[:position], data.draw(st.sampled_from(variable.sort.values)), *state[position + 1 :])
    assert value == semantics.value(formula, state)
