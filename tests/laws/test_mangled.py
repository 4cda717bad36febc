"""Trusted files with some parts exchanged are refused, or mean to the reader what they mean to CPython."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings, strategies as st

from tdispmodel.reading import read
from tdispmodel.semantics import LeavesRange, Scope, Semantics, ground
from tdispmodel.source import Rejected
from tests.laws.agreement import differences
from tests.laws.mangled_files import mangled
from tests.laws.native_runner import LeftRange, Native, imported

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([*(ROOT / "docs" / "language").glob("[0-9]*.py"), *(ROOT / "tests" / "laws" / "trusted").glob("*.py")])
FEW_STATES = 40


def outcome(path: Path) -> str:
    """Return whether the reader refuses a file or agrees with CPython on it; a difference fails the test."""
    try:
        model = read(path).model
    except Rejected:
        return "refused"
    native = Native(imported(path), 2)
    semantics = Semantics(ground(model, Scope(devices=2)))
    try:
        assert differences(native, model, Scope(devices=2), FEW_STATES) == []
    except (LeavesRange, LeftRange):
        with pytest.raises(LeftRange):
            everything(native.start_states(), native.steps)
        with pytest.raises(LeavesRange):
            everything(semantics.initial_states(), semantics.successors)
        return "leaves its range"
    return "same"


def everything(starts: Iterable[Any], steps: Callable[[Any], Iterable[tuple[Any, Any]]]) -> None:
    """Go through all states that can be reached."""
    seen = set(starts)
    waiting = list(seen)
    while waiting:
        for _, after in steps(waiting.pop()):
            if after not in seen:
                seen.add(after)
                waiting.append(after)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FILES), st.integers(0, 2**32))
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_exchanged_parts_are_refused_or_mean_the_same(file: Path, seed: int) -> None:
    """Whatever nonsense comes of it, the reader refuses the file or means by it what CPython means."""
    text = mangled(file.read_text(encoding="utf-8"), random.Random(seed))  # noqa: S311  # reproducible, not secret
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mangled.py"
        path.write_text(text, encoding="utf-8")
        event(outcome(path))
