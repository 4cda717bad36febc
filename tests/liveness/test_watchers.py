"""Both watchers, the engines' and the judge's, against trying every behaviour, and beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest

from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.watching import watcher
from tdispmodel.engines.watching.watcher import Notes, Watched, everything
from tdispmodel.ir.expressions import FALSE, TRUE, Equal, Fairness, IllFormed, Read, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemAction, SystemProperty
from tdispmodel.judging import watcher as judged
from tdispmodel.judging.watcher import Beside
from tdispmodel.verdict import Answer, NothingSeen, Space, Watcher
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


# --- broken on purpose -----------------------------------------------------------------------------------------------


def taking(made: System, change: Callable[[SystemAction], SystemAction]) -> System:
    """Return the system with each of its actions changed."""
    return replace(made, actions=tuple(map(change, made.actions)))


MISUNDERSTOOD: dict[str, Callable[[System, SystemProperty], tuple[System, SystemProperty]]] = {
    "the loop may have disturbing steps": lambda made, asked: (
        taking(made, lambda one: replace(one, disturbs=False)),
        asked,
    ),
    "weak fairness is strong": lambda made, asked: (taking(made, promised(Fairness.WEAK, Fairness.STRONG)), asked),
    "strong fairness is weak": lambda made, asked: (taking(made, promised(Fairness.STRONG, Fairness.WEAK)), asked),
    "the premise need not be met": lambda made, asked: (made, replace(asked, after=TRUE)),
    "the premise is never met": lambda made, asked: (made, replace(asked, after=FALSE)),
    "the goal is never met": lambda made, asked: (made, without_goal(asked)),
    "every step recurs": lambda made, asked: (made, every_step(asked)),
}
"""Faults by which a watcher takes system or question for another."""


def promised(what: Fairness, other: Fairness) -> Callable[[SystemAction], SystemAction]:
    """Return the change that promises one thing instead of another."""
    return lambda one: replace(one, fairness=other) if one.fairness is what else one


def without_goal(asked: SystemProperty) -> SystemProperty:
    """Return a leads-to property without a goal."""
    return replace(asked, formula=FALSE) if asked.kind is Kind.LEADS_TO else asked


def every_step(asked: SystemProperty) -> SystemProperty:
    """Return a never-endless property of any step."""
    return replace(asked, formula=TRUE) if asked.kind is Kind.NEVER_ENDLESS else asked


@pytest.mark.parametrize("whose", WATCHERS)
@pytest.mark.parametrize("fault", MISUNDERSTOOD)
def test_a_watcher_that_misunderstands_is_noticed(whose: str, fault: str) -> None:
    """Beside the enumeration, a watcher with this fault is seen to be wrong."""
    assert any(
        WATCHERS[whose](*MISUNDERSTOOD[fault](system, question), everything(system))[0] is holds
        for system, question, holds in cases(11)
    )


def nothing_owed(patch: pytest.MonkeyPatch) -> None:
    """What a strongly fair action was owed is forgotten."""
    patch.setattr(Watcher, "owed", staticmethod(lambda action: f"paid({action})"))


def never_excused(patch: pytest.MonkeyPatch) -> None:
    """Being disabled excuses nobody."""
    patch.setattr(watcher, "negation", lambda one: FALSE if one != FALSE else TRUE)
    patch.setattr(judged, "Not", lambda one: FALSE if one != FALSE else TRUE)


def nothing_saved(patch: pytest.MonkeyPatch) -> None:
    """Any state closes the loop."""
    for module in (watcher, judged):
        patch.setattr(module, "Equal", lambda one, other: TRUE if isinstance(other, Read) else Equal(one, other))


@pytest.mark.parametrize("whose", WATCHERS)
@pytest.mark.parametrize("fault", [nothing_owed, never_excused, nothing_saved], ids=lambda fault: fault.__name__)
def test_a_broken_watcher_is_noticed(
    whose: str, fault: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the enumeration, a watcher that is broken inside is seen to be wrong, or is no system any more."""
    fault(monkeypatch)
    try:
        seen = any(WATCHERS[whose](system, asked, everything(system))[0] is holds for system, asked, holds in cases(11))
    except IllFormed:
        seen = True
    assert seen
