"""No step to spare: steps that a behaviour does not need are left out before anybody sees it.

Given a system and verdicts about it; gives the verdicts with traces of which no single step can be left out: without
it, what remains (from the same start state, by the same actions) is no behaviour, or does not show the same answer.
Whether it does is for the judge's replay to say, once for each step.  First all goes that nothing depends on
(`reports.why.needed`), then one step at a time (Zeller and Hildebrandt 2002, Simplifying and isolating
failure-inducing input, has the idea and the word 1-minimal).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from tdispmodel.checking.mistakes import OurFault
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.reports.why.needed import needed
from tdispmodel.semantics import LeavesRange, Semantics
from tdispmodel.verdict import Answer, Trace, Verdict, Witness

Shows = Callable[[Trace], bool]
"""Whether a trace is a behaviour that shows the answer."""


def without_spare_steps(system: System, verdicts: Sequence[Verdict], limits: Limits) -> list[Verdict]:
    """Return the verdicts, their traces without steps that can be left out; those that show nothing as they are.

    ``minimal`` is set where every step was tried within the limits.  Raises `OurFault` when a trace that is said to be
    shortest is not.
    """
    semantics = Semantics(system) if any(_trace(verdict) is not None for verdict in verdicts) else None
    return [verdict if semantics is None else _without(semantics, verdict, limits) for verdict in verdicts]


def _without(semantics: Semantics, verdict: Verdict, limits: Limits) -> Verdict:
    trace = _trace(verdict)
    if trace is None:
        return verdict
    shows = _shower(semantics, verdict.property, trace, violated=verdict.answer is Answer.VIOLATED)
    if not shows(trace):
        return verdict  # the judge will say why
    found, minimal = shortened(semantics, verdict.property, trace, shows, limits)
    if len(found) < len(trace) and verdict.shortest:
        message = (
            f"{verdict.engine} calls a trace of {verdict.property.name} shortest, and a step of it can be left out"
        )
        raise OurFault(message)
    if verdict.trace is not None:
        return replace(verdict, trace=found, minimal=minimal)
    return replace(verdict, certificate=Witness(found), minimal=minimal)


def _trace(verdict: Verdict) -> Trace | None:
    """Return the behaviour that a verdict shows."""
    if verdict.answer is Answer.VIOLATED:
        return verdict.trace
    shown = verdict.answer is Answer.HOLDS and isinstance(verdict.certificate, Witness)
    return verdict.certificate.trace if shown and isinstance(verdict.certificate, Witness) else None


def _shower(semantics: Semantics, question: SystemProperty, trace: Trace, *, violated: bool) -> Shows:
    """Return the judge's replay; that a goal is lost is known of the last state of ``trace`` only."""
    from tdispmodel.judging.judgement import Refused  # noqa: PLC0415  # needed only when something was asked
    from tdispmodel.judging.traces import reaches_goal, refutes  # noqa: PLC0415  # as above

    lost = trace.states[-1]

    def shows(other: Trace) -> bool:
        if question.kind is Kind.STAYS_POSSIBLE and other.states[-1] != lost:
            return False
        try:
            if violated:
                refutes(semantics, question, other, False)
            else:
                reaches_goal(semantics, question, other)
        except Refused:
            return False
        return True

    return shows


def shortened(
    semantics: Semantics, question: SystemProperty, trace: Trace, shows: Shows, limits: Limits
) -> tuple[Trace, bool]:
    """Return a trace that shows the same with no step to spare, and whether every step of it was tried."""
    marked = needed(semantics, question, trace).marked
    kept = leaving_out(semantics, trace, set(range(1, len(trace) + 1)) - marked)
    if kept is not None and len(kept) < len(trace) and shows(kept):
        trace = kept
    number = len(trace)
    tried = 0
    while tried < len(trace):
        if limits.out_of_time():
            return trace, False
        shorter = leaving_out(semantics, trace, (number,))
        if shorter is not None and shows(shorter):
            trace, tried = shorter, 0
        else:
            tried += 1
        number = number - 1 if 1 < number <= len(trace) + 1 else len(trace)
    return trace, True


def leaving_out(semantics: Semantics, trace: Trace, numbers: Iterable[int]) -> Trace | None:
    """Return what the same actions do without the steps of these numbers; None where one of them is not enabled."""
    left_out = set(numbers)
    state, steps = trace.initial, []
    for number, (name, _) in enumerate(trace.steps, 1):
        if number in left_out:
            continue
        action = semantics.system.by_name[name]
        if not semantics.holds(action.guard, state):
            return None
        try:
            state = semantics.step(state, action)
        except LeavesRange:
            return None
        steps.append((name, state))
    loop = None if trace.loop is None else trace.loop - sum(number <= trace.loop for number in left_out)
    return Trace(trace.initial, tuple(steps), loop)
