"""What is left of step formulas for one action instance."""

from __future__ import annotations

from hypothesis import given, strategies as st

from tdispmodel.compiling.specialising import StepFormula, Taken
from tdispmodel.engines.conformance.writing import Counter, Flag, move, took
from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    Arithmetic,
    Equal,
    Expression,
    Less,
    conjunction,
    disjunction,
    negation,
    number,
)
from tdispmodel.ir.system import System, SystemAction, speaks_of_step
from tdispmodel.semantics import Semantics
from tests.laws.random_systems import Formulas, law, systems

X, Y = Counter("x", 5), Counter("y", 5)
A = Flag("a")


def left(formula: Expression, action: SystemAction) -> Expression:
    """What is left of a formula for an action."""
    return StepFormula(formula).residual(Taken(action))


def test_what_is_not_assigned_stays() -> None:
    """That a variable does not change is plainly true of an action that does not assign it."""
    assert left(Equal(X.after, X.now), move("m", TRUE, Y.set(1))) == TRUE


def test_what_is_assigned_is_put_in() -> None:
    """After x := y + 1 the formula "x is 3 afterwards" says that y + 1 is 3 before."""
    assert left(Equal(X.after, number(3)), move("m", TRUE, X.set(0))) == FALSE
    action = move("m", TRUE, Y.add(1))
    assert left(Equal(Y.after, number(3)), action) == Equal(Arithmetic("+", Y.now, number(1)), number(3))


def test_which_action_it_is_is_known() -> None:
    """An action is the one that it is and no other."""
    action = move("m")
    assert left(took("m", "n"), action) == TRUE
    assert left(took("n"), action) == FALSE
    assert left(negation(took("m")), action) == FALSE


def test_the_guard_is_known() -> None:
    """What the guard says need not be checked again: pinned values, and whole conjuncts or their negations."""
    action = move("m", conjunction(X.at(2), A.now, Less(Y.now, number(3))), Y.add(1))
    assert left(disjunction(took("n"), X.at(2)), action) == TRUE
    assert left(conjunction(took("m"), negation(A.now)), action) == FALSE
    assert left(Less(Y.now, number(3)), action) == TRUE
    assert left(negation(Less(Y.now, number(3))), action) == FALSE


def test_pinned_values_reach_into_what_is_assigned() -> None:
    """With x pinned to 2, after x := x + 1 it is 3; another guard with the same assignment gives another answer."""
    formula = StepFormula(Equal(X.after, number(3)))
    grow = X.add(1)
    assert formula.residual(Taken(move("m", X.at(2), grow))) == TRUE
    assert formula.residual(Taken(move("n", X.at(1), grow))) == FALSE


def test_an_implication_from_itself_disappears() -> None:
    """If y was below 3 it is so afterwards: plainly true where y does not change."""
    formula = disjunction(negation(Less(Y.now, number(3))), Less(Y.after, number(3)))
    assert left(formula, move("m", TRUE, X.set(1))) == TRUE


@law(40)
@given(systems(), st.data())
def test_residuals_mean_what_the_formula_meant(system: System, data: st.DataObject) -> None:
    """On every enabled step of every state the residual is true before exactly when the formula is true of the step."""
    draw: st.DrawFn = data.draw  # type: ignore[assignment]  # it draws as well
    names = tuple(action.name for action in system.actions)
    formula = Formulas(draw, system.variables, names).formula(3, steps=True)
    semantics, compiled = Semantics(system), StepFormula(formula)
    residuals = {action.name: compiled.residual(Taken(action)) for action in system.actions}
    assert not any(map(speaks_of_step, residuals.values()))
    reached = list(semantics.initial_states())
    for state in reached[:20]:
        for action, after in semantics.successors(state):
            assert semantics.holds(residuals[action.name], state) is semantics.holds(formula, state, after, action.name)
            reached.append(after)
