"""Mutation coverage of one proposal: what becomes of each small change, and which properties notice it.

Given a model, its properties and a plan; gives a `Coverage`.  For each system that properties are asked of, the states
are visited once; a mutant is worked out where it differs.  Every answer about the proposal, every first notice, every
equivalence and every behaviour that tells a survivor apart is checked by the judge before it is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from tdispmodel.analysing.mutation.changes import Change, Grounded
from tdispmodel.analysing.mutation.cones import each_once
from tdispmodel.analysing.mutation.operators import Mutant, mutants
from tdispmodel.analysing.mutation.side import Found, Outcome, Side
from tdispmodel.analysing.mutation.twins import Asking, Decided, Fate, Twins
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


def coverage(  # noqa: PLR0913  # each of them is a choice of its own
    model: Model,
    properties: Sequence[Property],
    plan: Plan,
    *,
    complete: bool = False,
    progress: Progress = silent,
    twins: Twins | None = None,
) -> Coverage:
    """Return what becomes of each mutant of a model, within the plan's limits.

    A mutant that one property notices is not put to the others, unless the coverage is to be ``complete``.  What was
    asked of one of its ``twins`` is not asked again.  Raises `Rejected` when the model itself makes no sense, and
    `OurFault` when the judge refuses something.
    """
    limits = plan.limits()
    groups, skipped = grouped(model, properties, plan)
    groups.sort(key=lambda group: len(group.questions), reverse=True)
    systems = [Grounded(model, group.system, each_once(group.questions.values())) for group in groups]
    wanted: dict[int, Mutant] = {}
    changes: dict[int, list[Change]] = {}
    for number, mutant in enumerate(mutants(model)):
        found = [grounded.change(mutant) for grounded in systems]
        if any(grounded.contains(mutant, change) for grounded, change in zip(systems, found, strict=True)):
            wanted[number], changes[number] = mutant, found
    asking = Asking(systems, groups, wanted, changes, complete)
    decided = None if twins is None else twins.decided(asking)
    if decided is None:
        sides: list[Side] = []
        decided = _decided(asking, sides, limits, progress)
        if twins is not None:
            twins.keep(asking, decided, sides)
    return Coverage(
        proposal=model.name,
        devices=plan.devices,
        constants=tuple(_set(model, plan)),
        without=plan.without,
        tried=tuple(_tried(model, number, mutant, decided.fates[number]) for number, mutant in wanted.items()),
        scores=tuple(_scores(properties, asking, decided)),
        unread=_unread(systems),
        skipped=skipped,
        complete=complete,
        reason=decided.reason,
    )


def _decided(asking: Asking, sides: list[Side], limits: Limits, progress: Progress) -> Decided:
    """Return what becomes of the mutants, system by system; each is added to the ``sides``."""
    known, complete = asking.mutants, asking.complete
    tallies = {number: _Tally() for number in known}
    for place, (group, grounded) in enumerate(zip(asking.groups, asking.systems, strict=True)):
        side = Side(grounded, group, _stop_of(limits, sides))
        sides.append(side)
        wanted = {}
        for number, tally in tallies.items():
            change = asking.changes[number][place]
            if change and (complete or not tally.notices):
                wanted[number] = (known[number], change)
        told = _told(side.try_all(wanted, complete=complete), len(wanted), f"system {len(sides)}", progress)
        for number, found in told:
            _note(tallies[number], place, found)
    for number, tally in tallies.items():
        if tally.status() is Status.EQUIVALENT:
            _prove(known[number], sides, tally)
    return Decided(
        {number: _fate(known[number], tally, sides) for number, tally in tallies.items()},
        tuple(tuple(side.holds.get(wanted) for wanted in side.group.questions) for side in sides),
        next((side.stopped for side in sides if side.stopped), ""),
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


def _fate(mutant: Mutant, tally: _Tally, sides: Sequence[Side]) -> Fate:
    status = tally.status()
    reason = {Status.INVALID: tally.invalid, Status.OPEN: tally.undecided}.get(status, "")
    fate = Fate(status, tuple(tally.notices), reason, frozenset(tally.differs))
    if status is not Status.SURVIVOR or tally.shown is None:
        return fate
    side, found = tally.shown
    return replace(fate, shown=side, difference=sides[side].difference(mutant, found))


def _tried(model: Model, number: int, mutant: Mutant, fate: Fate) -> Tried:
    return Tried(
        number=number,
        operator=mutant.operator.value,
        subject=mutant.subject,
        words=words(model, mutant),
        formula=formula_text(model, mutant),
        place=mutant.place,
        status=fate.status,
        noticed=fate.noticed,
        reason=fate.reason,
        difference=fate.difference,
    )


def _scores(properties: Sequence[Property], asking: Asking, decided: Decided) -> Iterator[Score]:
    """Yield what each property that was asked notices."""
    for wanted in properties:
        for place, (group, holds) in enumerate(zip(asking.groups, decided.holds, strict=True)):
            if wanted not in group.questions:
                continue
            differing = [fate for fate in decided.fates.values() if place in fate.differs]
            noticed = sum(any(notice.property == wanted.name for notice in fate.noticed) for fate in differing)
            yield Score(
                property=wanted.name,
                code=wanted.code,
                kind=wanted.kind.value,
                holds=dict(zip(group.questions, holds, strict=True))[wanted],
                noticed=noticed if asking.complete else None,
                of=len(differing),
            )


def _unread(systems: Sequence[Grounded]) -> tuple[str, ...]:
    """Return the variables that are read in no system."""
    if not systems:
        return ()
    shared = set.intersection(*(set(grounded.unread) for grounded in systems))
    return tuple(name for name in systems[0].unread if name in shared)
