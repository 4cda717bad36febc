"""Is the model the kernel?  Sequences made of the model, run on a kernel, and compared both ways.

After each step what the kernel did must be a behaviour of the model with that kernel's constants; and since the model's
own steps are followed until the kernel has nothing more to do, what the model says must happen has to have happened.
A difference is told, and the sequence ends there: nothing is guessed of how it might go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import State
from tdispmodel.lab.machine import Machine, Setup, address
from tdispmodel.lab.observing import Seen, error, look
from tdispmodel.lab.operations import PVPANIC, Doer, Driver, autoprobe, operation
from tdispmodel.lab.packages import Kernel
from tdispmodel.lab.planning import PATHS, Core, Transition
from tdispmodel.lab.reproducing import difference, expected

SLOT = 0
BEFORE, SINCE = "BEFORE_6_19", "SINCE_6_19"


@dataclass(frozen=True)
class Difference:
    """A step that the kernel and the model do not agree about: what went before it, and how they differ."""

    steps: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Conformance:
    """What came of the sequences on one kernel: which transitions there are, which were taken, and what differs."""

    release: str
    driver: Driver
    constants: Mapping[str, Value]
    transitions: tuple[Transition, ...]
    taken: frozenset[Transition]
    steps: int
    differences: tuple[Difference, ...]

    @property
    def missing(self) -> tuple[Transition, ...]:
        """The transitions that no sequence took."""
        return tuple(one for one in self.transitions if one not in self.taken)

    def pairs(self) -> Mapping[tuple[str, bool], tuple[int, int]]:
        """Return for each attach path, with autoprobe on or off, how many transitions were taken and how many are."""
        found: dict[tuple[str, bool], tuple[int, int]] = {}
        for one in self.transitions:
            if one.name in PATHS:
                key = (PATHS[one.name], one.autoprobe)
                taken, known = found.get(key, (0, 0))
                found[key] = (taken + (one in self.taken), known + 1)
        return dict(sorted(found.items()))


def constants_of(kernel: Kernel, driver: Driver) -> Mapping[str, Value]:
    """Return the model's constants of a kernel and of a driver of the lab."""
    return {
        "kernel": SINCE if kernel.gates_hot_added else BEFORE,
        "driver_defers": driver.parameters == "does=1",
        "driver_fails": driver.parameters == "does=2",
    }


@dataclass(frozen=True)
class Case:
    """What is run: a kernel, the driver under test, and modules that are no part of the kernel's packages.

    ``told`` are constants other than the kernel's own, to see that a wrong model is noticed; ``briefly``: one
    transition for each pair of attach path and autoprobe, and not all of them.
    """

    kernel: Kernel
    driver: Driver = PVPANIC
    own: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    told: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    briefly: bool = False


@dataclass(frozen=True)
class Observation:
    """What was seen after a step, and the error in which a write ended, where the model's `result` is about it."""

    seen: Seen
    ended: str = ""


def conform(case: Case) -> Conformance:
    """Run the sequences of a case in one boot.  Raises `NoLab`, and `GuestLost` when the machine fails."""
    constants = {**constants_of(case.kernel, case.driver), **case.told}
    core = Core(constants)
    transitions = core.pairs() if case.briefly else tuple(core.transitions())
    taken: set[Transition] = set()
    differences: list[Difference] = []
    steps = 0
    packaged = tuple(name for name in case.driver.modules if name not in case.own)
    with Machine(Setup(case.kernel, packaged, {SLOT: case.driver.device}, more=case.own)) as machine:
        for number, sequence in enumerate(core.sequences(transitions)):
            if number:
                begin_anew(machine, case.driver)
            begun = list(followed(machine, core, case.driver, sequence))
            steps += len(begun)
            taken |= {transition for transition, words in begun if not words}
            done = tuple(transition.action for transition, _ in begun)
            differences += [Difference(done, words) for _, words in begun if words]
    release = case.kernel.release
    return Conformance(release, case.driver, constants, transitions, frozenset(taken), steps, tuple(differences))


def begin_anew(machine: Machine, driver: Driver) -> None:
    """Bring the guest back to the start: no module, autoprobe on, and a device that was passed over."""
    if machine.run(f"test -d /sys/bus/pci/devices/{address(SLOT)}").status == 0:
        machine.pull(SLOT)
    for name in reversed(driver.modules):
        machine.run(f"rmmod {name} 2> /dev/null")
    machine.run(autoprobe(on=True))
    machine.plug(SLOT, driver.device)


def followed(machine: Machine, core: Core, driver: Driver, sequence: Sequence[str]) -> Iterator[tuple[Transition, str]]:
    """Yield each transition of a sequence and how the kernel differs then; ends after the first difference."""
    addresses = (address(SLOT),)
    states = frozenset({core.start()})
    words = differs(core, driver, states, Observation(look(machine, driver.name, addresses)))
    if words:
        yield Transition(core.seen(core.start()), "start"), words
        return
    for name in sequence:
        before = core.seen(min(states, key=str))
        does = operation(name, driver)
        ended = ""
        if does.doer is Doer.GUEST:
            told = error(machine.run(does.command))
            ended = told if does.tells else ""
        elif does.command == "plug":
            machine.plug(SLOT, driver.device)
        else:
            machine.pull(SLOT)
        after = frozenset(rest for state in states for rest in core.driven(state).get(name, ()))
        seen = look(machine, driver.name, addresses)
        words = differs(core, driver, after, Observation(seen, ended))
        yield Transition(before, name), words
        if words:
            return
        states = frozenset(state for state in after if not difference(expected(core.system, state, driver), seen))


def differs(core: Core, driver: Driver, states: frozenset[State], observed: Observation) -> str:
    """Return how what was observed differs from every state that the model allows; empty if it is one of them."""
    found: list[str] = []
    for state in sorted(states, key=str):
        words = [difference(expected(core.system, state, driver), observed.seen)]
        result = str(state[core.names.index("result")])
        if observed.ended and result != observed.ended:
            words.append(f"the model says {result}, seen {observed.ended}")
        if not any(words):
            return ""
        found.append("; ".join(part for part in words if part))
    return " or ".join(found) or "the model has no such step here"
