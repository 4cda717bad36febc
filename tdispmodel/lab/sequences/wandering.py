"""Random sequences of the model's steps on a kernel, drawn by hypothesis and shrunk where kernel and model disagree.

Given a subject and the device core, gives how many sequences were run and, if one differs, the shortest that hypothesis
and a last look for a step in the place of two find, seen again on the subject.  What was run is remembered, so that
shrinking runs nothing twice, nor the beginning of what went well.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random

from hypothesis import HealthCheck, Phase, Verbosity, find, settings, strategies as st
from hypothesis.errors import NoSuchExample

from tdispmodel.lab.running.machine import GuestLost
from tdispmodel.lab.running.operations import DEFERS, PCI_BUS, Driver
from tdispmodel.lab.sequences.conforming import GATES, MORE, Conformance, Difference, Tally, core_of, followed
from tdispmodel.lab.sequences.planning import Core
from tdispmodel.lab.sequences.subjects import Booted, Case, Subject

LONGEST = 12
DRAWN_FOR_A_STEP = 2
"""About every other step that is drawn is possible when its turn comes."""
ROUNDS = 20
LAST_RUNS = 60
"""So many sequences are run to see whether one step does what two did."""
NOTHING = ""
"""Drawn where a sequence has no step: what hypothesis shrinks steps to."""


@dataclass(frozen=True)
class Wish:
    """How many sequences, of which seed, how long at most, and how many seconds may be taken in all."""

    sequences: int
    seed: int = 0
    longest: int = LONGEST
    seconds: float = 3600.0


@dataclass(frozen=True)
class Wandering:
    """What came of random sequences.

    ``difference`` is the shortest sequence found on which kernel and model disagree, None if they never did; ``first``
    is the one from which it was shrunk, and ``again``: it went the same way when it was run once more.  ``late``: time
    was up before all that was wanted was run, or shrunk.
    """

    wish: Wish
    tally: Tally
    sequences: int
    difference: Difference | None = None
    first: tuple[str, ...] = ()
    again: bool = False
    late: bool = False

    def conformance(self, case: Case) -> Conformance:
        """Return what came of it as of other sequences: all that can be tried, what was taken, and the shortest."""
        core = core_randomly(case)
        found = self.tally.conformance(case, core.told, tuple(core.transitions()))
        return replace(found, differences=() if self.difference is None else (self.difference,))


class _Over(BaseException):
    """It ends here.  No `Exception`, lest hypothesis take it for a failing test and try to make it smaller."""


class _Enough(_Over):
    """As many sequences as were wanted were run, and none differs."""


def wander(subject: Subject, core: Core, driver: Driver, wish: Wish) -> Wandering:
    """Run random sequences until one differs, which is shrunk, or all were run.  Raises `GuestLost`."""
    search = _Search(subject, core, driver, wish)
    shortest: tuple[str, ...] | None = None
    late = False
    try:
        shortest = search.found()
    except _Enough:
        pass
    except _Over:
        late = True
    if search.lost is not None:
        raise search.lost
    if not search.first:
        return Wandering(wish, search.tally, search.runs, late=late)
    found = search.best if shortest is None else search.run(shortest)
    again = search.seen_again(found)
    return Wandering(wish, search.tally, search.runs, found, search.first, again, late)


def randomly(case: Case, wish: Wish) -> Wandering:
    """Run random sequences of all that the lab can do, on a machine.  Raises `NoLab` and `GuestLost`."""
    with Booted(case) as subject:
        return wander(subject, core_randomly(case), case.driver, wish)


def core_randomly(case: Case) -> Core:
    """Return the device core with all that random sequences try: on another bus than PCI there is no more to try."""
    told = {"driver_is_told": True} if case.driver == DEFERS else {}
    return core_of(case, {} if case.driver.bus != PCI_BUS else {**MORE, **GATES, **told})


class _Search:
    """The search: what was run, and what came of it."""

    def __init__(self, subject: Subject, core: Core, driver: Driver, wish: Wish) -> None:
        self.subject, self.core, self.driver, self.wish = subject, core, driver, wish
        self.alphabet = tuple(dict.fromkeys(one.action for one in core.transitions()))
        self.tally = Tally()
        self.runs = 0
        self.well: set[tuple[str, ...]] = {()}
        """What went well, with each of its beginnings."""
        self.bad: dict[tuple[str, ...], Difference] = {}
        self.first: tuple[str, ...] = ()
        self.lost: GuestLost | None = None
        self.end = time.monotonic() + wish.seconds

    def found(self) -> tuple[str, ...] | None:
        """Return a shortest sequence that differs, None where none does.  Raises `_Over`.

        Hypothesis draws a lot that has been run, since it knows of names alone; it is asked again until all are new.
        """
        for number in range(ROUNDS):
            chance = Random(f"{self.wish.seed} {number}")  # noqa: S311  # no secret
            try:
                return self.shorter(
                    self.possible(find(self.strategy(), self.differs, settings=self.settings(), random=chance))
                )
            except NoSuchExample:
                continue
        return None

    @property
    def best(self) -> Difference | None:
        """The shortest sequence so far that differs."""
        return min(self.bad.values(), key=lambda one: len(one.steps), default=None)

    def settings(self) -> settings:
        """Return what hypothesis is told."""
        return settings(
            max_examples=self.wish.sequences,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=tuple(HealthCheck),
            verbosity=Verbosity.quiet,
            print_blob=False,
        )

    def strategy(self) -> st.SearchStrategy[tuple[str, ...]]:
        """Names of steps, each of which is left out where it is not possible; so what is deleted moves nothing else."""
        names = st.sampled_from((NOTHING, *self.alphabet))
        return st.tuples(*[names] * (DRAWN_FOR_A_STEP * self.wish.longest))

    def possible(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the steps among these that the model says are possible one after another."""
        state, steps = self.core.start(), list[str]()
        for name in names:
            outcomes = self.core.outcomes(state).get(name)
            if outcomes and len(steps) < self.wish.longest:
                state = min((one.state for one in outcomes), key=str)
                steps.append(name)
        return tuple(steps)

    def differs(self, names: Sequence[str]) -> bool:
        """Whether kernel and model disagree about a sequence that was drawn.  Raises `_Enough`, and `_Over`."""
        if not self.first and self.runs >= self.wish.sequences:
            raise _Enough
        return self.run(self.possible(names)) is not None

    def run(self, steps: tuple[str, ...]) -> Difference | None:
        """Return how a sequence differs, None if it does not; what is known is not run.

        Raises `_Over` when time is up or the guest is lost.
        """
        for length in range(1, len(steps) + 1):
            if steps[:length] in self.bad:
                return self.bad[steps[:length]]
        return None if steps in self.well else self.afresh(steps)

    def afresh(self, steps: tuple[str, ...]) -> Difference | None:
        """Run a sequence, whatever is known of it, and return how it differs.  Raises `_Over` as above."""
        if time.monotonic() > self.end:
            raise _Over
        try:
            found = self.tally.note(self.core, followed(self.subject, self.core, self.driver, steps))
        except GuestLost as lost:
            self.lost = lost
            raise _Over from None
        self.runs += 1
        well = steps if found is None else found.steps[:-1]
        self.well |= {well[:length] for length in range(len(well) + 1)}
        if found is not None:
            self.bad[found.steps] = found
            self.first = self.first or found.steps
        return found

    def seen_again(self, found: Difference | None) -> bool:
        """Whether a difference is seen once more; no, where nothing can be run any more."""
        try:
            return found is not None and self.afresh(found.steps) == found
        except _Over:
            return False

    def shorter(self, steps: tuple[str, ...]) -> tuple[str, ...]:
        """Return a sequence that differs and has a step in the place of two of these, again and again; else these.

        Hypothesis deletes steps and exchanges one for one, which is not enough where one does what two did.
        """
        last = self.runs + LAST_RUNS
        for candidate in self.merged(steps):
            found = self.run(candidate)
            if found is not None and len(found.steps) < len(steps):
                return self.shorter(found.steps)
            if self.runs >= last:
                break
        return steps

    def merged(self, steps: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        """Yield what comes of putting a step in the place of two, neighbours first, where all is possible."""
        pairs = sorted(combinations(range(len(steps)), 2), key=lambda pair: pair[1] - pair[0])
        for first, second in pairs:
            rest = [*steps[:first], *steps[first + 1 : second], *steps[second + 1 :]]
            for place in dict.fromkeys((second - 1, first)):
                for name in self.alphabet:
                    candidate = (*rest[:place], name, *rest[place:])
                    if self.possible(candidate) == candidate:
                        yield candidate
