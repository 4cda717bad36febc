"""A cluster of two processors on this machine, for all tests of a process; where there is no Ray they are skipped."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from tests.exporting.peers import DEMANDED


@pytest.fixture(scope="session")
def cluster() -> Iterator[None]:
    """Two processors and little memory for what goes between processes, in a folder that is gone afterwards."""
    if find_spec("ray") is None and "ray" not in DEMANDED:
        pytest.skip("ray is not installed")
    import ray  # noqa: PLC0415  # it may not be there

    from tdispmodel.engines.distributed.cluster import LOCAL, connect  # noqa: PLC0415  # as above

    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")  # names of sockets must be short
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_TMPDIR", folder)
        connect(LOCAL, num_cpus=2, object_store_memory=80 << 20)
        yield
        ray.shutdown()
    shutil.rmtree(folder, ignore_errors=True)
