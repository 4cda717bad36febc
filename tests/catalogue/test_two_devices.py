"""Every verdict again with a second device: an impostor that the host brought."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tdispmodel.checking.catalogue import find_catalogue
from tdispmodel.checking.pipeline import Request, run
from tdispmodel.verdict import Answer

HERE = Path(__file__).parent
EXPECTED = tomllib.loads((HERE / "expected.toml").read_text())
DIFFERENT = tomllib.loads((HERE / "two_devices.toml").read_text())
CATALOGUE = find_catalogue(Path(__file__))

IN_SHORT = ("initrd_autoprobe_off",)
"""Proposals that are asked in every run; the others take minutes each."""


def expected(proposal: str, name: str) -> Answer:
    """What is argued for one device, unless a second one makes a difference."""
    entry = EXPECTED[name]
    named = proposal in entry["violated_by"] or entry["violated_by"] == ["all"]
    violated = named and proposal not in entry.get("held_by", ())
    different = proposal in DIFFERENT.get(name, {}).get("proposals", ())
    return Answer.VIOLATED if violated is not different else Answer.HOLDS


def wrong(proposal: str, engines: tuple[str, ...], seconds: float) -> list[tuple[str, str, Answer]]:
    """The cells of a proposal that two devices decide otherwise; engines that contradict each other raise."""
    settings = {"topology": "TDISP,IMPOSTOR"}
    request = Request(CATALOGUE, proposals=(proposal,), settings=settings, engines=engines, seconds=seconds)
    results = run(request).report.results
    assert len(results) > 40
    return [
        (proposal, one.verdict.property.name, one.verdict.answer)
        for one in results
        if one.verdict.answer is not expected(proposal, one.verdict.property.name)
    ]


@pytest.mark.parametrize("proposal", IN_SHORT)
def test_an_impostor_beside_the_device_changes_nothing_unforeseen(proposal: str) -> None:
    """Exhaustive search, with two devices."""
    assert [] == wrong(proposal, (), 600)


@pytest.mark.long
@pytest.mark.parametrize("proposal", sorted(CATALOGUE.proposals))
def test_all_engines_agree_about_two_devices(proposal: str) -> None:
    """Exhaustive search, decision diagrams and the SAT engines decide the same; what one leaves open another decides."""
    pytest.importorskip("oxidd")
    pytest.importorskip("pysat")
    assert [] == wrong(proposal, ("explicit", "diagrams", "ic3", "sat"), 3000)
