"""What questions depend on: often fewer variables and fewer actions than a system has, and so fewer states.

Given a grounded system and properties that are asked of it; gives `Cone`s, each with some of the properties and what is
left of the system for them.  The bystanders are left out: actions that change no variable which is kept, and which the
questions neither name nor take any notice of.  Whatever is kept behaves the same with them and without them, for steps
that change nothing can be left away, and can be put in again: docs/mutants.md.  It is the cone of influence reduction
of E. M. Clarke, O. Grumberg and D. Peled, "Model Checking" (1999).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from math import prod

from tdispmodel.analysing.mutation.changes import Change, Grounded, core, dependence, in_core, reads
from tdispmodel.checking.asking import Group
from tdispmodel.ir.expressions import TRUE, Took
from tdispmodel.ir.model import Kind, Property
from tdispmodel.ir.system import System, SystemProperty, at_rest, speaks_of_step
from tdispmodel.semantics import Semantics

MOST_CONES = 3
"""More are not worth it: each has states of its own to be visited."""

MOST_VALUES = 1 << 12
"""So many combinations of values are tried to see that a formula takes no notice of a step that changes nothing."""


def each_once(asked: Iterable[Sequence[SystemProperty]]) -> list[SystemProperty]:
    """Return the questions of some properties, each once."""
    return list(dict.fromkeys(question for parts in asked for question in parts))


@dataclass(frozen=True)
class Cone:
    """``questions`` are those of the ``properties``, each once; ``bystanders`` the names of the actions left out.

    ``instead_of`` are cones whose properties are asked here, where no fewer variables are kept.
    """

    grounded: Grounded
    properties: tuple[tuple[Property, tuple[SystemProperty, ...]], ...]
    read: frozenset[str]
    bystanders: frozenset[str]
    instead_of: tuple[Cone, ...] = ()

    @classmethod
    def whole(cls, grounded: Grounded, instead_of: Sequence[Cone] = ()) -> Cone:
        """Return all of a system that counts, with the properties of some cones."""
        properties = tuple(asked for cone in instead_of for asked in cone.properties)
        return cls(grounded, properties, grounded.read, frozenset(), tuple(instead_of))

    @cached_property
    def questions(self) -> list[SystemProperty]:
        """What is asked."""
        return each_once(parts for _, parts in self.properties)

    @cached_property
    def system(self) -> System:
        """What is left of the system."""
        kept = tuple(action for action in self.grounded.system.actions if action.name not in self.bystanders)
        return core(replace(self.grounded.system, actions=kept), self.read)

    def change(self, change: Change) -> Change:
        """Return what is left of a change of the system."""
        actions = {
            name: None if action is None else in_core(action, self.read)
            for name, action in change.actions.items()
            if name not in self.bystanders
        }
        return Change(actions, {name: values for name, values in change.initial.items() if name in self.read})

    def concerns(self, change: Change) -> bool:
        """Whether a change of the system might matter to a property."""
        return any(cone.concerns(change) for cone in self.instead_of) if self.instead_of else bool(self.change(change))


@dataclass(frozen=True)
class _Reach:
    """What some properties depend on: variables, and the actions that change them or are named."""

    read: frozenset[str]
    actions: frozenset[str]

    def __or__(self, other: _Reach) -> _Reach:
        return _Reach(self.read | other.read, self.actions | other.actions)


def cones(grounded: Grounded, group: Group) -> list[Cone]:
    """Return cones that have all properties of a group among them, those with fewer actions first."""
    reaches = {wanted: _reach(grounded, questions) for wanted, questions in group.questions.items()}
    by_actions: dict[frozenset[str], _Reach] = {}
    for reach in reaches.values():
        by_actions[reach.actions] = by_actions.get(reach.actions, reach) | reach
    found = sorted(by_actions.values(), key=lambda reach: (len(reach.actions), sorted(reach.actions)))
    while len(found) > MOST_CONES:
        found[-2:] = [found[-2] | found[-1]]
    left = dict(group.questions)
    names = frozenset(instance.name for instance in grounded.instances)
    cut: list[Cone] = []
    for reach in found:
        mine = [
            wanted for wanted in left if reaches[wanted].actions <= reach.actions and reaches[wanted].read <= reach.read
        ]
        asked = tuple((wanted, left.pop(wanted)) for wanted in mine)
        cut.append(Cone(grounded, asked, reach.read, names - reach.actions))
    return cut


def _reach(grounded: Grounded, questions: Sequence[SystemProperty]) -> _Reach:
    formulas = [formula for question in questions for formula in (question.formula, question.after)]
    named = {name for formula in formulas for node in formula.walk() if isinstance(node, Took) for name in node.names}
    if not all(_takes_no_notice(grounded.core, question) for question in questions):
        named |= {instance.name for instance in grounded.instances}
    read, actions = dependence(grounded.instances, grounded.read_by(questions), named)
    return _Reach(frozenset(read), frozenset(actions))


def _takes_no_notice(system: System, question: SystemProperty) -> bool:
    """Whether a question about steps surely cares for none that changes nothing and is taken by nobody it names."""
    if question.kind not in (Kind.STEP, Kind.NEVER_ENDLESS) and not speaks_of_step(question.formula):
        return True
    formula = at_rest(question.formula)
    read = reads([formula])
    variables = tuple(variable for variable in system.variables if variable.name in read)
    choices = [variable.sort.values for variable in variables]
    if prod(map(len, choices)) > MOST_VALUES:
        return False
    meaning = Semantics(replace(system, variables=variables, actions=(), initially=TRUE))
    indifferent = question.kind is Kind.STEP
    return all(meaning.holds(formula, state) is indifferent for state in product(*choices))
