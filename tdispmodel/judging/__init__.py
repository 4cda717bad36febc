"""The judge: no verdict is shown before its evidence was checked without whoever gave it.

`judge_all` is given a system and verdicts about it and gives one `Judgement` each.  Traces are replayed with the
reference semantics; a closed set of states is checked for closedness and the property decided on it anew; inductive
invariants become questions to a solver, written by the judge itself.  Nothing here sees engines or compiled systems.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from tdispmodel.ir.expressions import Expression, IllFormed, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemProperty, speaks_of_step
from tdispmodel.judging.closed import ClosedSpace
from tdispmodel.judging.judgement import Allowance, Judgement, Refused, Undecided
from tdispmodel.judging.traces import reaches_goal, refutes
from tdispmodel.semantics import LeavesRange, Semantics
from tdispmodel.verdict import (
    Answer,
    ClosedStates,
    InductiveInvariant,
    Interchanged,
    KInduction,
    NothingSeen,
    NumberedOrbits,
    NumberedStates,
    Verdict,
    Witness,
)

if TYPE_CHECKING:
    from tdispmodel.judging.numbered import NumberedSpace
    from tdispmodel.judging.obligations import Proven

__all__ = ["Allowance", "Judgement", "judge", "judge_all"]

Numbered = NumberedStates | NumberedOrbits
NO_MEMORY = "the judge has no memory left"

MAXIMUM_EXPLORED = 200_000
"""How many states the judge visits by itself to see that a goal is lost."""


def judge(system: System, verdict: Verdict) -> Judgement:
    """Judge one verdict about ``system``; see `judge_all`."""
    return judge_all(system, (verdict,))[0]


def judge_all(system: System, verdicts: Sequence[Verdict], allowance: Allowance | None = None) -> tuple[Judgement, ...]:
    """Judge verdicts about ``system``, in their order; what takes more than is allowed is not accepted and undecided.

    A `ClosedStates`, `NumberedStates` or `NumberedOrbits` object or an invariant that several verdicts carry is checked
    once.  An open verdict claims nothing and is accepted.  What a verdict says about vacuity and about the counts of
    the space is checked whenever one of the verdicts carries states that were found to be closed under the steps of
    every actor; that instances may be interchanged, where it says so, is always checked.
    """
    session = _Session(system, allowance)
    for verdict in verdicts:
        if isinstance(verdict.certificate, ClosedStates):
            session.closed(verdict.certificate)
        elif isinstance(verdict.certificate, NumberedStates | NumberedOrbits) and verdict.answer is Answer.HOLDS:
            session.numbered_states(verdict.certificate)
    return tuple(session.judged(verdict) for verdict in verdicts)


class _Session:
    """What is shared while verdicts about one system are judged."""

    def __init__(self, system: System, allowance: Allowance | None) -> None:
        self.system = system
        self.allowance = allowance
        self.spaces: dict[int, ClosedSpace | Refused] = {}
        self.unaided: dict[int, ClosedSpace | Refused] = {}
        self.numbered: dict[tuple[int, bool], NumberedSpace | Refused] = {}
        self.proven: dict[tuple[int, bool], Proven | Refused] = {}
        self.interchanges: dict[tuple[tuple[str, ...], ...], str] = {}
        self.kept: list[object] = []

    @cached_property
    def semantics(self) -> Semantics:
        return Semantics(self.system)

    def closed(self, certificate: ClosedStates) -> ClosedSpace | Refused:
        """Check a certificate once; a failure is remembered as well."""
        known = self.spaces.get(id(certificate))
        if known is None:
            self.kept.append(certificate)  # so that its id stays its own
            try:
                known = ClosedSpace(self.system, self.semantics, certificate.states)
            except Refused as refused:
                known = refused
            except MemoryError:
                known = Undecided(NO_MEMORY)
            self.spaces[id(certificate)] = known
        return known

    def certified(self, certificate: ClosedStates) -> ClosedSpace:
        """Return the checked space of a certificate or raise why it is wrong."""
        found = self.closed(certificate)
        if isinstance(found, Refused):
            raise found
        return found

    def certified_unaided(self, certificate: ClosedStates) -> ClosedSpace:
        """Return the checked space of a certificate that need not be closed under the host's steps, or raise."""
        found = self.closed(certificate)
        if isinstance(found, ClosedSpace):
            return found
        known = self.unaided.get(id(certificate))
        if known is None:
            try:
                known = ClosedSpace(self.system.unaided, self.semantics, certificate.states)
            except Refused as refused:
                known = refused
            self.unaided[id(certificate)] = known
        if isinstance(known, Refused):
            raise known
        return known

    def numbered_states(self, certificate: Numbered, *, unaided: bool = False) -> NumberedSpace | Refused:
        """Go once through the states that a certificate has room for, of the system or of it without the host."""
        from tdispmodel.judging.numbered import NumberedSpace  # noqa: PLC0415  # numpy only when it is used
        from tdispmodel.judging.orbits import OrbitSpace  # noqa: PLC0415  # as above

        key = id(certificate), unaided
        known = self.numbered.get(key)
        if known is None:
            self.kept.append(certificate)  # so that its id stays its own
            try:
                system = self.system.unaided if unaided else self.system
                if isinstance(certificate, NumberedOrbits):
                    known = OrbitSpace(system, self.semantics, certificate, self.allowance)
                else:
                    known = NumberedSpace(system, self.semantics, certificate, self.allowance)
            except Refused as refused:
                known = refused
            except MemoryError:
                known = Undecided(NO_MEMORY)
            self.numbered[key] = known
        return known

    def gone_through(self, certificate: Numbered, *, unaided: bool = False) -> NumberedSpace:
        """Return the states that a certificate has room for, or raise why it is wrong."""
        found = self.numbered_states(certificate, unaided=unaided)
        if isinstance(found, Refused):
            raise found
        return found

    def gone_through_unaided(self, certificate: Numbered) -> NumberedSpace:
        """Return the states that a certificate has room for, which need not be those that the host leads to.

        Raises `Refused`.
        """
        try:
            return self.gone_through(certificate)
        except Undecided:
            raise
        except Refused:
            return self.gone_through(certificate, unaided=True)

    @property
    def shared(self) -> ClosedSpace | None:
        """Any space that was found to be right."""
        return next((space for space in self.spaces.values() if isinstance(space, ClosedSpace)), None)

    @property
    def shared_numbered(self) -> NumberedSpace | None:
        """Any large space that was found to be right."""
        found = ((key, space) for key, space in self.numbered.items() if not isinstance(space, Refused))
        return next((space for (_, unaided), space in found if not unaided), None)

    def judged(self, verdict: Verdict) -> Judgement:
        try:
            match verdict.answer:
                case Answer.OPEN:
                    return Judgement(verdict, accepted=True)
                case Answer.HOLDS:
                    self.holds(verdict)
                case Answer.VIOLATED:
                    self.violated(verdict)
            self.claims(verdict)
        except Refused as refused:
            undecided = isinstance(refused, Undecided)
            return Judgement(verdict, accepted=False, reason=str(refused), undecided=undecided)
        except MemoryError:
            return Judgement(verdict, accepted=False, reason=NO_MEMORY, undecided=True)
        return Judgement(verdict, accepted=True)

    def holds(self, verdict: Verdict) -> None:
        question = verdict.property
        match verdict.certificate:
            case None:
                message = "there is no certificate"
                raise Refused(message)
            case Witness(trace) if question.kind is Kind.MUST_BE_POSSIBLE:
                reaches_goal(self.semantics, question, trace)
            case ClosedStates() as certificate if question.kind is not Kind.MUST_BE_POSSIBLE:
                self.certified(certificate).confirm(question)
            case (NumberedStates() | NumberedOrbits()) as certificate if question.kind in (Kind.INVARIANT, Kind.STEP):
                self.gone_through(certificate).confirm(question)
            case InductiveInvariant(invariant) if question.kind in (Kind.INVARIANT, Kind.STEP):
                self.inductive(verdict, invariant)
            case NothingSeen() as certificate if question.kind in (Kind.LEADS_TO, Kind.NEVER_ENDLESS):
                self.nothing_seen(question, certificate)
            case KInduction(length, lemma, simple_path) if question.kind in (Kind.INVARIANT, Kind.STEP):
                from tdispmodel.judging.obligations import check_k_induction  # noqa: PLC0415  # z3 only when it is used

                self.state_formula(lemma)
                check_k_induction(self.system, question, length, lemma, simple_path)
            case other:
                message = (
                    f"a certificate of kind {other.kind!r} cannot show that a {question.kind.value} property holds"
                )
                raise Refused(message)

    def violated(self, verdict: Verdict) -> None:
        question = verdict.property
        if question.kind is Kind.MUST_BE_POSSIBLE:
            match verdict.certificate:
                case ClosedStates() as certificate:
                    self.certified_unaided(certificate).confirm_impossible(question)
                case (NumberedStates() | NumberedOrbits()) as certificate:
                    self.gone_through_unaided(certificate).confirm_impossible(question)
                case InductiveInvariant(invariant):
                    self.inductive(verdict, invariant)
                case _:
                    message = "there is no certificate that the goal is never met"
                    raise Refused(message)
            return
        if verdict.trace is None:
            message = "there is no trace"
            raise Refused(message)
        refutes(self.semantics, question, verdict.trace, verdict.shortest)
        if question.kind is Kind.STAYS_POSSIBLE:
            self.lost(question.formula, verdict.trace.states[-1])

    def inductive(self, verdict: Verdict, invariant: Expression) -> None:
        """Check an inductive invariant, once however many verdicts carry it, and that it implies the property."""
        from tdispmodel.judging.obligations import Proven  # noqa: PLC0415  # z3 only when it is used

        unaided = verdict.property.kind is Kind.MUST_BE_POSSIBLE
        key = id(invariant), unaided
        known = self.proven.get(key)
        if known is None:
            self.kept.append(invariant)  # so that its id stays its own
            try:
                self.state_formula(invariant)
                known = Proven(self.system.unaided if unaided else self.system, invariant)
            except Refused as refused:
                known = refused
            self.proven[key] = known
        if isinstance(known, Refused):
            raise known
        known.implies(verdict.property)

    def nothing_seen(self, question: SystemProperty, certificate: NothingSeen) -> None:
        """Check that a watcher beside the system sees no fair loop that violates the question."""
        from tdispmodel.judging.obligations import Proven  # noqa: PLC0415  # z3 only when it is used
        from tdispmodel.judging.watcher import Beside  # noqa: PLC0415  # as above

        beside = Beside(self.system, question, certificate)
        self.state_formula(certificate.invariant, beside.both)
        never = SystemProperty(question.name, question.code, Kind.INVARIANT, negation(beside.seen))
        Proven(beside.both, certificate.invariant).implies(never)

    def state_formula(self, formula: Expression, system: System | None = None) -> None:
        """Check that what stands in a certificate is a formula about one state of the system, or of the one given."""
        try:
            (system or self.system).check(formula)
        except IllFormed as error:
            message = f"the certificate is no formula of the system: {error}"
            raise Refused(message) from error
        if speaks_of_step(formula):
            message = "the certificate speaks of a step"
            raise Refused(message)

    def lost(self, goal: Expression, state: State) -> None:
        """Check that actions that are not adversarial never lead from ``state`` to the goal."""
        message = "the goal can still be reached from the last state"
        if (space := self.shared) is not None:
            if space.can_reach(goal)[space.number_of(state)]:
                raise Refused(message)
            return
        reached, stack = {state}, [state]
        while stack:
            here = stack.pop()
            if self.semantics.holds(goal, here):
                raise Refused(message)
            for action in self.semantics.enabled(here):
                if action.adversarial:
                    continue
                try:
                    after = self.semantics.step(here, action)
                except LeavesRange as error:
                    raise Refused(str(error)) from error
                if after not in reached:
                    reached.add(after)
                    stack.append(after)
            if len(reached) > MAXIMUM_EXPLORED:
                message = f"more than {MAXIMUM_EXPLORED} states would have to be visited to see that the goal is lost"
                raise Refused(message)

    def claims(self, verdict: Verdict) -> None:
        """Check what a verdict says beside its answer, as far as a certified space shows."""
        if verdict.symmetry is not None:
            self.interchanged(verdict.symmetry)
        listed, numbered = self.shared, self.shared_numbered
        space = listed or numbered
        if space is None:
            return
        if verdict.vacuous is not None:
            premise = verdict.property.antecedent
            met = premise is None or (
                listed.ever(premise, listed.reachable[0]) if listed is not None else space.ever(premise)
            )
            if met is verdict.vacuous:
                said = "vacuous" if verdict.vacuous else "not vacuous"
                seen = "is reachable" if met else "is never reachable"
                message = f"the verdict says {said}, but the premise {seen}"
                raise Refused(message)
        if verdict.space is not None and verdict.space != space.space:
            message = f"the counts {verdict.space} differ from {space.space}"
            raise Refused(message)

    def interchanged(self, said: Interchanged) -> None:
        """Check that instances may be interchanged and, if somebody went through the orbits, how many these are."""
        from tdispmodel.judging.symmetry import Interchange  # noqa: PLC0415  # only where it is used

        known = self.interchanges.get(said.classes)
        if known is None:
            try:
                Interchange(self.system, said.classes)
                known = self.interchanges[said.classes] = ""
            except Refused as refused:
                known = self.interchanges[said.classes] = str(refused)
        if known:
            raise Refused(known)
        for certificate in self.kept:
            if isinstance(certificate, NumberedOrbits) and certificate.classes == said.classes:
                found = self.numbered.get((id(certificate), False))
                if found is not None and not isinstance(found, Refused) and found.count != said.orbits:
                    message = f"there are {found.count} orbits, and the verdict says {said.orbits}"
                    raise Refused(message)
