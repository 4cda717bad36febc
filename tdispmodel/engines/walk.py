"""Random behaviours drawn by hypothesis; those that show something are shortened.  Finds, never proves.

Given a system and questions; a violated invariant or step property comes with a short trace (not always the shortest),
a must-be-possible property holds with the behaviour as its witness, everything else stays open with the reason in
words.  The same system, questions and depth give the same answers: nothing depends on the clock but giving up.

`Walker` is one behaviour as it grows; `tdispmodel.testing` builds its state machines from it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from random import Random

from hypothesis import Phase, Verbosity, find, settings, strategies as st
from hypothesis.errors import NoSuchExample

from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.expressions import Actor
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty, speaks_of_step
from tdispmodel.semantics import LeavesRange, Semantics, TooManyStarts, start_states
from tdispmodel.verdict import Answer, OutOfRange, Trace, Verdict, Witness

STEPS = 100
ROUNDS = 4
BEHAVIOURS_A_ROUND = 100
MOST_STARTS = 4096
LEFT_OUT = 0.1
SMALL_PIECE = 4


@dataclass(frozen=True)
class Plan:
    """What hypothesis draws for a behaviour.

    ``quiet``: the host does not move, if a witness is sought; ``swarm``: some actions are avoided as long as others
    are enabled (Groce et al., Swarm testing, ISSTA 2012); ``seed``: of its choices.
    """

    quiet: bool
    swarm: bool
    seed: int


class Walker:
    """One behaviour as it grows step by step."""

    def __init__(self, semantics: Semantics, start: State) -> None:
        self.semantics = semantics
        self.initial = start
        self.state = start
        self.steps: list[tuple[str, State]] = []
        self.enabled = semantics.enabled(start)

    def take(self, action: SystemAction) -> tuple[State, State]:
        """Take an enabled action; return the states before and after.  Raises `LeavesRange` and then stays put."""
        before, after = self.state, self.semantics.step(self.state, action)
        self.state = after
        self.steps.append((action.name, after))
        self.enabled = self.semantics.enabled(after)
        return before, after

    @property
    def trace(self) -> Trace:
        """The behaviour so far."""
        return Trace(self.initial, tuple(self.steps))


class Sought:
    """A question, and what of a behaviour decides it: a violation, or the witness of what must be possible."""

    def __init__(self, semantics: Semantics, question: SystemProperty) -> None:
        self.question = question
        self.of_steps = question.kind is Kind.STEP or speaks_of_step(question.formula)
        self.witness = question.kind is Kind.MUST_BE_POSSIBLE
        self._formula = semantics.denotation(
            question.formula
        )  # looked up once, as looking it up costs more than asking

    def decided_by(self, walker: Walker, before: State | None) -> bool:
        """Whether the last state of the behaviour, or its last step if the question is about steps, decides it.

        ``before`` is the state before the last step, None at the start.
        """
        if not self.of_steps:
            return bool(self._formula(walker.state, walker.state, "")) == self.witness
        return before is not None and bool(self._formula(before, walker.state, walker.steps[-1][0])) == self.witness


class Walk:
    """Random behaviours of at most ``limits.depth`` steps (100 if that is not given)."""

    name = "walk"
    kinds = frozenset({Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE})
    exhaustive = False

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question; raises `OutOfRange` when a behaviour leaves an integer's range."""
        started = time.monotonic()
        search = _Search(system, [question for question in questions if question.kind in self.kinds], limits)
        try:
            search.run(progress)
            reason = search.summary()
        except TooManyStarts as many:
            reason = f"as there are {many.words}"
        seconds = (time.monotonic() - started) / max(1, len(questions))
        for question in questions:
            trace = search.found.get(question)
            if question.kind not in self.kinds:
                why = f"random behaviours cannot decide {question.kind.value} properties"
                yield Verdict(question, Answer.OPEN, self.name, reason=why)
            elif trace is None:
                wanted = "witness" if question.kind is Kind.MUST_BE_POSSIBLE else "violation"
                yield Verdict(question, Answer.OPEN, self.name, reason=f"no {wanted} {reason}", seconds=seconds)
            elif question.kind is Kind.MUST_BE_POSSIBLE:
                yield Verdict(question, Answer.HOLDS, self.name, certificate=Witness(trace), seconds=seconds)
            else:
                yield Verdict(question, Answer.VIOLATED, self.name, trace=trace, seconds=seconds)


class _OutOfTime(BaseException):
    """Time is up.  No `Exception`, lest hypothesis take it for a failing test and try to make it smaller."""


class _Search:
    """The search for one system: ``found`` has a behaviour for each question that one decides."""

    def __init__(self, system: System, asked: Sequence[SystemProperty], limits: Limits) -> None:
        self.asked = asked
        self.limits = limits
        self.semantics = Semantics(system)
        self.open = [Sought(self.semantics, question) for question in asked]
        self.most_steps = STEPS if limits.depth is None else limits.depth
        self.templates = sorted({action.template.name for action in system.actions})
        self.starts: list[State] = []
        self.behaviours = 0
        self.found: dict[SystemProperty, Trace] = {}
        self.outside: OutOfRange | None = None

    def run(self, progress: Progress) -> None:
        """Walk until every question is decided, the rounds are over or time is up.

        Raises `OutOfRange`, and `TooManyStarts`.
        """
        self.starts = list(islice(start_states(self.semantics), MOST_STARTS))
        chosen = settings(
            max_examples=BEHAVIOURS_A_ROUND,
            database=None,
            deadline=None,
            derandomize=False,
            phases=(Phase.generate,),
            verbosity=Verbosity.quiet,
            print_blob=False,
        )
        for number in range(ROUNDS if self.starts and self.asked else 0):
            progress(f"random behaviours: {self.behaviours} so far, {len(self.found)} of {len(self.asked)} decided")
            try:
                find(_plans(), self.settles_all, settings=chosen, random=Random(number))  # noqa: S311  # no secret
            except NoSuchExample:
                continue
            except _OutOfTime:
                pass
            break
        if self.outside is not None:
            raise self.outside

    def summary(self) -> str:
        """What was tried, in words."""
        if not self.starts:
            return "as there is no start state"
        tried = f"in {self.behaviours} random behaviours of up to {self.most_steps} steps"
        return f"{tried}, then time was up" if self.limits.out_of_time() else tried

    def settles_all(self, plan: Plan) -> bool:
        """Walk as planned, keep what the behaviour decides, and say whether nothing is left to be sought."""
        if self.limits.out_of_time():
            raise _OutOfTime
        self.behaviours += 1
        chance = Random(plan.seed)  # noqa: S311  # no secret
        walker = Walker(self.semantics, chance.choice(self.starts))
        avoided = {name for name in self.templates if plan.swarm and chance.random() < LEFT_OUT}
        quiet = plan.quiet and any(sought.witness for sought in self.open)
        benign = self.note(walker, None, benign=True)
        try:
            while self.open and len(walker.steps) < self.most_steps:
                able = [action for action in walker.enabled if not (quiet and action.actor is Actor.HOST)]
                preferred = [action for action in able if action.template.name not in avoided] or able
                if not preferred:
                    break
                action = chance.choice(preferred)
                before, _ = walker.take(action)
                benign = self.note(walker, before, benign=benign and action.actor is not Actor.HOST)
        except LeavesRange:
            self.outside = self.out_of_range(walker.trace)
        return self.outside is not None or not self.open

    def note(self, walker: Walker, before: State | None, *, benign: bool) -> bool:
        """Keep the behaviour, shortened, for each question that its last state or step decides; return ``benign``.

        A witness counts only as long as the host did not move: what must be possible must be so without its help.
        """
        decided = [
            sought for sought in self.open if (benign or not sought.witness) and sought.decided_by(walker, before)
        ]
        for sought in decided:
            self.open.remove(sought)
            self.found[sought.question] = self.shortened(sought, walker.trace)
        return benign

    def out_of_range(self, trace: Trace) -> OutOfRange:
        """Return the error for a behaviour at whose end an integer can leave its range, shortened."""
        inside = SystemProperty("in_range", "", Kind.INVARIANT, self.semantics.system.stays_in_range)
        trace = self.shortened(Sought(self.semantics, inside), trace)
        for action in self.semantics.enabled(trace.states[-1]):
            try:
                self.semantics.step(trace.states[-1], action)
            except LeavesRange as left:
                return OutOfRange(trace, left.action, left.variable, left.value)
        message = "no action leaves a range where one did"
        raise AssertionError(message)

    def shortened(self, sought: Sought, trace: Trace) -> Trace:
        """Leave out steps as long as the rest still decides the question, large pieces first.

        Zeller and Hildebrandt, Simplifying and isolating failure-inducing input (2002); what is no longer enabled when
        its turn comes is left out as well, so that a piece often takes its consequences with it.
        """
        size = len(trace) // 2
        while size and not self.limits.out_of_time():
            shorter = self.without_a_piece(sought, trace, size)
            if shorter is None:
                size = size // 2 if size > SMALL_PIECE else size - 1
            else:
                trace, size = shorter, min(max(size, SMALL_PIECE), len(shorter))
        return trace

    def without_a_piece(self, sought: Sought, trace: Trace, size: int) -> Trace | None:
        """Return a shorter behaviour that decides the question without ``size`` steps in a row, if there is one."""
        names = [name for name, _ in trace.steps]
        for position in range(len(names) - size, -1, -1 if size <= SMALL_PIECE else -size):
            rest = self.replayed(sought, trace.initial, names[:position] + names[position + size :])
            if rest is not None:
                return rest
        return None

    def replayed(self, sought: Sought, start: State, names: Sequence[str]) -> Trace | None:
        """Return the behaviour that takes what is enabled of ``names`` until it decides the question, if it does."""
        walker = Walker(self.semantics, start)
        if sought.decided_by(walker, None):
            return walker.trace
        for name in names:
            action = next((action for action in walker.enabled if action.name == name), None)
            if action is None:
                continue
            try:
                before, _ = walker.take(action)
            except LeavesRange:
                return None
            if sought.decided_by(walker, before):
                return walker.trace
        return None


def _plans() -> st.SearchStrategy[Plan]:
    """Plans, from truth values alone.

    Hypothesis mixes constants of the modules that happen to be loaded into drawn integers, and keeps them in files:
    integers would make the answers depend on what else is imported.
    """

    def plan(quiet: bool, swarm: bool, digits: tuple[bool, ...]) -> Plan:
        return Plan(quiet, swarm, int("".join(str(int(digit)) for digit in digits), 2))

    return st.builds(plan, st.booleans(), st.booleans(), st.tuples(*[st.booleans()] * 24))
