"""The device alone under some constants, explored by the reference semantics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from tdispmodel.ir.expressions import Read, Value
from tdispmodel.ir.model import Model
from tdispmodel.ir.system import State
from tdispmodel.reading import read_model
from tdispmodel.semantics.grounding import Scope, ground
from tdispmodel.semantics.meaning import Semantics

MODEL = Path(__file__).resolve().parents[2] / "tdispmodel" / "models" / "interface.py"


@cache
def model() -> Model:
    """The model of the device alone."""
    return read_model(MODEL)


class Step(NamedTuple):
    """One step: the action's name without its instance, the values before, the values after."""

    action: str
    before: Mapping[str, Value]
    after: Mapping[str, Value]


class Device:
    """A device under some constants.  Values are named without their instance: ``tdi``, ``stream``, ``response``."""

    def __init__(self, constants: Mapping[str, Value], devices: int = 1) -> None:
        self.system = ground(model(), Scope(devices, dict(constants), ()))
        self.constants = dict(self.system.constants)
        self.semantics = Semantics(self.system)

    def forgotten(self, state: State) -> State:
        """The state without the latest answer, which nothing reads."""
        position = self.system.index["response"]
        return (*state[:position], "NONE", *state[position + 1 :])

    def reads_the_answer(self) -> bool:
        """Whether a guard or an effect depends on the latest answer."""
        formulas = [guard for action in self.system.actions for guard in action.guards]
        formulas += [known.value for action in self.system.actions for known in action.assignments]
        return any(isinstance(node, Read) and node.name == "response" for one in formulas for node in one.walk())

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step from a reachable state; of states that differ in the latest answer only, one is explored."""
        return tuple(self._steps())

    def _steps(self) -> Iterator[Step]:
        seen = {self.forgotten(state) for state in self.semantics.initial_states()}
        waiting = list(seen)
        while waiting:
            state = waiting.pop()
            before = self.named(state)
            for action, after in self.semantics.successors(state):
                yield Step(action.template.name, before, self.named(after))
                kept = self.forgotten(after)
                if kept not in seen:
                    seen.add(kept)
                    waiting.append(kept)

    def named(self, state: State) -> dict[str, Value]:
        """The values of a state with one TDI by their short names."""
        names = (variable.name.rpartition(".")[2] for variable in self.system.variables)
        return dict(zip(names, state, strict=True))


@cache
def device(*constants: tuple[str, Value]) -> Device:
    """The device with one TDI under constants that differ from the defaults."""
    return Device(dict(constants))
