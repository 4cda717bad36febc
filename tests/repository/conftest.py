"""The checkout that these tests are about; where there is none (an installed copy), they are skipped."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def demanded() -> Callable[[str], bool]:
    """Whether ``TDISPMODEL_REQUIRE`` names something: then it must be there, and what needs it is not skipped."""
    names = {name.strip() for name in os.environ.get("TDISPMODEL_REQUIRE", "").split(",")}
    return lambda name: name in names
