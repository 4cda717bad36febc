"""All smallest sets that break something and all largest sets that do not, by as few questions as possible.

Given a finite universe and an oracle that says of a set whether it is broken; gives the border between the two.  The
oracle must be monotone: whoever can do more breaks what can be broken with less.  It may leave a set open.

The method is "dualize and advance" (Gunopulos, Khardon, Mannila, Toivonen 1997): the largest unbroken sets are the
complements of the minimal hitting sets of all smallest broken ones.  So each hitting set of what is known gives a
candidate: if it is unbroken, it is a largest one; if it is broken, it is shrunk to a smallest broken set that was not
known.  A set that is left open is avoided from then on, as if it were broken, so that the search goes on below it.
When the search is given up, the candidates that nobody asked about are undecided, and so is what they contain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from tdispmodel.checking.mistakes import OurFault
from tdispmodel.verdict import Answer

Names = frozenset[str]
MAXIMUM_QUESTIONS = 2_000
MAXIMUM_CANDIDATES = 1_000

Found = TypeVar("Found")


@dataclass(frozen=True)
class Asked:
    """The oracle's answer about a set; ``enough`` is a part of a broken set that is known to break it as well."""

    answer: Answer
    enough: Names = frozenset()


Oracle = Callable[[Names], Asked]


@dataclass(frozen=True)
class Extreme:
    """A broken or unbroken set; ``sure``: it is known that no smaller one is broken, or no larger one unbroken."""

    names: Names
    sure: bool


@dataclass(frozen=True)
class Border:
    """Smallest broken sets, largest unbroken ones, and sets that were left open and that the others do not decide.

    ``complete``: every set contains a broken or an open one of these, or is contained in an unbroken one.  Otherwise
    the search was given up, and the undecided ones include the largest sets that it had not come to.
    """

    broken: tuple[Extreme, ...]
    unbroken: tuple[Extreme, ...]
    undecided: tuple[Names, ...]
    complete: bool


def never() -> bool:
    """Nobody gives the search up."""
    return False


def border(universe: Iterable[str], oracle: Oracle, given_up: Callable[[], bool] = never) -> Border:
    """Return the border of a monotone oracle; once ``given_up`` says so it is asked no more.

    Raises `OurFault` when the oracle is not monotone, as far as that is noticed: a larger set is unbroken.
    """
    return _Search(frozenset(universe), oracle, given_up).run()


@dataclass
class _Search:
    """What is known so far; ``answers`` holds every set that the oracle was asked about."""

    universe: Names
    oracle: Oracle
    given_up: Callable[[], bool]
    answers: dict[Names, Answer] = field(default_factory=dict)

    def run(self) -> Border:
        candidates: list[Names] = [frozenset()]
        settled: set[Names] = set()
        complete = True
        while True:
            left = [hitting for hitting in candidates if hitting not in settled]
            if not left:
                break
            many = len(self.answers) >= MAXIMUM_QUESTIONS or len(candidates) >= MAXIMUM_CANDIDATES
            if self.answers and (many or self.given_up()):
                complete = False
                self.leave(left)
                break
            hitting = min(left, key=_order)
            chosen = self.universe - hitting
            asked = self.ask(chosen)
            if asked.answer is Answer.HOLDS:
                settled.add(hitting)
                continue
            avoided = self.shrunk(asked.enough) if asked.answer is Answer.VIOLATED else chosen
            candidates = hitting_all(candidates, avoided)
        return self.result(complete=complete)

    def leave(self, hitting: Iterable[Names]) -> None:
        """Note that what these candidates stand for is undecided, unless it was asked about already."""
        for one in hitting:
            self.answers.setdefault(self.universe - one, Answer.OPEN)

    def ask(self, names: Names) -> Asked:
        """Return the oracle's answer, noted; what follows from an earlier one is not asked again."""
        known = self.answers.get(names)
        if known is not None and known is not Answer.VIOLATED:
            return Asked(known)
        if known is None and self.is_unbroken(names):
            return Asked(Answer.HOLDS)
        asked = self.oracle(names)
        if asked.answer is Answer.HOLDS and self.is_broken(names):
            message = f"{shown(names)} does not break what a part of it breaks"
            raise OurFault(message)
        if asked.answer is Answer.VIOLATED:
            if not asked.enough <= names or self.is_unbroken(asked.enough):
                message = f"{shown(asked.enough)} cannot be what breaks it with {shown(names)}"
                raise OurFault(message)
            self.answers[asked.enough] = Answer.VIOLATED
        self.answers[names] = asked.answer
        return asked

    def shrunk(self, names: Names) -> Names:
        """Return a broken part of a broken set; it has no broken part itself, unless answers are open or time is up."""
        smallest = names
        for name in sorted(names):
            if name not in smallest or self.given_up():
                continue
            asked = self.ask(smallest - {name})
            if asked.answer is Answer.VIOLATED:
                smallest = asked.enough
        return smallest

    def is_broken(self, names: Names) -> bool:
        return any(answer is Answer.VIOLATED and known <= names for known, answer in self.answers.items())

    def is_unbroken(self, names: Names) -> bool:
        return any(answer is Answer.HOLDS and names <= known for known, answer in self.answers.items())

    def result(self, *, complete: bool) -> Border:
        broken = smallest_of(known for known, answer in self.answers.items() if answer is Answer.VIOLATED)
        unbroken = largest_of(known for known, answer in self.answers.items() if answer is Answer.HOLDS)
        undecided = [
            known
            for known, answer in self.answers.items()
            if answer is Answer.OPEN and not self.is_broken(known) and not self.is_unbroken(known)
        ]
        return Border(
            tuple(Extreme(one, all(self.is_unbroken(one - {name}) for name in one)) for one in broken),
            tuple(Extreme(one, all(self.is_broken(one | {name}) for name in self.universe - one)) for one in unbroken),
            tuple(sorted(undecided, key=_order)),
            complete,
        )


def hitting_all(hitting: list[Names], edge: Names) -> list[Names]:
    """Return the minimal sets that hit ``edge`` besides what the minimal sets ``hitting`` hit (Berge 1984)."""
    kept = [known for known in hitting if known & edge]
    grown = {known | {name} for known in hitting if not known & edge for name in edge}
    return kept + [one for one in sorted(grown, key=_order) if not any(known < one for known in (*kept, *grown))]


def smallest_of(sets: Iterable[Names]) -> list[Names]:
    """Return the sets that contain no other of them, the smaller ones first."""
    known = set(sets)
    return sorted((one for one in known if not any(other < one for other in known)), key=_order)


def largest_of(sets: Iterable[Names]) -> list[Names]:
    """Return the sets that no other of them contains, the larger ones first."""
    known = set(sets)
    largest = [one for one in known if not any(other > one for other in known)]
    return sorted(largest, key=lambda one: (-len(one), sorted(one)))


def shown(names: Names) -> str:
    """Return a set as text."""
    return "{" + ", ".join(sorted(names)) + "}"


def _order(names: Names) -> tuple[int, list[str]]:
    return len(names), sorted(names)
