"""The lab's kernel: where QEMU or the package cannot be had, tests are skipped, or fail if ``lab`` is demanded."""

from __future__ import annotations

import os

import pytest

from tdispmodel.lab.kernels.apt import NoLab
from tdispmodel.lab.kernels.packages import Kernel, Series, kernel

DEMANDED = "lab" in os.environ.get("TDISPMODEL_REQUIRE", "").split(",")


def had(series: Series) -> Kernel:
    """Return a kernel of the series; skip the test without one, unless the lab is demanded."""
    try:
        return kernel(series)
    except NoLab as why:
        if DEMANDED:
            pytest.fail(f"no lab: {why}")
        pytest.skip(f"no lab: {why}")


@pytest.fixture(scope="session")
def stable() -> Kernel:
    """Debian's kernel of the 6.12 series."""
    return had(Series.STABLE)


@pytest.fixture(scope="session")
def unstable() -> Kernel:
    """The kernel of Debian's unstable suite."""
    return had(Series.UNSTABLE)
