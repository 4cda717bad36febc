"""Certificates of random models: every decided verdict has one, and the stand-alone checker accepts it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, strategies as st

from tdispmodel.ir.expressions import Fairness
from tdispmodel.ir.model import Model
from tdispmodel.verdict import Answer
from tests.certifying.making import made
from tests.laws.random_models import models
from tests.laws.random_systems import law


@law(60)
@given(models(), st.integers(1, 2))
def test_every_certificate_is_accepted(model: Model, devices: int) -> None:
    """Every verdict of the exhaustive engine on a random model has a certificate that the stand-alone checker accepts,
    unless a note says that it is strong fairness alone that makes it hold.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = made(Path(folder), model, devices=devices)
        decided = [one for one in found.results if one.verdict.answer is not Answer.OPEN]
        missing = [note for note in found.notes if "only strong fairness shows it" in note]
        strong = any(action.fairness is Fairness.STRONG for one in model.components for action in one.actions)
        assert (tuple(missing), []) == (found.notes, found.rejected())
        assert len(decided) == len(found.files) + len(missing)
        assert strong or not missing
