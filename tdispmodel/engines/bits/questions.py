"""What decides a question when it is met: a violation, or a witness of what must be possible.

Given a `Lowered` system and a question about states or steps, `Target` is the condition on a state that decides it: of
the state itself, or that a move out of it takes a step that decides.  From a behaviour that meets it comes a verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tdispmodel.compiling.conditions import Condition, TooLarge, holds
from tdispmodel.compiling.lowering import Lowered, Move
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.watching import watcher
from tdispmodel.ir.expressions import Actor
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import SystemProperty, speaks_of_step
from tdispmodel.verdict import Answer, Trace, Verdict, Witness

FINITE = frozenset({Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE})
"""What a finite behaviour decides."""
KINDS = FINITE | watcher.KINDS
"""What the engines over bits decide: beside a watcher (docs/watcher.md) also what goes on for ever."""

Codes = tuple[int, ...]
"""A state by the codes of its values."""


@dataclass(frozen=True, eq=False)
class Target:
    """A question and what decides it: ``ways`` to meet it, each a condition on a state and the move that must follow,
    if one must.
    """

    question: SystemProperty
    condition: Condition
    ways: tuple[tuple[Condition, Move | None], ...]

    @property
    def of_step(self) -> bool:
        """Whether it is met by a step, not by a state."""
        return of_step(self.question)

    def last_move(self, state: Codes) -> Move | None:
        """Return the move that must follow in a state that meets the target."""
        return next(move for condition, move in self.ways if holds(condition, state))


def of_step(question: SystemProperty) -> bool:
    """Return whether the formula of a question is asked of steps, not of states."""
    return question.kind is Kind.STEP or (question.kind is Kind.MUST_BE_POSSIBLE and speaks_of_step(question.formula))


def target(lowered: Lowered, moves: Sequence[Move], question: SystemProperty) -> Target:
    """Return what decides the question where only ``moves`` are taken.  Raises `TooLarge`."""
    of, formula = lowered.conditions, question.formula
    wanted = question.kind is Kind.MUST_BE_POSSIBLE
    ways: list[tuple[Condition, Move | None]] = []
    if of_step(question):
        for move in moves:
            met = lowered.condition_of_step(formula, move)
            ways.append((of.every([move.guard, met if wanted else of.negation(met)]), move))
    else:
        met = lowered.condition(formula)
        ways.append((met if wanted else of.negation(met), None))
    possible = tuple((condition, move) for condition, move in ways if condition is not of.false)
    return Target(question, of.some([condition for condition, _ in possible]), possible)


def moves_for(lowered: Lowered, question: SystemProperty) -> tuple[Move, ...]:
    """Return the moves that count: all, or for what must be possible those that are not the host's."""
    if question.kind is not Kind.MUST_BE_POSSIBLE:
        return lowered.moves
    return tuple(move for move in lowered.moves if move.action.actor is not Actor.HOST)


def parted(questions: Sequence[SystemProperty], limits: Limits) -> Iterator[tuple[list[SystemProperty], Limits]]:
    """Yield the questions about all moves, then those about the moves without the host's, each with limits such that
    the first ones leave the others their share of the time.
    """
    always = [question for question in questions if question.kind is not Kind.MUST_BE_POSSIBLE]
    possible = [question for question in questions if question.kind is Kind.MUST_BE_POSSIBLE]
    remaining = limits.remaining()
    if always and possible and remaining is not None:
        share = limits.spent() + remaining * len(always) / len(questions)
        yield always, replace(limits, seconds=round(share, 1))
    elif always:
        yield always, limits
    if possible:
        yield possible, limits


def leaving(limits: Limits, now: int, later: int) -> Limits:
    """Return limits for so many questions ``now`` that leave those asked ``later`` their share of the time."""
    remaining = limits.remaining()
    if remaining is None or not later:
        return limits
    return replace(limits, seconds=round(limits.spent() + remaining * now / (now + later), 1))


def after(move: Move, state: Codes) -> Codes:
    """Return the state to which a move leads from one in which it is possible."""
    codes = list(state)
    for variable, effect in move.effects.items():
        codes[variable] = next(code for code, condition in effect.items() if holds(condition, state))
    return tuple(codes)


def behaviour(met: Target, lowered: Lowered, path: Sequence[tuple[Codes, Move | None]]) -> Trace:
    """Return the behaviour that follows a path, each of its states with the move that leaves it, and meets a target."""
    states = [state for state, _ in path]
    moves = [move for _, move in path if move is not None]
    if (last := met.last_move(states[-1])) is not None:
        moves.append(last)
        states.append(after(last, states[-1]))
    known = [lowered.state(state) for state in states]
    return Trace(known[0], tuple(zip([move.action.name for move in moves], known[1:], strict=True)))


def decided(engine: str, question: SystemProperty, trace: Trace, seconds: float, *, shortest: bool) -> Verdict:
    """Return the verdict that a behaviour gives which violates the question, or is its witness."""
    if question.kind is Kind.MUST_BE_POSSIBLE:
        certificate = Witness(trace)
        return Verdict(question, Answer.HOLDS, engine, shortest=shortest, certificate=certificate, seconds=seconds)
    return Verdict(question, Answer.VIOLATED, engine, trace=trace, shortest=shortest, seconds=seconds)


def open_kind(engine: str, question: SystemProperty) -> Verdict:
    """Return the verdict on a question of a kind that engines over bits do not decide."""
    reason = f"{engine} does not decide {question.kind.value} properties"
    return Verdict(question, Answer.OPEN, engine, reason=reason)


def too_large(engine: str, question: SystemProperty, error: TooLarge) -> Verdict:
    """Return the verdict on a question that cannot be put into bits."""
    return Verdict(question, Answer.OPEN, engine, reason=f"does not lower: {error}")
