"""NuSMV counts our states, and finds the same shortest violations."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from tdispmodel.engines.conformance.writing import Counter, Flag, move, system
from tdispmodel.exporting import foreign
from tdispmodel.exporting.foreign import SAFETY, Inexpressible
from tdispmodel.exporting.smv import MOST_VALUES, _Writer, smv
from tdispmodel.ir.expressions import TRUE, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.reading import read
from tdispmodel.semantics import Scope, ground
from tdispmodel.semantics.grounding import ground_properties
from tests.exporting.checkers import nusmv
from tests.exporting.test_models import CATALOGUE, ROOT, counted, group_of, verdicts
from tests.laws.oracle import Oracle
from tests.laws.random_systems import asked_systems, law

KINDS = (Kind.INVARIANT, Kind.STEP)
Asked = tuple[System, tuple[SystemProperty, ...]]


def path(question: SystemProperty, steps: int | None) -> int | None:
    """How many states the path to a violation of so many steps has: a step property is violated where the step begins."""
    return None if steps is None else steps + (question.kind is Kind.INVARIANT)


def agrees(asked: Asked, folder: Path) -> None:
    """Compare states, levels, verdicts and shortest violations with trying everything."""
    made, questions = asked
    oracle = Oracle(made)
    found = nusmv(smv(made, questions), folder)
    assert (oracle.space.states, oracle.space.depth + 1) == (found.states, found.levels)
    expected = [path(question, oracle.distance(question)) for question in questions]
    strays = [None] * (len(found.paths) - len(questions))  # no reachable step leaves a range
    assert [*expected, *strays] == [*found.paths]


@law(30)
@given(asked=asked_systems(KINDS))
def test_nusmv_agrees_about_random_systems(asked: Asked, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Of random systems NuSMV finds as many states and levels as trying everything, and decides each question alike, by
    paths as short.
    """
    agrees(asked, tmp_path_factory.mktemp("random"))


@pytest.mark.parametrize(
    "proposal",
    [
        pytest.param(known, marks=() if known == "initrd_autoprobe_off" else pytest.mark.long)
        for known in sorted(CATALOGUE.proposals)
    ],
)
def test_nusmv_agrees_about_the_catalogue(proposal: str, tmp_path: Path) -> None:
    """NuSMV finds the states of a proposal with one device and decides each safety property like exhaustive search, as
    many steps from the start.
    """
    made, known = group_of(proposal).system, verdicts(proposal)
    found = nusmv(smv(made, [*known]), tmp_path)
    assert counted(made)[0] == found.states
    traces = {question: verdict.trace for question, verdict in known.items()}
    expected = [path(question, None if trace is None else len(trace)) for question, trace in traces.items()]
    assert expected == [*found.paths[: len(known)]]
    assert not any(found.paths[len(known) :])


@pytest.mark.parametrize("name", ["peterson", "readers_writers", "two_phase_commit", "die_hard"])
def test_nusmv_agrees_about_the_corpus(name: str, tmp_path: Path) -> None:
    """NuSMV finds the states of models with published counts, and decides their safety properties like trying all."""
    model = read(ROOT / "tests" / "corpus" / "models" / f"{name}.py", (ROOT,)).model
    made, scope = ground(model, Scope()), Scope()
    questions = [one for known in model.properties for one in ground_properties(model, known, scope)]
    asked = tuple(one for one in questions if one.kind in SAFETY)
    assert asked
    agrees((made, asked), tmp_path)


def test_leaving_a_range_is_asked(tmp_path: Path) -> None:
    """A counter that can leave its range at three is found three steps from the start, by the last question."""
    counter = Counter("n", 3)
    made = system("count", (counter,), move("count", TRUE, counter.add(1)))
    found = nusmv(smv(made, [SystemProperty("p", "T", Kind.INVARIANT, TRUE)]), tmp_path)
    assert (4, (None, 4)) == (found.states, found.paths)


def test_where_nothing_moves_there_is_one_state(tmp_path: Path) -> None:
    """A system that stands still has its start state for ever, for NuSMV as well; the flag that is on is a violation."""
    flag = Flag("flag", (True,))
    asked = (SystemProperty("dark", "T", Kind.INVARIANT, negation(flag.now)),)
    agrees((system("still", (flag,)), asked), tmp_path)


def test_names_and_words_of_the_language(tmp_path: Path) -> None:
    """Whatever variables, actions and properties are called, they are kept apart and end no comment."""
    words = ("MODULE", "next", "action", "nothing", "a.b", "a b", "a_b", "1x", "x\nINVARSPEC FALSE;")
    flags = tuple(Flag(word) for word in words)
    moves = [move(word, TRUE, flag.becomes(TRUE)) for word, flag in zip(words, flags, strict=True)]
    asked = (SystemProperty(words[-1], "", Kind.INVARIANT, TRUE), SystemProperty("", "", Kind.LEADS_TO, TRUE))
    found = nusmv(smv(system(words[-1], flags, *moves), asked), tmp_path)
    assert (2 ** len(words), (None,)) == (found.states, found.paths)


def test_variables_that_nobody_would_list_are_refused() -> None:
    """A variable of too many values is told by its name."""
    with pytest.raises(Inexpressible, match=f"far has more than {MOST_VALUES} values"):
        smv(system("wide", (Counter("far", MOST_VALUES),)))


def keeps(writer: _Writer, variable: object) -> list[str]:
    """No variable ever changes."""
    word = writer.foreign.variables[variable.name]  # type: ignore[attr-defined]  # a variable
    return [f"TRANS next({word}) = {word};"]


FAULTS: dict[str, tuple[object, str, object]] = {
    "nothing changes": (_Writer, "changes", keeps),
    "any state is a start": (_Writer, "start", lambda _: "TRUE"),
    "steps begin anywhere": (foreign, "possible", lambda _, __: TRUE),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a fault in what is written a small system is told apart from what it means."""
    counter, flag = Counter("n", 2, (1,)), Flag("flag")
    moves = (
        move("up", negation(counter.at(2)), counter.add(1)),
        move("light", counter.at(2), flag.becomes(TRUE)),
    )
    asked = (SystemProperty("late", "T", Kind.STEP, negation(flag.after)),)
    agrees((system("late", (counter, flag), *moves), asked), tmp_path)
    monkeypatch.setattr(*FAULTS[fault])
    with pytest.raises(AssertionError):
        agrees((system("late", (counter, flag), *moves), asked), tmp_path)
