"""The engine that visits every state: exact counts, shortest counterexamples, every kind of property.

Given a system and questions; gives their verdicts from one breadth-first search, which goes on after a violation so
that the space is always counted.  A counterexample to an invariant or a step property, and one to stays-possible, is a
shortest one, as is a witness among the behaviours without the host; a lasso has a short stem and a short loop, and is
not claimed to be shortest.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from tdispmodel.compiling.successors import Compiled, Hit, Watch
from tdispmodel.engines.exploration import ENOUGH, Exploration
from tdispmodel.engines.infinite import InfiniteBehaviours, decoded
from tdispmodel.engines.protocol import NO_MEMORY, LimitReached, Limits, Progress, silent
from tdispmodel.engines.unaided import Unaided, takes_host
from tdispmodel.ir.expressions import Expression, conjunction, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemProperty, speaks_of_step
from tdispmodel.verdict import Answer, ClosedStates, Trace, Verdict, Witness

LARGE = 50_000
WIDE = 1_000
"""With more states, and more on a level on average, the search begins again over numbered parts, many at once."""

INFINITE = frozenset({Kind.LEADS_TO, Kind.NEVER_ENDLESS, Kind.STAYS_POSSIBLE})


class ReachedStates(ClosedStates):
    """The states of an exploration as a certificate; their values are worked out when somebody looks."""

    def __init__(self, explored: Exploration) -> None:
        object.__setattr__(self, "kind", "closed set of states")
        object.__setattr__(self, "_explored", explored)
        object.__setattr__(self, "_states", None)

    @property
    def states(self) -> tuple[State, ...]:
        """All reachable states, by depth."""
        known: tuple[State, ...] | None = self.__dict__["_states"]
        if known is None:
            known = tuple(decoded(self.__dict__["_explored"]))
            object.__setattr__(self, "_states", known)
        return known

    def __reduce__(self) -> tuple[type[ClosedStates], tuple[tuple[State, ...]]]:
        """Travel between processes as plain states."""
        return ClosedStates, (self.states,)


@dataclass
class _Watches:
    """The formulas to watch, each once however many questions need it."""

    numbers: dict[Watch, int] = field(default_factory=dict)

    def add(self, formula: Expression, *, of_steps: bool, every: bool = False) -> int:
        """Return the number of the watch."""
        return self.numbers.setdefault(Watch(formula, of_steps, every), len(self.numbers))


@dataclass(frozen=True)
class _Asked:
    """A question with the numbers of its watches: the premise of a vacuous holding, and what its kind needs."""

    question: SystemProperty
    premise: int | None
    parts: tuple[int, ...]


class Explicit:
    """Breadth-first search over compiled successors."""

    name = "explicit"
    kinds = frozenset(Kind)
    exhaustive = True

    def __init__(self, *, listing: bool = False, symmetry: bool = True, kernels: bool = True) -> None:
        """With ``listing`` what holds is always shown by a list of the states, however many there are.

        Without ``symmetry`` very many states are visited each, also where instances are interchangeable.  Without
        ``kernels`` nothing is compiled, also where the extra `fast` is installed.
        """
        self.listing = listing
        self.kernels = kernels
        self.symmetry = symmetry

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question, in their order.

        Raises `OutOfRange` with a shortest trace.
        """
        if not questions:
            return
        began = time.monotonic()
        watches = _Watches()
        try:
            asked = [_watched(question, watches) for question in questions]
            compiled = Compiled(system, list(watches.numbers))
        except RecursionError:
            for question in questions:
                yield Verdict(question, Answer.OPEN, self.name, reason="a formula nests too deeply")
            return
        keep_edges = any(question.kind in INFINITE for question in questions)
        explored = Exploration(compiled, limits, progress, keep_edges=keep_edges)
        explored.run(lambda: not self.listing and large(explored))
        known: dict[SystemProperty, Verdict] = {}
        if explored.stopped == ENOUGH:
            known, states = many_at_once(self, system, questions, explored, progress)
            if not all(question in known and known[question].answer is not Answer.OPEN for question in questions):
                if may_go_on(explored, states):
                    try:
                        explored.run()
                    except MemoryError:  # what it was about to note is lost, so what it noted is not looked at
                        for question in questions:
                            yield known.get(question) or Verdict(question, Answer.OPEN, self.name, reason=NO_MEMORY)
                        return
                else:
                    explored.stopped = f"{states} states and the steps between them do not fit into the memory allowed"
        answers = _Answers(self.name, explored, asked, (time.monotonic() - began) / len(questions))
        for each in asked:
            first = known.get(each.question)
            decided = first is not None and first.answer is not Answer.OPEN
            yield first if first is not None and decided else better(first, answers.verdict(each))


def large(explored: Exploration) -> bool:
    """Whether there is much to be gained from many states at once."""
    return len(explored.order) > max(LARGE, WIDE * explored.complete_levels)


def many_at_once(
    engine: Explicit, system: System, questions: Sequence[SystemProperty], explored: Exploration, progress: Progress
) -> tuple[dict[SystemProperty, Verdict], int]:
    """Return the verdicts that a search over numbered parts comes to, open ones among them, and how many states it saw.

    ``explored`` has begun, and keeps its memory.
    """
    from tdispmodel.engines.wide.answers import (  # noqa: PLC0415  # numpy only where there are many states
        KINDS,
        Answers,
        checkable,
    )

    able = [question for question in questions if question.kind in KINDS]
    if not able or not checkable(system, able):
        return {}, 0
    limits = explored.limits
    if limits.memory is not None:
        limits = replace(limits, memory=max(0, limits.memory - explored.memory()))
    asked = Answers(engine.name, system, able, limits, progress)
    asked.symmetry, asked.kernels = engine.symmetry, engine.kernels
    return {verdict.property: verdict for verdict in asked.verdicts()}, asked.states


def may_go_on(explored: Exploration, states: int) -> bool:
    """Whether a search that has begun has memory for so many states."""
    most = explored.limits.memory
    return most is None or explored.memory() / len(explored.order) * states <= most


def better(first: Verdict | None, second: Verdict) -> Verdict:
    """Return the second verdict on a question, or the first where both are open and it looked further."""
    if first is None or second.answer is not Answer.OPEN:
        return second
    return first if (first.bound or 0) >= (second.bound or 0) else second


def _watched(question: SystemProperty, watches: _Watches) -> _Asked:
    """Add what a question needs to the watches."""
    formula, after = question.formula, question.after
    match question.kind:
        case Kind.INVARIANT:
            parts = [watches.add(negation(formula), of_steps=False)]
        case Kind.STEP:
            parts = [watches.add(negation(formula), of_steps=True)]
        case Kind.MUST_BE_POSSIBLE:
            parts = [watches.add(formula, of_steps=speaks_of_step(formula))]  # with the host's help, too
        case Kind.NEVER_ENDLESS:
            parts = [watches.add(formula, of_steps=True, every=True)]
        case Kind.LEADS_TO:
            pending = conjunction(after, negation(formula))
            parts = [watches.add(part, of_steps=False, every=True) for part in (pending, formula)]
        case Kind.STAYS_POSSIBLE:
            parts = [watches.add(part, of_steps=False, every=True) for part in (after, formula)]
    premise = question.antecedent
    number = None if premise is None else watches.add(premise, of_steps=speaks_of_step(premise))
    return _Asked(question, number, tuple(parts))


class _Answers:
    """Verdicts read off one exploration."""

    def __init__(self, name: str, explored: Exploration, asked: Sequence[_Asked], share: float) -> None:
        self.name = name
        self.explored = explored
        self.asked = asked
        self.unaided: Unaided | None = None
        self.unaided_certificate: ClosedStates | None = None
        self.share = share
        self.infinite = InfiniteBehaviours(explored)
        self.certificate = None if explored.stopped else ReachedStates(explored)
        # traces are rebuilt by visiting states again, which would add to what was hit
        self.first = tuple(explored.compiled.first)
        self.states = tuple(map(tuple, explored.compiled.states))
        self.steps = tuple(map(tuple, explored.compiled.steps))

    def verdict(self, asked: _Asked) -> Verdict:
        """Return the verdict on one question."""
        began = time.monotonic()
        question = asked.question
        reason = self.explored.stopped
        if question.kind is Kind.MUST_BE_POSSIBLE:
            try:
                trace, certificate = self._possible(asked)
            except LimitReached as limit:
                return self._made(asked, Answer.OPEN, began, reason=str(limit))
            if trace is not None:
                return self._made(asked, Answer.HOLDS, began, certificate=Witness(trace), shortest=True)
            if certificate is not None:
                return self._made(asked, Answer.VIOLATED, began, certificate=certificate)
        else:
            try:
                trace = self._violation(asked)
            except LimitReached as limit:
                trace, reason = None, str(limit)
            if trace is not None:
                return self._made(asked, Answer.VIOLATED, began, trace=trace, shortest=trace.loop is None)
            if not reason:
                return self._made(asked, Answer.HOLDS, began, certificate=self.certificate)
        return self._made(asked, Answer.OPEN, began, reason=reason, bound=self.explored.bound)

    def _possible(self, asked: _Asked) -> tuple[Trace | None, ClosedStates | None]:
        """A shortest witness, or the states that show that there is none; neither when the search ended too early.

        Raises `LimitReached` when the goal can be reached and it is not known whether the host is needed.
        """
        hit = self.first[asked.parts[0]]
        if hit is None:
            return None, self.certificate
        trace = self.explored.trace(*hit)
        if not takes_host(self.explored.compiled.system, trace):
            return trace, None
        if self.explored.stopped:
            message = f"{self.explored.stopped}; so far the goal was met only with the host's help"
            raise LimitReached(message)
        if self.unaided is None:
            met = {each.parts[0] for each in self.asked if each.question.kind is Kind.MUST_BE_POSSIBLE}
            watches = self.explored.compiled.watches
            self.unaided = Unaided(self.explored, [watches[n] for n in sorted(met) if self.first[n] is not None])
            self.unaided_certificate = ReachedStates(self.unaided.explored)
        witness = self.unaided.witness(self.explored.compiled.watches[asked.parts[0]])
        return witness, self.unaided_certificate if witness is None else None

    def _violation(self, asked: _Asked) -> Trace | None:
        kind = asked.question.kind
        if kind not in INFINITE:
            hit = self.first[asked.parts[0]]
            return None if hit is None else self.explored.trace(*hit)
        if self.explored.stopped:
            return None
        if self.explored.limits.out_of_time():
            message = f"out of time after {self.explored.limits.seconds:g} s, before its loops were looked at"
            raise LimitReached(message)
        match kind:
            case Kind.NEVER_ENDLESS:
                return self.infinite.never_endless(self.steps[asked.parts[0]])
            case Kind.LEADS_TO:
                return self.infinite.leads_to(*(self.states[part] for part in asked.parts))
            case _:
                return self.infinite.stays_possible(*(self.states[part] for part in asked.parts))

    def _vacuous(self, asked: _Asked) -> bool | None:
        """Whether the premise of a holding property is unreachable; None when the search did not get far enough."""
        if asked.premise is None:
            return False
        reached: Hit | None = self.first[asked.premise]
        if reached is not None:
            return False
        return None if self.explored.stopped else True

    def _made(self, asked: _Asked, answer: Answer, began: float, **evidence: object) -> Verdict:
        return Verdict(
            property=asked.question,
            answer=answer,
            engine=self.name,
            vacuous=self._vacuous(asked) if answer is Answer.HOLDS else None,
            space=self.explored.space,
            seconds=self.share + time.monotonic() - began,
            **evidence,  # type: ignore[arg-type]  # fields of a verdict, by name
        )
