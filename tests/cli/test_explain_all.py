"""``explain`` knows everything that ``list`` prints."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tdispmodel.checking.catalogue import MODELS, Catalogue
from tdispmodel.checking.explaining import explanations
from tdispmodel.checking.loading import load
from tdispmodel.checking.topics import Known, Topic
from tdispmodel.cli import listings
from tdispmodel.cli.arguments import LISTS
from tdispmodel.cli.listings import entries_of
from tdispmodel.reports.explanation import render

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Known(Catalogue(ROOT))
loaded = cache(load)
"""Each proposal is read once for all lists."""
OF_A_MODEL = ("properties", "actions", "variables", "constants", "capabilities")


@pytest.mark.parametrize("what", LISTS)
def test_whatever_a_list_prints_can_be_explained(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each name of a list, of the base and of every proposal, is one that ``explain`` knows."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(listings, "load", loaded)
    models = (*MODELS, *KNOWN.catalogue.proposals) if what in OF_A_MODEL else (None,)
    names = {entry.name for model in models for entry in entries_of(what, model)}
    words = {word.lower() for known in KNOWN.topics.values() for word in known}
    assert names
    assert set() == {name for name in names if name.lower() not in words}


@pytest.mark.parametrize("name", [*MODELS, *KNOWN.catalogue.proposals])
def test_every_model_can_be_explained(name: str) -> None:
    """A model of the catalogue or the package is explained as what it is, with its claim."""
    kinds = {topic.kind for topic in KNOWN.meant(name)}
    assert kinds & {"model", "proposal"}
    assert all(len(line) <= 72 for found in explanations(KNOWN, name) for line in render(found).splitlines())


def test_a_property_about_another_device_says_which() -> None:
    """A request for another interface is a step of that one: its formula tells the two apart and contradicts nothing."""
    (found,) = explanations(KNOWN, "TDM615")
    page = " ".join(render(found).split())
    assert "step is get_version and step is not get_version" not in page
    assert "step is any get_version and step is not get_version(interfaces[0])" in page


def test_an_action_of_a_component_below() -> None:
    """What a proposal's device inherits is called by its class in lists, and is the action of the base device."""
    assert "TrustedDevice" in {part.name for model in KNOWN.models for part in model.components}
    (found,) = KNOWN.meant("TrustedDevice.tdi")
    assert Topic("variable", "Device.tdi") == found
