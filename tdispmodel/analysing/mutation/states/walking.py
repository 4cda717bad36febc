"""What a mutant reaches: only what it changes is worked out anew, only what is new is explored.

Given a `Space`; `Base` are the states that the system itself reaches.  A `Variant` is a mutant of the system: it looks
at the actions that changed, on these states, and says where that makes a difference.  A `Walk` follows the steps of a
variant from its start states, taking all that did not change from the space, and gives a `Graph`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tdispmodel.analysing.mutation.changes import Change, reads
from tdispmodel.analysing.mutation.states.space import DISABLED, LEAVES, Numbers, Space
from tdispmodel.compiling.arrays import Flags, Words
from tdispmodel.ir.sorts import code_of
from tdispmodel.ir.system import System, SystemAction
from tdispmodel.semantics import Semantics, start_states

if TYPE_CHECKING:
    from numpy.typing import NDArray

Stop = Callable[[], str]
"""Says in words why no more may be spent; an empty string while more may."""


class Base:
    """The states that the system reaches: numbers 0 to ``count``, by their distance from the start; nothing is watched.

    ``levels[d]`` is the number of the first state at distance d.  ``stopped`` says why not all were explored.
    """

    def __init__(self, system: System, stop: Stop) -> None:
        self.space = space = Space(system)
        self.stopped = ""
        self.levels = [0]
        self.starts = starts_of(space, Change())
        while not self.stopped and self.levels[-1] < space.count:
            last = space.count
            self.stopped = stop()
            space.follow(np.arange(self.levels[-1], last, dtype=np.int32))
            self.levels.append(last)
        self.count = self.levels[-1]
        self.numbers: Numbers = np.arange(self.count, dtype=np.int32)
        self.batch = space.batch(self.numbers)
        self.table = space.targets[: self.count].copy()
        self.tree = _tree(self.table, self.levels)
        self._spanned: dict[int, tuple[Numbers, Numbers]] = {}

    def spans(self, position: int, column: Numbers) -> bool:
        """Whether the tree stands that led to each state, if an action leads elsewhere."""
        if position not in self._spanned:
            before, by = self.tree
            led = np.flatnonzero(by == position).astype(np.int32)
            self._spanned[position] = (before[led], led)
        sources, led_to = self._spanned[position]
        return np.array_equal(column[sources], led_to)


def _tree(table: Numbers, levels: list[int]) -> tuple[Numbers, Numbers]:
    """Return for each state one from which a step leads to it, one level nearer to the start, and the action; -1 for
    start states.
    """
    before, by = np.full((2, len(table)), -1, np.int32)
    for begin, end in pairwise(levels):
        for position in range(table.shape[1]):
            column = table[begin:end, position]
            led = np.flatnonzero((column >= end) & (column < len(table)))  # all, unless the visit was stopped
            before[column[led]], by[column[led]] = led + begin, position
    return before, by


def starts_of(space: Space, change: Change, known: Numbers | None = None) -> Numbers:
    """Return the start states, each once; ``known`` are those of the system.

    Raises `TooManyStarts` when there are too many combinations to try.
    """
    if known is not None and len(known) and not change.initial.keys() & reads([space.system.initially]):
        rows = space.rows[known]
        for name, values in change.initial.items():  # no start condition is about them, so that they do not matter
            rows = space.packing.instead(rows, name, values)
        return np.unique(space.numbered(rows[_order(space, change, rows)]))
    found = list(start_states(Semantics(change.standing(space.system))))
    return np.unique(space.numbered(space.packing.packed(found)))


def _order(space: Space, change: Change, rows: Words) -> NDArray[np.intp]:
    """Return the places of some start states in the order of the definition, in which they are numbered."""
    ranks = [np.zeros(len(rows), np.intp)]
    for variable in reversed(space.system.variables):
        values = dict.fromkeys(change.initial.get(variable.name, variable.initial))
        if len(values) > 1:
            place = {code_of(value, variable.sort): rank for rank, value in enumerate(values)}
            codes = space.packing.codes(rows, variable.name).tolist()
            ranks.append(np.array([place[code] for code in codes], np.intp))
    return np.lexsort(ranks)


@dataclass
class Variant:
    """A mutant of the system.

    ``changed`` are the actions that it has in place of those of the system, by their position, None for one that is
    gone; ``added`` those that it has beside them.  ``columns[a]`` is where such an action leads from each base state.
    """

    base: Base
    change: Change
    starts: Numbers
    changed: dict[int, SystemAction | None] = field(default_factory=dict)
    added: list[SystemAction] = field(default_factory=list)
    columns: dict[int, Numbers] = field(default_factory=dict)
    noted: dict[object, bool] = field(default_factory=dict, repr=False)
    """What whoever asks again and again notes down about the mutant, and of which states."""
    untouched: dict[int, Flags] = field(default_factory=dict, repr=False)

    @cached_property
    def actions(self) -> tuple[SystemAction, ...]:
        """The actions by position; one that is gone is there and leads nowhere."""
        kept = [self.changed.get(position) or action for position, action in enumerate(self.base.space.actions)]
        return (*kept, *self.added)

    @cached_property
    def own(self) -> dict[int, SystemAction | None]:
        """All actions that are not the system's, by position."""
        return self.changed | dict(enumerate(self.added, start=len(self.base.space.actions)))

    @cached_property
    def alike(self) -> frozenset[int]:
        """The positions of those of its own actions that assign what the system's action there does."""
        there = self.base.space.actions
        return frozenset(
            position
            for position, action in self.changed.items()
            if action is not None and action.assignments == there[position].assignments
        )

    @cached_property
    def differs(self) -> Flags:
        """In which base states a step is another one than in the system, or is there in one of the two only."""
        different = np.zeros(self.base.count, np.bool_)
        for position, column in self.columns.items():
            different |= column != self.before(position)
        return different

    @cached_property
    def differing(self) -> Numbers:
        """Those base states."""
        return np.flatnonzero(self.differs).astype(np.int32)

    @cached_property
    def starts_alike(self) -> bool:
        """Whether the mutant starts where the system does."""
        return self.starts is self.base.starts or np.array_equal(self.starts, self.base.starts)

    def before(self, position: int) -> Numbers:
        """Return where the action at a position leads in the system."""
        if position < self.base.table.shape[1]:
            return self.base.table[:, position]
        return np.full(self.base.count, DISABLED, np.int32)

    @property
    def same(self) -> bool:
        """Whether the mutant starts where the system does, and differs in no step from a state that it reaches."""
        return self.starts_alike and not self.differs.any()

    @property
    def fingerprint(self) -> bytes:
        """What mutants have in common that have the same graph, if no step leads to a state that is new; else nothing.

        Where the changed actions differ otherwise, that cannot be seen.
        """
        if any((column >= self.base.count).any() for column in (self.starts, *self.columns.values())):
            return b""
        parts = [self.starts.tobytes()]
        for position, column in sorted(self.columns.items()):
            if not np.array_equal(column, self.before(position)):
                parts += [self.actions[position].name.encode(), column.tobytes()]
        return sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).digest()

    @cached_property
    def loses(self) -> list[SystemAction] | None:
        """Of what steps it has fewer, where whatever it does is done by the system as well; else None."""
        if not self.starts_alike and not np.isin(self.starts, self.base.starts).all():
            return None
        return self._differing_only_where(lambda column, before: (column == before) | (column == DISABLED))

    @cached_property
    def gains(self) -> list[SystemAction] | None:
        """Of what steps it has more, where whatever the system does is done by it as well; else None."""
        if not self.starts_alike and not np.isin(self.base.starts, self.starts).all():
            return None
        return self._differing_only_where(lambda column, before: (column == before) | (before == DISABLED))

    def _differing_only_where(self, allowed: Callable[[Numbers, Numbers], Flags]) -> list[SystemAction] | None:
        """Return the actions that lead elsewhere, as both have them, if they do so in allowed entries alone."""
        found: list[SystemAction] = []
        for position, column in self.columns.items():
            before = self.before(position)
            if not allowed(column, before).all():
                return None
            if not np.array_equal(column, before):
                there = self.base.space.actions[position : position + 1]
                found += [action for action in (*there, self.own[position]) if action is not None]
        return found

    @cached_property
    def keeps_all(self) -> bool:
        """Whether it surely reaches whatever the system reaches: the ways that were found are still there."""
        return (self.starts_alike or bool(np.isin(self.base.starts, self.starts).all())) and all(
            self.base.spans(position, column) for position, column in self.columns.items()
        )

    def leads(self, action: SystemAction | None, numbers: Numbers) -> Numbers:
        """Return where an action leads from some states."""
        space = self.base.space
        if action is None:
            return np.full(len(numbers), DISABLED, np.int32)
        return space.leads(action, space.batch(numbers))


def variant(base: Base, change: Change) -> Variant:
    """Return the mutant of the base's system that a change makes.  Raises `Rejected` for too many start states."""
    space = base.space
    starts = starts_of(space, change, base.starts) if change.initial else base.starts
    found = Variant(base, change, starts)
    positions = {action.name: position for position, action in enumerate(space.actions)}
    for name, action in change.actions.items():
        shared = None if action is None else space.sharing.action(action)
        if name in positions:
            found.changed[positions[name]] = shared
        elif shared is not None:
            found.added.append(shared)
    for position, action in found.own.items():
        found.columns[position] = (
            np.full(base.count, DISABLED, np.int32) if action is None else space.leads(action, base.batch, again=True)
        )
    return found


@dataclass
class Graph:
    """What a variant reaches: its states, those that start it, and where each action leads from each of them.

    States are called by their place in ``numbers`` here: ``targets[s, a]`` is the place of the state to which action
    ``a`` leads from the state at ``s``, `DISABLED` where it is not enabled.  ``levels`` are the places where the states
    begin that were reached together, from those before; ``led`` is where the mutant's own actions lead from states that
    the system does not reach.  ``stopped`` says why not all was explored; it may also be that something ``broken`` was
    reached.  ``leaves_range`` is whether some step would assign a value outside its variable's range.
    """

    variant: Variant
    numbers: Numbers
    levels: Sequence[int]
    led: Sequence[tuple[Numbers, Mapping[int, Numbers]]] = ()
    stopped: str = ""
    broken: bool = False
    leaves_range: bool = False

    @property
    def count(self) -> int:
        """How many states were reached."""
        return len(self.numbers)

    @cached_property
    def table(self) -> Numbers:
        """Where each action leads from each state: the numbers of states, `DISABLED` where it is not enabled."""
        mutant, base, numbers = self.variant, self.variant.base, self.numbers
        space = base.space
        table = np.full((len(numbers), len(mutant.actions)), DISABLED, np.int32)
        known = base.count if mutant.keeps_all else 0  # then these come first, in their order
        table[:known, : len(space.actions)] = base.table[:known]
        table[known:, : len(space.actions)] = space.targets[numbers[known:]]
        for position, column in self.columns.items():
            table[:, position] = column
        return table

    @cached_property
    def places(self) -> Numbers:
        """The place of each state of the space that was reached, -1 for the others, and -1 once more at the end."""
        places = np.full(self.variant.base.space.count + 1, DISABLED, np.int32)
        places[self.numbers] = np.arange(self.count, dtype=np.int32)
        return places

    @cached_property
    def targets(self) -> Numbers:
        """The table by places, which are the numbers where no state of the system is missing and none is new."""
        count = self.count
        if count and self.numbers[-1] == count - 1 and self.table.max(initial=-1) < count and self._sorted:
            return self.table
        return self.places[self.table]

    @cached_property
    def columns(self) -> dict[int, Numbers]:
        """Where the mutant's own actions lead from each state, by position."""
        found = {}
        for position, column in self.variant.columns.items():
            led_to = found[position] = np.full(self.count, DISABLED, np.int32)
            led_to[~self.new] = column[self.numbers[~self.new]]
            for states, led in self.led:
                led_to[self.places[states]] = led[position]
        return found

    @property
    def _sorted(self) -> bool:
        return np.array_equal(self.numbers, np.arange(self.count))

    @cached_property
    def starts(self) -> Numbers:
        """The places of the start states."""
        return self.places[self.variant.starts]

    @cached_property
    def new(self) -> Flags:
        """Which states the system itself does not reach."""
        return self.numbers >= self.variant.base.count

    @cached_property
    def newcomers(self) -> Numbers:
        """The numbers of the states that the system itself does not reach."""
        return self.numbers[self.new]

    @cached_property
    def differing(self) -> Flags:
        """Which states are new, or have a step that differs from the system's."""
        different = np.zeros(self.variant.base.space.count, np.bool_)
        different[self.variant.differing] = True
        return self.new | different[self.numbers]

    def part(self, wanted: Callable[[SystemAction], bool]) -> Numbers:
        """Return the targets of some of the actions only, a column each."""
        return self.targets[:, [wanted(action) for action in self.variant.actions]]


class Walk:
    """The way of a mutant through the states, as far as their steps are known.

    ``bad`` are flags by number that a state which the system does not reach may not have: the walk ends at the first of
    them.  What unchanged actions do is looked up; what others do in new states is asked once these lead no further.
    """

    def __init__(self, mutant: Variant, bad: Callable[[Numbers], Flags] | None = None) -> None:
        self.mutant = mutant
        self.space, self.base = mutant.base.space, mutant.base
        self.broken = self.leaves = False
        self._bad = bad
        self._seen = _unseen(len(self.space.expanded))
        self._levels: list[Numbers] = []
        self._waiting: list[Numbers] = []
        self._led: list[tuple[Numbers, dict[int, Numbers]]] = []
        self._frontier = mutant.starts
        if mutant.keeps_all:
            self._levels.append(self.base.numbers)
            self._seen[: self.base.count] = True
            self._frontier = self._fresh([mutant.starts, *mutant.columns.values()])

    def advance(self) -> Numbers:
        """Go on; return the states whose steps have to be known to go further, none at the end."""
        while not self.broken:
            if len(self._frontier):
                if not self.space.expanded[self._frontier].all():
                    return self._frontier
                self._take()
            elif self._waiting:
                self._ask()
            else:
                break
        return np.zeros(0, np.int32)

    def graph(self, stopped: str = "") -> Graph:
        """Return what was reached so far."""
        numbers = np.concatenate([np.zeros(0, np.int32), *self._levels])
        begins = np.cumsum([0, *map(len, self._levels)]).tolist()
        return Graph(self.mutant, numbers, begins, self._led, stopped, self.broken, self.leaves)

    def _take(self) -> None:
        """Add the frontier to what is reached; what unchanged actions lead to from there is the next one."""
        here, base = self._frontier, self.base
        self._levels.append(here)
        self._seen[here] = True
        old = here < base.count
        new = here[~old]
        rows = self.space.targets[here]
        rows[:, list(self.mutant.changed)] = DISABLED
        self._frontier = self._fresh([rows, *(column[here[old]] for column in self.mutant.columns.values())])
        if len(new):
            self._waiting.append(new)
            self.broken = self._bad is not None and bool(self._bad(new).any())

    def _ask(self) -> None:
        """Work out what the mutant's own actions do in the new states."""
        new = np.concatenate(self._waiting)
        self._waiting = []
        led = {position: self.mutant.leads(action, new) for position, action in self.mutant.own.items()}
        self._led.append((new, led))
        self._frontier = self._fresh(led.values())

    def _fresh(self, targets: Iterable[Numbers]) -> Numbers:
        """Return which states are among some targets and were not seen, in their order."""
        room = len(self.space.expanded)
        if len(self._seen) + LEAVES < room:
            seen, self._seen = self._seen, _unseen(room)
            self._seen[: len(seen) + LEAVES] = seen[:LEAVES]
        unseen = [each[~self._seen[each]] for each in targets]
        fresh = np.unique(np.concatenate(unseen)) if unseen else np.zeros(0, np.int32)
        if len(fresh) and fresh[0] == LEAVES:
            self.leaves, fresh = True, fresh[1:]
        return fresh


def _unseen(room: int) -> Flags:
    """Return flags for so many states, none of them seen, and two more: one where a range is left is looked at."""
    seen = np.zeros(room - LEAVES, np.bool_)
    seen[DISABLED] = True
    return seen


def unmutated(base: Base) -> Graph:
    """Return the graph of the system itself."""
    return Graph(Variant(base, Change(), base.starts), base.numbers, [0, base.count])
