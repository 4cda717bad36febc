"""Peterson's mutual exclusion when the second process may stay in its critical section for ever."""

from peterson import At, Peterson, Process, Second

from tdispmodel.dsl import Actor, action, invariant, leads_to, replaces, require


class Stubborn(Second):
    """A second process that need not leave."""

    @replaces(Process.leave)
    @action(by=Actor.KERNEL, fair=False)
    def leave(self) -> None:
        """The process leaves, if it likes, and lowers its flag."""
        require(self.at is At.CRITICAL)
        self.flag = False
        self.at = At.IDLE


class PetersonStubborn(Peterson):
    """The same protocol."""

    one: Stubborn


@invariant
def mutual_exclusion(now: PetersonStubborn) -> bool:
    """Not both are in the critical section."""
    return not (now.zero.at is At.CRITICAL and now.one.at is At.CRITICAL)


@leads_to(after=lambda now: now.flag)
def whoever_wants_enters(now: Process) -> bool:
    """A process that raised its flag enters (violated: the second process stays inside)."""
    return now.at is At.CRITICAL


@leads_to(after=lambda now: now.flag)
def stubborn_process_enters(now: Stubborn) -> bool:
    """The stubborn process itself enters, as the first one always leaves."""
    return now.at is At.CRITICAL
