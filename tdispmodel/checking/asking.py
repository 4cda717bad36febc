"""All questions about one model: grouped by constants, grounded, asked, judged, joined to one verdict per property.

Given a model, its properties and a plan (scope, engines, limits), gives results in the order of the properties.  No
verdict leaves this module before the judge accepted it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from tdispmodel.checking.mistakes import CHECKPOINT, LEAVES_RANGE, NO_START, OurFault, mistake, shortened
from tdispmodel.checking.shortening import without_spare_steps
from tdispmodel.engines.paranoid import Paranoid
from tdispmodel.engines.portfolio import chosen, named
from tdispmodel.engines.protocol import Limits, Progress, Unusable, silent
from tdispmodel.engines.vacuity import is_vacuous
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import NOWHERE, Model, Property
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.semantics import Semantics, TooManyStarts, start_states
from tdispmodel.semantics.families import Family, Kinds
from tdispmodel.semantics.grounding import Scope, default_constants, ground, ground_properties
from tdispmodel.source import Complaint, Place, Rejected
from tdispmodel.verdict import Answer, ClosedStates, Contradiction, OutOfRange, Result, Skipped, Verdict

INTERRUPTED = "interrupted"

Changed = tuple[tuple[str, Value], ...]
"""Constants that differ from their defaults, by full names."""


@dataclass(frozen=True)
class Plan:
    """How a model is checked: number of devices, constants by their values, capabilities switched off, engines,
    limits.  With ``kinds`` the check is about any number of devices of these kinds, and the first three count for
    nothing.  ``keep`` is told the judged verdict on each question, and returns what is to be noted.  In the folder
    ``checkpoint`` long searches write down how far they are.
    """

    devices: int = 1
    constants: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    without: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()
    paranoid: bool = False
    seconds: float | None = None
    memory: int | None = None
    kinds: Kinds | None = None
    keep: Keep | None = None
    checkpoint: Path | None = None

    def limits(self) -> Limits:
        """Limits that start to count now."""
        return Limits(self.seconds, self.memory)


@dataclass(frozen=True)
class Answered:
    """What one model's check gave.  With complaints there are no results."""

    proposal: str
    results: tuple[Result, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    interrupted: bool = False
    defaults: tuple[tuple[str, Value], ...] = ()
    """The values that the model's constants have when nobody sets them."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Properties that are asked under the same constants, with the system that these make."""

    system: System
    questions: Mapping[Property, tuple[SystemProperty, ...]]


class Keep(Protocol):
    """Is told judged verdicts, and returns what is to be noted."""

    def __call__(self, model: Model, group: Group, verdicts: Mapping[SystemProperty, Verdict]) -> tuple[str, ...]:
        """Take the verdicts on the questions of a group."""

    def of_any_number(self, family: Family, verdicts: Mapping[Property, Verdict]) -> tuple[str, ...]:
        """Take what holds for any number of devices, by properties of the family's original model."""


def check_model(model: Model, properties: Sequence[Property], plan: Plan, progress: Progress = silent) -> Answered:
    """Return a judged verdict for each property, or why it was skipped.

    Raises `Rejected` when an integer of the model can leave its range, and `OurFault` when the judge refuses a
    verdict or engines contradict each other.
    """
    limits = plan.limits()
    found: dict[str, Result] = {}
    groups, skipped = grouped(model, properties, plan)
    interrupted = False
    notes: list[str] = []
    for position, group in enumerate(groups):
        verdicts: list[Verdict] = []
        if not interrupted:
            folder = None if plan.checkpoint is None else plan.checkpoint / model.name / str(position)
            try:
                verdicts.extend(asked(group, plan, replace(limits, checkpoint=folder), progress))
            except KeyboardInterrupt:
                interrupted = True
        known = accepted(group, verdicts, plan)
        if plan.keep is not None:
            notes += plan.keep(model, group, known)
        found.update((wanted.name, result) for wanted, result in joined(model.name, group, known).items())
    results = tuple(found[wanted.name] for wanted in properties if wanted.name in found)
    defaults = tuple(default_constants(model, plan.devices).items())
    return Answered(model.name, results, skipped, interrupted=interrupted, defaults=defaults, notes=tuple(notes))


def check_group(name: str, group: Group, plan: Plan, progress: Progress = silent) -> tuple[Result, ...]:
    """Return a judged verdict for each property of a group, about the model ``name``.  Raises as `check_model` does."""
    return tuple(joined(name, group, accepted(group, list(asked(group, plan, plan.limits(), progress)), plan)).values())


def accepted(group: Group, verdicts: Sequence[Verdict], plan: Plan) -> dict[SystemProperty, Verdict]:
    """Return the verdict on each question of a group that has one; what could not be judged is open.

    The judge may take as long as the engines might.  Raises `OurFault` when it refuses a verdict.
    """
    judged = accept(group.system, without_spare_steps(group.system, verdicts, plan.limits()), plan.seconds, plan.memory)
    return plain({verdict.property: verdict for verdict in judged})


def joined(name: str, group: Group, known: Mapping[SystemProperty, Verdict]) -> dict[Property, Result]:
    """Return the result of each property of a group; a question without a verdict was interrupted and is open."""
    return {
        wanted: Result(
            name, group.system, all_of([known.get(question) or unanswered(question) for question in questions])
        )
        for wanted, questions in group.questions.items()
    }


def grouped(model: Model, properties: Sequence[Property], plan: Plan) -> tuple[list[Group], tuple[Skipped, ...]]:
    """Return the properties grouped by the constants under which they are asked, each group grounded once."""
    together, skipped = by_constants(model, properties, plan.constants, plan.devices)
    groups = []
    for chosen_constants, members in together.items():
        scope = Scope(plan.devices, dict(chosen_constants), plan.without)
        questions = {wanted: ground_properties(model, wanted, scope) for wanted in members}
        for wanted in [wanted for wanted in members if not questions[wanted]]:
            skipped.append(without_instance(model, wanted))
            del questions[wanted]
        if questions:
            system = ground(model, scope)
            can_start(system, model)
            groups.append(Group(system, questions))
    return groups, tuple(skipped)


def by_constants(
    model: Model, properties: Sequence[Property], constants: Mapping[str, Value], devices: int
) -> tuple[dict[Changed, list[Property]], list[Skipped]]:
    """Return the properties by the constants, out of those that differ from their defaults, under which they are asked,
    and those that cannot be asked.
    """
    skipped: list[Skipped] = []
    together: dict[Changed, list[Property]] = {}
    defaults = default_constants(model, devices)
    for wanted in properties:
        why = clash(model, wanted)
        if why:
            skipped.append(Skipped(model.name, wanted.name, wanted.code, why))
        else:
            given = {**constants, **dict(wanted.given)}
            changed = [(name, value) for name, value in given.items() if defaults.get(name) != value]
            together.setdefault(tuple(sorted(changed)), []).append(wanted)
    return together, skipped


def without_instance(model: Model, wanted: Property) -> Skipped:
    """Return that a property is about a component of which the model has no instance."""
    return Skipped(model.name, wanted.name, wanted.code, f"{model.name} has no {wanted.about}")


def can_start(system: System, model: Model) -> None:
    """Raise `Rejected` when no state satisfies every start condition: whatever one asked would hold, of nothing.

    Too many combinations of start values to try are left to the engines, which say so.
    """
    try:
        start = next(start_states(Semantics(system)), None)
    except TooManyStarts:
        return
    if start is None:
        raise no_start(model)


def no_start(model: Model) -> Rejected:
    """Return the complaint that a model has no start state."""
    message = f"{model.name} has no start state: nothing satisfies all its @initially conditions"
    return mistake(NO_START, message, "look for conditions that contradict each other", Place(model.path or model.name))


def clash(model: Model, wanted: Property) -> str:
    """Return why ``wanted`` cannot be asked under the constants that it gives; empty when it can."""
    known = {constant.name: constant for constant in model.constants}
    for name, value in wanted.given:
        if name not in known:
            return f"it is asked with {name}={value}, and {model.name} has no constant {name}"
        if known[name].fixed and known[name].value != value:
            return f"it is asked with {name}={value}, and {model.name} fixes {name} to {known[name].value}"
    return ""


def asked(group: Group, plan: Plan, limits: Limits, progress: Progress) -> Iterator[Verdict]:
    """Yield one verdict per question of the group, with its vacuity decided.  Raises `Rejected` and `OurFault`."""
    questions = list(dict.fromkeys(question for parts in group.questions.values() for question in parts))
    try:
        for verdict in (Paranoid(named(plan.engines)) if plan.paranoid else chosen(plan.engines)).answer(
            group.system, questions, limits, progress
        ):
            yield with_vacuity(group.system, verdict, limits, progress)
    except Unusable as found:
        raise mistake(CHECKPOINT, found.message, found.hint, Place(shortened(str(found.path), 120))) from None
    except OutOfRange as left:
        raise Rejected([range_complaint(group.system, left)]) from None
    except Contradiction as contradiction:
        message = f"engines contradict each other: {contradiction}"
        raise OurFault(message) from contradiction


def with_vacuity(system: System, verdict: Verdict, limits: Limits, progress: Progress) -> Verdict:
    """Return ``verdict`` with its vacuity asked if the engine did not say; only what holds and has a premise can be."""
    premise = verdict.property.antecedent
    if verdict.answer is not Answer.HOLDS or premise is None or verdict.vacuous is not None:
        return verdict
    return replace(verdict, vacuous=is_vacuous(system, premise, limits, progress))


def unanswered(question: SystemProperty) -> Verdict:
    """Return the verdict on a question that was not reached before an interruption."""
    return Verdict(question, Answer.OPEN, "none", reason=INTERRUPTED)


def accept(
    system: System, verdicts: Sequence[Verdict], seconds: float | None = None, memory: int | None = None
) -> list[Verdict]:
    """Have every verdict judged, and return them; one that could not be judged within the limits is open.

    Raises `OurFault` when one is refused.
    """
    from tdispmodel.judging import Allowance, judge_all  # noqa: PLC0415  # needed only when something was asked

    judgements = judge_all(system, verdicts, Allowance(seconds, memory))
    refused = [judgement for judgement in judgements if not judgement.accepted and not judgement.undecided]
    if refused:
        first = refused[0]
        message = (
            f"the judge refuses a verdict of {first.verdict.engine} on {first.verdict.property.name}: {first.reason}"
        )
        raise OurFault(message)
    return [
        judgement.verdict if judgement.accepted else unjudged(judgement.verdict, judgement.reason)
        for judgement in judgements
    ]


def unjudged(verdict: Verdict, why: str) -> Verdict:
    """Return the open verdict that is left of one that was not judged: nothing that it claims is shown."""
    return Verdict(verdict.property, Answer.OPEN, verdict.engine, reason=why, seconds=verdict.seconds)


def plain(verdicts: Mapping[SystemProperty, Verdict]) -> dict[SystemProperty, Verdict]:
    """Return the verdicts with sets of states as plain data, whatever an engine made them of; shared ones stay shared.

    So they can be sent to another process, and the engine's own data can be given up.
    """
    known: dict[int, ClosedStates] = {}
    result = {}
    for question, verdict in verdicts.items():
        certificate = verdict.certificate
        if isinstance(certificate, ClosedStates):
            if id(certificate) not in known:
                known[id(certificate)] = ClosedStates(tuple(certificate.states))
            certificate = known[id(certificate)]
        result[question] = replace(verdict, certificate=certificate)
    return result


def all_of(parts: Sequence[Verdict]) -> Verdict:
    """Return the verdict on a property from those on its instances: all must hold.

    Violated with the shortest counterexample if one is violated, else open if one is open, else holding; vacuous only
    if every part is.
    """
    violated = [part for part in parts if part.answer is Answer.VIOLATED]
    unknown = [part for part in parts if part.answer is Answer.OPEN]
    if violated:
        best = min(violated, key=lambda part: len(part.trace) if part.trace is not None else -1)
    elif unknown:
        best = min(unknown, key=lambda part: part.bound if part.bound is not None else -1)
    else:
        best = parts[0]
    return replace(
        best,
        vacuous=best.answer is Answer.HOLDS and all(bool(part.vacuous) for part in parts),
        space=best.space or next((part.space for part in parts if part.space is not None), None),
        seconds=sum(part.seconds for part in parts),
    )


def range_complaint(system: System, left: OutOfRange) -> Complaint:
    """Return the complaint about an integer that leaves its range, with the behaviour that leads there."""
    action = system.by_name[left.action]
    sort = system.sorts[left.variable]
    told = [f"{left.action} would assign {left.value} to {left.variable}, which is {sort}"]
    told += [f"    {position:3}  {name}" for position, (name, _) in enumerate(left.trace.steps, start=1)]
    told.append(f"    {len(left.trace) + 1:3}  {left.action}   <== here")
    place = (
        action.template.place if action.template.place != NOWHERE else action.places[0] if action.places else NOWHERE
    )
    hint = f"widen the range of {left.variable.rpartition('.')[2]}, or require that it stays inside"
    return Complaint(LEAVES_RANGE, "\n".join(told), place, hint)
