"""A judge that was broken on purpose: its tests and the law that it refuses what was changed notice each fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from tdispmodel import judging
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import TRUE, Fairness, IllFormed
from tdispmodel.ir.system import State, System, SystemAction
from tdispmodel.judging import _Session, closed, judge, obligations, traces
from tdispmodel.judging.closed import ClosedSpace
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import Trace
from tests.judging import test_certificates, test_traces
from tests.judging.lamp import SYSTEM as LAMP
from tests.laws.changed_verdicts import spoiled
from tests.laws.oracle import Oracle
from tests.laws.random_systems import asked_systems, law
from tests.laws.reference import Reference
from tests.laws.test_judge_accepts import Asked

Patch = Callable[[pytest.MonkeyPatch], None]


def wrong_by_hand() -> list[str]:
    """Return the handmade cases that the judge decides otherwise than the tests expect, by the expected reason."""
    wrong = []
    accepted = [(LAMP, case.values[0]) for case in test_traces.ACCEPTED]
    for system, verdict in [*accepted, *test_traces.FRAGILE_ACCEPTED, *test_certificates.ACCEPTED]:
        if judged(system, verdict) is not True:
            wrong.append("not accepted")
    refused = [(LAMP, *case) for case in test_traces.REFUSED]
    for system, verdict, reason in [*refused, *test_traces.FRAGILE_REFUSED, *test_certificates.REFUSED]:
        if judged(system, verdict) is not False:
            wrong.append(reason)
    return wrong


def judged(system: System, verdict: Any) -> bool | Exception:
    """Return whether the verdict is accepted, or what a broken judge raised."""
    try:
        return judge(system, verdict).accepted
    except (LookupError, TypeError, IllFormed) as error:
        return error


def wrong_by_law(examples: int = 60) -> bool:
    """Whether the judge accepts a changed verdict, or refuses a right one, on some random system."""

    @settings(law(examples), phases=[Phase.generate], report_multiple_bugs=False)
    @given(asked_systems())
    def check(pair: Asked) -> None:
        system, asked = pair
        oracle = Oracle(system)
        for verdict in Reference().answer(system, asked, Limits()):
            assert judged(system, verdict) is True
            assert all(judged(system, changed) is False for _, changed in spoiled(oracle, verdict))

    try:
        check()
    except AssertionError:
        return True
    return False


def nothing(*_: Any, **__: Any) -> None:
    """Check nothing."""


def starts_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The start states of a closed set are not looked for."""

    class Startless(Semantics):
        def initial_states(self) -> Iterator[State]:
            return iter(())

    patch.setattr(judging, "Semantics", Startless)


def leaving_ignored(patch: pytest.MonkeyPatch) -> None:
    """A step out of a closed set counts as a step to its first state."""
    original = ClosedSpace._targets

    def targets(self: ClosedSpace, chunk: Any, number: int) -> Any:
        class Lenient(dict[int, int]):
            def __missing__(self, key: int) -> int:
                return 0

        self.number = Lenient(self.number)
        return original(self, chunk, number)

    patch.setattr(ClosedSpace, "_targets", targets)


def everything_fair(patch: pytest.MonkeyPatch) -> None:
    """Every loop of a closed set counts as fair."""
    patch.setattr(ClosedSpace, "_neglected", lambda *_: [])


def nothing_fair(patch: pytest.MonkeyPatch) -> None:
    """No loop of a closed set counts as fair."""
    patch.setattr(ClosedSpace, "fair_loops", lambda *_: iter(()))


def strong_is_weak(patch: pytest.MonkeyPatch) -> None:
    """What is strongly fair counts as weakly fair, on loops and in closed sets."""
    patch.setattr(judging, "Semantics", lambda system: Semantics(weakened(system)))
    original = ClosedSpace.__init__
    patch.setattr(ClosedSpace, "__init__", lambda self, system, *rest: original(self, weakened(system), *rest))


def weakened(system: System) -> System:
    """Return the system in which strong fairness is weak."""
    weaker = {Fairness.STRONG: Fairness.WEAK}
    actions = (replace(one, fairness=weaker.get(one.fairness, one.fairness)) for one in system.actions)
    return replace(system, actions=tuple(actions))


def strength_unseen_on_loops(patch: pytest.MonkeyPatch) -> None:
    """The loop of a trace need not take what it enables only now and then."""
    original = traces._may_neglect

    def may_neglect(semantics: Semantics, action: SystemAction, states: Sequence[State]) -> None:
        weaker = Fairness.WEAK if action.fairness is Fairness.STRONG else action.fairness
        original(semantics, replace(action, fairness=weaker), states)

    patch.setattr(traces, "_may_neglect", may_neglect)


def given_up(patch: pytest.MonkeyPatch) -> None:
    """A component that neglects a strongly fair action is left alone, whatever loops it has."""
    original = ClosedSpace.fair_loops

    def whole_ones(self: ClosedSpace, inside: bytes) -> Iterator[list[int]]:
        everything = list(original(self, inside))
        whole = [sorted(component) for component in closed.components(self.quiet_steps, inside)]
        return iter([component for component in everything if sorted(component) in whole])

    patch.setattr(ClosedSpace, "fair_loops", whole_ones)


def no_rest(patch: pytest.MonkeyPatch) -> None:
    """Behaviours that stay in one state for ever are forgotten."""
    patch.setattr(ClosedSpace, "_resting_fairly", lambda self: bytes(len(self.states)))


def without_fairness(system: System, change: dict[str, bool]) -> System:
    """Return the system with every action changed."""
    return replace(system, actions=tuple(replace(action, **change) for action in system.actions))  # type: ignore[arg-type]  # fields by name


def told(change: dict[str, bool]) -> Patch:
    """Return a patch under which the judge hears that every action is fair, or disturbs, or the like."""

    def patched(patch: pytest.MonkeyPatch) -> None:
        original = _Session.__init__
        patch.setattr(_Session, "__init__", lambda self, system: original(self, without_fairness(system, change)))

    patched.__name__ = "_".join(f"{name}_{value}" for name, value in change.items())
    return patched


def guards_ignored(patch: pytest.MonkeyPatch) -> None:
    """A replayed step need not be enabled."""
    patch.setattr(traces, "enabled", lambda *_: True)


def any_start(patch: pytest.MonkeyPatch) -> None:
    """A trace may begin anywhere."""
    patch.setattr(traces, "is_start", lambda *_: True)


def states_believed(patch: pytest.MonkeyPatch) -> None:
    """A step leads wherever the trace says."""
    original = traces.replay

    def replay(semantics: Semantics, trace: Trace) -> None:
        corrected, before = [], trace.initial
        for name, after in trace.steps:
            action = semantics.system.by_name.get(name)
            enabled = action is not None and traces.enabled(semantics, action, before)
            before = semantics.step(before, action) if action is not None and enabled else after
            corrected.append((name, before))
        original(semantics, replace(trace, steps=tuple(corrected)))

    patch.setattr(traces, "replay", replay)


def loops_believed(patch: pytest.MonkeyPatch) -> None:
    """Loops are neither checked for fairness nor for returning."""
    patch.setattr(traces, "_fair_loop", lambda _, trace: min(trace.loop or 0, len(trace)))


def replay_skipped(patch: pytest.MonkeyPatch) -> None:
    """Traces are not replayed at all."""
    patch.setattr(traces, "replay", nothing)


def claims_skipped(patch: pytest.MonkeyPatch) -> None:
    """Vacuity and counts are not looked at."""
    patch.setattr(_Session, "claims", nothing)


def loss_skipped(patch: pytest.MonkeyPatch) -> None:
    """That a goal is lost is believed."""
    patch.setattr(_Session, "lost", nothing)


def groups_merged(patch: pytest.MonkeyPatch) -> None:
    """A step formula is looked at for the first action only."""
    patch.setattr(closed, "step_groups", lambda _, actions: [list(range(len(actions)))] if actions else [])


def never_kept(patch: pytest.MonkeyPatch) -> None:
    """That actions keep an invariant is not asked."""
    patch.setattr(obligations, "kept", lambda *_: TRUE)


def always_excluded(patch: pytest.MonkeyPatch) -> None:
    """Whatever the solver says, the obligation counts as met."""
    patch.setattr(obligations._Prover, "impossible", nothing)


def without_frame(patch: pytest.MonkeyPatch) -> None:
    """The start states are not asked about."""
    original = obligations._Prover.implied

    def implied(self: Any, premises: Any, goal: Any, what: str, *, starting: bool = False) -> None:
        if not starting:
            original(self, premises, goal, what)

    patch.setattr(obligations._Prover, "implied", implied)


def step_is_before(patch: pytest.MonkeyPatch) -> None:
    """A step formula is asked as if no step changed anything."""
    original = obligations.step_condition

    def condition(formula: Any, action: SystemAction) -> Any:
        return original(formula, replace(action, assignments=()))

    patch.setattr(obligations, "step_condition", condition)


BY_HAND: list[Patch] = [
    starts_forgotten,
    leaving_ignored,
    everything_fair,
    nothing_fair,
    strong_is_weak,
    strength_unseen_on_loops,
    given_up,
    no_rest,
    told({"disturbs": False}),
    told({"fairness": Fairness.NONE}),
    told({"adversarial": False}),
    guards_ignored,
    any_start,
    states_believed,
    loops_believed,
    replay_skipped,
    loss_skipped,
    groups_merged,
    never_kept,
    always_excluded,
    without_frame,
    step_is_before,
]


@pytest.mark.parametrize("fault", BY_HAND, ids=lambda fault: fault.__name__)
def test_a_broken_judge_fails_its_own_tests(fault: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    """At least one handmade case is decided wrongly when the judge is broken in this way, and none otherwise."""
    assert wrong_by_hand() == []
    fault(monkeypatch)
    assert wrong_by_hand() != []


BY_LAW: list[Patch] = [
    starts_forgotten,
    leaving_ignored,
    everything_fair,
    nothing_fair,
    no_rest,
    any_start,
    states_believed,
    replay_skipped,
    loops_believed,
    claims_skipped,
    groups_merged,
]


@pytest.mark.parametrize("fault", BY_LAW, ids=lambda fault: fault.__name__)
def test_a_broken_judge_breaks_the_law(fault: Patch, monkeypatch: pytest.MonkeyPatch) -> None:
    """On some random system a right verdict is refused or a changed one accepted when the judge is broken in this way."""
    fault(monkeypatch)
    assert wrong_by_law()
