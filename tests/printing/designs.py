"""A hand-built base and a proposal on it, for the tests of printing."""

from __future__ import annotations

from dataclasses import replace

from tdispmodel.ir.expressions import (
    BOOLEAN,
    FALSE,
    TRUE,
    Actor,
    Binder,
    Bounded,
    ConstantValue,
    Enumeration,
    Equal,
    Expression,
    Fairness,
    Field,
    Less,
    Literal,
    Not,
    Quantified,
    number,
)
from tdispmodel.ir.model import (
    Action,
    Component,
    Constant,
    Guard,
    Kind,
    Model,
    Parameter,
    Part,
    Property,
    Update,
    Variable,
)

KERNEL = Enumeration("Kernel", ("OLD", "NEW"))
TRIES = Bounded(0, 2)
BOUND = Field("device", "bound", BOOLEAN)
AUTOPROBE = Field("self", "autoprobe", BOOLEAN)
TRIED = Field("self", "tried", TRIES)


def member(name: str) -> Expression:
    """Return a member of the enum."""
    return Literal(name, KERNEL)


BIND = Action(
    "bind",
    "Guest",
    Actor.USERSPACE,
    fairness=Fairness.WEAK,
    parameters=(Parameter("device", "Device"),),
    guards=(Guard(Not(BOUND)), Guard(Less(TRIED, number(2)))),
    updates=(Update("device", "bound", TRUE),),
    text="Userspace binds.",
    source="drivers/base/bus.c",
)
RESET = Action(
    "reset",
    "Guest",
    Actor.HOST,
    fairness=Fairness.NONE,
    guards=(Guard(Equal(ConstantValue("kernel", KERNEL, "self"), member("OLD"))),),
    updates=(Update("device", "bound", FALSE, ("device", "devices")), Update("self", "tried", number(0))),
    text="The host resets all.",
)
CRASH = Action(
    "crash",
    "Guest",
    Actor.HOST,
    fairness=Fairness.NONE,
    updates=(Update("self", "autoprobe", FALSE),),
    text="It crashes.",
)
DEVICE = Component("Device", ("Device",), (Variable("bound", BOOLEAN, (False,)),), text="A device.")
GUEST = Component(
    "Guest",
    ("Guest",),
    (
        Variable("autoprobe", BOOLEAN, (True,), text="Whether the kernel binds by itself."),
        Variable("tried", TRIES, (0, 1), frozenset({Actor.HOST})),
    ),
    (BIND, RESET, CRASH),
    (Part("devices", "Device", many=True),),
    text="A guest.",
)
ALL_BOUND = Quantified(Binder.ALL, "device", "devices", BOUND)
NEVER_ALL = Property(
    "never_all",
    "TDM101",
    Kind.INVARIANT,
    "Guest",
    Not(ALL_BOUND),
    given=(("kernel", "NEW"),),
    text="Some device stays free.",
    source="debate 3",
)
BASE = Model(
    "base",
    "Guest",
    (GUEST, DEVICE),
    (Constant("kernel", KERNEL, "NEW"),),
    properties=(NEVER_ALL,),
    claim="A guest.",
)

CAREFUL_BIND = replace(BIND, guards=(*BIND.guards, Guard(Not(AUTOPROBE))), patched="restricted")
CAREFUL_RESET = replace(
    RESET, guards=(), updates=(Update("self", "tried", number(1)),), text="Counts.", patched="replaced"
)
WAIT = Action(
    "wait",
    "Careful",
    Actor.KERNEL,
    fairness=Fairness.NONE,
    guards=(Guard(AUTOPROBE),),
    updates=(Update("self", "waiting", TRUE),),
    text="The kernel waits.",
)
CAREFUL = Component(
    "Careful",
    ("Careful", "Guest"),
    (
        Variable("autoprobe", BOOLEAN, (False, True), text="Whether the kernel binds by itself."),
        GUEST.variables[1],
        Variable("waiting", BOOLEAN, (False,), frozenset(Actor)),
    ),
    (CAREFUL_BIND, CAREFUL_RESET, WAIT),
    GUEST.parts,
    removed=(("Guest", "crash"),),
    text="Careful.",
)
PROPOSAL = Model(
    "careful",
    "Careful",
    (CAREFUL, DEVICE),
    (Constant("kernel", KERNEL, "OLD", fixed=True),),
    initially=(AUTOPROBE,),
    properties=(replace(NEVER_ALL, given=(("kernel", "OLD"),)),),
    claim="Careful.",
)
