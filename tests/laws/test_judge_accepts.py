"""Laws of the judge: it accepts what a careful engine says and refuses it when it is changed."""

from __future__ import annotations

from hypothesis import given

from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tests.laws.random_systems import asked_systems, law
from tests.laws.reference import Reference


@law(150)
@given(asked_systems())
def test_the_judge_accepts_what_the_reference_engine_says(pair: tuple[System, tuple[SystemProperty, ...]]) -> None:
    """Every verdict of the reference engine on a random system is accepted."""
    system, asked = pair
    verdicts = list(Reference().answer(system, asked, Limits()))
    refused = [
        (one.verdict.property.kind, one.verdict.answer, one.reason)
        for one in judge_all(system, verdicts)
        if not one.accepted
    ]
    assert not refused
