"""All questions about one model for any number of devices: grouped by constants, asked, judged, as results.

Given a model, its properties and a plan that names kinds, not a number; gives a result for each property.  A proof was
accepted by the judge of families, a violation by that of the instance in which it happens, and so was every answer
about fewer devices on which the least number rests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tdispmodel.checking.asking import (
    Answered,
    Group,
    Keep,
    Plan,
    accept,
    by_constants,
    no_start,
    range_complaint,
    unanswered,
    without_instance,
)
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.checking.shortening import without_spare_steps
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.model import Model, Property
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging.judgement import Judgement
from tdispmodel.parametric.answers import MOST_DEVICES, Finding, LeavesRangeWith, findings
from tdispmodel.semantics import Scope, Semantics, TooManyStarts, start_states
from tdispmodel.semantics.families import Family, Kinds
from tdispmodel.semantics.grounding import Grounding, default_constants
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer, AnyNumber, Contradiction, Result, Trace, Verdict


def check_any_number(model: Model, properties: Sequence[Property], plan: Plan, progress: Progress = silent) -> Answered:
    """Return a judged verdict for each property, or why it was skipped.  Raises as `asking.check_model` does."""
    limits = plan.limits()
    kinds = plan.kinds or Kinds()
    together, skipped = by_constants(model, properties, kinds.constants, 1)
    found: dict[Property, Result] = {}
    interrupted = False
    notes: list[str] = []
    for constants, members in together.items():
        family = Family(model, replace(kinds, constants=dict(constants)))
        asked = [wanted for wanted in members if _questions(family, wanted)]
        skipped += [without_instance(model, wanted) for wanted in members if wanted not in asked]
        if not asked:
            continue
        _can_start(family)
        known: Mapping[Property, Finding] = {}
        if not interrupted:
            try:
                known = _asked(family, asked, plan, limits, progress)
            except KeyboardInterrupt:
                interrupted = True
        judged = _Judged(
            family, {wanted: known.get(wanted) or _unanswered(family, wanted) for wanted in asked}, plan.limits()
        )
        found.update(judged.results)
        if plan.keep is not None:
            notes += judged.kept(plan.keep)
    results = tuple(found[wanted] for wanted in properties if wanted in found)
    most = max([1, *(result.system.devices for result in results), *map(len, kinds.kinds.values())])
    defaults = tuple(default_constants(model, most).items())
    return Answered(model.name, results, tuple(skipped), interrupted=interrupted, defaults=defaults, notes=tuple(notes))


def _questions(family: Family, wanted: Property) -> int:
    return len(family.questions(family.property(wanted), 1))


def _can_start(family: Family) -> None:
    """Raise `Rejected` when there is no start state with any number of devices that is looked at."""
    for devices in range(1, MOST_DEVICES + 1):
        try:
            if next(start_states(Semantics(family.system(devices))), None) is not None:
                return
        except TooManyStarts:  # the engines will say
            return
    raise no_start(family.original)


def _asked(
    family: Family, properties: Sequence[Property], plan: Plan, limits: Limits, progress: Progress
) -> Mapping[Property, Finding]:
    try:
        return findings(family, properties, plan.engines, limits, progress)
    except LeavesRangeWith as out:
        raise Rejected([range_complaint(family.system(out.devices), out.left)]) from None
    except Contradiction as contradiction:
        message = f"engines contradict each other: {contradiction}"
        raise OurFault(message) from contradiction


def _unanswered(family: Family, wanted: Property) -> Finding:
    return Finding(unanswered(family.questions(family.property(wanted), 1)[0]))


# --- judging ---------------------------------------------------------------------------------------------------------


class _Judged:
    """The results of findings, once the judges accepted all that they rest on.  Raises `OurFault` when one refuses."""

    def __init__(self, family: Family, known: Mapping[Property, Finding], limits: Limits) -> None:
        from tdispmodel.judging.parametric import judge_family  # noqa: PLC0415  # needed only when something was asked

        self.family = family
        of_any = [(wanted, finding.verdict) for wanted, finding in known.items() if finding.devices is None]
        judgements = dict(zip((wanted for wanted, _ in of_any), judge_family(family, of_any), strict=True))
        for devices in sorted({number for finding in known.values() for number in finding.fewer}):
            verdicts = dict.fromkeys(one for finding in known.values() for one in finding.fewer.get(devices, ()))
            accept(family.system(devices), tuple(verdicts))
        self._told = _Telling(family)
        self.results = {
            wanted: self._told.violation(wanted, finding, finding.devices)
            if finding.devices is not None
            else self._told.of_any_number(wanted, finding, judgements[wanted])
            for wanted, finding in known.items()
        }
        self._violated = {
            wanted: result for wanted, result in self.results.items() if result.verdict.answer is Answer.VIOLATED
        }
        for system in {id(result.system): result.system for result in self._violated.values()}.values():
            here = {wanted: result for wanted, result in self._violated.items() if result.system is system}
            shown = without_spare_steps(system, [result.verdict for result in here.values()], limits)
            accept(system, shown)
            told = zip(here.items(), shown, strict=True)
            self._violated |= {wanted: replace(result, verdict=verdict) for (wanted, result), verdict in told}
        self.results |= self._violated

    def kept(self, keep: Keep) -> tuple[str, ...]:
        """Have what was decided kept: proofs for any number of devices, and violations as those of an instance."""
        holds = {
            wanted: result.verdict
            for wanted, result in self.results.items()
            if result.verdict.answer is Answer.HOLDS and result.verdict.certificate is not None
        }
        notes = keep.of_any_number(self.family, holds)
        for wanted, result in self._violated.items():
            group = Group(result.system, {wanted: self._told.questions(wanted, result.system)})
            notes += keep(self.family.original, group, {result.verdict.property: result.verdict})
        return notes


class _Telling:
    """Results about a family, told of its original model."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self._known: dict[str, Grounding] = {}
        self._systems: dict[str, System] = {}
        self.asked_with = self.system(family.one(family.most_kinds)).constants

    def grounding(self, scope: Scope) -> Grounding:
        """Return what grounds the original model."""
        key = f"{scope.devices} {sorted(scope.constants.items())}"
        if key not in self._known:
            self._known[key] = Grounding(self.family.original, scope)
        return self._known[key]

    def system(self, scope: Scope) -> System:
        """Return an instance of the original model."""
        key = f"{scope.devices} {sorted(scope.constants.items())}"
        if key not in self._systems:
            self._systems[key] = self.grounding(scope).system()
        return self._systems[key]

    def questions(self, wanted: Property, system: System) -> tuple[SystemProperty, ...]:
        """Return the questions of a property in an instance of the original model that was told of."""
        return self.grounding(Scope(system.devices, dict(system.constants), system.without)).questions(wanted)

    def result(self, scope: Scope, verdict: Verdict, finding: Finding) -> Result:
        any_number = AnyNumber(self.asked_with, finding.holds_up_to)
        return Result(self.family.original.name, self.system(scope), verdict, any_number)

    def of_any_number(self, wanted: Property, finding: Finding, judgement: Judgement) -> Result:
        """Return the result of what is proven for any number of devices, or open."""
        verdict = finding.verdict
        if not judgement.accepted and not judgement.undecided:
            of = f"{wanted.name} for any number of devices"
            message = f"the judge refuses a proof by {verdict.engine} of {of}: {judgement.reason}"
            raise OurFault(message)
        if not judgement.accepted:
            reason = f"a proof was found, but {judgement.reason}"
            verdict = replace(verdict, answer=Answer.OPEN, certificate=None, vacuous=None, reason=reason)
        scope = self.family.one(1)
        question = self.grounding(scope).questions(wanted)[0]
        return self.result(scope, replace(verdict, property=question), finding)

    def violation(self, wanted: Property, finding: Finding, devices: int) -> Result:
        """Return the result of a violation, with the kinds that its devices are of as constants."""
        family, verdict = self.family, finding.verdict
        if verdict.trace is None:
            message = f"{verdict.engine} shows no violation of {wanted.name}"
            raise OurFault(message)
        scope = family.one(devices, verdict.trace.initial)
        position = family.grounding(devices).questions(family.property(wanted)).index(verdict.property)
        question = self.grounding(scope).questions(wanted)[position]
        kept = family.kept(devices)
        states = [tuple(state[place] for place in kept) for state in verdict.trace.states]
        steps = tuple(zip((name for name, _ in verdict.trace.steps), states[1:], strict=True))
        trace = Trace(states[0], steps)
        return self.result(scope, replace(verdict, property=question, trace=trace, vacuous=False, space=None), finding)
