"""A lamp to judge verdicts about.

It starts dark.  The kernel switches it on (weakly fair) and userspace switches it off (weakly fair); the host may break
it while it is on, and once broken a look at it (environment) changes nothing.  So there are three states, dark, lit and
broken, and four transitions: dark to lit, lit to dark, lit to broken, broken to itself.
"""

from __future__ import annotations

from dataclasses import replace

from tdispmodel.ir.expressions import (
    TRUE,
    Actor,
    Among,
    Enumeration,
    Equal,
    Expression,
    Fairness,
    Literal,
    Read,
    negation,
)
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.premise import antecedent
from tdispmodel.ir.system import Assignment, State, System, SystemAction, SystemProperty, SystemVariable
from tdispmodel.verdict import Answer, ClosedStates, Trace, Verdict

LAMP = Enumeration("Lamp", ("DARK", "LIT", "BROKEN"))
READ = Read("lamp", LAMP)
AFTER = Read("lamp", LAMP, after=True)
DARK: State = ("DARK",)
LIT: State = ("LIT",)
BROKEN: State = ("BROKEN",)
ALL = ClosedStates((DARK, LIT, BROKEN))


def is_(value: str, read: Read = READ) -> Expression:
    """The lamp has this value."""
    return Equal(read, Literal(value, LAMP))


def moves(name: str, actor: Actor, before: str, after: str | None) -> SystemAction:
    """Return an action that takes the lamp from one value to another."""
    return SystemAction(
        name=name,
        actor=actor,
        fairness=actor.fairness,
        disturbs=actor.fairness is Fairness.NONE,
        adversarial=actor.adversarial,
        guards=(Among(READ, (before,)),),
        assignments=() if after is None else (Assignment("lamp", Literal(after, LAMP)),),
        template=Action(name, "Lamp", actor, actor.fairness),
    )


SYSTEM = System(
    "lamp",
    (SystemVariable("lamp", LAMP, ("DARK",)),),
    (
        moves("switch_on", Actor.KERNEL, "DARK", "LIT"),
        moves("switch_off", Actor.USERSPACE, "LIT", "DARK"),
        moves("break_it", Actor.HOST, "LIT", "BROKEN"),
        moves("look", Actor.ENVIRONMENT, "BROKEN", None),
    ),
)


def promised(system: System, name: str, fairness: Fairness) -> System:
    """Return a system in which one action is promised something else, and so neither disturbs nor is adversarial."""
    actions = (
        replace(action, fairness=fairness, disturbs=False, adversarial=False) if action.name == name else action
        for action in system.actions
    )
    return replace(system, actions=tuple(actions))


FRAGILE = promised(SYSTEM, "break_it", Fairness.STRONG)
"""The lamp that breaks if it is lit again and again: the host promises it."""
WAITING = replace(
    promised(FRAGILE, "switch_on", Fairness.NONE),
    actions=(
        *promised(FRAGILE, "switch_on", Fairness.NONE).actions,
        moves("wait", Actor.KERNEL, "DARK", None),
    ),
)
"""The fragile lamp that need not be switched on; a kernel waits in the dark and is never held up."""


def asks(kind: Kind, formula: Expression, after: Expression = TRUE) -> SystemProperty:
    """Return a question about the lamp."""
    return SystemProperty("lamp_rule", "TDM900", kind, formula, after, antecedent(formula) if after == TRUE else after)


def holds(question: SystemProperty, **evidence: object) -> Verdict:
    """Return the verdict that the property holds, with this evidence."""
    return Verdict(question, Answer.HOLDS, "test", **evidence)  # type: ignore[arg-type]  # fields by name


def violated(question: SystemProperty, *steps: tuple[str, State], **evidence: object) -> Verdict:
    """Return the verdict that the property is violated by a behaviour from the dark on."""
    loop = evidence.pop("loop", None)
    trace = Trace(DARK, steps, loop)  # type: ignore[arg-type]  # a number or None
    return Verdict(question, Answer.VIOLATED, "test", **({"trace": trace} | evidence))  # type: ignore[arg-type]  # as above


ON = ("switch_on", LIT)
OFF = ("switch_off", DARK)
BREAK = ("break_it", BROKEN)
LOOK = ("look", BROKEN)
WAIT = ("wait", DARK)
NOT_BROKEN = negation(is_("BROKEN"))
