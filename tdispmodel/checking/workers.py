"""Independent tasks in several processes, results in the order asked.

A worker ignores the interrupt of the terminal (the parent ends it) and ends itself when its parent is gone, so none is
left behind.  Exceptions of a task come back as they are; anything that a worker could not send back is `OurFault`.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from tdispmodel.checking.mistakes import OurFault
from tdispmodel.source import Rejected

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")

RECURSION = 20_000
"""Formulas are trees; sending one needs a few frames per level."""


def each(
    work: Callable[[Task, Callable[[str], None]], Outcome],
    tasks: Sequence[Task],
    jobs: int,
    progress: Callable[[str], None],
    method: str | None = None,
) -> Iterator[tuple[int, Outcome]]:
    """Yield ``(position, outcome)`` as tasks finish, at most ``jobs`` at a time.

    ``work`` must be importable by name.  ``method`` is how processes are started (default: the quickest safe one).
    When it raises, or the caller stops iterating, all workers are ended.
    """
    context = multiprocessing.get_context(method or _method())
    waiting = list(enumerate(tasks))[::-1]
    running: dict[Connection, tuple[int, Any]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < max(1, jobs):
                position, task = waiting.pop()
                receiver, sender = context.Pipe(duplex=False)
                start = context.Process  # type: ignore[attr-defined]  # every concrete context has it
                process = start(target=_serve, args=(work, task, sender), daemon=True)
                process.start()
                sender.close()
                running[receiver] = (position, process)
            for ready in wait(list(running)):
                if not isinstance(ready, Connection):
                    continue
                position, process = running[ready]
                word, content = _received(ready)
                if word == "progress":
                    progress(content)
                    continue
                del running[ready]
                ready.close()
                process.join()
                if word == "raised":
                    raise content
                yield position, content
    finally:
        for receiver, (_, process) in running.items():
            process.terminate()
            process.join(1.0)
            if process.is_alive():
                process.kill()
                process.join()
            receiver.close()


def _method() -> str:
    """Fork is quick, but only safe while nothing else runs in this process."""
    alone = threading.active_count() == 1 and "z3" not in sys.modules
    return "fork" if alone and sys.platform == "linux" else "spawn"


def _received(connection: Connection) -> tuple[str, Any]:
    try:
        word, content = connection.recv()
    except EOFError:
        return "raised", OurFault("a worker process ended without an answer (was it killed for its memory?)")
    return word, content


def _serve(work: Callable[[Task, Callable[[str], None]], Outcome], task: Task, sender: Connection) -> None:
    """The body of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))
    answer: tuple[str, object]
    try:
        answer = ("outcome", work(task, lambda text: sender.send(("progress", text))))
    except (Rejected, OurFault) as raised:
        answer = ("raised", raised)
    except BaseException:  # noqa: BLE001  # a fault of ours: the parent shows it
        answer = ("raised", OurFault(traceback.format_exc()))
    sender.send(answer)
    sender.close()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
