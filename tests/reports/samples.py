"""Hand-built systems and verdicts, small enough that every expected line can be written by hand."""

from __future__ import annotations

from tdispmodel.ir.expressions import (
    BOOLEAN,
    Actor,
    And,
    Bounded,
    Enumeration,
    Equal,
    Expression,
    Fairness,
    Literal,
    Not,
    Or,
    Read,
    Took,
    Value,
    number,
)
from tdispmodel.ir.model import Action, Kind, Property
from tdispmodel.ir.system import Assignment, State, System, SystemAction, SystemProperty, SystemVariable
from tdispmodel.verdict import (
    Answer,
    Certificate,
    ClosedStates,
    Report,
    Result,
    Skipped,
    Space,
    Trace,
    Verdict,
    Witness,
)

TDI = Enumeration("Tdi", ("CONFIG_UNLOCKED", "CONFIG_LOCKED", "RUN", "ERROR"))
DRIVER = Enumeration("Driver", ("NONE", "PREPARE", "OPERATING"))
PHASE = Enumeration("Phase", ("BOOT", "INITRD"))
SMALL = Bounded(0, 3)


def read(name: str, of: Enumeration | Bounded | None = None, after: bool = False) -> Read:
    """A variable; a truth value unless ``of`` says otherwise."""
    return Read(name, of or BOOLEAN, after)


def is_(name: str, of: Enumeration, member: str, after: bool = False) -> Expression:
    """An enum variable has a certain member."""
    return Equal(Read(name, of, after), Literal(member, of))


def action(
    name: str,
    actor: Actor,
    *assigned: tuple[str, Expression],
    text: str = "",
    source: str = "",
    patched: str = "",
    target: Actor | None = None,
) -> SystemAction:
    """An action instance that is always enabled; its template has the name in front of the parenthesis."""
    short = name.split("(", maxsplit=1)[0]
    template = Action(
        name=short,
        owner="Guest",
        actor=actor,
        fairness=actor.fairness,
        text=text,
        source=source,
        patched=patched,
        target=target,
    )
    return SystemAction(
        name=name,
        actor=actor,
        fairness=actor.fairness,
        disturbs=actor.fairness is Fairness.NONE,
        adversarial=actor.adversarial,
        guards=(),
        assignments=tuple(Assignment(variable, value) for variable, value in assigned),
        template=template,
    )


def question(
    name: str,
    code: str,
    kind: Kind,
    formula: Expression,
    *,
    after: Expression | None = None,
    antecedent: Expression | None = None,
    text: str = "",
    given: tuple[tuple[str, Value], ...] = (),
) -> SystemProperty:
    """A property with its sentence."""
    template = Property(name=name, code=code, kind=kind, about="Guest", formula=formula, text=text, given=given)
    return SystemProperty(
        name=name,
        code=code,
        kind=kind,
        formula=formula,
        after=Literal(True, BOOLEAN) if after is None else after,
        antecedent=antecedent,
        template=template,
    )


def driver_system(
    devices: int = 1, constants: tuple[tuple[str, Value], ...] = (), without: tuple[str, ...] = ()
) -> System:
    """A guest with a phase and devices that have a TDI state, a driver, an acceptance flag and a count of retries."""
    variables = [SystemVariable("phase", PHASE, ("BOOT",))]
    actions = [
        action(
            "start_initrd",
            Actor.USERSPACE,
            ("phase", Literal("INITRD", PHASE)),
            text="The initrd takes over.\n\nMore that no trace shows.",
            source="init/main.c",
        )
    ]
    for position in range(devices):
        device = f"devices[{position}]"
        variables += [
            SystemVariable(f"{device}.tdi", TDI, ("CONFIG_UNLOCKED",)),
            SystemVariable(f"{device}.driver", DRIVER, ("NONE",)),
            SystemVariable(f"{device}.accepted", BOOLEAN, (False,)),
            SystemVariable(f"{device}.retries", SMALL, (0,)),
        ]
        actions += [
            action(
                f"lock({device})",
                Actor.USERSPACE,
                (f"{device}.tdi", Literal("CONFIG_LOCKED", TDI)),
                text="Userspace writes to tsm/lock; the TSM sends LOCK_INTERFACE_REQUEST.",
                source="drivers/pci/tsm.c; TDISP 11.3.8",
                target=Actor.DEVICE,
            ),
            action(
                f"accept({device})",
                Actor.USERSPACE,
                (f"{device}.tdi", Literal("RUN", TDI)),
                (f"{device}.accepted", Literal(True, BOOLEAN)),
                text="Userspace accepts the device.",
                patched="replaced",
                target=Actor.KERNEL,
            ),
            action(
                f"attach_on_arrival({device})",
                Actor.KERNEL,
                (f"{device}.driver", Literal("OPERATING", DRIVER)),
                text="The PCI core attaches a matching driver as soon as the device is there.",
                source="pci_bus_add_device()",
            ),
            action(f"error({device})", Actor.HOST, (f"{device}.tdi", Literal("ERROR", TDI)), target=Actor.DEVICE),
            action(f"retry_deferred({device})", Actor.KERNEL, (f"{device}.retries", number(1))),
        ]
    return System("sample", tuple(variables), tuple(actions), devices=devices, constants=constants, without=without)


def run(system: System, *names: str, start: State | None = None, loop: int | None = None) -> Trace:
    """The behaviour that takes the named actions from the start state; values are literals, so they can be read off."""
    state = start or tuple(variable.initial[0] for variable in system.variables)
    initial, steps = state, []
    for name in names:
        after = list(state)
        for assignment in system.by_name[name].assignments:
            assert isinstance(assignment.value, Literal)
            after[system.index[assignment.variable]] = assignment.value.value
        state = tuple(after)
        steps.append((name, state))
    return Trace(initial, tuple(steps), loop)


ONLY_IN_RUN = question(
    "private_driver_only_in_run",
    "TDM103",
    Kind.INVARIANT,
    Or((Not(is_("devices[0].driver", DRIVER, "OPERATING")), is_("devices[0].tdi", TDI, "RUN"))),
    antecedent=is_("devices[0].driver", DRIVER, "OPERATING"),
    text="The operating driver is bound only while the TDI is in RUN.",
)
BINDS_IN_RUN = question(
    "no_trusted_driver_binds_pre_run",
    "TDM101",
    Kind.STEP,
    Or(
        (
            Not(
                And(
                    (
                        is_("devices[0].driver", DRIVER, "NONE"),
                        is_("devices[0].driver", DRIVER, "OPERATING", after=True),
                    )
                )
            ),
            is_("devices[0].tdi", TDI, "RUN"),
        )
    ),
    text="Whoever binds the operating driver, the TDI is in RUN.",
)
ENDLESS = question(
    "deferral_is_not_endless",
    "TDM402",
    Kind.NEVER_ENDLESS,
    Took(frozenset({"retry_deferred(devices[0])"})),
    text="No device is retried for ever.",
)
GETS_DRIVER = question(
    "wanted_device_gets_its_driver",
    "TDM401",
    Kind.LEADS_TO,
    is_("devices[0].driver", DRIVER, "OPERATING"),
    after=is_("phase", PHASE, "INITRD"),
    text="A device that policy wants ends with its operating driver.",
)
CAN_RUN = question(
    "trusted_driver_can_run",
    "TDM501",
    Kind.MUST_BE_POSSIBLE,
    And((is_("devices[0].driver", DRIVER, "OPERATING"), is_("devices[0].tdi", TDI, "RUN"))),
    text="The operating driver can run in RUN.",
)
RUN_STAYS = question(
    "run_stays_reachable",
    "TDM404",
    Kind.STAYS_POSSIBLE,
    is_("devices[0].tdi", TDI, "RUN"),
    after=is_("phase", PHASE, "INITRD"),
    text="Before secrets, RUN stays reachable.",
)

STORY = ("start_initrd", "lock(devices[0])", "accept(devices[0])", "attach_on_arrival(devices[0])", "error(devices[0])")


def violated(wanted: SystemProperty, trace: Trace | None, space: Space | None = None) -> Verdict:
    """A violation found by ``explicit``."""
    return Verdict(wanted, Answer.VIOLATED, "explicit", trace=trace, shortest=True, space=space, seconds=0.01)


def holds(
    wanted: SystemProperty,
    certificate: Certificate | None = None,
    vacuous: bool | None = None,
    space: Space | None = None,
) -> Verdict:
    """A proof by ``explicit``."""
    return Verdict(
        wanted, Answer.HOLDS, "explicit", certificate=certificate, vacuous=vacuous, space=space, seconds=0.01
    )


def sample_report() -> Report:
    """One proposal with every kind of verdict that one device and few properties can give."""
    system = driver_system()
    space = Space(143, 565, 15)
    witness = run(system, "accept(devices[0])", "attach_on_arrival(devices[0])")
    return Report(
        results=(
            Result("status_quo", system, violated(BINDS_IN_RUN, run(system, STORY[3]), space=space)),
            Result("status_quo", system, violated(ONLY_IN_RUN, run(system, *STORY), space=space)),
            Result(
                "status_quo",
                system,
                violated(ENDLESS, run(system, *STORY[:1], *["retry_deferred(devices[0])"] * 2, loop=2)),
            ),
            Result("status_quo", system, Verdict(GETS_DRIVER, Answer.OPEN, "bmc", "time is used up", bound=20)),
            Result("status_quo", system, holds(CAN_RUN, certificate=Witness(witness), vacuous=False, space=space)),
            Result("status_quo", system, holds(RUN_STAYS, certificate=ClosedStates(()), vacuous=True)),
        ),
        skipped=(Skipped("status_quo", "locked_topology_admits_no_newcomer", "TDM110", "no variable Guest.topology"),),
    )
