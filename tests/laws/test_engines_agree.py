"""Laws of the engines: on random systems they agree with the oracle and with one another, and the judge accepts them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec

import pytest
from hypothesis import given, strategies as st

from tdispmodel.engines.protocol import Engine, Limits
from tdispmodel.engines.registry import ENGINES, engine
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.judging.traces import replay
from tdispmodel.semantics import LeavesRange, Scope, Semantics, ground
from tdispmodel.semantics.grounding import constants, ground_properties
from tdispmodel.verdict import Answer, OutOfRange, Verdict, Witness, join
from tests.laws.oracle import Oracle
from tests.laws.random_models import models
from tests.laws.random_systems import asked_systems, law

Asked = tuple[System, tuple[SystemProperty, ...]]
EXISTING = [
    name
    for name, (where, _) in ENGINES.items()
    if find_spec(where.partition(":")[0]) is not None and name != "distributed"  # which tests/cluster asks
]
FINITE = (Kind.INVARIANT, Kind.STEP, Kind.MUST_BE_POSSIBLE)
COMPLETE = ("explicit", "graph", "diagrams")
EXAMPLES = {"explicit": 100, "graph": 60, "diagrams": 60, "walk": 3, "bmc": 25, "induction": 25, "pdr": 20}
TOPOLOGIES = {"explicit": 30, "graph": 20}
DEPTH = 12
SECONDS = {"walk": 0.5}


def complaints_about(made: Engine, pair: Asked) -> list[str]:
    """Return what is wrong with the engine's verdicts about a system: one line each, none if it is right."""
    system, asked = pair
    oracle = Oracle(system)
    verdicts = list(made.answer(system, asked, Limits(seconds=SECONDS.get(made.name), depth=DEPTH)))
    wrong = []
    if sorted(question.name for question in asked) != sorted(verdict.property.name for verdict in verdicts):
        wrong.append("not one verdict per question")
    for verdict in verdicts:
        what = verdict.property.kind.value
        if verdict.property.kind in FINITE:
            wrong += [f"{what}: {one}" for one in _wrong_about_length(oracle, verdict)]
        right = Answer.HOLDS if oracle.holds(verdict.property) else Answer.VIOLATED
        if verdict.answer is Answer.OPEN:
            if made.exhaustive:
                wrong.append(f"{what}: open, although every state was visited: {verdict.reason}")
            elif not verdict.reason and verdict.bound is None:
                wrong.append(f"{what}: open without a reason")
        elif verdict.answer is not right:
            wrong.append(f"{what}: {verdict.answer.value}, but it is {right.value}")
        if verdict.vacuous is not None and verdict.vacuous is not oracle.vacuous(verdict.property):
            wrong.append(f"{what}: vacuous {verdict.vacuous}")
        if made.exhaustive and verdict.space != oracle.space:
            wrong.append(f"{what}: {verdict.space}, but it is {oracle.space}")
    wrong += [
        f"{one.verdict.property.kind.value}: refused: {one.reason}"
        for one in judge_all(system, verdicts)
        if not one.accepted
    ]
    return wrong


def _wrong_about_length(oracle: Oracle, verdict: Verdict) -> Iterator[str]:
    """Yield what a verdict wrongly says about the length of a shortest violation or witness."""
    distance = oracle.distance(verdict.property)
    trace = verdict.certificate.trace if isinstance(verdict.certificate, Witness) else verdict.trace
    if (
        distance is not None
        and verdict.answer is Answer.OPEN
        and distance <= (-1 if verdict.bound is None else verdict.bound)
    ):
        yield f"open although it is decided after {distance} steps, within the bound {verdict.bound}"
    if verdict.shortest and trace is not None and len(trace) != distance:
        yield f"{len(trace)} steps are said to be shortest, but {distance} are"


@pytest.mark.parametrize("name", EXISTING)
def test_an_engine_agrees_with_the_oracle(name: str) -> None:
    """The engine's decided answers are the oracle's, the judge accepts all, and exhaustive ones decide and count."""

    @law(EXAMPLES.get(name, 20))
    @given(asked_systems())
    def check(pair: Asked) -> None:
        assert not complaints_about(engine(name), pair)

    check()


@st.composite
def topologies(draw: st.DrawFn) -> Asked:
    """Draw a model with two devices that differ in their constants, with what is asked of it, flat."""
    model = draw(models())
    known = {name: constant for name, constant in constants(model, 2).items() if not constant.fixed}
    scope = Scope(2, {name: draw(st.sampled_from(constant.sort.values)) for name, constant in known.items()})
    system = ground(model, scope)
    asked = [question for wanted in model.properties for question in ground_properties(model, wanted, scope)]
    return system, tuple(replace(one, name=f"{one.name}_{number}") for number, one in enumerate(asked))


@pytest.mark.parametrize("name", [name for name in EXISTING if name != "walk"])
def test_an_engine_agrees_about_topologies(name: str) -> None:
    """Of models as written, with constants that differ from instance to instance, an engine says what the oracle says."""

    @law(TOPOLOGIES.get(name, 5))
    @given(topologies())
    def check(pair: Asked) -> None:
        assert not complaints_about(engine(name), pair)

    check()


@law(15)
@given(asked_systems())
def test_joined_answers_do_not_contradict(pair: Asked) -> None:
    """Joining the verdicts of all quick engines never meets a contradiction and ends decided."""
    system, asked = pair
    joined: dict[str, Verdict] = {}
    for name in EXISTING:
        if name == "walk":
            continue
        for verdict in engine(name).answer(system, asked, Limits(depth=DEPTH)):
            known = joined.get(verdict.property.name)
            joined[verdict.property.name] = verdict if known is None else join(known, verdict)
    assert all(verdict.answer is not Answer.OPEN for verdict in joined.values())


@pytest.mark.parametrize("name", [name for name in EXISTING if name in COMPLETE])
def test_leaving_a_range_is_noticed(name: str) -> None:
    """An exhaustive engine raises `OutOfRange` exactly when some reachable step leaves a range; its trace replays."""

    @law(40)
    @given(asked_systems(may_leave_range=True))
    def check(pair: Asked) -> None:
        assert_leaving_is_noticed(engine(name), pair)

    check()


def assert_leaving_is_noticed(tried: Engine, pair: Asked) -> None:
    """`OutOfRange` is raised exactly when some reachable step leaves a range, and its trace replays."""
    system, asked = pair
    try:
        Oracle(system)
        leaves = False
    except LeavesRange:
        leaves = True
    try:
        list(tried.answer(system, asked, Limits()))
    except OutOfRange as found:
        assert leaves
        assert_leads_there(system, found)
    else:
        assert not leaves


def assert_leads_there(system: System, found: OutOfRange) -> None:
    """Check that the trace is a behaviour at whose end the named action leaves the range of the named variable."""
    semantics = Semantics(system)
    replay(semantics, found.trace)
    last = found.trace.states[-1]
    assert found.action in [action.name for action in semantics.enabled(last)]
    with pytest.raises(LeavesRange) as raised:
        semantics.step(last, system.by_name[found.action])
    assert (raised.value.variable, raised.value.value) == (found.variable, found.value)
