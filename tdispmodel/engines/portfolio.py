"""Several engines asked the same questions, their answers joined.

`Portfolio` is what ``--engine auto`` means: the exhaustive engine first with a share of the time, then the others for
what it left open; where there are too many states to visit, decision diagrams and IC3 come before it.  `Several` is
what ``--engine A --engine B`` means: all of them are asked everything, and answers that contradict each other raise
`Contradiction`.  Both guard engines that may treat a step out of an integer's range as impossible (see
`engines.ranges`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tdispmodel.compiling.layout import Layout
from tdispmodel.engines.protocol import NO_MEMORY, Engine, Limits, Progress, silent
from tdispmodel.engines.ranges import weakened, whether_in_range
from tdispmodel.engines.registry import available, engine as engine_called
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.source import Rejected
from tdispmodel.verdict import Answer, Trace, Verdict, Witness, join

EVERY_KIND = frozenset(Kind)

AUTOMATIC = ("explicit", "diagrams", "ic3", "sat", "induction", "pdr", "bmc")
"""The engines of ``auto``, in the order in which they are asked."""

FIRST_IF_LARGE = ("diagrams", "ic3")
"""Are asked first about a system of several devices whose states take more than so many bits."""
LAST = len(FIRST_IF_LARGE)
LARGE = 24

SHORTENS = "sat"
"""Looks for a shorter behaviour when one is not known to be shortest, for so many seconds at most."""
SHORTENING_SECONDS = 20.0

ENDLESS = frozenset({Kind.LEADS_TO, Kind.NEVER_ENDLESS})
ENDLESS_SECONDS = 60.0
"""What an engine that does not visit every state may use where only questions of these kinds are left: what it decides
of them it decides soon, and who visits every state should not wait for it."""

FIRST_SHARE = 0.5
"""Of the time that is left, what the first engine may use when others could follow."""


class Portfolio:
    """The default: each engine is asked what those before it left open."""

    name = "auto"
    kinds = EVERY_KIND
    exhaustive = False

    def __init__(self, names: Sequence[str] = AUTOMATIC) -> None:
        self.names = tuple(names)

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question: as soon as it is decided, or open after the last engine."""
        pending: dict[SystemProperty, Verdict | None] = dict.fromkeys(questions)
        # a checkpoint is about all questions, so whoever writes it is asked before some of them are decided
        names = self.names if limits.checkpoint is not None else in_order(self.names, system)
        for position, asked in enumerate(available(names)):
            able = [question for question in pending if question.kind in asked.kinds]
            if not able or limits.out_of_time():
                continue
            share = shared(limits, followers=len(self.names) - position - 1)
            if not asked.exhaustive and all(question.kind in ENDLESS for question in able):
                most = ENDLESS_SECONDS if share.seconds is None else min(ENDLESS_SECONDS, share.seconds)
                share = replace(share, seconds=most)
            long: list[Verdict] = []
            for verdict in guarded(asked, system, able, share, progress):
                earlier = pending[verdict.property]
                joined = verdict if earlier is None else join(earlier, verdict)
                pending[verdict.property] = joined
                if joined.answer is not Answer.OPEN:
                    del pending[verdict.property]
                    if may_be_long(joined):
                        long.append(joined)
                    else:
                        yield joined
            yield from shortened(system, long, limits, progress)
            if not pending:
                return
        for question, last in pending.items():
            yield last or Verdict(question, Answer.OPEN, self.name, reason="no engine could be asked in the time given")


def in_order(names: Sequence[str], system: System) -> tuple[str, ...]:
    """Return the engines in the order in which they are asked about ``system``."""
    if system.devices > 1 and Layout(system).bits > LARGE:
        return tuple(sorted(names, key=lambda name: FIRST_IF_LARGE.index(name) if name in FIRST_IF_LARGE else LAST))
    return tuple(names)


def behaviour(verdict: Verdict) -> Trace | None:
    """Return the finite behaviour that a verdict about safety rests on."""
    if verdict.property.kind in (Kind.INVARIANT, Kind.STEP):
        return verdict.trace
    return verdict.certificate.trace if isinstance(verdict.certificate, Witness) else None


def may_be_long(verdict: Verdict) -> bool:
    """Return whether a verdict rests on a finite behaviour that may not be a shortest one."""
    return behaviour(verdict) is not None and not verdict.shortest


def shortened(system: System, verdicts: Sequence[Verdict], limits: Limits, progress: Progress) -> Iterator[Verdict]:
    """Yield each of the verdicts with a shortest behaviour, where one is found or known to be there in short time."""
    known = {verdict.property: verdict for verdict in verdicts}
    remaining = limits.remaining()
    seconds = SHORTENING_SECONDS if remaining is None else min(SHORTENING_SECONDS, remaining / 2)
    depth = max((len(trace) for verdict in verdicts if (trace := behaviour(verdict)) is not None), default=0) - 1
    for finder in available((SHORTENS,) if known else ()):
        for found in finder.answer(system, tuple(known), Limits(seconds, limits.memory, depth), progress):
            yield shorter(known.pop(found.property), found)
    yield from known.values()


def shorter(known: Verdict, found: Verdict) -> Verdict:
    """Return a verdict with the better behaviour of two, one of which a search by length found, or did not find."""
    old, new = behaviour(known), behaviour(found)
    if old is None or (new is None and (found.bound is None or found.bound < len(old) - 1)):
        return known
    if new is None or len(new) == len(old):
        return replace(known, shortest=True)
    return replace(known, trace=found.trace, certificate=found.certificate, shortest=True)


class Several:
    """Engines that are all asked everything."""

    kinds = EVERY_KIND
    exhaustive = False

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(dict.fromkeys(names))
        self.name = "+".join(self.names)

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question: all engines' answers joined.  Raises `Contradiction`."""
        joined: dict[SystemProperty, Verdict] = {}
        for position, name in enumerate(self.names):
            last = position == len(self.names) - 1
            share = shared(limits, followers=len(self.names) - position - 1)
            for verdict in guarded(engine_called(name), system, questions, share, progress):
                earlier = joined.get(verdict.property)
                joined[verdict.property] = verdict if earlier is None else join(earlier, verdict)
                if last:
                    yield joined[verdict.property]


def chosen(names: Sequence[str]) -> Engine:
    """Return the engine that the names on the command line ask for; none, or ``auto``, is the portfolio.

    KeyError for a name that does not exist.
    """
    wanted = named(names)
    for name in wanted:
        engine_called(name)
    if not wanted:
        return Portfolio()
    if len(wanted) < len(names):
        return Several([*wanted, *AUTOMATIC])
    return Several(wanted)


def named(names: Sequence[str]) -> list[str]:
    """Return the engines that the names on the command line ask for by themselves."""
    return [name for name in names if name != Portfolio.name]


def shared(limits: Limits, followers: int) -> Limits:
    """Return the limits of one engine when ``followers`` others may have to be asked afterwards."""
    remaining = limits.remaining()
    if remaining is None:
        return Limits(None, limits.memory, limits.depth, checkpoint=limits.checkpoint)
    share = remaining if not followers else remaining * max(FIRST_SHARE, 1 / (followers + 1))
    return Limits(share, limits.memory, limits.depth, checkpoint=limits.checkpoint)


def guarded(
    asked: Engine, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress
) -> Iterator[Verdict]:
    """Yield one verdict of ``asked`` per question, in any order; what it forgot to answer is open.

    For an engine that is not exhaustive it is first made sure that integers stay in range.  Raises `OutOfRange`.
    """
    waiting = list(dict.fromkeys(questions))
    why = "the engine gave no answer"
    try:
        doubt = "" if asked.exhaustive else whether_in_range(asked, system, limits, progress)
        for verdict in asked.answer(system, tuple(waiting), limits, progress):
            waiting.remove(verdict.property)
            yield weakened(verdict, doubt) if doubt else verdict
    except Rejected as rejected:  # too much for this engine, such as too many start states; another may still manage
        why = rejected.complaints[0].message
    except MemoryError:
        why = NO_MEMORY
    for question in waiting:
        yield Verdict(question, Answer.OPEN, asked.name, reason=why)
