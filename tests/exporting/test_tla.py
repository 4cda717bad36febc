"""TLC counts our states and transitions, and finds the same shortest violations."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from tdispmodel.engines.conformance.writing import Counter, Flag, move, system
from tdispmodel.exporting.foreign import Inexpressible, identifier, told
from tdispmodel.exporting.tla import tla
from tdispmodel.ir.expressions import TRUE, Bounded, disjunction, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, System, SystemProperty, SystemVariable
from tdispmodel.verdict import Answer
from tests.exporting.checkers import Tlc, tlc
from tests.exporting.test_models import CATALOGUE, counted, group_of, starts, verdicts
from tests.laws.oracle import Oracle
from tests.laws.random_systems import asked_systems, law

KINDS = (Kind.INVARIANT, Kind.STEP)
Asked = tuple[System, tuple[SystemProperty, ...]]


def agrees(asked: Asked, folder: Path) -> None:
    """Compare with trying everything: what holds, with all counts; then each violation, with its depth."""
    made, questions = asked
    oracle = Oracle(made)
    distances = {question: oracle.distance(question) for question in questions}
    holding = [question for question, steps in distances.items() if steps is None]
    found = tlc(tla(made, holding), folder)
    space = oracle.space
    assert Tlc(space.transitions + starts(made), space.states, space.depth + 1) == found
    for question, steps in distances.items():
        if steps is not None:
            found = tlc(tla(made, [question]), folder)
            states = steps + (question.kind is Kind.INVARIANT)
            assert (identifier(told(question)), states) == (found.violated, found.path)


@law(3)
@given(asked=asked_systems(KINDS))
def test_tlc_agrees_about_random_systems(asked: Asked, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of random systems TLC finds as many states, transitions and levels as trying everything, and violates the same
    questions by paths as short.
    """
    agrees(asked, tmp_path_factory.mktemp("random"))


@pytest.mark.long
@law(60)
@given(asked=asked_systems(KINDS))
def test_tlc_agrees_about_many_random_systems(asked: Asked, tmp_path_factory: pytest.TempPathFactory) -> None:
    """So it does of many, each of which starts Java up to three times."""
    agrees(asked, tmp_path_factory.mktemp("random"))


@pytest.mark.parametrize(
    "proposal",
    [
        pytest.param(known, marks=() if known == "initrd_autoprobe_off" else pytest.mark.long)
        for known in sorted(CATALOGUE.proposals)
    ],
)
def test_tlc_counts_the_same(proposal: str, tmp_path: Path) -> None:
    """Of each proposal TLC finds our states and transitions and our depth, and none of what holds violated."""
    group, known = group_of(proposal), verdicts(proposal)
    holding = [question for question, verdict in known.items() if verdict.answer is Answer.HOLDS]
    (depth,) = {verdict.space.depth for verdict in known.values() if verdict.space is not None}
    states, transitions = counted(group.system)
    found = tlc(tla(group.system, holding), tmp_path)
    assert Tlc(transitions + starts(group.system), states, depth + 1) == found


@pytest.mark.parametrize(
    "proposal",
    [
        pytest.param(known, marks=() if known == "initrd_autoprobe_off" else pytest.mark.long)
        for known in sorted(CATALOGUE.proposals)
    ],
)
def test_tlc_finds_each_violation(proposal: str, tmp_path: Path) -> None:
    """Each safety property that is violated is so for TLC, by a path as short; in the gate, one."""
    group, known = group_of(proposal), verdicts(proposal)
    violated = {one: known[one].trace for one in known if known[one].answer is Answer.VIOLATED}
    for question in list(violated)[: 1 if proposal == "initrd_autoprobe_off" else None]:
        trace = violated[question]
        assert trace is not None
        found = tlc(tla(group.system, [question], name="violated"), tmp_path)
        assert len(trace) + (question.kind is Kind.INVARIANT) == found.path, question.name


def test_a_disjunction_is_no_choice_and_names_are_kept_apart(tmp_path: Path) -> None:
    """A guard and a start condition, two parts of which are true, count once; variables, actions, members and properties
    called like words of the language, or alike but for a mark, are accepted; what leaves its range violates TypeOK.
    """
    words = ("MODULE", "Next", "vars", "a.b", "a b", "1x", "x\n====\nINVARIANT FALSE")
    flags = tuple(Flag(word, (False, True)) for word in words)
    either = disjunction(*(negation(flag.now) for flag in flags))
    moves = [move(word, either, flag.becomes(TRUE)) for word, flag in zip(words, flags, strict=True)]
    made = System("words", tuple(flag.variable for flag in flags), tuple(moves), either)
    asked = (SystemProperty(words[-1], "", Kind.INVARIANT, TRUE), SystemProperty("", "", Kind.LEADS_TO, TRUE))
    states = 2 ** len(words)  # each valuation is reached; all but one are start states, and let each action happen
    assert Tlc((states - 1) * len(words) + states - 1, states, 2) == tlc(tla(made, asked), tmp_path)
    counter = Counter("n", 1)
    found = tlc(tla(system("count", (counter,), move("count", TRUE, counter.add(1)))), tmp_path)
    assert ("TypeOK", 3) == (found.violated, found.path)


def test_what_tlc_cannot_say_is_refused() -> None:
    """Numbers of more than 32 bits, a module called like a word of the language, and no variable at all are told."""
    big = SystemVariable("big", Bounded(0, 1 << 31), (0,))
    with pytest.raises(Inexpressible, match="big has numbers of more than 32 bits"):
        tla(System("wide", (big,), ()))
    with pytest.raises(Inexpressible, match="a module cannot be called a-b, and has the name of its file"):
        tla(system("lamp", (Flag("flag"),)), name="a-b")
    with pytest.raises(Inexpressible, match="there are no variables"):
        tla(System("nothing", (), ()))


def test_assignments_are_simultaneous(tmp_path: Path) -> None:
    """Two counters that exchange their values have as many states for TLC as for us."""
    first, second = Counter("first", 3, (1, 2)), Counter("second", 3)
    exchange = move("exchange", TRUE, Assignment("first", second.now), Assignment("second", first.now))
    agrees((system("exchange", (first, second), exchange), ()), tmp_path)
