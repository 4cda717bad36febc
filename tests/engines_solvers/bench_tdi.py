"""The system bench-tdi, built directly: N devices with eight variables each, two globals, 16 N + 3 action instances.

Known of it for every N: I1 and I2 hold and are inductive by themselves, a shortest violation of I3 has ten steps, I4
holds.  Reachable states: 3^N + 2*47^N + 46^N.
"""

from __future__ import annotations

from tdispmodel.ir.expressions import Enumeration, Expression
from tdispmodel.ir.system import System, SystemAction, SystemProperty
from tests.engines_solvers.small_systems import (
    TRUE,
    act,
    among,
    both,
    equal,
    implies,
    invariant,
    negated,
    read,
    variable,
)

TDI = Enumeration("Tdi", ("U", "L", "R", "E"))
DRIVER = Enumeration("Driver", ("NONE", "PREPARE", "OPER_T0", "OPER_T1"))
PHASE = Enumeration("Phase", ("BOOT", "INITRD", "USER", "SECRETS"))
FLAGS = ("prepared", "measured", "verified", "accepted", "deferred")


def bench_tdi(devices: int) -> tuple[System, tuple[SystemProperty, ...]]:
    """Return the system for so many devices, and the questions I1 to I4."""
    variables = [variable("phase", PHASE, "BOOT"), variable("autoprobe", None, True)]
    phase, autoprobe = read("phase", PHASE), read("autoprobe")
    after_boot = among(phase, "INITRD", "USER", "SECRETS")
    actions: list[SystemAction] = []
    idle: list[Expression] = []
    first: list[Expression] = []
    second: list[Expression] = []
    third: list[Expression] = []
    for number in range(devices):
        name = f"d{number}"
        variables += [variable(f"{name}.tdi", TDI, "U"), variable(f"{name}.drv", DRIVER, "NONE")]
        variables += [variable(f"{name}.{flag}", None, False) for flag in FLAGS]
        tdi, drv = read(f"{name}.tdi", TDI), read(f"{name}.drv", DRIVER)
        prepared, measured, verified, accepted, deferred = (read(f"{name}.{flag}") for flag in FLAGS)
        unlocked, locked, running = equal(tdi, "U"), equal(tdi, "L"), equal(tdi, "R")
        free = equal(drv, "NONE")

        def add(label: str, guards: list[Expression], device: str = name, **effects: bool | str) -> None:
            sorts = {"tdi": TDI, "drv": DRIVER}
            declared = [variable(f"{device}.{key}", sorts.get(key), value) for key, value in effects.items()]
            assigned = {f"{device}.{key}": value for key, value in effects.items()}
            actions.append(act(f"{label}({device})", guards, declared, assigned))

        add("autobind", [autoprobe, free, unlocked, negated(deferred)], drv="OPER_T0")
        add("probe_defer", [autoprobe, free, negated(deferred), negated(accepted)], deferred=True)
        add("retrigger", [deferred], deferred=False)
        add("bind_prepare", [after_boot, free, unlocked, negated(prepared)], drv="PREPARE")
        add("prepare_done", [equal(drv, "PREPARE")], drv="NONE", prepared=True)
        add("lock", [after_boot, unlocked, free, prepared], tdi="L")
        add("measure", [locked, negated(measured)], measured=True)
        add("verify", [locked, measured, negated(verified)], verified=True)
        add("start", [locked, verified], tdi="R")
        add("accept", [running, negated(accepted)], accepted=True)
        add("bind_oper", [accepted, running, free], drv="OPER_T1")
        add("unbind", [among(drv, "OPER_T0", "OPER_T1")], drv="NONE")
        add("host_error", [among(tdi, "L", "R")], tdi="E")
        add("unlock", [among(tdi, "L", "R", "E"), free], tdi="U", measured=False, verified=False, accepted=False)
        add("reset", [negated(unlocked)], tdi="U", measured=False, verified=False)
        add("revoke", [accepted, negated(running)], accepted=False)
        idle.append(among(drv, "NONE", "OPER_T1"))
        first.append(implies(verified, measured))
        second.append(implies(running, verified))
        third.append(implies(equal(drv, "OPER_T1"), running))
    start = {"phase": "INITRD", "autoprobe": False}
    actions.append(act("initrd_start", [equal(phase, "BOOT")], variables, assigned=start))
    actions.append(act("user_start", [equal(phase, "INITRD")], variables, assigned={"phase": "USER"}))
    actions.append(act("deploy_secrets", [equal(phase, "USER"), *idle], variables, assigned={"phase": "SECRETS"}))
    fourth = implies(autoprobe, equal(phase, "BOOT"))
    system = System("bench_tdi", tuple(variables), tuple(actions), TRUE, devices)
    names = (
        "verified_implies_measured",
        "run_implies_verified",
        "operating_driver_only_in_run",
        "autoprobe_ends_with_boot",
    )
    formulas = (both(*first), both(*second), both(*third), fourth)
    return system, tuple(invariant(name, formula) for name, formula in zip(names, formulas, strict=True))
