"""What solvers answer to an unrolled system is what trying everything says, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from tdispmodel.engines.conformance.writing import Counter, Flag, move, system
from tdispmodel.exporting.foreign import SAFETY, STRAYS, Inexpressible, told
from tdispmodel.exporting.smtlib import _Unrolling, smtlib
from tdispmodel.ir.expressions import TRUE, Took, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemProperty
from tdispmodel.printing.smtlib import Terms
from tdispmodel.semantics import LeavesRange, Semantics
from tdispmodel.verdict import Answer
from tests.exporting.checkers import Answers, cvc5_says, z3_says
from tests.exporting.test_models import CATALOGUE, group_of, verdicts
from tests.laws.random_systems import asked_systems, law

KINDS = (Kind.INVARIANT, Kind.STEP)
SOLVERS: dict[str, Callable[[str], Answers]] = {"z3": z3_says, "cvc5": cvc5_says}
STEPS = 5
Asked = tuple[System, tuple[SystemProperty, ...]]


def exactly(made: System, questions: tuple[SystemProperty, ...], depth: int) -> Answers:
    """After which numbers of steps each question can be violated, and an integer leave its range: by taking all steps."""
    semantics = Semantics(made)
    level: set[State] = set(semantics.initial_states())
    found: Answers = {}
    for steps in range(depth + 1):
        after: set[State] = set()
        strays = False
        violated = dict.fromkeys(questions, False)
        for state in level:
            for action in semantics.enabled(state):
                try:
                    reached = semantics.step(state, action)
                except LeavesRange:
                    strays = True
                    continue
                after.add(reached)
                for question in questions:
                    if question.kind is Kind.STEP and not semantics.holds(
                        question.formula, state, reached, action.name
                    ):
                        violated[question] = True
        for question in questions:
            if question.kind is Kind.INVARIANT:
                found[told(question), steps] = not all(semantics.holds(question.formula, state) for state in level)
            elif steps < depth:
                found[told(question), steps + 1] = violated[question]
        found[STRAYS, steps] = strays
        level = after
    return found


def agrees(solver: str, asked: Asked) -> None:
    """Compare what a solver says with trying everything; the range is asked about only where it may be left."""
    made, questions = asked
    said = SOLVERS[solver](smtlib(made, questions, depth=STEPS))
    expected = exactly(made, questions, STEPS)
    assert {key: expected[key] for key in said} == said
    silent = expected.keys() - said.keys()  # where the intervals show that no range is left, that is not asked
    assert not any(expected[key] for key in silent)
    assert {name for name, _ in silent} <= {STRAYS}


@law(60)
@given(asked=asked_systems(KINDS, may_leave_range=True))
def test_z3_agrees_about_random_systems(asked: Asked) -> None:
    """Of random systems z3 says for each question after exactly how many steps it can be violated, and a range be left."""
    agrees("z3", asked)


@law(15)
@given(asked=asked_systems(KINDS, may_leave_range=True))
def test_cvc5_agrees_about_random_systems(asked: Asked) -> None:
    """So does cvc5."""
    agrees("cvc5", asked)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize(
    "proposal",
    [
        pytest.param(known, marks=() if known == "initrd_autoprobe_off" else pytest.mark.long)
        for known in sorted(CATALOGUE.proposals)
    ],
)
def test_violations_of_the_catalogue_have_their_depth(proposal: str, solver: str) -> None:
    """Each safety property of a proposal that exhaustive search finds violated is so for a solver, after as many steps and
    not after fewer; two that hold are not violated after as many, and no integer leaves its range.
    """
    made, known = group_of(proposal).system, verdicts(proposal)
    violated = {one: known[one].trace for one in known if known[one].answer is Answer.VIOLATED}
    holding = [one for one in known if known[one].answer is Answer.HOLDS and one.formula != TRUE][:2]
    if solver == "cvc5" and proposal == "initrd_autoprobe_off":  # in the gate the shortest, and only that one
        violated, holding = dict(sorted(violated.items(), key=lambda item: len(item[1] or ()))[:1]), []
    depth = max(len(trace) for trace in violated.values() if trace is not None)
    said = SOLVERS[solver](smtlib(made, [*violated, *holding], depth=depth))
    for question, trace in violated.items():
        assert trace is not None
        name, first = told(question), 0 if question.kind is Kind.INVARIANT else 1
        assert [steps == len(trace) for steps in range(first, len(trace) + 1)] == [
            said[name, steps] for steps in range(first, len(trace) + 1)
        ]
    assert not any(answer for (name, _), answer in said.items() if name in {STRAYS, *map(told, holding)})


def test_one_property_at_one_depth() -> None:
    """A counter that counts to three is found at three after three steps, not after fewer, and not after four."""
    counter = Counter("n", 3)
    made = system("count", (counter,), move("count", negation(counter.at(3)), counter.add(1)))
    asked = SystemProperty("small", "T", Kind.INVARIANT, negation(counter.at(3)))
    said = z3_says(smtlib(made, [asked], depth=4))
    assert {("T small", steps): steps == 3 for steps in range(5)} == {
        key: said[key] for key in said if key[0] != STRAYS
    }


@pytest.mark.parametrize("solver", SOLVERS)
def test_names_of_strangers_end_nothing(solver: str) -> None:
    """Variables, actions and properties called as no solver reads them are kept apart by other words, which are told."""
    names = ("a|b", "a b", "a\nb", "a\\b", ".a", "@a", "\u00e9", "taken", "")
    flags = tuple(Flag(name) for name in names)
    moves = [move(f"set {flag.variable.name}", TRUE, flag.becomes(TRUE)) for flag in flags]
    hostile = 'x")\n(exit) |'
    asked = [SystemProperty(hostile, hostile, Kind.INVARIANT, negation(flag.now)) for flag in flags[:1]]
    text = smtlib(system(hostile, flags, *moves), asked, depth=1)
    said = SOLVERS[solver](text)
    assert [False, True] == [said[told(asked[0]), steps] for steps in range(2)]
    legend = {line.partition(" is ")[2] for line in text.splitlines() if line.startswith("; ") and " is " in line}
    assert {ascii(name) for name in names if name not in ("a b", "taken")} <= legend


def test_what_is_no_depth_is_refused() -> None:
    """A depth below nothing, or one that nobody can read, is told."""
    made = system("lamp", (Flag("flag"),))
    for depth in (-1, 1001):
        with pytest.raises(Inexpressible, match=f"the depth is {depth}, not 0 to 1000"):
            smtlib(made, depth=depth)


def test_a_system_without_actions_stands_still() -> None:
    """Where there is no action, there is no state after a step: nothing is violated there."""
    flag = Flag("flag", (True,))
    asked = SystemProperty("dark", "T", Kind.INVARIANT, negation(flag.now))
    said = z3_says(smtlib(system("still", (flag,)), [asked], depth=2))
    assert {("T dark", 0): True, ("T dark", 1): False, ("T dark", 2): False} == said


def any_start(_: Terms, __: object) -> str:
    """Every state is a start state."""
    return "true"


def forgetful(unrolling: _Unrolling, action: object, steps: int) -> str:
    """The action of the first step is taken in each."""
    del steps
    return original_takes(unrolling, action, 0)  # type: ignore[arg-type]  # an action


def too_late(unrolling: _Unrolling, question: SystemProperty, steps: int) -> str:
    """A step property is asked of the step before the one that is meant."""
    return original_violated(unrolling, question, max(steps - 1, 1) if question.kind is Kind.STEP else steps)


original_violated = _Unrolling.violated
original_takes = _Unrolling.takes
FAULTS: dict[str, tuple[type, str, object]] = {
    "any state is a start": (Terms, "start", any_start),
    "one action for ever": (_Unrolling, "takes", forgetful),
    "a step late": (_Unrolling, "violated", too_late),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a fault in the script a small system is told apart from what it means."""
    counter, flag = Counter("n", 2, (1,)), Flag("flag")
    moves = (
        move("up", negation(counter.at(2)), counter.add(1)),
        move("down", counter.at(2), counter.add(-1), flag.becomes(negation(flag.now))),
    )
    made = replace(system("swing", (counter, flag), *moves))
    asked = (
        SystemProperty("above", "T", Kind.INVARIANT, negation(counter.at(0))),
        SystemProperty("up", "T", Kind.STEP, Took(frozenset({"up"}))),
    )
    agrees("z3", (made, asked))
    monkeypatch.setattr(*FAULTS[fault])
    with pytest.raises(AssertionError):
        agrees("z3", (made, asked))


def test_questions_of_other_kinds_are_left_out() -> None:
    """What is neither an invariant nor about steps is named, and not asked."""
    flag = Flag("flag")
    asked = [SystemProperty(f"p{number}", "T", kind, TRUE) for number, kind in enumerate((*SAFETY, Kind.LEADS_TO))]
    text = smtlib(system("lamp", (flag,), move("switch", TRUE, flag.becomes(TRUE))), asked, depth=1)
    assert "; left out: T p2, which is leads_to\n" in text
    assert {("T p0", 0), ("T p0", 1), ("T p1", 1)} == z3_says(text).keys()


def test_the_file_is_ascii(tmp_path: Path) -> None:
    """Whatever things are called, the file can be read in any encoding."""
    text = smtlib(system("\u00e9", (Flag("\u00e9"),)), depth=0)
    (tmp_path / "model.smt2").write_text(text, encoding="ascii")
    assert text.isascii()
