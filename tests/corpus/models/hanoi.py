"""The tower of Hanoi (Lucas 1883) with three disks: seven moves, and all 27 positions can be reached."""

from enum import Enum, auto

from tdispmodel.dsl import Actor, Component, action, invariant, must_be_possible, require


class Peg(Enum):
    """Where a disk lies."""

    LEFT = auto()
    MIDDLE = auto()
    RIGHT = auto()


class Tower(Component):
    """Three disks; a disk moves when no smaller one lies on its peg or on the peg where it goes."""

    small: Peg = Peg.LEFT
    medium: Peg = Peg.LEFT
    large: Peg = Peg.LEFT

    @action(by=Actor.USERSPACE)
    def move_small_left(self) -> None:
        """The small disk goes left."""
        require(self.small is not Peg.LEFT)
        self.small = Peg.LEFT

    @action(by=Actor.USERSPACE)
    def move_small_to_the_middle(self) -> None:
        """The small disk goes to the middle."""
        require(self.small is not Peg.MIDDLE)
        self.small = Peg.MIDDLE

    @action(by=Actor.USERSPACE)
    def move_small_right(self) -> None:
        """The small disk goes right."""
        require(self.small is not Peg.RIGHT)
        self.small = Peg.RIGHT

    @action(by=Actor.USERSPACE)
    def move_medium_left(self) -> None:
        """The medium disk goes left."""
        require(self.medium is not Peg.LEFT and self.small is not Peg.LEFT and self.small != self.medium)
        self.medium = Peg.LEFT

    @action(by=Actor.USERSPACE)
    def move_medium_to_the_middle(self) -> None:
        """The medium disk goes to the middle."""
        require(self.medium is not Peg.MIDDLE and self.small is not Peg.MIDDLE and self.small != self.medium)
        self.medium = Peg.MIDDLE

    @action(by=Actor.USERSPACE)
    def move_medium_right(self) -> None:
        """The medium disk goes right."""
        require(self.medium is not Peg.RIGHT and self.small is not Peg.RIGHT and self.small != self.medium)
        self.medium = Peg.RIGHT

    @action(by=Actor.USERSPACE)
    def move_large_left(self) -> None:
        """The large disk goes left."""
        require(self.large is not Peg.LEFT and self.small is not Peg.LEFT and self.medium is not Peg.LEFT)
        require(self.large not in (self.small, self.medium))
        self.large = Peg.LEFT

    @action(by=Actor.USERSPACE)
    def move_large_to_the_middle(self) -> None:
        """The large disk goes to the middle."""
        require(self.large is not Peg.MIDDLE and self.small is not Peg.MIDDLE and self.medium is not Peg.MIDDLE)
        require(self.large not in (self.small, self.medium))
        self.large = Peg.MIDDLE

    @action(by=Actor.USERSPACE)
    def move_large_right(self) -> None:
        """The large disk goes right."""
        require(self.large is not Peg.RIGHT and self.small is not Peg.RIGHT and self.medium is not Peg.RIGHT)
        require(self.large not in (self.small, self.medium))
        self.large = Peg.RIGHT


@invariant
def never_solved(now: Tower) -> bool:
    """The tower never stands right (violated: seven moves)."""
    return not (now.small is Peg.RIGHT and now.medium is Peg.RIGHT and now.large is Peg.RIGHT)


@must_be_possible
def solved(now: Tower) -> bool:
    """The tower can be moved."""
    return now.small is Peg.RIGHT and now.medium is Peg.RIGHT and now.large is Peg.RIGHT
