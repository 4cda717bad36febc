"""Test sequences for a real kernel, made from the model so that they take every transition of the device core.

Given the constants of a kernel and of the lab's driver, gives the states in which the kernel does nothing more on its
own, and walks through them: each step is one that userspace, the host or another driver makes; what the kernel does
then, which uevents it sends and how often it probes is the model's to say (`outcomes`), and is compared with what the
real one did (`conforming`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tdispmodel
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import State, System
from tdispmodel.lab.running.operations import KERNEL
from tdispmodel.lab.sequences.uevents import Sent, sent
from tdispmodel.reading import read
from tdispmodel.semantics.grounding import Scope, ground
from tdispmodel.semantics.meaning import Semantics

MODEL = Path(tdispmodel.__file__).parent / "models" / "lab_guest.py"

PATHS = {
    "hot_add": "b",
    "rescan": "b",
    "scan": "b",
    "load_module": "c",
    "other_probe_succeeds": "d",
    "suspend": "d",
    "time_passes": "d",
    "bind": "e",
    "drivers_probe": "f",
    "new_id": "g",
}
"""Which attach path of the table in `models/device_core.py` each step takes."""

OTHERS = (
    *("turn_later_autoprobe_on", "turn_later_autoprobe_off"),
    *("remove", "unbind", "turn_autoprobe_on", "turn_autoprobe_off", "tell_to_bind", "tell_to_defer"),
    *("name_driver", "name_another", "name_none", "hide", "reset", "inject_fatal_error"),
)
FOLLOWS = KERNEL | {"resume", "recover_from_error"}
"""What follows in the kernel before it rests; a suspended guest is woken at once."""

ON_ANOTHER_BUS: Mapping[str, Value] = {"devices[0].bus": "LATER"}
"""A device on a bus of its own: path a in the place of b, and no new_id; the PCI bus is of no account."""
OF_THE_PCI_BUS = frozenset({"turn_autoprobe_on", "turn_autoprobe_off", "new_id"})
COMING_AND_GOING = frozenset({"hot_add", "remove", "rescan"})

REGISTERED = "driver_loaded"
OF_DEVICE = ("present", "driver", "deferred")
MORE = {"overrides_are_written": ("overridden", "overridden_elsewhere"), "devices_are_hidden": ("hidden",)}
"""What of a device makes a difference besides, with which constant."""

NOT_KEPT: Mapping[str, Value] = {"result": "DONE", "preparation": "NONE", "ready": False, "exposed": False}
"""What is about the last step alone, or of no account to the device core: put back when the kernel rests."""

LAST = frozenset({"suspend"})
"""A sequence ends with it."""

LONGEST = 20
"""A sequence is cut there: what went wrong early should not spoil much."""


@dataclass(frozen=True)
class Transition:
    """A step in a state of the device core: what can be seen before it, and its name."""

    before: tuple[Value, ...]
    action: str
    names: tuple[str, ...] = ("autoprobe", "driver_loaded", *(f"devices[0].{name}" for name in OF_DEVICE))
    """What the values before it are of: `Core.watched`."""

    @property
    def autoprobe(self) -> bool:
        """Whether autoprobe is on then."""
        return self.before[0] is True

    @property
    def name(self) -> str:
        """The action without its instance."""
        return self.action.split("(")[0]


@dataclass(frozen=True)
class Outcome:
    """What a step may come to: the state of rest, the errno of the step, and of each device uevents and probes.

    ``probes`` are NONE, ONCE or REPEATED.
    """

    state: State
    result: Value
    uevents: tuple[Sent, ...]
    probes: tuple[Value, ...]


class Core:
    """The device core of the lab's guest, as far as the lab can drive it, in states of rest.

    Every probe prepares the device here, so that the model's own count of preparations is one of probes.
    """

    def __init__(
        self, constants: Mapping[str, Value], devices: int = 1, model: Path = MODEL, *, stays: bool = False
    ) -> None:
        """``stays``: the device on another bus is there from the start and does not go."""
        wanted = {"userspace": "ROGUE", "device_needs_prepare": True, "binds_trigger": True, **constants}
        self.told = constants
        found = read(model, (MODEL.parent, model.parent)).model
        self.system: System = ground(found, Scope(devices, wanted))
        self.semantics = Semantics(self.system)
        self.devices = tuple(f"devices[{slot}]" for slot in range(devices))
        self.names = [variable.name for variable in self.system.variables]
        self.place = {name: position for position, name in enumerate(self.names)}
        told = ("defers",) if constants.get("driver_is_told") else ()
        more = tuple(name for constant, names in MORE.items() if constants.get(constant) for name in names)
        own = tuple(f"{device}.{name}" for device in self.devices for name in (*OF_DEVICE, *more))
        self.elsewhere = all(constants.get(name) == value for name, value in ON_ANOTHER_BUS.items())
        self.autoprobe = "later_autoprobe" if self.elsewhere else "autoprobe"
        self.watched = (self.autoprobe, REGISTERED, *own, *told)
        self.stays = stays
        self.does = frozenset({*PATHS, *OTHERS}) - (OF_THE_PCI_BUS if self.elsewhere else frozenset())
        self.does -= COMING_AND_GOING if stays else frozenset()
        self._outcomes: dict[State, Mapping[str, frozenset[Outcome]]] = {}

    def seen(self, state: State) -> tuple[Value, ...]:
        """Return what makes a difference in a state: the values of ``watched``."""
        return tuple(state[self.place[name]] for name in self.watched)

    def transition(self, state: State, name: str) -> Transition:
        """Return the transition that a step is in a state."""
        return Transition(self.seen(state), name, self.watched)

    def steps(self, state: State, names: Sequence[str] | frozenset[str]) -> Iterator[tuple[str, State]]:
        """Yield the steps of these actions in a state, each with where it leads."""
        for action in self.semantics.enabled(state):
            if action.template.name in names:
                yield action.name, self.semantics.step(state, action)

    def rest(self, state: State) -> State:
        """Return a state without what is about the last step alone."""
        kept = list(state)
        for position, name in enumerate(self.names):
            last = name.rsplit(".", 1)[-1]
            kept[position] = NOT_KEPT.get(last, kept[position])
        return tuple(kept)

    def followed(self, state: State, uevents: tuple[Sent, ...]) -> frozenset[Outcome]:
        """Return what a state comes to by the kernel's own steps, after these uevents."""
        start = (state, uevents)
        found, queue, outcomes = {start}, deque([start]), set()
        while queue:
            now, before = queue.popleft()
            following = [(after, self.sending(now, name, after, before)) for name, after in self.steps(now, FOLLOWS)]
            if not following:
                probes = tuple(now[self.place[f"{device}.preparation"]] for device in self.devices)
                outcomes.add(Outcome(self.rest(now), now[self.place["result"]], before, probes))
            queue.extend(one for one in following if one not in found)
            found.update(following)
        return frozenset(outcomes)

    def sending(self, state: State, name: str, after: State, uevents: tuple[Sent, ...]) -> tuple[Sent, ...]:
        """Return the uevents of each device with those that a step sends."""
        return tuple(
            (*before, *sent(name, device, self._of(state, device), self._of(after, device)))
            for device, before in zip(self.devices, uevents, strict=True)
        )

    def _of(self, state: State, device: str) -> tuple[bool, bool]:
        """Whether a device is there, and whether it has a driver."""
        present, driver = (state[self.place[f"{device}.{name}"]] for name in ("present", "driver"))
        return present is True, driver != "NONE"

    def start(self) -> State:
        """Return the state in which a sequence starts: the initrd runs, and the devices were passed over at boot.

        What is on another bus is not there yet, unless it stays.
        """
        for state in self.semantics.initial_states():
            for outcome in sorted(self.followed(state, ((),) * len(self.devices)), key=str):
                for _, begun in self.steps(outcome.state, ("start_initrd",)):
                    if all(begun[self.place[f"{device}.present"]] is not self.elsewhere for device in self.devices):
                        return self._arrived(begun) if self.stays else self.rest(begun)
        message = "the model of the lab has no start"
        raise AssertionError(message)

    def _arrived(self, state: State) -> State:
        ((_, after),) = self.steps(state, ("scan_later_bus",))
        (outcome,) = self.followed(after, ((),))
        return outcome.state

    def outcomes(self, state: State) -> Mapping[str, frozenset[Outcome]]:
        """Return what the lab can do in a state of rest, each with what it may come to."""
        found = self._outcomes.get(state)
        if found is None:
            none = ((),) * len(self.devices)
            found = self._outcomes[state] = {
                name: self.followed(after, self.sending(state, name, after, none))
                for name, after in self.steps(state, self.does)
            }
        return found

    def driven(self, state: State) -> dict[str, frozenset[State]]:
        """Return what the lab can do in a state of rest, each with the states of rest to which it may lead."""
        return {name: frozenset(one.state for one in came) for name, came in self.outcomes(state).items()}

    def transitions(self) -> dict[Transition, None]:
        """Return every transition that sequences can take, in the order in which breadth-first search meets them."""
        start = self.start()
        found: dict[Transition, None] = {}
        known, queue = {self.seen(start)}, deque([start])
        while queue:
            state = queue.popleft()
            for name, rests in self.driven(state).items():
                found[self.transition(state, name)] = None
                for rest in sorted(rests, key=str):
                    if self.seen(rest) not in known:
                        known.add(self.seen(rest))
                        queue.append(rest)
        return found

    def sequences(self, wanted: Iterable[Transition] | None = None) -> Iterator[tuple[str, ...]]:
        """Yield sequences of steps, each from the start, that together take every transition, or those wanted."""
        missing = dict.fromkeys(self.transitions() if wanted is None else wanted)
        start = self.start()
        while missing:
            state, walk = start, list[str]()
            while len(walk) < LONGEST:
                path = self._path(state, missing)
                if path is None or (walk and len(walk) + len(path) > LONGEST):
                    break
                for name in path:
                    missing.pop(self.transition(state, name), None)
                    state = min(self.driven(state)[name], key=str)
                    walk.append(name)
                if walk[-1] in LAST:
                    break
            if not walk:
                return
            yield tuple(walk)

    def _path(self, state: State, wanted: Mapping[Transition, None]) -> list[str] | None:
        """Return a shortest walk that ends with a transition that is wanted; None if there is none."""
        queue: deque[tuple[State, list[str]]] = deque([(state, [])])
        known = {self.seen(state)}
        while queue:
            now, path = queue.popleft()
            driven = self.driven(now)
            for name in driven:
                if self.transition(now, name) in wanted:
                    return [*path, name]
            for name, rests in driven.items():
                rest = min(rests, key=str)
                if self.seen(rest) not in known and name not in LAST:
                    known.add(self.seen(rest))
                    queue.append((rest, [*path, name]))
        return None
