"""What must be possible, searched for among the behaviours without a step of the host.

Given the exploration of a whole system and goals that it met; gives for each goal a shortest behaviour in which the
host takes no step, or None when there is none, and then the states reached without the host, which do not meet it.
A second search is made only for goals to which the first one came with the host's help; it ends when it has met all.
"""

from __future__ import annotations

from collections.abc import Sequence

from tdispmodel.compiling.successors import Compiled, Watch
from tdispmodel.engines.exploration import Exploration
from tdispmodel.engines.protocol import LimitReached
from tdispmodel.ir.expressions import Actor
from tdispmodel.ir.system import System
from tdispmodel.verdict import Trace


def takes_host(system: System, trace: Trace) -> bool:
    """Whether a step of the trace is the host's."""
    return any(system.by_name[name].actor is Actor.HOST for name, _ in trace.steps)


class Unaided:
    """The search without the host, for several goals."""

    def __init__(self, explored: Exploration, goals: Sequence[Watch]) -> None:
        """Begin with an exhausted exploration; ``goals`` are of states or steps, the first place of each."""
        self.goals = tuple(goals)
        self.compiled = Compiled(explored.compiled.system.unaided, self.goals)
        self.explored = Exploration(
            self.compiled, explored.limits, explored.progress, keep_edges=False, taken=explored.memory()
        )
        self.explored.run(self._all_met)
        # traces are rebuilt by visiting states again, which would add to what was hit
        self.first = tuple(self.compiled.first)

    def _all_met(self) -> bool:
        return None not in self.compiled.first

    def witness(self, goal: Watch) -> Trace | None:
        """Return a shortest behaviour to the goal.  Raises `LimitReached` when it was not met before a limit."""
        hit = self.first[self.goals.index(goal)]
        if hit is not None:
            return self.explored.trace(*hit)
        if self.explored.stopped:
            message = f"{self.explored.stopped} without the host"
            raise LimitReached(message)
        return None
