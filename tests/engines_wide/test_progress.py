"""The line that says where a search over numbered parts stands, and how long it may take."""

from __future__ import annotations

from math import isclose

import pytest

from tdispmodel.cli.progress import WIDTH
from tdispmodel.engines.wide.progress import line, remaining


@pytest.mark.parametrize(
    "sizes", [[], [1], [1, 5, 9], [9, 8, 7], [9, 8, 8, 7, 6], [9, 5, 6, 4, 3], [1000, 999, 998, 997]]
)
def test_no_estimate(sizes: list[int]) -> None:
    """While levels grow, shrank fewer than three times in a row, or hardly shrink, nothing is estimated."""
    assert remaining(sizes) is None
    assert line(sizes, "states", 7, 100.0, 5_000).endswith("  no estimate")


def test_an_estimate() -> None:
    """Levels that halve leave as many states as the last one has: 1000 + 500 + ... less the 1000 that are there."""
    sizes = [1, 500, 8000, 4000, 2000, 1000]
    left = remaining(sizes)
    assert left is not None
    assert isclose(1000, left)
    said = "15.5k states  123k steps  depth 5  frontier 1k  10/s  2.5MB  ~100 s left"
    assert said == line(sizes, "states", 123_456, 10.0, 2_500_000)


def test_no_speed_is_no_estimate() -> None:
    """Where nothing was found yet, as after going on from a checkpoint, there is no estimate."""
    assert line([8, 4, 2, 1], "states", 7, 0.0, 5).endswith("  no estimate")


def test_it_fits() -> None:
    """The line of a large search fits, with the proposal's name, into what is shown of it, but for the estimate."""
    sizes = [150_000_000] * 99
    told = line(sizes, "states", 198_547_714_000, 1_700_000.0, 3_999_000_000)
    assert len(told.removesuffix("  no estimate")) <= WIDTH - 9
