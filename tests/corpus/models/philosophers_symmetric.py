"""Three philosophers each of whom takes the fork on the left first, with strongly fair forks: fairness unlocks nobody.

The classic deadlock of Dijkstra's problem; Lehmann and Rabin, On the advantages of free choice (POPL 1981), show that no
symmetric and deterministic solution exists.
"""

from philosophers_strong import StrongTable
from philosophers_weak import At, Philosopher

from tdispmodel.dsl import Actor, action, invariant, leads_to, must_be_possible, replaces, require, stays_possible


class RoundTable(StrongTable):
    """The last philosopher takes C, on the left, first."""

    @replaces(StrongTable.take_first_two)
    @action(by=Actor.USERSPACE, strongly_fair=True)
    def take_first_two(self) -> None:
        """Philosopher two takes fork C."""
        require(self.two.at is At.HUNGRY and not self.c_taken)
        self.c_taken = True
        self.two.at = At.HOLDING

    @replaces(StrongTable.take_second_two)
    @action(by=Actor.USERSPACE, strongly_fair=True)
    def take_second_two(self) -> None:
        """Philosopher two takes fork A."""
        require(self.two.at is At.HOLDING and not self.a_taken)
        self.a_taken = True
        self.two.at = At.EATING


@invariant
def one_eats_at_a_time(now: RoundTable) -> bool:
    """Of three philosophers any two are neighbours, so no two eat at once."""
    zero = now.zero.at is At.EATING
    one = now.one.at is At.EATING
    two = now.two.at is At.EATING
    return not (zero and one) and not (zero and two) and not (one and two)


@must_be_possible
def everybody_holds_one_fork(now: RoundTable) -> bool:
    """Everybody takes the fork on the left."""
    return now.zero.at is At.HOLDING and now.one.at is At.HOLDING and now.two.at is At.HOLDING


@stays_possible
def eating_stays_possible(now: Philosopher) -> bool:
    """From everywhere everybody can eat (violated: not when all hold one fork)."""
    return now.at is At.EATING


@leads_to(after=lambda now: now.at is At.HUNGRY)
def hungry_philosopher_eats(now: Philosopher) -> bool:
    """Whoever is hungry eats (violated: everybody waits for the neighbour for ever)."""
    return now.at is At.EATING
