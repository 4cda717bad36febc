"""The stored counterexamples are real; that they are those of the matrix is tested where the matrix is asked."""

from __future__ import annotations

from pathlib import Path

from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.replaying import replay, stored

CATALOGUE = Catalogue(Path(__file__).resolve().parents[2])


def test_there_are_some() -> None:
    """The catalogue has stored counterexamples."""
    assert stored(CATALOGUE) != ()


def test_every_one_is_real() -> None:
    """Every stored counterexample is accepted by the judge and told as its text tells it."""
    assert [] == [(str(found.path), found.stale) for found in replay(CATALOGUE, stored(CATALOGUE)) if found.stale]
