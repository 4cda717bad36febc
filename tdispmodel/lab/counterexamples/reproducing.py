"""A counterexample done by a real kernel: each step where it can be, and what was seen beside what the model says.

Given a behaviour of a system and a kernel, gives an account of a run.  What the model says of the device core is
compared: autoprobe, the driver's registration, and of each device presence, driver and deferral, and the errors of
writes into sysfs.  What no distribution's kernel has is marked as emulated: a module of ours does it (`emulating`), and
is compared too; where the design has another one, the model's word is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import State, System
from tdispmodel.lab.counterexamples import emulating
from tdispmodel.lab.counterexamples.emulating import TSM, Interface
from tdispmodel.lab.kernels.building import own_module
from tdispmodel.lab.kernels.packages import Kernel
from tdispmodel.lab.running.machine import PORTS, GuestLost, Machine, Setup, address
from tdispmodel.lab.running.observing import Device, Seen, error, look
from tdispmodel.lab.running.operations import (
    DEFERS,
    FAILS,
    NOT_HERE,
    OWN,
    PREPARE,
    PVPANIC,
    VIRTIO,
    WAITS,
    Doer,
    Driver,
    Operation,
    autoprobe,
    operation,
)
from tdispmodel.verdict import Trace

OPERATING, PREPARING, NO_DRIVER = "OPERATING", "PREPARE", "NONE"
PROBING = ("AUTOMATIC", "REQUESTED")
ATTRIBUTES = ("present", "driver", "deferred")


class Outcome(Enum):
    """What came of a counterexample: the kernel does it, does something else, or it could not be run."""

    REPRODUCED = "reproduced"
    OTHERWISE = "otherwise"
    NOT_RUN = "not run"


@dataclass(frozen=True)
class Step:
    """One step of the plan: the model's name of it, what it is in the lab, and the state to which it leads.

    ``compared``: nothing of the kernel is under way then, so that what is seen must be that state.
    """

    name: str
    actor: str
    operation: Operation
    expected: Seen
    result: str
    compared: bool
    interfaces: tuple[Interface, ...] = ()
    """What the emulated TSM has to say then."""

    @property
    def action(self) -> str:
        """The action without its instance."""
        return self.name.split("(")[0]


@dataclass(frozen=True)
class Plan:
    """How a counterexample is run: the driver, what is plugged in at boot, the initrd's first lines, and the steps.

    ``boot`` are the steps that are over when the initrd begins.  ``begin``: the lines that load the emulated TSM, none
    where it is not needed.  ``reason``: why it cannot be run, empty if it can.
    """

    driver: Driver
    plugged: Mapping[int, str]
    first: tuple[str, ...]
    boot: tuple[Step, ...]
    steps: tuple[Step, ...]
    begin: tuple[str, ...] = ()
    reason: str = ""

    @property
    def emulated(self) -> tuple[str, ...]:
        """The steps that no kernel does, in their order."""
        return tuple(step.name for step in self.every if step.operation.doer is Doer.EMULATED)

    @property
    def every(self) -> tuple[Step, ...]:
        """All steps, those of the boot first."""
        return (*self.boot, *self.steps)

    def commands(self, number: int, done: Done) -> tuple[str, ...]:
        """Return the lines of shell that were done for a step, counted from 1; the first for the initrd's start."""
        does = done.step.operation
        shell = does.doer in (Doer.GUEST, Doer.EMULATED) and does.command and number > len(self.boot)
        return self.first if number == len(self.boot) else (does.command,) if shell else ()


@dataclass(frozen=True)
class Done:
    """A step that was run: what was seen after it (None: nothing was looked at), and how that differs."""

    step: Step
    seen: Seen | None = None
    differs: str = ""
    interfaces: tuple[Interface | None, ...] = ()
    """What the emulated TSM said then, None where no device is; empty where it was not asked."""
    believed: bool = False
    """Whether the emulated TSM is not the design's, and was brought to what the model says."""


@dataclass(frozen=True)
class Account:
    """What came of it: the plan, the kernel, each step as far as it went, and why it ended."""

    plan: Plan
    release: str
    outcome: Outcome
    done: tuple[Done, ...] = ()
    reason: str = ""
    console: str = ""


# --- the plan --------------------------------------------------------------------------------------------------------


def plan(system: System, trace: Trace) -> Plan:
    """Return how the device-core steps of a behaviour are done in the lab."""
    constants = dict(system.constants)
    driver = VIRTIO if str(constants.get("operating_driver")) == "BUILTIN" else _driver(system, trace)
    steps = tuple(_steps(system, trace, driver))
    split = next((number for number, step in enumerate(steps) if step.name == "start_initrd"), len(steps))
    states = [_values(system, state) for state in trace.states]
    plugged = {
        slot: driver.device for slot in range(system.devices) if states[split].get(f"devices[{slot}].present") is True
    }
    began = min(split + 1, len(states) - 1)
    off = states[split]["autoprobe"] is True and states[began]["autoprobe"] is False
    first = (autoprobe(on=False),) if off else ()
    needs = driver.name == OWN or any(step.operation.doer is Doer.EMULATED for step in steps[split + 1 :])
    addresses = [address(slot) for slot in range(system.devices)]
    begin = tuple(emulating.begin(constants, states[began], addresses)) if needs else ()
    if any(PREPARE in step.operation.command for step in steps):
        begin = (f"insmod /modules/{PREPARE}.ko", *begin)
    reason = _impossible(system, driver, steps)
    return Plan(driver, plugged, first, steps[: split + 1], steps[split + 1 :], begin, reason)


def _driver(system: System, trace: Trace) -> Driver:
    """Return the driver that a behaviour needs: our own where a probe takes time, defers, or fails."""
    if any(name.startswith("finish_") and "_probe" in name for name, _ in trace.steps):
        return WAITS
    deferred = any(
        _values(system, state).get(f"devices[{slot}].deferred") is True
        for state in trace.states
        for slot in range(system.devices)
    )
    results = {str(_values(system, state).get("result")) for name, state in trace.steps if name.startswith("bind(")}
    if deferred or "EAGAIN" in results:
        return DEFERS
    return FAILS if "EIO" in results else PVPANIC


def _steps(system: System, trace: Trace, driver: Driver) -> Iterator[Step]:
    actors = {action.name: action.actor.value for action in system.actions}
    before: Seen | None = expected(system, trace.initial, driver)
    for name, state in trace.steps:
        values = _values(system, state)
        does = Operation(Doer.NOBODY) if name == "start_initrd" else operation(name, driver)
        quiet = not any(_under_way(values, slot) for slot in range(system.devices))
        seen = expected(system, state, driver)
        if does.doer is Doer.IMPOSSIBLE and name.split("(")[0] not in NOT_HERE and seen == before:
            does = Operation(Doer.EMULATED)  # a verb of the design's own that the device core does not notice
        interfaces = tuple(emulating.interface(values, slot) for slot in range(system.devices))
        yield Step(name, actors[name], does, seen, str(values.get("result", "DONE")), quiet, interfaces)
        before = seen


def _under_way(values: Mapping[str, Value], slot: int) -> bool:
    """Whether the kernel is about to do something with a device on its own."""
    of = f"devices[{slot}]."
    arrives = values.get(f"{of}present") is True and values.get(f"{of}arrived") is True
    retries = values.get(f"{of}deferred") is True and values.get(f"{of}retry_due") is True
    return arrives or retries or values.get(f"{of}triggers") is True


def expected(system: System, state: State, driver: Driver) -> Seen:
    """Return what is to be seen in a state of the model; sysfs shows a driver from the begin of its probe on."""
    values = _values(system, state)
    names = {OPERATING: driver.name, PREPARING: PREPARE, NO_DRIVER: ""}
    devices = tuple(
        Device(
            values.get(f"devices[{slot}].present") is True,
            driver.name
            if str(values.get(f"devices[{slot}].probing")) in PROBING
            else names.get(str(values.get(f"devices[{slot}].driver")), "?"),
            values.get(f"devices[{slot}].deferred") is True,
        )
        for slot in range(system.devices)
    )
    return Seen(values.get("autoprobe") is True, values.get("driver_loaded") is True, devices)


def _values(system: System, state: State) -> Mapping[str, Value]:
    return dict(zip((variable.name for variable in system.variables), state, strict=True))


def _impossible(system: System, driver: Driver, steps: tuple[Step, ...]) -> str:
    """Return why a behaviour cannot be run, empty if it can."""
    if system.devices > 1 and driver.name == OWN:
        return "the lab's own driver is told of one device only"
    if system.devices > PORTS:
        return f"the lab has {PORTS} slots"
    if any(name.endswith(".bus") and value != "PCI" for name, value in system.constants):
        return "a device is on a bus that the lab does not have"
    for before, step in zip((None, *steps), steps, strict=False):
        if step.operation.doer is Doer.IMPOSSIBLE:
            return f"the lab has nothing for the step {step.name}"
        if any(device.driver == "?" for device in step.expected.devices):
            return "the lab has no such driver"
        if step is steps[-1] and not step.compared:
            return f"the kernel goes on after {step.name}, which ends the counterexample; nobody can make it wait"
        if before is not None and not before.compared and step.operation.doer in (Doer.GUEST, Doer.HOST):
            return f"the kernel would have to wait with what it does until {step.name}; nobody can make it"
    return ""


# --- the run ---------------------------------------------------------------------------------------------------------


def reproduce(wanted: Plan, kernel: Kernel, changed: frozenset[str] = frozenset()) -> Account:
    """Run a plan; what goes wrong with the machine is told in the account, and is no verdict.  Raises `NoLab`.

    ``changed`` are the actions of the base model that the design changes: the emulated TSM is the base's, so that what
    it says differently after one of them is no difference, and the model's word is taken.
    """
    if wanted.reason:
        return Account(wanted, kernel.release, Outcome.NOT_RUN, reason=wanted.reason)
    done: list[Done] = []
    needed = (OWN,) * (wanted.driver.name == OWN) + tuple(
        name for name in (PREPARE, TSM) if any(f"/{name}.ko" in line for line in wanted.begin)
    )
    own = {name: own_module(kernel, name) for name in needed}
    packaged = tuple(name for name in wanted.driver.modules if name not in own)
    try:
        with Machine(Setup(kernel, packaged, wanted.plugged, wanted.first, own)) as machine:
            for step in run(machine, wanted, changed):
                done.append(step)
                if step.differs:
                    break
            console = machine.console()
    except GuestLost as lost:
        return Account(wanted, kernel.release, Outcome.NOT_RUN, tuple(done), str(lost))
    if not any(step.seen for step in done):
        return Account(wanted, kernel.release, Outcome.NOT_RUN, tuple(done), "there was nothing to look at")
    differs = done[-1].differs
    outcome = Outcome.OTHERWISE if differs else Outcome.REPRODUCED
    return Account(wanted, kernel.release, outcome, tuple(done), differs, console)


def run(machine: Machine, wanted: Plan, changed: frozenset[str] = frozenset()) -> Iterator[Done]:
    """Yield what came of each step of a plan, in a machine that has just booted.  Raises `GuestLost`."""
    slots = range(len(wanted.every[-1].expected.devices) if wanted.every else 0)
    addresses = [address(slot) for slot in slots]
    yield from (Done(step) for step in wanted.boot[:-1])
    for line in wanted.begin:
        machine.run(line)
    for number, step in enumerate((*wanted.boot[-1:], *wanted.steps)):
        ended = _do(machine, wanted, step)
        following = wanted.steps[number : number + 1]
        waits = bool(following) and following[0].operation.doer is Doer.KERNEL
        looks = step.compared and not waits and step.operation.doer not in (Doer.NOBODY, Doer.EMULATED)
        looks = looks or (not number and step.compared and not waits)
        seen = look(machine, wanted.driver.name, addresses) if looks else None
        told = f"the model says {step.result}, seen {ended}" if step.operation.tells and ended != step.result else ""
        told = told or (difference(step.expected, seen) if seen else "")
        emulates = step.operation.doer is Doer.EMULATED
        asks = bool(wanted.begin) and ((step.compared and not waits) or emulates)
        shown = emulating.seen(machine.run(emulating.look(addresses)).text) if asks else ()
        otherwise = emulating.difference(step.interfaces, shown) if shown else ""
        believed = step.action in changed and bool(otherwise or (emulates and told))
        believed = believed or (emulates and not step.operation.command)
        if believed and otherwise:
            for where, interface in zip(addresses, step.interfaces, strict=True):
                machine.run(emulating.force(where, interface))
        told = "" if believed and emulates else told
        yield Done(step, seen, told or ("" if believed else otherwise), shown, believed)


def _do(machine: Machine, wanted: Plan, step: Step) -> str:
    """Do a step, and return the error in which it ended.  Raises `GuestLost`."""
    match step.operation:
        case Operation(Doer.GUEST | Doer.EMULATED, command):
            return error(machine.run(command))
        case Operation(Doer.HOST, "plug", int(slot)):
            machine.plug(slot, wanted.driver.device)
        case Operation(Doer.HOST, "pull", int(slot)):
            machine.pull(slot)
            if wanted.begin:
                machine.run(emulating.command("remove", address(slot)))
    return "DONE"


def difference(wanted: Seen, seen: Seen) -> str:
    """Return how what was seen differs from what the model says, in words; empty if it does not."""
    pairs = [
        ("autoprobe", wanted.autoprobe, seen.autoprobe),
        ("driver_loaded", wanted.driver_loaded, seen.driver_loaded),
    ]
    for slot, (model, real) in enumerate(zip(wanted.devices, seen.devices, strict=True)):
        pairs += [(f"devices[{slot}].{name}", getattr(model, name), getattr(real, name)) for name in ATTRIBUTES]
    return "; ".join(f"{name}: the model says {said(old)}, seen {said(new)}" for name, old, new in pairs if old != new)


def said(value: bool | str) -> str:
    """Return a value as the output has it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or "none"
