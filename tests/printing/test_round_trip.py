"""Reading what was printed gives the same model, places and path aside."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tdispmodel.ir.model import Model
from tdispmodel.printing import model_text
from tdispmodel.reading import read
from tests.laws.random_models import models
from tests.printing.designs import BASE, PROPOSAL

ROOT = Path(__file__).resolve().parents[2]
FILES = [
    ROOT / "tdispmodel" / "models" / "base.py",
    *sorted((ROOT / "proposals").glob("*.py")),
    *sorted((ROOT / "docs" / "language").glob("[0-9]*.py")),
]


def read_back(model: Model) -> Model:
    """Return the model that is read from the text of ``model``, under its path."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{model.name}.py"
        path.write_text(model_text(model), encoding="utf-8")
        return replace(read(path).model, path=model.path)


@pytest.mark.parametrize("model", [BASE, PROPOSAL], ids=["base", "proposal"])
def test_hand_built_models_read_back(model: Model) -> None:
    """A base and a proposal with every verb are printed and read to equal models."""
    assert read_back(model) == model


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_shipped_models_read_back(path: Path) -> None:
    """The base model, each proposal and each reference model is read, printed and read to an equal model."""
    model = read(path, (ROOT,)).model
    assert read_back(model) == model


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(models())
def test_random_models_read_back(model: Model) -> None:
    """A random model is printed and read to an equal model."""
    assert read_back(model) == model
