"""The search for repairs: edits that no known counterexample survives, each checked in full.

Given a model, its properties and the one to restore; gives `Repairs`.  A behaviour that violates the property rules out
every edit that leaves it a violation (counterexample-guided inductive synthesis, Solar-Lezama 2008, Program synthesis
by sketching); an edit that nothing rules out is put to the pipeline, and either restores the property, judged, or
gives another behaviour.  What restores it is asked all other properties: none that held may be lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tdispmodel.analysing.repairing.edits import Edit, edited, effects, guards, ours
from tdispmodel.analysing.repairing.observing import Guarded, observed
from tdispmodel.checking.asking import Plan, check_model
from tdispmodel.compiling.successors import Compiled, Leaves, breadth_first
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.expressions import Expression
from tdispmodel.ir.model import Guard, Kind, Model, Property
from tdispmodel.ir.system import State, SystemAction, SystemProperty
from tdispmodel.reports.naming import WHO
from tdispmodel.reports.repairs import Repair, Repairs
from tdispmodel.semantics import Semantics, TooManyStarts
from tdispmodel.semantics.grounding import Instances, Scope, ground_properties
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer, Result, Trace, Verdict

SAFETY = (Kind.INVARIANT, Kind.STEP)
MOST_COUNTED = 200_000
"""In larger spaces it is not counted what an edit forbids."""
OUT_OF_TIME = "out of time"


@dataclass(frozen=True)
class Known:
    """A behaviour that violates one of the questions that the property is."""

    question: SystemProperty
    trace: Trace


def repair(
    model: Model, wanted: Property, properties: Sequence[Property], plan: Plan, progress: Progress = silent
) -> Repairs:
    """Return the single edits that restore ``wanted`` and keep the other ``properties``, as far as there was time.

    Raises `Rejected` and `OurFault` as `check_model` does for the model itself.
    """
    return _Search(model, wanted, properties, plan, progress).run()


class _Search:
    """One search."""

    def __init__(
        self, model: Model, wanted: Property, properties: Sequence[Property], plan: Plan, progress: Progress
    ) -> None:
        self.model, self.wanted, self.properties, self.plan = model, wanted, properties, plan
        self.progress = progress
        self.limits: Limits = plan.limits()
        self.known: list[Known] = []
        self.reason = ""

    def run(self) -> Repairs:
        before = self._asked(self.model, self.properties)
        result = before[self.wanted.name]
        start = Repairs(self.model.name, result)
        if result.verdict.answer is not Answer.VIOLATED:
            return replace(start, reason=result.verdict.reason)
        self.system = result.system
        self.semantics = Semantics(self.system)
        scope = Scope(self.system.devices, dict(self.system.constants), self.system.without)
        self.instances = Instances(self.model, scope)
        self._learn(result.verdict)
        proved = self._impossible()
        if proved and proved[0].startswith("no change"):
            return replace(start, impossible=proved)
        restoring: list[Edit] = []
        tried = 0
        for edit in self._edits():
            if self._out_of_time():
                break
            tried += 1
            if self._ruled_out(edit):
                continue
            self.progress(f"{tried} changes tried, {len(restoring)} restore {self.wanted.name}")
            if self._restores(edit):
                restoring.append(edit)
        ranked, alike = self._ranked(restoring)
        repairs, breaking = [], []
        for edit, count in ranked:
            if self._out_of_time():
                break
            lost, fixed, vacuous = self._compared(edit, before)
            if lost is None:
                continue
            if lost:
                breaking.append((f"{edit.subject} {edit.words}", lost))
            else:
                repairs.append(self._told(edit, count, fixed, alike.get(edit, []), vacuous=vacuous))
        if not any(repair.forbids for repair in repairs) and not self._out_of_time():
            proved += self._unobservable(before)
        return replace(
            start,
            repairs=tuple(sorted(repairs, key=lambda one: one.vacuous)),
            tried=tried,
            restoring=len(restoring),
            breaking=tuple(breaking),
            impossible=proved,
            reason=self.reason,
        )

    def _out_of_time(self) -> bool:
        if self.limits.out_of_time():
            self.reason = f"{OUT_OF_TIME} after {self.limits.seconds:g} s"
        return bool(self.reason)

    def _asked(self, model: Model, properties: Sequence[Property]) -> dict[str, Result]:
        plan = replace(self.plan, seconds=self.limits.remaining())
        return {one.verdict.property.name: one for one in check_model(model, properties, plan).results}

    def _edits(self) -> Iterator[Edit]:
        """Yield guards before effects; a guard makes nothing possible that was not."""
        actions = ours(self.model)
        if self.wanted.kind is not Kind.MUST_BE_POSSIBLE:
            for component, action in actions:
                yield from guards(self.model, component, action)
        for component, action in actions:
            yield from effects(self.model, component, action)

    # --- counterexamples ---------------------------------------------------------------------------------------------

    def _learn(self, verdict: Verdict) -> None:
        if verdict.trace is not None:
            self.known.append(Known(verdict.property, verdict.trace))

    def _ruled_out(self, edit: Edit) -> bool:
        """Whether a known behaviour violates the property with an edit, too."""
        changed = edit.changed
        if edit.requires is not None:
            put = replace(edit.action, guards=(Guard(edit.requires),), updates=())
            conditions = {one.name: one.guard for one in self.instances.of(edit.action, put)}
            return any(not self._blocked(known.trace, conditions) for known in self.known)
        instances = {one.name: one for one in self.instances.of(edit.action, changed)}
        return any(self._survives(known, instances) for known in self.known)

    def _blocked(self, trace: Trace, conditions: dict[str, Expression]) -> bool:
        """Whether a step of a behaviour is not possible any more."""
        return any(
            name in conditions and not self.semantics.holds(conditions[name], state)
            for state, (name, _) in zip(trace.states, trace.steps, strict=False)
        )

    def _survives(self, known: Known, instances: dict[str, SystemAction]) -> bool:
        """Whether the same steps violate the property where some actions do something else."""
        if self.wanted.kind not in SAFETY:
            return False
        state, formula = known.trace.initial, known.question.formula
        on_steps = self.wanted.kind is Kind.STEP
        if not on_steps and not self.semantics.holds(formula, state):
            return True
        for name, _ in known.trace.steps:
            action = instances.get(name) or self.system.by_name[name]
            if not self.semantics.holds(action.guard, state):
                return False
            after = self._step(action, state)
            if not self.semantics.holds(formula, *((state, after, name) if on_steps else (after,))):
                return True
            state = after
        return False

    def _step(self, action: SystemAction, state: State) -> State:
        after = list(state)
        for one in action.assignments:
            after[self.system.index[one.variable]] = self.semantics.value(one.value, state)
        return tuple(after)

    def _restores(self, edit: Edit) -> bool:
        """Whether the property holds with an edit; else there may be something to learn."""
        found = self._verdict(edited(self.model, edit.action, edit.changed))
        if found is None:
            return False
        if found.answer is Answer.VIOLATED and edit.requires is not None and self.wanted.kind in SAFETY:
            self._learn(found)  # a behaviour of the model itself; what is fair or lost may be so by the guard alone
        return found.answer is Answer.HOLDS

    def _verdict(self, model: Model) -> Verdict | None:
        """Return the verdict on the property of a changed model; None when that is no model."""
        try:
            result = self._asked(model, (self.wanted,)).get(self.wanted.name)
        except Rejected:
            return None
        return None if result is None else result.verdict

    def _impossible(self) -> tuple[str, ...]:
        """Return what no edit can do: what is violated without any action of ours is so whatever they do."""
        if self.wanted.kind not in SAFETY:
            return ()
        model = self.model
        for _, action in ours(self.model):
            model = edited(model, action, None)
        found = self._verdict(model)
        if found is not None and found.answer is Answer.VIOLATED:
            return ("no change of ours restores it: host, environment and device violate it by themselves.",)
        taken = [name for known in self.known for name, _ in known.trace.steps]
        helps = False
        for _, action in ours(self.model):
            if not any(name in taken for name in self.instances.names(action)):
                continue
            found = self._verdict(edited(self.model, action, None))
            helps = helps or found is None or found.answer is not Answer.VIOLATED
        return () if helps else ("no stronger guard of any one action restores it, whatever it could read.",)

    def _unobservable(self, before: dict[str, Result]) -> tuple[str, ...]:
        """Return for which actions no guard can help that reads what their actor can observe, and why."""
        if self.wanted.kind not in SAFETY:
            return ()
        possible = [
            one
            for one in self.properties
            if one.kind is Kind.MUST_BE_POSSIBLE
            and one.name in before
            and before[one.name].verdict.answer is Answer.HOLDS
            and before[one.name].system.constants == self.system.constants
        ]
        scope = Scope(self.system.devices, dict(self.system.constants), self.system.without)
        witnesses = [question for one in possible for question in ground_properties(self.model, one, scope)]
        taken = {name for known in self.known for name, _ in known.trace.steps}
        found = []
        for _, action in ours(self.model):
            names = [name for name in self.instances.names(action) if name in self.system.by_name]
            if not taken & set(names):
                continue
            seen = observed(self.model, self.system, action.actor)
            lost = Guarded(self.system, names, seen, self.limits).lost(self.known[0].question, witnesses)
            if lost:
                who = WHO[action.actor]
                subject = f"{action.owner}.{action.name}"
                found.append(f"no guard of {subject} over what {who} can observe restores it and keeps {lost}.")
        return tuple(found)

    # --- ranking -----------------------------------------------------------------------------------------------------

    def _ranked(self, edits: Sequence[Edit]) -> tuple[list[tuple[Edit, int | None]], dict[Edit, list[Edit]]]:
        """Return edits by how many steps they change, fewest first, and those that change the same steps alike."""
        steps = self._steps()
        if steps is None:
            return [(edit, None) for edit in edits], {}
        groups: dict[object, list[Edit]] = {}
        for edit in edits:
            groups.setdefault(self._changes(edit, steps), []).append(edit)
        found = [(min(members, key=lambda one: len(one.words)), key) for key, members in groups.items()]
        alike = {edit: [one for one in groups[key] if one is not edit] for edit, key in found}
        counted = [(edit, len(key)) for edit, key in found if isinstance(key, frozenset)]
        return sorted(counted, key=lambda pair: (pair[0].requires is None, pair[1], len(pair[0].words))), alike

    def _changes(self, edit: Edit, steps: dict[str, list[State]]) -> frozenset[object]:
        """Return the steps that an edit forbids, or that lead elsewhere with it, and where."""
        found: list[object] = []
        put = (
            edit.changed if edit.requires is None else replace(edit.action, guards=(Guard(edit.requires),), updates=())
        )
        for one in self.instances.of(edit.action, put):
            for state in steps.get(one.name, ()):
                if edit.requires is not None:
                    if not self.semantics.holds(one.guard, state):
                        found.append((one.name, state))
                    continue
                after = self._step(one, state)
                if after != self._step(self.system.by_name[one.name], state):
                    found.append((one.name, state, after))
        return frozenset(found)

    def _steps(self) -> dict[str, list[State]] | None:
        """Return for each action instance the reachable states in which it is enabled; None where that is too many."""
        try:
            compiled = Compiled(self.system)
            steps: dict[str, list[State]] = {}
            for count, (packed, taken) in enumerate(breadth_first(compiled, compiled.starts()), 1):
                if count > MOST_COUNTED or self.limits.out_of_time():
                    return None
                state = compiled.unpack(packed)
                for action, _ in taken:
                    steps.setdefault(self.system.actions[action].name, []).append(state)
        except (Leaves, TooManyStarts):
            return None
        return steps

    # --- the others --------------------------------------------------------------------------------------------------

    def _compared(self, edit: Edit, before: dict[str, Result]) -> tuple[tuple[str, ...] | None, tuple[str, ...], bool]:
        """Return which properties an edit loses, which others it restores, and whether the one that is wanted then
        holds of nothing; None when that could not be decided.
        """
        model = edited(self.model, edit.action, edit.changed)
        possible = [one for one in self.properties if one.kind is Kind.MUST_BE_POSSIBLE]
        try:
            witnesses = self._asked(
                model, possible
            )  # most that is too strong is so for them, and they are asked quickly
            gone = [
                before[name].verdict.property.code or name
                for name, result in witnesses.items()
                if result.verdict.answer is Answer.VIOLATED and before[name].verdict.answer is Answer.HOLDS
            ]
            if gone:
                return tuple(gone), (), False
            after = self._asked(model, self.properties)
        except Rejected:
            return None, (), False
        lost, fixed, unknown = [], [], False
        for name, result in before.items():
            was, now = result.verdict, after[name].verdict if name in after else None
            if was.answer is Answer.HOLDS and (now is None or now.answer is Answer.VIOLATED):
                lost.append(was.property.code or name)
            unknown = unknown or (was.answer is Answer.HOLDS and now is not None and now.answer is Answer.OPEN)
            if (
                was.answer is Answer.VIOLATED
                and now is not None
                and now.answer is Answer.HOLDS
                and name != self.wanted.name
            ):
                fixed.append(was.property.code or name)
        if unknown and not lost:
            self.reason = self.reason or "some properties are open with a change"
            return None, (), False
        return tuple(lost), tuple(fixed), bool(after[self.wanted.name].verdict.vacuous)

    def _told(
        self, edit: Edit, count: int | None, fixed: tuple[str, ...], alike: Sequence[Edit], *, vacuous: bool
    ) -> Repair:
        return Repair(
            subject=edit.subject,
            words=edit.words,
            place=edit.action.place,
            forbids=edit.requires is not None,
            changes=count,
            fixes=fixed,
            vacuous=vacuous,
            alike=tuple(f"{one.subject} {one.words}" for one in alike),
        )
