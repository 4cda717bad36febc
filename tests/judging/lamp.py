"""A lamp to judge verdicts about.

It starts dark.  The kernel switches it on (weakly fair) and userspace switches it off (weakly fair); the host may break
it while it is on, and once broken a look at it (environment) changes nothing.  So there are three states, dark, lit and
broken, and four transitions: dark to lit, lit to dark, lit to broken, broken to itself.
"""

from __future__ import annotations

from tdispmodel.ir.expressions import TRUE, Actor, Among, Enumeration, Equal, Expression, Literal, Read, negation
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
        fair=actor.fair,
        disturbs=not actor.fair,
        adversarial=actor.adversarial,
        guards=(Among(READ, (before,)),),
        assignments=() if after is None else (Assignment("lamp", Literal(after, LAMP)),),
        template=Action(name, "Lamp", actor, actor.fair),
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
NOT_BROKEN = negation(is_("BROKEN"))
