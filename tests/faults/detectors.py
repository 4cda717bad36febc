"""What the suite notices about an engine: the law over random systems, stopped at the first complaint."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, settings

from tdispmodel.engines.protocol import Engine, Unusable
from tdispmodel.ir.model import Kind
from tdispmodel.verdict import OutOfRange
from tests.laws.random_systems import asked_systems, law
from tests.laws.test_engines_agree import Asked, complaints_about

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


class Noticed(Exception):
    """A complaint about an engine."""


def noticed(engine: Engine, kinds: tuple[Kind, ...] = tuple(Kind), like: str = "", examples: int = 800) -> str:
    """Return the first complaint of the law that engines agree with the oracle and the judge accepts them.

    Fails the test when no complaint on so many random systems contains the words ``like``.
    """

    @settings(law(examples), phases=[Phase.generate], report_multiple_bugs=False)
    @given(asked_systems(kinds))
    def check(pair: Asked) -> None:
        try:
            wrong = complaints_about(engine, pair)
        except OutOfRange as left:
            wrong = [f"says that an integer leaves its range: {left}"]
        if wrong := [complaint for complaint in wrong if like in complaint]:
            raise Noticed(wrong[0])

    with pytest.raises(Noticed) as raised:
        check()
    return str(raised.value)


@cache
def drawn(strategy: Callable[[], SearchStrategy[Asked]], examples: int) -> tuple[Asked, ...]:
    """Return so many systems that a strategy draws, always the same: to draw them takes longer than to ask about them."""
    found: list[Asked] = []

    @settings(law(examples), max_examples=examples, derandomize=True, phases=[Phase.generate])
    @given(strategy())
    def draw(pair: Asked) -> None:
        found.append(pair)

    draw()
    return tuple(found)


def complaint_among(engine: Engine, systems: Iterable[Asked], like: str = "") -> str:
    """Return the first complaint with these words about an engine on given systems; nothing when there is none."""
    complaints = (one for pair in systems for one in _complaints(engine, pair) if like in one)
    return next(complaints, "")


def _complaints(engine: Engine, pair: Asked) -> list[str]:
    try:
        return complaints_about(engine, pair)
    except OutOfRange as left:
        return [f"says that an integer leaves its range: {left}"]
    except Unusable as refused:
        return [f"refuses what it wrote down itself: {refused.message}"]
