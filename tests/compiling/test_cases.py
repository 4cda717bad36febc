"""Moves lowered to conditions, and split into cases, mean what the reference semantics says."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, strategies as st

from tdispmodel.compiling.cases import Copy, cases
from tdispmodel.compiling.conditions import Atom, TooLarge, holds
from tdispmodel.compiling.lowering import Lowered
from tdispmodel.engines.conformance.writing import Counter, Flag, move, system
from tdispmodel.ir.expressions import TRUE, Arithmetic, Expression, If, Less, conjunction, disjunction, negation, number
from tdispmodel.ir.system import Assignment, State, System
from tdispmodel.semantics import LeavesRange, Semantics
from tests.laws.random_systems import Formulas, law, systems


def everywhere(system: System) -> list[State]:
    """All combinations of values, reachable or not."""
    return list(product(*(variable.sort.values for variable in system.variables)))


def step(semantics: Semantics, state: State, name: str) -> State | None:
    """Where an action instance leads by the reference; None where it cannot happen or would leave a range."""
    action = semantics.system.by_name[name]
    if action not in semantics.enabled(state):
        return None
    try:
        return semantics.step(state, action)
    except LeavesRange:
        return None


@law(60)
@given(systems(may_leave_range=True))
def test_a_move_is_what_the_reference_says(system: System) -> None:
    """The guard is true where the step is possible, and exactly one value of each assigned variable is right."""
    semantics, lowered = Semantics(system), Lowered(system)
    for state in everywhere(system):
        codes = lowered.coded(state)
        assert lowered.state(codes) == state
        for one in lowered.moves:
            after = step(semantics, state, one.action.name)
            assert holds(one.guard, codes) is (after is not None)
            if after is not None:
                become = [
                    (variable, code)
                    for variable, effect in one.effects.items()
                    for code, condition in effect.items()
                    if holds(condition, codes)
                ]
                assert become == [(variable, lowered.coded(after)[variable]) for variable in one.effects]


@law(60)
@given(systems(may_leave_range=True), st.booleans())
def test_cases_are_disjoint_and_mean_the_move(system: System, copies: bool) -> None:
    """In every state exactly one case of a move is possible if the move is, none if not, and it leads to the same."""
    semantics, lowered = Semantics(system), Lowered(system)
    for one in lowered.moves:
        split = cases(lowered, one, copies=copies)
        assert copies or all(isinstance(update, int) for case in split for update in case.updates.values())
        for state in everywhere(system):
            codes = lowered.coded(state)
            after = step(semantics, state, one.action.name)
            reached = [case.after(codes) for case in split if case.possible(codes)]
            assert [lowered.state(found) for found in reached] == ([] if after is None else [after])


@law(60)
@given(systems(), st.data())
def test_a_formula_is_what_the_reference_says(system: System, data: st.DataObject) -> None:
    """State formulas, their negations, the start states and formulas about a step are true in the same states."""
    semantics, lowered = Semantics(system), Lowered(system)
    formulas = Formulas(data.draw, system.variables, tuple(action.name for action in system.actions))
    about_state, about_step = formulas.formula(2), formulas.formula(2, steps=True)
    condition, starts = lowered.condition(about_state), set(semantics.initial_states())
    denied = lowered.conditions.negation(condition)
    of_step = {one.action.name: lowered.condition_of_step(about_step, one) for one in lowered.moves}
    for state in everywhere(system):
        codes = lowered.coded(state)
        assert holds(condition, codes) is semantics.holds(about_state, state)
        assert holds(denied, codes) is not semantics.holds(about_state, state)
        assert holds(lowered.start, codes) is (state in starts)
        for name, residual in of_step.items():
            after = step(semantics, state, name)
            if after is not None:
                assert holds(residual, codes) is semantics.holds(about_step, state, after, name)


@law(60)
@given(systems(), st.data())
def test_what_is_left_in_a_cube_is_true_in_the_same_states_of_it(system: System, data: st.DataObject) -> None:
    """A condition limited to a cube agrees with the whole one in the states of the cube."""
    lowered = Lowered(system)
    condition = lowered.condition(Formulas(data.draw, system.variables).formula(2))
    cube = {
        variable: data.draw(st.integers(1, lowered.conditions.full(variable)))
        for variable in data.draw(st.sets(st.sampled_from(range(len(system.variables)))))
    }
    left = lowered.conditions.limited(condition, cube)
    for state in everywhere(system):
        codes = lowered.coded(state)
        if all(values >> codes[variable] & 1 for variable, values in cube.items()):
            assert holds(left, codes) is holds(condition, codes)


@law(60)
@given(systems(), st.data())
def test_moving_there_and_back_changes_nothing(system: System, data: st.DataObject) -> None:
    """Exchanging variables of one size twice gives the very same condition, however it was written at first."""
    lowered = Lowered(system)
    sizes = lowered.conditions.sizes
    place = list(range(len(sizes)))
    first = data.draw(st.sampled_from(place))
    other = data.draw(st.sampled_from([variable for variable in place if sizes[variable] == sizes[first]]))
    place[first], place[other] = other, first
    condition = lowered.condition(Formulas(data.draw, system.variables).formula(2))
    there = lowered.conditions.moved(condition, place, {})
    assert lowered.conditions.moved(there, place, {}) is condition
    for state in everywhere(system):
        codes = lowered.coded(state)
        assert holds(there, codes) is holds(condition, tuple(codes[moved_to] for moved_to in place))


X, Y, A, B = Counter("x", 3), Counter("y", 3), Flag("a"), Flag("b")


def count(*moves: object, variables: tuple[object, ...] = (X, Y, A, B), copies: bool = False) -> list[int]:
    """How many cases each move has."""
    lowered = Lowered(system("s", variables, *moves))  # type: ignore[arg-type]  # counters, flags and actions
    return [len(cases(lowered, one, copies=copies)) for one in lowered.moves]


def test_how_many_cases_there_are() -> None:
    """A conjunction is one case; "or" of two flags two; counting one per value, or one in all as a copy."""
    both = move("both", conjunction(A.now, Less(X.now, number(2))), X.set(0))
    either = move("either", disjunction(A.now, B.now), X.set(0))
    up = move("up", Less(X.now, number(3)), X.add(1))
    assert count(both, either, up) == [1, 2, 3]
    assert count(both, either, up, copies=True) == [1, 2, 1]


def test_a_copy_is_a_table() -> None:
    """In x := 3 - y only y is read: code by code it is y reversed."""
    lowered = Lowered(system("s", (X, Y), move("turn", TRUE, Assignment("x", Arithmetic("-", number(3), Y.now)))))
    (case,) = cases(lowered, lowered.moves[0], copies=True)
    assert case.updates == {0: Copy(1, (3, 2, 1, 0))}
    assert case.guard == {}


def test_conditions_about_one_variable_are_atoms() -> None:
    """However a formula about one variable is written, it is one set of its values."""
    odd = disjunction(*(X.at(value) for value in (1, 3)))
    formula = negation(If(Less(X.now, number(2)), odd, negation(odd)))
    condition = Lowered(system("s", (X, Y))).condition(formula)
    assert isinstance(condition, Atom)
    assert (condition.variable, condition.values) == (0, 0b1001)


def many_flags(flags: int) -> System:
    """So many flags, of which each may be turned as long as at most three are up, and all may be turned together."""
    all_flags = [Flag(f"f{place}") for place in range(flags)]
    up: Expression = number(0)
    for flag in all_flags:
        up = Arithmetic("+", up, If(flag.now, number(1), number(0)))
    turn = move("turn", Less(up, number(4)), all_flags[0].becomes(negation(all_flags[0].now)))
    shift = [one.becomes(disjunction(one.now, other.now)) for one, other in pairwise(all_flags)]
    return system("many", tuple(all_flags), turn, move("shift", TRUE, *shift))


def test_counting_stays_small() -> None:
    """At most three of 40 flags is a condition of some hundred nodes, since its parts are shared."""
    lowered = Lowered(many_flags(40))
    state = (1, 1, 1, *([0] * 36), 0)
    assert holds(lowered.move["turn"].guard, state)
    assert not holds(lowered.move["turn"].guard, (*state[:-1], 1))


def test_too_many_cases_are_refused() -> None:
    """Forty updates that depend on two flags each would be more cases than there are bounds for."""
    lowered = Lowered(many_flags(40))
    with pytest.raises(TooLarge, match="shift has more than 4096 cases"):
        cases(lowered, lowered.move["shift"])


def test_a_wide_integer_is_refused() -> None:
    """A variable of a million values is not written out."""
    with pytest.raises(TooLarge, match="w has more than 256 values"):
        Lowered(system("wide", (Counter("w", 10**6),)))


def test_wide_arithmetic_is_refused() -> None:
    """A product of three numbers of a hundred values each is not written out."""
    numbers = [Counter(name, 99) for name in "xyz"]
    product_of_all: Expression = number(1)
    for one in numbers:
        product_of_all = Arithmetic("*", product_of_all, one.now)
    with pytest.raises(TooLarge, match="more than 4096"):
        Lowered(system("wide", tuple(numbers), move("m", Less(product_of_all, number(7)))))
