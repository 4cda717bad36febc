"""Fair loops in an explored space, and lassos as short as is reasonable.

Given an `Exploration` with its edges; gives the strongly connected components of the moves that liveness allows in the
long run (those that do not disturb) in which one can stay fairly, and a loop that shows it.

A loop is fair when every weakly fair action instance is disabled in one of its states or taken on one of its steps, and
every strongly fair one is disabled in all of its states or taken on one of its steps.  For weak fairness it is enough
to look at maximal components: a larger loop disables and takes more.  A strongly fair action that a component enables
and does not take can be enabled nowhere on a fair loop: the states in which it is are left out, and what remains is
looked at again (Lichtenstein and Pnueli, "Checking that finite state concurrent programs satisfy their linear
specification", POPL 1985).  Components are found by Tarjan's algorithm (1972), without recursion.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from tdispmodel.engines.exploration import CHECK_EVERY, Exploration
from tdispmodel.ir.sorts import Fairness

Step = tuple[int, int]
"""An action instance and the number of the state that it leads to."""

SEARCHED = 50_000
"""How many (state, duties done) pairs the search for the shortest lasso may visit before it settles for a short one."""


class LimitReached(Exception):
    """Time or memory is used up in the midst of a question about infinite behaviours; says which."""


@dataclass(frozen=True)
class Loop:
    """A fair loop: where it begins, and its steps (none: it stays there for ever)."""

    entry: int
    steps: tuple[Step, ...]


class FairGraph:
    """The explored space as liveness sees it."""

    def __init__(self, explored: Exploration) -> None:
        self.explored = explored
        actions = explored.compiled.system.actions
        self.fair = bytearray(action.fair for action in actions)
        self.strong = bytearray(action.fairness is Fairness.STRONG for action in actions)
        self.any_strong = any(self.strong)
        self.calm = bytearray(not action.disturbs for action in actions)
        self.neighbours: list[list[int]] = []
        self._adjacency()
        self._fair_enabled: dict[int, frozenset[int]] = {}

    def _adjacency(self) -> None:
        """Collect the targets of the moves that do not disturb, and the states from which no fair action is enabled."""
        explored, calm, fair = self.explored, self.calm, self.fair
        targets, actions, offsets = explored.targets, explored.actions, explored.offsets
        self.idle = bytearray(len(explored.order))
        begin = 0
        for state in range(len(explored.order)):
            end = offsets[state + 1]
            taken = actions[begin:end]
            self.neighbours.append([targets[begin + place] for place, action in enumerate(taken) if calm[action]])
            if not any(fair[action] for action in taken):
                self.idle[state] = 1
            begin = end

    def edges(self, state: int) -> Iterable[Step]:
        """The action instances enabled in a state, with where they lead."""
        begin, end = self.explored.offsets[state], self.explored.offsets[state + 1]
        return zip(self.explored.actions[begin:end], self.explored.targets[begin:end], strict=True)

    def check_time(self) -> None:
        """Raise `LimitReached` when the time is used up."""
        if self.explored.limits.out_of_time():
            message = f"out of time after {self.explored.limits.seconds:g} s, among the loops"
            raise LimitReached(message)

    def fair_enabled(self, state: int) -> frozenset[int]:
        """The fair action instances enabled in a state."""
        known = self._fair_enabled.get(state)
        if known is None:
            known = frozenset(action for action, _ in self.edges(state) if self.fair[action])
            self._fair_enabled[state] = known
        return known

    def fair_components(self, components: Iterable[Sequence[int]]) -> Iterator[frozenset[int]]:
        """Yield components in which a behaviour can stay for ever and be fair, going round all of each.

        Every fair loop within one of the given components lies in one of them.
        """
        while True:
            left = bytearray(len(self.neighbours))
            for component in components:
                neglected = self._neglected(component)
                if not neglected:
                    yield frozenset(component)
                elif all(self.strong[action] for action in neglected):
                    for state in component:
                        left[state] = neglected.isdisjoint(self.fair_enabled(state))
            if not any(left):
                return
            components = self.components(left)

    def _neglected(self, component: Sequence[int]) -> set[int]:
        """The action instances to which going round all of a component is not fair."""
        always = set(self.fair_enabled(component[0]))
        sometimes: set[int] = set()
        for state in component:
            enabled = self.fair_enabled(state)
            always &= enabled
            if self.any_strong:
                sometimes |= enabled
            elif not always:
                break
        missing = always | {action for action in sometimes if self.strong[action]}
        if missing:
            inside = frozenset(component)
            for state in component:
                missing -= {action for action, target in self.edges(state) if self.calm[action] and target in inside}
                if not missing:
                    break
        return missing

    def components(self, allowed: bytearray) -> list[list[int]]:  # one algorithm, best read in one piece
        """Return the maximal strongly connected components of the allowed states that contain a step."""
        neighbours = self.neighbours
        found: list[list[int]] = []
        order = [0] * len(neighbours)  # 0: not seen yet
        low = [0] * len(neighbours)
        on_stack = bytearray(len(neighbours))
        stack: list[int] = []
        count = 0
        for root in range(len(neighbours)):
            if order[root] or not allowed[root]:
                continue
            self.check_time()
            count += 1
            order[root] = low[root] = count
            stack.append(root)
            on_stack[root] = 1
            work = [(root, iter(neighbours[root]))]
            while work:
                state, rest = work[-1]
                for target in rest:
                    if not allowed[target]:
                        continue
                    if not order[target]:
                        count += 1
                        order[target] = low[target] = count
                        stack.append(target)
                        on_stack[target] = 1
                        work.append((target, iter(neighbours[target])))
                        break
                    if on_stack[target] and order[target] < low[state]:
                        low[state] = order[target]
                else:
                    work.pop()
                    if work and low[state] < low[work[-1][0]]:
                        low[work[-1][0]] = low[state]
                    if low[state] == order[state]:
                        component = _popped(stack, on_stack, state)
                        if len(component) > 1 or state in neighbours[state]:
                            found.append(component)
        return found

    def shortest_lasso(
        self,
        entries: Iterable[Step],
        component_of: Callable[[int], frozenset[int] | None],
        wanted: frozenset[tuple[int, int]] | None = None,
    ) -> Loop | None:
        """Return a loop whose stem and steps together are few.

        ``entries`` are (distance, state) by distance; ``component_of`` gives the fair component of a state, if it has
        one.  ``wanted`` are steps (state, action) of which one must be on the loop; without it staying in an idle state
        is a loop too.  The least sum is found unless there is a great deal to search.
        """
        best: Loop | None = None
        length = searched = 0
        for distance, state in entries:
            if best is not None and distance >= length:
                break
            if wanted is None and self.idle[state]:
                return Loop(state, ())
            component = component_of(state)
            if component is None or (best is not None and (searched > SEARCHED or distance + 1 >= length)):
                continue
            duties = _Duties(self, state, component, wanted)
            try:
                steps = duties.loop()
            except LimitReached:
                if best is None:
                    raise
                break
            searched += duties.searched
            if best is None or distance + len(steps) < length:
                best, length = Loop(state, tuple(steps)), distance + len(steps)
        return best


class _Duties:
    """What a loop through an entry must do to be fair: for each weakly fair action enabled there, be somewhere where it
    is disabled or take it; take each strongly fair action that it sees enabled; and take a wanted step.

    Sets of duties done are bits of an integer; the strongly fair actions seen are noted there, too.
    """

    def __init__(
        self, graph: FairGraph, entry: int, component: frozenset[int], wanted: frozenset[tuple[int, int]] | None
    ) -> None:
        self.graph = graph
        self.entry = entry
        self.searched = 0
        self.component = component
        self.wanted = wanted or frozenset()
        enabled = sorted(graph.fair_enabled(entry))
        weak = [action for action in enabled if not graph.strong[action]]
        strong = sorted({action for state in component for action in graph.fair_enabled(state) if graph.strong[action]})
        self.weak = {action: 1 << place for place, action in enumerate(weak)}
        self.wanted_bit = 1 << len(weak) if wanted is not None else 0
        self.always = (1 << len(weak)) - 1 | self.wanted_bit
        self.seen = {action: 1 << len(weak) + 1 + place for place, action in enumerate(strong)}
        self.shift = len(strong)
        self.all_seen = sum(self.seen.values())
        self.all = self.always | self.all_seen << self.shift

    def by_step(self, state: int, action: int, target: int) -> int:
        """Return the duties that a step discharges, and what it sees."""
        enabled = self.graph.fair_enabled(target)
        done = self.wanted_bit if (state, action) in self.wanted else 0
        for fair, bit in self.weak.items():
            if fair == action or fair not in enabled:
                done |= bit
        for fair, bit in self.seen.items():
            if fair in enabled:
                done |= bit
            if fair == action:
                done |= bit << self.shift
        return done

    def discharged(self, done: int) -> bool:
        """Whether all that a loop owes is done."""
        return done & self.always == self.always and not (done & self.all_seen) << self.shift & ~done

    def loop(self) -> list[Step]:
        """Return a loop through the entry that discharges every duty, the shortest unless that takes too long."""
        steps = self._walk(self.entry, 0, lambda state, done: state == self.entry and self.discharged(done))
        return self._loop_duty_by_duty() if steps is None else steps

    def _loop_duty_by_duty(self) -> list[Step]:
        """Discharge the nearest duty, then the next, then return; each strongly fair action enabled anywhere is due."""
        steps: list[Step] = []
        state, done = self.entry, 0
        while done & self.all != self.all:
            part = self._walk(state, done, partial(_differs, self.all, done), limited=False)
            for action, target in part or ():
                done |= self.by_step(state, action, target)
                state = target
            steps += part or ()
        if state != self.entry or not steps:
            steps += self._walk(state, done, lambda state, _: state == self.entry, limited=False) or ()
        return steps

    def _walk(
        self, state: int, done: int, goal: Callable[[int, int], bool], *, limited: bool = True
    ) -> list[Step] | None:
        """Return the fewest steps, at least one, in the component to where ``goal`` is true of (state, duties done).

        None when so many were visited that the search is given up (unless it is not ``limited``).
        """
        start = (state, done)
        came: dict[tuple[int, int], tuple[tuple[int, int], int]] = {}
        queue = [start]
        for place, here in enumerate(queue):
            if limited and len(queue) > SEARCHED:
                break
            if place % CHECK_EVERY == 0:
                self.graph.check_time()
            for action, target in self.graph.edges(here[0]):
                if target not in self.component or not self.graph.calm[action]:
                    continue
                there = (target, here[1] | self.by_step(here[0], action, target))
                if there in came:
                    continue
                came[there] = (here, action)
                if goal(*there):
                    self.searched += len(queue)
                    return _path(came, start, there)
                queue.append(there)
        self.searched += len(queue)
        return None


def _path(
    came: dict[tuple[int, int], tuple[tuple[int, int], int]], start: tuple[int, int], end: tuple[int, int]
) -> list[Step]:
    """Read the steps back from ``end``; ``start`` may itself have been come to again."""
    steps: list[Step] = []
    here = end
    while True:
        before, action = came[here]
        steps.append((action, here[0]))
        here = before
        if here == start:
            return steps[::-1]


def _differs(duties: int, before: int, _: int, done: int) -> bool:
    """Whether one of the duties was discharged that was not before."""
    return bool(done & ~before & duties)


def _popped(stack: list[int], on_stack: bytearray, root: int) -> list[int]:
    component = []
    while True:
        state = stack.pop()
        on_stack[state] = 0
        component.append(state)
        if state == root:
            return component
