"""Bisimilar or not, and the shortest behaviour of one only, against the definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from tdispmodel.analysing.diff.apart import compared
from tdispmodel.analysing.diff.comparing import names_of
from tdispmodel.analysing.diff.renaming import Renaming
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.expressions import BOOLEAN, FALSE, TRUE, Actor, Fairness, Not, Read
from tdispmodel.ir.system import Assignment, System, SystemVariable
from tdispmodel.judging.apart import Names, Pair
from tdispmodel.judging.judgement import Allowance, Refused, Undecided
from tdispmodel.semantics import LeavesRange
from tdispmodel.source import Rejected
from tdispmodel.verdict import Trace
from tests.diff.bisimulation import Seen, bisimilar
from tests.laws.random_systems import Formulas, law, systems
from tests.reports.samples import run
from tests.why.samples import TWO_LAMPS, lamp, moves

LONGEST = 3
HIDDEN = Read("hidden", BOOLEAN)


def names(first: System, second: System) -> Names:
    """The names of both are the same."""
    return names_of(first, second, Renaming())


def same(first: System, second: System) -> bool | None:
    """Whether two systems are bisimilar."""
    return compared(first, second, names(first, second), Limits()).bisimilar


@st.composite
def changed(draw: st.DrawFn, system: System) -> System:
    """A small change of a system: most are mutants, some change nothing, some add a variable that only one has."""
    which = draw(st.integers(0, len(system.actions) - 1))
    action = system.actions[which]
    rest = (*system.actions[:which], *system.actions[which + 1 :])
    here = draw(st.integers(0, len(system.variables) - 1))
    variable = system.variables[here]
    formulas = Formulas(draw, system.variables)
    extra = SystemVariable("hidden", BOOLEAN, draw(st.sampled_from(((False,), (True, False)))))
    shape = draw(st.integers(0, 9))
    match shape:
        case 0:
            return replace(system, actions=rest or system.actions)
        case 1:
            return replace(system, actions=(*rest, replace(action, guards=action.guards[1:])))
        case 2:
            return replace(system, actions=(*rest, replace(action, guards=(*action.guards, formulas.formula(1)))))
        case 3:
            return replace(system, actions=(*rest, replace(action, assignments=action.assignments[1:])))
        case 4:
            started = replace(variable, initial=(draw(st.sampled_from(variable.sort.values)),))
            listed = (*system.variables[:here], started, *system.variables[here + 1 :])
            return replace(system, variables=listed, initially=TRUE)
        case 5:
            return replace(system, actions=(*rest, replace(action, guards=(*action.guards, *action.guards[::-1]))))
        case 6:
            return replace(system, actions=(*rest, replace(action, actor=draw(st.sampled_from(Actor)))))
        case 7:
            return replace(system, variables=system.variables[::-1], actions=system.actions[::-1])
        case 8:
            guarded = replace(action, guards=(*action.guards, HIDDEN))
            return replace(system, variables=(*system.variables, extra), actions=(*rest, guarded))
        case _:
            turning = replace(action, assignments=(*action.assignments, Assignment("hidden", Not(HIDDEN))))
            return replace(system, variables=(*system.variables, extra), actions=(*rest, turning))


@given(st.data())
@law(120)
def test_bisimilar_as_defined(data: st.DataObject) -> None:
    """Of a random system and a mutant of it, or of two mutants, the answer is that of the largest bisimulation.

    Each behaviour that one is said to have alone is one of its own, of none of the other's, and as short as any among all
    behaviours of a few steps.
    """
    system = data.draw(systems())
    pair = (data.draw(changed(system)), data.draw(changed(system)) if data.draw(st.booleans()) else system)
    shared = [known.name for known in pair[0].variables if known.name in pair[1].index]
    try:
        seen = [Seen(one, shared) for one in pair]
    except LeavesRange:
        with pytest.raises(Rejected):
            same(*pair)
        return
    if not all(one.starts for one in seen):
        return
    found = compared(*pair, names(*pair), Limits())
    assert bisimilar(*seen) is found.bisimilar
    behaviours = [one.behaviours(LONGEST) for one in seen]
    for here, trace in enumerate((found.only_first, found.only_second)):
        mine, theirs = behaviours[here], behaviours[1 - here]
        lengths = [length for length in range(LONGEST + 1) if mine[length] - theirs[length]]
        if trace is None or len(trace) > LONGEST:
            assert [] == lengths
            continue
        assert len(trace) == min(lengths)
        by_name, look = pair[here].by_name, seen[here].look
        steps = tuple(
            ((name, by_name[name].actor.value, by_name[name].fairness.value), look(after))
            for name, after in trace.steps
        )
        assert (look(trace.initial), steps) in mine[len(trace)] - theirs[len(trace)]


def test_a_redundant_guard_changes_nothing() -> None:
    """`second` needs the first lamp, so that `burn`, which needs the second one, may as well require nothing of the radio
    that is true anyway; requiring the first lamp does change something, for `off` turns that off alone.
    """
    burn = TWO_LAMPS.by_name["burn"]
    rest = tuple(one for one in TWO_LAMPS.actions if one is not burn)
    free = replace(TWO_LAMPS, actions=(*rest, replace(burn, guards=(*burn.guards, TRUE, lamp("second")))))
    bound = replace(TWO_LAMPS, actions=(*rest, replace(burn, guards=(*burn.guards, lamp("first")))))
    assert same(TWO_LAMPS, free) is True
    found = compared(TWO_LAMPS, bound, names(TWO_LAMPS, bound), Limits())
    assert found.bisimilar is False
    assert found.only_second is None
    assert found.only_first == run(TWO_LAMPS, "first", "second", "off", "burn")


def test_the_same_behaviours_and_not_bisimilar() -> None:
    """With a hidden choice at the start, of which only one may switch on, all behaviours are those of the free system.

    But from the start state in which it may not nothing answers the first step, so they are not bisimilar.
    """
    switch = moves("switch", (), {"first": True})
    free = System("free", (SystemVariable("first", BOOLEAN, (False,)),), (switch,))
    choice = SystemVariable("hidden", BOOLEAN, (False, True))
    chosen = System("chosen", (*free.variables, choice), (replace(switch, guards=(HIDDEN,)),))
    found = compared(free, chosen, names(free, chosen), Limits())
    assert (False, None, None) == (found.bisimilar, found.only_first, found.only_second)


def test_promises_are_seen() -> None:
    """An action that is promised something else is another action."""
    tuned = tuple(replace(one, fairness=Fairness.NONE) if one.name == "tune" else one for one in TWO_LAMPS.actions)
    found = compared(TWO_LAMPS, replace(TWO_LAMPS, actions=tuned), names(TWO_LAMPS, TWO_LAMPS), Limits())
    assert (found.only_first, found.only_second) == (run(TWO_LAMPS, "tune"), run(TWO_LAMPS, "tune"))


def test_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without time it is open, with the reason."""
    monkeypatch.setattr("tdispmodel.analysing.diff.apart.CHECK_EVERY", 1)
    found = compared(TWO_LAMPS, TWO_LAMPS, names(TWO_LAMPS, TWO_LAMPS), Limits(seconds=0))
    assert found.bisimilar is None
    assert found.reason.startswith("out of time after 0 s")
    small = compared(TWO_LAMPS, TWO_LAMPS, names(TWO_LAMPS, TWO_LAMPS), Limits(memory=1))
    assert (None, "out of memory with 1 pairs of states") == (small.bisimilar, small.reason)


STILL = run(TWO_LAMPS).initial
PAIR = Pair(TWO_LAMPS, TWO_LAMPS, names(TWO_LAMPS, TWO_LAMPS))


def reached() -> list[tuple[bool | int | str, ...]]:
    """All states of the sample."""
    return list(Seen(TWO_LAMPS, []).steps)


def test_the_judge_refuses_what_is_no_bisimulation() -> None:
    """All pairs of equal states are one; without the start, without any other, or with unlike states they are none."""
    everything = [(state, state) for state in reached()]
    PAIR.bisimilar(everything, Allowance())
    for wrong in (
        [],
        everything[1:],
        everything[:-1],
        [*everything, (everything[0][0], everything[-1][0])],
    ):
        with pytest.raises(Refused):
            PAIR.bisimilar(wrong, Allowance())
    with pytest.raises(Undecided):
        PAIR.bisimilar(everything, Allowance(seconds=-1))


def test_the_judge_sees_steps_that_only_one_has() -> None:
    """States that look alike are not related if only one of them has a step."""
    idle = replace(TWO_LAMPS, actions=TWO_LAMPS.actions[1:])
    with pytest.raises(Refused, match="different steps"):
        Pair(TWO_LAMPS, idle, names(TWO_LAMPS, idle)).bisimilar([(STILL, STILL)], Allowance())


def test_the_judge_refuses_behaviours_of_both() -> None:
    """What both can do, and what is no behaviour, is refused as one of the first only."""
    for wrong in (Trace(STILL), run(TWO_LAMPS, "tune"), Trace(STILL, (("tune", STILL),))):
        with pytest.raises(Refused):
            PAIR.only(wrong, of_first=True)


def test_the_judge_refuses_ambiguous_names() -> None:
    """Two actions, variables or values that would have one name cannot be told apart, so nothing is judged."""
    plain = names(TWO_LAMPS, TWO_LAMPS)
    tables: list[Callable[[], Names]] = [
        lambda: replace(plain, actions={"burn": "tune"}),
        lambda: replace(plain, variables={"first": "radio", "second": "radio"}),
        lambda: replace(plain, values={"first": {True: False, False: False}}),
    ]
    for table in tables:
        with pytest.raises(Refused, match="two names"):
            Pair(TWO_LAMPS, TWO_LAMPS, table())


def test_dead_actions_do_not_matter() -> None:
    """An action that can never happen is no difference."""
    dead = moves("dead", (FALSE,), {"radio": True})
    assert same(TWO_LAMPS, replace(TWO_LAMPS, actions=(*TWO_LAMPS.actions, dead))) is True
