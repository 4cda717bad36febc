"""Peterson's mutual exclusion when no process is promised to go on."""

from peterson import At, Peterson, Process, Second

from tdispmodel.dsl import Actor, action, invariant, leads_to, replaces, require, stays_possible


class Careless(Process):
    """A first process that may stop anywhere."""

    @replaces(Process.leave)
    @action(by=Actor.KERNEL, fair=False)
    def leave(self) -> None:
        """The process leaves, if it likes, and lowers its flag."""
        require(self.at is At.CRITICAL)
        self.flag = False
        self.at = At.IDLE


class CarelessSecond(Second):
    """A second process that may stop anywhere."""

    @replaces(Process.leave)
    @action(by=Actor.KERNEL, fair=False)
    def leave(self) -> None:
        """The process leaves, if it likes, and lowers its flag."""
        require(self.at is At.CRITICAL)
        self.flag = False
        self.at = At.IDLE


class PetersonUnfair(Peterson):
    """The same protocol."""

    zero: Careless
    one: CarelessSecond

    @replaces(Peterson.yield_turn)
    @action(by=Actor.KERNEL, fair=False)
    def yield_turn(self, process: Process) -> None:
        """The process gives the turn away."""
        require(process.at is At.FLAGGED)
        process.at = At.WAITING
        self.turn = 1 - process.number

    @replaces(Peterson.enter_as_other_is_idle)
    @action(by=Actor.KERNEL, fair=False)
    def enter_as_other_is_idle(self, process: Process, other: Process) -> None:
        """The process sees the other's flag down."""
        require(process is not other and process.at is At.WAITING and not other.flag)
        process.at = At.CRITICAL

    @replaces(Peterson.enter_on_turn)
    @action(by=Actor.KERNEL, fair=False)
    def enter_on_turn(self, process: Process) -> None:
        """The process sees that it is its turn."""
        require(process.at is At.WAITING and self.turn == process.number)
        process.at = At.CRITICAL


@invariant
def mutual_exclusion(now: PetersonUnfair) -> bool:
    """Not both are in the critical section: safety needs no fairness."""
    return not (now.zero.at is At.CRITICAL and now.one.at is At.CRITICAL)


@leads_to(after=lambda now: now.flag)
def whoever_wants_enters(now: Process) -> bool:
    """A process that raised its flag enters (violated: it is never scheduled again)."""
    return now.at is At.CRITICAL


@stays_possible
def entry_stays_possible(now: Process) -> bool:
    """From everywhere each process can enter: possible is not certain."""
    return now.at is At.CRITICAL
