"""Every engine of the registry is put to the conformance suite."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from tdispmodel.engines.conformance import Case, cases, faults
from tdispmodel.engines.protocol import Engine
from tdispmodel.engines.registry import ENGINES, engine as engine_called

CASES = cases()
# engines that decide everything get time for a busy machine; random behaviours find little more in a second than at once
SECONDS = {"explicit": 60.0, "graph": 60.0, "diagrams": 60.0, "walk": 0.1}


@pytest.fixture(params=sorted(set(ENGINES) - {"distributed"}))  # which tests/cluster asks, on one cluster
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine of the registry that there is."""
    name: str = request.param
    if find_spec(ENGINES[name][0].partition(":")[0]) is None:
        pytest.skip(f"there is no {name} engine yet")
    return engine_called(name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_answers_as_the_meaning_of_the_property_says(engine: Engine, case: Case) -> None:
    """The engine gives the expected answer with a trace that shows it, or says open if it may."""
    assert faults(engine, case, seconds=SECONDS.get(engine.name, 1.0)) == []


def test_cases_have_names_of_their_own() -> None:
    """No two cases share a name."""
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))


def test_every_kind_is_asked_with_both_answers() -> None:
    """Each kind of property has a case that holds and one that is violated."""
    asked = {(case.question.kind, case.answer) for case in CASES if case.answer is not None}
    kinds = {case.question.kind for case in CASES}
    assert 2 * len(kinds) == len(asked)
