"""Two lamps and a radio: the second lamp needs the first, fire needs the second, the radio needs nothing."""

from __future__ import annotations

from tdispmodel.ir.expressions import BOOLEAN, TRUE, Actor, Expression, Literal, Not, Read
from tdispmodel.ir.model import Action
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemVariable


def lamp(name: str) -> Read:
    """A variable: ``first``, ``second``, ``radio`` or ``burning``."""
    return Read(name, BOOLEAN)


def moves(name: str, guards: tuple[Expression, ...], assigned: dict[str, bool]) -> SystemAction:
    """A fair action of the kernel."""
    return SystemAction(
        name=name,
        actor=Actor.KERNEL,
        fairness=Actor.KERNEL.fairness,
        disturbs=False,
        adversarial=False,
        guards=guards,
        assignments=tuple(Assignment(variable, Literal(value, BOOLEAN)) for variable, value in assigned.items()),
        template=Action(name, "Room", Actor.KERNEL, Actor.KERNEL.fairness),
    )


TWO_LAMPS = System(
    "two_lamps",
    tuple(SystemVariable(name, BOOLEAN, (False,)) for name in ("first", "second", "radio", "burning")),
    (
        moves("first", (Not(lamp("first")), Not(lamp("second"))), {"first": True}),
        moves("second", (lamp("first"),), {"second": True}),
        moves("burn", (lamp("second"),), {"burning": True}),
        moves("tune", (TRUE,), {"radio": True}),
        moves("off", (), {"first": False, "radio": False}),
    ),
)
