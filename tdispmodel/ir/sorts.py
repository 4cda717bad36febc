"""Values, sorts and actors: what variables hold and who moves.

Values are plain: ``True``/``False``, integers, and for an enum the member's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

Value = bool | int | str


class IllFormed(Exception):
    """An expression, model or system that makes no sense was built: a fault of tdispmodel itself."""


class Fairness(Enum):
    """What an action instance is promised in the long run.

    WEAK: it is not for ever enabled and never taken.  STRONG: it is not enabled again and again, for ever, and only
    finitely often taken.  NONE: it may be neglected.
    """

    NONE = "none"
    WEAK = "weak"
    STRONG = "strong"


class Actor(Enum):
    """Who moves."""

    DEVICE = "device"
    KERNEL = "kernel"
    USERSPACE = "userspace"
    RELYING_PARTY = "relying_party"
    HOST = "host"
    ENVIRONMENT = "environment"

    @property
    def fairness(self) -> Fairness:
        """What each action instance of this actor is promised by default."""
        promised = self in (Actor.KERNEL, Actor.USERSPACE, Actor.RELYING_PARTY)
        return Fairness.WEAK if promised else Fairness.NONE

    @property
    def adversarial(self) -> bool:
        """Whether the actor's moves are not to be repaired and may not be relied on (host and device faults)."""
        return self in (Actor.HOST, Actor.DEVICE)


@dataclass(frozen=True)
class Boolean:
    """Truth values."""

    @property
    def values(self) -> tuple[Value, ...]:
        """All values, in their order."""
        return (False, True)

    def __str__(self) -> str:
        return "bool"


@dataclass(frozen=True)
class Enumeration:
    """An enum of the model: its name and its members' names in their order."""

    name: str
    members: tuple[str, ...]

    @property
    def values(self) -> tuple[Value, ...]:
        """All values, in their order."""
        return self.members

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Bounded:
    """Integers from ``low`` to ``high``, both included.  An arithmetic expression has the interval of its results."""

    low: int
    high: int

    @property
    def values(self) -> tuple[Value, ...]:
        """All values, in their order."""
        return tuple(range(self.low, self.high + 1))

    def __str__(self) -> str:
        return f"int {self.low}..{self.high}"


Sort = Boolean | Enumeration | Bounded
BOOLEAN = Boolean()


def size(sort: Sort) -> int:
    """Return how many values a sort has, without listing them."""
    return sort.high - sort.low + 1 if isinstance(sort, Bounded) else len(sort.values)


def code_of(value: Value, sort: Sort) -> int:
    """Return the position of ``value`` among the values of its sort."""
    return int(value) - sort.low if isinstance(sort, Bounded) else sort.values.index(value)


def value_of(code: int, sort: Sort) -> Value:
    """Return the value at a position among the values of a sort."""
    return sort.low + code if isinstance(sort, Bounded) else sort.values[code]


def same_kind(left: Sort, right: Sort) -> bool:
    """Whether values of the two sorts may be compared: both truth values, both integers, or the same enum."""
    match left, right:
        case Boolean(), Boolean():
            return True
        case Bounded(), Bounded():
            return True
        case Enumeration(), Enumeration():
            return left == right
        case _:
            return False


def belongs(value: Value, sort: Sort) -> bool:
    """Whether ``value`` is a value of ``sort`` (``True`` is not the integer 1)."""
    match sort:
        case Boolean():
            return isinstance(value, bool)
        case Bounded(low, high):
            return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        case Enumeration():
            return isinstance(value, str) and value in sort.members
        case _:
            assert_never(sort)
