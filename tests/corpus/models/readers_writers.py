"""Readers and writers (Courtois, Heymans and Parnas 1971): many read or one writes.

N processes have 2^N states in which a set of them reads, and N in which one writes.  In each of the former every
process can begin or end reading, from the empty set each can begin to write, and each writer can end:
N*2^N + 2*N transitions.
"""

from enum import Enum, auto

from tdispmodel.dsl import Actor, Component, Each, action, invariant, leads_to, require, stays_possible


class Use(Enum):
    """What a process does with the resource."""

    NONE = auto()
    READS = auto()
    WRITES = auto()


class Process(Component):
    """A process."""

    use: Use = Use.NONE

    @action(by=Actor.KERNEL)
    def end_reading(self) -> None:
        """The process stops reading."""
        require(self.use is Use.READS)
        self.use = Use.NONE

    @action(by=Actor.KERNEL)
    def end_writing(self) -> None:
        """The process stops writing."""
        require(self.use is Use.WRITES)
        self.use = Use.NONE


class Resource(Component):
    """The resource and who may use it."""

    processes: Each[Process]

    @action(by=Actor.USERSPACE)
    def begin_reading(self, process: Process) -> None:
        """The process starts to read, as nobody writes."""
        require(process.use is Use.NONE and all(other.use is not Use.WRITES for other in self.processes))
        process.use = Use.READS

    @action(by=Actor.USERSPACE, fair=True)
    def begin_writing(self, process: Process) -> None:
        """The process starts to write, as nobody uses the resource."""
        require(not any(other.use in (Use.READS, Use.WRITES) for other in self.processes))
        process.use = Use.WRITES


@invariant
def writer_is_alone(now: Resource) -> bool:
    """While one writes nobody else uses the resource."""
    writing = sum(process.use is Use.WRITES for process in now.processes)
    return writing == 0 or sum(process.use is not Use.NONE for process in now.processes) == 1


@leads_to(after=lambda now: now.use is Use.WRITES)
def writer_ends(now: Process) -> bool:
    """A writer ends, as ending is weakly fair."""
    return now.use is Use.NONE


@leads_to(after=lambda now: now.use is Use.NONE)
def idle_process_writes(now: Process) -> bool:
    """An idle process writes some day (violated: it may read for ever instead)."""
    return now.use is Use.WRITES


@stays_possible
def writing_stays_possible(now: Process) -> bool:
    """From everywhere each process can come to write."""
    return now.use is Use.WRITES
