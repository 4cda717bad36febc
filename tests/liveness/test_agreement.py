"""Who decides what goes on for ever agrees with trying every behaviour; every loop and certificate is accepted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.registry import engine
from tdispmodel.ir.model import Kind
from tdispmodel.ir.sorts import Fairness
from tdispmodel.ir.system import System, SystemAction
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer
from tests.laws.oracle import Oracle
from tests.liveness.tiny_systems import Asked, all_behaviours, asked_systems


def each(change: Callable[[SystemAction], SystemAction]) -> Callable[[System], System]:
    """Return the change of a system that changes each of its actions."""
    return lambda system: replace(system, actions=tuple(map(change, system.actions)))


def instead(what: Fairness, other: Fairness) -> Callable[[System], System]:
    """Return the change by which whoever is promised one thing is promised another."""
    return each(lambda action: replace(action, fairness=other) if action.fairness is what else action)


OTHERWISE = {
    "strong is weak": instead(Fairness.STRONG, Fairness.WEAK),
    "weak is strong": instead(Fairness.WEAK, Fairness.STRONG),
    "weak is none": instead(Fairness.WEAK, Fairness.NONE),
    "nobody disturbs": each(lambda action: replace(action, disturbs=False)),
}
ENGINES = ("explicit", "graph", "diagrams", "ic3", "sat")
FINDS = "sat"
"""Finds every violation of systems so small, and proves nothing."""
FEW, MANY = 500, 20_000
FEWER = {"explicit": 300, "graph": 250, "diagrams": 200, "ic3": 80, "sat": 100}
"""Of those that take longest the gate asks about fewer; all that they say of these kinds is asked of `MANY` in the long run."""
SECONDS = 20.0


def differences(name: str, asked: Asked) -> Iterator[str]:
    """Yield what an engine says otherwise than the enumeration, and what the judge refuses."""
    system, questions, behaviours = asked
    verdicts = list(engine(name).answer(system, questions, Limits(seconds=SECONDS)))
    if sorted(one.property.name for one in verdicts) != sorted(one.name for one in questions):
        yield "not one verdict per question"
    for verdict in verdicts:
        right = Answer.HOLDS if behaviours.holds(verdict.property) else Answer.VIOLATED
        unproven = name == FINDS and verdict.answer is Answer.OPEN and right is Answer.HOLDS
        if verdict.answer is not right and not unproven:
            yield f"{verdict.property.name}: {verdict.answer.value}, but it is {right.value} {verdict.reason}"
    yield from (f"{one.verdict.property.name}: {one.reason}" for one in judge_all(system, verdicts) if not one.accepted)


def all_differences(name: str, seed: int, count: int) -> list[tuple[int, str]]:
    """Return the differences on so many systems, each with the system's number."""
    return [(at, one) for at, asked in enumerate(asked_systems(seed, count)) for one in differences(name, asked)]


@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_agrees_with_trying_everything(name: str) -> None:
    """On tiny systems the engine answers as the enumeration does, open only to what it cannot prove, and the judge
    accepts all of it.
    """
    assert all_differences(name, 1, FEWER.get(name, FEW)) == []


@pytest.mark.long
@pytest.mark.parametrize("name", ENGINES)
def test_an_engine_agrees_on_many_systems(name: str) -> None:
    """The same of many more systems than the gate has time for."""
    assert all_differences(name, 3, MANY) == []


def test_the_oracle_of_the_laws_agrees_with_trying_everything() -> None:
    """The oracle that the laws compare engines with answers as the enumeration does."""
    for system, questions, behaviours in asked_systems(2, FEW):
        oracle = Oracle(system)
        assert [oracle.holds(one) for one in questions] == [behaviours.holds(one) for one in questions]


def test_the_systems_have_what_they_are_for() -> None:
    """Of each kind of question both answers are common, and for each kind some depend on strong and some on weak
    fairness, and on disturbing moves that end.
    """
    answers: Counter[tuple[Kind, bool]] = Counter()
    changed: Counter[tuple[Kind, str]] = Counter()
    for system, questions, behaviours in asked_systems(1, FEW):
        others = {what: all_behaviours(promised(system)) for what, promised in OTHERWISE.items()}
        for question in questions:
            answer = behaviours.holds(question)
            answers[question.kind, answer] += 1
            changed.update(
                (question.kind, what) for what, one in others.items() if one and one.holds(question) is not answer
            )
    kinds = (Kind.LEADS_TO, Kind.NEVER_ENDLESS)
    assert [(kind, holds) for kind in kinds for holds in (True, False) if answers[kind, holds] < 200] == []
    assert [(kind, what) for kind in kinds for what in OTHERWISE if changed[kind, what] < 5] == []
