"""Members in this process, so that a search in partitions can be looked at, broken and killed without a cluster."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tdispmodel.engines.distributed.answers import Spread
from tdispmodel.engines.distributed.members import Gone, Lost, Member
from tdispmodel.engines.distributed.partition import Partition, Share
from tdispmodel.engines.distributed.search import Partitioned
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.wide.answers import KINDS
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Verdict


@dataclass(eq=False)
class Promise:
    """An answer, or the exception that is raised in its place."""

    content: Any
    raised: Exception | None = None


class Here:
    """Members in this process; everything travels as bytes, as it would between processes.

    ``ends`` is asked before each call whether the member's process ends there.
    """

    def __init__(
        self,
        count: int,
        kind: type[Partition] = Partition,
        ends: Callable[[int, str], bool] = lambda *_: False,
    ) -> None:
        self.count = count
        self.kind = kind
        self.ends = ends
        self.gone = [True] * count
        self.processes = [Member(kind) for _ in range(count)]
        self.begun = 0

    def begin(self, member: int, share: Share) -> Promise:
        """Begin it in a new process if it is gone."""
        self.begun += 1
        if self.gone[member]:
            self.gone[member], self.processes[member] = False, Member(self.kind)
        return Promise(self.processes[member].begin(pickle.loads(pickle.dumps(share))))  # noqa: S301  # our own

    def end(self, member: int) -> None:
        """Have nothing to do with its process any more."""
        self.gone[member] = True

    def call(self, member: int, method: str, *arguments: object, answers: int = 1) -> list[Promise]:
        """Call it at once."""
        self.gone[member] = self.gone[member] or self.ends(member, method)
        if self.gone[member]:
            return [Promise(None, Gone()) for _ in range(answers)]
        given = [each.content if isinstance(each, Promise) else each for each in arguments]
        found = self.processes[member].do(method, *pickle.loads(pickle.dumps(given)))  # noqa: S301  # our own
        found = pickle.loads(pickle.dumps(found))  # noqa: S301  # our own
        return [Promise(each) for each in (found if answers > 1 else [found])]

    @staticmethod
    def ready(answers: Sequence[Promise], seconds: float) -> list[Promise]:
        """All can be looked at; the last first, since answers come in any order."""
        del seconds
        return list(answers)[::-1]

    @staticmethod
    def value(answer: Promise) -> Any:
        """Look at it."""
        if answer.raised is not None:
            raise answer.raised
        return answer.content


class Losing(Here):
    """Members of whose answers the levels that they keep are lost when they are needed."""

    def call(self, member: int, method: str, *arguments: object, answers: int = 1) -> list[Promise]:
        """Lose what would be restored."""
        if method == "restore":
            return [Promise(None, Lost("a machine is gone"))]
        return super().call(member, method, *arguments, answers=answers)


class Partitions:
    """The engine `distributed` over members in this process."""

    name = "distributed"
    kinds = KINDS
    exhaustive = True

    def __init__(self, members: Here, search: type[Partitioned] = Partitioned) -> None:
        self.members = members
        self.search = search

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        asked = Spread(self.name, system, questions, limits, progress)
        asked.members, asked.search = self.members, self.search
        yield from asked.verdicts()
