"""What is said of a mutant, checked without whoever said it: that nothing differs, or that a property notices.

Given whole systems, grounded from the model and from its mutant, the variables that count, and states; `Decided` asks
properties on states that it finds to be all that is reachable; `confirm_same` compares two systems on a closed set of
states, action by action; `confirm_told_apart` follows a behaviour in both.  Whatever fails raises `Refused`.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence, Set as AbstractSet
from dataclasses import replace
from itertools import compress

from tdispmodel.ir.expressions import TRUE, Actor, IllFormed
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, speaks_of_step, within
from tdispmodel.judging.closed import ClosedSpace
from tdispmodel.judging.columns import Columns
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.loops import reached
from tdispmodel.semantics import LeavesRange, Semantics, start_states
from tdispmodel.verdict import Trace


def projected(system: System, kept: AbstractSet[str]) -> System:
    """Return the system without the variables that are not ``kept``.

    Refused unless none of them is read, in a guard, a start condition or an effect that is kept, and none of them can
    leave its range: then each behaviour of one system is one of the other.
    """
    actions = []
    for action in system.actions:
        for each in action.assignments:
            if each.variable not in kept and within(each.value, system.sorts[each.variable]) != TRUE:
                message = f"{action.name} might take {each.variable} out of its range, and it is left out"
                raise Refused(message)
        actions.append(replace(action, assignments=tuple(each for each in action.assignments if each.variable in kept)))
    variables = tuple(known for known in system.variables if known.name in kept)
    try:
        return replace(system, variables=variables, actions=tuple(actions))
    except IllFormed as error:
        message = f"a variable that is left out is read: {error}"
        raise Refused(message) from error


class Decided:
    """A system on its reachable states, which are given: closed, and each of them reached."""

    def __init__(self, system: System, states: Sequence[State]) -> None:
        self.space = ClosedSpace(system, Semantics(system), states)
        if not all(self.space.reachable[0]):
            message = "a state of the set is not reachable"
            raise Refused(message)

    def holds(self, question: SystemProperty) -> bool:
        """Whether the property holds."""
        if question.kind is Kind.MUST_BE_POSSIBLE:
            return self._possible(question)
        try:
            self.space.confirm(question)
        except Refused:
            return False
        return True

    def _possible(self, question: SystemProperty) -> bool:
        space = self.space
        unaided = space.steps_of(lambda action: action.actor is not Actor.HOST)
        there = reached(space.starts, unaided, b"\1" * len(space.states))
        if not speaks_of_step(question.formula):
            return any(compress(there, space.flags(question.formula)))
        return any(
            any(compress(there[chunk.start :], chunk.columns.selected(mask)))
            for number, chunk, mask in space.steps(question.formula)
            if space.actions[number].actor is not Actor.HOST
        )


def confirm_same(space: ClosedSpace, other: System) -> None:
    """Check that another system starts in the same states and takes the same steps from each state of a closed set.

    Then whatever either reaches is in the set, and they differ in nothing that can be seen.
    """
    if [(known.name, known.sort) for known in other.variables] != [
        (known.name, known.sort) for known in space.system.variables
    ]:
        message = "the two systems have different variables"
        raise Refused(message)
    if (other.variables, other.initially) != (space.system.variables, space.system.initially):
        starts = Columns(space.encoding, list(start_states(Semantics(replace(other, actions=()))))).packed
        if {space.number.get(packed, -1) for packed in starts} != set(space.starts):
            message = "the two systems start in different states"
            raise Refused(message)
    actions = {action.name: (number, action) for number, action in enumerate(space.actions)}
    for action in other.actions:
        number, before = actions.pop(action.name, (-1, None))
        if before is not None and _alike(before, action):
            continue
        if _steps(space, action) != ([] if before is None else _known(space, number)):
            message = f"{action.name} leads elsewhere in one of the two systems"
            raise Refused(message)
        if before is not None and _promises(before) != _promises(action):
            message = f"{action.name} is not promised the same in both systems"
            raise Refused(message)
    for number, action in actions.values():
        if _known(space, number):
            message = f"{action.name} happens in one of the two systems only"
            raise Refused(message)


def _alike(one: SystemAction, other: SystemAction) -> bool:
    return (one.guard, one.assignments, _promises(one)) == (other.guard, other.assignments, _promises(other))


def _promises(action: SystemAction) -> tuple[object, ...]:
    return action.actor, action.fairness, action.disturbs, action.adversarial


def _steps(space: ClosedSpace, action: SystemAction) -> list[tuple[int, int]]:
    """Return from which state to which an action leads; -1 for a state that is not in the set."""
    found: list[tuple[int, int]] = []
    for chunk in space.chunks:
        enabled = chunk.columns.selected(chunk.columns.mask(action.guard))
        after = [space.number.get(packed, -1) for packed in chunk.columns.successors(action, enabled)]
        found += zip(compress(range(chunk.start, chunk.start + chunk.columns.count), enabled), after, strict=True)
    return found


def _known(space: ClosedSpace, number: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for chunk in space.chunks:
        targets: array[int] = chunk.targets[number]
        found += zip(chunk.sources(number), targets, strict=True)
    return found


def confirm_told_apart(owner: System, other: System, kept: Sequence[str], trace: Trace) -> None:
    """Check that ``owner`` takes a behaviour, seen on the ``kept`` variables, and that ``other`` cannot.

    That behaviours are the same as far as the last step, or the start if there is no step, makes it a shortest one
    with this beginning.
    """
    if _follows(owner, kept, trace) != len(trace):
        message = "the behaviour is none of the system that is said to have it"
        raise Refused(message)
    followed = _follows(other, kept, trace)
    if followed == len(trace):
        message = "both systems have the behaviour"
        raise Refused(message)
    if followed != len(trace) - 1:
        message = "the two systems differ before the last step of the behaviour"
        raise Refused(message)


def _follows(system: System, kept: Sequence[str], trace: Trace) -> int:
    """Return how many steps of the trace the whole system can take; -1 when it does not start like that.

    Which start values the variables have that are left out does not matter, since nothing reads them.
    """
    named = {name for name, _ in trace.steps}
    semantics = Semantics(replace(system, actions=tuple(known for known in system.actions if known.name in named)))
    positions = [system.index[name] for name in kept]

    def seen(state: State) -> State:
        return tuple(state[position] for position in positions)

    here = next((state for state in start_states(semantics) if seen(state) == trace.initial), None)
    if here is None:
        return -1
    for number, (name, after) in enumerate(trace.steps):
        taken = next((action for action in semantics.enabled(here) if action.name == name), None)
        if taken is None:
            return number
        try:
            here = semantics.step(here, taken)
        except LeavesRange as error:
            raise Refused(str(error)) from error
        if seen(here) != after:
            return number
    return len(trace)
