"""The engine that visits every state in partitions, each in a process of a Ray cluster.

It answers what the search over numbered parts answers, in the same words and with the same evidence, however many
partitions there are; what goes on for ever, and what stays possible, needs the steps between all states and stays open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tdispmodel.engines.distributed.answers import Spread
from tdispmodel.engines.distributed.cluster import Processes, connect, processors
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.wide.answers import KINDS, TOO_DEEP, checkable
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Answer, Verdict

STEPS = "the steps between all states are needed, and partitions do not keep them"
NUMBERS = "numbers are too large for whoever checks the answer"


class Distributed:
    """Breadth-first search in partitions."""

    name = "distributed"
    kinds = KINDS
    exhaustive = False
    """It visits every state, but does not decide every kind."""

    def __init__(self, *, partitions: int | None = None, processes: type[Processes] = Processes) -> None:
        """``partitions`` are as many as the cluster has processors if nobody says how many."""
        self.partitions = partitions
        self.processes = processes

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question.

        Raises `OutOfRange` with a shortest trace.
        """
        able = [question for question in questions if question.kind in KINDS]
        for question in questions:
            if question.kind not in KINDS:
                yield self._open(question, STEPS)
        if not able:
            return
        why = ""
        try:
            why = "" if checkable(system, able) else NUMBERS
        except RecursionError:
            why = TOO_DEEP
        if not why:
            try:
                connect()
            except ConnectionError as error:
                why = str(error)
        if why:
            yield from (self._open(question, why) for question in able)
            return
        processes = self.processes(self.partitions or processors())
        asked = Spread(self.name, system, able, limits, progress)
        asked.members = processes
        try:
            yield from asked.verdicts()
        finally:
            processes.close()

    def _open(self, question: SystemProperty, why: str) -> Verdict:
        return Verdict(question, Answer.OPEN, self.name, reason=why)
