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
    Plan,
    accept,
    by_constants,
    no_start,
    range_complaint,
    unanswered,
    without_instance,
)
from tdispmodel.checking.mistakes import OurFault
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.model import Model, Property
from tdispmodel.judging.judgement import Judgement
from tdispmodel.parametric.answers import MOST_DEVICES, Finding, LeavesRangeWith, findings
from tdispmodel.semantics import Semantics, ground
from tdispmodel.semantics.families import Family, Kinds
from tdispmodel.semantics.grounding import default_constants, ground_properties
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer, AnyNumber, Contradiction, Result, Trace, Verdict


def check_any_number(model: Model, properties: Sequence[Property], plan: Plan, progress: Progress = silent) -> Answered:
    """Return a judged verdict for each property, or why it was skipped.  Raises as `asking.check_model` does."""
    limits = plan.limits()
    kinds = plan.kinds or Kinds()
    together, skipped = by_constants(model, properties, kinds.constants, 1)
    found: dict[Property, Result] = {}
    interrupted = False
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
        found.update(_judged(family, {wanted: known.get(wanted) or _unanswered(family, wanted) for wanted in asked}))
    results = tuple(found[wanted] for wanted in properties if wanted in found)
    most = max([1, *(result.system.devices for result in results), *map(len, kinds.kinds.values())])
    defaults = tuple(default_constants(model, most).items())
    return Answered(model.name, results, tuple(skipped), interrupted=interrupted, defaults=defaults)


def _questions(family: Family, wanted: Property) -> int:
    return len(ground_properties(family.model, family.property(wanted), family.scope(1)))


def _can_start(family: Family) -> None:
    """Raise `Rejected` when there is no start state with any number of devices that is looked at."""
    for devices in range(1, MOST_DEVICES + 1):
        try:
            if next(Semantics(family.system(devices)).initial_states(), None) is not None:
                return
        except Rejected:  # too many combinations to try; the engines will say
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
    question = ground_properties(family.model, family.property(wanted), family.scope(1))[0]
    return Finding(unanswered(question))


# --- judging ---------------------------------------------------------------------------------------------------------


def _judged(family: Family, known: Mapping[Property, Finding]) -> dict[Property, Result]:
    """Return the results, once the judges accepted all that they rest on.  Raises `OurFault` when one refuses."""
    from tdispmodel.judging.parametric import judge_family  # noqa: PLC0415  # needed only when something was asked

    of_any = [(wanted, finding.verdict) for wanted, finding in known.items() if finding.devices is None]
    judgements = dict(zip((wanted for wanted, _ in of_any), judge_family(family, of_any), strict=True))
    for devices in sorted({number for finding in known.values() for number in finding.fewer}):
        verdicts = dict.fromkeys(one for finding in known.values() for one in finding.fewer.get(devices, ()))
        accept(family.system(devices), tuple(verdicts))
    return {
        wanted: _violation(family, wanted, finding, finding.devices)
        if finding.devices is not None
        else _of_any_number(family, wanted, finding, judgements[wanted])
        for wanted, finding in known.items()
    }


def _any_number(family: Family, finding: Finding) -> AnyNumber:
    asked = ground(family.original, family.one(family.most_kinds)).constants
    return AnyNumber(asked, finding.holds_up_to)


def _of_any_number(family: Family, wanted: Property, finding: Finding, judgement: Judgement) -> Result:
    """Return the result of what is proven for any number of devices, or open."""
    verdict = finding.verdict
    if not judgement.accepted and not judgement.undecided:
        of = f"{wanted.name} for any number of devices"
        message = f"the judge refuses a proof by {verdict.engine} of {of}: {judgement.reason}"
        raise OurFault(message)
    if not judgement.accepted:
        reason = f"a proof was found, but {judgement.reason}"
        verdict = replace(verdict, answer=Answer.OPEN, certificate=None, vacuous=None, reason=reason)
    scope = family.one(1)
    told = replace(verdict, property=ground_properties(family.original, wanted, scope)[0])
    return Result(family.original.name, ground(family.original, scope), told, _any_number(family, finding))


def _violation(family: Family, wanted: Property, finding: Finding, devices: int) -> Result:
    """Return the result of a violation, told of the original model with the kinds that its devices are of."""
    verdict = finding.verdict
    if verdict.trace is None:
        message = f"{verdict.engine} shows no violation of {wanted.name}"
        raise OurFault(message)
    scope = family.one(devices, verdict.trace.initial)
    of_family = ground_properties(family.model, family.property(wanted), family.scope(devices))
    question = ground_properties(family.original, wanted, scope)[of_family.index(verdict.property)]
    system = ground(family.original, scope)
    kept = family.kept(devices)
    states = [tuple(state[position] for position in kept) for state in verdict.trace.states]
    steps = tuple(zip((name for name, _ in verdict.trace.steps), states[1:], strict=True))
    told: Verdict = replace(verdict, property=question, trace=Trace(states[0], steps), vacuous=False, space=None)
    accept(system, (told,))
    return Result(family.original.name, system, told, _any_number(family, finding))
