"""Three philosophers whose forks are ordered, as in philosophers_weak.py, with strongly fair forks: nobody starves.

Whoever has the higher of their forks eats and puts both down.  So C comes back whenever it is taken; then, as whoever
waits for C gets it, B does; then A.  A fork that comes back again and again goes to each who waits for it.
"""

from philosophers_weak import At, Philosopher, Table

from tdispmodel.dsl import Actor, action, invariant, leads_to, must_be_possible, replaces, require, stays_possible


class StrongTable(Table):
    """What can be taken again and again is taken."""

    @replaces(Table.take_first_zero)
    @action(by=Actor.USERSPACE, strongly_fair=True)
    def take_first_zero(self) -> None:
        """Philosopher zero takes fork A."""
        require(self.zero.at is At.HUNGRY and not self.a_taken)
        self.a_taken = True
        self.zero.at = At.HOLDING

    @replaces(Table.take_second_zero)
    @action(by=Actor.USERSPACE, strongly_fair=True)
    def take_second_zero(self) -> None:
        """Philosopher zero takes fork B."""
        require(self.zero.at is At.HOLDING and not self.b_taken)
        self.b_taken = True
        self.zero.at = At.EATING

    @replaces(Table.take_first_one)
    @action(by=Actor.USERSPACE, strongly_fair=True)
    def take_first_one(self) -> None:
        """Philosopher one takes fork B."""
        require(self.one.at is At.HUNGRY and not self.b_taken)
        self.b_taken = True
        self.one.at = At.HOLDING

    @replaces(Table.take_second_one)
    @action(by=Actor.USERSPACE, strongly_fair=True)
    def take_second_one(self) -> None:
        """Philosopher one takes fork C."""
        require(self.one.at is At.HOLDING and not self.c_taken)
        self.c_taken = True
        self.one.at = At.EATING

    @replaces(Table.take_first_two)
    @action(by=Actor.USERSPACE, strongly_fair=True)
    def take_first_two(self) -> None:
        """Philosopher two takes fork A."""
        require(self.two.at is At.HUNGRY and not self.a_taken)
        self.a_taken = True
        self.two.at = At.HOLDING

    @replaces(Table.take_second_two)
    @action(by=Actor.USERSPACE, strongly_fair=True)
    def take_second_two(self) -> None:
        """Philosopher two takes fork C."""
        require(self.two.at is At.HOLDING and not self.c_taken)
        self.c_taken = True
        self.two.at = At.EATING


@invariant
def one_eats_at_a_time(now: StrongTable) -> bool:
    """Of three philosophers any two are neighbours, so no two eat at once."""
    zero = now.zero.at is At.EATING
    one = now.one.at is At.EATING
    two = now.two.at is At.EATING
    return not (zero and one) and not (zero and two) and not (one and two)


@must_be_possible
def everybody_holds_one_fork(now: StrongTable) -> bool:
    """No circle is possible (violated), with whatever fairness."""
    return now.zero.at is At.HOLDING and now.one.at is At.HOLDING and now.two.at is At.HOLDING


@stays_possible
def eating_stays_possible(now: Philosopher) -> bool:
    """From everywhere everybody can eat."""
    return now.at is At.EATING


@leads_to(after=lambda now: now.at is At.HUNGRY)
def hungry_philosopher_eats(now: Philosopher) -> bool:
    """Whoever is hungry eats."""
    return now.at is At.EATING
