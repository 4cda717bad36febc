"""Asking one engine one question."""

from __future__ import annotations

from tdispmodel.engines.protocol import Engine, Limits
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Verdict


def asked(engine: Engine, system: System, question: SystemProperty, **limits: float | None) -> Verdict:
    """Return the verdict of an engine on one question."""
    (verdict,) = engine.answer(system, [question], Limits(**limits))  # type: ignore[arg-type]  # seconds, memory, depth
    return verdict
