"""Bounded search with a SAT solver: is there a violation, or a witness, within so many steps.

After Biere, Cimatti, Clarke and Zhu, "Symbolic model checking without BDDs", TACAS 1999.  All questions are searched
together, one step deeper at a time, so the first behaviour found for a question is a shortest one (a witness: among
those without a step of the host, which are searched on their own).  It never proves: what was not found is open with
the bound up to which nothing was found.  Loops are found beside a watcher (`engines.watching`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from tdispmodel.compiling.conditions import TooLarge, holds
from tdispmodel.compiling.lowering import Lowered, Move
from tdispmodel.engines.bits.questions import (
    FINITE,
    KINDS,
    Target,
    behaviour,
    decided,
    leaving,
    moves_for,
    open_kind,
    parted,
    target,
    too_large,
)
from tdispmodel.engines.bits.solver import Budget, GaveUp
from tdispmodel.engines.bits.unrolling import Paths
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.watching import proving, watcher
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Answer, Verdict

DEFAULT_DEPTH = 60


class BoundedBits:
    """The engine ``sat``."""

    name = "sat"
    kinds = KINDS
    exhaustive = False

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield each verdict as soon as it is known: violated or witnessed, or open with the bound."""
        limits = replace(limits, depth=DEFAULT_DEPTH if limits.depth is None else limits.depth)
        yield from (open_kind(self.name, question) for question in questions if question.kind not in self.kinds)
        finite = [question for question in questions if question.kind in FINITE]
        endless = [question for question in questions if question.kind in watcher.KINDS]
        yield from self._finite(system, finite, leaving(limits, len(finite), len(endless)), progress)
        yield from proving.found(self, system, endless, limits, progress)

    def _finite(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress
    ) -> Iterator[Verdict]:
        if not questions:
            return
        try:
            lowered = Lowered(system)
        except TooLarge as error:
            yield from (too_large(self.name, question, error) for question in questions)
            return
        for together, share in parted(questions, limits):
            search = Search(lowered, moves_for(lowered, together[0]), share, self.name)
            for question in together:
                try:
                    search.ask(question)
                except TooLarge as error:
                    yield too_large(self.name, question, error)
            reason = ""
            try:
                yield from search.run(DEFAULT_DEPTH if limits.depth is None else limits.depth, progress)
            except GaveUp as error:
                reason = str(error)
            yield from search.undecided(reason)


class Search:
    """One search among the paths that some moves make.

    ``open`` are the questions not yet decided, ``bound`` is the number of steps within which nothing (more) was found,
    None at first, and ``longest`` says that no behaviour is longer than that.
    """

    def __init__(self, lowered: Lowered, moves: Sequence[Move], limits: Limits, engine: str) -> None:
        self.lowered = lowered
        self.moves = tuple(moves)
        self.engine = engine
        self.open: list[Target] = []
        self.bound: int | None = None
        self.longest = False
        self.begun = time.monotonic()
        self._paths = Paths(lowered, moves, Budget(limits))

    def ask(self, question: SystemProperty) -> None:
        """Add a question, before the search begins.  Raises `TooLarge`."""
        self.open.append(target(self.lowered, self.moves, question))

    def run(self, depth: int, progress: Progress) -> Iterator[Verdict]:
        """Search behaviours of up to ``depth`` steps and yield the verdicts found.  Raises `GaveUp`."""
        while self.open and not self.longest and (self.bound is None or self.bound < depth):
            if self.bound is not None:
                yield from self._here([one for one in self.open if one.of_step])
                self._paths.extend()
            yield from self._here([one for one in self.open if not one.of_step])
            self.bound = self._paths.length
            progress(f"{self.engine}: nothing within {self.bound} steps, {len(self.open)} questions open")

    def _here(self, asked: Sequence[Target]) -> Iterator[Verdict]:
        """Search the paths of the present length for the end of behaviours that decide some questions."""
        endings = {one: self._paths.ending(one.condition) for one in asked}
        while endings:
            if not self._paths.meets_one_of(list(endings.values())):
                self.longest = self.longest or self._paths.exhausted()
                return
            path = self._paths.path()
            last, _ = path[-1]
            met = [one for one in endings if holds(one.condition, last)]
            if not met:
                message = f"the solver's path of {len(path) - 1} steps decides nothing"
                raise AssertionError(message)
            for one in met:
                del endings[one]
                self.open.remove(one)
                trace = behaviour(one, self.lowered, path)
                yield decided(self.engine, one.question, trace, self.seconds(), shortest=True)

    def undecided(self, reason: str) -> Iterator[Verdict]:
        """Yield an open verdict for every question still open, with the reason and the bound."""
        if self.bound is not None:
            longer = ", and no behaviour is longer" if self.longest else ""
            reason = "; ".join([*([reason] if reason else []), f"nothing found within {self.bound} steps{longer}"])
        for one in self.open:
            yield Verdict(
                one.question, Answer.OPEN, self.engine, reason=reason, bound=self.bound, seconds=self.seconds()
            )

    def seconds(self) -> float:
        """Seconds since the search began."""
        return time.monotonic() - self.begun
