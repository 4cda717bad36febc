"""Threads that increment a shared counter without a lock: Stateright's example `increment.rs`."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Each, Range, action, invariant, require


class Thread(Component):
    """Reads the counter, then writes one more than it read."""

    seen: Annotated[int, Range(0, 3)] = 0
    line: Annotated[int, Range(1, 3)] = 1


class Program(Component):
    """The counter and its threads (at most three)."""

    threads: Each[Thread]
    counter: Annotated[int, Range(0, 3)] = 0

    @action(by=Actor.USERSPACE)
    def read(self, thread: Thread) -> None:
        """The thread reads the counter."""
        require(thread.line == 1)
        thread.seen = self.counter
        thread.line = 2

    @action(by=Actor.USERSPACE)
    def write(self, thread: Thread) -> None:
        """The thread writes one more than it read."""
        require(thread.line == 2)
        self.counter = thread.seen + 1
        thread.line += 1


@invariant
def counter_counts_finished_threads(now: Program) -> bool:
    """The counter is the number of threads that wrote (violated by two threads: both read, then both write)."""
    return sum(thread.line == 3 for thread in now.threads) == now.counter
