"""Two jugs of three and five gallons: four gallons are wanted (DieHard.tla of Lamport's video course)."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, invariant, must_be_possible


class Jugs(Component):
    """What is in the jugs."""

    small: Annotated[int, Range(0, 3)] = 0
    big: Annotated[int, Range(0, 5)] = 0

    @action(by=Actor.USERSPACE)
    def fill_small(self) -> None:
        """The small jug is filled."""
        self.small = 3

    @action(by=Actor.USERSPACE)
    def fill_big(self) -> None:
        """The big jug is filled."""
        self.big = 5

    @action(by=Actor.USERSPACE)
    def empty_small(self) -> None:
        """The small jug is emptied."""
        self.small = 0

    @action(by=Actor.USERSPACE)
    def empty_big(self) -> None:
        """The big jug is emptied."""
        self.big = 0

    @action(by=Actor.USERSPACE)
    def small_to_big(self) -> None:
        """The small jug is poured into the big one."""
        total = self.small + self.big
        self.big = min(total, 5)
        self.small = 0 if total <= 5 else total - 5

    @action(by=Actor.USERSPACE)
    def big_to_small(self) -> None:
        """The big jug is poured into the small one."""
        total = self.small + self.big
        self.small = min(total, 3)
        self.big = 0 if total <= 3 else total - 3


@invariant
def never_four_gallons(now: Jugs) -> bool:
    """The big jug never holds four gallons (violated: the puzzle's solution takes six steps)."""
    return now.big != 4


@must_be_possible
def four_gallons(now: Jugs) -> bool:
    """Four gallons can be measured."""
    return now.big == 4
