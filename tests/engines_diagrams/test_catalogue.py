"""The catalogue on decision diagrams: every property of some proposals; in a long run of all, and two devices of some."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tdispmodel.checking.asking import Plan, grouped
from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.checking.pipeline import Request, run
from tdispmodel.engines.diagrams import Diagrams
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer
from tests.laws.random_systems import LONG

CATALOGUE = find_catalogue(Path(__file__))
EXPECTED = tomllib.loads((Path(__file__).parents[1] / "catalogue" / "expected.toml").read_text(encoding="utf-8"))
PROPOSALS = tuple(CATALOGUE.proposals)[:: 1 if LONG else 3]


def test_one_device_is_decided_as_argued() -> None:
    """With one device each cell of the matrix is decided, judged, and violated exactly where its argument says so."""
    results = run(Request(CATALOGUE, PROPOSALS, engines=("diagrams",), seconds=None)).report.results
    assert {result.proposal for result in results} == set(PROPOSALS)
    wrong = []
    for result in results:
        entry = EXPECTED[result.verdict.property.name]
        named = result.proposal in entry["violated_by"] or entry["violated_by"] == ["all"]
        expected = Answer.VIOLATED if named and result.proposal not in entry.get("held_by", ()) else Answer.HOLDS
        if result.verdict.answer is not expected:
            wrong.append((result.proposal, result.verdict.property.name, result.verdict.answer))
    assert wrong == []


@pytest.mark.skipif(not LONG, reason="takes minutes: TDISPMODEL_LONG=1")
@pytest.mark.parametrize("proposal", ["atomic_revoke", "initrd_autoprobe_off"])
def test_two_devices_are_decided_as_by_visiting_every_state(proposal: str) -> None:
    """What is decided with two devices is what the explicit engine says: answers, counts, lengths of shortest traces."""
    loaded = load(CATALOGUE, CATALOGUE.proposals[proposal])
    groups, _ = grouped(loaded.model, loaded.properties, Plan(devices=2))
    group = max(groups, key=lambda one: len(one.questions))
    questions = [question for parts in group.questions.values() for question in parts]
    known = {one.property: one for one in Explicit().answer(group.system, questions, Limits())}
    found = list(Diagrams().answer(group.system, questions, Limits()))
    assert [] == [one.reason for one in judge_all(group.system, found) if not one.accepted]
    decided = [one for one in found if one.answer is not Answer.OPEN]
    assert len(decided) > len(questions) * 3 / 4
    for one in decided:
        right = known[one.property]
        assert (one.answer, one.vacuous, one.space) == (right.answer, right.vacuous, right.space)
        if right.shortest and right.trace is not None and one.trace is not None:
            assert len(one.trace) == len(right.trace)
