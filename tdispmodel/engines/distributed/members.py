"""What a partitioned search needs of those who do its work, wherever they are, and the process that each of them is.

A call is sent to a member and answered later, in the order in which calls were sent to it; answers can be handed to
other members without having been looked at.  A member that is gone may be begun anew, and knows nothing then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from tdispmodel.engines.distributed.partition import Partition, Share

Answer = Any
"""What stands for an answer until it is looked at; can be the key of a mapping."""
Content = Any
"""What a method of a partition returns."""


class Gone(Exception):
    """A member is gone, with all that it knew."""


class Lost(Exception):
    """An answer is gone that nobody can give again; says why."""


class Members(Protocol):
    """So many processes, each with a partition."""

    count: int

    def begin(self, member: int, share: Share) -> Answer:
        """Give a member a partition, in a new process if it has none; the answer is that of `Member.begin`."""
        ...

    def end(self, member: int) -> None:
        """End a member's process, if it has not ended."""
        ...

    def call(self, member: int, method: str, *arguments: object, answers: int = 1) -> list[Answer]:
        """Call a method of a member's partition, of which there are so many answers."""
        ...

    def ready(self, answers: Sequence[Answer], seconds: float) -> list[Answer]:
        """Return those of some answers that can be looked at; wait so long for one of them."""
        ...

    def value(self, answer: Answer) -> Content:
        """Return an answer, waiting for it.  Raises `Gone` and `Lost`."""
        ...


class Member:
    """A process that has a partition."""

    def __init__(self, kind: type[Partition]) -> None:
        self.kind = kind
        self.partition: Partition | None = None

    def begin(self, share: Share) -> bool:
        """Have a new partition, in which nothing was found; return whether that was possible."""
        self.partition = None
        try:
            self.partition = self.kind(share)
        except RecursionError:
            return False
        return True

    def do(self, method: str, *arguments: object) -> Content:
        """Call a method of the partition."""
        return getattr(self.partition, method)(*arguments)
