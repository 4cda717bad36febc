"""What one system can do and another cannot, and whether they are bisimilar.

Given two systems and what names and values of the second one are in the first; gives for each a shortest behaviour
that only it has, or a bisimulation, each accepted by the judge.

An action instance leads from a state to one state only.  So whether a behaviour of one system is one of the other is
seen by going through both together: beside a state of the one stand all states of the other that the same steps lead
to, and look the same.  There is more than one only where start states differ in variables that the other system does
not have.  A breadth-first search over such pairs meets a shortest behaviour after which no state of the other is left
(Hopcroft, Ullman 1979, Introduction to automata theory, languages, and computation: the subset construction).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tdispmodel.checking.asking import range_complaint
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.compiling.successors import Compiled, Leaves
from tdispmodel.engines.protocol import LimitReached, Limits, Progress, rounded, silent
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.system import State, System
from tdispmodel.judging.apart import Names, Pair
from tdispmodel.judging.judgement import Allowance, Refused, Undecided
from tdispmodel.semantics import LeavesRange, Semantics, TooManyStarts
from tdispmodel.source import Rejected
from tdispmodel.verdict import OutOfRange, Trace

CHECK_EVERY = 1024
BYTES_PER_PAIR = 1500
"""About what a pair costs, with what is known of its states."""

Label = tuple[str, str, str]
Moves = dict[Label, tuple[int, int]]
"""By what a step is seen as: where it leads, and what that looks like."""
Node = tuple[int, tuple[int, ...]]


@dataclass(frozen=True)
class Compared:
    """What came out.  ``bisimilar`` is None when it is open; a behaviour is None when the other system has them all, or
    when that is open: then ``reason`` says why.
    """

    bisimilar: bool | None
    only_first: Trace | None = None
    only_second: Trace | None = None
    reason: str = ""
    pairs: int = 0


class _Walk:
    """One system, followed on demand: each state is looked at once."""

    def __init__(
        self, system: System, shared: list[str], values: list[dict[Value, Value]], actions: dict[str, str]
    ) -> None:
        self.system = system
        self.compiled = Compiled(system)
        self.places = [system.index[name] for name in shared]
        self.values = values
        self.labels = [
            (actions.get(action.name, action.name), action.actor.value, action.fairness.value)
            for action in system.actions
        ]
        self.looks: dict[int, int] = {}
        self.starts = list(self.compiled.starts())

    def state(self, packed: int) -> State:
        return self.compiled.unpack(packed)


class _Search:
    """Both systems, with what their states look like as numbers that they share."""

    def __init__(self, first: System, second: System, names: Names, limits: Limits, progress: Progress) -> None:
        shared = list(names.variables.items())
        tables = [dict(names.values.get(old, {})) for old, _ in shared]
        plain: list[dict[Value, Value]] = [{} for _ in shared]
        self.first = _Walk(first, [new for _, new in shared], plain, {})
        self.second = _Walk(second, [old for old, _ in shared], tables, dict(names.actions))
        self.limits, self.progress = limits, progress
        self.numbers: dict[tuple[Value, ...], int] = {}
        self.pairs = 0

    def look(self, walk: _Walk, packed: int) -> int:
        """Return the number of what a state looks like."""
        found = walk.looks.get(packed)
        if found is None:
            state = walk.state(packed)
            seen = tuple(
                values.get(state[place], state[place]) for place, values in zip(walk.places, walk.values, strict=True)
            )
            found = walk.looks[packed] = self.numbers.setdefault(seen, len(self.numbers))
        return found

    def moves(self, walk: _Walk, packed: int) -> Moves:
        """Return the steps from a state.  Raises `_Left`."""
        try:
            steps = walk.compiled.visit(packed)
        except Leaves as leaves:
            raise _Left(walk, packed, leaves.action) from None
        return {walk.labels[action]: (after, self.look(walk, after)) for action, after in steps}

    def count(self) -> None:
        """Count a pair.  Raises `LimitReached`."""
        self.pairs += 1
        if self.pairs % CHECK_EVERY:
            return
        if self.limits.out_of_time():
            message = (
                f"out of time after {self.limits.seconds:g} s, with {rounded(self.pairs)} pairs of states looked at"
            )
            raise LimitReached(message)
        if self.limits.memory is not None and self.pairs * BYTES_PER_PAIR > self.limits.memory:
            message = f"out of memory with {rounded(self.pairs)} pairs of states"
            raise LimitReached(message)
        self.progress(f"{rounded(self.pairs)} pairs of states")

    def only(self, mine: _Walk, theirs: _Walk) -> Trace | None:
        """Return a shortest behaviour of ``mine`` that ``theirs`` has not; None when there is none."""
        came: dict[Node, tuple[Node, Label] | None] = {}
        level: list[Node] = []
        for start in mine.starts:
            look = self.look(mine, start)
            beside = tuple(sorted(other for other in theirs.starts if self.look(theirs, other) == look))
            if not beside:
                return Trace(mine.state(start))
            if (start, beside) not in came:
                came[start, beside] = None
                level.append((start, beside))
        for node in level:  # grows while it is gone through
            self.count()
            here, beside = node
            others = [self.moves(theirs, other) for other in beside]
            for label, (after, look) in self.moves(mine, here).items():
                led = {move[0] for moves in others if (move := moves.get(label)) is not None and move[1] == look}
                if not led:
                    return self._trace(mine, came, node, (label, after))
                follower = (after, tuple(sorted(led)))
                if follower not in came:
                    came[follower] = (node, label)
                    level.append(follower)
        return None

    def _trace(
        self, mine: _Walk, came: dict[Node, tuple[Node, Label] | None], node: Node, last: tuple[Label, int]
    ) -> Trace:
        names = dict(zip(mine.labels, (action.name for action in mine.system.actions), strict=True))
        steps = [(names[last[0]], mine.state(last[1]))]
        while (back := came[node]) is not None:
            steps.append((names[back[1]], mine.state(node[0])))
            node = back[0]
        return Trace(mine.state(node[0]), tuple(steps[::-1]))

    def related(self) -> set[tuple[int, int]] | None:
        """Return a bisimulation that relates all start states; None when there is none.

        Two states are bisimilar if going on from them together never meets a difference, since each step leads to one
        state only.
        """
        found: set[tuple[int, int]] = set()
        lonely = set(self.second.starts)
        for mine in self.first.starts:
            mates = [theirs for theirs in self.second.starts if self._together(mine, theirs, found)]
            if not mates:
                return None
            lonely.difference_update(mates)
        return None if lonely else found

    def _together(self, mine: int, theirs: int, found: set[tuple[int, int]]) -> bool:
        """Whether two states are bisimilar, given some that are; if so all that are met are found."""
        if self.look(self.first, mine) != self.look(self.second, theirs):
            return False
        met = {(mine, theirs): None}
        waiting = [(mine, theirs)]
        while waiting:
            pair = waiting.pop()
            if pair in found:
                continue
            self.count()
            moves, answers = self.moves(self.first, pair[0]), self.moves(self.second, pair[1])
            if moves.keys() != answers.keys():
                return False
            for label, (after, look) in moves.items():
                there, seen = answers[label]
                if look != seen:
                    return False
                if (after, there) not in met:
                    met[after, there] = None
                    waiting.append((after, there))
        found.update(met)
        return True


class _Left(Exception):
    """An action would take an integer out of its range in some state of a system."""

    def __init__(self, walk: _Walk, packed: int, action: int) -> None:
        self.walk, self.packed, self.action = walk, packed, action
        super().__init__()

    def complaint(self) -> Rejected:
        """Return the complaint, with a behaviour that leads there."""
        system, unpack = self.walk.system, self.walk.state
        came: dict[int, tuple[int, int] | None] = dict.fromkeys(self.walk.starts)
        order = list(came)
        for packed in order:
            if packed == self.packed:
                break
            for action, after in self.walk.compiled.visit(packed):
                if after not in came:
                    came[after] = (packed, action)
                    order.append(after)
        steps = []
        packed = self.packed
        while (back := came[packed]) is not None:
            steps.append((system.actions[back[1]].name, unpack(packed)))
            packed = back[0]
        trace = Trace(unpack(packed), tuple(steps[::-1]))
        try:
            Semantics(system).step(trace.states[-1], system.actions[self.action])
        except LeavesRange as left:
            out = OutOfRange(trace, left.action, left.variable, left.value)
            return Rejected([range_complaint(system, out)])
        message = "a compiled system leaves a range that the system does not leave"
        raise OurFault(message)


def compared(first: System, second: System, names: Names, limits: Limits, progress: Progress = silent) -> Compared:
    """Return what only one of two systems can do, and whether they are bisimilar, as the judge accepted it.

    Raises `Rejected` when an integer of one of them can leave its range, and `OurFault` when the judge refuses.
    """
    found = Compared(None)
    search: _Search | None = None
    relation: set[tuple[int, int]] | None = None
    try:
        search = _Search(first, second, names, limits, progress)
        found = replace(found, only_first=search.only(search.first, search.second))
        found = replace(found, only_second=search.only(search.second, search.first))
        if found.only_first is None and found.only_second is None:
            relation = search.related()
        found = replace(found, bisimilar=relation is not None)
    except LimitReached as reached:
        found = replace(found, reason=str(reached))
    except TooManyStarts as many:
        found = replace(found, reason=many.words)
    except _Left as left:
        raise left.complaint() from None
    if found.only_first is not None or found.only_second is not None:
        found = replace(found, bisimilar=False)
    states = [] if search is None or relation is None else [*_states(search, relation)]
    return _judged(Pair(first, second, names), found, states, limits)


def _states(search: _Search, relation: set[tuple[int, int]]) -> Iterator[tuple[State, State]]:
    """Yield the pairs of a relation as states, each state unpacked once."""
    mine, theirs = (
        {number: walk.state(number) for number in {pair[place] for pair in relation}}
        for place, walk in ((0, search.first), (1, search.second))
    )
    for one, other in relation:
        yield mine[one], theirs[other]


def _judged(pair: Pair, found: Compared, related: list[tuple[State, State]], limits: Limits) -> Compared:
    """Return what the judge accepted; a relation that it could not go through in time is open."""
    try:
        if found.only_first is not None:
            pair.only(found.only_first, of_first=True)
        if found.only_second is not None:
            pair.only(found.only_second, of_first=False)
        if found.bisimilar:
            pair.bisimilar(related, Allowance(limits.seconds, limits.memory))
    except Undecided as undecided:
        return replace(found, bisimilar=None, reason=str(undecided))
    except Refused as refused:
        message = f"the judge refuses a comparison of two models: {refused}"
        raise OurFault(message) from refused
    return found
