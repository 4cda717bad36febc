"""What was found out about a mutant is put to the judge, who shares nothing with the arrays that found it.

Given a system that properties are asked of; the action of a mutant is grounded again, as a whole, and every claim about
it is checked on that.  A claim that is refused is `OurFault`: no such result is ever shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set as AbstractSet
from contextlib import contextmanager

import numpy as np

from tdispmodel.analysing.mutation.operators import Mutant, action_of, changed_action, variables_of
from tdispmodel.analysing.mutation.states.evidence import Shown
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.compiling.arrays import Flags
from tdispmodel.ir.expressions import FALSE
from tdispmodel.ir.model import Kind, Model
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, SystemVariable
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.mutants.comparing import confirm_same, confirm_told_apart, confirm_violated
from tdispmodel.judging.mutants.known import Instead, Known
from tdispmodel.judging.mutants.mutated import Mutated
from tdispmodel.semantics import Instances, Scope
from tdispmodel.semantics.grounding import instances, member
from tdispmodel.verdict import Trace


class Regrounding:
    """What mutants of a model have instead in one system: grounded from the model, with nothing that engines found."""

    def __init__(self, model: Model, system: System) -> None:
        self.model = model
        self.scope = Scope(system.devices, dict(system.constants), system.without)
        self._instances = Instances(model, self.scope)
        self._variables = self._instances.variables()
        self._known: tuple[Mutant, Instead] | None = None

    def instead(self, mutant: Mutant) -> Instead:
        """Return what a mutant has instead."""
        if self._known is None or self._known[0] is not mutant:
            self._known = (mutant, self._instead(mutant))
        return self._known[1]

    def _instead(self, mutant: Mutant) -> Instead:
        if not mutant.operator.of_actions:
            return Instead({}, tuple(self._starting(mutant)))
        action = action_of(self.model, mutant)
        put = changed_action(action, mutant)
        changed: dict[str, SystemAction | None] = dict.fromkeys(self._instances.names(action))
        for each in () if put is None else self._instances.of(action, put):
            changed[each.name] = None if each.guard == FALSE else each
        return Instead(changed, self._variables)

    def _starting(self, mutant: Mutant) -> Iterator[SystemVariable]:
        """Yield the flat variables as they are in the system of a mutant that starts otherwise."""
        starts = {(component.name, variable.name) for component, variable in variables_of(self.model, mutant)}
        for instance in instances(self.model, self.scope.devices):
            for known in instance.component.variables:
                initial = mutant.initial if (instance.component.name, known.name) in starts else known.initial
                yield SystemVariable(member(instance.name, known.name), known.sort, initial)


class Recheck:
    """The judge's view of one system, or of a cone of it.

    ``kept`` are the variables that count, in the system's order; ``bystanders`` the names of actions that do not.
    """

    def __init__(
        self,
        model: Model,
        system: System,
        kept: Sequence[str],
        states: Sequence[State],
        bystanders: AbstractSet[str] = frozenset(),
    ) -> None:
        self.instead = Regrounding(model, system).instead
        with _judged("the reachable states of the proposal"):
            self.known = Known(system, kept, states, bystanders)

    def baseline(self, question: SystemProperty, holds: bool) -> None:
        """Check what is said of the proposal itself.  Raises `OurFault`."""
        with _judged(f"a question about {question.name}"):
            agreed = self.known.holds(question) is holds
        if not agreed:
            said = "holds" if holds else "is violated"
            message = f"the judge does not agree that {question.name} {said}"
            raise OurFault(message)

    def violated(self, mutant: Mutant, question: SystemProperty, trace: Trace) -> None:
        """Check that a behaviour of a mutant breaks an invariant or step property.  Raises `OurFault`."""
        with _judged(f"that {question.name} notices a mutant of {mutant.subject}"):
            confirm_violated(self.known, self.instead(mutant), question, trace)

    def decided(self, mutant: Mutant, shown: Shown, questions: Sequence[SystemProperty], *, hold: bool) -> None:
        """Check that some questions hold of a mutant, or that none of them does.  Raises `OurFault`."""
        with _judged(f"that {questions[0].name} notices a mutant of {mutant.subject}"):
            found = self._mutated(mutant, shown)
            for question in questions:
                match question.kind:
                    case Kind.LEADS_TO | Kind.NEVER_ENDLESS if not hold:
                        found.confirm_endless(question, self._numbered(shown, shown.claimed))
                    case Kind.STAYS_POSSIBLE if not hold:
                        found.confirm_lost(question, self._numbered(shown, shown.claimed))
                    case Kind.MUST_BE_POSSIBLE if not hold:
                        found.confirm_impossible(question)
                    case _:
                        found.confirm(question)

    def equivalent(self, mutant: Mutant) -> None:
        """Check that a mutant does what the proposal does.  Raises `OurFault`."""
        with _judged(f"that a mutant of {mutant.subject} is equivalent"):
            confirm_same(self.known, self.instead(mutant))

    def told_apart(self, mutant: Mutant, trace: Trace, *, of_mutant: bool) -> None:
        """Check that one of the two has a behaviour, and the other has not.  Raises `OurFault`."""
        with _judged(f"what tells a mutant of {mutant.subject} apart"):
            confirm_told_apart(self.known, self.instead(mutant), trace, of_mutant=of_mutant)

    def _mutated(self, mutant: Mutant, shown: Shown) -> Mutated:
        graph = shown.graph
        more = graph.variant.base.space.states(graph.numbers[graph.new & shown.states])
        among = self._numbered(shown, shown.states)[: self.known.count]
        return Mutated(self.known, self.instead(mutant), among, more)

    def _numbered(self, shown: Shown, flags: Flags) -> Flags:
        """Return flags of states that are shown as the judge numbers states: the known ones, then the others."""
        graph, found = shown.graph, np.zeros(self.known.count, np.bool_)
        found[graph.numbers[~graph.new]] = flags[~graph.new]
        return np.append(found, flags[graph.new & shown.states])


@contextmanager
def _judged(what: str) -> Iterator[None]:
    """Say what it was that the judge refused."""
    try:
        yield
    except Refused as refused:
        message = f"the judge refuses {what}: {refused}"
        raise OurFault(message) from refused
