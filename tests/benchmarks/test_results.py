"""The runs that are kept in benchmarks/results are whole, and everybody in them counted right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.report import SCHEMA
from benchmarks.subjects import bench_tdi

KEPT = sorted(
    path
    for path in (Path(__file__).resolve().parents[2] / "benchmarks" / "results").glob("*.json")
    if path.stem != "latest"
)


def test_there_are_results() -> None:
    """At least one run is kept, and each has its page beside it."""
    assert KEPT
    assert [path for path in KEPT if not path.with_suffix(".md").is_file()] == []


@pytest.mark.parametrize("path", KEPT, ids=lambda path: str(path.stem))
def test_a_kept_run_is_whole_and_right(path: Path) -> None:
    """It says where, when and of what it was made; nobody was wrong; of bench-tdi who counted states counted those that
    are published, and whoever gives no seconds says why.
    """
    document: dict[str, Any] = json.loads(path.read_text())
    assert document["schema"] == SCHEMA
    assert {"commit", "machine", "versions", "rounds", "limits"} <= document.keys()
    assert any(name.startswith("load at first") for name in document)
    for row in document["results"]:
        assert row["wrong"] == []
        assert row["processor_seconds"] or row["said"]
        if row["model"] == "bench-tdi" and row["states"] is not None:
            assert row["states"] == bench_tdi(row["devices"]).states


@pytest.mark.parametrize("path", KEPT, ids=lambda path: str(path.stem))
def test_all_who_counted_states_of_a_model_counted_the_same(path: Path) -> None:
    """For each model and number of devices there is one number of states."""
    counted: dict[tuple[str, int], set[int]] = {}
    for row in json.loads(path.read_text())["results"]:
        if row["states"] is not None:
            counted.setdefault((row["model"], row["devices"]), set()).add(row["states"])
    assert {} == {about: numbers for about, numbers in counted.items() if len(numbers) > 1}
