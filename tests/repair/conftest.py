"""The vault, read with its own properties."""

from __future__ import annotations

from pathlib import Path

import pytest

from tdispmodel.ir.model import Model
from tdispmodel.reading import read

VAULT = Path(__file__).with_name("vault.txt")


@pytest.fixture
def vault(tmp_path: Path) -> Model:
    """The model of the vault."""
    path = tmp_path / "vault.py"
    path.write_text(VAULT.read_text())
    return read(path, (tmp_path,)).model
