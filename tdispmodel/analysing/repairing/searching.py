"""The search for repairs: small changes that restore a property and lose no other, each checked in full.

Given a model, its properties and the one to restore; gives `Repairs`.  What restores the property is asked all other
properties: none that held may be lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from tdispmodel.analysing.repairing.edits import Edit
from tdispmodel.analysing.repairing.impossible import WITHOUT_US, impossible, unobservable
from tdispmodel.analysing.repairing.problem import Problem
from tdispmodel.analysing.repairing.restoring import Group, Restoring
from tdispmodel.checking.asking import Plan
from tdispmodel.engines.protocol import Progress, silent
from tdispmodel.ir.model import Kind, Model, Property
from tdispmodel.reports.repairs import Repair, Repairs
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer

MOST_ALIKE = 4
"""So many of the changes that do the same with these constants are compared with other constants."""


def repair(
    model: Model, wanted: Property, properties: Sequence[Property], plan: Plan, progress: Progress = silent
) -> Repairs:
    """Return the changes that restore ``wanted`` and keep the other ``properties``, as far as there was time.

    Raises `Rejected` and `OurFault` as `check_model` does for the model itself.
    """
    problem = Problem(model, wanted, properties, plan, progress)
    start = Repairs(model.name, problem.result)
    if problem.result.verdict.answer is not Answer.VIOLATED:
        return replace(start, reason=problem.result.verdict.reason)
    proved = impossible(problem)
    if WITHOUT_US in proved:
        return replace(start, impossible=proved)
    found, restoring = _Found(problem), Restoring(problem)
    found.take([*restoring.guards(), *restoring.effects()])
    mended = {one.place for one in found.repairs if one.forbids}
    found.take([*restoring.weaker(found.breaking), *restoring.pairs(mended)])
    if not any(one.forbids for one in found.repairs) and not problem.out_of_time():
        proved += unobservable(problem)
    return replace(
        start,
        repairs=tuple(sorted(found.repairs, key=lambda one: (one.vacuous, not one.forbids, one.changes or 0))),
        tried=problem.tried,
        restoring=found.restoring,
        breaking=tuple(
            (f"{edit.subject} {edit.words}", tuple(one.code or one.name for one in lost))
            for edit, lost in found.breaking
        ),
        impossible=proved,
        reason=problem.reason,
    )


@dataclass
class _Found:
    """What was found this far: repairs, and what restores the property and breaks others."""

    problem: Problem
    repairs: list[Repair] = field(default_factory=list)
    breaking: list[tuple[Edit, tuple[Property, ...]]] = field(default_factory=list)
    restoring: int = 0

    def take(self, groups: Iterable[Group]) -> None:
        """Ask all properties of changes that restore the one, those first that change least."""
        ranked = sorted(groups, key=lambda one: one.rank)
        self.restoring += sum(len(one.edits) for one in ranked)
        for group in ranked:
            if self.problem.out_of_time():
                return
            told = f"{self.problem.tried} changes tried, {len(self.repairs)} repairs of {self.problem.wanted.name}"
            self.problem.progress(told)
            self._taken(group)

    def _taken(self, group: Group) -> None:
        for edit in group.edits[:MOST_ALIKE]:
            compared = self._compared(edit)
            if compared is None:
                return
            lost, fixed, vacuous = compared
            if not lost:
                self.repairs.append(_told(edit, group, fixed, vacuous=vacuous))
                return
            if edit is group.edits[0]:
                self.breaking.append((edit, lost))
            if not all(one.given for one in lost):
                return  # what is alike loses it, too: it is asked with the same constants

    def _compared(self, edit: Edit) -> tuple[tuple[Property, ...], tuple[Property, ...], bool] | None:
        """Return which properties an edit loses, which others it restores, and whether the one that is wanted then
        holds of nothing; None when that could not be decided.  Of what must be possible alone, if that is lost.
        """
        problem = self.problem
        model = problem.changed(edit)
        held = {name for name, one in problem.before.items() if one.verdict.answer is Answer.HOLDS}
        possible = [one for one in problem.properties if one.kind is Kind.MUST_BE_POSSIBLE and one.name in held]
        try:  # most that is too strong is so for what must be possible, which is asked quickly
            answers = {name: one.verdict.answer for name, one in problem.asked(model, possible).items()}
            gone = tuple(one for one in possible if answers.get(one.name) is Answer.VIOLATED)
            if gone:
                return gone, (), False
            after = problem.asked(model, problem.properties)
        except Rejected:
            return None
        answers = {name: one.verdict.answer for name, one in after.items()}
        asked = [one for one in problem.properties if one.name in problem.before]
        lost = tuple(
            one for one in asked if one.name in held and answers.get(one.name, Answer.VIOLATED) is Answer.VIOLATED
        )
        if not lost and any(answers.get(name) is Answer.OPEN for name in held):
            problem.reason = problem.reason or "some properties are open with a change"
            return None
        fixed = tuple(
            one
            for one in asked
            if problem.before[one.name].verdict.answer is Answer.VIOLATED
            and answers.get(one.name) is Answer.HOLDS
            and one.name != problem.wanted.name
        )
        return lost, fixed, bool(after[problem.wanted.name].verdict.vacuous)


def _told(edit: Edit, group: Group, fixed: Sequence[Property], *, vacuous: bool) -> Repair:
    return Repair(
        subject=edit.subject,
        words=edit.words,
        place=edit.action.place,
        forbids=edit.requires is not None,
        changes=group.count,
        fixes=tuple(one.code or one.name for one in fixed),
        vacuous=vacuous,
        alike=tuple(f"{one.subject} {one.words}" for one in group.edits if one is not edit),
    )
