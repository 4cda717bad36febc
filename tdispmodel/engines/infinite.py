"""Questions about infinite behaviours and about possibility, answered on an explored space.

Given an exhausted `Exploration` that kept its edges, and the states or steps where the parts of a question are true;
gives the trace that shows a violation, or None when there is none.  docs/semantics.md has the meaning in every corner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tdispmodel.compiling.successors import Hit
from tdispmodel.engines.exploration import Exploration
from tdispmodel.engines.fairness import FairGraph, LimitReached, Loop, Step
from tdispmodel.verdict import Trace

BYTES_PER_EDGE = 8
BYTES_PER_STATE = 500
"""About what adjacency lists and the search for loops take, on top of the exploration."""


class InfiniteBehaviours:
    """One explored space; what several questions need is worked out once, when the first of them asks."""

    def __init__(self, explored: Exploration) -> None:
        self.explored = explored
        self._graph: FairGraph | None = None
        self._components: list[list[int]] | None = None
        self._predecessors: list[list[int]] | None = None

    @property
    def graph(self) -> FairGraph:
        """The space with its fair loops."""
        if self._graph is None:
            self._afford()
            self._graph = FairGraph(self.explored)
        return self._graph

    @property
    def components(self) -> list[list[int]]:
        """The maximal components of all moves that do not disturb."""
        if self._components is None:
            self._components = self.graph.components(bytearray(b"\1") * len(self.explored.order))
        return self._components

    def leads_to(self, premise: Iterable[int], goal: Iterable[int]) -> Trace | None:
        """Return a lasso on which a state of ``premise`` (packed states) is never followed by one of ``goal``.

        The stem is a shortest one to the loop that was chosen; stem and loop together need not be least.
        """
        avoiding = self._marked(goal, inside=False)
        seeds = sorted(state for state in map(self.explored.number.__getitem__, premise) if avoiding[state])
        came, distances = self._after(seeds, avoiding)
        if not came:
            return None
        allowed = bytearray(len(avoiding))
        for component in self.components:
            for state in component:
                allowed[state] = state in came
        component_of = self._fair_components(self.graph.components(allowed) if any(allowed) else [])
        loop = self.graph.shortest_lasso(distances, component_of.get)
        if loop is None:
            return None
        stem: list[Step] = []
        state = loop.entry
        while (before := came[state]) is not None:
            stem.append((before[0], state))
            state = before[1]
        return self._lasso(state, stem[::-1], loop)

    def never_endless(self, hits: Sequence[Hit]) -> Trace | None:
        """Return a lasso whose loop is fair and takes one of the steps ``hits`` (packed state, action)."""
        number = self.explored.number
        steps = frozenset((number[packed], action) for packed, action in hits)
        if not steps:
            return None
        component_at = {state: place for place, component in enumerate(self.components) for state in component}
        wanted: set[int] = set()
        for state, action in steps:
            place = component_at.get(state)
            if place is not None and self.graph.calm[action] and place not in wanted:
                targets = [target for taken, target in self.graph.edges(state) if taken == action]
                if component_at.get(targets[0]) == place:
                    wanted.add(place)
        suspects = (component for place, component in enumerate(self.components) if place in wanted)
        takes = (component for component in self.graph.fair_components(suspects) if self._takes(component, steps))
        fair = {state: component for component in takes for state in component}
        entries = ((self.explored.depth(state), state) for state in sorted(fair))
        loop = self.graph.shortest_lasso(entries, fair.get, steps)
        return None if loop is None else self._lasso(loop.entry, [], loop)

    def _takes(self, component: frozenset[int], steps: frozenset[tuple[int, int]]) -> bool:
        """Whether one of the steps stays in a component."""
        return any(
            (state, action) in steps and target in component and self.graph.calm[action]
            for state in component
            for action, target in self.graph.edges(state)
        )

    def stays_possible(self, premise: Iterable[int], goal: Iterable[int]) -> Trace | None:
        """Return a shortest trace to a state of ``premise`` from which no state of ``goal`` can be reached by moves
        that are not adversarial.
        """
        can = self._marked(goal, inside=True)
        queue = [state for state, marked in enumerate(can) if marked]
        for state in queue:
            for before in self.predecessors[state]:
                if not can[before]:
                    can[before] = 1
                    queue.append(before)
        lost = [state for state in map(self.explored.number.__getitem__, premise) if not can[state]]
        return self.explored.trace(self.explored.order[min(lost)]) if lost else None

    @property
    def predecessors(self) -> list[list[int]]:
        """For each state, from where a move that is not adversarial leads to it."""
        if self._predecessors is None:
            self._afford()
            explored = self.explored
            adversarial = bytearray(action.adversarial for action in explored.compiled.system.actions)
            found: list[list[int]] = [[] for _ in explored.order]
            offsets, targets, actions = explored.offsets, explored.targets, explored.actions
            for state in range(len(explored.order)):
                for place in range(offsets[state], offsets[state + 1]):
                    if not adversarial[actions[place]]:
                        found[targets[place]].append(state)
            self._predecessors = found
        return self._predecessors

    def _afford(self) -> None:
        """Raise `LimitReached` when there is no memory left for what looking at loops needs."""
        explored = self.explored
        needed = BYTES_PER_EDGE * len(explored.targets) + BYTES_PER_STATE * len(explored.order)
        if explored.limits.memory is not None and explored.memory() + needed > explored.limits.memory:
            message = (
                f"out of memory ({explored.limits.memory / 1e6:g} MB) among the loops of {len(explored.order)} states"
            )
            raise LimitReached(message)

    def _marked(self, packed_states: Iterable[int], *, inside: bool) -> bytearray:
        """One byte a state: whether it is among the given ones (``inside``) or not."""
        marks = bytearray(len(self.explored.order)) if inside else bytearray(b"\1") * len(self.explored.order)
        number = self.explored.number
        for packed in packed_states:
            marks[number[packed]] = inside
        return marks

    def _after(
        self, seeds: Sequence[int], avoiding: bytearray
    ) -> tuple[dict[int, tuple[int, int] | None], list[tuple[int, int]]]:
        """Walk on from ``seeds`` (sorted) through the avoiding states, any actor moving.

        Gives for each state reached the (action, state) before it, None for a seed that is where the walk begins, and
        the (distance from the start, state) pairs by distance.
        """
        came: dict[int, tuple[int, int] | None] = {}
        distances: list[tuple[int, int]] = []
        waiting = list(reversed(seeds))
        current: list[int] = []
        distance = 0
        while current or waiting:
            if not current:
                distance = self.explored.depth(waiting[-1])
            while waiting and self.explored.depth(waiting[-1]) <= distance:
                seed = waiting.pop()
                if seed not in came:
                    came[seed] = None
                    current.append(seed)
            following: list[int] = []
            for state in current:
                distances.append((distance, state))
                for action, target in self.graph.edges(state):
                    if avoiding[target] and target not in came:
                        came[target] = (action, state)
                        following.append(target)
            current = following
            distance += 1
        return came, distances

    def _fair_components(self, components: Iterable[list[int]]) -> dict[int, frozenset[int]]:
        """The fair component of each state that lies in one."""
        found: dict[int, frozenset[int]] = {}
        for component in self.graph.fair_components(components):
            found |= dict.fromkeys(component, component)
        return found

    def _lasso(self, begin: int, stem: Sequence[Step], loop: Loop) -> Trace:
        """A shortest way to ``begin``, then the stem, then round the loop once."""
        to_begin = self.explored.trace(self.explored.order[begin])
        rest = tuple((self.explored.name(action), self.explored.state(state)) for action, state in (*stem, *loop.steps))
        return Trace(to_begin.initial, (*to_begin.steps, *rest), loop=len(to_begin) + len(stem))


def decoded(explored: Exploration) -> Iterator[tuple[bool | int | str, ...]]:
    """Yield the values of every state."""
    return map(explored.compiled.unpack, explored.order)
