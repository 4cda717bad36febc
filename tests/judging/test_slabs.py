"""The judge's way through very many states as bits: the same as state by state, and each fault planted in it is noticed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings

from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all, slabs
from tdispmodel.judging.judgement import Refused
from tdispmodel.judging.numbered import NumberedSpace
from tdispmodel.judging.slabs import Slabs
from tdispmodel.semantics import Semantics
from tdispmodel.verdict import LocalStates, NumberedStates, Space
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_wide.multiplied import counters
from tests.engines_wide.numbered import Plain, spread_systems
from tests.faults.planting import entered_into
from tests.laws.oracle import Oracle
from tests.laws.random_systems import law

Patch = pytest.MonkeyPatch
Asked = tuple[System, tuple[SystemProperty, ...]]
FAULTS: dict[str, Callable[[Patch], None]] = {}


def moves(patch: Patch, looks: int = 1 << 11) -> None:
    """Let the judge move slabs wherever an action speaks of parts that have so many looks at most."""
    patch.setattr("tdispmodel.judging.numbered.worthwhile", lambda space: len(space.parts) > 1)
    patch.setattr(slabs, "MOST_LOOKS", looks)
    patch.setattr(slabs, "PIECE", 2)


def certificate(pair: Asked) -> NumberedStates | None:
    """Return the numbered states that the search finds, if anything holds of them."""
    for verdict in Plain().answer(*pair, Limits()):
        if isinstance(verdict.certificate, NumberedStates):
            return verdict.certificate
    return None


def went(system: System, shown: NumberedStates) -> tuple[object, ...]:
    """Return what the judge finds when it goes through all states, or that it refuses to."""
    try:
        space = NumberedSpace(system, Semantics(system), shown)
    except Refused as refused:
        return (str(refused),)
    return space.space, space.count, np.flatnonzero(space.seen).tolist()


@law(40)
@given(spread_systems())
def test_states_are_those_that_are_found_one_by_one(pair: Asked) -> None:
    """States, steps and levels are the same, and those of the oracle, whichever actions move slabs."""
    shown = certificate(pair)
    if shown is None:
        return
    found = went(pair[0], shown)
    for looks in (0, 6, 1 << 11):
        with pytest.MonkeyPatch.context() as patch:
            moves(patch, looks)
            assert found == went(pair[0], shown)
    assert found[0] == Oracle(pair[0]).space


@law(40)
@given(spread_systems())
def test_what_is_refused_is_refused(pair: Asked) -> None:
    """Without the last local state of a part, or with another count, a certificate is refused as it is state by state."""
    shown = certificate(pair)
    if shown is None:
        return
    wrong = [replace(shown, count=shown.count + 1)]
    for position, part in enumerate(shown.parts):
        parts = list(shown.parts)
        parts[position] = replace(part, states=part.states[:-1])
        wrong.append(replace(shown, parts=tuple(parts)))
    for each in wrong:
        (reason,) = went(pair[0], each)
        with pytest.MonkeyPatch.context() as patch:
            moves(patch)
            assert (reason,) == went(pair[0], each)


def test_published_counts(monkeypatch: Patch) -> None:
    """bench-tdi with two devices has 6,543 states, 47,766 steps and depth 27, whichever of its actions move slabs."""
    system, questions = bench_tdi(2), bench_properties(2)
    found = list(Plain().answer(system, questions, Limits()))
    for looks in (1 << 11, 100):
        with monkeypatch.context() as patch:
            moves(patch, looks)
            patch.setattr(slabs, "PIECE", 1 << 12)
            assert [verdict.accepted for verdict in judge_all(system, found)] == [True] * len(questions)
            wrong = [replace(one, space=Space(6_543, 47_767, 27)) for one in found if one.certificate is not None]
            assert not any(verdict.accepted for verdict in judge_all(system, wrong))


def test_several_words(monkeypatch: Patch) -> None:
    """Two counters up to 149 have 150^2 states, two steps from each, and depth 2 * 149, though bits move across words."""
    moves(monkeypatch)
    monkeypatch.setattr(slabs, "PIECE", 1 << 12)
    system = counters()
    local = tuple((number,) for number in range(150))
    parts = (
        LocalStates((), ((),)),
        *(LocalStates((f"devices[{device}].count",), local) for device in range(2)),
    )
    shown = NumberedStates(parts, 150**2)
    space, count, _ = went(system, shown)
    assert (space, count) == (Space(150**2, 2 * 150**2, 2 * 149), 150**2)


# --- faults ------------------------------------------------------------------------------------------------------------
fault = entered_into(FAULTS)


@fault
def _(patch: Patch) -> None:
    """A look that was worked out once counts as worked out for all."""
    original = Slabs._work_out

    def work_out(made: Slabs, each: Any, new: Any) -> None:
        original(made, each, new)
        each.known[...] = True

    patch.setattr(Slabs, "_work_out", work_out)


@fault
def _(patch: Patch) -> None:
    """Bits are moved the other way."""
    original = Slabs._corner

    def corner(made: Slabs, spoken: Any, look: int) -> Any:
        where, bit = original(made, spoken, look)
        return where, bit if bit is None else made.sides[made.last] - 1 - bit

    patch.setattr(Slabs, "_corner", corner)


@fault
def _(patch: Patch) -> None:
    """The last move of each set of parts is forgotten."""
    original = Slabs._work_out

    def work_out(made: Slabs, each: Any, new: Any) -> None:
        original(made, each, new)
        if len(new) and each.moves:
            each.moves.pop()

    patch.setattr(Slabs, "_work_out", work_out)


@fault
def _(patch: Patch) -> None:
    """Actions that are taken state by state are not taken."""
    moves(patch, 3)
    patch.setattr(Slabs, "_take", lambda *_: 0)


@fault
def _(patch: Patch) -> None:
    """Steps are counted once for each look."""
    patch.setattr(Slabs, "_steps", lambda _, each: int(each.steps.sum()))


@fault
def _(patch: Patch) -> None:
    """Only the first look on a level moves."""
    original = Slabs._move

    def move(made: Slabs, each: Any, looks: Any) -> None:
        some = np.zeros_like(looks)
        some[np.flatnonzero(looks)[:1]] = True
        original(made, each, some)

    patch.setattr(Slabs, "_move", move)


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_way_is_noticed(name: str, monkeypatch: Patch) -> None:
    """On some of 300 random systems what is gone through is not what the oracle finds."""
    moves(monkeypatch)
    FAULTS[name](monkeypatch)

    @settings(law(300), phases=[Phase.generate], report_multiple_bugs=False)
    @given(spread_systems())
    def check(pair: Asked) -> None:
        shown = certificate(pair)
        if shown is not None:
            assert went(pair[0], shown)[0] == Oracle(pair[0]).space

    with pytest.raises(AssertionError):
        check()
