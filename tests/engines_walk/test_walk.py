"""The walk engine: what it finds is real and short, and it never proves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tdispmodel.engines.conformance.writing import Counter, Flag, ask, move, system, took
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.walk import Walk
from tdispmodel.ir.expressions import TRUE, Actor, Equal, Less, Or, Read, negation, number
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty, SystemVariable
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Answer, OutOfRange, Trace, Verdict, Witness

ROOT = Path(__file__).parents[2]
X, Y = Counter("x", 5), Counter("y", 5)
DOOR = Flag("door")
STROLL = system(
    "stroll",
    (X, Y, DOOR),
    move("right", Less(X.now, number(5)), X.add(1)),
    move("left", Less(number(0), X.now), X.add(-1)),
    move("up", Less(Y.now, number(5)), Y.add(1)),
    move("down", Less(number(0), Y.now), Y.add(-1)),
    move("open", X.at(3), DOOR.becomes(TRUE)),
)


def answer(asked: System, *questions: SystemProperty, limits: Limits | None = None) -> list[Verdict]:
    """Put questions to the engine."""
    return list(Walk().answer(asked, questions, limits or Limits()))


def replayed(asked: System, trace: Trace) -> Trace:
    """Take the actions of a trace again with the reference semantics."""
    semantics = Semantics(asked)
    assert trace.initial in set(semantics.initial_states())
    state, steps = trace.initial, []
    for name, _ in trace.steps:
        action = asked.by_name[name]
        assert action in semantics.enabled(state)
        state = semantics.step(state, action)
        steps.append((name, state))
    return Trace(trace.initial, tuple(steps))


def test_walk_finds_a_planted_bug_and_its_trace_replays() -> None:
    """The door can be opened by three steps to the right and one more; no other action is in the shortened trace."""
    (verdict,) = answer(STROLL, ask(Kind.INVARIANT, negation(DOOR.now)))
    assert verdict.answer is Answer.VIOLATED
    assert verdict.trace is not None
    assert [name for name, _ in verdict.trace.steps] == ["right", "right", "right", "open"]
    assert replayed(STROLL, verdict.trace) == verdict.trace
    assert verdict.shortest is False


def test_walk_finds_a_bad_step() -> None:
    """The trace of a violated step property ends with the step that violates it."""
    (verdict,) = answer(STROLL, ask(Kind.STEP, negation(took("down"))))
    assert verdict.trace is not None
    assert [name for name, _ in verdict.trace.steps] == ["up", "down"]


def test_walk_never_proves_an_invariant() -> None:
    """True invariants and step properties stay open, with the number of behaviours and steps in the reason."""
    verdicts = answer(STROLL, ask(Kind.INVARIANT, TRUE), ask(Kind.STEP, Less(X.now, number(9))), limits=Limits(depth=7))
    assert [verdict.answer for verdict in verdicts] == [Answer.OPEN, Answer.OPEN]
    assert {verdict.reason for verdict in verdicts} == {"no violation in 400 random behaviours of up to 7 steps"}
    assert [verdict.bound for verdict in verdicts] == [None, None]


def test_walk_never_says_that_something_is_impossible() -> None:
    """A must-be-possible property without a witness stays open: no number of behaviours shows that there is none."""
    (verdict,) = answer(STROLL, ask(Kind.MUST_BE_POSSIBLE, X.at(9)))
    assert (verdict.answer, verdict.trace) == (Answer.OPEN, None)
    assert verdict.reason.startswith("no witness in ")


def test_witness_is_a_behaviour_that_shows_it() -> None:
    """What must be possible holds by a behaviour whose last state shows it."""
    (verdict,) = answer(STROLL, ask(Kind.MUST_BE_POSSIBLE, Y.at(2)))
    assert verdict.answer is Answer.HOLDS
    assert isinstance(verdict.certificate, Witness)
    assert [name for name, _ in verdict.certificate.trace.steps] == ["up", "up"]
    assert replayed(STROLL, verdict.certificate.trace) == verdict.certificate.trace


@pytest.mark.parametrize("fair", [False, True])
def test_a_witness_does_without_the_host(fair: bool) -> None:
    """What only the host can do, fair or not, counts as a violation of an invariant, but not as a witness."""
    attacked = system("attacked", (DOOR,), move("break_in", TRUE, DOOR.becomes(TRUE), actor=Actor.HOST, fair=fair))
    broken, possible = answer(attacked, ask(Kind.INVARIANT, negation(DOOR.now)), ask(Kind.MUST_BE_POSSIBLE, DOOR.now))
    assert (broken.answer, possible.answer) == (Answer.VIOLATED, Answer.OPEN)


def test_a_witness_may_need_a_device() -> None:
    """What only an unfair device can do may be shown: of all actors it is the host alone that does not help."""
    given = system("given", (DOOR,), move("open", TRUE, DOOR.becomes(TRUE), actor=Actor.DEVICE))
    (possible,) = answer(given, ask(Kind.MUST_BE_POSSIBLE, DOOR.now))
    assert possible.answer is Answer.HOLDS


def test_kinds_about_infinite_behaviours_stay_open() -> None:
    """Leads-to, never-endless and stays-possible are answered with open and a reason."""
    kinds = [Kind.LEADS_TO, Kind.NEVER_ENDLESS, Kind.STAYS_POSSIBLE]
    verdicts = answer(STROLL, *(ask(kind, TRUE) for kind in kinds))
    assert [verdict.reason for verdict in verdicts] == [
        f"random behaviours cannot decide {kind.value} properties" for kind in kinds
    ]


def test_several_violations_are_found_in_one_go() -> None:
    """Each violated question gets its own trace: three up for one, two right for the other."""
    verdicts = answer(STROLL, ask(Kind.INVARIANT, negation(Y.at(3))), ask(Kind.INVARIANT, negation(X.at(2))))
    assert [len(verdict.trace or ()) for verdict in verdicts] == [3, 2]


def test_same_question_same_answer() -> None:
    """Two runs find the same trace: nothing depends on the clock or on what ran before."""
    questions = [ask(Kind.INVARIANT, negation(DOOR.now)), ask(Kind.STEP, negation(took("left")))]
    assert [verdict.trace for verdict in answer(STROLL, *questions)] == [
        verdict.trace for verdict in answer(STROLL, *questions)
    ]


def test_an_integer_that_leaves_its_range_is_an_error_of_the_model() -> None:
    """The counter grows without a guard: after five steps it is at its bound, and the sixth is the error."""
    careless = system("careless", (X, Y), move("grow", TRUE, X.add(1)), move("up", Less(Y.now, number(5)), Y.add(1)))
    with pytest.raises(OutOfRange) as caught:
        answer(careless, ask(Kind.INVARIANT, TRUE))
    assert (caught.value.action, caught.value.variable, caught.value.value) == ("grow", "x", 6)
    assert [name for name, _ in caught.value.trace.steps] == ["grow"] * 5


def test_time_is_a_limit() -> None:
    """Without time nothing is walked, and the reason says so."""
    (verdict,) = answer(STROLL, ask(Kind.INVARIANT, TRUE), limits=Limits(seconds=0.0))
    assert verdict.reason == "no violation in 0 random behaviours of up to 100 steps, then time was up"


def test_no_start_state_is_no_proof() -> None:
    """A system that cannot start is open, not right."""
    stuck = System("stuck", (X.variable,), (), initially=X.at(3))
    (verdict,) = answer(stuck, ask(Kind.INVARIANT, TRUE))
    assert (verdict.answer, verdict.reason) == (Answer.OPEN, "no violation as there is no start state")


def test_too_many_start_values_are_a_reason_not_an_error() -> None:
    """A million and more combinations of start values, of which one condition speaks, are not tried."""
    variables = tuple(SystemVariable(f"x{n}", X.sort, tuple(range(6))) for n in range(9))
    some = Or(tuple(Equal(Read(known.name, known.sort), number(1)) for known in variables))
    wide = System("wide", variables, (), some)
    (verdict,) = answer(wide, ask(Kind.INVARIANT, TRUE))
    assert verdict.answer is Answer.OPEN
    assert verdict.reason == "no violation as there are more than 1000000 combinations of start values"


def test_nothing_is_written_and_nothing_is_printed(tmp_path: Path) -> None:
    """A true and a false invariant asked in an empty folder: it stays empty, and the answers are the only output."""
    program = (
        "from tdispmodel.engines.conformance import cases\n"
        "from tdispmodel.engines.walk import Walk\n"
        "from tdispmodel.engines.protocol import Limits\n"
        "for case in cases()[:2]:\n"
        "    print([v.answer.value for v in Walk().answer(case.system, [case.question], Limits())])\n"
    )
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "['open']\n['violated']\n", "")
    assert list(tmp_path.iterdir()) == []
