"""Litmus scenarios: those of the debate, and the search compared with two others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tdispmodel.analysing.litmus import Readings, Search, litmus
from tdispmodel.analysing.scenario import Line, Scenario, Step, read_scenario
from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import Bounded, Equal, Expression, Read, conjunction, negation, number
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, State, System, SystemAction, SystemProperty, SystemVariable
from tdispmodel.judging import judge
from tdispmodel.reports.litmus import Litmus
from tdispmodel.semantics import Semantics
from tdispmodel.source import Place
from tdispmodel.verdict import Answer
from tests.laws.random_systems import Formulas, law, systems

CATALOGUE = Catalogue(Path(__file__).resolve().parents[2])
KNOWN: Readings = {}


@pytest.mark.parametrize("path", CATALOGUE.litmus_files, ids=lambda path: path.stem)
def test_scenarios_of_the_debate(path: Path) -> None:
    """Each scenario that is kept turns out as its file expects, and not because it cannot get as far as it should.

    Steps that cannot be taken are what a file with ``never True`` is about: its last step, none before.
    """
    asked = read_scenario(path)
    found = litmus(asked, CATALOGUE, Limits(), KNOWN)
    assert found.as_expected is True
    assert not found.stopped
    assert (found.blocked is not None) == ("True" == asked.condition.words)
    assert found.blocked is None or len(asked.steps) - 1 == len(found.counted)


@pytest.mark.parametrize("path", CATALOGUE.litmus_files, ids=lambda path: path.stem)
def test_scenarios_are_argued(path: Path) -> None:
    """Each scenario that is kept says where it comes from and why it is expected, and is called as its file."""
    text = path.read_text()
    assert re.search(r"^# Source: \S", text, re.MULTILINE)
    assert re.search(r"^# Argument: \S", text, re.MULTILINE)
    assert re.sub(r"\W", "_", read_scenario(path).name) == path.stem


def test_scenarios_are_listed() -> None:
    """The page about scenarios names each that is kept, and no other."""
    text = (CATALOGUE.root / "docs" / "litmus.md").read_text()
    table = text.partition("## The scenarios that are kept")[2]
    assert sorted(path.stem for path in CATALOGUE.litmus_files) == sorted(re.findall(r"`(\w+)`", table))


def test_enough_scenarios() -> None:
    """The debate's eight disputed mechanisms are there: one scenario each at least."""
    named = {path.stem for path in CATALOGUE.litmus_files}
    assert named >= {
        "hot_add_before_6_19",
        "stale_flag_bind",
        "explicit_bind_is_never_queued",
        "deferred_device_is_dropped",
        "hot_reset_keeps_flag",
        "second_accept",
        "tsm_unregisters_with_driver_bound",
        "hidden_capability",
    }


NOWHERE = Line("x", Place("x"), "x")


@st.composite
def searches(draw: st.DrawFn) -> Search:
    """Draw a system, up to three steps with or without gaps, and a condition."""
    system = draw(systems())
    names = draw(st.lists(st.sampled_from([action.name for action in system.actions]), max_size=3))
    gaps = draw(st.lists(st.booleans(), min_size=len(names) + 1, max_size=len(names) + 1))
    asked = Scenario(
        name="random",
        proposal=NOWHERE,
        devices=1,
        settings={},
        without=(),
        steps=tuple(Step(NOWHERE, gap) for gap in gaps[:-1]),
        before_the_end=gaps[-1],
        question=draw(st.sampled_from(("exists", "never", "always"))),
        condition=NOWHERE,
        expected="",
    )
    condition = Formulas(draw, system.variables).formula(1)
    return Search(asked, system, tuple(names), condition, Limits())


def last_states(search: Search) -> set[State]:
    """Return the states in which a fitting behaviour may end: set by set, by the reference semantics."""
    semantics = Semantics(search.system)

    def later(states: set[State]) -> set[State]:
        found, left = set(states), list(states)
        while left:
            for _, after in semantics.successors(left.pop()):
                if after not in found:
                    found.add(after)
                    left.append(after)
        return found

    current = set(semantics.initial_states())
    for name, step in zip(search.names, search.asked.steps, strict=True):
        before = later(current) if step.after_anything else current
        current = {after for state in before for taken, after in semantics.successors(state) if taken.name == name}
    return later(current) if search.asked.before_the_end else current


@law(150)
@given(searches())
def test_last_states(search: Search) -> None:
    """The counts are those of the states that are found set by set, and the answers follow from them."""
    states = last_states(search)
    semantics = Semantics(search.system)
    good = sum(semantics.holds(search.condition, state) for state in states)
    found = search.answer()
    assert (good, len(states) - good) == (found.positive, found.negative)
    assert (good > 0) == found.possible
    assert (bool(states) and good == len(states)) == found.always
    assert (found.blocked is None) == bool(states)


def watched(search: Search, wanted: Expression) -> tuple[System, SystemProperty]:
    """Return a system that counts the steps of the file itself, and the claim that no fitting end is as ``wanted``."""
    count = len(search.names)
    counter = Read("steps", Bounded(0, count))
    actions: list[SystemAction] = []
    for action in search.system.actions:
        for position in range(count + 1):
            guards = (*action.guards, Equal(counter, number(position)))
            if search.open[position]:
                actions.append(replace(action, name=f"{action.name} between {position}", guards=guards))
            if position < count and search.names[position] == action.name:
                next_one = Assignment("steps", number(position + 1))
                taken = (*action.assignments, next_one)
                actions.append(replace(action, name=f"{action.name} as {position}", guards=guards, assignments=taken))
    variables = (*search.system.variables, SystemVariable("steps", Bounded(0, count), (0,)))
    claim = negation(conjunction(Equal(counter, number(count)), wanted))
    system = replace(search.system, variables=variables, actions=tuple(replace(one, places=()) for one in actions))
    return system, SystemProperty("never", "TDM1", Kind.INVARIANT, claim)


@law(80)
@given(searches())
def test_shortest_behaviour(search: Search) -> None:
    """An engine that is asked about a system which counts the steps itself agrees, also about the shortest length."""
    found = search.answer()
    wanted = negation(search.condition) if search.asked.question == "always" and found.negative else search.condition
    system, question = watched(search, wanted)
    (verdict,) = Explicit().answer(system, (question,), Limits())
    assert judge(system, verdict).accepted
    shown = found.negative if wanted != search.condition else found.positive
    assert (verdict.answer is Answer.VIOLATED) == bool(shown)
    if verdict.trace is not None:
        assert found.trace is not None
        assert len(verdict.trace) == len(found.trace)


@law(80)
@given(searches())
def test_blocked_step(search: Search) -> None:
    """Where the steps cannot all be taken, those before the blocked one can, and its guards that are shown are false."""
    found = search.answer()
    if found.blocked is None or found.trace is None:
        return
    semantics = Semantics(search.system)
    taken = [found.trace.steps[one - 1][0] for one in found.counted]
    assert list(search.names[: len(taken)]) == taken
    assert search.names[len(taken)] == found.blocked.action
    end = found.trace.states[-1]
    assert found.blocked.guards
    assert not any(semantics.holds(guard, end) for guard, _ in found.blocked.guards)


def answered(text: str, tmp_path: Path, limits: Limits | None = None) -> Litmus:
    """Return the answer to a scenario of the catalogue."""
    path = tmp_path / "one.litmus"
    path.write_text(text)
    return litmus(read_scenario(path), CATALOGUE, limits or Limits(), KNOWN)


HEAD = "litmus one\nproposal status_quo\n"


@pytest.mark.parametrize(
    ("body", "counts"),
    [
        ("exists True", "Always"),
        ("always secrets", "Never"),
        ("...\nexists secrets", "Sometimes"),
        ("...\ndeploy_secrets\n...\nalways secrets", "Always"),
        ("...\ndeploy_secrets\ndeploy_secrets\nexists True", "Never"),
    ],
)
def test_observations(body: str, counts: str, tmp_path: Path) -> None:
    """In a start state there are no secrets, later there may be, and once deployed they stay and are deployed once."""
    assert counts == answered(HEAD + body, tmp_path).observation


@pytest.mark.parametrize("name", ["bind", "bind(devices[0])"])
def test_short_names(name: str, tmp_path: Path) -> None:
    """With one device a step may be written as reports write it."""
    assert answered(f"{HEAD}...\n{name}\nexists devices[0].driver is Driver.OPERATING", tmp_path).possible


@pytest.mark.parametrize("limits", [Limits(seconds=0.0), Limits(memory=1)])
def test_limits(limits: Limits, tmp_path: Path) -> None:
    """A search that ends too early leaves the answer open, and observed nothing: not that it never happens."""
    found = answered(f"{HEAD}...\nnever secrets", tmp_path, limits)
    assert (None, "open", 3) == (found.as_expected, found.answer, int(found.exit))
    assert found.observation is None


def test_limits_with_both(tmp_path: Path) -> None:
    """Whatever is missing, states with the condition and states without it are there: sometimes."""
    found = answered(f"{HEAD}...\nnever secrets", tmp_path)
    assert found.positive
    assert "Sometimes" == replace(found, stopped="out of time").observation
    assert replace(found, stopped="out of time", negative=0).observation is None


@pytest.mark.parametrize(
    ("body", "takes"), [("...\ndeploy_secrets\nexists True", True), ("deploy_secrets\nexists True", False)]
)
def test_takes_steps(body: str, takes: bool, tmp_path: Path) -> None:
    """Secrets are deployed to what runs, and in the start state nothing does: later the step can be taken, at once not."""
    assert takes is answered(HEAD + body, tmp_path).takes_steps


@pytest.mark.parametrize(
    ("question", "expected", "right"),
    [
        ("exists secrets", "", True),
        ("exists secrets", "never", False),
        ("exists secrets", "always", False),
        ("exists secrets", "not always", True),
        ("never secrets", "", False),
        ("never secrets", "possible", True),
        ("always secrets", "", False),
        ("always secrets", "not always", True),
        ("always secrets or not secrets", "", True),
    ],
)
def test_expectations(question: str, expected: str, right: bool, tmp_path: Path) -> None:
    """Secrets can be deployed and need not be: what a file claims or expects of that is right or wrong."""
    text = f"{HEAD}...\n{question}\n" + (f"expect {expected}\n" if expected else "")
    assert right is answered(text, tmp_path).as_expected


def sequence_of(steps: Sequence[str]) -> str:
    """Return a file that takes these steps."""
    return HEAD + "\n".join(steps) + "\nexists True\n"


def test_switched_off(tmp_path: Path) -> None:
    """A step that is switched off cannot be taken, and that is the reason given."""
    text = sequence_of(["...", "hot_reset"]).replace("status_quo", "status_quo without host.hot_reset")
    blocked = answered(text, tmp_path).blocked
    assert blocked is not None
    assert "host.hot_reset is switched off" in blocked.why
