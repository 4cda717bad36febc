"""What was found out about a mutant is put to the judge, who shares nothing with the arrays that found it.

Given a system that properties are asked of; a mutant is grounded again, its action as a whole, and every claim about it
is checked on that.  A claim that is refused is `OurFault`: no such result is ever shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tdispmodel.analysing.mutation.operators import Mutant, action_of, changed_action, mutated
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.ir.expressions import FALSE
from tdispmodel.ir.model import Model
from tdispmodel.ir.system import State, System, SystemProperty
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.mutants import Decided, confirm_same, confirm_told_apart, projected
from tdispmodel.semantics import Instances, Scope
from tdispmodel.verdict import Trace

PROPOSAL = "the reachable states of the proposal"


class Recheck:
    """The judge's view of one system.  ``kept`` are the variables that count, in the system's order."""

    def __init__(self, model: Model, system: System, kept: Sequence[str], states: Sequence[State]) -> None:
        self.model = model
        self.system = system
        self.kept = tuple(kept)
        self.scope = Scope(system.devices, dict(system.constants), system.without)
        self._instances = Instances(model, self.scope)
        try:
            self.before = Decided(projected(system, frozenset(kept)), states)
        except Refused as refused:
            raise _fault(PROPOSAL, refused) from refused

    def grounded(self, mutant: Mutant) -> System:
        """Return the mutated system, whole."""
        if not mutant.operator.of_actions:
            return replace(self.system, variables=Instances(mutated(self.model, mutant), self.scope).variables())
        action = action_of(self.model, mutant)
        put = changed_action(action, mutant)
        replaced = {each.name: None for each in self._instances.of(action)}
        after = {} if put is None else {each.name: each for each in self._instances.of(action, put)}
        kept = [known for known in self.system.actions if known.name not in replaced]
        return replace(self.system, actions=(*kept, *(each for each in after.values() if each.guard != FALSE)))

    def baseline(self, question: SystemProperty, holds: bool) -> None:
        """Check what is said of the proposal itself.  Raises `OurFault`."""
        if self.before.holds(question) is not holds:
            said = "holds" if holds else "is violated"
            message = f"the judge does not agree that {question.name} {said}"
            raise OurFault(message)

    def noticed(
        self, mutant: Mutant, states: Sequence[State], questions: Sequence[SystemProperty], *, hold: bool
    ) -> None:
        """Check that all questions hold of a mutant, or not all, on the states that it reaches.  Raises `OurFault`."""
        try:
            decided = Decided(projected(self.grounded(mutant), frozenset(self.kept)), states)
        except Refused as refused:
            what = f"the reachable states of a mutant of {mutant.subject}"
            raise _fault(what, refused) from refused
        if all(decided.holds(question) for question in questions) is not hold:
            message = f"the judge does not agree that {questions[0].name} notices a mutant of {mutant.subject}"
            raise OurFault(message)

    def equivalent(self, mutant: Mutant) -> None:
        """Check that a mutant does what the proposal does.  Raises `OurFault`."""
        try:
            confirm_same(self.before.space, projected(self.grounded(mutant), frozenset(self.kept)))
        except Refused as refused:
            what = f"that a mutant of {mutant.subject} is equivalent"
            raise _fault(what, refused) from refused

    def told_apart(self, mutant: Mutant, trace: Trace, *, of_mutant: bool) -> None:
        """Check that one of the two has a behaviour, and the other has not.  Raises `OurFault`."""
        pair = [self.grounded(mutant), self.system]
        owner, other = pair if of_mutant else pair[::-1]
        try:
            confirm_told_apart(owner, other, self.kept, trace)
        except Refused as refused:
            what = f"what tells a mutant of {mutant.subject} apart"
            raise _fault(what, refused) from refused


def _fault(what: str, refused: Refused) -> OurFault:
    return OurFault(f"the judge refuses {what}: {refused}")
