"""Lassos: short stems, short loops, and loops that pay what fairness asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tdispmodel.engines.conformance.corners import go, walk
from tdispmodel.engines.conformance.suite import Case, faults
from tdispmodel.engines.conformance.writing import Counter, Flag, ask, move, strongly, system, took
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Engine, Limits
from tdispmodel.engines.registry import engine as engine_called
from tdispmodel.ir.expressions import TRUE, Actor, Among, Less, negation, number
from tdispmodel.ir.model import Kind
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Answer, Trace

X = Counter("x", 9)


def lasso(made: System, question: SystemProperty) -> Trace:
    """The explicit engine's counterexample."""
    (verdict,) = Explicit().answer(made, [question], Limits())
    assert verdict.trace is not None
    return verdict.trace


def ring(size: int, *extra: tuple[str, int, int]) -> System:
    """A ring of fair moves 0, 1, ... size - 1, 0, with extra moves that are not fair."""
    round_about = [move(f"m{at}", X.at(at), X.set((at + 1) % size)) for at in range(size)]
    return system("ring", (X,), *round_about, *(move(name, X.at(a), X.set(b), fair=False) for name, a, b in extra))


def test_stuttering_is_the_shortest_loop() -> None:
    """Where nothing fair is enabled the loop has no step: its index is that of the last state."""
    trace = lasso(walk(go("end", 0, 1)), ask(Kind.LEADS_TO, Among(Counter("x", 3).now, (2,))))
    assert (len(trace), trace.loop) == (1, 1)


def test_a_short_loop_further_on_beats_a_long_one_at_hand() -> None:
    """From 0 the ring of eight leads round in eight steps; from 1 a shortcut gives a loop of two, three steps in all."""
    trace = lasso(ring(8, ("back", 2, 1)), ask(Kind.LEADS_TO, X.at(9), after=X.at(0)))
    assert (len(trace), trace.loop) == (3, 1)


def test_the_stem_goes_from_premise_to_loop_without_the_goal() -> None:
    """The short way from premise to loop leads through the goal and does not count: the stem takes the long one."""
    made = system(
        "ways",
        (X,),
        move("short", X.at(0), X.set(1)),
        move("over", X.at(1), X.set(5)),
        move("long", X.at(0), X.set(2)),
        move("longer", X.at(2), X.set(5)),
    )
    trace = lasso(made, ask(Kind.LEADS_TO, X.at(1), after=X.at(0)))
    assert [state for (state,) in trace.states] == [0, 2, 5]


def test_the_wanted_step_is_on_the_loop() -> None:
    """The loop of a never-endless property passes through the step, wherever the component is entered."""
    trace = lasso(ring(6, ("back", 4, 3)), ask(Kind.NEVER_ENDLESS, took("back")))
    assert trace.loop is not None
    # 3 is three steps away; there m3 leads to 4 and back returns
    assert [name for name, _ in trace.steps[trace.loop :]] in (["m3", "back"], ["back", "m3"])
    assert len(trace) <= 6


def toggles(count: int, strong: int = 0) -> System:
    """So many flags, each with a fair move that switches it: a loop must switch every flag twice."""
    flags = [Flag(f"flag{place}") for place in range(count)]
    moves = [move(f"m{place}", TRUE, flag.becomes(negation(flag.now))) for place, flag in enumerate(flags)]
    return system("toggles", tuple(flags), *map(strongly, moves[:strong]), *moves[strong:])


@pytest.mark.parametrize("strong", [0, 2, 5])
@pytest.mark.parametrize("budget", [50_000, 0])
@pytest.mark.parametrize("name", ["explicit", "graph"])
def test_every_duty_is_paid(name: str, budget: int, strong: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With five fair actions enabled everywhere the loop takes each, whether the shortest is searched or not."""
    monkeypatch.setattr("tdispmodel.engines.fairness.SEARCHED", budget)
    engine: Engine = engine_called(name)
    # each of five flags is switched and switched back: ten steps at least
    case = Case(
        "toggles", "five flags", toggles(5, strong), ask(Kind.NEVER_ENDLESS, took("m0")), Answer.VIOLATED, length=10
    )
    assert faults(engine, case) == []


def test_what_a_loop_does_not_enable_it_need_not_take() -> None:
    """In the ring of six `jump` is enabled at 3 only, and on the short loop between 0 and 1 never: two steps."""
    made = ring(6, ("back", 1, 0))
    made = replace(made, actions=(*made.actions, strongly(move("jump", X.at(3), X.set(9)))))
    trace = lasso(made, ask(Kind.LEADS_TO, X.at(9), after=X.at(0)))
    assert (len(trace), trace.loop) == (2, 0)


def test_what_a_loop_enables_it_takes() -> None:
    """The loop takes `wanted` at 1, where `jump` is enabled, too, and jumps: 0, 1, back to 0 or by way of the jump."""
    made = ring(3, ("wanted", 1, 0))
    made = replace(made, actions=(*made.actions, strongly(move("jump", X.at(1), X.set(0)))))
    trace = lasso(made, ask(Kind.NEVER_ENDLESS, took("wanted")))
    # 0 and 1 twice: once on by `wanted`, once by `jump`; m1 is disabled at 0
    assert (len(trace), trace.loop) == (4, 0)
    assert {"wanted", "jump", "m0"} == {name for name, _ in trace.steps}


def test_the_shortest_loop_is_found_within_the_budget() -> None:
    """Three flags, each switched twice: six steps, and no stem."""
    trace = lasso(toggles(3), ask(Kind.NEVER_ENDLESS, took("m0")))
    assert (len(trace), trace.loop) == (6, 0)


@pytest.mark.parametrize("name", ["explicit", "graph"])
def test_a_host_loop_beside_a_fair_loop_is_left_out(name: str) -> None:
    """A component joined only by host moves falls apart without them."""
    x = Counter("x", 3)
    made = system(
        "apart",
        (x,),
        move("go", x.at(0), x.set(1)),
        move("return", x.at(1), x.set(0), actor=Actor.HOST),
        move("leave", x.at(1), x.set(2)),
        move("idle", Less(number(1), x.now)),
    )
    holds = Case("go ends", "go needs the host's return", made, ask(Kind.NEVER_ENDLESS, took("go")), Answer.HOLDS)
    violated = Case("idle", "idle repeats", made, ask(Kind.NEVER_ENDLESS, took("idle")), Answer.VIOLATED, length=3)
    assert [faults(engine_called(name), case) for case in (holds, violated)] == [[], []]
