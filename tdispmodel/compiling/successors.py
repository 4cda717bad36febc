"""A system as one Python function from a packed state to its successors.

Given a system and formulas to watch; gives `Compiled`, whose ``visit`` lists the (action index, successor) pairs of a
state and notes on the way where a watched formula is true.  The function's source text is generated here, from the
system's structure alone (see `emission`), and only that text is ever executed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tdispmodel.compiling.emission import Emitter, shifted
from tdispmodel.compiling.layout import Layout
from tdispmodel.compiling.specialising import StepFormula, Taken
from tdispmodel.ir.expressions import FALSE, TRUE, Bounded, Expression, Literal
from tdispmodel.ir.system import State, System, SystemAction, within
from tdispmodel.semantics import Semantics, start_states

Visit = Callable[[int], list[tuple[int, int]]]
Hit = tuple[int, int]
"""Where a watched formula was true: the packed state, and the index of the action that leaves it (-1: no step)."""


@dataclass(frozen=True)
class Watch:
    """A formula to look out for: in states or in steps (``of_steps``), the first place or all of them (``every``)."""

    formula: Expression
    of_steps: bool
    every: bool = False


class Leaves(Exception):
    """An action instance would take an integer out of its range: where, which action, which variable, what value."""

    def __init__(self, packed: int, action: int, variable: int, value: int) -> None:
        self.packed, self.action, self.variable, self.value = packed, action, variable, value
        super().__init__()


class Compiled:
    """A system and watched formulas, ready to run.

    ``first[n]`` is the first hit of watch n (None so far); for a watch that asks for every one, ``states[n]`` lists the
    states that hit it, or ``steps[n]`` the steps.  All fill while ``visit`` is called, so "first" means first in the
    order of the calls.
    """

    def __init__(self, system: System, watches: Sequence[Watch] = ()) -> None:
        self.system = system
        self.layout = Layout(system)
        self.watches = tuple(watches)
        self.first: list[Hit | None] = [None] * len(self.watches)
        self.states: list[list[int]] = [[] for _ in self.watches]
        self.steps: list[list[Hit]] = [[] for _ in self.watches]
        self.visit: Visit = self._run(self._visit_lines(), "visit")
        self.unpack: Callable[[int], State] = self._run(self._unpack_lines(), "unpack")

    def starts(self) -> Iterator[int]:
        """Yield the start states, each once, in the order of the reference semantics.

        Raises `TooManyStarts` when the combinations of start values are too many to try.
        """
        slots = self.layout.slots
        first = self.layout.pack([slot.variable.initial[0] for slot in slots])
        moving = [
            (position, {value: slot.packed(value) - slot.packed(slot.variable.initial[0]) for value in choices})
            for position, slot in enumerate(slots)
            if len(choices := slot.variable.initial) > 1
        ]
        for state in start_states(Semantics(self.system)):
            yield first + sum(packed[state[position]] for position, packed in moving)

    def successor(self, packed: int, action: int) -> int:
        """Return where an enabled action leads."""
        return next(successor for taken, successor in self.visit(packed) if taken == action)

    def _run(self, lines: list[str], name: str) -> Callable[..., Any]:
        """Execute generated text and return the function ``name`` that it defines."""
        namespace: dict[str, Any] = {"__builtins__": {}, "Leaves": Leaves}
        namespace |= {"first": self.first, "states": self.states, "steps": self.steps}
        namespace |= {
            f"v{position}": slot.values
            for position, slot in enumerate(self.layout.slots)
            if not isinstance(slot.variable.sort, Bounded)
        }
        exec(compile("\n".join(lines), f"<{name}>", "exec"), namespace)  # noqa: S102  # text that we generated
        defined: Callable[..., Any] = namespace[name]
        return defined

    def _field(self, position: int) -> str:
        """The text that takes the code of a variable out of the packed state ``p``."""
        slot = self.layout.slots[position]
        moved = f"p >> {slot.shift}" if slot.shift else "p"
        return f"({moved} & {(1 << slot.width) - 1})" if slot.width else "0"

    def _function(self, name: str, emitter: Emitter, body: list[str]) -> list[str]:
        """A function of ``p`` that puts the variables which the emitter used into locals and then runs ``body``."""
        loads = []
        for position in sorted(emitter.used):
            sort = self.layout.slots[position].variable.sort
            low = f" + {sort.low}" if isinstance(sort, Bounded) and sort.low else ""
            loads.append(f"s{position} = {self._field(position)}{low}")
        return [f"def {name}(p):", *(f" {line}" for line in (*loads, *body))]

    def _unpack_lines(self) -> list[str]:
        parts = []
        for position, slot in enumerate(self.layout.slots):
            sort = slot.variable.sort
            field = self._field(position)
            parts.append(f"{field} + {sort.low}" if isinstance(sort, Bounded) else f"v{position}[{field}]")
        return self._function("unpack", Emitter({}), [f"return ({''.join(f'{part}, ' for part in parts)})"])

    def _visit_lines(self) -> list[str]:
        emitter = Emitter(self.system.index)
        formulas = {n: StepFormula(watch.formula) for n, watch in enumerate(self.watches) if watch.of_steps}
        body: list[str] = []
        for number, watch in enumerate(self.watches):
            if not watch.of_steps:
                body += self._watch_lines(emitter, number, watch.formula, -1)
        body += ["r = []", "add = r.append"]
        for index, action in enumerate(self.system.actions):
            body += self._action_lines(emitter, index, action, formulas)
        return self._function("visit", emitter, [*body, "return r"])

    def _watch_lines(self, emitter: Emitter, number: int, formula: Expression, action: int) -> list[str]:
        """Statements that note a hit of a watch where ``formula`` is true of the state ``p``."""
        if formula == FALSE:
            return []
        text = emitter.text(formula)
        lines = [*emitter.taken(), f"if {text}:"]
        if self.watches[number].every:
            hit = f"states[{number}].append(p)" if action < 0 else f"steps[{number}].append((p, {action}))"
            return [*lines, f" {hit}"]
        return [*lines, f" if first[{number}] is None: first[{number}] = (p, {action})"]

    def _action_lines(
        self, emitter: Emitter, index: int, action: SystemAction, formulas: dict[int, StepFormula]
    ) -> list[str]:
        if action.guard == FALSE:
            return []
        guard = emitter.text(action.guard)
        head = [*emitter.taken(), f"if {guard}:"]
        body = self._update_lines(emitter, index, action)
        taken = Taken(action)
        for number, formula in formulas.items():
            body += self._watch_lines(emitter, number, formula.residual(taken), index)
        return [*head, *(f" {line}" for line in body)]

    def _update_lines(self, emitter: Emitter, index: int, action: SystemAction) -> list[str]:
        """Statements that check ranges and add the action's successor of ``p`` to the result."""
        lines: list[str] = []
        cleared = constant = 0
        parts: list[str] = []
        for assignment in action.assignments:
            position = self.system.index[assignment.variable]
            slot = self.layout.slots[position]
            sort = slot.variable.sort
            cleared |= slot.mask
            inside = within(assignment.value, sort) == TRUE
            if inside and isinstance(assignment.value, Literal):
                constant |= slot.packed(assignment.value.value)
                continue
            text = emitter.text(assignment.value)
            if not inside and isinstance(sort, Bounded):
                text = emitter.local(text)
                emitter.lines.append(f"if not {sort.low} <= {text} <= {sort.high}:")
                emitter.lines.append(f" raise Leaves(p, {index}, {position}, {text})")
            lines += emitter.taken()
            if slot.width:
                parts.append(shifted(text, sort, slot.shift))
        kept = "p" if not cleared else f"p & {((1 << self.layout.bits) - 1) & ~cleared}"
        terms = [kept, *([str(constant)] if constant else []), *parts]
        return [*lines, f"add(({index}, {' | '.join(terms)}))"]


def breadth_first(
    compiled: Compiled, starts: Iterable[int], allows: Callable[[int, int], bool] = lambda _action, _packed: True
) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Yield each state that is reached from ``starts`` by steps that are allowed, with these steps; the nearest first.

    A step is the index of an action instance and where it leads; ``allows`` is asked with the index and the state
    before.  Raises `Leaves`.  Who wants no more stops asking.
    """
    order = list(dict.fromkeys(starts))
    met = set(order)
    for packed in order:  # grows while it is gone through
        steps = [(action, after) for action, after in compiled.visit(packed) if allows(action, packed)]
        yield packed, steps
        for _, after in steps:
            if after not in met:
                met.add(after)
                order.append(after)
