"""Random small systems and questions of every kind, as hypothesis strategies.

`systems` draws a ground `System` of at most a few hundred states; `questions` draws properties about it;
`asked_systems` both together.  `law` is the decorator for tests over them: derandomised and quick by default, longer
and fresh with the environment variable ``TDISPMODEL_LONG=1``.
"""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise
from math import prod

from hypothesis import HealthCheck, settings, strategies as st

from tdispmodel.ir.expressions import (
    BOOLEAN,
    TRUE,
    Actor,
    Among,
    And,
    Arithmetic,
    AtMost,
    Boolean,
    Bounded,
    Enumeration,
    Equal,
    Expression,
    Fairness,
    If,
    Less,
    Literal,
    Not,
    Or,
    Read,
    Sort,
    Took,
    belongs,
    negation,
    number,
)
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.premise import antecedent
from tdispmodel.ir.system import Assignment, State, System, SystemAction, SystemProperty, SystemVariable, within
from tdispmodel.semantics import LeavesRange, Semantics

LONG = os.environ.get("TDISPMODEL_LONG") == "1"
MOST_STATES = 192
STEP_KINDS = (Kind.STEP, Kind.NEVER_ENDLESS)
SORTS: tuple[Sort, ...] = (
    BOOLEAN,
    Enumeration("Pair", ("LEFT", "RIGHT")),
    Enumeration("Colour", ("RED", "GREEN", "BLUE")),
    Enumeration("Tdi", ("CONFIG_UNLOCKED", "CONFIG_LOCKED", "RUN", "ERROR")),
    Bounded(0, 2),
    Bounded(-1, 2),
    Bounded(2, 2),
)


def law(examples: int) -> settings:
    """Return the hypothesis settings of a law: so many examples, a hundred times as many in a long run."""
    return settings(
        max_examples=examples * 100 if LONG else examples,
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )


class Formulas:
    """Draws expressions over some variables; ``names`` are the action instances of which step formulas may speak."""

    def __init__(self, draw: st.DrawFn, variables: tuple[SystemVariable, ...], names: tuple[str, ...] = ()) -> None:
        self.draw = draw
        self.variables = variables
        self.names = names

    def one_of(self, *choices: object) -> object:
        """Draw one of the given things."""
        return self.draw(st.sampled_from(choices))

    def read(self, variable: SystemVariable, steps: bool) -> Read:
        """Draw a reading of the variable, afterwards only in step formulas."""
        return Read(variable.name, variable.sort, steps and self.draw(st.booleans()))

    def formula(self, depth: int, steps: bool = False) -> Expression:
        """Draw a formula of at most this depth."""
        shape = self.draw(st.integers(0, 9)) if depth else 9
        if shape <= 1:
            return And(tuple(self.formula(depth - 1, steps) for _ in range(self.draw(st.integers(2, 3)))))
        if shape <= 3:
            return Or(tuple(self.formula(depth - 1, steps) for _ in range(self.draw(st.integers(2, 3)))))
        if shape == 4:
            return Not(self.formula(depth - 1, steps))
        if shape == 5:
            return If(*(self.formula(depth - 1, steps) for _ in range(3)))
        return self.atom(depth, steps)

    def atom(self, depth: int, steps: bool) -> Expression:
        """Draw a comparison, a truth value, or which action was taken."""
        if steps and self.names and self.draw(st.integers(0, 3)) == 0:
            return Took(frozenset(self.draw(st.sets(st.sampled_from(self.names), min_size=1, max_size=2))))
        variable = self.draw(st.sampled_from(self.variables))
        read = self.read(variable, steps)
        match variable.sort:
            case Boolean():
                return read if self.draw(st.booleans()) else Equal(read, self.term(BOOLEAN, 0, steps))
            case Enumeration(_, members):
                if self.draw(st.booleans()):
                    return Equal(read, self.term(variable.sort, depth, steps))
                chosen = self.draw(st.sets(st.sampled_from(members), max_size=len(members)))
                return Among(read, tuple(sorted(chosen)))
            case Bounded():
                left, right = self.integer(depth, steps), self.integer(depth, steps)
                compare = self.draw(st.sampled_from((Less, AtMost, Equal)))
                return compare(left, right)

    def integer(self, depth: int, steps: bool) -> Expression:
        """Draw an integer expression, with arithmetic."""
        numbers = [variable for variable in self.variables if isinstance(variable.sort, Bounded)]
        shape = self.draw(st.integers(0, 5))
        if shape <= 2 and numbers:
            return self.read(self.draw(st.sampled_from(numbers)), steps)
        if shape == 3 and depth:
            operator = self.draw(st.sampled_from(("+", "-", "*")))
            return Arithmetic(operator, self.integer(depth - 1, steps), self.integer(depth - 1, steps))
        if shape == 4 and depth:
            return If(self.formula(depth - 1, steps), self.integer(depth - 1, steps), self.integer(depth - 1, steps))
        value = self.draw(st.integers(-1, 3))
        return Literal(value, Bounded(value, value))

    def term(self, sort: Sort, depth: int, steps: bool = False) -> Expression:
        """Draw an expression whose value surely belongs to ``sort``."""
        shape = self.draw(st.integers(0, 5))
        alike = [variable for variable in self.variables if variable.sort == sort]
        if shape <= 1 and alike:
            return self.read(self.draw(st.sampled_from(alike)), steps)
        if shape == 2 and depth:
            return If(
                self.formula(depth - 1, steps), self.term(sort, depth - 1, steps), self.term(sort, depth - 1, steps)
            )
        if shape == 3 and isinstance(sort, Boolean) and depth:
            return self.formula(depth - 1, steps)
        if shape == 3 and isinstance(sort, Bounded):
            value = self.integer(1, steps)
            return If(within(value, sort), value, self.literal(sort))
        return self.literal(sort)

    def literal(self, sort: Sort) -> Literal:
        """Draw a value of ``sort``."""
        return Literal(self.draw(st.sampled_from(sort.values)), sort)

    def implication(self, depth: int, steps: bool = False) -> Expression:
        """Draw a formula, often an implication."""
        if self.draw(st.booleans()):
            return self.formula(depth, steps)
        return Or((negation(self.formula(depth - 1, steps)), self.formula(depth - 1, steps)))


@st.composite
def systems(draw: st.DrawFn, may_leave_range: bool = False) -> System:
    """Draw a system of 1 to 5 variables and 1 to 6 actions, with at least one start state.

    Deadlocks, self-loops, unreachable parts and several start states are common.  With ``may_leave_range`` an
    integer may be assigned a value outside its range; without it no reachable step does that.
    """
    sorts: list[Sort] = []
    for _ in range(draw(st.sampled_from((1, 2, 3, 3, 4, 4, 5, 5)))):
        sort = draw(st.sampled_from(SORTS))
        if not sorts or prod(len(known.values) for known in sorts) * len(sort.values) <= MOST_STATES:
            sorts.append(sort)
    variables = []
    for position, sort in enumerate(sorts):
        count = min(len(sort.values), draw(st.sampled_from((1, 1, 2))))
        initial = draw(st.lists(st.sampled_from(sort.values), min_size=count, max_size=count, unique=True))
        name = f"x{position}" if position % 2 == 0 else f"devices[{position // 2}].y"
        variables.append(SystemVariable(name, sort, tuple(initial)))
    formulas = Formulas(draw, tuple(variables))
    actions = tuple(
        _action(formulas, number, may_leave_range) for number in range(draw(st.sampled_from((1, 2, 3, 4, 5, 6, 6))))
    )
    if draw(st.integers(0, 3)) == 0:  # where this does not hold, everything stands still
        moving = Not(formulas.atom(0, steps=False))
        actions = tuple(replace(action, guards=(*action.guards, moving)) for action in actions)
    initially = formulas.formula(1) if draw(st.booleans()) else TRUE
    system = System("random", tuple(variables), actions, initially)
    if next(Semantics(system).initial_states(), None) is None:
        system = System("random", tuple(variables), actions)
    return system


def next_value(variable: SystemVariable) -> Expression:
    """Return the next value in the order of the sort, after the last one the first: what makes spaces large."""
    read = Read(variable.name, variable.sort)
    values = variable.sort.values
    match variable.sort:
        case Boolean():
            return Not(read)
        case Bounded(low, high):
            return If(Less(read, number(high)), Arithmetic("+", read, number(1)), number(low))
        case Enumeration():
            turned: Expression = Literal(values[0], variable.sort)
            for value, after in pairwise(values):
                turned = If(Among(read, (value,)), Literal(after, variable.sort), turned)
            return turned


def _action(formulas: Formulas, number: int, may_leave_range: bool) -> SystemAction:
    draw = formulas.draw
    actor = draw(st.sampled_from(Actor))
    fairness = draw(st.sampled_from((*Fairness, *[actor.fairness] * 4)))
    trusted = fairness is not Fairness.NONE
    name = draw(st.sampled_from((f"act{number}", f"act{number}(devices[0])", f"act{number}(devices[0], devices[1])")))
    guards = tuple(formulas.formula(draw(st.integers(0, 1))) for _ in range(draw(st.sampled_from((0, 0, 1, 1, 1, 2)))))
    count = min(len(formulas.variables), draw(st.sampled_from((1, 1, 1, 2, 2, 3, 0))))
    chosen = st.sampled_from(range(len(formulas.variables)))
    numbers = draw(st.lists(chosen, min_size=count, max_size=count, unique=True))
    assigned = [formulas.variables[position] for position in numbers]
    assignments: list[Assignment] = []
    for variable in assigned:
        wild = may_leave_range and isinstance(variable.sort, Bounded) and draw(st.booleans())
        shape = draw(st.sampled_from(("turns", "turns", "any", "any", "follows")))
        if shape == "turns":
            value = next_value(variable)
        elif shape == "follows" and assignments:  # depends on what is assigned at the same time
            others = Formulas(draw, tuple(assigned[: len(assignments)]))
            value = If(others.atom(0, steps=False), next_value(variable), Read(variable.name, variable.sort))
        else:
            value = formulas.term(variable.sort, 2)
        assignments.append(Assignment(variable.name, formulas.integer(1, steps=False) if wild else value))
    return SystemAction(
        name=name,
        actor=actor,
        fairness=fairness,
        disturbs=actor in (Actor.HOST, Actor.ENVIRONMENT, Actor.DEVICE) and not trusted,
        adversarial=actor.adversarial and not trusted,
        guards=guards,
        assignments=tuple(assignments),
        template=Action(f"act{number}", "Random", actor, fairness),
    )


def reachable_steps(system: System) -> list[tuple[State, State]]:
    """Return the reachable steps, or the first ones if one leaves a range; a start state counts as a step to itself."""
    semantics = Semantics(system)
    reached = list(semantics.initial_states())
    known, steps = set(reached), [(state, state) for state in reached]
    try:
        for state in reached:
            for _, after in semantics.successors(state):
                steps.append((state, after))
                if after not in known:
                    known.add(after)
                    reached.append(after)
    except LeavesRange:
        pass
    return steps


def observed(formulas: Formulas, steps: list[tuple[State, State]], after: bool) -> Expression:
    """Draw what is true of all given steps, or of all but a few: one variable's value limits another one's.

    Such properties are seldom inductive, and when they are violated then seldom at once.
    """
    draw = formulas.draw
    first, second = (draw(st.integers(0, len(formulas.variables) - 1)) for _ in range(2))
    one, other = formulas.variables[first], formulas.variables[second]
    value = draw(st.sampled_from(sorted({end[first] for _, end in steps}, key=repr)))
    pairs = [(before if after else end, end) for before, end in steps]
    values = sorted({end[second] for before, end in pairs if before[first] == value}, key=repr)
    if values and draw(st.integers(0, 2)) == 0:
        values.remove(draw(st.sampled_from(values)))
    limited = Among(Read(other.name, other.sort, after), tuple(values))
    return Or((Not(Among(Read(one.name, one.sort), (value,))), limited))


@st.composite
def questions(draw: st.DrawFn, system: System, kinds: tuple[Kind, ...] = tuple(Kind)) -> tuple[SystemProperty, ...]:
    """Draw one property of each of the given kinds about ``system``."""
    formulas = Formulas(draw, system.variables, tuple(action.name for action in system.actions))
    seen = reachable_steps(system)
    found: list[SystemProperty] = []
    for kind in kinds:
        steps = kind in STEP_KINDS or (kind is Kind.MUST_BE_POSSIBLE and draw(st.booleans()))
        plain = kind in (Kind.MUST_BE_POSSIBLE, Kind.NEVER_ENDLESS)
        if kind in (Kind.INVARIANT, Kind.STEP) and draw(st.booleans()):
            formula = observed(formulas, seen, steps)
        else:
            formula = formulas.formula(2, steps) if plain else formulas.implication(2, steps)
        premised = kind in (Kind.LEADS_TO, Kind.STAYS_POSSIBLE) and draw(st.booleans())
        after = formulas.formula(1) if premised else TRUE
        premise = antecedent(formula) if after == TRUE else after
        found.append(SystemProperty(f"random_{kind.value}", f"TDM9{len(found):02}", kind, formula, after, premise))
    return tuple(found)


@st.composite
def asked_systems(
    draw: st.DrawFn, kinds: tuple[Kind, ...] = tuple(Kind), may_leave_range: bool = False
) -> tuple[System, tuple[SystemProperty, ...]]:
    """Draw a system and one property of each of the given kinds about it."""
    system = draw(systems(may_leave_range=may_leave_range))
    return system, draw(questions(system, kinds))


def well_formed_state(system: System, state: tuple[object, ...]) -> bool:
    """Whether ``state`` has one value of the right sort per variable."""
    return len(state) == len(system.variables) and all(
        belongs(value, variable.sort)  # type: ignore[arg-type]  # a state of a broken engine may hold anything
        for value, variable in zip(state, system.variables, strict=True)
    )
