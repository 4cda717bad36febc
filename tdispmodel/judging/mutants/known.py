"""The system that mutants are made of, judged once: all its reachable states, and where each of its steps leads.

Given a whole system, the variables that count, and states; `Known` finds these to be all that is reachable, and answers
questions on them.  `Instead` is what a mutant has instead of the system's.  Whatever fails raises `Refused`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from tdispmodel.ir.expressions import TRUE, Actor, Expression, IllFormed, Read, Took, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import (
    State,
    System,
    SystemAction,
    SystemProperty,
    SystemVariable,
    at_rest,
    speaks_of_step,
    within,
)
from tdispmodel.judging.closed import ClosedSpace
from tdispmodel.judging.columns import Columns
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.loops import reached
from tdispmodel.semantics import Semantics, start_states

Numbers = NDArray[np.int32]
Flags = NDArray[np.bool_]

DISABLED = -1
"""In place of a target: the action is not enabled there."""


@dataclass(frozen=True)
class Instead:
    """What a mutant has instead: ``actions`` by name, None for one that it has no more; ``variables``, which are the
    system's with other start values.
    """

    actions: Mapping[str, SystemAction | None]
    variables: tuple[SystemVariable, ...]


def projected(system: System, kept: AbstractSet[str], bystanders: AbstractSet[str] = frozenset()) -> System:
    """Return the system without the variables that are not ``kept``, and without the actions that are bystanders.

    Refused unless no such variable is read, in a guard, a start condition or an effect that is kept, or can leave its
    range, and no bystander changes a variable that is kept: then each behaviour of one system is one of the other, but
    for steps of bystanders, which change nothing that is seen, and can be left away or put in wherever they are due.
    """
    actions = []
    for action in system.actions:
        for each in action.assignments:
            if each.variable not in kept and within(each.value, system.sorts[each.variable]) != TRUE:
                message = f"{action.name} might take {each.variable} out of its range, and it is left out"
                raise Refused(message)
            if each.variable in kept and action.name in bystanders:
                message = f"{action.name} is left out, and changes {each.variable}"
                raise Refused(message)
        if action.name in bystanders:
            continue
        effects = tuple(each for each in action.assignments if each.variable in kept)
        actions.append(action if len(effects) == len(action.assignments) else replace(action, assignments=effects))
    variables = tuple(known for known in system.variables if known.name in kept)
    try:
        return replace(system, variables=variables, actions=tuple(actions))
    except IllFormed as error:
        message = f"a variable that is left out is read: {error}"
        raise Refused(message) from error


class Known:
    """A system on its reachable states, which are given: closed, and each of them reached.

    ``whole`` is the system; ``system`` what is left of it with the variables that are ``kept``, without bystanders.
    """

    def __init__(
        self, whole: System, kept: Sequence[str], states: Sequence[State], bystanders: AbstractSet[str] = frozenset()
    ) -> None:
        self.whole = whole
        self.kept = tuple(kept)
        self.bystanders = bystanders
        self.system = self.seen(whole)
        self.space = ClosedSpace(self.system, Semantics(self.system), states)
        if not all(self.space.reachable[0]):
            message = "a state of the set is not reachable"
            raise Refused(message)
        self.count = len(states)
        self._flags: dict[Expression, Flags] = {}
        self._steps: dict[Expression, dict[int, Flags]] = {}

    def seen(self, system: System) -> System:
        """Return what is seen of a system or mutant: the variables that are kept, no bystanders."""
        return projected(system, frozenset(self.kept), self.bystanders)

    @cached_property
    def table(self) -> Numbers:
        """Where each action leads from each state, a row a state and a column an action."""
        table = np.full((self.count, len(self.space.actions)), DISABLED, np.int32)
        for number in range(len(self.space.actions)):
            for chunk in self.space.chunks:
                table[list(chunk.sources(number)), number] = chunk.targets[number]
        return table

    def flags(self, formula: Expression) -> Flags:
        """Return where a state formula is true."""
        known = self._flags.get(formula)
        if known is None:
            known = self._flags[formula] = np.frombuffer(self.space.flags(formula), np.bool_)
        return known

    def steps(self, formula: Expression) -> dict[int, Flags]:
        """Return on which steps a formula is true, as the states before by the number of the action."""
        known = self._steps.get(formula)
        if known is None:
            known = self._steps[formula] = {}
            for number, chunk, mask in self.space.steps(formula):
                flags = known.setdefault(number, np.zeros(self.count, np.bool_))
                flags[chunk.start : chunk.start + chunk.columns.count] = selected(chunk.columns, mask)
        return known

    def holds(self, question: SystemProperty) -> bool:
        """Whether the property holds of the system.  Refused where bystanders might matter to it."""
        self.admit(question, self.flags)
        if question.kind is Kind.MUST_BE_POSSIBLE:
            return self._possible(question)
        try:
            self.space.confirm(question)
        except Refused:
            return False
        return True

    def admit(self, question: SystemProperty, flags: Callable[[Expression], Flags]) -> None:
        """Refuse a question to which what is left out might matter; ``flags`` says where a formula is true.

        A question about steps must not care for one that changes nothing, and is taken by none of the actions it names.
        """
        parts = [node for formula in (question.formula, question.after) for node in formula.walk()]
        for node in parts:
            names = node.names if isinstance(node, Took) else frozenset[str]()
            if names & self.bystanders or (isinstance(node, Read) and node.name not in self.kept):
                message = f"{question.name} speaks of what is left out"
                raise Refused(message)
        of_steps = question.kind in (Kind.STEP, Kind.NEVER_ENDLESS) or speaks_of_step(question.formula)
        if self.bystanders and of_steps:
            wanted = negation(question.formula) if question.kind is Kind.STEP else question.formula
            if flags(at_rest(wanted)).any():
                message = f"a step of what is left out matters to {question.name}"
                raise Refused(message)

    def changed(self, instead: Instead) -> System:
        """Return a system of those actions alone that a mutant has instead, on the variables that count.

        Refused when one of them makes no sense, and when the variables are others than the system's.
        """
        if [(known.name, known.sort) for known in instead.variables] != [
            (known.name, known.sort) for known in self.whole.variables
        ]:
            message = "the two systems have different variables"
            raise Refused(message)
        actions = tuple(action for action in instead.actions.values() if action is not None)
        try:
            mutated = replace(self.whole, variables=instead.variables, actions=actions)
        except IllFormed as error:
            message = f"an action of the mutant makes no sense: {error}"
            raise Refused(message) from error
        return self.seen(mutated)

    def starts(self, changed: System, number: Callable[[int], int]) -> list[int]:
        """Return the numbers of a mutant's start states; ``number`` gives that of one by how it is packed."""
        if changed.variables == self.system.variables:
            return self.space.starts
        found = list(start_states(Semantics(replace(changed, actions=()))))
        return list(map(number, Columns(self.space.encoding, found).packed))

    def mutated(self, instead: Instead, named: AbstractSet[str] | None = None) -> System:
        """Return the mutant, whole; when some are ``named``, with those of its actions alone."""
        kept = [instead.actions.get(action.name, action) for action in self.whole.actions]
        added = [action for name, action in instead.actions.items() if name not in self.whole.by_name]
        there = [action for action in (*kept, *added) if action is not None]
        wanted = tuple(action for action in there if named is None or action.name in named)
        return replace(self.whole, variables=instead.variables, actions=wanted)

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


def selected(columns: Columns, mask: int) -> Flags:
    """Return a mask as flags."""
    return np.frombuffer(columns.selected(mask), np.bool_)
