"""What a circuit means is what the system means: simulated here state by state, and asked of ABC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.compiling.circuits.machine import Cases, Machine, _Place
from tdispmodel.engines.conformance import cases
from tdispmodel.engines.conformance.writing import Flag, move, system
from tdispmodel.exporting.aiger import aiger
from tdispmodel.exporting.foreign import SAFETY, STRAYS, Inexpressible
from tdispmodel.ir.expressions import TRUE, Bounded, Expression, negation
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import State, System, SystemAction, SystemProperty
from tdispmodel.reading import read as read_model
from tdispmodel.semantics import LeavesRange, Scope, Semantics, ground
from tdispmodel.semantics.grounding import ground_properties
from tdispmodel.verdict import Answer
from tests.engines_solvers.brute_force import BruteForce
from tests.exporting.circuits import ABC, Parsed, abc, read
from tests.exporting.peers import needed
from tests.exporting.test_models import group_of, verdicts
from tests.laws.oracle import Oracle
from tests.laws.random_systems import asked_systems, law

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = find_catalogue(Path(__file__))
KINDS = (Kind.INVARIANT, Kind.STEP)
Asked = tuple[System, tuple[SystemProperty, ...]]


class Simulated:
    """A circuit driven by the names in its file."""

    def __init__(self, made: System, parsed: Parsed) -> None:
        self.system = made
        self.parsed = parsed
        inputs = parsed.named("i")
        self.choice = sum(name.startswith("action.") for name in inputs)
        self.latches = parsed.named("l")
        assert self.latches[0] == "started"
        assert inputs == [
            *(f"action.{bit}" for bit in range(self.choice)),
            *(f"start {name}" for name in self.latches[1:]),
        ]

    def state(self, bits: dict[str, int]) -> State:
        """The state that the latches say."""
        codes = []
        for variable in self.system.variables:
            width = (len(variable.sort.values) - 1).bit_length()
            codes.append(sum(bits[f"{variable.name}.{bit}"] << bit for bit in range(width)))
        return tuple(variable.sort.values[code] for variable, code in zip(self.system.variables, codes, strict=True))

    def outcomes(
        self, latches: tuple[int, ...], free: list[bool]
    ) -> Iterator[tuple[list[int], tuple[int, ...], list[int]]]:
        """Yield for all values of the free inputs, the others being 0 throughout or 1 throughout: the inputs, the latches
        after them, and what is bad.
        """
        places = [number for number, is_free in enumerate(free) if is_free]
        width = 1 << len(places)
        for others in (0, 1):
            columns = [others * ((1 << width) - 1)] * len(free)
            for position, number in enumerate(places):
                columns[number] = sum((choice >> position & 1) << choice for choice in range(width))
            ones = (1 << width) - 1
            after, bad = self.parsed.run([ones * bit for bit in latches], columns, width)
            for choice in range(width):
                values = [column >> choice & 1 for column in columns]
                yield values, tuple(one >> choice & 1 for one in after), [one >> choice & 1 for one in bad]


def follow(semantics: Semantics, state: State, action: SystemAction | None) -> tuple[State | None, bool]:
    """Where an action leads, None where it cannot be taken, and whether it would leave a range."""
    if action is None or not semantics.holds(action.guard, state):
        return None, False
    try:
        return semantics.step(state, action), False
    except LeavesRange:
        return None, True


def compare(made: System, questions: tuple[SystemProperty, ...]) -> None:
    """Visit all that the circuit reaches, and compare each step and each bad state with the reference semantics."""
    simulated, semantics, reference = Simulated(made, read(aiger(made, questions))), Semantics(made), BruteForce(made)
    has_range = simulated.parsed.named("b")[len(questions) :] == [STRAYS]
    started: set[tuple[int, ...]] = set()
    starts = set()
    unstarted = (0,) * len(simulated.latches)
    free = [False] * simulated.choice + [True] * (len(simulated.latches) - 1)
    for inputs, after, bad in simulated.outcomes(unstarted, free):
        assert not any(bad)
        if after[0]:
            assert list(after[1:]) == inputs[simulated.choice :]
            started.add(after)
            starts.add(simulated.state(dict(zip(simulated.latches, after, strict=True))))
        else:
            assert after == unstarted
    assert starts == set(semantics.initial_states())
    waiting, seen = list(started), set()
    while waiting:
        latches = waiting.pop()
        state = simulated.state(dict(zip(simulated.latches, latches, strict=True)))
        seen.add(state)
        free = [True] * simulated.choice + [False] * (len(simulated.latches) - 1)
        for inputs, after, bad in simulated.outcomes(latches, free):
            code = sum(bit << place for place, bit in enumerate(inputs[: simulated.choice]))
            action = made.actions[code] if code < len(made.actions) else None
            expected, strays = follow(semantics, state, action)
            reached = simulated.state(dict(zip(simulated.latches, after, strict=True)))
            assert reached == (state if expected is None else expected)
            assert not strays or has_range
            wrong = [violated(semantics, question, state, action, expected) for question in questions]
            assert [*wrong, *([strays] if has_range else [])] == [bool(one) for one in bad]
            if after not in started:
                started.add(after)
                waiting.append(after)
    assert seen == set(reference.distance)


def violated(
    semantics: Semantics, question: SystemProperty, state: State, action: SystemAction | None, after: State | None
) -> bool:
    """Whether a question is answered badly in a state, or on the step from it."""
    if question.kind is Kind.INVARIANT:
        return not semantics.holds(question.formula, state)
    return action is not None and after is not None and not semantics.holds(question.formula, state, after, action.name)


@law(120)
@given(asked=asked_systems(KINDS, may_leave_range=True))
def test_the_circuit_is_the_system(asked: Asked) -> None:
    """Of random systems the circuit reaches the states of the reference, takes its steps, for each action that is chosen,
    and says bad where, and only where, a question is violated or a range is left.
    """
    made, questions = asked
    compare(made, questions)


@law(12)
@given(asked=asked_systems(KINDS))
def test_abc_agrees_about_random_systems(asked: Asked, tmp_path_factory: pytest.TempPathFactory) -> None:
    """ABC decides each question about random systems like trying everything, and as many steps from the start."""
    needed(ABC)
    made, questions = asked
    oracle = Oracle(made)
    found = abc(aiger(made, questions), tmp_path_factory.mktemp("random"))
    assert [frame(question, oracle.distance(question)) for question in questions] == found[: len(questions)]
    assert [None] * (len(found) - len(questions)) == found[len(questions) :]  # no reachable step leaves a range


def frame(question: SystemProperty, steps: int | None) -> int | None:
    """The frame in which a violation of so many steps is seen first: the start takes one, a step is seen as it is taken."""
    return None if steps is None else steps + (question.kind is Kind.INVARIANT)


CONFORMANCE = {case.name: case for case in cases() if case.question.kind in SAFETY and case.answer is not None}


@pytest.mark.parametrize("name", sorted(CONFORMANCE.keys() - {"wide integer"}))
def test_abc_decides_the_conformance_suite(name: str, tmp_path: Path) -> None:
    """Each case about invariants and steps, a chain of forty steps among them, is for ABC what it must be for an engine."""
    needed(ABC)
    case = CONFORMANCE[name]
    (found, *others) = abc(aiger(case.system, [case.question]), tmp_path)
    assert (found is not None) is (case.answer is Answer.VIOLATED)
    assert not any(others)


@pytest.mark.parametrize(
    "proposal",
    [
        pytest.param(known, marks=() if known == "initrd_autoprobe_off" else pytest.mark.long)
        for known in sorted(CATALOGUE.proposals)
    ],
)
def test_abc_agrees_about_the_catalogue(proposal: str, tmp_path: Path) -> None:
    """ABC decides each safety property of a proposal with one device like exhaustive search, as many steps from the start."""
    needed(ABC)
    made, known = group_of(proposal).system, verdicts(proposal)
    questions = [question for question in known if question.kind in SAFETY]
    if proposal == "initrd_autoprobe_off":  # in the gate, four that are violated and four that hold
        chosen = [
            [one for one in questions if known[one].answer is answer][:4] for answer in (Answer.VIOLATED, Answer.HOLDS)
        ]
        questions = [*chosen[0], *chosen[1]]
    traces = [known[question].trace for question in questions]
    expected = [frame(one, None if trace is None else len(trace)) for one, trace in zip(questions, traces, strict=True)]
    found = abc(aiger(made, questions), tmp_path)
    assert expected == found[: len(questions)]
    assert not any(found[len(questions) :])


@pytest.mark.parametrize("name", ["peterson", "readers_writers", "two_phase_commit", "die_hard"])
def test_abc_agrees_about_the_corpus(name: str, tmp_path: Path) -> None:
    """ABC decides the safety properties of models with published counts like trying everything, as many steps from the
    start.
    """
    needed(ABC)
    model = read_model(ROOT / "tests" / "corpus" / "models" / f"{name}.py", (ROOT,)).model
    made, scope = ground(model, Scope()), Scope()
    questions = [one for known in model.properties for one in ground_properties(model, known, scope)]
    asked, oracle = [one for one in questions if one.kind in SAFETY], Oracle(made)
    assert asked
    found = abc(aiger(made, asked), tmp_path)
    assert [frame(question, oracle.distance(question)) for question in asked] == found[: len(asked)]


def later_is_now(place: _Place, name: str, *, later: bool) -> Cases:
    """A reading that forgets what a step assigns."""
    del later
    return place.now(name)


def code_0(machine: Machine, bits: Sequence[int], code: int) -> int:
    """Every value is told by the bits of another one."""
    return original_coded(machine, bits, code ^ 1)


def ranges_are_kept(machine: Machine, number: int, action: SystemAction) -> tuple[int, int]:
    """A step that leaves a range is taken like any other."""
    taken, strays = original_ways(machine, number, action)
    return machine.circuit.any((taken, strays)), 0


def only_states(machine: Machine, formula: Expression, *, of_steps: bool) -> int:
    """No step is ever violated."""
    return 0 if of_steps else original_violating(machine, formula, of_steps=False)


original_coded, original_ways, original_violating = Machine._coded, Machine._ways, Machine.violating
FAULTS: dict[str, tuple[type, str, object]] = {
    "any state is a start": (Machine, "_is_start", lambda _: 1),
    "what comes later is what is now": (_Place, "read", later_is_now),
    "steps are never violated": (Machine, "violating", only_states),
    "a code is another one's": (Machine, "_coded", code_0),
    "ranges are ignored": (Machine, "_ways", ranges_are_kept),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a fault in the circuit some system of the conformance suite is told apart from what it means."""
    compare_all()
    monkeypatch.setattr(*FAULTS[fault])
    with pytest.raises(AssertionError):
        compare_all()


def compare_all() -> None:
    """Compare the small systems of the conformance suite, those that leave a range among them."""
    for case in cases():
        if case.question.kind in SAFETY and "deep" not in case.name and case.name != "wide integer":
            compare(case.system, (case.question,))


def test_the_comment_says_what_is_what() -> None:
    """Properties, actions and values have their codes in the comment, what was left out its kind."""
    flag = Flag("flag")
    made = system("lamp", (flag,), move("switch", TRUE, flag.becomes(negation(flag.now))))
    asked = [SystemProperty(f"p{number}", "T", kind, TRUE) for number, kind in enumerate((*SAFETY, Kind.LEADS_TO))]
    parsed = read(aiger(made, asked))
    assert parsed.named("b") == ["T p0", "T p1"]
    assert parsed.comment[0].startswith("lamp, 1 device(s)")
    wanted = ("b1 is a violation of T p1, step", "action 0 is switch", "flag: 0 False, 1 True")
    assert set(wanted) <= set(parsed.comment)
    assert parsed.comment[-1] == "left out: T p2, which is leads_to"
    bare = read(aiger(made))
    assert (bare.bad, bare.comment[1]) == ((), "no property: none was picked that is an invariant or is about steps")


def test_names_of_strangers_stay_on_their_lines() -> None:
    """Whatever a system, a variable, an action or a property is called, the file has its lines and no others."""
    hostile = "x\nc\nb0 \u00e9"
    flag = Flag(hostile)
    made = system(hostile, (flag,), move(hostile, TRUE, flag.becomes(TRUE)))
    parsed = read(aiger(made, [SystemProperty(hostile, hostile, Kind.INVARIANT, TRUE)]))
    assert parsed.names.keys() == {"i0", "i1", "l0", "l1", "b0"}
    assert parsed.comment[0].startswith("x?c?b0 ?, 1 device(s)")


def test_what_a_circuit_would_list_is_refused() -> None:
    """A variable of too many values is told by its name."""
    flag = Flag("flag")
    made = system("wide", (flag,), move("switch", TRUE, flag.becomes(TRUE)))
    big = replace(made.variables[0], name="big", sort=Bounded(0, 300), initial=(0,))
    with pytest.raises(Inexpressible, match="big has more than 256 values, which a circuit would list"):
        aiger(replace(made, variables=(*made.variables, big)), [])


def test_all_actions_have_a_code_and_one_is_left() -> None:
    """With one, three and four actions there is an input word for each and one that takes none: deadlock is waiting."""
    flag = Flag("flag")
    for count in (1, 3, 4):
        moves = [move(f"m{number}", TRUE, flag.becomes(TRUE)) for number in range(count)]
        parsed = read(aiger(system("many", (flag,), *moves), []))
        assert 2 ** sum(name.startswith("action.") for name in parsed.named("i")) > count
