"""What a verdict rests on: the same question with one constant set to another value, or one capability switched off.

Given a proposal, one property and a plan; gives the verdict as it was asked for and one for every single change.  Two
changes that make the same system are asked about once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tdispmodel.checking.asking import Group, Plan, check_group, grouped
from tdispmodel.checking.settings import capabilities
from tdispmodel.checking.workers import each
from tdispmodel.engines.protocol import Progress, silent
from tdispmodel.ir.expressions import Actor, Bounded, Value
from tdispmodel.ir.model import Constant, Model, Property
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.reports.sweep import Row, Sweep
from tdispmodel.semantics.grounding import constants
from tdispmodel.source import Rejected
from tdispmodel.verdict import ClosedStates, NumberedOrbits, NumberedStates, Result, Skipped, Verdict

MOST_VALUES = 16
"""Of an integer constant with more other values than that, only some are tried."""

Task = tuple[str, tuple["Change", ...]]
"""A model's name, and changes that one process answers one after the other."""

Asked = tuple[System, tuple[SystemProperty, ...]]


@dataclass(frozen=True)
class Change:
    """A plan that differs from the one asked for in one assumption, that assumption in words, and what is asked."""

    words: str
    plan: Plan
    group: Group

    @property
    def asked(self) -> Asked:
        """System and questions, whatever the assumptions that made them: equal ones have equal verdicts."""
        system = replace(self.group.system, constants=(), without=())
        return system, tuple(question for parts in self.group.questions.values() for question in parts)


def sweep(model: Model, wanted: Property, plan: Plan, jobs: int, progress: Progress = silent) -> Sweep | Skipped:
    """Return the verdict on ``wanted`` under every single change of ``plan``, or why it cannot be asked.

    The plan's time is for each verdict.  Raises `Rejected` when an integer can leave its range, naming the first change
    that lets it, and `OurFault`.
    """
    groups, skipped = grouped(model, [wanted], plan)
    if not groups:
        return skipped[0]
    changes = [Change("", plan, groups[0])]
    for words, changed in changed_plans(model, wanted, plan):
        changes.append(Change(words, changed, grouped(model, [wanted], changed)[0][0]))
    distinct: dict[Asked, Change] = {}
    for change in changes:
        distinct.setdefault(change.asked, change)
    verdicts = dict(zip(distinct, answers(model.name, list(distinct.values()), jobs, progress), strict=True))
    results = [Result(model.name, change.group.system, verdicts[change.asked]) for change in changes]
    return Sweep(
        asked=results[0],
        rows=tuple(Row(change.words, result) for change, result in zip(changes[1:], results[1:], strict=True)),
        fixed=tuple(name for name, constant in constants(model, plan.devices).items() if constant.fixed),
        given=tuple(name for name, _ in wanted.given),
        partly=tuple(
            name for name, constant in free(model, wanted, plan.devices).items() if len(others(constant)) > MOST_VALUES
        ),
        systems=len(distinct),
    )


def free(model: Model, wanted: Property, devices: int) -> dict[str, Constant]:
    """Return the constants that neither the proposal fixes nor the property gives, by their full names."""
    given = {name for name, _ in wanted.given}
    known = constants(model, devices)
    return {name: constant for name, constant in known.items() if not constant.fixed and name not in given}


def changed_plans(model: Model, wanted: Property, plan: Plan) -> Iterator[tuple[str, Plan]]:
    """Yield each single change in words with its plan: other values of constants, then capabilities of the host."""
    for name, constant in free(model, wanted, plan.devices).items():
        now = plan.constants.get(name, constant.value)
        for value in tried(constant, now):
            yield f"{name}={value}", replace(plan, constants={**plan.constants, name: value})
    for name in capabilities([model], actor=Actor.HOST):
        if name not in plan.without:
            yield f"without {name}", replace(plan, without=tuple(sorted((*plan.without, name))))


def others(constant: Constant) -> Sequence[Value]:
    """Return the values of a constant, without building them where they may be many."""
    sort = constant.sort
    return range(sort.low, sort.high + 1) if isinstance(sort, Bounded) else sort.values


def tried(constant: Constant, now: Value) -> list[Value]:
    """Return the other values that are tried: all, or of very many integers the ends and the neighbours."""
    known = others(constant)
    if len(known) <= MOST_VALUES or not isinstance(now, int):
        return [value for value in known if value != now]
    return [value for value in sorted({known[0], now - 1, now + 1, known[-1]} - {now}, key=int) if value in known]


def answers(name: str, changes: Sequence[Change], jobs: int, progress: Progress) -> list[Verdict]:
    """Return the verdict on each change: in this process when one suffices, else dealt out to several.

    Raises `Rejected` for the first change whose model makes no sense.
    """
    count = max(1, min(jobs, len(changes)))
    tasks = [(name, tuple(changes[first::count])) for first in range(count)]
    found: dict[int, Verdict | Rejected] = {}
    for first, outcomes in each(answer, tasks, count, progress) if count > 1 else [(0, answer(tasks[0], progress))]:
        found |= dict(zip(range(first, len(changes), count), outcomes, strict=True))
    verdicts = []
    for _, outcome in sorted(found.items()):
        if isinstance(outcome, Rejected):
            raise outcome
        verdicts.append(outcome)
    return verdicts


def answer(task: Task, progress: Progress) -> list[Verdict | Rejected]:
    """Return verdicts, judged, without proofs, which are large; or what is wrong under a change.  Raises `OurFault`."""
    name, changes = task
    found: list[Verdict | Rejected] = []
    for change in changes:
        progress(f"{name}: {change.words or 'as asked'}")
        try:
            (result,) = check_group(name, change.group, change.plan, progress)
        except Rejected as rejected:
            under = f"with {change.words}: " if change.words else ""
            found.append(Rejected(replace(one, message=f"{under}{one.message}") for one in rejected.complaints))
        else:
            large = isinstance(result.verdict.certificate, ClosedStates | NumberedStates | NumberedOrbits)
            found.append(replace(result.verdict, certificate=None) if large else result.verdict)
    return found
