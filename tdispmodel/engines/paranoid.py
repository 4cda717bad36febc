"""Two engines that share no code for everything that holds: what ``--paranoid`` asks.

A counterexample is replayed step by step, so one engine is enough for it.  What holds rests on its certificate, which
the judge checks, and here on a second engine as well: one of another family.  Engines of different families have
nothing in common but what a model means: the intermediate representation, the reference semantics, and the words of an
answer (a test follows their imports).  What no second engine confirms within the limits is open, in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tdispmodel.engines.portfolio import AUTOMATIC, EVERY_KIND, Portfolio, guarded, in_order, shared
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.engines.registry import available
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Answer, Verdict, join

OVER_Z3 = "terms for z3"

FAMILIES: dict[str, str] = {
    "explicit": "compiled successors",
    "distributed": "compiled successors",
    "gpu": "compiled successors",
    "graph": "the reference semantics on a graph",
    "walk": "the reference semantics at random",
    "diagrams": "decision diagrams",
    "sat": "cases for a SAT solver",
    "ic3": "cases for a SAT solver",
    "bmc": OVER_Z3,
    "induction": OVER_Z3,
    "pdr": OVER_Z3,
}
"""What each engine works on; engines of different families share no code."""

SECONDS = (*AUTOMATIC, "graph")
"""Who may be asked to confirm, in this order; `graph` is slow, and comes last."""


class Paranoid:
    """The engines asked for, and for what holds a second one of another family."""

    name = "paranoid"
    kinds = EVERY_KIND
    exhaustive = False

    def __init__(self, names: Sequence[str] = ()) -> None:
        """``names`` are the engines that may answer, first or second; all when there are none."""
        self.first = tuple(names) or AUTOMATIC
        self.second = tuple(names) or SECONDS

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question; none says that it holds but on the word of two.  Raises `Contradiction`."""
        doubted: dict[SystemProperty, Verdict] = {}
        for verdict in Portfolio(self.first).answer(system, questions, shared(limits, followers=1), progress):
            if verdict.answer is Answer.HOLDS:
                doubted[verdict.property] = verdict
            else:
                yield verdict
        for asked in available(in_order(self.second, system)):
            others = [
                question
                for question, verdict in doubted.items()
                if question.kind in asked.kinds and FAMILIES[verdict.engine] != FAMILIES[asked.name]
            ]
            if not others or limits.out_of_time():
                continue
            for second in guarded(asked, system, others, replace(limits, checkpoint=None), progress):
                joined = join(doubted[second.property], second)
                if second.answer is Answer.HOLDS:
                    del doubted[second.property]
                    yield replace(joined, confirmed_by=second.engine)
                else:
                    doubted[second.property] = joined
        for question, verdict in doubted.items():
            reason = f"{verdict.engine} says that it holds, and no engine that shares no code with it confirms it"
            yield Verdict(question, Answer.OPEN, verdict.engine, reason=reason, seconds=verdict.seconds)
