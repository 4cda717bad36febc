"""Start states found quickly against the definition, which tries every combination."""

from __future__ import annotations

import pickle
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.loading import load
from tdispmodel.engines.conformance.writing import Flag, system
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import FALSE, TRUE, Equal, Not, Or, conjunction, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty, SystemVariable
from tdispmodel.judging import judge
from tdispmodel.semantics import Scope, Semantics, TooManyStarts, ground, start_states
from tdispmodel.verdict import Answer
from tests.laws.random_systems import SORTS, Formulas, law

FREE = (False, True)


@st.composite
def beginnings(draw: st.DrawFn) -> System:
    """Draw variables that start in one to three ways, some written twice, and up to four start conditions."""
    variables = []
    for position in range(draw(st.integers(1, 6))):
        sort = draw(st.sampled_from(SORTS))
        initial = draw(st.lists(st.sampled_from(sort.values), min_size=1, max_size=3))
        variables.append(SystemVariable(f"x{position}", sort, tuple(initial)))
    formulas = Formulas(draw, tuple(variables))
    conditions = [formulas.formula(draw(st.integers(0, 2))) for _ in range(draw(st.integers(0, 4)))]
    initially = conjunction(*conditions)
    if draw(st.booleans()):
        initially = negation(Or(tuple(map(negation, conditions)))) if conditions else TRUE
    return System("beginning", tuple(variables), (), initially)


@law(400)
@given(beginnings())
def test_the_same_states_in_the_same_order(made: System) -> None:
    """Every start state of the definition is found once, in the definition's order, and nothing else."""
    semantics = Semantics(made)
    assert list(start_states(semantics)) == list(dict.fromkeys(semantics.initial_states()))


def test_sixteen_devices() -> None:
    """Each of sixteen devices is genuine or not, and conditions settle all that is free beside: 2 ** 16 start states.

    The definition would try 6 * 32 ** 16 combinations.
    """
    root = Path(__file__).resolve().parents[2]
    catalogue = Catalogue(root)
    model = load(catalogue, catalogue.proposals["status_quo"], with_properties=False).model
    found = list(start_states(Semantics(ground(model, Scope(16)))))
    assert len(found) == len(set(found)) == 2**16


def test_a_choice_spoils_no_other() -> None:
    """Forty pairs of flags that are far apart, of which each must be the same and not set: one start state, at once."""
    left, right = ([Flag(f"{side}{number}", FREE) for number in range(40)] for side in ("left", "right"))
    pairs = [Equal(one.now, other.now) for one, other in zip(left, right, strict=True)]
    made = replace(system("pairs", (*left, *right)), initially=conjunction(*pairs, *(Not(one.now) for one in right)))
    assert list(start_states(Semantics(made))) == [(False,) * 80]


@pytest.mark.parametrize("place", [0, 1, 39])
def test_no_start_state_is_found_out_at_once(place: int) -> None:
    """Where one of forty free flags may be neither set nor not, there is no start state, wherever it stands."""
    flags = [Flag(f"flag{number}", FREE) for number in range(40)]
    odd = flags[place].now
    made = replace(system("none", flags), initially=conjunction(*(Or((one.now, TRUE)) for one in flags), odd, Not(odd)))
    assert list(start_states(Semantics(made))) == []
    fixed = Flag("fixed")
    made = replace(system("none", (fixed, *flags)), initially=fixed.now)
    assert list(start_states(Semantics(made))) == []
    assert list(start_states(Semantics(replace(made, initially=FALSE)))) == []


def test_nothing_is_free() -> None:
    """A system whose variables start in one way has one start state, also without variables."""
    assert list(start_states(Semantics(system("one", (Flag("flag"),))))) == [(False,)]
    assert list(start_states(Semantics(system("empty", ())))) == [()]


def test_too_many() -> None:
    """Where one condition speaks of twenty-one free flags, more combinations are left than are tried; that travels."""
    flags = [Flag(f"flag{number}", FREE) for number in range(21)]
    made = replace(system("many", flags), initially=Or(tuple(flag.now for flag in flags)))
    with pytest.raises(TooManyStarts, match="more than 1000000 combinations of start values") as raised:
        next(start_states(Semantics(made)))
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)  # noqa: S301  # our own


def test_the_judge_follows() -> None:
    """Twenty-one free flags of which only equal ones may start are two states that the judge can look for as well."""
    flags = [Flag(f"flag{number}", FREE) for number in range(21)]
    equal = [Equal(one.now, other.now) for one, other in pairwise(flags)]
    made = replace(system("equal", flags), initially=conjunction(*equal))
    question = SystemProperty("equal", "", Kind.INVARIANT, equal[-1])
    (verdict,) = Explicit().answer(made, [question], Limits())
    assert verdict.answer is Answer.HOLDS
    assert verdict.space is not None
    assert verdict.space.states == 2
    assert judge(made, verdict).accepted
