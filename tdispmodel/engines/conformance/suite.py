"""A case of the conformance suite, and what an engine's answer to it must be like.

Given an engine and a `Case`; gives its faults in words.  An engine may say `open`, with a reason, unless it is
exhaustive; it may never be wrong, and its traces must be behaviours of the system that show what they are meant to.  An
exhaustive engine counts the space and notices when an integer leaves its range.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tdispmodel.engines.protocol import Engine, Limits
from tdispmodel.ir.expressions import Actor, Fairness
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemProperty, speaks_of_step
from tdispmodel.semantics.meaning import LeavesRange, Semantics
from tdispmodel.verdict import Answer, ClosedStates, OutOfRange, Space, Trace, Verdict, Witness

SECONDS = 20.0


@dataclass(frozen=True)
class Case:
    """A system, a question about it, and what is to be answered, with the reason in words (``why``).

    ``answer`` None: an integer leaves its range, which is an error of the model.  ``vacuous`` matters when the property
    holds; ``length`` is the least number of steps of a trace, where one is due; ``space`` the counts, where they are
    worked out by hand.
    """

    name: str
    why: str
    system: System
    question: SystemProperty
    answer: Answer | None
    vacuous: bool = False
    length: int | None = None
    space: Space | None = None


def faults(engine: Engine, case: Case, seconds: float = SECONDS) -> list[str]:
    """Return what ``engine`` gets wrong on ``case``, in words."""
    if case.question.kind not in engine.kinds:
        return ["an exhaustive engine decides every kind"] if engine.exhaustive else []
    try:
        verdicts = list(engine.answer(case.system, [case.question], Limits(seconds=seconds)))
    except OutOfRange as error:
        return list(_wrong_error(case, error))
    if [verdict.property for verdict in verdicts] != [case.question]:
        return [f"{len(verdicts)} verdicts on one question"]
    return list(_wrong(engine, case, verdicts[0]))


def _wrong_error(case: Case, error: OutOfRange) -> Iterator[str]:
    if case.answer is not None:
        yield f"an error of range where there is none: {error}"
        return
    yield from _misbehaves(case.system, error.trace)
    if case.length is not None and len(error.trace) != case.length:
        yield f"the error is reached after {case.length} steps, not {len(error.trace)}"
    semantics = Semantics(case.system)
    try:
        semantics.step(error.trace.states[-1], case.system.by_name[error.action])
    except LeavesRange as left:
        if (left.variable, left.value) != (error.variable, error.value):
            yield f"{left.variable} gets {left.value}, not {error.variable} {error.value}"
    else:
        yield f"{error.action} stays in range there"


def _wrong(engine: Engine, case: Case, verdict: Verdict) -> Iterator[str]:
    if case.answer is None:
        if engine.exhaustive:
            yield "an exhaustive engine notices that an integer leaves its range"
        return
    if verdict.answer is Answer.OPEN:
        if engine.exhaustive:
            yield f"an exhaustive engine decides this: {verdict.reason}"
        if not verdict.reason:
            yield "an open answer has a reason"
        return
    if verdict.answer is not case.answer:
        yield f"{verdict.answer.value}, where it is {case.answer.value}: {case.why}"
        return
    yield from _wrong_counts(engine, case, verdict)
    yield from _wrong_evidence(case, verdict)


def _wrong_counts(engine: Engine, case: Case, verdict: Verdict) -> Iterator[str]:
    """What is wrong with what was counted and found vacuous beside a right answer."""
    if verdict.answer is Answer.HOLDS and verdict.vacuous not in (case.vacuous, None):
        yield f"vacuous {verdict.vacuous}, where it is {case.vacuous}"
    if engine.exhaustive and verdict.answer is Answer.HOLDS and verdict.vacuous is None:
        yield "an exhaustive engine knows whether a holding property is vacuous"
    if engine.exhaustive and verdict.space is None:
        yield "an exhaustive engine counts the space"
    if verdict.space is not None and case.space not in (verdict.space, None):
        yield f"{verdict.space}, where there are {case.space}"


def _wrong_evidence(case: Case, verdict: Verdict) -> Iterator[str]:
    """What is wrong with the trace or the certificate of a right answer."""
    system, question = case.system, case.question
    possible = question.kind is Kind.MUST_BE_POSSIBLE
    trace = verdict.trace
    if possible and isinstance(verdict.certificate, Witness):
        trace = verdict.certificate.trace
    if (verdict.answer is Answer.VIOLATED) is possible:
        if trace is not None:
            yield "a trace that shows nothing"
    elif trace is None:
        yield "there is no trace"
    else:
        problems = list(_misbehaves(system, trace)) or list(_shows_nothing(system, question, trace))
        yield from problems
        if verdict.shortest and case.length not in (len(trace), None):
            yield f"a trace of {len(trace)} steps called shortest, where {case.length} are least"
        if case.length is not None and len(trace) < case.length:
            yield f"a trace of {len(trace)} steps, where {case.length} are least: the case itself is wrong"
    if isinstance(verdict.certificate, ClosedStates):
        if not _closed(system.unaided if possible else system, verdict.certificate):
            yield "the certificate's states are not closed"
        if possible and _meets(system.unaided, question, verdict.certificate):
            yield "the goal is met in the certificate's states"


def _misbehaves(system: System, trace: Trace) -> Iterator[str]:
    """In which way a trace is no behaviour of the system."""
    semantics = Semantics(system)
    if trace.initial not in set(semantics.initial_states()):
        yield f"the trace starts in {trace.initial}, which is no start state"
    state = trace.initial
    for name, after in trace.steps:
        action = system.by_name.get(name)
        if action is None or action not in semantics.enabled(state):
            yield f"{name} cannot happen in {state}"
            return
        if semantics.step(state, action) != after:
            yield f"{name} leads from {state} to {semantics.step(state, action)}, not to {after}"
            return
        state = after


def _shows_nothing(system: System, question: SystemProperty, trace: Trace) -> Iterator[str]:
    """Why a behaviour is no evidence for the answer to the question."""
    semantics = Semantics(system)
    states, last = trace.states, trace.states[-1]
    match question.kind:
        case Kind.INVARIANT:
            if semantics.holds(question.formula, last):
                yield "the invariant is true in the last state"
        case Kind.MUST_BE_POSSIBLE if any(system.by_name[name].actor is Actor.HOST for name, _ in trace.steps):
            yield "the witness needs the host"
        case Kind.STEP | Kind.MUST_BE_POSSIBLE if question.kind is Kind.STEP or speaks_of_step(question.formula):
            wanted = question.kind is Kind.MUST_BE_POSSIBLE
            if not trace.steps or semantics.holds(question.formula, states[-2], last, trace.steps[-1][0]) is not wanted:
                yield "the last step shows nothing"
        case Kind.MUST_BE_POSSIBLE:
            if not semantics.holds(question.formula, last):
                yield "the last state is not the one wanted"
        case Kind.STAYS_POSSIBLE:
            reachable = _helped(semantics, last)
            if not semantics.holds(question.after, last):
                yield "the premise is not true in the last state"
            if any(semantics.holds(question.formula, state) for state in reachable):
                yield "the goal can still be reached"
        case _:
            yield from _shows_no_loop(semantics, question, trace)


def _helped(semantics: Semantics, state: State) -> set[State]:
    """What can be reached by moves that are not adversarial."""
    found, queue = {state}, [state]
    for here in queue:
        for action, after in semantics.successors(here):
            if not action.adversarial and after not in found:
                found.add(after)
                queue.append(after)
    return found


def _shows_no_loop(semantics: Semantics, question: SystemProperty, trace: Trace) -> Iterator[str]:
    """Why a lasso is no evidence against a leads-to or never-endless property."""
    states = trace.states
    if trace.loop is None or not 0 <= trace.loop < len(states) or states[trace.loop] != states[-1]:
        yield "the trace does not return to where its loop begins"
        return
    inside, steps = states[trace.loop :], trace.steps[trace.loop :]
    actions = semantics.system.by_name
    if any(actions[name].disturbs for name, _ in steps):
        yield "the loop needs a disturbing move again and again"
    for action in semantics.system.actions:
        enabled = [action in semantics.enabled(state) for state in inside]
        if any(name == action.name for name, _ in steps):
            continue
        if action.fairness is Fairness.WEAK and all(enabled):
            yield f"{action.name} is enabled all along the loop and never taken"
        if action.fairness is Fairness.STRONG and any(enabled):
            yield f"{action.name} is enabled again and again on the loop and never taken"
    if question.kind is Kind.NEVER_ENDLESS:
        taken = zip(inside, steps, strict=False)
        if not any(semantics.holds(question.formula, before, after, name) for before, (name, after) in taken):
            yield "no step of the loop is one that must not be endless"
        return
    goal = max((place for place, state in enumerate(states) if semantics.holds(question.formula, state)), default=-1)
    if goal >= trace.loop:
        yield "the goal is met on the loop"
    elif not any(semantics.holds(question.after, state) for state in states[goal + 1 :]):
        yield "the premise is not true after the goal was last met"


def _closed(system: System, certificate: ClosedStates) -> bool:
    """Whether the states contain all start states and all successors."""
    semantics, states = Semantics(system), set(certificate.states)
    return states.issuperset(semantics.initial_states()) and all(
        after in states for state in states for _, after in semantics.successors(state)
    )


def _meets(system: System, question: SystemProperty, certificate: ClosedStates) -> bool:
    """Whether the formula is true in one of the states, or on a step from it if it speaks of one."""
    semantics, formula = Semantics(system), question.formula
    if not speaks_of_step(formula):
        return any(semantics.holds(formula, state) for state in certificate.states)
    return any(
        semantics.holds(formula, state, after, action.name)
        for state in certificate.states
        for action, after in semantics.successors(state)
    )
