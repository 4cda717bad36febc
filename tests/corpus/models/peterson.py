"""Peterson's mutual exclusion (1981) for two processes, one shared access a step; weakly fair processes."""

from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, invariant, leads_to, require, stays_possible


class At(Enum):
    """Where a process is."""

    IDLE = auto()
    FLAGGED = auto()
    WAITING = auto()
    CRITICAL = auto()


class Process(Component):
    """The first process; `number` never changes."""

    number: Annotated[int, Range(0, 1)] = 0
    at: At = At.IDLE
    flag: bool = False

    @action(by=Actor.USERSPACE, fair=False)
    def want(self) -> None:
        """The process raises its flag."""
        require(self.at is At.IDLE)
        self.flag = True
        self.at = At.FLAGGED

    @action(by=Actor.KERNEL)
    def leave(self) -> None:
        """The process leaves and lowers its flag."""
        require(self.at is At.CRITICAL)
        self.flag = False
        self.at = At.IDLE


class Second(Process):
    """The second process."""

    number = 1


class Peterson(Component):
    """Two processes and the turn."""

    zero: Process
    one: Second
    turn: Annotated[int, Range(0, 1)] = 0

    @action(by=Actor.KERNEL)
    def yield_turn(self, process: Process) -> None:
        """The process gives the turn away."""
        require(process.at is At.FLAGGED)
        process.at = At.WAITING
        self.turn = 1 - process.number

    @action(by=Actor.KERNEL)
    def enter_as_other_is_idle(self, process: Process, other: Process) -> None:
        """The process sees the other's flag down."""
        require(process is not other and process.at is At.WAITING and not other.flag)
        process.at = At.CRITICAL

    @action(by=Actor.KERNEL)
    def enter_on_turn(self, process: Process) -> None:
        """The process sees that it is its turn."""
        require(process.at is At.WAITING and self.turn == process.number)
        process.at = At.CRITICAL


@invariant
def mutual_exclusion(now: Peterson) -> bool:
    """Not both are in the critical section."""
    return not (now.zero.at is At.CRITICAL and now.one.at is At.CRITICAL)


@invariant
def never_both_waiting(now: Peterson) -> bool:
    """Not both wait (violated after two steps of each)."""
    return not (now.zero.at is At.WAITING and now.one.at is At.WAITING)


@leads_to(after=lambda now: now.flag)
def whoever_wants_enters(now: Process) -> bool:
    """A process that raised its flag enters (holds under weak fairness)."""
    return now.at is At.CRITICAL


@stays_possible
def entry_stays_possible(now: Process) -> bool:
    """From everywhere each process can enter."""
    return now.at is At.CRITICAL
