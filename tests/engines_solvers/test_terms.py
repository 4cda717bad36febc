"""Terms mean what the reference semantics means: states, steps, formulas, and the way back."""

from __future__ import annotations

from itertools import islice

import pytest
import z3
from hypothesis import given

from tdispmodel.compiling.numbers import Unsuitable
from tdispmodel.compiling.readback import Readback
from tdispmodel.compiling.terms import Moment, Terms
from tdispmodel.ir.expressions import Arithmetic, Bounded, Enumeration, Equal, Expression, Literal, number
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemProperty
from tdispmodel.semantics.meaning import Semantics
from tests.engines_solvers.brute_force import BruteForce
from tests.engines_solvers.small_systems import among, equal, negated, read, variable
from tests.laws.random_systems import asked_systems, law, systems

SIDE = Enumeration("Side", ("LEFT", "RIGHT", "UP", "DOWN", "NONE"))
SIDE_NOW = read("side", SIDE)
STATES = 12
"""So many states of a random system are tried."""


def fixed(terms: Terms, moment: Moment, state: State) -> list[z3.BoolRef]:
    """Return the conditions that the constants of a moment hold a state."""
    found = []
    for (slots, value), known in zip(zip(moment.slots, state, strict=True), terms.system.variables, strict=True):
        if isinstance(known.sort, Enumeration):
            code = known.sort.members.index(str(value))
            found += [slot == bool(code >> bit & 1) for bit, slot in enumerate(slots)]
        else:
            found.append(slots[0] == value)
    return found


def solutions(terms: Terms, *conditions: z3.BoolRef, after: bool) -> set[tuple[str, State]]:
    """Return every state that satisfies the conditions, with the action taken when it is the state after a step."""
    solver = z3.SolverFor("QF_FD", ctx=terms.context)
    solver.add(*conditions)
    moment = terms.after if after else terms.now
    seen = [*moment.flat, *(terms.taken if after else ())]
    found = set()
    while solver.check() == z3.sat:
        model = solver.model()
        values = [model.eval(slot, model_completion=True) for slot in seen]
        names = [
            action.name
            for literal, action in zip(terms.taken, terms.system.actions, strict=True)
            if after and z3.is_true(model.eval(literal, model_completion=True))
        ]
        found.add((",".join(names), terms.state(model, moment)))
        solver.add(
            z3.Or(*(slot != value for slot, value in zip(seen, values, strict=True)), z3.BoolVal(False, terms.context))
        )
    return found


@law(12)
@given(systems(may_leave_range=True))
def test_start_states_are_those_of_the_semantics(system: System) -> None:
    """The start condition has exactly the start states of the reference semantics."""
    terms = Terms(system)
    expected = {("", state) for state in Semantics(system).initial_states()}
    assert expected == solutions(terms, terms.initial, after=False)


@law(12)
@given(systems(may_leave_range=True))
def test_steps_are_those_of_the_semantics(system: System) -> None:
    """From any state, reachable or not, the transition has exactly the steps that stay in their ranges."""
    terms, reference = Terms(system), BruteForce(system)
    for state in islice(reference.everywhere(), STATES):
        conditions = [terms.domain, terms.transition, *fixed(terms, terms.now, state)]
        assert set(reference.steps(state)) == solutions(terms, *conditions, after=True)


@pytest.mark.parametrize("mathematical", [False, True])
@law(12)
@given(asked=asked_systems((Kind.INVARIANT, Kind.STEP), may_leave_range=True))
def test_formulas_mean_what_they_mean(mathematical: bool, asked: tuple[System, tuple[SystemProperty, ...]]) -> None:
    """Each formula has its reference value in every state and step, with bit-vectors and with integers."""
    system, questions = asked
    terms, reference = Terms(system, mathematical=mathematical), BruteForce(system)
    solver = z3.Solver(ctx=terms.context)
    formulas = [(question.formula, terms.formula(question.formula)) for question in questions]
    for state in islice(reference.distance, STATES):
        for name, after in reference.steps(state)[:3]:
            taken = [
                literal == (action.name == name) for literal, action in zip(terms.taken, system.actions, strict=True)
            ]
            known = [*fixed(terms, terms.now, state), *fixed(terms, terms.after, after), *taken]
            for formula, term in formulas:
                expected = reference.semantics.holds(formula, state, after, name)
                assert (
                    expected
                    == (solver.check(*known, term) == z3.sat)
                    == (solver.check(*known, z3.Not(term)) == z3.unsat)
                )


@law(20)
@given(asked_systems((Kind.INVARIANT,), may_leave_range=True))
def test_terms_are_read_back(asked: tuple[System, tuple[SystemProperty, ...]]) -> None:
    """A formula turned into a term and read back has the same value in every state."""
    system, (question,) = asked
    terms, semantics = Terms(system, mathematical=True), Semantics(system)
    back = Readback(terms).expression(terms.formula(question.formula))
    states = list(BruteForce(system).everywhere())
    assert [semantics.holds(question.formula, state) for state in states] == [
        semantics.holds(back, state) for state in states
    ]


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (equal(SIDE_NOW, "UP"), equal(SIDE_NOW, "UP")),
        (negated(equal(SIDE_NOW, "NONE")), among(SIDE_NOW, "LEFT", "RIGHT", "UP", "DOWN")),
        (among(SIDE_NOW, "LEFT", "DOWN", "RIGHT"), among(SIDE_NOW, "LEFT", "RIGHT", "DOWN")),
    ],
)
def test_bits_of_an_enum_are_joined(formula: Expression, expected: Expression) -> None:
    """A condition on an enum of five members, which is three bits, comes back as one set of members in their order."""
    terms = Terms(System("sides", (variable("side", SIDE, "LEFT"),), ()))
    joined = z3.simplify(z3.And(terms.formula(formula), terms.domain))
    assert expected == Readback(terms).expression(joined)


@pytest.mark.parametrize("mathematical", [False, True])
def test_products_do_not_wrap_around(mathematical: bool) -> None:
    """Of the numbers 0 to 7, coded in four bits, only 7 has the cube 343."""
    digit = Bounded(0, 7)
    terms = Terms(System("cube", (variable("x", digit, 0),), ()), mathematical=mathematical)
    x = read("x", digit)
    cube = terms.formula(Equal(Arithmetic("*", x, Arithmetic("*", x, x)), number(343)))
    solver = z3.Solver(ctx=terms.context)
    solver.add(terms.domain, cube)
    assert z3.sat == solver.check()
    assert (7,) == terms.state(solver.model(), terms.now)
    assert z3.unsat == solver.check(terms.now.flat[0] != 7)


def test_numbers_of_too_many_bits_are_refused() -> None:
    """A range of 300 bits is refused in words; a literal of as many bits too."""
    with pytest.raises(Unsuitable, match="numbers of more than 256 bits"):
        Terms(System("wide", (variable("x", Bounded(0, 1 << 300), 0),), ()))
    digit = Bounded(0, 7)
    terms = Terms(System("narrow", (variable("x", digit, 0),), ()))
    far = Literal(1 << 300, Bounded(1 << 300, 1 << 300))
    with pytest.raises(Unsuitable, match="numbers of more than 256 bits"):
        terms.formula(Equal(Arithmetic("+", read("x", digit), far), number(0)))
