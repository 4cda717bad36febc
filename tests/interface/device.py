"""The device alone under some constants, explored by the reference semantics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from tdispmodel.ir.expressions import Read, Value
from tdispmodel.ir.model import Kind, Model, Property
from tdispmodel.ir.system import State, SystemAction
from tdispmodel.reading import read_model
from tdispmodel.semantics.grounding import Scope, ground, ground_properties
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


class Move(NamedTuple):
    """One step as the semantics has it; ``depth`` counts it and the steps before it."""

    depth: int
    before: State
    action: SystemAction
    after: State


class Device:
    """A device under some constants.  Values are named without their instance: ``tdi``, ``stream``, ``response``."""

    def __init__(self, constants: Mapping[str, Value], devices: int = 1, of: Model | None = None) -> None:
        self.model = of or model()
        self.system = ground(self.model, Scope(devices, dict(constants), ()))
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
    def moves(self) -> tuple[Move, ...]:
        """Every step from a reachable state, nearest states first.

        Of states that differ in the latest answer only, one is explored.
        """
        return tuple(self._moves({}))

    def _moves(self, same: dict[State, State]) -> Iterator[Move]:
        level = {self.forgotten(state) for state in self.semantics.initial_states()}
        seen, depth = set(level), 0
        while level:
            depth += 1
            found: set[State] = set()
            for state in sorted(level, key=str):
                for action, after in self.semantics.successors(state):
                    yield Move(depth, state, action, same.setdefault(after, after))
                    found.add(self.forgotten(after))
            level = found - seen
            seen |= level

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The same with named values."""
        states = {state for move in self.moves for state in (move.before, move.after)}
        names = {state: self.named(state) for state in states}
        return tuple(Step(move.action.template.name, names[move.before], names[move.after]) for move in self.moves)

    def shortest(self, wanted: Property) -> int | None:
        """The length of a shortest counterexample to an invariant or step property; None when there is none.

        States are explored without the latest answer, so the property must not read it before the step.
        """
        scope = Scope(self.system.devices, dict(self.system.constants), ())
        formulas = [found.formula for found in ground_properties(self.model, wanted, scope)]
        about_steps = wanted.kind is Kind.STEP
        assert about_steps or wanted.kind is Kind.INVARIANT
        reads = [node for formula in formulas for node in formula.walk() if isinstance(node, Read)]
        assert not any(node.name == "response" and not node.after for node in reads)
        meanings = [self.semantics.denotation(formula) for formula in formulas]
        starts = list(self.semantics.initial_states())
        assert about_steps or all(means(state, state, "") for means in meanings for state in starts)
        for move in self.moves:
            now = move.before if about_steps else move.after
            if not all(means(now, move.after, move.action.name) for means in meanings):
                return move.depth
        return None

    def named(self, state: State) -> dict[str, Value]:
        """The values of a state with one TDI by their short names."""
        names = (variable.name.rpartition(".")[2] for variable in self.system.variables)
        return dict(zip(names, state, strict=True))


@cache
def device(*constants: tuple[str, Value]) -> Device:
    """The device with one TDI under constants that differ from the defaults."""
    return Device(dict(constants))
