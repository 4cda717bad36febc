"""The processes of a Ray cluster as members of a search; the only module of the engines that knows Ray."""

from __future__ import annotations

import logging
import os
import socket
import sys
from collections.abc import Sequence
from pickle import PicklingError

import ray
from ray.exceptions import RayActorError, RayError, RayTaskError

from tdispmodel.engines.distributed.members import Answer, Content, Gone, Lost, Member
from tdispmodel.engines.distributed.partition import Partition, Share

LOCAL = "local"
"""Means a cluster on this machine that ends with this process."""
RECURSION = 20_000
"""Formulas are trees; going through one needs a few frames per level."""
PATIENCE = 5.0
"""Seconds until a machine that does not answer is given up."""
QUIET = {"log_to_driver": False, "configure_logging": False}


def connect(address: str = LOCAL, **options: object) -> bool:
    """Have a cluster in this process: the one that it has already, or that at ``address``; return whether that is new.

    ``options`` are those of `ray.init`.  Raises ConnectionError with the reason.
    """
    if ray.is_initialized():
        return False
    logging.getLogger("ray").setLevel(logging.ERROR)
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told that a cluster was started
    alone = {"include_dashboard": False} if address == LOCAL else {}
    try:
        if ":" in address:  # else Ray would try for many minutes
            host, _, port = address.rpartition(":")
            socket.create_connection((host, int(port)), PATIENCE).close()
        ray.init(address=address, **alone, **QUIET, **options)
    except (OSError, OverflowError, RuntimeError, ValueError, RayError) as error:
        first, *_ = str(error).splitlines() or [type(error).__name__]
        message = f"no cluster at {address}: {first}"
        raise ConnectionError(message) from None
    return True


def disconnect() -> None:
    """Have no cluster any more; one that was begun here ends."""
    ray.shutdown()


def processors() -> int:
    """Return how many processors the cluster has."""
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


class Process(Member):
    """A process of the cluster, which has nothing else to do."""

    def __init__(self, kind: type[Partition]) -> None:
        sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION))
        super().__init__(kind)

    @staticmethod
    def pid() -> int:
        """Return the number of the process on its machine."""
        return os.getpid()


class Processes:
    """So many processes of the cluster, on different machines where there are some."""

    def __init__(self, count: int, kind: type[Partition] = Partition) -> None:
        self.count = count
        self._member = ray.remote(Process).options(scheduling_strategy="SPREAD", max_restarts=0, max_task_retries=0)
        self._kind = kind
        self._actors: list[Content] = [None] * count

    def begin(self, member: int, share: Share) -> Answer:
        """Give a member a partition.  Raises `RecursionError` for what nests too deeply to be sent."""
        if self._actors[member] is None:
            self._actors[member] = self._member.remote(self._kind)
        try:
            return self._actors[member].begin.remote(share)
        except PicklingError as error:
            raise RecursionError(str(error)) from error

    def call(self, member: int, method: str, *arguments: object, answers: int = 1) -> list[Answer]:
        """Call a method of a member's partition."""
        found = self._actors[member].do.options(num_returns=answers).remote(method, *arguments)
        return [found] if answers == 1 else list(found)

    @staticmethod
    def ready(answers: Sequence[Answer], seconds: float) -> list[Answer]:
        """Return those of some answers that can be looked at; wait so long for one of them."""
        ready, _ = ray.wait(list(answers), num_returns=1, timeout=seconds, fetch_local=False)
        return list(ready)

    @staticmethod
    def value(answer: Answer) -> Content:
        """Return an answer, waiting for it.  Raises `Gone` and `Lost`."""
        try:
            return ray.get(answer)
        except RayTaskError as error:
            if isinstance(error.cause, RayError):  # what was handed on is not there
                raise _lost(error.cause) from None
            raise
        except RayActorError:
            raise Gone from None
        except RayError as error:
            raise _lost(error) from None

    def end(self, member: int) -> None:
        """End a member's process, if it has not ended."""
        actor, self._actors[member] = self._actors[member], None
        if actor is not None:
            ray.kill(actor)

    def close(self) -> None:
        """End all processes."""
        if ray.is_initialized():
            for member in range(self.count):
                self.end(member)


def _lost(error: RayError) -> Lost:
    return Lost(f"the cluster lost what was found ({type(error).__name__})")
