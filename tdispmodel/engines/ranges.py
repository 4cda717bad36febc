"""Engines that treat a step out of an integer's range as impossible, made safe.

Such a step is an error of the model.  Before the answers of a solver are believed, ``system.stays_in_range`` is asked
as an invariant: violated, the error is raised with its trace; open, only answers that rest on a behaviour that the
judge can replay are kept.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from tdispmodel.engines.protocol import Engine, Limits, Progress
from tdispmodel.engines.registry import available
from tdispmodel.ir.expressions import TRUE
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.semantics.meaning import LeavesRange, Semantics
from tdispmodel.verdict import Answer, OutOfRange, Trace, Verdict

PROVERS = ("ic3", "induction", "pdr", "bmc")
"""Who is asked when the engine itself cannot say whether integers stay in range."""


def whether_in_range(asked: Engine, system: System, limits: Limits, progress: Progress) -> str:
    """Return an empty string when integers provably stay in range, else why that is not known.

    Raises `OutOfRange` when one leaves it.
    """
    if system.stays_in_range == TRUE:
        return ""
    question = SystemProperty("integers_stay_in_range", "", Kind.INVARIANT, system.stays_in_range)
    for engine in chain([asked], available(name for name in PROVERS if name != asked.name)):
        if Kind.INVARIANT not in engine.kinds or limits.out_of_time():
            continue
        share = Limits(_half(limits), limits.memory, limits.depth)
        for verdict in engine.answer(system, [question], share, progress):
            if verdict.answer is Answer.VIOLATED and verdict.trace is not None:
                raise out_of_range(system, verdict.trace)
            if verdict.answer is Answer.HOLDS:
                return ""
    return "it is not known whether every integer stays in its range"


def _half(limits: Limits) -> float | None:
    remaining = limits.remaining()
    return None if remaining is None else remaining / 2


def out_of_range(system: System, trace: Trace) -> OutOfRange:
    """Return the exception for a trace to a state in which an enabled action assigns a value outside a range."""
    semantics = Semantics(system)
    state = trace.states[-1]
    for action in semantics.enabled(state):
        try:
            semantics.step(state, action)
        except LeavesRange as left:
            return OutOfRange(trace, left.action, left.variable, left.value)
    message = "an engine reported a step out of range where there is none"
    raise AssertionError(message)


def weakened(verdict: Verdict, doubt: str) -> Verdict:
    """Return ``verdict`` as far as it rests on a replayable behaviour alone, else an open one with the reason.

    A finite counterexample and a witness stay: they are behaviours, whatever else the model does.  A lasso does not:
    that a fair action is never enabled on it may be owed to the doubt.
    """
    kind, answer = verdict.property.kind, verdict.answer
    finite = kind in (Kind.INVARIANT, Kind.STEP) and answer is Answer.VIOLATED and verdict.trace is not None
    witness = kind is Kind.MUST_BE_POSSIBLE and answer is Answer.HOLDS
    if finite or witness or answer is Answer.OPEN:
        return verdict
    return replace(verdict, answer=Answer.OPEN, reason=doubt, trace=None, certificate=None, shortest=False)
