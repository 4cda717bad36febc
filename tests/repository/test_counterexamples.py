"""The stored counterexamples are exactly those of today's matrix."""

from __future__ import annotations

from pathlib import Path

from tdispmodel.checking.catalogue import Catalogue
from tdispmodel.checking.pipeline import Request, run
from tdispmodel.checking.replaying import files_of, replay, stale_files, stored, variants

CATALOGUE = Catalogue(Path(__file__).resolve().parents[2])


def test_there_are_some() -> None:
    """The catalogue has stored counterexamples."""
    assert stored(CATALOGUE) != ()


def test_every_one_is_real() -> None:
    """Every stored counterexample is accepted by the judge and told as its text tells it."""
    assert [] == [(str(found.path), found.stale) for found in replay(CATALOGUE, stored(CATALOGUE)) if found.stale]


def test_files_are_those_of_the_matrix() -> None:
    """Made anew from the matrix and its variants, the files are the same, byte for byte, none missing, none left over."""
    files: dict[str, str] = {}
    for variant in variants(CATALOGUE):
        finished = run(variant.request(Request(catalogue=CATALOGUE)))
        assert finished.report.complaints == ()
        files |= files_of(finished, variant.suffix)
    assert [] == stale_files(CATALOGUE, files)
