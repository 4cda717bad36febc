"""Certificates of small models, made for tests; and what the stand-alone checker says of a folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tdispmodel.certifying import standalone
from tdispmodel.certifying.writing import Writer
from tdispmodel.checking.asking import Plan, check_model
from tdispmodel.ir.model import Model
from tdispmodel.verdict import Result


@dataclass(frozen=True)
class Made:
    """A folder of certificates, the results that they are about, and what was noted."""

    folder: Path
    results: tuple[Result, ...]
    notes: tuple[str, ...]

    @property
    def files(self) -> list[Path]:
        """The certificates."""
        return sorted(path for path in self.folder.glob("*/*.json") if path.parent.name not in ("models", "states"))

    def rejected(self) -> list[str]:
        """Return what the stand-alone checker says of certificates that it does not accept."""
        return [f"{path.name}: {said}" for path in self.files if (said := why_not(self.folder, path))]


def made(folder: Path, model: Model, engines: Sequence[str] = ("explicit",), devices: int = 1) -> Made:
    """Write the certificates of a model's properties."""
    plan = Plan(devices, engines=tuple(engines), seconds=60.0, keep=Writer(folder))
    answered = check_model(model, model.properties, plan)
    return Made(folder, answered.results, answered.notes)


def why_not(folder: Path, path: Path) -> str:
    """Return why the stand-alone checker does not accept a certificate; empty when it does."""
    standalone.system_of.cache_clear()
    try:
        standalone.checked(folder, path)
    except Exception as error:  # noqa: BLE001  # as the checker itself does
        return f"{type(error).__name__}: {error}"
    return ""


def document(path: Path) -> Any:
    """Return a JSON document."""
    return json.loads(path.read_text(encoding="ascii"))
