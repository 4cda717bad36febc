"""The engine `gpu` with kernels built by a C++ compiler, made to keep states in one way or the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tdispmodel.engines.gpu import Gpu, visited
from tdispmodel.engines.protocol import Limits, Progress, silent
from tdispmodel.ir.system import System, SystemProperty
from tdispmodel.verdict import Verdict
from tests.engines_gpu.built import TEXT, made

if TYPE_CHECKING:
    import pytest

MODES = ("bits", "table")


class OnBuilt:
    """The engine with such a card; it visits every state, so that it has to decide what is asked of it."""

    name = Gpu.name
    kinds = Gpu.kinds
    exhaustive = True

    def __init__(self, text: str = TEXT, workers: int = 1) -> None:
        self.engine = Gpu(made(text, workers))

    def answer(
        self, system: System, questions: Sequence[SystemProperty], limits: Limits, progress: Progress = silent
    ) -> Iterator[Verdict]:
        """Yield one verdict per question."""
        yield from self.engine.answer(system, questions, limits, progress)


def keeps(patch: pytest.MonkeyPatch, mode: str, states: int | None = None) -> None:
    """Let states be kept as bits or in a table; with ``states`` so many are looked at at once, and tables begin small."""
    patch.setattr(visited, "DENSE_BYTES", 1 << 30 if mode == "bits" else 0)
    if states is not None:
        patch.setattr(visited, "SLICE", states)
        patch.setattr(visited, "LEAST_TABLE", 2)


def without_names(verdicts: Iterator[Verdict]) -> list[Verdict]:
    """Return verdicts without who gave them and the time that they took, in the order of the questions' names."""
    return sorted((replace(one, engine="", seconds=0.0) for one in verdicts), key=lambda one: one.property.name)
