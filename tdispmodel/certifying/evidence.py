"""From a judged verdict to what shows it, in plain form.

Given a system, the questions of a property with their verdicts, and where sets of states are kept, `Evidence` gives
for each question the kind of evidence and its fields, as docs/certificates.md has them.  A certificate that says less
than a stand-alone checker needs is completed: a closed set gets a ranking or distances, a path to a lost state the
states that cannot be left, an inductive invariant what keeps integers in range, and k-induction is proven in another
way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from tdispmodel.certifying.graphs import Graph
from tdispmodel.certifying.numbers import MOST_STATES, numbered, packed
from tdispmodel.certifying.plain import Plain, plain_formula, plain_value
from tdispmodel.compiling.successors import Compiled
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.registry import available
from tdispmodel.ir.expressions import TRUE, And, Expression, conjunction
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty, speaks_of_step
from tdispmodel.judging.traces import true_along
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import (
    Answer,
    Certificate,
    ClosedStates,
    InductiveInvariant,
    KInduction,
    NothingSeen,
    NumberedOrbits,
    NumberedStates,
    Trace,
    Verdict,
    Witness,
)

Keep = Callable[[Iterable[int]], str]
"""Keeps a set of states, given by numbers, and returns the name by which certificates refer to it."""

PROVERS = ("ic3", "pdr", "explicit")
"""Who is asked for another certificate where one does not suffice."""
SECONDS = 60.0
"""For how long each of them."""


INDIRECT = (NothingSeen, NumberedStates, NumberedOrbits)
"""What is replaced by a list of states."""


class NoEvidence(Exception):
    """There is nothing that a stand-alone checker could check; says why."""


class Evidence:
    """The evidence about one system."""

    def __init__(
        self,
        system: System,
        places: Mapping[str, tuple[str, str]],
        verdicts: Mapping[SystemProperty, Verdict],
        keep: Keep,
    ) -> None:
        self.system = system
        self.places = places
        self.verdicts = verdicts
        self.keep = keep
        self._kept: dict[int, str] = {}
        self._graphs: dict[int, Graph] = {}
        self._in_range: Certificate | None = None
        self._everything: ClosedStates | None = None
        self.inductive: dict[SystemProperty, InductiveInvariant | KInduction] = {}
        """The inductive certificate that the evidence of a question was made of, with what keeps integers in range."""

    def of(self, question: SystemProperty) -> tuple[str, Plain]:
        """Return the kind of evidence of a decided question, and its fields.  Raises `NoEvidence`."""
        verdict = self.verdicts[question]
        possible = question.kind is Kind.MUST_BE_POSSIBLE
        match verdict.certificate:
            case Witness(trace) if possible:
                return "behaviour", self._behaviour(self._shortened(question, trace))
            case (
                ClosedStates() | NumberedStates() | NumberedOrbits() | InductiveInvariant() | KInduction()
            ) as certificate if possible or verdict.answer is Answer.HOLDS:
                return self._shown(question, certificate)
            case NothingSeen():
                return self._closed(question, self._listed(question))
        if verdict.trace is None:
            message = "the verdict has neither a certificate nor a trace"
            raise NoEvidence(message)
        match question.kind:
            case Kind.STAYS_POSSIBLE:
                return "behaviour", self._behaviour(verdict.trace) | {"states": self._lost(verdict.trace)}
            case _:
                return "behaviour", self._behaviour(verdict.trace)

    # --- what holds -------------------------------------------------------------------------------------------------

    def _shown(self, question: SystemProperty, certificate: Certificate) -> tuple[str, Plain]:
        match certificate:
            case ClosedStates():
                return self._closed(question, certificate)
            case InductiveInvariant(invariant):
                return self._invariant(question, invariant)
            case NumberedStates() | NumberedOrbits():
                count = self._count(question, certificate)
                if count <= MOST_STATES:
                    return self._closed(question, self._listed(question))
                other = self._proof(question) if question.kind is not Kind.MUST_BE_POSSIBLE else None
                if other is None:
                    message = f"{count} states are more than the stand-alone checker looks at"
                    raise NoEvidence(message)
                return self._shown(question, other)
            case KInduction():
                other = self._proof(question)
                if other is None:
                    message = "it was shown by k-induction, and no inductive invariant was found"
                    raise NoEvidence(message)
                self.inductive[question] = certificate  # the script of what was found, unless there is an invariant
                return self._shown(question, other)
            case _:
                message = f"a certificate of kind {certificate.kind} shows nothing here"
                raise NoEvidence(message)

    def _count(self, question: SystemProperty, certificate: NumberedStates | NumberedOrbits) -> int:
        """Return how many states there are, or at most."""
        space = self.verdicts[question].space
        if isinstance(certificate, NumberedStates) or space is None:
            return certificate.count
        return space.states

    def _closed(self, question: SystemProperty, certificate: ClosedStates) -> tuple[str, Plain]:
        if len(certificate.states) > MOST_STATES:
            message = f"{len(certificate.states)} states are more than the stand-alone checker looks at"
            raise NoEvidence(message)
        fields: dict[str, Plain] = {"states": self._states(certificate)}
        match question.kind:
            case Kind.STAYS_POSSIBLE:
                return "distances", fields | {"distances": self._graph(certificate).distances(question)}
            case Kind.LEADS_TO | Kind.NEVER_ENDLESS:
                try:
                    ranking = self._graph(certificate).ranking(question)
                except ValueError as error:
                    raise NoEvidence(str(error)) from error
                actions = [self._action(self.system.actions[number].name) for number in ranking.actions]
                return "ranking", fields | {
                    "actions": actions,
                    "ranks": list(ranking.ranks),
                    "helpful": list(ranking.helpful),
                }
            case _:
                return "states", fields

    def _listed(self, question: SystemProperty) -> ClosedStates:
        """Return the states of the system, listed in place of what shows them otherwise."""
        possible = question.kind is Kind.MUST_BE_POSSIBLE  # then without the host's steps
        if self._everything is None:
            shown = (one.certificate for other, one in self.verdicts.items() if other.kind is not Kind.MUST_BE_POSSIBLE)
            self._everything = next((one for one in shown if isinstance(one, ClosedStates)), None)
        if self._everything is not None and not possible:
            return self._everything
        for verdict in Explicit(listing=True).answer(self.system, [question], Limits(SECONDS)):
            if isinstance(verdict.certificate, ClosedStates):
                if not possible:
                    self._everything = verdict.certificate
                return verdict.certificate
        message = "its states were not listed in time"
        raise NoEvidence(message)

    def _states(self, certificate: ClosedStates) -> str:
        known = self._kept.get(id(certificate))
        if known is None:
            known = self._kept[id(certificate)] = self.keep(numbered(self.system, certificate.states))
        return known

    def _graph(self, certificate: ClosedStates) -> Graph:
        """Return the steps between the states of a certificate, made once for all questions that it answers."""
        known = self._graphs.get(id(certificate))
        if known is None:
            listed = certificate is self._everything
            questions = [
                one
                for one, verdict in self.verdicts.items()
                if verdict.certificate is certificate or (listed and isinstance(verdict.certificate, INDIRECT))
            ]
            known = self._graphs[id(certificate)] = Graph(self.system, certificate.states, questions)
        return known

    def _invariant(self, question: SystemProperty, invariant: Expression) -> tuple[str, Plain]:
        """An invariant, and one that keeps integers in range unless that is plain to see."""
        if self.system.stays_in_range == TRUE:
            self.inductive[question] = InductiveInvariant(invariant)
            return "invariant", {"clauses": self._clauses(invariant)}
        stays = SystemProperty("integers_stay_in_range", "", Kind.INVARIANT, self.system.stays_in_range)
        self._in_range = self._in_range or self._proof(stays)
        match self._in_range:
            case ClosedStates() as certificate if question.kind is not Kind.MUST_BE_POSSIBLE:
                return self._closed(question, certificate)
            case InductiveInvariant(other):
                parts = dict.fromkeys((*conjuncts(invariant), *conjuncts(other)))
                self.inductive[question] = InductiveInvariant(conjunction(*parts))
                return "invariant", {"clauses": self._clauses(conjunction(*parts))}
            case _:
                message = "no proof was found that integers stay in range"
                raise NoEvidence(message)

    def _clauses(self, invariant: Expression) -> list[Plain]:
        return [plain_formula(part, self.places) for part in conjuncts(invariant)]

    def _proof(self, question: SystemProperty) -> Certificate | None:
        """Return a certificate of an invariant or step property that holds, from whoever finds one in some time."""
        for engine in available(PROVERS):
            for verdict in engine.answer(self.system, [question], Limits(SECONDS)):
                if verdict.answer is Answer.HOLDS and not isinstance(
                    verdict.certificate, KInduction | NumberedStates | NumberedOrbits
                ):
                    return verdict.certificate
        return None

    # --- behaviours -------------------------------------------------------------------------------------------------

    def _behaviour(self, trace: Trace) -> dict[str, Plain]:
        variables = zip(self.system.variables, trace.initial, strict=True)
        return {
            "initial": {variable.name: plain_value(value, variable.sort) for variable, value in variables},
            "steps": [self._action(name) for name, _ in trace.steps],
            "loop": trace.loop,
            "states": None,
        }

    def _action(self, name: str) -> list[str]:
        """Return an action as ``["Owner.action", instance, ...]``."""
        template = self.system.by_name[name].template
        _, brackets, rest = name.partition("(")
        return [f"{template.owner}.{template.name}", *(rest.removesuffix(")").split(", ") if brackets else ())]

    def _shortened(self, question: SystemProperty, trace: Trace) -> Trace:
        """Return a witness up to where it meets its goal."""
        on_steps = speaks_of_step(question.formula)
        met = true_along(Semantics(self.system), question.formula, trace, on_steps).index(True)
        return Trace(trace.initial, trace.steps[: met + on_steps])

    def _lost(self, trace: Trace) -> str:
        """Keep what reliable actions reach from the end of a trace; the goal is not among it."""
        compiled = Compiled(self.system)
        reliable = [not action.adversarial for action in self.system.actions]
        order = packed(self.system, trace.states[-1:])
        known = set(order)
        for code in order:
            for action, after in compiled.visit(code):
                if reliable[action] and after not in known:
                    known.add(after)
                    order.append(after)
            if len(order) > MOST_STATES:
                message = f"more than {MOST_STATES} states are reached after the goal is lost"
                raise NoEvidence(message)
        return self.keep(numbered(self.system, [compiled.unpack(code) for code in order]))


def conjuncts(invariant: Expression) -> tuple[Expression, ...]:
    """Return the clauses of an invariant."""
    return invariant.operands if isinstance(invariant, And) else (invariant,)


def places_of(paths: Sequence[tuple[str, Sequence[str]]]) -> dict[str, tuple[str, str]]:
    """Return for each flat variable which instance has it and its name there, given the variables of each instance."""
    return {f"{path}.{name}" if path else name: (path, name) for path, names in paths for name in names}
