"""That a mutant is equivalent to its system, that a behaviour tells the two apart, or that one violates a property.

Given what is `Known` of the system and what the mutant has `Instead`; `confirm_same` compares the two on all that the
system reaches, action by action; `confirm_told_apart` follows a behaviour in both; `confirm_violated` replays one in
the mutant.  Whatever fails raises `Refused`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tdispmodel.ir.system import State, System, SystemAction, SystemProperty
from tdispmodel.judging.closed import ClosedSpace
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.mutants.known import DISABLED, Instead, Known
from tdispmodel.judging.symmetry import promises
from tdispmodel.judging.traces import refutes
from tdispmodel.semantics import LeavesRange, Semantics, start_states
from tdispmodel.verdict import Trace


def confirm_same(known: Known, instead: Instead) -> None:
    """Check that a mutant starts in the same states and takes the same steps from each state that the system reaches.

    Then whatever either reaches is known, and they differ in nothing that can be seen.
    """
    _refuse_parts(known)
    space = known.space
    changed = known.changed(instead)
    if set(known.starts(changed, lambda packed: space.number.get(packed, DISABLED))) != set(space.starts):
        message = "the two systems start in different states"
        raise Refused(message)
    places = {action.name: number for number, action in enumerate(space.actions)}
    for name in instead.actions:
        after, number = changed.by_name.get(name), places.get(name)
        before = None if number is None else space.actions[number]
        if before is not None and after is not None and _alike(before, after):
            continue
        if not _leads_alike(space, number, after):
            message = f"{name} leads elsewhere, or nowhere, in one of the two systems"
            raise Refused(message)
        if before is not None and after is not None and promises(before) != promises(after):
            message = f"{name} is not promised the same in both systems"
            raise Refused(message)


def _refuse_parts(known: Known) -> None:
    """Refuse what is known of a part of the system only: the rest might differ, or tell the two apart."""
    if known.bystanders:
        message = "actions are left out that may differ"
        raise Refused(message)


def _alike(one: SystemAction, other: SystemAction) -> bool:
    return (one.guard, one.assignments, promises(one)) == (other.guard, other.assignments, promises(other))


def _leads_alike(space: ClosedSpace, number: int | None, action: SystemAction | None) -> bool:
    """Whether an action leads to the same from the same states as the one with this number; None leads nowhere."""
    same = number is not None and action is not None and space.actions[number].assignments == action.assignments
    for chunk in space.chunks:
        columns = chunk.columns
        enabled = 0 if action is None else columns.mask(action.guard)
        if enabled != (0 if number is None else chunk.enabled[number]):
            return False
        if enabled and not same and number is not None and action is not None:
            after = columns.successors(action, columns.selected(enabled))
            if [space.number.get(packed, -1) for packed in after] != chunk.targets[number].tolist():
                return False
    return True


def confirm_violated(known: Known, instead: Instead, question: SystemProperty, trace: Trace) -> None:
    """Check that a mutant takes a behaviour, seen on the variables that count, that ends in breaking a property."""
    mutant = known.mutated(instead, named={name for name, _ in trace.steps})
    refutes(Semantics(known.seen(mutant)), question, trace, shortest=False)


def confirm_told_apart(known: Known, instead: Instead, trace: Trace, *, of_mutant: bool) -> None:
    """Check that one of the two takes a behaviour, seen on the variables that count, and that the other cannot.

    That behaviours are the same as far as the last step, or the start if there is no step, makes it a shortest one
    with this beginning.
    """
    _refuse_parts(known)
    named = {name for name, _ in trace.steps}
    system = replace(known.whole, actions=tuple(action for action in known.whole.actions if action.name in named))
    pair = [known.mutated(instead, named=named), system]
    owner, other = pair if of_mutant else pair[::-1]
    if _follows(owner, known.kept, trace) != len(trace):
        message = "the behaviour is none of the system that is said to have it"
        raise Refused(message)
    followed = _follows(other, known.kept, trace)
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
    semantics = Semantics(system)
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
