"""Proofs as far as they can be made: what stands in the way is said in words, never raised.

Given a family, and formulas that are true of its instances with a few devices; gives the clauses that prove a property
for any number of devices, or the reason why there are none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from tdispmodel.compiling.conditions import TooLarge
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.registry import EXTRA
from tdispmodel.ir.expressions import TRUE, Expression
from tdispmodel.ir.model import Property
from tdispmodel.parametric.clauses import conjuncts, quantified
from tdispmodel.parametric.witnesses import NotCovered
from tdispmodel.semantics.families import Family
from tdispmodel.verdict import QuantifiedClause

if TYPE_CHECKING:
    from tdispmodel.parametric.induction import Induction

Answer = TypeVar("Answer")
Clauses = tuple[QuantifiedClause, ...]

NOT_FOUND = "no invariant that speaks of a few devices at a time was found to prove it"
RANGES = "it is not known that every integer stays in its range, however many devices there are"
LARGEST_FORMULA = 2_000
"""Of so many nodes; a larger part of an invariant is no candidate."""


class NoProof(Exception):
    """There is no proof; the message says why."""


class Prover:
    """What is known to be true of any number of devices."""

    def __init__(self, family: Family, limits: Limits) -> None:
        self._induction: Induction | None = None
        self._refusal = ""
        try:
            from tdispmodel.parametric import induction  # noqa: PLC0415  # what it needs may be missing
        except ImportError:
            self._refusal = f"a proof for any number of devices needs python-sat: pip install 'tdispmodel[{EXTRA}]'"
            return
        self._gave_up: tuple[type[Exception], ...] = (TooLarge, NotCovered, induction.GaveUp)
        try:
            self._induction = induction.Induction(family, limits)
        except NotCovered as refused:
            self._refusal = str(refused)

    @property
    def able(self) -> bool:
        """Whether proofs can be made at all."""
        return not self._refusal

    def learn(self, invariants: Iterable[Expression]) -> None:
        """Take the parts of invariants, each true of an instance with some number of devices, as candidates."""
        parts = dict.fromkeys(part for invariant in invariants for part in conjuncts(invariant) if part != TRUE)
        small = [part for part in parts if sum(1 for _ in part.walk()) <= LARGEST_FORMULA]
        candidates = [clause for part in small if (clause := quantified(part)) is not None]
        try:
            self._asked(lambda induction: induction.learn(candidates))
        except NoProof as reason:
            self._refusal = str(reason)

    def proof(self, wanted: Property) -> Clauses:
        """Return clauses that prove a property of the family.  Raises `NoProof`."""
        inside = self._asked(lambda induction: induction.in_range())
        if inside is None:
            raise NoProof(RANGES)
        found = self._asked(lambda induction: induction.proof(wanted))
        if found is None:
            raise NoProof(NOT_FOUND)
        return tuple(dict.fromkeys([*inside, *found]))

    def in_range(self) -> bool:
        """Whether it is known that every integer stays in its range.  Raises `NoProof`."""
        return self._asked(lambda induction: induction.in_range()) is not None

    def _asked(self, question: Callable[[Induction], Answer]) -> Answer:
        if self._induction is None or self._refusal:
            raise NoProof(self._refusal)
        try:
            return question(self._induction)
        except self._gave_up as reason:
            raise NoProof(str(reason)) from None
