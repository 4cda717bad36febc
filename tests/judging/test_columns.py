"""Many states at once mean what the reference semantics says of each."""

from __future__ import annotations

import pytest
from hypothesis import given

from tdispmodel.ir.expressions import BOOLEAN, TRUE, Actor, Arithmetic, Bounded, Fairness, Less, Literal, Read, number
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty, SystemVariable, speaks_of_step
from tdispmodel.judging.columns import Columns, Encoding, step_groups
from tdispmodel.judging.judgement import Refused
from tdispmodel.semantics import LeavesRange, Semantics
from tests.laws.oracle import Oracle
from tests.laws.random_systems import asked_systems, law

Asked = tuple[System, tuple[SystemProperty, ...]]


@law(80)
@given(asked_systems())
def test_formulas_mean_the_same(pair: Asked) -> None:
    """A mask has a one exactly where the reference semantics says that the formula is true, on each action's step too."""
    system, asked = pair
    oracle = Oracle(system)
    columns = Columns(Encoding(system), oracle.states)
    for formula in (formula for question in asked for formula in (question.formula, question.after)):
        if not speaks_of_step(formula):
            expected = [oracle.true_at(formula, state) for state in oracle.states]
            assert expected == list(map(bool, columns.selected(columns.mask(formula))))
            continue
        for action in system.actions:
            found = columns.selected(columns.mask(formula, action))
            for state, flag in zip(oracle.states, found, strict=True):
                for step in oracle.steps[state]:
                    assert step[1].name != action.name or oracle.true_on(formula, step) is bool(flag)


@law(60)
@given(asked_systems((Kind.STEP,)))
def test_grouped_actions_see_the_same_condition(pair: Asked) -> None:
    """Every action is in one group, and a step formula has the same mask for all actions of a group."""
    system, asked = pair
    columns = Columns(Encoding(system), Oracle(system).states)
    for question in asked:
        groups = step_groups(question.formula, system.actions)
        assert list(range(len(system.actions))) == sorted(number for group in groups for number in group)
        for group in groups:
            assert len({columns.mask(question.formula, system.actions[number]) for number in group}) == 1


@law(80)
@given(asked_systems(may_leave_range=True))
def test_successors_are_the_same(pair: Asked) -> None:
    """The packed successors of a state are those of the reference semantics; what leaves a range is refused."""
    system, _ = pair
    semantics = Semantics(system)
    encoding = Encoding(system)
    for state in semantics.initial_states():
        columns = Columns(encoding, [state])
        names = [action.name for action in semantics.enabled(state)]
        for action in system.actions:
            assert (action.name in names) is bool(columns.mask(action.guard))
            if action.name not in names:
                continue
            try:
                expected = Columns(encoding, [semantics.step(state, action)]).packed
            except LeavesRange:
                with pytest.raises(Refused, match="outside its range"):
                    list(columns.successors(action, b"\1"))
                continue
            assert expected == list(columns.successors(action, b"\1"))


WIDE = Bounded(-5, 70_000)
COUNTER = SystemVariable("counter", WIDE, (-5,))
FLAG = SystemVariable("flag", BOOLEAN, (False,))
READ = Read("counter", WIDE)
COUNT = SystemAction(
    name="count",
    actor=Actor.KERNEL,
    fairness=Fairness.WEAK,
    disturbs=False,
    adversarial=False,
    guards=(Less(READ, number(70_000)),),
    assignments=(Assignment("counter", Arithmetic("+", READ, number(1))),),
    template=Action("count", "Counter", Actor.KERNEL, fairness=Fairness.WEAK),
)
WIDE_SYSTEM = System("wide", (COUNTER, FLAG), (COUNT,))


def test_wide_integers_are_packed_without_loss() -> None:
    """Integers of more than 256 values take several bytes, and their successors and comparisons are exact."""
    states = [(value, flag) for value in (-5, 250, 251, 65_530, 69_999) for flag in (False, True)]
    columns = Columns(Encoding(WIDE_SYSTEM), states)
    assert len(states) == len(set(columns.packed))
    after = Columns(Encoding(WIDE_SYSTEM), [(value + 1, flag) for value, flag in states]).packed
    assert after == list(columns.successors(COUNT, b"\1" * len(states)))
    below = columns.selected(columns.mask(Less(READ, number(251))))
    assert list(map(bool, below)) == [True, True, True, True, False, False, False, False, False, False]


@pytest.mark.parametrize(
    "state", [(0,), (0, False, False), (-6, False), (70_001, False), (True, False), (0, 1), ("RUN", False)]
)
def test_what_is_no_state_is_refused(state: tuple[int | bool | str, ...]) -> None:
    """A tuple of the wrong length, a value outside its range or of another sort is no state of the system."""
    with pytest.raises(Refused):
        Columns(Encoding(WIDE_SYSTEM), [state])


def test_no_states_at_all() -> None:
    """Over no states every mask is empty."""
    columns = Columns(Encoding(WIDE_SYSTEM), [])
    assert (columns.mask(TRUE), columns.values(Literal(3, Bounded(3, 3)))) == (0, [])
