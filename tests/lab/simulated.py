"""A kernel made of plain Python, written from the table of attach paths that was measured, and not from the model.

It stands in for a booted one, so that the search for differences can be tested in seconds; faults are put in on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass

from tdispmodel.lab.running.observing import Device, Seen
from tdispmodel.lab.running.operations import PVPANIC
from tdispmodel.lab.sequences.subjects import Observation


@dataclass
class Slot:
    """What is in a slot, and what sysfs has of it."""

    plugged: bool = True
    present: bool = True
    bound: bool = False
    deferred: bool = False
    override: str = ""

    def vanish(self) -> None:
        """The struct device goes."""
        self.present = self.bound = self.deferred = False
        self.override = ""


class Simulated:
    """A kernel before or since v6.19, and a driver that binds, defers or fails."""

    def __init__(
        self,
        *,
        gates_hot_added: bool = False,
        does: str = "binds",
        devices: int = 1,
        faults: frozenset[str] = frozenset(),
    ) -> None:
        self.gates_hot_added, self.loads_to, self.devices, self.faults = gates_hot_added, does, devices, faults
        self.begun = 0
        self.taken = 0

    def begin(self) -> Observation:
        """The start: autoprobe on, no driver, devices there."""
        self.begun += 1
        self.autoprobe, self.loaded, self.does = True, False, self.loads_to
        self.slots = [Slot() for _ in range(self.devices)]
        return self._observation("")

    def take(self, step: str) -> Observation:
        """Do what a step says, and tell what can be seen of it."""
        self.taken += 1
        self.sent: list[list[str]] = [[] for _ in self.slots]
        self.probed = [0 for _ in self.slots]
        name, _, rest = step.partition("(")
        arguments = [int(rest.partition("[")[2].partition("]")[0])] if rest else []
        return self._observation(getattr(self, f"_{name}")(*arguments) or "")

    def _observation(self, ended: str) -> Observation:
        devices = tuple(Device(one.present, PVPANIC.name if one.bound else "", one.deferred) for one in self.slots)
        seen = Seen(self.autoprobe, self.loaded, devices)
        if not self.begun or not hasattr(self, "sent"):
            return Observation(seen)
        return Observation(seen, tuple(map(tuple, self.sent)), tuple(self.probed), ended)

    # --- what every path ends in --------------------------------------------------------------------------------------

    def _matches(self, number: int) -> bool:
        one = self.slots[number]
        return self.loaded and one.present and one.override in ("", PVPANIC.name)

    def _attach(self, number: int, *, queues: bool = True) -> str:
        one = self.slots[number]
        if not self._matches(number):
            return "ENODEV"
        if one.bound:
            return "EBUSY"
        self.probed[number] += 1
        if self.does == "fails":
            one.deferred = one.deferred and not queues
            return "EIO"
        if self.does == "defers":
            one.deferred = one.deferred or queues
            return "EAGAIN"
        one.bound, one.deferred = True, False
        if "bind_sends_nothing" not in self.faults:
            self.sent[number].append("bind")
        self._trigger()
        return "DONE"

    def _trigger(self) -> None:
        for number, one in enumerate(self.slots):
            if one.deferred and "nothing_is_retried" not in self.faults:
                one.deferred = "stays_listed" in self.faults and not self.autoprobe
                if self.autoprobe:
                    self._attach(number)

    # --- the paths ----------------------------------------------------------------------------------------------------

    def _load_module(self) -> None:
        self.loaded, self.does = True, self.loads_to
        for number in range(self.devices):
            if self.autoprobe:
                self._attach(number)

    def _appear(self, number: int) -> None:
        one = self.slots[number]
        one.plugged = one.present = True
        self.sent[number].append("add")
        if self.autoprobe or not self.gates_hot_added:
            self._attach(number)

    def _hot_add(self, number: int) -> None:
        self._appear(number)

    def _release(self, number: int) -> None:
        self.slots[number].bound = False
        self.sent[number].append("unbind")

    def _hide(self, number: int) -> None:
        if self.slots[number].bound:
            self._release(number)
        self.sent[number].append("remove")
        self.slots[number].vanish()

    def _remove(self, number: int) -> None:
        self._hide(number)
        self.slots[number].plugged = False

    def _scan(self) -> None:
        for number, one in enumerate(self.slots):
            if one.plugged and not one.present:
                self._appear(number)

    def _rescan(self, number: int) -> None:
        self._hide(number)
        if "rescan_attaches_nothing" in self.faults:
            self.slots[number].present = True
            self.sent[number].append("add")
        else:
            self._scan()

    def _bind(self, number: int) -> str:
        if "bind_asks_autoprobe" in self.faults and not self.autoprobe:
            return "ENODEV"
        return self._attach(number, queues="bind_queues" in self.faults)

    def _drivers_probe(self, number: int) -> None:
        self._attach(number)

    def _new_id(self) -> None:
        for number in range(self.devices):
            self._attach(number)

    def _other_probe_succeeds(self) -> None:
        self._trigger()

    # --- the rest -----------------------------------------------------------------------------------------------------

    def _unbind(self, number: int) -> str:
        self._release(number)
        return "DONE"

    def _turn_autoprobe_on(self) -> None:
        self.autoprobe = True

    def _turn_autoprobe_off(self) -> None:
        self.autoprobe = False

    def _tell_to_defer(self) -> None:
        self.does = "defers"

    def _tell_to_bind(self) -> None:
        self.does = "binds"

    def _name_driver(self, number: int) -> None:
        self.slots[number].override = PVPANIC.name

    def _name_another(self, number: int) -> None:
        self.slots[number].override = "nobody"

    def _name_none(self, number: int) -> None:
        self.slots[number].override = ""
