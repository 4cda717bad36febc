"""Independent tasks on a Ray cluster, results as they finish: what `workers` does in processes of this machine.

The work is the same function, so the outcome is the same.  A task whose process ends without an answer is done once
more elsewhere; exceptions come back as they do from `workers`.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import ray
from ray.exceptions import RayError, RayTaskError

from tdispmodel.checking.mistakes import NO_CLUSTER, OurFault, mistake, shortened
from tdispmodel.checking.workers import RECURSION
from tdispmodel.engines.distributed.cluster import connect, disconnect
from tdispmodel.engines.protocol import Progress, silent
from tdispmodel.source import Rejected

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")

ADDRESS = re.compile(r"local|auto|[A-Za-z0-9_.-]{1,253}:[0-9]{1,5}")
AGAIN = 2
"""So often a task is done once more."""
WAIT = 0.5
"""Seconds until an interrupt of the user is noticed."""


@contextmanager
def connected(address: str) -> Iterator[None]:
    """Have a cluster meanwhile.  Raises `Rejected` when there is none."""
    if ADDRESS.fullmatch(address) is None:
        hint = "write local, auto or HOST:PORT"
        raise mistake(NO_CLUSTER, f"{shortened(address)} is no address of a cluster", hint)
    try:
        made = connect(address)
    except ConnectionError as error:
        raise mistake(NO_CLUSTER, shortened(str(error), 200), "ray start --head starts one") from None
    try:
        yield
    finally:
        if made:
            disconnect()


def each(work: Callable[[Task, Progress], Outcome], tasks: Sequence[Task]) -> Iterator[tuple[int, Outcome]]:
    """Yield ``(position, outcome)`` as tasks finish; what a task tells of its progress stays where it is done.

    ``work`` must be importable by name on every machine.  When it raises, or the caller stops iterating, all other
    tasks are ended.
    """
    served = ray.remote(_served).options(num_cpus=1, max_retries=AGAIN)
    waiting = {served.remote(work, task, Path.cwd()): position for position, task in enumerate(tasks)}
    try:
        while waiting:
            ready, _ = ray.wait(list(waiting), num_returns=1, timeout=WAIT)
            for answer in ready:
                position = waiting.pop(answer)
                word, content = _received(answer)
                if word == "raised":
                    raise content
                yield position, content
    finally:
        for answer in waiting:
            ray.cancel(answer, force=True)


def _received(answer: object) -> tuple[str, Any]:
    try:
        word, content = ray.get(answer)
    except RayTaskError as error:
        raise OurFault(str(error)) from None
    except RayError as error:
        message = f"a process of the cluster ended without an answer, again and again ({type(error).__name__})"
        raise OurFault(message) from None
    return word, content


def _served(work: Callable[[Task, Progress], Outcome], task: Task, folder: Path) -> tuple[str, object]:
    """The body of a task; paths of files are looked up from the folder from where they were named, if it is there."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))
    if folder.is_dir():
        os.chdir(folder)
    try:
        return "outcome", work(task, silent)
    except (Rejected, OurFault) as raised:
        return "raised", raised
    except Exception:  # noqa: BLE001  # a fault of ours: whoever asked shows it
        return "raised", OurFault(traceback.format_exc())
