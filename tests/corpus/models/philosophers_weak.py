"""Three philosophers whose forks are ordered, each of whom takes the lower fork first; weakly fair philosophers.

Dijkstra, Hierarchical ordering of sequential processes (1971): with an order of the forks they cannot wait in a circle.
Fork A lies between the last and the first philosopher, B and C follow; so the last one reaches across and takes A before
C, while the others take the fork on their left first.  Nobody is locked up, but under weak fairness somebody may starve.
"""

from enum import Enum, auto

from tdispmodel.dsl import (
    Actor,
    Component,
    action,
    invariant,
    leads_to,
    must_be_possible,
    require,
    stays_possible,
)


class At(Enum):
    """What a philosopher does."""

    THINKING = auto()
    HUNGRY = auto()
    HOLDING = auto()
    EATING = auto()


class Philosopher(Component):
    """A philosopher, who has one fork when holding and two when eating."""

    at: At = At.THINKING

    @action(by=Actor.USERSPACE, fair=False)
    def get_hungry(self) -> None:
        """The philosopher gets hungry, or goes on thinking for ever."""
        require(self.at is At.THINKING)
        self.at = At.HUNGRY


class Table(Component):
    """A table with three seats; a fork is there or somebody has it."""

    zero: Philosopher
    one: Philosopher
    two: Philosopher
    a_taken: bool = False
    b_taken: bool = False
    c_taken: bool = False

    @action(by=Actor.USERSPACE)
    def take_first_zero(self) -> None:
        """Philosopher zero takes fork A."""
        require(self.zero.at is At.HUNGRY and not self.a_taken)
        self.a_taken = True
        self.zero.at = At.HOLDING

    @action(by=Actor.USERSPACE)
    def take_second_zero(self) -> None:
        """Philosopher zero takes fork B."""
        require(self.zero.at is At.HOLDING and not self.b_taken)
        self.b_taken = True
        self.zero.at = At.EATING

    @action(by=Actor.USERSPACE)
    def put_down_zero(self) -> None:
        """Philosopher zero puts both forks down."""
        require(self.zero.at is At.EATING)
        self.a_taken = False
        self.b_taken = False
        self.zero.at = At.THINKING

    @action(by=Actor.USERSPACE)
    def take_first_one(self) -> None:
        """Philosopher one takes fork B."""
        require(self.one.at is At.HUNGRY and not self.b_taken)
        self.b_taken = True
        self.one.at = At.HOLDING

    @action(by=Actor.USERSPACE)
    def take_second_one(self) -> None:
        """Philosopher one takes fork C."""
        require(self.one.at is At.HOLDING and not self.c_taken)
        self.c_taken = True
        self.one.at = At.EATING

    @action(by=Actor.USERSPACE)
    def put_down_one(self) -> None:
        """Philosopher one puts both forks down."""
        require(self.one.at is At.EATING)
        self.b_taken = False
        self.c_taken = False
        self.one.at = At.THINKING

    @action(by=Actor.USERSPACE)
    def take_first_two(self) -> None:
        """Philosopher two takes fork A."""
        require(self.two.at is At.HUNGRY and not self.a_taken)
        self.a_taken = True
        self.two.at = At.HOLDING

    @action(by=Actor.USERSPACE)
    def take_second_two(self) -> None:
        """Philosopher two takes fork C."""
        require(self.two.at is At.HOLDING and not self.c_taken)
        self.c_taken = True
        self.two.at = At.EATING

    @action(by=Actor.USERSPACE)
    def put_down_two(self) -> None:
        """Philosopher two puts both forks down."""
        require(self.two.at is At.EATING)
        self.a_taken = False
        self.c_taken = False
        self.two.at = At.THINKING


@invariant
def one_eats_at_a_time(now: Table) -> bool:
    """Of three philosophers any two are neighbours, so no two eat at once."""
    zero = now.zero.at is At.EATING
    one = now.one.at is At.EATING
    two = now.two.at is At.EATING
    return not (zero and one) and not (zero and two) and not (one and two)


@must_be_possible
def everybody_holds_one_fork(now: Table) -> bool:
    """The circle of Coffman is impossible (violated): two of them hold nothing but A at first."""
    return now.zero.at is At.HOLDING and now.one.at is At.HOLDING and now.two.at is At.HOLDING


@stays_possible
def eating_stays_possible(now: Philosopher) -> bool:
    """From everywhere everybody can eat."""
    return now.at is At.EATING


@leads_to(after=lambda now: now.at is At.HUNGRY)
def hungry_philosopher_eats(now: Philosopher) -> bool:
    """Whoever is hungry eats (violated: a neighbour takes the fork again and again)."""
    return now.at is At.EATING
