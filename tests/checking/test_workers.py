"""Tasks in several processes: complete, in no one's way, and none is left behind."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable

import pytest

from tdispmodel.checking.mistakes import OurFault
from tdispmodel.checking.workers import each

Progress = Callable[[str], None]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the functions of this file reach a worker by fork only"
)


def square(task: int, progress: Progress) -> int:
    """Answer at once."""
    progress(f"squaring {task}")
    return task * task


def late_first(task: int, _: Progress) -> int:
    """The first task takes longest."""
    time.sleep(0.3 if task == 0 else 0.0)
    return os.getpid()


def fails(_: int, __: Progress) -> int:
    """A fault in the work itself."""
    message = "no such luck"
    raise LookupError(message)


def dies(_: int, __: Progress) -> int:
    """A worker that is killed."""
    os.kill(os.getpid(), 9)
    return 0


def never(_: int, __: Progress) -> int:
    """A worker that never answers."""
    time.sleep(60)
    return 0


def nobody(_: str) -> None:
    """Progress that nobody watches."""


def test_every_task_has_its_answer() -> None:
    """With fewer processes than tasks every task is answered, under its own position."""
    assert {number: number * number for number in range(7)} == dict(each(square, range(7), 3, nobody, "fork"))


def test_progress_comes_back() -> None:
    """What a worker tells reaches the caller."""
    told: list[str] = []
    list(each(square, [5, 6], 2, told.append, "fork"))
    assert {"squaring 5", "squaring 6"} == set(told)


def test_different_processes() -> None:
    """Tasks run in processes of their own, and answers come as they finish."""
    answers = list(each(late_first, [0, 1], 2, nobody, "fork"))
    assert [1, 0] == [position for position, _ in answers]
    assert len({os.getpid(), *(process for _, process in answers)}) == 3


def test_fault_in_a_worker() -> None:
    """A fault in a worker is our fault, with the worker's traceback, and ends the others."""
    with pytest.raises(OurFault, match="no such luck"):
        list(each(fails, [0], 2, nobody, "fork"))


def test_killed_worker() -> None:
    """A worker that disappears is noticed."""
    with pytest.raises(OurFault, match="ended without an answer"):
        list(each(dies, [0], 2, nobody, "fork"))


def test_stopping_leaves_nobody_behind() -> None:
    """When the caller stops early, as an interrupt makes it, the other workers are ended."""

    def half(task: int, progress: Progress) -> int:
        return square(task, progress) if task == 0 else never(task, progress)

    answers = each(half, [0, 1, 2], 3, nobody, "fork")
    assert (0, 0) == next(answers)
    assert 2 == len(multiprocessing.active_children())
    answers.close()  # type: ignore[attr-defined]  # it is a generator
    assert [] == multiprocessing.active_children()
