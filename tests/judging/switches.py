"""Two switches, whose orbits are counted on the fingers: none is on, one is, both are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tdispmodel.ir.expressions import BOOLEAN, TRUE, Actor, Expression, Literal, Read, Took, conjunction, negation
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty, SystemVariable
from tdispmodel.verdict import Answer, Interchanged, LocalStates, NumberedOrbits, Verdict

BOTH = ("switches[0]", "switches[1]")
LAMP = Read("lamp", BOOLEAN)


def on(number: int, *, after: bool = False) -> Read:
    """A switch is on."""
    return Read(f"switches[{number}].on", BOOLEAN, after)


def taken(name: str, *numbers: int) -> Expression:
    """A step is the turning of one of these switches, say."""
    return Took(frozenset(f"{name}(switches[{number}])" for number in numbers))


def action(name: str, *guards: Expression, actor: Actor = Actor.KERNEL, **assigned: Expression) -> SystemAction:
    """An action; ``on0`` and ``on1`` are the switches, ``lamp`` the lamp."""
    full = {"on0": "switches[0].on", "on1": "switches[1].on", "lamp": "lamp"}
    return SystemAction(
        name=name,
        actor=actor,
        fairness=actor.fairness,
        disturbs=False,
        adversarial=actor.adversarial,
        guards=guards,
        assignments=tuple(Assignment(full[variable], value) for variable, value in assigned.items()),
        template=Action(name, "Switch", actor, actor.fairness),
    )


def turned(number: int, *guards: Expression) -> SystemAction:
    """A switch that is off is turned on."""
    return action(f"turn(switches[{number}])", negation(on(number)), *guards, **{f"on{number}": Literal(True, BOOLEAN)})


def system(*actions: SystemAction, starts: tuple[tuple[bool, ...], ...] = ((False,), (False,)), **more: Any) -> System:
    """Two switches and a lamp that is off at first."""
    switches = (SystemVariable(f"switches[{number}].on", BOOLEAN, initial) for number, initial in enumerate(starts))
    return System("switches", (SystemVariable("lamp", BOOLEAN, (False,)), *switches), actions, devices=2, **more)


PLAIN = system(turned(0), turned(1))
"""Each switch can be turned on: four states, four steps, two levels of steps; three orbits."""

LIGHTS = Literal(True, BOOLEAN)
FIRST_LIGHTS = system(turned(0), turned(1), action("light(switches[0])", on(0), lamp=LIGHTS))
"""The first switch lights the lamp, and the second one does not."""

PARTS = (
    LocalStates(("lamp",), ((False,), (True,))),
    LocalStates(("switches[0].on",), ((False,), (True,))),
    LocalStates(("switches[1].on",), ((False,), (True,))),
)


def orbits(count: int, **more: Any) -> NumberedOrbits:
    """The certificate that so many orbits are reachable."""
    return replace(NumberedOrbits(PARTS, (BOTH,), count), **more)


def said(kind: Kind, formula: Expression, count: int, answer: Answer = Answer.HOLDS, **more: Any) -> Verdict:
    """A verdict shown by orbits."""
    given: dict[str, Any] = {"certificate": orbits(count), "symmetry": Interchanged((BOTH,), count)} | more
    return Verdict(SystemProperty("said", "TDM900", kind, formula), answer, "hand", **given)


NOT_THE_FIRST_ALONE = negation(conjunction(on(0), negation(on(1))))
"""In representatives, which ascend, the first switch is on only if the second one is."""

ALWAYS = TRUE
