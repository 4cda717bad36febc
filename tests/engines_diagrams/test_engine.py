"""The engine as a whole: published counts, agreement with the explicit engine, limits, capacity, certificates."""

from __future__ import annotations

import pytest
from hypothesis import given

from tdispmodel.engines.conformance.plain import nested
from tdispmodel.engines.conformance.writing import Counter, Flag, ask, move, system, took
from tdispmodel.engines.diagrams import Diagrams, certificates, engine as engine_module, space as space_module
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import FALSE, TRUE, Actor, Less, Not, conjunction, negation, number
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer, ClosedStates, InductiveInvariant, Space, Verdict
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.laws.random_systems import asked_systems, law
from tests.laws.test_engines_agree import complaints_about

Asked = tuple[System, tuple[SystemProperty, ...]]
X = Counter("x", 3)
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
    """The engine's verdicts in the order of the questions, all accepted by the judge."""
    verdicts = {one.property: one for one in Diagrams().answer(made, questions, limits or Limits())}
    found = [verdicts[question] for question in questions]
    assert [] == [(one.verdict.property.name, one.reason) for one in judge_all(made, found) if not one.accepted]
    return found


# --- published figures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("devices", [1, 2, 3])
def test_published_counts_of_bench_tdi(devices: int) -> None:
    """The closed form of the counts, the published depth 12N + 3, and a counterexample of ten steps."""
    n = devices
    transitions = 3**n + 47**n + 44**n + n * (4 * 3 ** (n - 1) + 2 * 156 * 47 ** (n - 1) + 155 * 46 ** (n - 1))
    verdicts = answers(bench_tdi(n), *bench_properties(n))
    assert {one.space for one in verdicts} == {Space(3**n + 2 * 47**n + 46**n, transitions, 12 * n + 3)}
    assert [one.answer.value for one in verdicts] == ["holds", "holds", "violated", "holds"]
    assert [len(one.trace) for one in verdicts if one.trace is not None] == [10]


def test_eight_devices_are_no_more_difficult() -> None:
    """67,670,185,562,019 states, too many to be listed: what holds is shown by clauses that the judge accepts."""
    asked = bench_properties(8)
    verdicts = answers(bench_tdi(8), *asked)
    assert [one.answer.value for one in verdicts] == ["holds", "holds", "violated", "holds"]
    assert [len(one.trace) for one in verdicts if one.trace is not None] == [10]
    assert {type(one.certificate) for one in verdicts if one.answer is Answer.HOLDS} == {InductiveInvariant}


# --- agreement -----------------------------------------------------------------------------------------------------


@law(60)
@given(asked_systems())
def test_random_systems_are_answered_as_the_explicit_engine_does(pair: Asked) -> None:
    """Answer, vacuity, counts and the length of shortest traces are the same, for every kind of property."""
    made, questions = pair
    expected = {one.property: one for one in Explicit().answer(made, questions, Limits())}
    for found in answers(made, *questions):
        known = expected[found.property]
        assert (found.answer, found.vacuous, found.space) == (known.answer, known.vacuous, known.space)
        if known.trace is not None and known.trace.loop is None:
            assert found.trace is not None
            assert (len(found.trace), found.shortest) == (len(known.trace), True)


@pytest.fixture
def nothing_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """No space is so small that it is listed where clauses would do."""
    monkeypatch.setattr(certificates, "SMALL", 0)


@pytest.mark.usefixtures("nothing_small")
def test_random_systems_are_certified_by_clauses() -> None:
    """Where states are not listed the answers are right and accepted just so."""

    @law(60)
    @given(asked_systems((Kind.INVARIANT, Kind.STEP, Kind.STEP, Kind.MUST_BE_POSSIBLE, Kind.INVARIANT)))
    def check(pair: Asked) -> None:
        assert not complaints_about(Diagrams(), pair)
        assert ClosedStates not in {type(one.certificate) for one in Diagrams().answer(*pair, Limits())}

    check()


def test_other_traces_than_shortest_ones_are_behaviours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where breadth-first levels are too much work the traces are longer, are not called shortest, and are accepted."""
    monkeypatch.setattr(space_module, "WORK_TO_SHORTEN", 0)
    monkeypatch.setattr(space_module, "WORK_TO_COUNT", 0)
    seen = set()

    @law(40)
    @given(asked_systems())
    def check(pair: Asked) -> None:
        made, questions = pair
        expected = {one.property: one.answer for one in Explicit().answer(made, questions, Limits())}
        for found in answers(made, *questions):
            assert found.answer is expected[found.property]
            if found.trace is not None and found.trace.loop is None and len(found.trace) > 1:
                seen.add(found.shortest)

    check()
    assert seen == {False}


@law(5)
@given(asked_systems())
def test_answers_are_repeatable(pair: Asked) -> None:
    """Asked again, the engine gives the same verdicts with the same traces and certificates."""
    made, questions = pair
    first, second = (answers(made, *questions) for _ in range(2))
    assert [(one.answer, one.trace, one.certificate) for one in first] == [
        (one.answer, one.trace, one.certificate) for one in second
    ]


# --- limits --------------------------------------------------------------------------------------------------------


def test_time_is_looked_at() -> None:
    """A thousand million states, one after the other: after the time given everything is open, with the reason."""
    limits = Limits(seconds=0.3)
    verdicts = answers(ENDLESS, *EVERY_KIND, limits=limits)
    assert limits.spent() < 5
    assert {(one.answer, one.reason) for one in verdicts} == {(Answer.OPEN, "out of time after 0.3 s, states")}


@pytest.mark.parametrize("capacity", [1, 64, 256, 512, 1024])
def test_too_few_nodes_are_open(monkeypatch: pytest.MonkeyPatch, capacity: int) -> None:
    """Whenever there is no room for another node, what is not answered yet is open; what is answered is right."""
    monkeypatch.setattr(engine_module, "CAPACITIES", (capacity,))
    verdicts = answers(bench_tdi(2), *bench_properties(2))
    expected = [Answer.HOLDS, Answer.HOLDS, Answer.VIOLATED, Answer.HOLDS]
    for found, right in zip(verdicts, expected, strict=True):
        assert found.answer in (right, Answer.OPEN)
        assert (found.answer is Answer.OPEN) is bool(found.reason)
    assert capacity > 512 or {one.reason for one in verdicts} == {f"the diagrams need more than {capacity} nodes"}


def test_what_does_not_fit_is_begun_again_with_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first capacity is too small for two devices, the second is not: all is decided."""
    monkeypatch.setattr(engine_module, "CAPACITIES", (256, 1 << 16))
    verdicts = answers(bench_tdi(2), *bench_properties(2))
    assert [one.answer.value for one in verdicts] == ["holds", "holds", "violated", "holds"]


def test_memory_bounds_the_capacity() -> None:
    """A node is reckoned with 40 bytes: 40 MB are a million nodes, and 100 MB as many as the second try may have."""
    assert list(engine_module.capacities(Limits())) == [1 << 21, 1 << 24]
    assert list(engine_module.capacities(Limits(memory=100_000_000))) == [1 << 21, 2_500_000]
    assert list(engine_module.capacities(Limits(memory=40_000_000))) == [1_000_000]
    assert list(engine_module.capacities(Limits(memory=1))) == [1 << 12]


def test_progress_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long run says how many operations it made on sets and how many nodes there are."""
    times = iter(range(10**9))
    monkeypatch.setattr("tdispmodel.engines.diagrams.exploring.time.monotonic", lambda: next(times))
    told: list[str] = []
    list(Diagrams().answer(bench_tdi(1), bench_properties(1), Limits(), told.append))
    assert told
    assert all(line.startswith("states: ") and line.endswith(" nodes") for line in told)


def test_a_formula_that_nests_too_deeply_is_open() -> None:
    """A formula of six hundred levels is more than Python's stack holds: open, with the reason."""
    (verdict,) = Diagrams().answer(system("flag", (Flag("f"),)), [ask(Kind.INVARIANT, nested(TRUE, 300))], Limits())
    assert (verdict.answer, verdict.reason) == (Answer.OPEN, "a formula nests too deeply")


def test_too_many_bits_are_open() -> None:
    """More than two thousand flags are refused with the reason; fewer, more than Python could recurse on, are listed."""
    asked = ask(Kind.INVARIANT, TRUE)
    many, fewer = (system("flags", tuple(Flag(f"f{number}") for number in range(size))) for size in (2001, 1900))
    (refused,), (listed,) = answers(many, asked), answers(fewer, asked)
    assert (refused.answer, refused.reason) == (Answer.OPEN, "the states have 2001 bits, more than 2000")
    assert (listed.answer, listed.space) == (Answer.HOLDS, Space(1, 0, 0))


def test_a_system_without_a_choice_has_one_state() -> None:
    """Where each variable has one value, or there is no variable, there is one state and no bit."""
    for variables in ((), (Counter("x", 0),)):
        (verdict,) = answers(system("still", variables, move("stay")), ask(Kind.STEP, took("stay")))
        assert (verdict.answer, verdict.space) == (Answer.HOLDS, Space(1, 1, 0))


def test_no_question_takes_no_time() -> None:
    """Asked nothing, the engine says nothing, even about a space without end."""
    assert answers(ENDLESS) == []


# --- certificates --------------------------------------------------------------------------------------------------


def ring(size: int, *extra: Flag) -> System:
    """A counter that goes round, with some flags that may change at any time."""
    around = Counter("x", size - 1)
    flips = [move(f"flip {one.variable.name}", TRUE, one.becomes(Not(one.now))) for one in extra]
    step = move("on", Less(around.now, number(size - 1)), around.add(1))
    return system("ring", (around, *extra), step, move("home", around.at(size - 1), around.set(0)), *flips)


def test_what_holds_without_a_certificate_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """A leads-to that holds on more states than may be listed is open and says why; one that is violated is not."""
    monkeypatch.setattr(certificates, "SMALL", 0)
    monkeypatch.setattr(certificates, "LARGE", 7)
    made = ring(4, Flag("f"))
    one, other = answers(made, ask(Kind.LEADS_TO, X.at(0), after=X.at(1)), ask(Kind.LEADS_TO, FALSE))
    assert one.answer is Answer.OPEN
    assert one.reason == "no violation was found, but there is no certificate: 8 states are too many to be listed"
    assert other.answer is Answer.VIOLATED


def test_a_lost_goal_comes_with_what_the_judge_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a goal is lost among many states they are listed for the judge; where that is too much the answer is open."""
    made = system("lost", (X, Flag("f")), move("break", X.at(0), X.set(1), actor=Actor.HOST), move("flip", TRUE, FLIP))
    asked = ask(Kind.STAYS_POSSIBLE, X.at(0))
    (few,) = answers(made, asked)
    assert (few.answer, few.certificate) == (Answer.VIOLATED, None)
    monkeypatch.setattr(certificates, "MOST_HELPED", 1)
    (many,) = answers(made, asked)
    assert isinstance(many.certificate, ClosedStates)
    assert len(many.certificate.states) == 4
    monkeypatch.setattr(certificates, "LARGE", 3)
    (unknown,) = answers(made, asked)
    assert (unknown.answer, unknown.reason) == (
        Answer.OPEN,
        "a violation was found, but there is no certificate: 4 states are too many to be listed",
    )


FLIP = Flag("f").becomes(Not(Flag("f").now))


def test_very_many_start_states_are_no_obstacle() -> None:
    """Two million start states, which no other engine tries one by one: clauses need no list of them."""
    flags = [Flag(f"f{number}", (False, True)) for number in range(21)]
    made = system("open", tuple(flags), move("clear", TRUE, flags[0].becomes(FALSE)), initially=negation(flags[1].now))
    (verdict,) = answers(made, ask(Kind.INVARIANT, negation(conjunction(flags[1].now, flags[2].now))))
    assert (verdict.answer, type(verdict.certificate)) == (Answer.HOLDS, InductiveInvariant)


def test_safety_properties_share_one_invariant(monkeypatch: pytest.MonkeyPatch) -> None:
    """All invariants and step properties that hold carry the same object, so that the judge checks it once."""
    monkeypatch.setattr(certificates, "SMALL", 0)
    verdicts = [one for one in answers(bench_tdi(2), *bench_properties(2)) if one.answer is Answer.HOLDS]
    assert len(verdicts) == 3
    assert len({id(one.certificate) for one in verdicts}) == 1
