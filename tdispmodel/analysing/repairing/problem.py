"""A violated property that is to hold, and all that the search for repairs asks about it.

Given a model, its properties, the one that is wanted and how to ask; gives a `Problem`: the verdicts before, what the
model does state by state, and the verdict on changed models, each judged as always.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tdispmodel.analysing.repairing.edits import Edit, edited
from tdispmodel.analysing.repairing.sieving import Fence, Goals, Space, TooLarge
from tdispmodel.checking.asking import Plan, check_model
from tdispmodel.compiling.successors import Leaves
from tdispmodel.engines.protocol import Limits, Progress
from tdispmodel.ir.expressions import negation
from tdispmodel.ir.model import Action, Kind, Model, Property
from tdispmodel.ir.system import State, SystemAction
from tdispmodel.semantics import Semantics, TooManyStarts
from tdispmodel.semantics.grounding import Instances, Scope, ground_properties
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer, Result, Verdict

SAFETY = (Kind.INVARIANT, Kind.STEP)
OUT_OF_TIME = "out of time"


class Problem:
    """The property ``wanted`` of a model, in the system in which it was asked.

    ``space`` is None where that is too large; ``witnesses`` are the questions of what must be possible, and is, with
    the same constants.  ``tried`` counts changes, ``reason`` says why not all were tried.  Raises `Rejected` and
    `OurFault` as `check_model` does for the model itself.
    """

    def __init__(
        self, model: Model, wanted: Property, properties: Sequence[Property], plan: Plan, progress: Progress
    ) -> None:
        self.model, self.wanted, self.properties, self.plan = model, wanted, properties, plan
        self.progress = progress
        self.limits: Limits = plan.limits()
        self.reason = ""
        self.tried = 0
        self.before = self.asked(model, properties)
        self.result = self.before[wanted.name]
        self.system = self.result.system
        self.semantics = Semantics(self.system)
        scope = Scope(self.system.devices, dict(self.system.constants), self.system.without)
        self.instances = Instances(model, scope)
        self.witnesses = {
            one.name: ground_properties(model, one, scope)
            for one in properties
            if one.kind is Kind.MUST_BE_POSSIBLE
            and one.name in self.before
            and self.before[one.name].verdict.answer is Answer.HOLDS
            and self.before[one.name].system.constants == self.system.constants
        }
        self.space = self._visited() if self.result.verdict.answer is Answer.VIOLATED else None
        if self.space is not None:
            bad = [negation(one.formula) for one in ground_properties(model, wanted, scope)] if self.is_safety else []
            self.goals = Goals(self.space, bad, self.witnesses)

    @property
    def is_safety(self) -> bool:
        """Whether a behaviour with an end can violate what is wanted."""
        return self.wanted.kind in SAFETY

    def out_of_time(self) -> bool:
        """Whether there is no time left, which is then the reason."""
        if self.limits.out_of_time():
            self.reason = f"{OUT_OF_TIME} after {self.limits.seconds:g} s"
        return bool(self.reason)

    def asked(self, model: Model, properties: Sequence[Property]) -> dict[str, Result]:
        """Return the results of a model, by the names of properties, in the time that is left."""
        plan = replace(self.plan, seconds=self.limits.remaining())
        return {one.verdict.property.name: one for one in check_model(model, properties, plan).results}

    def verdict(self, model: Model) -> Verdict | None:
        """Return the verdict on what is wanted of a changed model; None when that is no model."""
        try:
            result = self.asked(model, (self.wanted,)).get(self.wanted.name)
        except Rejected:
            return None
        return None if result is None else result.verdict

    def changed(self, edit: Edit) -> Model:
        """Return the model with an edit."""
        return edited(self.model, edit.action, edit.changed)

    def fence(self, action: Action) -> Fence | None:
        """Return which steps guards of an action can forbid; None where the space is too large."""
        if self.space is None:
            return None
        return Fence(self.space, self.instances.names(action), self.goals)

    def step(self, action: SystemAction, state: State) -> State:
        """Return where an action leads."""
        after = list(state)
        for one in action.assignments:
            after[self.system.index[one.variable]] = self.semantics.value(one.value, state)
        return tuple(after)

    def _visited(self) -> Space | None:
        try:
            return Space(self.system, self.limits)
        except (TooLarge, Leaves, TooManyStarts):
            return None
