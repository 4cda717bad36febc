"""The states that anybody has asked about, with the steps of the unmutated system from each, worked out once.

Given a system and formulas to watch; `Space` numbers states as they are met and keeps, for each that was expanded,
where every action instance leads and which of the formulas are true in it or on its steps.  A mutant adds states that
the system itself never reaches; the next mutant finds them there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from tdispmodel.compiling.arrays import Batch, Flags, Packing, Words, assigned_by
from tdispmodel.compiling.numbering import Numbering
from tdispmodel.compiling.sharing import Sharing
from tdispmodel.ir.expressions import Expression, Literal, Read, Took
from tdispmodel.ir.system import State, System, SystemAction

Numbers = NDArray[np.int32]
"""Numbers of states."""

Counts = NDArray[np.int16]

DISABLED = -1
LEAVES = -2
"""In place of a target: the action is enabled and would assign a value outside a variable's range."""

ROOM = 1 << 12
CHUNK = 1 << 14
"""So many states are looked at together."""

TOGETHER = 1 << 12
"""Of so many states what actions assign is worked out for all of them, for what actions have in common only once."""

BYTES_PER_KEY = 120
"""About what a state costs in the dictionary, beside its rows."""


class Space:
    """States by number, from 0 to ``count``; what is said of one is there once it is ``expanded``.

    ``targets[s, a]`` is the number of the state to which action instance ``a`` leads from state ``s``, `DISABLED` or
    `LEAVES`.  ``true[f, s]`` is whether state formula ``f`` is true in ``s``; ``hits[f, s]`` on how many of its steps
    step formula ``f`` is; ``on(f, a)`` where it is true on the step of ``a``.
    """

    def __init__(self, system: System) -> None:
        self.system = system
        self.sharing = Sharing()
        self.actions = tuple(map(self.sharing.action, system.actions))
        self.packing = Packing(system)
        self._numbering = Numbering(self.packing.words)
        self.count = 0
        self.rows: Words = np.zeros((ROOM, self.packing.words), np.uint64)
        self.targets: Numbers = np.full((ROOM, len(self.actions)), DISABLED, np.int32)
        self.expanded: Flags = np.zeros(ROOM, np.bool_)
        self._unpacked: dict[int, State] = {}
        self.look_for((), ())

    def look_for(self, states: Sequence[Expression], steps: Sequence[Expression]) -> None:
        """Watch these formulas from now on, of states and of steps, and no others; nothing counts as expanded."""
        self.state_formulas = tuple(map(self.sharing.of, states))
        self.step_formulas = tuple(map(self.sharing.of, steps))
        self.expanded[:] = False
        self.true: Flags = np.zeros((len(self.state_formulas), len(self.expanded)), np.bool_)
        self.hits: Counts = np.zeros((len(self.step_formulas), len(self.expanded)), np.int16)
        self._on: dict[tuple[int, int], Flags] = {}
        self._could: set[tuple[int, int]] = set()
        self._groups = [groups(formula, self.actions) for formula in self.step_formulas]

    def looks(self, numbers: Numbers, names: AbstractSet[str]) -> int:
        """Return how many different looks some states have to somebody who sees some variables only."""
        seen = [0] * self.packing.words
        for name in names:
            field = self.packing.fields[name]
            seen[field.word] |= field.mask
        return len(np.unique(self.rows[numbers] & np.array(seen, np.uint64), axis=0))

    @property
    def memory(self) -> int:
        """About how many bytes all this takes."""
        flags = (1 + len(self.true) + len(self._on)) * len(self.expanded)
        numbers = self.rows.nbytes + self.targets.nbytes + self.hits.nbytes
        return numbers + flags + (self.count + 4 * len(self._unpacked)) * BYTES_PER_KEY

    def state(self, number: int) -> State:
        """Return the values of a state."""
        return self.states([number])[0]

    def states(self, numbers: Iterable[int]) -> tuple[State, ...]:
        """Return the values of some states."""
        wanted = [int(number) for number in numbers]
        known = self._unpacked
        missing = [number for number in wanted if number not in known]
        if missing:
            known.update(zip(missing, self.packing.unpacked(self.rows[missing]), strict=True))
        return tuple(map(known.__getitem__, wanted))

    def batch(self, numbers: Numbers) -> Batch:
        """Return some states, for evaluating formulas."""
        return Batch(self.packing, self.rows[numbers], self.sharing)

    def numbered(self, rows: Words) -> Numbers:
        """Return the numbers of some rows, new ones for those that nobody asked about before."""
        first = self.count
        numbers, fresh = self._numbering.numbers(rows)
        if len(fresh):
            self._grow(first + len(fresh))
            self.rows[first : first + len(fresh)] = fresh
            self.count = first + len(fresh)
        return numbers

    def expand(self, numbers: Numbers) -> None:
        """Work out the steps of those of the states that have none yet, and what is true there."""
        unknown = numbers[~self.expanded[numbers]]
        for wanted in _chunks(unknown):
            batch = self.batch(wanted)
            self._follow(wanted, batch)
            self._watch(wanted, batch)

    def follow(self, numbers: Numbers) -> None:
        """Work out the steps of some states, each for the first time, and not yet what is true there."""
        for wanted in _chunks(numbers):
            self._follow(wanted, self.batch(wanted))

    def watch(self, numbers: Numbers) -> None:
        """Work out what is true in states whose steps were followed; then they are expanded."""
        for wanted in _chunks(numbers):
            self._watch(wanted, self.batch(wanted))

    def _follow(self, wanted: Numbers, batch: Batch) -> None:
        led = self._lead(self.actions, batch)
        self.targets[wanted] = led  # only now: the table may have moved

    def _watch(self, wanted: Numbers, batch: Batch) -> None:
        for position, formula in enumerate(self.state_formulas):
            self.true[position, wanted] = batch.mask(formula)
        taken = self.targets[wanted] >= 0
        for position, formula in enumerate(self.step_formulas):
            self._note_steps(position, formula, wanted, batch, taken)
        self.expanded[wanted] = True

    def leads(self, action: SystemAction, batch: Batch, *, again: bool = False) -> Numbers:
        """Return where an action, of the system or of a mutant, leads from each state of a batch.

        What it assigns is worked out for the whole batch, and remembered, if the batch is to be asked ``again``.
        """
        found = np.full(batch.count, DISABLED, np.int32)
        enabled = batch.mask(action.guard).nonzero()[0]
        if len(enabled):
            after, left = self._after(action, batch, enabled, again=again)
            if left.any():
                found[enabled[left]] = LEAVES
                enabled, after = enabled[~left], after[~left]
            found[enabled] = self.numbered(after)
        return found

    def _lead(self, actions: Sequence[SystemAction], batch: Batch) -> Numbers:
        found = np.full((batch.count, len(actions)), DISABLED, np.int32)
        places, rows = [np.zeros(0, np.intp)], [batch.rows[:0]]
        for index, action in enumerate(actions):
            enabled = batch.mask(action.guard).nonzero()[0]
            if len(enabled):
                after, left = self._after(action, batch, enabled)
                if left.any():
                    found[enabled[left], index] = LEAVES
                    enabled, after = enabled[~left], after[~left]
                places.append(enabled * len(actions) + index)
                rows.append(after)
        found.reshape(-1)[np.concatenate(places)] = self.numbered(np.concatenate(rows))
        return found

    def _after(
        self, action: SystemAction, batch: Batch, enabled: NDArray[np.intp], *, again: bool = False
    ) -> tuple[Words, Flags]:
        """Return where an action leads from some states of a batch, and where it leaves a range."""
        if again or batch.count <= TOGETHER:
            return batch.successors(action, enabled)
        return Batch(self.packing, batch.rows[enabled], self.sharing).successors(action)

    def on(self, formula: int, action: int, numbers: Numbers) -> Flags | None:
        """Return in which of some expanded states a step formula is true on the step of an action of the system.

        None where it never is, in any state that was expanded.
        """
        known = self._on.get((formula, action))
        return None if known is None else known[numbers]

    def could(self, formula: int, action: int) -> bool:
        """Whether in some expanded state a step formula would be true on the step of an action, were it enabled."""
        return (formula, action) in self._could

    def _note_steps(self, position: int, formula: Expression, wanted: Numbers, batch: Batch, taken: Flags) -> None:
        for group in self._groups[position]:
            true = batch.mask(formula, self.actions[group[0]])
            if not true.any():
                continue
            self._could.update((position, index) for index in group)
            for index in group:
                on = true & taken[:, index]
                if on.any():
                    self.hits[position, wanted] += on
                    known = self._on.setdefault((position, index), np.zeros(len(self.expanded), np.bool_))
                    known[wanted] = on

    def _grow(self, count: int) -> None:
        """Make room for so many states."""
        room = len(self.expanded)
        if count <= room:
            return
        more = max(count, 2 * room) - room
        self.rows = np.concatenate([self.rows, np.zeros((more, self.packing.words), np.uint64)])
        self.targets = np.concatenate([self.targets, np.full((more, len(self.actions)), DISABLED, np.int32)])
        self.expanded = np.concatenate([self.expanded, np.zeros(more, np.bool_)])
        self.true = np.concatenate([self.true, np.zeros((len(self.true), more), np.bool_)], axis=1)
        self.hits = np.concatenate([self.hits, np.zeros((len(self.hits), more), np.int16)], axis=1)
        self._on = {key: np.concatenate([on, np.zeros(more, np.bool_)]) for key, on in self._on.items()}


def _chunks(numbers: Numbers) -> Iterator[Numbers]:
    for begin in range(0, len(numbers), CHUNK):
        yield numbers[begin : begin + CHUNK]


def groups(formula: Expression, actions: Sequence[SystemAction]) -> list[list[int]]:
    """Group the numbers of actions on whose steps ``formula`` is the same condition on the state before."""
    taken = [node.names for node in formula.walk() if isinstance(node, Took)]
    after = sorted({node.name for node in formula.walk() if isinstance(node, Read) and node.after})
    found: dict[object, list[int]] = {}
    for number, action in enumerate(actions):
        effect = []
        for name in after:
            value = assigned_by(action, name)
            effect.append(value.value if isinstance(value, Literal) else id(value))
        key = tuple(action.name in names for names in taken), tuple(map(repr, effect))
        found.setdefault(key, []).append(number)
    return list(found.values())
