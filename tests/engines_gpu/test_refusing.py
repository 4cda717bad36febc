"""What `gpu` says where it does not decide: without CuPy, without a card, without room, and about other kinds."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from tdispmodel.engines.gpu import Gpu, card
from tdispmodel.engines.gpu.card import Card
from tdispmodel.engines.protocol import Limits
from tdispmodel.engines.registry import engine, extra, missing
from tdispmodel.ir.model import Kind
from tdispmodel.verdict import Answer, Space, Verdict
from tests.engines.bench_tdi import bench_properties, bench_tdi
from tests.engines_gpu.asking import keeps
from tests.engines_gpu.built import Built, made

if TYPE_CHECKING:
    import pytest


def asked(engine: Gpu, limits: Limits) -> Sequence[Verdict]:
    """Return what is said of bench-tdi with two devices."""
    return list(engine.answer(bench_tdi(2), bench_properties(2), limits))


def test_without_cupy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without CuPy all is open, with what to install; the registry knows which extra that is."""
    monkeypatch.setitem(sys.modules, "cupy", None)
    found = asked(Gpu(), Limits())
    assert {(one.answer, one.reason) for one in found} == {
        (Answer.OPEN, "it needs cupy, which is not installed: pip install 'tdispmodel[gpu]'")
    }
    assert extra("gpu") == "tdispmodel[gpu]"
    assert missing("gpu") in {"", "cupy"}
    assert engine("gpu").name == "gpu"


def test_without_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that is too small, and limits that allow too little, leave all open with the reason; time is kept."""
    keeps(monkeypatch, "table", 100)
    found = asked(Gpu(lambda: Built(room=10_000)), Limits())
    assert all(one.answer is Answer.OPEN or one.trace is not None for one in found)
    assert any("the card has no room for" in one.reason and one.bound for one in found)
    for limits in (Limits(memory=100), Limits(seconds=0.0)):
        assert {one.answer for one in asked(Gpu(made()), limits)} == {Answer.OPEN}
        assert all(one.reason for one in asked(Gpu(made()), limits))


def test_other_kinds_and_checkpoints(tmp_path: Path) -> None:
    """What goes on for ever is open, and so is all where somebody wants it written down how far the search is."""
    question = replace(bench_properties(2)[0], kind=Kind.NEVER_ENDLESS)
    (found,) = Gpu(made()).answer(bench_tdi(2), [question], Limits())
    assert (found.answer, found.reason) == (
        Answer.OPEN,
        "gpu decides invariants, steps and what must be possible only",
    )
    found_all = asked(Gpu(made()), Limits(checkpoint=tmp_path))
    assert {one.reason for one in found_all} == {"gpu does not write down how far it is"}


# --- CuPy, as far as it is used ---------------------------------------------------------------------------------------


class Refused(Exception):
    """What CuPy raises for a source that does not compile."""


def cupy(cards: int, *, broken: bool = False) -> ModuleType:
    """Return what stands for CuPy: its arrays are numpy's, and its kernels the ones that are built.

    It takes what CuPy documents that it takes: arrays, and numpy's scalars of the sizes that kernels declare.
    """
    built = Built()

    def called(name: str) -> Any:
        def run(grid: tuple[int], block: tuple[int], arguments: tuple[Any, ...]) -> None:
            if broken:
                message = "CUDA_ERROR_ILLEGAL_ADDRESS"
                raise RuntimeError(message)
            assert len(arguments) == 11
            assert {type(each) for each in arguments} == {np.ndarray, np.uint64}
            built.launched(name, *grid, *block, tuple(arguments))

        return run

    def module(code: str, options: tuple[str, ...]) -> Any:
        assert "__global__" in code
        assert options == card.OPTIONS
        return SimpleNamespace(get_function=called)

    runtime = SimpleNamespace(getDeviceCount=lambda: cards, memGetInfo=lambda: (1 << 33, 1 << 34))
    made_up: Any = ModuleType("cupy")
    made_up.cuda = SimpleNamespace(runtime=runtime, compiler=SimpleNamespace(CompileException=Refused))
    made_up.RawModule, made_up.asarray, made_up.asnumpy, made_up.full = module, np.copy, np.copy, np.full
    made_up.get_default_memory_pool = lambda: SimpleNamespace(free_bytes=lambda: 0)
    return made_up  # type: ignore[no-any-return]


def test_it_calls_cupy(monkeypatch: pytest.MonkeyPatch) -> None:
    """What calls CuPy gives the published counts with a module in its place that runs the kernels that were built."""
    monkeypatch.setitem(sys.modules, "cupy", cupy(1))
    assert {one.space for one in asked(Gpu(Card), Limits())} == {Space(6_543, 47_766, 27)}


def test_a_card_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a card, and where CUDA complains, all is open with the reason."""
    monkeypatch.setitem(sys.modules, "cupy", cupy(0))
    assert {(one.answer, one.reason) for one in asked(Gpu(Card), Limits())} == {(Answer.OPEN, "there is no card")}
    monkeypatch.setitem(sys.modules, "cupy", cupy(1, broken=True))
    found = asked(Gpu(Card), Limits())
    assert {(one.answer, one.reason) for one in found} == {(Answer.OPEN, "the card fails: CUDA_ERROR_ILLEGAL_ADDRESS")}
