"""The judge of proofs for any number of devices.

`judge_family` is given a family of instances and verdicts about it; `smtlib` writes the same obligations as a script
for any solver.  They are written from the model as it stands, not from an instance, and quantifiers stay quantifiers:
what z3 finds impossible is so whatever the number of devices, and nothing is owed to the argument by which the proof
was found.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tdispmodel.ir.model import Model, Property
from tdispmodel.judging.judgement import Judgement, Refused, Undecided
from tdispmodel.judging.parametric.obligations import Script
from tdispmodel.semantics.families import Family, Kinds
from tdispmodel.verdict import Answer, QuantifiedInvariant, Verdict

if TYPE_CHECKING:
    from tdispmodel.judging.parametric.solving import Proven

__all__ = ["judge_family", "smtlib"]


def judge_family(family: Family, verdicts: Sequence[tuple[Property, Verdict]]) -> tuple[Judgement, ...]:
    """Judge verdicts on properties of the original model of a family, in their order.

    One that is open claims nothing and is accepted; of the others only those that hold can be shown for any number.  A
    certificate that several verdicts carry is checked once, and what it implies for all of them together.
    """
    session = _Session(family)
    session.look([wanted for wanted in verdicts if wanted[1].answer is Answer.HOLDS])
    return tuple(session.judged(wanted, verdict) for wanted, verdict in verdicts)


def smtlib(model: Model, wanted: Property, certificate: QuantifiedInvariant, chosen: Kinds | None = None) -> str:
    """Return what a certificate promises about a property as a script in SMT-LIB 2: every answer must be unsat.

    ``chosen`` says which constants the instances have.  Raises `Refused` for what cannot be said.
    """
    family = Family(model, chosen or Kinds())
    script = Script(family.model, family.chosen.without, certificate.clauses)
    return script.text([family.property(wanted)])


class _Session:
    """What is shared while verdicts about one family are judged."""

    def __init__(self, family: Family) -> None:
        self.family = family
        self.proven: dict[int, Proven | Refused] = {}
        self.implied: set[tuple[int, Property]] = set()

    def look(self, verdicts: Sequence[tuple[Property, Verdict]]) -> None:
        """Check each certificate once, and whether it implies all properties together that carry it."""
        carried: dict[int, tuple[QuantifiedInvariant, list[Property]]] = {}
        for wanted, verdict in verdicts:
            if isinstance(verdict.certificate, QuantifiedInvariant):
                carried.setdefault(id(verdict.certificate), (verdict.certificate, []))[1].append(wanted)
        for key, (certificate, properties) in carried.items():
            try:
                self.proven[key] = proven = self._proven(certificate)
                proven.implies([self.family.property(wanted) for wanted in properties])
                self.implied |= {(key, wanted) for wanted in properties}
            except Refused as refused:
                self.proven.setdefault(key, refused)

    def judged(self, wanted: Property, verdict: Verdict) -> Judgement:
        if verdict.answer is Answer.OPEN:
            return Judgement(verdict, accepted=True)
        try:
            self._check(wanted, verdict)
        except Refused as refused:
            undecided = isinstance(refused, Undecided)
            return Judgement(verdict, accepted=False, reason=str(refused), undecided=undecided)
        return Judgement(verdict, accepted=True)

    def _check(self, wanted: Property, verdict: Verdict) -> None:
        """Raise `Refused` unless the certificate of a verdict shows that the property holds."""
        if verdict.answer is not Answer.HOLDS:
            message = "a violation is one of an instance, never of any number of devices"
            raise Refused(message)
        if not isinstance(verdict.certificate, QuantifiedInvariant):
            message = "there is no certificate for any number of devices"
            raise Refused(message)
        known = self.proven[id(verdict.certificate)]
        if isinstance(known, Refused):
            raise known
        if (id(verdict.certificate), wanted) not in self.implied:
            known.implies([self.family.property(wanted)])

    def _proven(self, certificate: QuantifiedInvariant) -> Proven:
        from tdispmodel.judging.parametric.solving import Proven  # noqa: PLC0415  # z3 only when it is used

        return Proven(Script(self.family.model, self.family.chosen.without, certificate.clauses))
