"""bench-tdi with N devices as a hand-built system: a published yardstick whose counts several model checkers agree on.

States are 3^N + 2*47^N + 46^N and the depth is 12N + 3; see the table in the tests that use it.
"""

from __future__ import annotations

from tdispmodel.ir.expressions import (
    BOOLEAN,
    Actor,
    Among,
    Enumeration,
    Equal,
    Expression,
    Literal,
    Read,
    Value,
    conjunction,
    disjunction,
    negation,
)
from tdispmodel.ir.model import Action, Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty, SystemVariable

TDI = Enumeration("Tdi", ("U", "L", "R", "E"))
DRIVER = Enumeration("Driver", ("NONE", "PREPARE", "OPER_T0", "OPER_T1"))
PHASE = Enumeration("Phase", ("BOOT", "INITRD", "USER", "SECRETS"))
FLAGS = ("prepared", "measured", "verified", "accepted", "deferred")
AUTOPROBE = Read("autoprobe", BOOLEAN)
NOT_BOOT = Among(Read("phase", PHASE), ("INITRD", "USER", "SECRETS"))


def _phase(name: str) -> Expression:
    return Equal(Read("phase", PHASE), Literal(name, PHASE))


def _action(name: str, guards: list[Expression], updates: dict[str, Value]) -> SystemAction:
    sorts = {"tdi": TDI, "drv": DRIVER, "phase": PHASE}
    assignments = tuple(
        Assignment(variable, Literal(value, sorts.get(variable.rpartition(".")[2], BOOLEAN)))
        for variable, value in updates.items()
    )
    actor = Actor.HOST if name.startswith(("host_error", "reset")) else Actor.KERNEL
    return SystemAction(
        name=name,
        actor=actor,
        fairness=actor.fairness,
        disturbs=actor is Actor.HOST,
        adversarial=actor.adversarial,
        guards=tuple(guards),
        assignments=assignments,
        template=Action(name, "Bench", actor, actor.fairness),
    )


class Device:
    """The formulas and actions of one device."""

    def __init__(self, number: int) -> None:
        self.at = f"devices[{number}]"

    def flag(self, name: str) -> Expression:
        """A flag of the device."""
        return Read(f"{self.at}.{name}", BOOLEAN)

    def tdi(self, *values: str) -> Expression:
        """The interface is in one of these states."""
        return Among(Read(f"{self.at}.tdi", TDI), values)

    def drv(self, *values: str) -> Expression:
        """The driver is one of these."""
        return Among(Read(f"{self.at}.drv", DRIVER), values)

    def variables(self) -> list[SystemVariable]:
        """The device's variables with their start values."""
        flags = [SystemVariable(f"{self.at}.{name}", BOOLEAN, (False,)) for name in FLAGS]
        return [
            SystemVariable(f"{self.at}.tdi", TDI, ("U",)),
            SystemVariable(f"{self.at}.drv", DRIVER, ("NONE",)),
            *flags,
        ]

    def actions(self) -> list[SystemAction]:
        """A1 to A16."""
        flag, tdi, drv = self.flag, self.tdi, self.drv
        free, unlocked, locked, running = drv("NONE"), tdi("U"), tdi("L"), tdi("R")
        fresh: dict[str, Value] = {"tdi": "U", "measured": False, "verified": False}
        no = negation
        rows: list[tuple[str, list[Expression], dict[str, Value]]] = [
            ("autobind", [AUTOPROBE, free, unlocked, no(flag("deferred"))], {"drv": "OPER_T0"}),
            ("probe_defer", [AUTOPROBE, free, no(flag("deferred")), no(flag("accepted"))], {"deferred": True}),
            ("retrigger", [flag("deferred")], {"deferred": False}),
            ("bind_prepare", [NOT_BOOT, free, unlocked, no(flag("prepared"))], {"drv": "PREPARE"}),
            ("prepare_done", [drv("PREPARE")], {"drv": "NONE", "prepared": True}),
            ("lock", [NOT_BOOT, unlocked, free, flag("prepared")], {"tdi": "L"}),
            ("measure", [locked, no(flag("measured"))], {"measured": True}),
            ("verify", [locked, flag("measured"), no(flag("verified"))], {"verified": True}),
            ("start", [locked, flag("verified")], {"tdi": "R"}),
            ("accept", [running, no(flag("accepted"))], {"accepted": True}),
            ("bind_oper", [flag("accepted"), running, free], {"drv": "OPER_T1"}),
            ("unbind", [drv("OPER_T0", "OPER_T1")], {"drv": "NONE"}),
            ("host_error", [tdi("L", "R")], {"tdi": "E"}),
            ("unlock", [tdi("L", "R", "E"), free], fresh | {"accepted": False}),
            ("reset", [no(unlocked)], fresh),
            ("revoke", [flag("accepted"), no(running)], {"accepted": False}),
        ]
        return [
            _action(
                f"{name}({self.at})", guards, {f"{self.at}.{variable}": value for variable, value in updates.items()}
            )
            for name, guards, updates in rows
        ]


def bench_tdi(number: int) -> System:
    """Return the system with ``number`` devices."""
    devices = [Device(position) for position in range(number)]
    calm = [device.drv("NONE", "OPER_T1") for device in devices]
    actions = [
        _action("initrd_start", [_phase("BOOT")], {"phase": "INITRD", "autoprobe": False}),
        _action("user_start", [_phase("INITRD")], {"phase": "USER"}),
        _action("deploy_secrets", [_phase("USER"), *calm], {"phase": "SECRETS"}),
    ]
    for device in devices:
        actions += device.actions()
    return System(
        name="bench_tdi",
        variables=(
            SystemVariable("phase", PHASE, ("BOOT",)),
            SystemVariable("autoprobe", BOOLEAN, (True,)),
            *(variable for device in devices for variable in device.variables()),
        ),
        actions=tuple(actions),
        devices=number,
    )


def bench_properties(number: int) -> list[SystemProperty]:
    """Return I1 to I4: holds, holds, violated after 10 steps, holds."""
    devices = [Device(position) for position in range(number)]

    def all_devices(name: str, premise: str, goal: str) -> SystemProperty:
        def part(device: Device, what: str) -> Expression:
            return {
                "R": device.tdi("R"),
                "T1": device.drv("OPER_T1"),
            }.get(what) or device.flag(what)

        formula = conjunction(*(disjunction(negation(part(each, premise)), part(each, goal)) for each in devices))
        reached = disjunction(*(part(each, premise) for each in devices))
        return SystemProperty(name, "", Kind.INVARIANT, formula, antecedent=reached)

    return [
        all_devices("verified_implies_measured", "verified", "measured"),
        all_devices("run_implies_verified", "R", "verified"),
        all_devices("operating_driver_only_in_run", "T1", "R"),
        SystemProperty(
            "autoprobe_ends_with_boot", "", Kind.INVARIANT, disjunction(negation(AUTOPROBE), _phase("BOOT"))
        ),
    ]
