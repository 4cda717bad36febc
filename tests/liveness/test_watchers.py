"""Both watchers, the engines' and the judge's, against trying every behaviour, and beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.watching.watcher import Notes, Watched, everything
from tdispmodel.ir.expressions import TRUE, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging.watcher import Beside
from tdispmodel.verdict import Answer, NothingSeen, Space
from tests.liveness.tiny_systems import asked_systems


def some_notes(chance: Random, system: System) -> Notes:
    """Return notes about some variables and some fair actions."""
    duties = [action.name for action in system.actions if action.fair and chance.random() < 0.7]
    saves = [variable.name for variable in system.variables if chance.random() < 0.5]
    return Notes(tuple(saves), tuple(duties), chance.choice((1, 1, 2, 3)))


def seen_by_the_engines(system: System, question: SystemProperty, notes: Notes) -> tuple[bool, Space | None]:
    """Return whether the engines' watcher sees something, and how large the system with it is."""
    watched = Watched(system, question, notes)
    return asked(watched.system, watched.nothing_seen)


def seen_by_the_judge(system: System, question: SystemProperty, notes: Notes) -> tuple[bool, Space | None]:
    """Return the same of the judge's watcher."""
    beside = Beside(system, question, NothingSeen(notes.saves, notes.duties, notes.rounds, TRUE))
    return asked(beside.both, SystemProperty("nothing seen", "", Kind.INVARIANT, negation(beside.seen)))


def asked(system: System, nothing: SystemProperty) -> tuple[bool, Space | None]:
    """Return whether the invariant is violated, and the size of the system."""
    (verdict,) = Explicit().answer(system, [nothing], Limits())
    return verdict.answer is Answer.VIOLATED, verdict.space


WATCHERS = {"engines": seen_by_the_engines, "judge": seen_by_the_judge}
COUNT = 150


def cases(seed: int) -> Iterator[tuple[System, SystemProperty, bool]]:
    """Yield systems with questions and whether they hold."""
    for system, questions, behaviours in asked_systems(seed, COUNT):
        for question in questions:
            yield system, question, behaviours.holds(question)


@pytest.mark.parametrize("whose", WATCHERS)
def test_a_watcher_that_notes_everything_sees_exactly_the_violations(whose: str) -> None:
    """With everything saved, every duty and one round something is seen if and only if the property is violated."""
    for system, question, holds in cases(11):
        assert WATCHERS[whose](system, question, everything(system))[0] is not holds


@pytest.mark.parametrize("whose", WATCHERS)
def test_a_watcher_that_notes_little_sees_too_much_and_never_too_little(whose: str) -> None:
    """Whatever is noted, a violated property is seen to be violated; and often something is seen of one that holds."""
    chance = Random(12)  # noqa: S311  # nothing secret
    too_much = 0
    for system, question, holds in cases(12):
        seen, _ = WATCHERS[whose](system, question, some_notes(chance, system))
        assert seen or holds
        too_much += seen and holds
    assert too_much > 20


def test_counting_rounds_is_enough() -> None:
    """With nothing saved, every duty and more rounds than there are states, exactly the violations are seen."""
    for system, question, holds in cases(13):
        notes = Notes((), everything(system).duties, 11)
        assert seen_by_the_engines(system, question, notes)[0] is not holds


def test_both_watchers_are_the_same() -> None:
    """Engines and judge build watchers that see the same and make systems of the same size."""
    chance = Random(14)  # noqa: S311  # nothing secret
    for system, question, _ in cases(14):
        notes = some_notes(chance, system)
        assert seen_by_the_engines(system, question, notes) == seen_by_the_judge(system, question, notes)
