"""The explicit engine: counts, shortest traces, limits, certificates."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace

import pytest

from tdispmodel.compiling.successors import Compiled
from tdispmodel.engines.conformance.plain import nested
from tdispmodel.engines.conformance.writing import Counter, Flag, ask, move, system, took
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.exploration import Exploration, shortened
from tdispmodel.engines.graph import Graph
from tdispmodel.engines.protocol import Engine, Limits, silent
from tdispmodel.ir.expressions import FALSE, TRUE, Arithmetic, Equal, If, Less, Or, negation, number
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, System, SystemProperty
from tdispmodel.verdict import Answer, ClosedStates, Space, Verdict
from tests.engines.bench_tdi import bench_properties, bench_tdi

X = Counter("x", 3)
RING = system("ring", (X,), move("up", Less(X.now, number(3)), X.add(1)), move("home", X.at(3), X.set(0)))
WIDE = Counter("w", 10**9)
ENDLESS = system("endless", (WIDE,), move("up", Less(WIDE.now, number(10**9)), WIDE.add(1)))
EVERY_KIND = [
    ask(Kind.INVARIANT, Less(WIDE.now, number(10**9))),
    ask(Kind.STEP, Less(WIDE.now, WIDE.after)),
    ask(Kind.LEADS_TO, WIDE.at(10**9)),
    ask(Kind.NEVER_ENDLESS, took("up")),
    ask(Kind.STAYS_POSSIBLE, WIDE.at(10**9)),
    ask(Kind.MUST_BE_POSSIBLE, WIDE.at(10**9)),
]


def answers(made: System, *questions: SystemProperty, limits: Limits | None = None) -> list[Verdict]:
    """The explicit engine's verdicts."""
    return list(Explicit().answer(made, questions, limits or Limits()))


@pytest.fixture(params=[Explicit, Graph])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Both engines that visit every state."""
    made: Callable[[], Engine] = request.param
    return made()


# states 3^N + 2*47^N + 46^N and depth 12N + 3 as published, transitions by the closed form; seven model checkers agree
PUBLISHED = {1: Space(143, 565, 15), 2: Space(6_543, 47_766, 27)}


def test_published_counts_of_one_device(engine: Engine) -> None:
    """bench-tdi with one device has the published states, transitions, depth, answers and shortest counterexample."""
    verdicts = list(engine.answer(bench_tdi(1), bench_properties(1), Limits()))
    assert [verdict.space for verdict in verdicts] == [PUBLISHED[1]] * 4
    assert [verdict.answer.value for verdict in verdicts] == ["holds", "holds", "violated", "holds"]
    assert [len(verdict.trace) if verdict.trace else None for verdict in verdicts] == [None, None, 10, None]


def test_published_counts_of_two_devices() -> None:
    """bench-tdi with two devices has the published counts, and its counterexample still has ten steps."""
    verdicts = answers(bench_tdi(2), *bench_properties(2))
    assert [verdict.space for verdict in verdicts] == [PUBLISHED[2]] * 4
    assert [len(verdict.trace) if verdict.trace else None for verdict in verdicts] == [None, None, 10, None]


def test_the_same_question_gives_the_same_trace() -> None:
    """Two runs give equal traces, step for step."""
    first, second = (answers(bench_tdi(1), *bench_properties(1))[2].trace for _ in range(2))
    assert first == second


def test_all_questions_share_one_certificate() -> None:
    """Verdicts of one call carry the very same certificate, so that it is checked once."""
    holding = answers(RING, ask(Kind.INVARIANT, TRUE), ask(Kind.LEADS_TO, X.at(3)), ask(Kind.MUST_BE_POSSIBLE, FALSE))
    assert [verdict.answer.value for verdict in holding] == ["holds", "holds", "violated"]
    (certificate,) = {id(verdict.certificate): verdict.certificate for verdict in holding}.values()
    assert isinstance(certificate, ClosedStates)
    assert certificate.states == ((0,), (1,), (2,), (3,))


def test_certificate_travels_as_plain_states() -> None:
    """Pickled and back it equals itself, and no longer needs the search."""
    (verdict,) = answers(RING, ask(Kind.INVARIANT, TRUE))
    copy = pickle.loads(pickle.dumps(verdict.certificate))  # noqa: S301  # pickled on the same line
    assert type(copy) is ClosedStates
    assert copy == verdict.certificate


def test_seconds_are_told_and_add_up_to_the_whole() -> None:
    """Every verdict says what it cost, with its share of the common search."""
    assert all(verdict.seconds > 0 for verdict in answers(RING, ask(Kind.INVARIANT, TRUE), ask(Kind.STEP, TRUE)))


def test_no_question_no_search() -> None:
    """Asked nothing about a huge system, it answers nothing at once."""
    assert answers(ENDLESS) == []


@pytest.mark.parametrize("question", EVERY_KIND, ids=lambda question: question.kind.value)
def test_out_of_time_is_open_with_a_reason(engine: Engine, question: SystemProperty) -> None:
    """With no time at all every kind is open, says why, and counts nothing."""
    (verdict,) = engine.answer(ENDLESS, [question], Limits(seconds=0.0))
    assert verdict.answer is Answer.OPEN
    assert "out of time" in verdict.reason
    assert (verdict.space, verdict.trace, verdict.certificate) == (None, None, None)


@pytest.mark.parametrize("question", EVERY_KIND, ids=lambda question: question.kind.value)
def test_out_of_memory_is_open_with_the_bound(question: SystemProperty) -> None:
    """With two megabytes a thousand million states are not searched; the bound is the depth that was completed."""
    (verdict,) = answers(ENDLESS, question, limits=Limits(memory=2_000_000))
    assert verdict.answer is Answer.OPEN
    assert "out of memory (2 MB)" in verdict.reason
    assert verdict.bound is not None
    # one state a level: each state costs more than ten bytes and less than a thousand
    assert 2_000 < verdict.bound < 200_000


def test_violations_found_before_a_limit_are_told() -> None:
    """What was refuted or witnessed before memory ran out is decided, the rest is open."""
    seven = WIDE.at(7)
    questions = [
        ask(Kind.INVARIANT, negation(seven)),
        ask(Kind.MUST_BE_POSSIBLE, seven, antecedent=WIDE.at(10**9)),
        ask(Kind.STEP, TRUE),
    ]
    refuted, possible, rest = answers(ENDLESS, *questions, limits=Limits(memory=1_000_000))
    assert refuted.answer is Answer.VIOLATED
    assert refuted.trace is not None
    assert (len(refuted.trace), refuted.shortest) == (7, True)
    assert possible.answer is Answer.HOLDS
    # the premise may still come: that it is vacuous is not known
    assert possible.vacuous is None
    assert rest.answer is Answer.OPEN


def test_memory_for_loops_is_counted_before_it_is_used() -> None:
    """A search that just fits leaves leads-to open when its loops would not fit, and decides the invariant."""
    chain = Counter("x", 5000)
    made = system("chain", (chain,), move("up", Less(chain.now, number(5000)), chain.add(1)))
    compiled = Compiled(made)
    explored = Exploration(compiled, Limits(), silent, keep_edges=True)
    explored.run()
    limits = Limits(memory=explored.memory() + 100_000)
    eventually, always = answers(made, ask(Kind.LEADS_TO, chain.at(5000)), ask(Kind.INVARIANT, TRUE), limits=limits)
    assert (eventually.answer, always.answer) == (Answer.OPEN, Answer.HOLDS)
    assert "out of memory" in eventually.reason


def test_graph_engine_leaves_large_systems_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """More states than it is meant for, here five hundred, are open, with the number."""
    monkeypatch.setattr("tdispmodel.engines.graph.MAXIMUM_STATES", 500)
    (verdict,) = Graph().answer(ENDLESS, [ask(Kind.INVARIANT, TRUE)], Limits())
    assert (verdict.answer, verdict.reason) == (Answer.OPEN, "more than 500 states")


def test_too_many_start_values_are_open(engine: Engine) -> None:
    """Two million combinations of start values, of which a condition speaks together, are too many: open, in words."""
    flags = tuple(Flag(f"flag{place}", (False, True)) for place in range(21))
    tied = replace(system("many", flags), initially=Or(tuple(flag.now for flag in flags)))
    (verdict,) = engine.answer(tied, [ask(Kind.INVARIANT, TRUE)], Limits())
    assert verdict.answer is Answer.OPEN
    assert verdict.reason == "more than 1000000 combinations of start values"


def test_formula_too_deep_for_recursion_is_open(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python's recursion ends, the answer is open with the reason, not a traceback."""

    def too_deep(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("tdispmodel.engines.explicit.Compiled", too_deep)
    monkeypatch.setattr("tdispmodel.engines.graph.reachable", too_deep)
    (verdict,) = engine.answer(RING, [ask(Kind.INVARIANT, nested(TRUE, 3))], Limits())
    assert (verdict.answer, verdict.reason) == (Answer.OPEN, "a formula nests too deeply")


def test_progress_is_one_line_with_the_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long search tells states, steps, depth, queue and speed; here every look at the clock is a second later."""
    seconds = iter(range(10**6))
    monkeypatch.setattr("tdispmodel.engines.exploration.time.monotonic", lambda: float(next(seconds)))
    told: list[str] = []
    list(Explicit().answer(RING, [ask(Kind.INVARIANT, TRUE)], Limits(), told.append))
    # before each of four levels; before the last one three states are expanded, each by one step
    assert len(told) == 4
    assert told[-1].startswith("4 states  3 steps  depth 4  queue 1  ")


@pytest.mark.parametrize(
    ("number_of_states", "said"),
    [(0, "0"), (950, "950"), (12_432, "12.4k"), (88_021, "88k"), (1_200_000, "1.2M"), (3_000_000_000, "3G")],
)
def test_counts_are_said_shortly(number_of_states: int, said: str) -> None:
    """Thousands, millions and milliards have a letter and at most one decimal."""
    assert shortened(number_of_states) == said


def test_error_of_range_has_a_shortest_trace() -> None:
    """Two ways leave the range; the trace is the shorter one."""
    slow, quick = Counter("slow", 3), Counter("quick", 4)
    made = system("two", (slow, quick), move("one", TRUE, slow.add(1)), move("two", TRUE, quick.add(2)))
    with pytest.raises(Exception, match="two assigns 6 to quick after 2 steps"):
        answers(made, ask(Kind.INVARIANT, TRUE))


def test_conditional_updates_are_ranged_too() -> None:
    """X := x + 1 if x < 3 else 0 never leaves its range, although its interval does."""
    turned = If(Less(X.now, number(3)), Arithmetic("+", X.now, number(1)), number(0))
    made = system("turn", (X,), move("turn", TRUE, Assignment("x", turned)))
    (verdict,) = answers(made, ask(Kind.STEP, negation(Equal(X.now, X.after))))
    assert (verdict.answer, verdict.space) == (Answer.HOLDS, Space(4, 4, 3))
