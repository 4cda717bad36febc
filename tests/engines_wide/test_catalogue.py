"""The catalogue by the search over numbered parts: the same verdicts as by visiting state after state, and as diagrams."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tdispmodel.checking.asking import Plan, grouped
from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.loading import load
from tdispmodel.engines import explicit
from tdispmodel.engines.diagrams import Diagrams
from tdispmodel.engines.explicit import Explicit
from tdispmodel.engines.protocol import Limits
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.judging import judge_all
from tdispmodel.verdict import Answer, NumberedStates, Verdict, Witness
from tests.engines_wide.numbered import FINITE, Numbered

CATALOGUE = find_catalogue(Path(__file__))
SOME = ("initrd_autoprobe_off", "prepare_by_deferral", "status_quo")
TWO = ("initrd_autoprobe_off", "atomic_revoke", "status_quo")


def asked(proposal: str, devices: int) -> Iterator[tuple[System, list[SystemProperty]]]:
    """Yield the systems of a proposal, each with the questions about it that the search can decide."""
    loaded = load(CATALOGUE, CATALOGUE.proposals[proposal])
    groups, _ = grouped(loaded.model, loaded.properties, Plan(devices=devices))
    for group in groups:
        questions = [one for parts in group.questions.values() for one in parts if one.kind in FINITE]
        if questions:
            yield group.system, questions


def told(verdict: Verdict) -> tuple[object, ...]:
    """All that a verdict says but which of several shortest behaviours it shows."""
    trace = verdict.certificate.trace if isinstance(verdict.certificate, Witness) else verdict.trace
    return verdict.answer, verdict.vacuous, verdict.space, verdict.shortest, trace and len(trace)


def differences(proposal: str, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the two searches say differently of a proposal with one device, and what the judge refuses."""
    monkeypatch.setattr(explicit, "LARGE", 1 << 60)
    wrong: list[object] = []
    shown: list[Verdict] = []
    for system, questions in asked(proposal, 1):
        plain = {verdict.property: verdict for verdict in Explicit().answer(system, questions, Limits())}
        wide = list(Numbered().answer(system, questions, Limits()))
        wrong += [(one, plain[one.property]) for one in wide if told(one) != told(plain[one.property])]
        wrong += [judged.reason for judged in judge_all(system, wide) if not judged.accepted]
        assert len(wide) == len(questions)
        shown += [one for one in wide if isinstance(one.certificate, NumberedStates)]
    assert shown
    return wrong


@pytest.mark.parametrize("proposal", SOME)
def test_one_device_is_decided_as_state_after_state(proposal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers, counts, vacuity and lengths of behaviours are those of the plain search, and the judge accepts them."""
    assert differences(proposal, monkeypatch) == []


@pytest.mark.long
@pytest.mark.parametrize("proposal", sorted(set(CATALOGUE.proposals) - set(SOME)))
def test_one_device_of_all_others(proposal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So they are of all other proposals."""
    assert differences(proposal, monkeypatch) == []


@pytest.mark.long
@pytest.mark.parametrize("proposal", TWO)
def test_two_devices_are_decided_as_by_diagrams(proposal: str) -> None:
    """With two devices, what decision diagrams decide of the largest system is what the search says, and is judged."""
    system, questions = max(asked(proposal, 2), key=lambda pair: len(pair[1]))
    wide = {verdict.property: verdict for verdict in Explicit().answer(system, questions, Limits())}
    assert {one.engine for one in wide.values()} == {"explicit"}
    assert any(isinstance(one.certificate, NumberedStates) for one in wide.values())
    assert [one.reason for one in judge_all(system, list(wide.values())) if not one.accepted] == []
    decided = [one for one in Diagrams().answer(system, questions, Limits()) if one.answer is not Answer.OPEN]
    assert len(decided) > len(questions) * 3 / 4
    assert [(one.answer, one.vacuous, one.space) for one in decided] == [
        (wide[one.property].answer, wide[one.property].vacuous, wide[one.property].space) for one in decided
    ]
