"""Dining philosophers who may take either fork first: model "Philosophers" of the Model Checking Contest.

Instance i has philosopher i and the fork on their left; the philosopher whose seat is one less (or the last) shares
it.  Seats are a start choice, so that there are N! start states; a fork is free or held by one of two philosophers, so
that there are N! * 3^N states.  Each free fork can be taken by two, each philosopher with two forks can put them down:
N! * N * 7 * 3^(N-2) transitions for N > 1.  The state with k forks taken is k steps away: depth N.
"""

from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import (
    Actor,
    Component,
    Each,
    Range,
    action,
    anything,
    initially,
    invariant,
    must_be_possible,
    require,
    stays_possible,
)


class Fork(Enum):
    """Who has the fork: nobody, the philosopher to whom it belongs, or the neighbour on their left."""

    FREE = auto()
    OWNER = auto()
    NEIGHBOUR = auto()


class Philosopher(Component):
    """A philosopher and the fork on their left."""

    seat: Annotated[int, Range(0, 3)] = anything()
    fork: Fork = Fork.FREE

    @action(by=Actor.USERSPACE)
    def take_own_fork(self) -> None:
        """The philosopher takes the fork on the left."""
        require(self.fork is Fork.FREE)
        self.fork = Fork.OWNER

    @action(by=Actor.USERSPACE)
    def lend_fork(self) -> None:
        """The neighbour on the left takes the fork, which is on their right."""
        require(self.fork is Fork.FREE)
        self.fork = Fork.NEIGHBOUR


class Table(Component):
    """A round table (of at most four)."""

    philosophers: Each[Philosopher]

    def sits_right_of(self, right: Philosopher, left: Philosopher) -> bool:
        """Whether the fork of `right` lies between the two."""
        last = left.seat == len(self.philosophers) - 1
        return right.seat == 0 if last else right.seat == left.seat + 1

    @initially
    def everybody_has_a_seat(self) -> bool:
        """Seats are numbered from zero and taken once."""
        return all(philosopher.seat < len(self.philosophers) for philosopher in self.philosophers) and all(
            one is other or one.seat != other.seat for one in self.philosophers for other in self.philosophers
        )

    @action(by=Actor.USERSPACE)
    def put_down(self, philosopher: Philosopher, neighbour: Philosopher) -> None:
        """A philosopher with both forks puts them down."""
        require(self.sits_right_of(neighbour, philosopher))
        require(philosopher.fork is Fork.OWNER and neighbour.fork is Fork.NEIGHBOUR)
        philosopher.fork = Fork.FREE
        neighbour.fork = Fork.FREE


@invariant
def everybody_keeps_a_seat(now: Table) -> bool:
    """Seats stay taken once."""
    return all(one is other or one.seat != other.seat for one in now.philosophers for other in now.philosophers)


@invariant
def not_all_hold_their_own_fork(now: Table) -> bool:
    """Some philosopher has not taken their own fork (violated: everybody takes it, the classic deadlock)."""
    return any(philosopher.fork is not Fork.OWNER for philosopher in now.philosophers)


@must_be_possible
def everybody_holds_one(now: Table) -> bool:
    """The classic deadlock can happen."""
    return all(philosopher.fork is Fork.OWNER for philosopher in now.philosophers)


@stays_possible
def own_fork_stays_within_reach(now: Philosopher) -> bool:
    """A philosopher can always come to hold their own fork (violated: all forks are lent, nobody has two)."""
    return now.fork is Fork.OWNER
