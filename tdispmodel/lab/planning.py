"""Test sequences for a real kernel, made from the model so that they take every transition of the device core.

Given the constants of a kernel and of the lab's driver, gives the states in which the kernel does nothing more on its
own, and walks through them: each step is one that userspace, the host or another driver makes; what the kernel does
then is the model's to say, and is compared with what the real one did (`conforming`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import tdispmodel
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import State, System
from tdispmodel.lab.operations import KERNEL
from tdispmodel.reading import read
from tdispmodel.semantics.grounding import Scope, ground
from tdispmodel.semantics.meaning import Semantics

MODEL = Path(tdispmodel.__file__).parent / "models" / "lab_guest.py"

PATHS = {
    "hot_add": "b",
    "rescan": "b",
    "load_module": "c",
    "other_probe_succeeds": "d",
    "bind": "e",
    "drivers_probe": "f",
    "new_id": "g",
}
"""Which attach path of the table in `models/device_core.py` each step takes."""

OTHERS = ("remove", "unbind", "turn_autoprobe_on", "turn_autoprobe_off")
SEEN = ("autoprobe", "driver_loaded", "devices[0].present", "devices[0].driver", "devices[0].deferred")
LONGEST = 20
"""A sequence is cut there: what went wrong early should not spoil much."""


@dataclass(frozen=True)
class Transition:
    """A step in a state of the device core: what can be seen before it, and its name."""

    before: tuple[Value, ...]
    """The values of `SEEN`."""
    action: str

    @property
    def autoprobe(self) -> bool:
        """Whether autoprobe is on then."""
        return self.before[0] is True

    @property
    def name(self) -> str:
        """The action without its instance."""
        return self.action.split("(")[0]


class Core:
    """The device core of the lab's guest, as far as the lab can drive it, in states of rest."""

    def __init__(self, constants: Mapping[str, Value]) -> None:
        wanted = {"userspace": "ROGUE", **constants}
        self.system: System = ground(read(MODEL, (MODEL.parent,)).model, Scope(1, wanted))
        self.semantics = Semantics(self.system)
        self.names = [variable.name for variable in self.system.variables]
        self.core = [self.names.index(name) for name in SEEN]

    def seen(self, state: State) -> tuple[Value, ...]:
        """Return what can be seen of a state: autoprobe, registration, presence, driver, deferral."""
        return tuple(state[position] for position in self.core)

    def steps(self, state: State, names: Sequence[str] | frozenset[str]) -> Iterator[tuple[str, State]]:
        """Yield the steps of these actions in a state, each with where it leads."""
        for action in self.semantics.enabled(state):
            if action.template.name in names:
                yield action.name, self.semantics.step(state, action)

    def rests(self, state: State) -> frozenset[State]:
        """Return the states of rest to which the kernel's own steps lead."""
        found, queue, rest = {state}, deque([state]), set()
        while queue:
            now = queue.popleft()
            following = [after for _, after in self.steps(now, KERNEL)]
            if not following:
                rest.add(now)
            queue.extend(after for after in following if after not in found)
            found.update(following)
        return frozenset(rest)

    def start(self) -> State:
        """Return the state in which a sequence starts: the initrd runs, and the device was passed over at boot."""
        for state in self.semantics.initial_states():
            for rest in self.rests(state):
                for _, begun in self.steps(rest, ("start_initrd",)):
                    if begun[self.names.index("devices[0].present")] is True:
                        return begun
        message = "the model of the lab has no start"
        raise AssertionError(message)

    def driven(self, state: State) -> dict[str, frozenset[State]]:
        """Return what the lab can do in a state of rest, each with the states of rest to which it may lead."""
        return {name: self.rests(after) for name, after in self.steps(state, (*PATHS, *OTHERS))}

    def transitions(self) -> dict[Transition, None]:
        """Return every transition that sequences can take, in the order in which breadth-first search meets them."""
        start = self.start()
        found: dict[Transition, None] = {}
        known, queue = {self.seen(start)}, deque([start])
        while queue:
            state = queue.popleft()
            for name, rests in self.driven(state).items():
                found[Transition(self.seen(state), name)] = None
                for rest in sorted(rests, key=str):
                    if self.seen(rest) not in known:
                        known.add(self.seen(rest))
                        queue.append(rest)
        return found

    def pairs(self) -> tuple[Transition, ...]:
        """Return a transition for each pair of an attach path and autoprobe, on or off: one in which it is put to use.

        That is one in which a driver could be attached: it is registered, or registers, and the device has none.
        """
        found: dict[tuple[str, Value], Transition] = {}
        for one in self.transitions():
            autoprobe, registered, present, driver, *_ = one.before
            ready = (registered is True or one.name == "load_module") and driver == "NONE"
            if one.name in PATHS and ready and present is not (one.name == "hot_add"):
                found.setdefault((one.name, autoprobe), one)
        return tuple(found.values())

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
                    missing.pop(Transition(self.seen(state), name), None)
                    state = min(self.driven(state)[name], key=str)
                    walk.append(name)
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
                if Transition(self.seen(now), name) in wanted:
                    return [*path, name]
            for name, rests in driven.items():
                rest = min(rests, key=str)
                if self.seen(rest) not in known:
                    known.add(self.seen(rest))
                    queue.append((rest, [*path, name]))
        return None
