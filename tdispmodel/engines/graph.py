"""The second opinion: every question answered on a networkx graph of the reachable states, by textbook means.

Given a small system and questions; gives verdicts as the explicit engine does, from the reference semantics and
networkx's searches and components.  It is simple rather than fast, and says `open` when there are too many states.
Witnesses and traces of violated invariants, steps and stays-possible are shortest ones; a lasso is as it comes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

import networkx as nx

from tdispmodel.compiling.graphs import reachable
from tdispmodel.engines.fairness import LimitReached
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.expressions import TRUE, Expression, Fairness
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, speaks_of_step
from tdispmodel.semantics.meaning import Semantics
from tdispmodel.verdict import Answer, ClosedStates, OutOfRange, Space, Trace, Verdict, Witness

MAXIMUM_STATES = 50_000
BYTES_PER_STATE = 4_000
"""About what a state costs in the graph, with its steps."""

ROOT = "before the start"
Steps = list[tuple[str, State]]


class Graph:
    """Searches and components of networkx, for small systems."""

    name = "graph"
    kinds = frozenset(Kind)
    exhaustive = True

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question, in their order.

        Raises `OutOfRange` with a shortest trace.
        """
        began = told = time.monotonic()

        def stop(states: int) -> str:
            nonlocal told
            if time.monotonic() - told >= 1.0:
                told = time.monotonic()
                progress(f"{states} states")
            if limits.out_of_time():
                return f"out of time after {limits.seconds:g} s with {states} states found"
            if limits.memory is not None and states * BYTES_PER_STATE > limits.memory:
                return f"out of memory with {states} states found"
            return f"more than {MAXIMUM_STATES} states" if states > MAXIMUM_STATES else ""

        try:
            space = _Space(system, stop)
        except RecursionError:
            for question in questions:
                yield Verdict(question, Answer.OPEN, self.name, reason="a formula nests too deeply")
            return
        share = (time.monotonic() - began) / max(1, len(questions))
        for question in questions:
            began = time.monotonic()
            try:
                verdict = _verdict(self.name, space, question, limits)
            except LimitReached as limit:
                verdict = Verdict(question, Answer.OPEN, self.name, reason=str(limit))
            yield Verdict(**{**vars(verdict), "seconds": share + time.monotonic() - began})


def _verdict(name: str, space: _Space, question: SystemProperty, limits: Limits) -> Verdict:
    if space.stopped or limits.out_of_time():
        return Verdict(question, Answer.OPEN, name, reason=space.stopped or f"out of time after {limits.seconds:g} s")
    if question.kind is Kind.MUST_BE_POSSIBLE:
        unaided = space.unaided
        if unaided.stopped:
            return Verdict(question, Answer.OPEN, name, reason=f"{unaided.stopped} without the host")
        witness = unaided.first(question.formula)
        if witness is None:
            return Verdict(question, Answer.VIOLATED, name, certificate=unaided.certificate, space=space.counts)
        vacuous = space.vacuous(question)
        return Verdict(
            question,
            Answer.HOLDS,
            name,
            certificate=Witness(witness),
            vacuous=vacuous,
            space=space.counts,
            shortest=True,
        )
    trace = space.violation(question)
    if trace is None:
        vacuous = space.vacuous(question)
        return Verdict(question, Answer.HOLDS, name, certificate=space.certificate, vacuous=vacuous, space=space.counts)
    shortest = trace.loop is None
    return Verdict(question, Answer.VIOLATED, name, trace=trace, shortest=shortest, space=space.counts)


class _Space:
    """The graph of a system with what several questions need."""

    def __init__(self, system: System, stop: Callable[[int], str]) -> None:
        self.system = system
        self.stop = stop
        found = reachable(system, stop)
        self.semantics = Semantics(system)
        self.graph = found.graph
        self.starts = found.starts
        self.stopped = found.stopped
        if found.left is not None:
            state, left = found.left
            raise OutOfRange(self.path_to(state), left.action, left.variable, left.value)
        if self.stopped:
            return  # nothing is answered from an incomplete graph, so the rest would only take time that is over
        self.rank = {state: rank for rank, state in enumerate(self.graph)}
        self.enabled = {state: {name for _, _, name in self.graph.out_edges(state, keys=True)} for state in self.graph}
        self.fair = [action for action in system.actions if action.fair]
        self.calm = self.part(lambda action: not action.disturbs)
        self.helpful = self.part(lambda action: not action.adversarial)
        self.certificate = ClosedStates(tuple(self.graph))
        layers = list(nx.bfs_layers(self.graph, self.starts))
        self.counts = Space(len(self.graph), self.graph.number_of_edges(), max(0, len(layers) - 1))

    @cached_property
    def unaided(self) -> _Space:
        """What is reached without the host; the same space where the host has no moves."""
        return self if self.system.unaided is self.system else _Space(self.system.unaided, self.stop)

    def check_time(self) -> None:
        """Raise `LimitReached` when the time is used up."""
        if reason := self.stop(len(self.graph)):
            raise LimitReached(reason)

    def part(self, wanted: Callable[[SystemAction], bool]) -> nx.MultiDiGraph:
        """The same states, with the steps of some actions only."""
        kept = {action.name for action in self.system.actions if wanted(action)}
        part = nx.MultiDiGraph()
        part.add_nodes_from(self.graph)
        part.add_edges_from(edge for edge in self.graph.edges(keys=True) if edge[2] in kept)
        return part

    def within(self, graph: nx.MultiDiGraph, states: Collection[State]) -> nx.MultiDiGraph:
        """The steps of a graph that stay in these states, by depth: networkx's own views have no fixed order."""
        ordered = sorted(states, key=self.rank.__getitem__)
        part = nx.MultiDiGraph()
        part.add_nodes_from(ordered)
        part.add_edges_from(edge for edge in graph.out_edges(ordered, keys=True) if edge[1] in part)
        return part

    def states_with(self, formula: Expression) -> list[State]:
        """The states in which a formula is true, by depth."""
        truth = self.semantics.denotation(formula)
        return [state for state in self.graph if truth(state, state, "")]

    def steps_with(self, formula: Expression, graph: nx.MultiDiGraph) -> Iterator[tuple[State, State, str]]:
        """The steps of a graph on which a formula is true, by depth."""
        truth = self.semantics.denotation(formula)
        return ((before, after, name) for before, after, name in graph.edges(keys=True) if truth(before, after, name))

    def first(self, formula: Expression, *, always_step: bool = False, negated: bool = False) -> Trace | None:
        """A shortest trace to a state, or over a step, on which the formula is true (or false: ``negated``)."""
        truth = self.semantics.denotation(formula)
        if always_step or speaks_of_step(formula):
            for before, after, name in self.graph.edges(keys=True):
                if bool(truth(before, after, name)) is not negated:
                    path = self.path_to(before)
                    return Trace(path.initial, (*path.steps, (name, after)))
            return None
        for state in self.graph:
            if bool(truth(state, state, "")) is not negated:
                return self.path_to(state)
        return None

    def path_to(self, state: State) -> Trace:
        """A shortest trace to a state."""
        _, path = nx.multi_source_dijkstra(self.graph, self.starts, target=state)
        return Trace(path[0], tuple(self.named(self.graph, path)))

    def named(self, graph: nx.MultiDiGraph, path: Sequence[State]) -> Steps:
        """The steps along a path of states."""
        return [(next(iter(graph[before][after])), after) for before, after in pairwise(path)]

    def vacuous(self, question: SystemProperty) -> bool:
        """Whether the premise of a holding property is nowhere true."""
        premise = question.antecedent
        if question.kind in (Kind.LEADS_TO, Kind.STAYS_POSSIBLE) and question.after != TRUE:
            premise = question.after
        return premise is not None and premise != TRUE and self.first(premise) is None

    def violation(self, question: SystemProperty) -> Trace | None:
        """The trace that shows that the question's answer is no."""
        formula = question.formula
        match question.kind:
            case Kind.INVARIANT:
                return self.first(formula, negated=True)
            case Kind.STEP:
                return self.first(formula, always_step=True, negated=True)
            case Kind.STAYS_POSSIBLE:
                goals = self.states_with(formula)
                can = _reached(self.helpful.reverse(copy=False), goals)
                lost = [state for state in self.states_with(question.after) if state not in can]
                return self.path_to(lost[0]) if lost else None
            case Kind.LEADS_TO:
                return self.never_followed(self.states_with(question.after), set(self.states_with(formula)))
            case _:
                return self.endless(formula)

    def never_followed(self, premise: Iterable[State], goal: set[State]) -> Trace | None:
        """A lasso on which a premise state is never followed by a goal state."""
        avoiding = self.within(self.graph, [state for state in self.graph if state not in goal])
        pending = [state for state in premise if state not in goal]
        waiting = _reached(avoiding, pending)
        calm = self.within(self.calm, waiting)
        loop = next(self.fair_loops(calm), None)
        if loop is None:
            return None
        # a way to the premise costs what its shortest trace does; from there on it avoids the goal
        ways = self.within(avoiding, waiting)
        lengths = nx.multi_source_dijkstra_path_length(self.graph, self.starts)
        ways.add_edges_from((ROOT, state, {"weight": lengths[state]}) for state in pending)
        distances, paths = nx.single_source_dijkstra(ways, ROOT)
        entry = min(loop, key=distances.__getitem__)
        stem = self.path_to(paths[entry][1])
        on = self.named(avoiding, paths[entry][1:])
        return self.lasso(Trace(stem.initial, (*stem.steps, *on)), loop, None)

    def endless(self, formula: Expression) -> Trace | None:
        """A lasso whose fair loop takes a step on which the formula is true."""
        for loop in self.fair_loops(self.calm):
            step = next(self.steps_with(formula, loop), None)
            if step is not None:
                return self.lasso(self.path_to(step[0]), loop, step)
        return None

    def fair_loops(self, calm: nx.MultiDiGraph) -> Iterator[nx.MultiDiGraph]:
        """Yield parts of a graph in which a behaviour may stay for ever; in one without a step it stutters.

        They are strongly connected components, but for what strong fairness keeps out of them: where a strongly fair
        action is enabled that a component does not take.
        """
        waiting = [calm]
        while waiting:
            graph = waiting.pop()
            for component in nx.strongly_connected_components(graph):
                self.check_time()
                loop = self.within(graph, component)
                neglected = self.neglected(loop)
                if not neglected:
                    yield loop
                elif all(action.fairness is Fairness.STRONG for action in neglected):
                    names = {action.name for action in neglected}
                    waiting.append(self.within(loop, [state for state in loop if not names & self.enabled[state]]))

    def neglected(self, loop: nx.MultiDiGraph) -> list[SystemAction]:
        """The fair actions that these steps never take although they are enabled in all states, or in one if strong."""
        taken = {name for _, _, name in loop.edges(keys=True)}
        missing = [action for action in self.fair if action.name not in taken]
        return [
            action
            for action in missing
            if len(self.disabled_in(action.name, loop)) < (len(loop) if action.fairness is Fairness.STRONG else 1)
        ]

    def disabled_in(self, name: str, states: Iterable[State]) -> list[State]:
        """The states in which an action instance is disabled."""
        return [state for state in states if name not in self.enabled[state]]

    def lasso(self, stem: Trace, loop: nx.MultiDiGraph, first: tuple[State, State, str] | None) -> Trace:
        """The stem, then round the loop through all that fairness asks for, beginning with step ``first``."""
        entry = here = stem.states[-1]
        steps: Steps = []
        if first is not None:
            steps.append((first[2], first[1]))
            here = first[1]
        for action in self.fair:
            self.check_time()
            name, strong = action.name, action.fairness is Fairness.STRONG
            visited = [entry, *(state for _, state in steps)]
            idle = self.disabled_in(name, loop)
            if any(name == taken for taken, _ in steps) or (
                len(idle) == len(loop) if strong else self.disabled_in(name, visited)
            ):
                continue
            if idle and not strong:
                path = min((nx.shortest_path(loop, here, state) for state in idle), key=len)
                steps += self.named(loop, path)
            else:
                before, after = next((a, b) for a, b, key in loop.edges(keys=True) if key == name)
                steps += [*self.named(loop, nx.shortest_path(loop, here, before)), (name, after)]
            here = steps[-1][1]
        steps += self.named(loop, nx.shortest_path(loop, here, entry))
        return Trace(stem.initial, (*stem.steps, *steps), loop=len(stem))


def _reached(graph: nx.MultiDiGraph, sources: Sequence[State]) -> set[State]:
    """The sources and all that can be reached from them."""
    return {state for layer in nx.bfs_layers(graph, sources) for state in layer} if sources else set()
