"""Proposals that ask the same: what was found out about the mutants of one is so of the mutants of the other.

Two proposals may differ in words only, or in what constants fold away.  Then their systems, what is asked of them and
what each mutant changes there are equal, and so is whatever follows.  Given what is asked of a proposal, `Twins` gives
what was decided where the same was asked before.  The judge grounds mutants for himself, so that what he was given has
to be equal, too: what he judged of one is then judged of the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from tdispmodel.analysing.mutation.changes import Change, Grounded, in_core
from tdispmodel.analysing.mutation.operators import Mutant
from tdispmodel.analysing.mutation.rechecking import Regrounding
from tdispmodel.checking.asking import Group
from tdispmodel.ir.system import SystemAction
from tdispmodel.reports.mutants import Difference, Notice, Status


@dataclass(frozen=True)
class Fate:
    """What became of one mutant.

    ``differs`` are the systems, by number, in which it does; ``difference`` is of the one with the number ``shown``.
    """

    status: Status
    noticed: tuple[Notice, ...] = ()
    reason: str = ""
    differs: frozenset[int] = frozenset()
    shown: int = 0
    difference: Difference | None = None


@dataclass(frozen=True)
class Decided:
    """What became of the mutants of a proposal, by their numbers; which properties hold, those of each system in their
    order; and why not everything was found out.
    """

    fates: Mapping[int, Fate]
    holds: tuple[tuple[bool | None, ...], ...]
    reason: str = ""


@dataclass(eq=False)
class Asking:
    """What is asked about a proposal: its systems, with their questions, and mutants by number, each with what it
    changes in each system; and whether who notices is to be ``complete``.
    """

    systems: Sequence[Grounded]
    groups: Sequence[Group]
    mutants: Mapping[int, Mutant]
    changes: Mapping[int, Sequence[Change]]
    complete: bool

    def same(self, other: Asking) -> bool:
        """Whether the other asks the same, be it in other words."""
        return (
            self.complete is other.complete
            and self._asked == other._asked
            and self._changed == other._changed
            and self._judged == other._judged
        )

    def of_mine(self, number: int, fate: Fate) -> Fate:
        """Return what became of an equal mutant of a proposal that asks the same, shown on the own system."""
        if fate.difference is None:
            return fate
        grounded, change = self.systems[fate.shown], self.changes[number][fate.shown]
        core = grounded.core
        added = [
            in_core(action, grounded.read)
            for name, action in change.actions.items()
            if action is not None and name not in core.by_name and name in fate.difference.system.by_name
        ]
        shown = replace(core, actions=(*core.actions, *added)) if added else core
        return replace(fate, difference=replace(fate.difference, system=shown))

    @cached_property
    def _asked(self) -> object:
        return [_asked(grounded, group) for grounded, group in zip(self.systems, self.groups, strict=True)]

    @cached_property
    def _changed(self) -> object:
        return {
            number: [
                ({name: _bare(action) for name, action in change.actions.items()}, change.initial) for change in changes
            ]
            for number, changes in self.changes.items()
        }

    @cached_property
    def _judged(self) -> object:
        """What the judge is given of each mutant in each system."""
        given = [Regrounding(grounded.model, grounded.system) for grounded in self.systems]
        return [
            [
                ({name: _bare(action) for name, action in instead.actions.items()}, instead.variables)
                for instead in (each.instead(mutant) for each in given)
            ]
            for mutant in self.mutants.values()
        ]


def _asked(grounded: Grounded, group: Group) -> object:
    """Return what decides about the answers in one system, and not what the model calls it."""
    system = grounded.system
    return (
        (system.variables, list(map(_bare, system.actions)), system.initially, system.devices, system.without),
        (grounded.read, grounded.instances, grounded.risky),
        [
            (wanted.name, wanted.code, wanted.kind, [(one.name, one.kind, one.formula, one.after) for one in questions])
            for wanted, questions in group.questions.items()
        ],
    )


def _bare(action: SystemAction | None) -> object:
    """Return what an action is, and not where it stands."""
    if action is None:
        return None
    nature = (action.actor, action.fairness, action.disturbs, action.adversarial)
    return (action.name, nature, action.guards, action.assignments)


@dataclass
class Twins:
    """What was asked so far, and decided; and all that was ``used`` for it, unless that is None."""

    used: list[object] | None = None
    _known: list[tuple[Asking, Decided]] = field(default_factory=list)

    def decided(self, asking: Asking) -> Decided | None:
        """Return what was decided where the same was asked before; None where it was not, or not everything was."""
        for other, decided in self._known:
            if asking.same(other):
                return Decided(
                    {number: asking.of_mine(number, fate) for number, fate in decided.fates.items()}, decided.holds
                )
        return None

    def keep(self, asking: Asking, decided: Decided, used: object) -> None:
        """Keep what was decided, if it was everything."""
        if self.used is not None:
            self.used.append((asking, used))
        if not decided.reason and all(fate.status is not Status.OPEN for fate in decided.fates.values()):
            self._known.append((asking, decided))
