"""Ways to spoil a verdict that the judge must notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tdispmodel.ir.expressions import (
    FALSE,
    TRUE,
    Boolean,
    Bounded,
    Equal,
    Expression,
    Literal,
    Read,
    Value,
    conjunction,
    disjunction,
)
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemVariable
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Answer, ClosedStates, Trace, Verdict, Witness
from tests.laws.oracle import Oracle


def spoiled(oracle: Oracle, verdict: Verdict) -> Iterator[tuple[str, Verdict]]:
    """Yield changed forms of a right verdict about the oracle's system, each surely wrong, with what was changed."""
    yield from _answers(oracle, verdict)
    match verdict.certificate:
        case ClosedStates(states):
            for number in {0, len(states) // 2, len(states) - 1}:
                rest = ClosedStates(states[:number] + states[number + 1 :])
                yield "a state is removed", replace(verdict, certificate=rest, space=None, vacuous=None)
            yield "a state twice", replace(verdict, certificate=ClosedStates((*states, states[0])))
            yield "a value too few", replace(verdict, certificate=ClosedStates((*states, states[0][:-1])))
            if set(states) == set(oracle.states):  # what is reached without the host shows nothing about the rest
                yield from _claims(oracle, verdict)
        case Witness(trace):
            for what, changed in spoiled_traces(oracle.system, trace):
                yield what, replace(verdict, certificate=Witness(changed))
        case _:
            pass
    if verdict.trace is not None:
        for what, changed in spoiled_traces(oracle.system, verdict.trace):
            yield what, replace(verdict, trace=changed)
        if verdict.property.kind is not Kind.STAYS_POSSIBLE:
            yield "no trace", replace(verdict, trace=None)


def _answers(oracle: Oracle, verdict: Verdict) -> Iterator[tuple[str, Verdict]]:
    closed = ClosedStates(oracle.states)
    start = Trace(oracle.starts[0])
    if verdict.answer is Answer.HOLDS:
        yield "answer flipped", replace(verdict, answer=Answer.VIOLATED)
        yield (
            "answer flipped, a start as trace",
            replace(verdict, answer=Answer.VIOLATED, trace=start, certificate=closed),
        )
        resting = replace(start, loop=0)
        yield (
            "answer flipped, rest as trace",
            replace(verdict, answer=Answer.VIOLATED, trace=resting, certificate=closed),
        )
        yield "no certificate", replace(verdict, certificate=None)
    else:
        yield "answer flipped", replace(verdict, answer=Answer.HOLDS)
        yield "answer flipped, all states", replace(verdict, answer=Answer.HOLDS, trace=None, certificate=closed)
        yield "answer flipped, a start as witness", replace(verdict, answer=Answer.HOLDS, certificate=Witness(start))


def _claims(oracle: Oracle, verdict: Verdict) -> Iterator[tuple[str, Verdict]]:
    """Yield forms of a verdict with a complete certificate that claim something wrong beside the answer."""
    space = oracle.space
    yield "counts changed", replace(verdict, space=replace(space, transitions=space.transitions + 1))
    yield "depth changed", replace(verdict, space=replace(space, depth=space.depth + 1))
    if verdict.vacuous is not None:
        yield "vacuity flipped", replace(verdict, vacuous=not verdict.vacuous)


def spoiled_traces(system: System, trace: Trace) -> Iterator[tuple[str, Trace]]:
    """Yield forms of ``trace`` that are no behaviours of the system."""
    moved = other_state(system, trace.initial)
    if moved not in Semantics(system).initial_states():
        yield "start changed", replace(trace, initial=moved)
    for number, (name, state) in enumerate(trace.steps):
        before, after = trace.steps[:number], trace.steps[number + 1 :]
        yield "a step renamed", replace(trace, steps=(*before, (name + "'", state), *after))
        yield "a state changed", replace(trace, steps=(*before, (name, other_state(system, state)), *after))
        break
    if trace.steps:
        name, state = trace.steps[-1]
        yield "last state changed", replace(trace, steps=(*trace.steps[:-1], (name, other_state(system, state))))
    if trace.loop is not None:
        for loop in range(-1, len(trace) + 2):
            if not 0 <= loop <= len(trace) or trace.states[loop] != trace.states[-1]:
                yield "loop moved", replace(trace, loop=loop)
        yield "loop forgotten", replace(trace, loop=None)
    else:
        yield "loop invented", replace(trace, loop=len(trace))


def other_state(system: System, state: State) -> State:
    """Return a state that differs from ``state``; one that is none if the system has only one."""
    for position, variable in enumerate(system.variables):
        for value in variable.sort.values:
            if value != state[position]:
                return (*state[:position], value, *state[position + 1 :])
    return (*state, True)


def exactly(system: System, states: tuple[State, ...]) -> Expression:
    """Return the formula that is true in the given states only."""
    return disjunction(*(conjunction(*map(_has, system.variables, state)) for state in states))


def _has(variable: SystemVariable, value: Value) -> Expression:
    read = Read(variable.name, variable.sort)
    match variable.sort:
        case Boolean():
            return Equal(read, TRUE if value else FALSE)
        case Bounded() if isinstance(value, int):
            return Equal(read, Literal(value, Bounded(value, value)))
        case sort:
            return Equal(read, Literal(value, sort))
