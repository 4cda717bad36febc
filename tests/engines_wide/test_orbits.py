"""The search over orbits: laws against the oracle and against orbits counted out, and what is not symmetric."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import comb

import pytest
from hypothesis import given

from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.wide import search
from tdispmodel.ir.expressions import (
    BOOLEAN,
    Actor,
    Among,
    Equal,
    Expression,
    Fairness,
    Literal,
    Read,
    Took,
    conjunction,
    negation,
)
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import Assignment, System, SystemAction, SystemProperty
from tdispmodel.judging import judge, judge_all
from tdispmodel.verdict import Answer, NumberedOrbits, NumberedStates, Space
from tests.engines.bench_tdi import TDI, bench_properties, bench_tdi
from tests.engines_wide.numbered import Numbered, Plain
from tests.engines_wide.symmetric import Drawn, drawn_systems, orbits, symmetric_systems
from tests.laws.oracle import Oracle
from tests.laws.random_systems import law
from tests.laws.test_engines_agree import Asked, assert_leaving_is_noticed, complaints_about

pytestmark = pytest.mark.filterwarnings("ignore:Generating overly large repr")  # when a law fails
ORBITS = {
    devices: comb(devices + 2, 2) + 2 * comb(devices + 46, 46) + comb(devices + 45, 45) for devices in range(1, 6)
}
"""Of bench-tdi: its states are 3^N + 2 * 47^N + 46^N, that is, one device alone can look like so many things in each of
the four phases, whatever the others look like; choices of N of M with repetition are C(N + M - 1, N)."""


# --- laws --------------------------------------------------------------------------------------------------------------


@law(100)
@given(symmetric_systems())
def test_it_agrees_with_the_oracle(pair: Asked) -> None:
    """With interchangeable devices answers, counts, vacuity and lengths are the oracle's, and the judge accepts all."""
    assert not complaints_about(Numbered(), pair)


@pytest.mark.long
@law(2000)
@given(symmetric_systems())
def test_it_agrees_with_the_oracle_again_and_again(pair: Asked) -> None:
    """So they are on many more random systems."""
    assert not complaints_about(Numbered(), pair)


@law(40)
@given(symmetric_systems())
def test_runs_say_the_same(pair: Asked) -> None:
    """With hardly any memory for places it goes on with sorted runs, and says the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "DENSE_MEMORY", 24)
        patch.setattr(search, "CHUNK", 3)
        assert not complaints_about(Numbered(), pair)


@law(60)
@given(symmetric_systems(may_leave_range=True))
def test_leaving_a_range_is_noticed(pair: Asked) -> None:
    """`OutOfRange` is raised exactly when some reachable step leaves a range, and its trace replays."""
    assert_leaving_is_noticed(Numbered(), pair)


@law(100)
@given(drawn_systems())
def test_orbits_are_as_many_as_there_are(drawn: Drawn) -> None:
    """Visited are as many states as there are orbits under all permutations, tried out one after the other.

    All devices of a kind are found to be interchangeable where the questions do not tell them apart, and no question is
    answered by interchanging what it tells apart.
    """
    oracle = Oracle(drawn.system)
    for verdict in Numbered().answer(drawn.system, drawn.questions, Limits()):
        if verdict.symmetry is not None:
            assert verdict.symmetry.orbits == orbits(drawn.system, list(oracle.states), verdict.symmetry.classes)
    always = SystemProperty("always", "TDM900", Kind.INVARIANT, Literal(True, BOOLEAN))
    (verdict,) = Numbered().answer(drawn.system, [always], Limits())
    wanted = [kind for kind in drawn.kinds if len(kind) > 1]
    classes = [set(each) for each in verdict.symmetry.classes] if verdict.symmetry is not None else []
    assert all(any(set(kind) <= each for each in classes) for kind in wanted)  # kinds may turn out to be the same


# --- known counts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("devices", [2, 3])
def test_orbits_of_bench_tdi(devices: int) -> None:
    """The orbits are as many as combinatorics says, the counts of all states are the published ones, and all is judged."""
    published = {2: Space(6_543, 47_766, 27), 3: Space(305_009, 3_240_706, 39)}
    found = list(Numbered().answer(bench_tdi(devices), bench_properties(devices), Limits()))
    assert {one.symmetry.orbits for one in found if one.symmetry is not None} == {ORBITS[devices]}
    assert {one.space for one in found} == {published[devices]}
    assert all(one.symmetry is not None for one in found)
    assert [Answer.HOLDS, Answer.HOLDS, Answer.VIOLATED, Answer.HOLDS] == [one.answer for one in found]
    assert [10] == [len(one.trace) for one in found if one.trace is not None]
    assert all(isinstance(one.certificate, NumberedOrbits) for one in found if one.answer is Answer.HOLDS)
    assert all(one.accepted for one in judge_all(bench_tdi(devices), found))


def test_one_device_has_no_symmetry() -> None:
    """With one device nothing can be interchanged."""
    found = list(Numbered().answer(bench_tdi(1), bench_properties(1), Limits()))
    assert {one.symmetry for one in found} == {None}
    assert ORBITS[1] == 143


def test_orbits_of_four_devices() -> None:
    """With four devices of bench-tdi 672,491 orbits stand for 14,236,899 states and 198,547,714 steps."""
    always = SystemProperty("always", "TDM900", Kind.INVARIANT, Literal(True, BOOLEAN))
    (found,) = Numbered().answer(bench_tdi(4), [always], Limits())
    assert found.symmetry is not None
    assert found.symmetry.orbits == ORBITS[4] == 672_491
    assert found.space == Space(3**4 + 2 * 47**4 + 46**4, 198_547_714, 12 * 4 + 3)


@pytest.mark.long
def test_four_devices_are_judged() -> None:
    """All that holds of four devices by orbits is accepted."""
    found = list(Numbered().answer(bench_tdi(4), bench_properties(4), Limits()))
    assert all(one.accepted for one in judge_all(bench_tdi(4), found))


# --- what is not symmetric ---------------------------------------------------------------------------------------------


def changed(name: str, /, **more: object) -> Callable[[System], System]:
    """Change one action of a system."""
    return lambda system: replace(
        system,
        actions=tuple(
            replace(action, **more) if action.name == name else action  # type: ignore[arg-type]  # fields by name
            for action in system.actions
        ),
    )


def guarded(name: str, more: Expression) -> Callable[[System], System]:
    """Guard one action of a system once more."""
    return lambda system: changed(name, guards=(*system.by_name[name].guards, more))(system)


def _starting(system: System) -> System:
    return replace(
        system,
        variables=tuple(
            replace(one, initial=(False, True)) if one.name == "devices[0].deferred" else one
            for one in system.variables
        ),
    )


def _of_the_first(system: System) -> System:
    template = system.actions[0]
    only = SystemAction(
        "favour(devices[0])",
        Actor.KERNEL,
        Fairness.WEAK,
        disturbs=False,
        adversarial=False,
        guards=(),
        assignments=(Assignment("devices[0].deferred", Literal(False, BOOLEAN)),),
        template=template.template,
    )
    return replace(system, actions=(*system.actions, only))


FIRST = Among(Read("devices[0].tdi", TDI), ("U",))
UNLIKE: dict[str, tuple[Callable[[System], System], str]] = {
    "an action of the first device only": (_of_the_first, "has no like"),
    "start values": (_starting, "do not start alike"),
    "which start states there are": (
        lambda system: replace(_starting(system), initially=FIRST, variables=system.variables),
        "tells interchanged instances apart",
    ),
    "a guard": (guarded("start(devices[0])", negation(Read("devices[0].deferred", BOOLEAN))), "has no like"),
    "a guard of the whole": (guarded("user_start", FIRST), "has no like"),
    "an effect": (
        changed("start(devices[1])", assignments=(Assignment("devices[1].tdi", Literal("E", TDI)),)),
        "has no like",
    ),
    "fairness": (changed("start(devices[0])", fairness=Fairness.STRONG), "has no like"),
    "the actor": (changed("accept(devices[0])", actor=Actor.USERSPACE), "has no like"),
    "what disturbs": (changed("host_error(devices[1])", disturbs=False), "has no like"),
    "what is adversarial": (changed("host_error(devices[1])", adversarial=False), "has no like"),
    "a name": (changed("start(devices[0])", name="begin(devices[0])"), "has no like"),
}
"""Ways in which two devices of bench-tdi differ, and what the judge says to somebody who interchanges them."""


@pytest.mark.parametrize("name", UNLIKE)
def test_what_is_not_symmetric_is_not_reduced(name: str) -> None:
    """Where two devices differ in one thing they are not interchanged, and the judge refuses that they are."""
    change, reason = UNLIKE[name]
    system, questions = bench_tdi(2), bench_properties(2)
    (right, *_) = Numbered().answer(system, questions, Limits())
    assert right.symmetry is not None
    assert judge(system, right).accepted
    unlike = change(system)
    found = list(Numbered().answer(unlike, questions, Limits()))
    assert {one.symmetry for one in found} == {None}
    assert all(isinstance(one.certificate, NumberedStates) for one in found if one.answer is Answer.HOLDS)
    refused = judge(unlike, right)
    assert not refused.accepted
    assert reason in refused.reason
    wrong = replace(found[0], symmetry=right.symmetry)
    assert reason in judge(unlike, wrong).reason


def test_what_is_not_symmetric_in_one_device_is_in_the_others() -> None:
    """Of three devices the two that are alike are interchanged, whichever these are."""
    for number in range(3):
        name = f"start(devices[{number}])"
        system = guarded(name, negation(Read(f"devices[{number}].deferred", BOOLEAN)))(bench_tdi(3))
        found = list(Numbered().answer(system, bench_properties(3), Limits()))
        alike = tuple(f"devices[{other}]" for other in range(3) if other != number)
        assert {one.symmetry.classes for one in found if one.symmetry is not None} == {(alike,)}
        assert all(one.accepted for one in judge_all(system, found))


def test_the_order_of_operands_does_not_matter() -> None:
    """An action that says the same in another order does not make a device another one."""
    system = bench_tdi(2)
    guards = system.by_name["measure(devices[0])"].guards
    turned = changed("measure(devices[0])", guards=(conjunction(*reversed(guards)),))(system)
    assert turned != system
    found = list(Numbered().answer(turned, bench_properties(2), Limits()))
    assert all(one.symmetry is not None for one in found)
    assert all(one.accepted for one in judge_all(turned, found))


# --- questions that tell devices apart ---------------------------------------------------------------------------------


def never(formula: Expression, number: int = 0, kind: Kind = Kind.INVARIANT) -> SystemProperty:
    """The question whether something is never so."""
    return SystemProperty(f"never_{number}", "TDM900", kind, negation(formula))


def errs(device: int) -> Expression:
    """A device is in the error state."""
    return Equal(Read(f"devices[{device}].tdi", TDI), Literal("E", TDI))


def test_a_question_about_one_device_is_asked_without() -> None:
    """A question about one of two devices interchanges nothing, and one about both beside it interchanges them."""
    system = bench_tdi(2)
    both = bench_properties(2)[0]
    found = {one.property: one for one in Numbered().answer(system, [never(errs(0)), both], Limits())}
    alone = found[never(errs(0))]
    assert alone.symmetry is None
    assert alone.answer is Answer.VIOLATED
    assert found[both].symmetry is not None
    assert found[both].space == alone.space
    assert all(one.accepted for one in judge_all(system, list(found.values())))


def test_a_question_about_one_device_interchanges_the_others() -> None:
    """A question about one of three devices interchanges the other two."""
    (found,) = Numbered().answer(bench_tdi(3), [never(errs(1))], Limits())
    assert found.symmetry is not None
    assert found.symmetry.classes == (("devices[0]", "devices[2]"),)
    assert judge(bench_tdi(3), found).accepted


@pytest.mark.parametrize("kind", [Kind.INVARIANT, Kind.STEP])
def test_one_question_about_each_device_is_asked_of_orbits(kind: Kind) -> None:
    """Questions of which permutations make one another share a search, and each gets a behaviour of its own device."""
    system = bench_tdi(3)
    formulas = [errs(device) for device in range(3)]
    if kind is Kind.STEP:
        formulas = [Took(frozenset({f"accept(devices[{device}])"})) for device in range(3)]
    questions = [never(formula, device, kind) for device, formula in enumerate(formulas)]
    found = list(Numbered().answer(system, questions, Limits()))
    plain = [next(iter(Plain().answer(system, [one], Limits()))) for one in questions]
    assert [one.symmetry and one.symmetry.orbits for one in found] == [ORBITS[3]] * 3
    assert [one.trace and len(one.trace) for one in found] == [one.trace and len(one.trace) for one in plain]
    assert all(one.accepted for one in judge_all(system, found))


def test_devices_are_named_in_the_order_in_which_they_act() -> None:
    """Where it does not matter which device a behaviour is about, it is the first one."""
    found = next(one for one in Numbered().answer(bench_tdi(3), bench_properties(3), Limits()) if one.trace is not None)
    assert found.trace is not None
    acting = [name.partition("(")[2].rstrip(")") for name, _ in found.trace.steps if "(" in name]
    assert acting == ["devices[0]"] * 9  # ten steps, one of which is the whole's
    assert judge(bench_tdi(3), found).accepted


def test_what_holds_of_each_device_holds_of_all() -> None:
    """One question about each device that holds is shown by orbits, and the judge looks at what it becomes."""
    system = bench_tdi(2)
    questions = [
        SystemProperty(
            f"each_{device}",
            "TDM900",
            Kind.INVARIANT,
            negation(
                conjunction(
                    Read(f"devices[{device}].verified", BOOLEAN), negation(Read(f"devices[{device}].measured", BOOLEAN))
                )
            ),
        )
        for device in range(2)
    ]
    found = list(Numbered().answer(system, questions, Limits()))
    assert [Answer.HOLDS] * 2 == [one.answer for one in found]
    assert all(isinstance(one.certificate, NumberedOrbits) for one in found)
    assert all(one.accepted for one in judge_all(system, found))
