"""Compiled successors against the reference semantics."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from tdispmodel.compiling.graphs import reachable
from tdispmodel.compiling.successors import Compiled, Leaves, Watch
from tdispmodel.engines.conformance.writing import Counter, Flag, move, system, took
from tdispmodel.ir.expressions import FALSE, TRUE, Arithmetic, Less, Or, number
from tdispmodel.ir.system import Assignment, State, System
from tdispmodel.semantics import LeavesRange, Semantics, TooManyStarts
from tests.laws.random_systems import law, systems

X = Counter("x", 3)


@law(40)
@given(systems())
def test_packed_steps_are_the_steps_of_the_reference_semantics(made: System) -> None:
    """Start states and, in every reachable state, actions and successors are the same, in the same order."""
    semantics, compiled = Semantics(made), Compiled(made)
    starts = [compiled.unpack(packed) for packed in compiled.starts()]
    assert starts == list(dict.fromkeys(semantics.initial_states()))
    for state in reachable(made).graph:
        packed = compiled.layout.pack(state)
        steps = [(made.actions[action].name, compiled.unpack(after)) for action, after in compiled.visit(packed)]
        assert steps == [(action.name, after) for action, after in semantics.successors(state)]
        for action, after in compiled.visit(packed):
            assert compiled.successor(packed, action) == after


@law(40)
@given(systems(may_leave_range=True))
def test_leaving_a_range_is_noticed_where_the_reference_semantics_notices_it(made: System) -> None:
    """In each state reached, both refuse the same action for the same variable and value, or neither does."""
    found = reachable(made)
    compiled = Compiled(made)

    def refused(state: State) -> tuple[str, str, object] | None:
        try:
            compiled.visit(compiled.layout.pack(state))
        except Leaves as left:
            return made.actions[left.action].name, made.variables[left.variable].name, left.value
        return None

    expected = {} if found.left is None else {found.left[0]: found.left[1]}
    unexpanded = set() if found.left is None else set(list(found.graph)[list(found.graph).index(found.left[0]) :])
    for state in found.graph:
        if state in expected:
            left: LeavesRange = expected[state]
            assert refused(state) == (left.action, left.variable, left.value)
        elif state not in unexpanded:
            assert refused(state) is None


def test_watches_note_the_first_hit_or_every_one() -> None:
    """A watch for the first keeps the first in order of the visits; one for every keeps them all, states or steps."""
    ring = system("ring", (X,), move("up", Less(X.now, number(3)), X.add(1)), move("home", X.at(3), X.set(0)))
    below = Less(X.now, number(2))
    compiled = Compiled(
        ring,
        [
            Watch(below, of_steps=False),
            Watch(below, of_steps=False, every=True),
            Watch(took("up"), of_steps=True),
            Watch(took("up"), of_steps=True, every=True),
        ],
    )
    for packed in range(4):
        compiled.visit(packed)
    assert compiled.first == [(0, -1), None, (0, 0), None]
    assert compiled.states == [[], [0, 1], [], []]
    assert compiled.steps == [[], [], [], [(0, 0), (1, 0), (2, 0)]]


def test_a_disabled_action_is_left_out() -> None:
    """An action whose guard is false has no code and no successor."""
    compiled = Compiled(system("one", (X,), move("never", FALSE, X.set(1)), move("set", TRUE, X.set(2))))
    assert compiled.visit(0) == [(1, 2)]


def test_a_variable_of_one_value_takes_no_bits() -> None:
    """It may be assigned that value and read, and packs to nothing."""
    only = Counter("only", 7, start=(7,), low=7)
    compiled = Compiled(system("one", (only, X), move("set", only.at(7), only.set(7), X.set(3))))
    assert compiled.layout.bits == 2
    assert [compiled.unpack(after) for _, after in compiled.visit(0)] == [(7, 3)]


def test_updates_read_the_state_before() -> None:
    """X := y and y := x exchange the two."""
    y = Counter("y", 3, start=(2,))
    swap = move("swap", TRUE, Assignment("x", y.now), Assignment("y", X.now))
    compiled = Compiled(system("swap", (X, y), swap))
    (start,) = compiled.starts()
    assert [compiled.unpack(after) for _, after in compiled.visit(start)] == [(2, 0)]


def test_an_update_that_cannot_leave_its_range_is_not_checked() -> None:
    """Only where the intervals leave a doubt is there code that raises."""
    safe = Compiled(system("safe", (X,), move("set", TRUE, X.set(3))))
    doubtful = Compiled(system("doubtful", (X,), move("up", Less(X.now, number(3)), X.add(1))))
    assert not any("Leaves" in line for line in safe._visit_lines())
    assert any("Leaves" in line for line in doubtful._visit_lines())


def test_the_value_that_leaves_the_range_is_told() -> None:
    """3 * 3 is 9, which is more than 3."""
    compiled = Compiled(system("square", (X,), move("square", TRUE, Assignment("x", Arithmetic("*", X.now, X.now)))))
    with pytest.raises(Leaves) as caught:
        compiled.visit(3)
    assert (caught.value.packed, caught.value.action, caught.value.variable, caught.value.value) == (3, 0, 0, 9)


def test_too_many_start_values_are_refused() -> None:
    """Twenty-one flags of which one must be set are two million combinations to look at, twice what is tried."""
    flags = tuple(Flag(f"flag{place}", (False, True)) for place in range(21))
    tied = replace(system("many", flags), initially=Or(tuple(flag.now for flag in flags)))
    with pytest.raises(TooManyStarts, match="E601"):
        next(Compiled(tied).starts())
