"""The parts of the engine against the reference semantics: formulas, moves, sets and lists of states, levels, clauses."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise, product

import pytest
from hypothesis import given, strategies as st

from tdispmodel.engines.conformance.writing import Counter, move, system
from tdispmodel.engines.diagrams.clauses import Clauses, TooManyClauses
from tdispmodel.engines.diagrams.exploring import Levels, some_way
from tdispmodel.engines.diagrams.moves import in_groups
from tdispmodel.engines.diagrams.ordering import ordered
from tdispmodel.ir.expressions import TRUE, Arithmetic, Bounded, Less, Read, number
from tdispmodel.ir.system import Assignment, System
from tests.engines.bench_tdi import bench_tdi
from tests.engines_diagrams.parts import Parts, watch
from tests.laws.random_systems import Formulas, law, systems


@law(40)
@given(st.data())
def test_a_formula_is_true_in_the_states_of_its_diagram(data: st.DataObject) -> None:
    """A random formula, with arithmetic and values of every sort, is true exactly where the reference says so."""
    parts = Parts(data.draw(systems(may_leave_range=True)))
    formula = data.draw(st.composite(lambda draw: Formulas(draw, parts.system.variables).formula(3))())
    expected = {state for state in parts.states if parts.semantics.holds(formula, state)}
    assert parts.members(parts.formulas.truth(formula)) == expected


@pytest.mark.parametrize("operator", ["+", "-", "*"])
def test_arithmetic_is_exact(operator: str) -> None:
    """Sums, differences and products of all pairs, negative ones among them, compare as integers do."""
    parts = Parts(system("pair", (Counter("a", 4, low=-3), Counter("b", 1, low=-2))))
    result = Arithmetic(operator, Read("a", Bounded(-3, 4)), Read("b", Bounded(-2, 1)))
    operate: Callable[[int, int], int] = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__}[operator]
    pairs = list(product(range(-3, 5), range(-2, 2)))
    for bound in range(-9, 10):
        found = parts.members(parts.formulas.truth(Less(result, number(bound))))
        assert found == {(a, b) for a, b in pairs if operate(a, b) < bound}


@law(40)
@given(st.data())
def test_moves_lead_where_the_semantics_says(data: st.DataObject) -> None:
    """Forwards and backwards from a random set, each action has the steps of the reference that stay in range."""
    parts = Parts(data.draw(systems(may_leave_range=True)))
    chosen = set(data.draw(st.lists(st.sampled_from(parts.states), max_size=12)))
    for made in parts.moves:
        steps, some = parts.steps(made.action), parts.set_of(chosen)
        assert parts.members(made.after(some)) == {after for before, after in steps if before in chosen}
        assert parts.members(made.before(some)) == {before for before, after in steps if after in chosen}
        assert parts.members(made.enabled) == {before for before, _ in steps}


def test_values_change_places() -> None:
    """Three values that are passed round at once, and one that grows, do not get in each other's way."""
    a, b, c = (Counter(name, 2) for name in "abc")
    passed = [Assignment(to.variable.name, by.now) for to, by in ((a, b), (b, c), (c, a))]
    parts = Parts(
        system("round", (a, b, c), move("turn", TRUE, *passed), move("grow", Less(a.now, number(2)), a.add(1)))
    )
    turn, grow = parts.moves
    assert parts.members(turn.after(parts.set_of([(0, 1, 2)]))) == {(1, 2, 0)}
    assert parts.members(grow.after(parts.set_of([(0, 1, 2), (2, 0, 0)]))) == {(1, 1, 2)}
    assert parts.members(grow.before(parts.set_of([(1, 1, 2)]))) == {(0, 1, 2)}


@law(20)
@given(st.data())
def test_sets_are_counted_listed_and_picked_from(data: st.DataObject) -> None:
    """A random set has as many states as it was made of, lists exactly these, and a state picked is one of them."""
    parts = Parts(data.draw(systems()))
    chosen = data.draw(st.sets(st.sampled_from(parts.states)))
    some = parts.set_of(chosen)
    assert parts.encoding.count(some) == len(chosen)
    assert sorted(parts.encoding.listed(some), key=repr) == sorted(chosen, key=repr)
    assert not chosen or parts.encoding.pick(some) in chosen


@law(20)
@given(systems())
def test_codes_that_are_no_values_belong_to_no_variable(made: System) -> None:
    """The combinations of bits in which every variable has a value are as many as the combinations of values."""
    parts = Parts(made)
    whole = parts.encoding.all
    for name in parts.encoding.order:
        whole &= parts.encoding.has_some_value(name)
    assert parts.encoding.count(whole) == len(parts.states)


@law(20)
@given(st.data())
def test_levels_are_distances_and_ways_are_behaviours(data: st.DataObject) -> None:
    """A level holds the states at that distance; a way to a state has that many steps, and any other way is one, too."""
    parts = Parts(data.draw(systems()))
    distance, start = parts.distances(), parts.set_of(parts.semantics.initial_states())
    levels = Levels(parts.encoding, start, parts.moves, parts.encoding.all, watch())
    while levels.further():
        pass
    found = {state: place for place, level in enumerate(levels.levels) for state in parts.members(level)}
    assert found == distance
    goal = data.draw(st.sampled_from(sorted(distance, key=repr)))
    shortest = levels.way(parts.encoding.one(goal))
    assert shortest is not None
    some = some_way(parts.encoding, start, in_groups(parts.moves), parts.encoding.one(goal), watch())
    assert len(shortest[1]) == distance[goal] <= len(some[1])
    for initial, steps in (shortest, some):
        states = [initial, *(state for _, state in steps)]
        assert (distance[initial], states[-1]) == (0, goal)
        for (name, _), (before, after) in zip(steps, pairwise(states), strict=True):
            assert (before, after) in parts.steps(parts.system.by_name[name])


@law(30)
@given(st.data())
def test_clauses_are_inductive_and_exclude_what_they_should(data: st.DataObject) -> None:
    """Tried on every combination of values: true at the start, kept by each step, and false of the bad states."""
    parts = Parts(data.draw(systems(may_leave_range=True)))
    distance = parts.distances()
    others = [state for state in parts.states if state not in distance]
    bad = data.draw(st.sets(st.sampled_from(others))) if others else set()
    clauses = Clauses(parts.encoding, parts.moves, parts.set_of(distance), watch())
    invariant = parts.semantics.denotation(clauses.excluding(parts.set_of(bad)))
    true = {state for state in parts.states if invariant(state, state, "")}
    assert true >= set(parts.semantics.initial_states())
    assert true.isdisjoint(bad)
    for action in parts.system.actions:
        assert [] == [(before, after) for before, after in parts.steps(action) if before in true and after not in true]


def test_too_many_clauses_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more clauses would be needed than anybody wants to check there is no invariant."""
    monkeypatch.setattr("tdispmodel.engines.diagrams.clauses.MOST_CLAUSES", 1)
    parts = Parts(system("far", (Counter("a", 3), Counter("b", 3))))
    clauses = Clauses(parts.encoding, parts.moves, parts.set_of([(0, 0)]), watch())
    with pytest.raises(TooManyClauses, match="at most 1 clauses"):
        clauses.excluding(parts.set_of([(1, 0), (0, 1), (2, 2)]))


def test_devices_stand_one_after_the_other() -> None:
    """Each variable stands once, and no two devices of bench-tdi are mixed."""
    order = ordered(bench_tdi(3))
    assert sorted(order) == sorted(variable.name for variable in bench_tdi(3).variables)
    owners = [name.partition(".")[0] for name in order if "." in name]
    assert len([owner for owner, following in pairwise([*owners, ""]) if owner != following]) == 3


def test_moves_are_grouped_by_what_they_change() -> None:
    """The last device comes first; what changes nothing is left out, what changes several comes last."""
    a, b, c = Counter("devices[0].x", 1), Counter("devices[1].x", 1), Counter("x", 1)
    parts = Parts(
        system(
            "groups",
            (a, b, c),
            move("nothing"),
            move("first", TRUE, a.set(1)),
            move("second", TRUE, b.set(1)),
            move("both", TRUE, a.set(0), b.set(0)),
            move("whole", TRUE, c.set(1)),
        )
    )
    names = [[made.name for made in group] for group in in_groups(parts.moves)]
    assert names == [["second"], ["first"], ["both", "whole"]]
