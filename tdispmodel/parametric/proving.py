"""Proofs as far as they can be made: what stands in the way is said in words, never raised.

Given a family, and formulas that are true of its instances with a few devices; gives the clauses that prove a property
for any number of devices, or the reason why there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from tdispmodel.compiling.conditions import TooLarge
from tdispmodel.engines.portfolio import shared
from tdispmodel.engines.protocol import Limits, Progress
from tdispmodel.engines.registry import SYMBOLIC
from tdispmodel.ir.expressions import TRUE, Expression
from tdispmodel.ir.model import Property
from tdispmodel.parametric.clauses import conjuncts, padded, quantified
from tdispmodel.parametric.witnesses import NotCovered, to_keep
from tdispmodel.semantics.families import Family
from tdispmodel.verdict import QuantifiedClause

if TYPE_CHECKING:
    from tdispmodel.parametric.induction import Induction

Answer = TypeVar("Answer")
Clauses = tuple[QuantifiedClause, ...]

NOT_FOUND = "no invariant that speaks of a few devices at a time was found to prove it"
OF_SOME = (
    "it says that there is some device, which no invariant that speaks of a few devices at a time was found to prove"
)
RANGES = "it is not known that every integer stays in its range, however many devices there are"
MOST_PADDED = 3
"""A clause that binds more devices than it speaks of binds at most so many."""
LARGEST_FORMULA = 2_000
"""Of so many nodes; a larger part of an invariant is no candidate."""


def says_of_some(wanted: Property) -> bool:
    """Whether a property concludes that there is a device: one that is true may be true because of one device."""
    try:
        return bool(to_keep(wanted.formula, true=True))
    except NotCovered:
        return True


class NoProof(Exception):
    """There is no proof; the message says why."""


class Prover:
    """What is known to be true of any number of devices."""

    def __init__(self, family: Family, limits: Limits, progress: Progress) -> None:
        self.family = family
        self.limits = limits
        self.progress = progress
        self._induction: Induction | None = None
        self._refusal = ""
        try:
            from tdispmodel.parametric import induction  # noqa: PLC0415  # what it needs may be missing
        except ImportError:
            self._refusal = f"a proof for any number of devices needs python-sat: pip install 'tdispmodel[{SYMBOLIC}]'"
            return
        self._hindrances: tuple[type[Exception], ...] = (TooLarge, NotCovered, induction.GaveUp)
        try:
            self._induction = induction.Induction(family, limits)
        except NotCovered as refused:
            self._refusal = str(refused)

    @property
    def able(self) -> bool:
        """Whether proofs can be made at all."""
        return not self._refusal

    def learn(self, invariants: Iterable[Expression], devices: int) -> None:
        """Take the parts of invariants, each true of the instance with so many devices, as candidates; what is not true
        with fewer devices may still be so wherever there are so many.
        """
        parts = dict.fromkeys(part for invariant in invariants for part in conjuncts(invariant) if part != TRUE)
        small = [part for part in parts if sum(1 for _ in part.walk()) <= LARGEST_FORMULA]
        candidates = [clause for part in small if (clause := quantified(part)) is not None]
        self._learn(candidates)
        if 1 < devices <= MOST_PADDED and self._induction is not None:
            collections = self._induction.collections
            left = [clause for clause in candidates if clause not in self._induction.kept]
            self._learn([padded(clause, collections, devices) for clause in left])

    def _learn(self, candidates: Sequence[QuantifiedClause]) -> None:
        with suppress(NoProof):  # what could not be found out is no reason for or against a proof
            self._asked(lambda induction: induction.learn(candidates))

    def look(self, wanted: Sequence[Property], width: int) -> None:
        """Take candidates from the views of so many devices, as far as they exclude that properties are violated."""
        try:
            from tdispmodel.parametric.separating import views_exclude  # noqa: PLC0415  # what it needs may be missing
        except ImportError:
            return
        share = shared(self.limits, followers=1)
        with suppress(NoProof):
            self._learn(self._asked(lambda known: views_exclude(known, wanted, width, share, self.progress)))

    def proof(self, wanted: Property) -> Clauses:
        """Return clauses that prove a property of the family.  Raises `NoProof`."""
        inside = self._asked(lambda induction: induction.in_range())
        if inside is None:
            raise NoProof(RANGES)
        found = self._asked(lambda induction: induction.proof(wanted))
        if found is None:
            raise NoProof(OF_SOME if says_of_some(wanted) else NOT_FOUND)
        return tuple(dict.fromkeys([*inside, *found]))

    def _asked(self, question: Callable[[Induction], Answer]) -> Answer:
        if self._induction is None:
            raise NoProof(self._refusal)
        try:
            return question(self._induction)
        except self._hindrances as reason:
            raise NoProof(str(reason)) from None
