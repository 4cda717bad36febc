"""Questions about any number of devices: a proof for all numbers, or the least number with which there is a violation.

Given a family and properties of states and steps; asks engines about one device, then two, and so on.  What is violated
has found its number.  What holds comes with an invariant; its clauses, made to speak of any devices, are candidates for
a proof (`induction`).  What is neither proven nor violated with a few devices stays open, and says why.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from tdispmodel.engines.portfolio import Portfolio, chosen, shared
from tdispmodel.engines.protocol import Engine, Limits, Progress, silent
from tdispmodel.engines.registry import available
from tdispmodel.ir.expressions import TRUE, Expression, negation
from tdispmodel.ir.model import Kind, Property
from tdispmodel.ir.premise import antecedent
from tdispmodel.ir.system import SystemProperty, speaks_of_step
from tdispmodel.parametric.bounds import MOST_ACTIONS
from tdispmodel.parametric.proving import NoProof, Prover
from tdispmodel.semantics.families import Family
from tdispmodel.verdict import (
    Answer,
    InductiveInvariant,
    OutOfRange,
    QuantifiedClause,
    QuantifiedInvariant,
    Verdict,
    join,
)

KINDS = (Kind.INVARIANT, Kind.STEP)
"""What is decided for any number of devices."""

MOST_DEVICES = 5
"""With more devices nobody looks for a violation."""

CLAUSES, VIEWS = "ic3", "diagrams"
"""The engine whose invariants are made to speak of any devices, and the one that looks at what few devices can be."""

WIDEST = 3
"""Views are of so many devices at most."""

ONE_DEVICE = ("explicit", CLAUSES)
SEVERAL_DEVICES = (CLAUSES,)
AFTERWARDS = ("diagrams", "explicit", "induction", "pdr", "bmc")
"""Who is asked about one device, about several, and then about what is still open."""

OUT_OF_TIME = "out of time"
NO_ROUTE = f"only the engines {CLAUSES} and {VIEWS} prove anything for any number of devices"

Verdicts = tuple[Verdict, ...]


class LeavesRangeWith(Exception):
    """A number of the model leaves its range in the family's system with ``devices`` devices: ``left`` says where."""

    def __init__(self, devices: int, left: OutOfRange) -> None:
        self.devices, self.left = devices, left
        super().__init__(f"with {devices} devices: {left}")


@dataclass(frozen=True)
class Finding:
    """What is known of a property: its verdict, about any number of devices, or about the family's system with
    ``devices`` of them; and the verdicts on its questions with fewer devices, by their number.
    """

    verdict: Verdict
    devices: int | None = None
    fewer: Mapping[int, Verdicts] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def holds_up_to(self) -> int:
        """With 1 to so many devices it is known to hold."""
        return _holds_up_to(self.fewer)


def findings(
    family: Family,
    properties: Sequence[Property],
    engines: Sequence[str] = (),
    limits: Limits | None = None,
    progress: Progress = silent,
) -> dict[Property, Finding]:
    """Return what is known of each property, which must be about instances that the family has.

    ``engines`` are those that may be asked, all if none is named.  Raises `LeavesRangeWith` and `Contradiction`.
    """
    search = _Search(family, engines, limits or Limits(), progress)
    asked = {wanted: _Asked(family.property(wanted)) for wanted in properties}
    search.decide([one for one in asked.values() if one.wanted.kind in KINDS])
    premises = {wanted: _Asked(never) for wanted, one in asked.items() if (never := _never(one)) is not None}
    search.decide(list(premises.values()))
    together = dict.fromkeys(clause for one in asked.values() for clause in one.proof or ())
    certificate = QuantifiedInvariant(tuple(together))
    return {
        wanted: _finding(family, one, certificate, premises.get(wanted), able=bool(search.routes))
        for wanted, one in asked.items()
    }


@dataclass(eq=False)
class _Asked:
    """A property of the family: the verdicts on its questions by number of devices, its proof, or why it has none."""

    wanted: Property
    verdicts: dict[int, Verdicts] = field(default_factory=dict)
    proof: tuple[QuantifiedClause, ...] | None = None
    why: str = ""
    route: str = ""
    seconds: float = 0.0

    @property
    def violated(self) -> bool:
        """Whether some number of devices is known with which it is violated."""
        return any(one.answer is Answer.VIOLATED for verdicts in self.verdicts.values() for one in verdicts)


def routes(engines: Sequence[str]) -> dict[str, int]:
    """Return the ways to a proof that the engines asked allow, each with the number of devices from which on it is
    taken: views are looked at where clauses found with two devices do not prove it.
    """
    if not engines or "auto" in engines:
        return {CLAUSES: 1, VIEWS: 2}
    return {name: 1 for name in (CLAUSES, VIEWS) if name in engines}


class _Search:
    """The search for one family."""

    def __init__(self, family: Family, engines: Sequence[str], limits: Limits, progress: Progress) -> None:
        self.family = family
        self.engines = tuple(engines)
        self.routes = routes(self.engines)
        self.limits = limits
        self.progress = progress
        self.prover = Prover(family, limits, progress)

    def decide(self, asked: Sequence[_Asked]) -> None:
        """Prove properties, or find out with how many devices they are violated, as far as that can be done."""
        pending = list(asked)
        for devices in range(1, MOST_DEVICES + 1):
            if not pending or self.limits.out_of_time():
                return
            if self.family.actions(devices) > MOST_ACTIONS:
                for one in pending:
                    one.why = one.why or f"there are more than {MOST_ACTIONS} ways to act with {devices} devices"
                return
            self._ask(devices, pending)
            pending = [one for one in pending if not one.violated]
            self._prove(devices, pending)
            pending = [one for one in pending if one.proof is None]

    # --- so many devices ----------------------------------------------------------------------------------------------

    def _ask(self, devices: int, asked: Sequence[_Asked]) -> None:
        """Ask engines about the family's system with so many devices."""
        questions = {one: self.family.questions(one.wanted, devices) for one in asked}
        known: dict[SystemProperty, Verdict] = {}
        for engine in self._engines(devices):
            left = [
                question
                for question in dict.fromkeys(question for some in questions.values() for question in some)
                if question not in known or known[question].answer is Answer.OPEN
            ]
            if not left or self.limits.out_of_time():
                break
            share = shared(self.limits, followers=1)
            try:
                for verdict in engine.answer(self.family.system(devices), left, share, self._telling(devices)):
                    earlier = known.get(verdict.property)
                    known[verdict.property] = verdict if earlier is None else join(earlier, verdict)
            except OutOfRange as out:
                raise LeavesRangeWith(devices, out) from None
        for one, some in questions.items():
            verdicts = [known.get(question, _unasked(question)) for question in some]
            one.verdicts[devices] = tuple(verdicts)
            one.seconds += sum(verdict.seconds for verdict in verdicts)

    def _engines(self, devices: int) -> Iterator[Engine]:
        """Yield who is asked about so many devices, one after the other."""
        if self.engines:
            yield chosen(self.engines)
            return
        yield Portfolio(ONE_DEVICE if devices == 1 else SEVERAL_DEVICES)
        yield Portfolio(AFTERWARDS)

    def _telling(self, devices: int) -> Progress:
        number = "1 device" if devices == 1 else f"{devices} devices"
        return lambda text: self.progress(f"{number}: {text}")

    # --- any number ---------------------------------------------------------------------------------------------------

    def _prove(self, devices: int, asked: Sequence[_Asked]) -> None:
        """Prove what holds with so many devices for any number, with the invariants that show it there."""
        holding = [one for one in asked if _all_hold(one.verdicts[devices])]
        if CLAUSES in self.routes:
            if holding and self.prover.able:
                self.prover.learn(self._invariants(devices, holding), devices)
            self._proven(CLAUSES, asked)
        left = [one for one in holding if one.proof is None]
        if VIEWS in self.routes and left and devices >= self.routes[VIEWS]:
            if self.prover.able:
                self.prover.look([one.wanted for one in left], min(devices, WIDEST))
            self._proven(VIEWS, left)

    def _proven(self, route: str, asked: Sequence[_Asked]) -> None:
        for one in asked:
            begun = time.monotonic()
            try:
                one.proof = self.prover.proof(one.wanted)
                one.route = route
            except NoProof as reason:
                one.why = str(reason)
            one.seconds += time.monotonic() - begun

    def _invariants(self, devices: int, asked: Sequence[_Asked]) -> list[Expression]:
        """Return invariants that show why questions hold with so many devices."""
        verdicts = dict.fromkeys(verdict for one in asked for verdict in one.verdicts[devices])
        found = [
            verdict.certificate.invariant for verdict in verdicts if isinstance(verdict.certificate, InductiveInvariant)
        ]
        left = [one.property for one in verdicts if not isinstance(one.certificate, InductiveInvariant)]
        inside = self.family.system(devices).stays_in_range
        if inside != TRUE:
            left.append(SystemProperty("integers_stay_in_range", "", Kind.INVARIANT, inside))
        share = shared(self.limits, followers=1)
        for engine in available((CLAUSES,) if left else ()):
            answered = engine.answer(self.family.system(devices), left, share, self._telling(devices))
            certificates = [verdict.certificate for verdict in answered]
            found += [known.invariant for known in certificates if isinstance(known, InductiveInvariant)]
        return found


def _never(one: _Asked) -> Property | None:
    """Return the property that the premise of a proven one is never met, if that may be so."""
    if one.proof is None:
        return None
    premise = antecedent(one.wanted.formula)
    met = any(verdict.vacuous is False for verdicts in one.verdicts.values() for verdict in verdicts)
    if premise is None or met:
        return None
    kind = Kind.STEP if speaks_of_step(premise) else Kind.INVARIANT
    return replace(one.wanted, kind=kind, formula=negation(premise))


def _finding(
    family: Family, one: _Asked, certificate: QuantifiedInvariant, premise: _Asked | None, *, able: bool
) -> Finding:
    """Return what is known of a property at the end of the search."""
    question = family.questions(one.wanted, 1)[0]
    if one.wanted.kind not in KINDS:
        reason = f"for any number of devices invariants and step properties are decided, not {one.wanted.kind.value}"
        return Finding(Verdict(question, Answer.OPEN, "", reason=reason))
    if one.proof is not None:
        vacuous = False if premise is None or premise.violated else True if premise.proof is not None else None
        return Finding(
            Verdict(question, Answer.HOLDS, one.route, certificate=certificate, vacuous=vacuous, seconds=one.seconds)
        )
    for devices, verdicts in one.verdicts.items():
        broken = [verdict for verdict in verdicts if verdict.answer is Answer.VIOLATED]
        if broken:
            shortest = min(broken, key=lambda verdict: len(verdict.trace or ()))
            fewer = {number: some for number, some in one.verdicts.items() if number < devices}
            known = _holds_up_to(fewer)
            reason = "" if known == devices - 1 else f"with {known + 1} it is not decided"
            return Finding(replace(shortest, seconds=one.seconds, reason=reason), devices, fewer)
    return Finding(
        Verdict(question, Answer.OPEN, "", reason=_open(one, able=able), seconds=one.seconds), None, one.verdicts
    )


def _open(one: _Asked, *, able: bool) -> str:
    """Return why a property is open."""
    known = _holds_up_to(one.verdicts)
    said = [one.why or (OUT_OF_TIME if able else NO_ROUTE)]
    if known:
        said.append("it holds with 1 device" if known == 1 else f"it holds with 1 to {known} devices")
    for number, verdicts in one.verdicts.items():
        undecided = [verdict.reason for verdict in verdicts if verdict.answer is Answer.OPEN]
        if undecided:
            said.append(f"with {number} it is open: {undecided[0]}")
            break
    return "; ".join(said)


def _holds_up_to(verdicts: Mapping[int, Verdicts]) -> int:
    number = 0
    while number + 1 in verdicts and _all_hold(verdicts[number + 1]):
        number += 1
    return number


def _all_hold(verdicts: Iterable[Verdict]) -> bool:
    return all(one.answer is Answer.HOLDS for one in verdicts)


def _unasked(question: SystemProperty) -> Verdict:
    return Verdict(question, Answer.OPEN, "", reason=OUT_OF_TIME)
