"""Mutation coverage of one proposal: what becomes of each small change, and which properties notice it.

Given a model, its properties and a plan; gives a `Coverage`.  For each system that properties are asked of, the states
are visited once; a mutant is worked out where it differs.  Every answer about the proposal, every first notice, every
equivalence and every behaviour that tells a survivor apart is checked by the judge before it is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tdispmodel.analysing.mutation.changes import Grounded
from tdispmodel.analysing.mutation.cones import each_once
from tdispmodel.analysing.mutation.operators import Mutant, mutants
from tdispmodel.analysing.mutation.side import Found, Outcome, Side
from tdispmodel.analysing.mutation.wording import formula_text, words
from tdispmodel.checking.asking import Plan, grouped
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.expressions import Value
from tdispmodel.ir.model import Model, Property
from tdispmodel.reports.mutants import Coverage, Notice, Score, Status, Tried
from tdispmodel.reports.options import EACH
from tdispmodel.semantics.grounding import default_constants

EVERY = 50
"""Progress is told every so many mutants."""


@dataclass
class _Tally:
    """What is known of one mutant so far."""

    notices: list[Notice] = field(default_factory=list)
    differs: set[int] = field(default_factory=set)
    shown: tuple[int, Found] | None = None
    invalid: str = ""
    undecided: str = ""

    def status(self) -> Status:
        """Return what became of the mutant, whatever the order in which that was found."""
        if self.notices:
            return Status.NOTICED
        if self.invalid:
            return Status.INVALID
        if self.undecided:
            return Status.OPEN
        return Status.SURVIVOR if self.differs else Status.EQUIVALENT


def coverage(
    model: Model, properties: Sequence[Property], plan: Plan, *, complete: bool = False, progress: Progress = silent
) -> Coverage:
    """Return what becomes of each mutant of a model, within the plan's limits.

    A mutant that one property notices is not put to the others, unless the coverage is to be ``complete``.  Raises
    `Rejected` when the model itself makes no sense, and `OurFault` when the judge refuses something.
    """
    limits = plan.limits()
    groups, skipped = grouped(model, properties, plan)
    known = mutants(model)
    tallies: dict[int, _Tally] = {}
    sides: list[Side] = []
    groups.sort(key=lambda group: len(group.questions), reverse=True)
    systems = [Grounded(model, group.system, each_once(group.questions.values())) for group in groups]
    for number, mutant in enumerate(known):
        if any(grounded.contains(mutant) for grounded in systems):
            tallies[number] = _Tally()
    for group, grounded in zip(groups, systems, strict=True):
        side = Side(grounded, group, _stop_of(limits, sides))
        sides.append(side)
        wanted = {}
        for number, tally in tallies.items():
            change = grounded.change(known[number])
            if change and (complete or not tally.notices):
                wanted[number] = (known[number], change)
        told = _told(side.try_all(wanted, complete=complete), len(wanted), f"system {len(sides)}", progress)
        for number, found in told:
            _note(tallies[number], len(sides) - 1, found)
    for number, tally in tallies.items():
        if tally.status() is Status.EQUIVALENT:
            _prove(known[number], sides, tally)
    tried = tuple(_tried(model, number, known[number], tally, sides) for number, tally in sorted(tallies.items()))
    return Coverage(
        proposal=model.name,
        devices=plan.devices,
        constants=tuple(_set(model, plan)),
        without=plan.without,
        tried=tried,
        scores=tuple(_scores(properties, sides, tallies, complete=complete)),
        unread=_unread(sides),
        skipped=skipped,
        complete=complete,
        reason=next((side.stopped for side in sides if side.stopped), ""),
    )


def _set(model: Model, plan: Plan) -> Iterator[tuple[str, Value]]:
    """Yield the constants that were set, and those of the other instances of the same part, in the model's order."""
    families = {EACH.sub("", name) for name in plan.constants}
    for name, value in default_constants(model, plan.devices).items():
        if EACH.sub("", name) in families:
            yield name, plan.constants.get(name, value)


def _stop_of(limits: Limits, sides: Sequence[Side]) -> Callable[[], str]:
    """Return what says why no more may be spent."""

    def stop() -> str:
        if limits.out_of_time():
            return f"out of time after {limits.seconds:g} s"
        if limits.memory is not None and sum(side.memory for side in sides) > limits.memory:
            return f"out of memory at {limits.memory >> 20} MB"
        return ""

    return stop


def _told(
    outcomes: Iterator[tuple[int, Found]], count: int, where: str, progress: Progress
) -> Iterator[tuple[int, Found]]:
    for place, outcome in enumerate(outcomes, start=1):
        if place % EVERY == 0:
            progress(f"{where}, {place} of {count} mutants")
        yield outcome


def _note(tally: _Tally, side: int, found: Found) -> None:
    """Add what was found in one system."""
    match found.outcome:
        case Outcome.SAME:
            return
        case Outcome.INVALID:
            tally.invalid = tally.invalid or found.reason
            return
        case Outcome.OPEN:
            tally.undecided = tally.undecided or found.reason
            return
        case Outcome.DIFFERS:
            tally.differs.add(side)
            tally.notices += found.notices
            tally.shown = tally.shown or (side, found)


def _prove(mutant: Mutant, sides: Sequence[Side], tally: _Tally) -> None:
    """Have an equivalence checked in every system, also in those in which nothing seemed to change."""
    for side in sides:
        if side.stopped:
            tally.undecided = side.stopped
        else:
            side.whole.recheck.equivalent(mutant)


def _tried(model: Model, number: int, mutant: Mutant, tally: _Tally, sides: Sequence[Side]) -> Tried:
    status = tally.status()
    difference = None
    if status is Status.SURVIVOR and tally.shown is not None:
        side, found = tally.shown
        difference = sides[side].difference(mutant, found)
    reasons = {Status.INVALID: tally.invalid, Status.OPEN: tally.undecided}
    return Tried(
        number=number,
        operator=mutant.operator.value,
        subject=mutant.subject,
        words=words(model, mutant),
        formula=formula_text(model, mutant),
        place=mutant.place,
        status=status,
        noticed=tuple(tally.notices),
        reason=reasons.get(status, ""),
        difference=difference,
    )


def _scores(
    properties: Sequence[Property], sides: Sequence[Side], tallies: dict[int, _Tally], *, complete: bool
) -> Iterator[Score]:
    """Yield what each property that was asked notices."""
    for wanted in properties:
        for place, side in enumerate(sides):
            if wanted not in side.group.questions:
                continue
            differing = [tally for tally in tallies.values() if place in tally.differs]
            noticed = sum(any(notice.property == wanted.name for notice in tally.notices) for tally in differing)
            yield Score(
                property=wanted.name,
                code=wanted.code,
                kind=wanted.kind.value,
                holds=side.holds.get(wanted),
                noticed=noticed if complete else None,
                of=len(differing),
            )


def _unread(sides: Sequence[Side]) -> tuple[str, ...]:
    """Return the variables that are read in no system."""
    if not sides:
        return ()
    shared = set.intersection(*(set(side.grounded.unread) for side in sides))
    return tuple(name for name in sides[0].grounded.unread if name in shared)
