"""What sequences are run on: a guest that begins anew, takes a step of the model, and is looked at.

`Subject` is the protocol; `Booted` is a kernel in a machine.  Between sequences it is brought back to the start
without a boot, which takes seconds: no module, autoprobe on, devices that were enumerated anew and passed over.  Where
that fails it boots again.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType, TracebackType
from typing import Protocol, Self

from tdispmodel.lab.kernels.packages import Kernel
from tdispmodel.lab.running.machine import GuestLost, Machine, Setup, address
from tdispmodel.lab.running.observing import Device, Seen, error, look
from tdispmodel.lab.running.operations import FUNCTIONS, PCI, PCI_BUS, PVPANIC, VIRTIO_BUS, Doer, Driver, driven
from tdispmodel.lab.sequences.uevents import Sent, recorded

PART_OF_TIMEOUT = 0.6
"""Twice as much is more than the whole, so that the timeout of deferred probing fires in the second wait."""


@dataclass(frozen=True)
class Observation:
    """What was seen after a step: the guest, of each device uevents and probes, and the error in which a write ended.

    ``ended`` is empty where the model's `result` is not about the step.
    """

    seen: Seen
    uevents: tuple[Sent, ...] = ()
    probes: tuple[int, ...] = ()
    ended: str = ""


class Subject(Protocol):
    """Something that sequences can be run on.  Both methods raise `GuestLost`."""

    def begin(self) -> Observation:
        """Go back to where sequences start."""

    def take(self, step: str) -> Observation:
        """Take a step of the model that it says is possible now."""


@dataclass(frozen=True)
class Case:
    """What is run: a kernel, the driver under test, and modules that are no part of the kernel's packages.

    ``told`` are constants other than the kernel's own, to see that a wrong model is noticed; ``briefly``: one
    transition for each pair of attach path and autoprobe, and not all of them; ``timeout`` of deferred probing.
    """

    kernel: Kernel
    driver: Driver = PVPANIC
    own: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    told: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    briefly: bool = False
    devices: int = 1
    timeout: int = -1


class Booted:
    """A kernel in a machine; a context manager, at whose end nothing of it is left.  Raises `NoLab`, `GuestLost`."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.driver = case.driver
        self.elsewhere = case.driver.bus != PCI_BUS
        self.goes = case.driver.bus == VIRTIO_BUS
        self.slots = range(0 if self.elsewhere else case.devices)
        self.addresses = (
            (FUNCTIONS[self.driver.bus],) if self.elsewhere else tuple(address(slot) for slot in self.slots)
        )
        self.boots = 0

    def __enter__(self) -> Self:
        self._boot()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trail: TracebackType | None
    ) -> None:
        self.machine.end()

    def _boot(self) -> None:
        packaged = tuple(name for name in self.driver.modules if name not in self.case.own)
        self.plugged = set(self.slots)
        plugged = dict.fromkeys(self.slots, self.driver.device)
        setup = Setup(
            self.case.kernel,
            packaged,
            plugged,
            more=self.case.own,
            timeout=self.case.timeout,
            translates=self.driver.override_only,
        )
        self.machine = Machine(setup).__enter__()
        self.boots += 1
        self.fresh = True
        self.spent = False

    def begin(self) -> Observation:
        """Go back to where sequences start, by another boot where nothing else helps."""
        if not self.fresh and not self.spent:
            self._tidy()
        if self.goes:
            self.machine.run(driven("remove(devices[0])", self.driver).command)
        seen = None if self.spent else self._look()
        if seen is None or not self._at_start(seen):
            self.machine.end()
            self._boot()
            if self.goes:
                self.machine.run(driven("remove(devices[0])", self.driver).command)
            seen = self._look()
        self.fresh = False
        return Observation(seen)

    def _tidy(self) -> None:
        """No module, autoprobe on, and devices that were passed over: as after a boot, or not there on another bus."""
        for name in reversed(self.driver.modules):
            self.machine.run(f"rmmod {name} 2> /dev/null")
        self.machine.run(f"echo 1 > /sys/bus/{self.driver.bus}/drivers_autoprobe")
        for where in self.addresses:
            self.machine.run(f"test -d {PCI}/devices/{where} && echo 1 > {PCI}/devices/{where}/remove")
        if self.plugged:
            self.machine.run(f"echo 1 > {PCI}/rescan")
        for slot in self.slots:
            if slot not in self.plugged:
                self._plug(slot)

    def _at_start(self, seen: Seen) -> bool:
        return (
            seen.autoprobe
            and not seen.driver_loaded
            and seen.devices == (Device(present=not self.goes),) * len(self.addresses)
        )

    def take(self, step: str) -> Observation:
        """Take a step of the model, and look when the guest rests."""
        does = driven(step, self.driver)
        told = ""
        slot = does.device or 0
        if does.doer is Doer.GUEST:
            told = error(self.machine.run(does.command))
        elif does.command == "plug":
            self._plug(slot)
        elif does.command == "pull":
            self.machine.pull(slot)
            self.plugged.discard(slot)
        elif does.command == "error":
            self.machine.inject(slot)
        elif does.command == "sleep":
            self.machine.sleep()
            self.spent = True
        elif does.command == "wait":
            time.sleep(PART_OF_TIMEOUT * max(0, self.case.timeout))
        else:
            message = f"the lab has nothing for the step {step}"
            raise GuestLost(message)
        seen = self._look()
        sent = tuple(recorded(seen.uevents, where) for where in self.addresses)
        probes = tuple(seen.probes(where, self.driver.name) for where in self.addresses)
        return Observation(seen, sent, probes, told if does.tells else "")

    def _plug(self, slot: int) -> None:
        self.machine.plug(slot, self.driver.device)
        self.plugged.add(slot)

    def _look(self) -> Seen:
        return look(self.machine, self.driver.name, self.addresses, self.driver.bus)
