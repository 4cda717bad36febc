"""A few words for writing tiny systems down, for the conformance suite.

Given names, ranges, guards and assignments; gives variables, action instances, systems and questions.
"""

from __future__ import annotations

from dataclasses import replace

from tdispmodel.ir.expressions import (
    BOOLEAN,
    TRUE,
    Actor,
    Arithmetic,
    Bounded,
    Equal,
    Expression,
    Fairness,
    Read,
    Took,
    Value,
    number,
)
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty, SystemVariable


class Counter:
    """A bounded integer variable and what is said about it."""

    def __init__(self, name: str, high: int, start: tuple[int, ...] = (0,), low: int = 0) -> None:
        self.sort = Bounded(low, high)
        self.variable = SystemVariable(name, self.sort, start)
        self.now = Read(name, self.sort)
        self.after = Read(name, self.sort, after=True)

    def at(self, value: int) -> Expression:
        """It has this value."""
        return Equal(self.now, number(value))

    def set(self, value: int) -> Assignment:
        """It gets this value."""
        return Assignment(self.variable.name, number(value))

    def add(self, value: int) -> Assignment:
        """It gets so much larger."""
        return Assignment(self.variable.name, Arithmetic("+", self.now, number(value)))


class Flag:
    """A truth value and what is said about it; ``now`` itself is the formula that it is true."""

    def __init__(self, name: str, start: tuple[Value, ...] = (False,)) -> None:
        self.variable = SystemVariable(name, BOOLEAN, start)
        self.now = Read(name, BOOLEAN)
        self.after = Read(name, BOOLEAN, after=True)

    def becomes(self, value: Expression) -> Assignment:
        """It gets the value of a formula."""
        return Assignment(self.variable.name, value)


def move(
    name: str,
    guard: Expression = TRUE,
    *assignments: Assignment,
    actor: Actor = Actor.KERNEL,
    fair: bool | None = None,
) -> SystemAction:
    """Return an action instance with the fairness of its actor, or the one that is given."""
    fairness = actor.fairness if fair is None else Fairness.WEAK if fair else Fairness.NONE
    trusted = fairness is not Fairness.NONE
    return SystemAction(
        name=name,
        actor=actor,
        fairness=fairness,
        disturbs=actor in (Actor.HOST, Actor.ENVIRONMENT, Actor.DEVICE) and not trusted,
        adversarial=actor.adversarial and not trusted,
        guards=(guard,),
        assignments=assignments,
        template=Action(name, "Root", actor, fairness),
    )


def strongly(fair: SystemAction) -> SystemAction:
    """Return the action instance as one that is strongly fair."""
    return replace(fair, fairness=Fairness.STRONG, disturbs=False, adversarial=False)


def system(
    name: str, variables: tuple[Counter | Flag, ...], *actions: SystemAction, initially: Expression = TRUE
) -> System:
    """Return a system of these variables and actions."""
    return System(name, tuple(each.variable for each in variables), actions, initially)


def ask(
    kind: Kind, formula: Expression, after: Expression = TRUE, antecedent: Expression | None = None
) -> SystemProperty:
    """Return a question; the premise of leads-to and stays-possible is its antecedent, as grounding has it."""
    premise = antecedent if antecedent is not None or after == TRUE else after
    return SystemProperty("asked", "TDM999", kind, formula, after, premise)


def took(*names: str) -> Expression:
    """The step is one of these action instances."""
    return Took(frozenset(names))
