"""Clauses that say why the views of a family exclude a violation: the views themselves would be a far longer invariant.

Given views and the induction on instances; a state that stands in the way of a proof has a view that is not known, and
that view, widened as far as no known view comes in, is what the next clause excludes.  So it goes on until the clauses
imply the property and steps keep them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from tdispmodel.compiling.conditions import TooLarge
from tdispmodel.engines.diagrams.clauses import Clauses, TooManyClauses
from tdispmodel.engines.diagrams.engine import BYTES_PER_NODE, LEAST_CAPACITY
from tdispmodel.engines.diagrams.exploring import Watch
from tdispmodel.engines.protocol import LimitReached, Limits, Progress
from tdispmodel.ir.expressions import Expression, negation
from tdispmodel.ir.model import Property
from tdispmodel.parametric.clauses import first_image, padded, quantified, width
from tdispmodel.parametric.induction import Induction
from tdispmodel.parametric.instances import Instance, Reasons
from tdispmodel.parametric.views import Views, choices, placed
from tdispmodel.parametric.witnesses import NotCovered
from tdispmodel.verdict import QuantifiedClause

MOST_CLAUSES = 400
"""More than these make no certificate that anybody would want to check."""


CAPACITY = 1 << 22
"""How many nodes the diagrams of one instance may have; memory is taken only as nodes are made."""


class NotSeparated(Exception):
    """The views do not exclude that a property is violated."""


def views_exclude(
    induction: Induction, wanted: Sequence[Property], width: int, limits: Limits, progress: Progress
) -> list[QuantifiedClause]:
    """Return clauses that imply those of the properties whose violations the views of so many devices exclude.

    Raises `NotCovered`, and `TooLarge` when time or memory is used up.
    """
    watch = Watch(limits, progress)
    watch.doing = "views"
    capacity = (
        CAPACITY if limits.memory is None else min(CAPACITY, max(LEAST_CAPACITY, limits.memory // BYTES_PER_NODE))
    )
    try:
        views = Views(induction.family, induction.collections, induction.bounds, width, capacity, watch)
        separation = Separation(views, induction)
        for each in wanted:
            with suppress(NotSeparated, NotCovered):
                separation.separate(each)
    except (LimitReached, MemoryError, RecursionError, TooManyClauses) as reason:
        raise TooLarge(str(reason) or "the views need too much memory") from None
    return separation.found


class Separation:
    """Clauses that the views of a family satisfy."""

    def __init__(self, views: Views, induction: Induction) -> None:
        self.views = views
        self.induction = induction
        self.found: list[QuantifiedClause] = []
        self._settled = 0
        self._clauses = {
            number: Clauses(views.size(number).encoding, (), known, views.watch)
            for number, known in views.known.items()
        }

    def separate(self, wanted: Property) -> tuple[QuantifiedClause, ...]:
        """Return clauses that are true of any number of devices and imply a property, and that numbers stay in range.

        Raises `NotSeparated`, and `TooManyClauses`.
        """
        self._settle(self.induction.range)
        self._settle(lambda given: self.induction.implied(wanted, given))
        while self._settled < len(self.found):
            clause = self.found[self._settled]
            self._settle(lambda given, clause=clause: self.induction.steps(clause, given))  # type: ignore[misc]
            self._settled += 1
        return tuple(self.found)

    def _settle(self, question: Callable[[tuple[QuantifiedClause, ...]], Reasons | None]) -> None:
        """Find clauses until a question of the induction has an answer."""
        while question(tuple(self.found)) is None:
            if len(self.found) == MOST_CLAUSES:
                message = f"no invariant of at most {MOST_CLAUSES} clauses"
                raise TooManyClauses(message)
            if self.induction.obstacle is None:
                raise AssertionError
            self.found.append(self._excluding(self.induction.obstacle))

    def _excluding(self, here: Instance) -> QuantifiedClause:
        """Return a clause that the state that was found in an instance breaks, and no known view."""
        state = dict(zip((variable.name for variable in here.system.variables), here.found, strict=True))
        for number in range(1, min(self.views.width, here.devices) + 1):
            small = self.views.size(number)
            names = [variable.name for variable in small.system.variables]
            for choice in choices(self.views.collections, number, here.devices):
                view = small.encoding.one(tuple(state[placed(name, choice)] for name in names))
                if not (view & self.views.known[number]).satisfiable():
                    return self._true_of_all(self._clauses[number].separating(view), number)
        raise NotSeparated

    def _true_of_all(self, formula: Expression, number: int) -> QuantifiedClause:
        """Return a formula about a view of so many devices as a clause about all devices, wherever there are so many
        if it is not true with fewer.
        """
        clause = quantified(formula)
        if clause is None:
            message = "a clause speaks of too many devices"
            raise TooManyClauses(message)
        fewer = max([1, *width(clause).values()])
        image = first_image(clause, fewer)
        if fewer < number and image is not None:
            broken = self.views.size(fewer).formulas.truth(negation(image))
            if (broken & self.views.known[fewer]).satisfiable():
                return padded(clause, self.views.collections, number)
        return clause
