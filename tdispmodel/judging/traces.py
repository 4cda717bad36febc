"""Replaying a trace with the reference semantics, and what each kind of property asks of it.

Every function is given the semantics and the evidence and raises `Refused` when the evidence does not show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from tdispmodel.ir.expressions import Actor, Expression, Fairness
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, SystemAction, SystemProperty, speaks_of_step
from tdispmodel.judging.judgement import Refused
from tdispmodel.semantics import LeavesRange, Semantics
from tdispmodel.verdict import Trace


def _needs(condition: bool, message: str) -> None:
    if not condition:
        raise Refused(message)


def is_start(semantics: Semantics, state: State) -> bool:
    """Whether ``state`` is a start state."""
    variables = semantics.system.variables
    return (
        len(state) == len(variables)
        and all(
            any(value == known and type(value) is type(known) for known in variable.initial)
            for value, variable in zip(state, variables, strict=True)
        )
        and semantics.holds(semantics.system.initially, state)
    )


def replay(semantics: Semantics, trace: Trace) -> None:
    """Check that the trace is a behaviour: it begins in a start state and every step is enabled and leads as stated."""
    _needs(is_start(semantics, trace.initial), "the trace does not begin in a start state")
    before = trace.initial
    for number, (name, after) in enumerate(trace.steps):
        action = semantics.system.by_name.get(name)
        if action is None:
            message = f"step {number} takes {name}, which is no action of the system"
            raise Refused(message)
        _needs(enabled(semantics, action, before), f"step {number} takes {name}, which is not enabled there")
        try:
            led = semantics.step(before, action)
        except LeavesRange as error:
            message = f"step {number}: {error}"
            raise Refused(message) from error
        _needs(led == after, f"step {number}, {name}, does not lead to the stated state")
        before = after


def enabled(semantics: Semantics, action: SystemAction, state: State) -> bool:
    """Whether all guards of ``action`` hold in ``state``."""
    return all(semantics.holds(guard, state) for guard in action.guards)


def refutes(semantics: Semantics, question: SystemProperty, trace: Trace, shortest: bool) -> None:
    """Check that the trace is a behaviour that violates the property.

    For stays-possible only the path to a state with the premise is checked; that the goal is lost from there is not a
    matter of one trace.
    """
    replay(semantics, trace)
    match question.kind:
        case Kind.INVARIANT | Kind.STEP:
            _needs(trace.loop is None, "a finite violation has no loop")
            _refutes_safety(semantics, question, trace, shortest)
        case Kind.LEADS_TO:
            _refutes_leads_to(semantics, question, trace)
        case Kind.NEVER_ENDLESS:
            loop = _fair_loop(semantics, trace)
            states, steps = trace.states, trace.steps
            again = any(
                semantics.holds(question.formula, states[number], states[number + 1], steps[number][0])
                for number in range(loop, len(trace))
            )
            _needs(again, "no step of the loop is one that must not recur for ever")
        case Kind.STAYS_POSSIBLE:
            _needs(trace.loop is None, "a path to a lost state has no loop")
            _needs(semantics.holds(question.after, trace.states[-1]), "the last state does not meet the premise")
        case Kind.MUST_BE_POSSIBLE:
            message = "no trace can show that something is impossible"
            raise Refused(message)


def true_along(semantics: Semantics, formula: Expression, trace: Trace, on_steps: bool) -> list[bool]:
    """Return, for each state of the trace or for each of its steps, whether the formula is true."""
    states = trace.states
    if not on_steps:
        return [semantics.holds(formula, state) for state in states]
    return [semantics.holds(formula, states[number], after, name) for number, (name, after) in enumerate(trace.steps)]


def _refutes_safety(semantics: Semantics, question: SystemProperty, trace: Trace, shortest: bool) -> None:
    on_steps = question.kind is Kind.STEP
    true = true_along(semantics, question.formula, trace, on_steps)
    where = "step" if on_steps else "state"
    _needs(bool(true) and not true[-1], f"the property is not false at the last {where} of the trace")
    _needs(
        not shortest or all(true[:-1]), f"the trace is not the shortest: the property is false at an earlier {where}"
    )


def _refutes_leads_to(semantics: Semantics, question: SystemProperty, trace: Trace) -> None:
    loop = _fair_loop(semantics, trace)
    goal = true_along(semantics, question.formula, trace, on_steps=False)
    premise = true_along(semantics, question.after, trace, on_steps=False)
    _needs(not any(goal[loop:]), "the loop meets the goal")
    last_goal = max((number for number, true in enumerate(goal) if true), default=-1)
    _needs(any(premise[last_goal + 1 :]), "no state with the premise is never followed by the goal")


def _fair_loop(semantics: Semantics, trace: Trace) -> int:
    """Check that the trace ends in an undisturbed, fair loop and return where it begins."""
    loop, states = trace.loop, trace.states
    if loop is None or not 0 <= loop <= len(trace):
        message = "the trace does not say where its loop begins"
        raise Refused(message)
    _needs(states[-1] == states[loop], "the last state is not the one to which the loop returns")
    by_name = semantics.system.by_name
    taken = {name for name, _ in trace.steps[loop:]}
    for name in taken:
        _needs(not by_name[name].disturbs, f"the loop takes {name}, which is assumed to happen finitely often")
    for action in semantics.system.actions:
        if action.name not in taken:
            _may_neglect(semantics, action, states[loop:])
    return loop


def _may_neglect(semantics: Semantics, action: SystemAction, states: Sequence[State]) -> None:
    """Check that fairness lets a loop through these states never take the action."""
    match action.fairness:
        case Fairness.NONE:
            return
        case Fairness.WEAK:
            neglected = all(enabled(semantics, action, state) for state in states)
            _needs(not neglected, f"the loop is not fair: {action.name} is always enabled in it and never taken")
        case Fairness.STRONG:
            neglected = any(enabled(semantics, action, state) for state in states)
            _needs(not neglected, f"the loop is not fair: {action.name} is enabled on every round and never taken")
        case _:
            assert_never(action.fairness)


def reaches_goal(semantics: Semantics, question: SystemProperty, trace: Trace) -> None:
    """Check that a witness is a behaviour without a step of the host that meets what must be possible."""
    replay(semantics, trace)
    _needs(trace.loop is None, "a witness has no loop")
    for number, (name, _) in enumerate(trace.steps):
        host = semantics.system.by_name[name].actor is Actor.HOST
        _needs(not host, f"step {number}, {name}, is the host's, whose help a witness does without")
    on_steps = speaks_of_step(question.formula)
    _needs(any(true_along(semantics, question.formula, trace, on_steps)), "the witness does not meet the goal")
