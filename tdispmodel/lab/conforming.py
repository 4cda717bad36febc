"""Is the model the kernel?  Sequences made of the model, run on a kernel, and compared both ways.

After each step what the kernel did must be a behaviour of the model with that kernel's constants; and since the model's
own steps are followed until the kernel has nothing more to do, what the model says must happen has to have happened.
A difference is told, and the sequence ends there: nothing is guessed of how it might go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import State
from tdispmodel.lab.machine import GuestLost, Machine, Setup, address
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
                key = (PATHS[one.name], one.before[0] is True)
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


def conform(
    kernel: Kernel, driver: Driver = PVPANIC, own: Mapping[str, bytes] | None = None, told: Mapping[str, Value] | None = None
) -> Conformance:
    """Run all sequences on a kernel, in one boot.

    ``own`` are modules that are no part of the kernel's packages; ``told`` are constants other than the kernel's own, to
    see that a wrong model is noticed.  Raises `NoLab`, and `GuestLost` when the machine fails.
    """
    constants = {**constants_of(kernel, driver), **(told or {})}
    core = Core(constants)
    taken: set[Transition] = set()
    differences: list[Difference] = []
    steps = 0
    packaged = tuple(name for name in driver.modules if name not in (own or {}))
    with Machine(Setup(kernel, packaged, {SLOT: driver.device}, more=own)) as machine:
        for number, sequence in enumerate(core.sequences()):
            if number:
                begin_anew(machine, driver)
            begun = list(followed(machine, core, driver, sequence))
            for transition, words in begun:
                steps += 1
                if not words:
                    taken.add(transition)
                else:
                    done = tuple(one.action for one, _ in begun)
                    differences.append(Difference(done, words))
    transitions = tuple(core.transitions())
    return Conformance(kernel.release, driver, constants, transitions, frozenset(taken), steps, tuple(differences))


def begin_anew(machine: Machine, driver: Driver) -> None:
    """Bring the guest back to the start: no module, autoprobe on, and a device that was passed over."""
    there = machine.run(f"test -d /sys/bus/pci/devices/{address(SLOT)}").status == 0
    if there:
        machine.pull(SLOT)
    for name in reversed(driver.modules):
        machine.run(f"rmmod {name} 2> /dev/null")
    machine.run(autoprobe(on=True))
    machine.plug(SLOT, driver.device)


def followed(
    machine: Machine, core: Core, driver: Driver, sequence: Sequence[str]
) -> Iterator[tuple[Transition, str]]:
    """Yield each transition of a sequence and how the kernel differs then; ends after the first difference."""
    addresses = (address(SLOT),)
    states = frozenset({core.start()})
    words = _told(core, driver, states, look(machine, driver.name, addresses), "DONE", tells=False)
    if words:
        yield Transition(core.seen(core.start()), "start"), words
        return
    for name in sequence:
        before = core.seen(min(states, key=str))
        does = operation(name, driver)
        ended = "DONE"
        if does.doer is Doer.GUEST:
            ended = error(machine.run(does.command))
        elif does.command == "plug":
            machine.plug(SLOT, driver.device)
        else:
            machine.pull(SLOT)
        after = frozenset(rest for state in states for rest in core.driven(state).get(name, ()))
        seen = look(machine, driver.name, addresses)
        words = _told(core, driver, after, seen, ended, tells=does.tells)
        yield Transition(before, name), words
        if words:
            return
        states = frozenset(state for state in after if not difference(expected(core.system, state, driver), seen))


def _told(core: Core, driver: Driver, states: frozenset[State], seen: Seen, ended: str, *, tells: bool) -> str:
    """Return how what was seen differs from every state that the model allows; empty if it is one of them."""
    found: list[str] = []
    for state in sorted(states, key=str):
        words = difference(expected(core.system, state, driver), seen)
        result = str(state[core.names.index("result")])
        if tells and result != ended:
            words = f"{words}; " if words else ""
            words += f"the model says {result}, seen {ended}"
        if not words:
            return ""
        found.append(words)
    return " or ".join(found) or "the model has no such step here"


__all__ = ["Conformance", "Difference", "GuestLost", "conform", "constants_of"]
