"""Which clauses are true of any number of devices, and what follows from them.

Given a family and candidates; the clauses kept are the most of them that together are true in every start state and
kept by every step (C. Flanagan and K. R. M. Leino, "Houdini, an annotation assistant for ESC/Java", FME 2001).  Each
question is asked of instances up to the size from which on nothing new can go wrong (`bounds`), so the answers are
about all instances.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from tdispmodel.engines.bits.solver import Budget, GaveUp
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.model import Action, Kind, Property
from tdispmodel.ir.system import SystemAction, SystemProperty
from tdispmodel.parametric.bounds import Bounds, affordable
from tdispmodel.parametric.clauses import Element, element_of, width
from tdispmodel.parametric.instances import Concerns, Instance, Reasons
from tdispmodel.parametric.witnesses import NotCovered
from tdispmodel.semantics.families import Family
from tdispmodel.verdict import QuantifiedClause

Clauses = tuple[QuantifiedClause, ...]

LARGEST = 8
"""Larger instances are not looked at; a proof that would need one is not made."""


class Induction:
    """The clauses that are known to be true, and what they imply.

    Raises `NotCovered` for a model that the argument leaves out, `GaveUp` when the budget is used up, and `TooLarge`
    for instances that cannot be lowered.
    """

    def __init__(self, family: Family, limits: Limits) -> None:
        self.family = family
        self.bounds = Bounds(family.model)
        self.collections = tuple(part.name for part in family.model.component(family.model.root).parts if part.many)
        self.budget = Budget(limits)
        self.kept: Clauses = ()
        self.obstacle: Instance | None = None
        self._candidates: dict[QuantifiedClause, None] = {}
        self._instances: dict[int, Instance] = {}
        self._reasons: dict[QuantifiedClause, Reasons] = {}

    def instance(self, devices: int) -> Instance:
        """Return the instance with so many devices."""
        if devices > LARGEST:
            message = f"an instance of {devices} devices would have to be looked at"
            raise NotCovered(message)
        if devices not in self._instances:
            affordable(self.family, devices)
            self._instances[devices] = Instance(self.family.system(devices), devices, self.budget)
        return self._instances[devices]

    def learn(self, candidates: Iterable[QuantifiedClause]) -> None:
        """Take candidates, and keep what is true with all that were taken before.

        Those that speak of so many devices that too large instances would have to be looked at are left out.
        """
        fresh = [clause for clause in candidates if clause not in self._candidates and self._largest(clause) <= LARGEST]
        if not fresh:
            return
        self._candidates.update(dict.fromkeys(fresh))
        live = dict.fromkeys(clause for clause in self._candidates if self.starts(clause))
        reasons: dict[QuantifiedClause, Reasons] = {}
        waiting = list(live)
        while waiting:
            clause = waiting.pop()
            found = self.steps(clause, tuple(live)) if clause in live else frozenset[QuantifiedClause]()
            if found is not None:
                reasons[clause] = found
                continue
            del live[clause]
            again = [one for one in live if clause in reasons.get(one, ())]
            waiting += [one for one in again if one not in waiting]
        self.kept, self._reasons = tuple(live), {clause: reasons[clause] for clause in live}

    def _largest(self, clause: QuantifiedClause) -> int:
        named = width(clause)
        return max([self.bounds.start(named), *(self.bounds.step(action, named) for action in self.bounds.actions)])

    def proof(self, wanted: Property) -> Clauses | None:
        """Return clauses that imply a property of the family, with all that they rest on; None if they do not.

        Raises `NotCovered` for a property that the argument leaves out.
        """
        return self._closed(self.implied(wanted, self.kept))

    def in_range(self) -> Clauses | None:
        """Return clauses with which no number leaves its range; None if they do not show it."""
        return self._closed(self.range(self.kept))

    def _closed(self, clauses: Reasons | None) -> Clauses | None:
        """The clauses, if there is an answer, and those with which they are kept, and so on."""
        if clauses is None:
            return None
        found = set(clauses)
        waiting = list(found)
        while waiting:
            fresh = self._reasons[waiting.pop()] - found
            found |= fresh
            waiting += fresh
        return tuple(clause for clause in self.kept if clause in found)

    # --- one question of every instance -------------------------------------------------------------------------------

    def starts(self, clause: QuantifiedClause) -> bool:
        """Whether every start state satisfies a clause."""
        return all(self.instance(size).start_keeps(clause) for size in range(1, self.bounds.start(width(clause)) + 1))

    def steps(self, clause: QuantifiedClause, given: Clauses) -> Reasons | None:
        """Return the clauses out of the given ones with which every step keeps one of them; None if one does not."""
        return self._everywhere(
            lambda action: self.bounds.step(action, width(clause)),
            lambda here, concerns: here.steps_keep(clause, given, concerns),
        )

    def implied(self, wanted: Property, given: Clauses) -> Reasons | None:
        """Return the clauses out of the given ones that imply a property; None if they do not.

        Raises `NotCovered` for a property that the argument leaves out.
        """
        question = self.bounds.question(wanted)
        state = question.state() if wanted.kind is Kind.INVARIANT else 0

        def bound(action: Action) -> int:
            return state or question.step(action)

        def ask(here: Instance, concerns: Concerns) -> Reasons | None:
            found: set[QuantifiedClause] = set()
            for asked in representatives(self.family, wanted, here.devices):
                reasons = here.implies(asked, given, concerns)
                if reasons is None:
                    return None
                found |= reasons
            return frozenset(found)

        return self._everywhere(bound, ask, state)

    def range(self, given: Clauses) -> Reasons | None:
        """Return the clauses out of the given ones with which no number leaves its range; None if one may."""
        return self._everywhere(self.bounds.range, lambda here, concerns: here.stays_in_range(given, concerns))

    def _everywhere(
        self,
        bound: Callable[[Action], int],
        ask: Callable[[Instance, Concerns], Reasons | None],
        least: int = 1,
    ) -> Reasons | None:
        """Ask about instances of every size up to ``least``, and about the steps of each action up to its bound.

        After the answer None ``obstacle`` is the instance that stands against it.
        """
        found: set[QuantifiedClause] = set()
        for size in range(1, max([1, least, *map(bound, self.bounds.actions)]) + 1):
            reasons = ask(self.instance(size), partial(_concerns, bound, size))
            if reasons is None:
                self.obstacle = self.instance(size)
                return None
            found |= reasons
        return frozenset(found)


def _concerns(bound: Callable[[Action], int], size: int, action: SystemAction) -> bool:
    """Whether the steps of an action must be looked at in instances of a size."""
    return bound(action.template) >= size


def representatives(family: Family, wanted: Property, devices: int) -> Iterator[SystemProperty]:
    """Yield the questions of a property about instances of which none is like another one that is asked about."""
    for question, names in zip(family.questions(wanted, devices), family.about(wanted, devices), strict=True):
        if first_of_their_kind([element for name in names if (element := element_of(name)) is not None]):
            yield question


def first_of_their_kind(elements: Iterable[Element]) -> bool:
    """Whether elements are named in the order 0, 1, ...: any others can be exchanged for such."""
    seen: dict[str, int] = {}
    for collection, number in elements:
        known = seen.get(collection, 0)
        if number > known:
            return False
        seen[collection] = max(known, number + 1)
    return True


__all__ = ["GaveUp", "Induction", "representatives"]
