"""Expressions: everything that may stand in a guard, a value or a property.

Truth values: `and`, `or`, `not`.  Enum members: `is`, `is not`, `in (...)`, `not in (...)`.  Integers: `==`,
`!=`, `<`, `<=`, `>`, `>=` and chains of them, `+`, `-`, `*`, `min`, `max`, `abs`.  Any sort: `x if condition
else y`.  What else Python has (division, strings, subscripts, other calls) is refused, and the complaint says
what to write instead.

A number that can leave its range in a reachable state is an error of the model, not a silent wrap-around.

Figures, 1 device: 27 states, 63 transitions.  (All 3 * 3 * 3 combinations; `turn` in all, `climb` where the
colour is one of two: 18, `flip` likewise: 18.)
"""

from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, invariant, require


class Colour(Enum):
    """Three colours."""

    RED = auto()
    GREEN = auto()
    BLUE = auto()


class Sampler(Component):
    """One of each."""

    colour: Colour = Colour.RED
    height: Annotated[int, Range(0, 2)] = 0
    slope: Annotated[int, Range(-1, 1)] = 0

    @action(by=Actor.ENVIRONMENT)
    def turn(self) -> None:
        """Red, green, blue, red."""
        later = Colour.BLUE if self.colour is Colour.GREEN else Colour.RED
        self.colour = Colour.GREEN if self.colour is Colour.RED else later

    @action(by=Actor.ENVIRONMENT)
    def climb(self) -> None:
        """Up, and from the top down to the ground."""
        require(self.colour in (Colour.RED, Colour.GREEN))
        self.height = 0 if self.height == 2 else self.height + 1

    @action(by=Actor.ENVIRONMENT)
    def flip(self) -> None:
        """Zero becomes one; one and minus one change places."""
        require(self.colour is not Colour.RED)
        self.slope = -self.slope if self.slope != 0 else 1


@invariant
def bounds(now: Sampler) -> bool:
    """Chains and arithmetic mean what Python means."""
    return -1 <= now.height + now.slope <= 3 and 2 * now.height - (now.slope - 1) >= 0


@invariant
def a_false_one(now: Sampler) -> bool:
    """Not all properties hold: this one fails on top of a rising slope, unless it is blue there."""
    return not (now.height > 1 and now.slope == 1) or now.colour is Colour.BLUE


@invariant
def extremes(now: Sampler) -> bool:
    """`min`, `max` of two integers and `abs` of one are there, too."""
    return max(now.height, abs(now.slope)) <= 2 and min(now.height, now.slope) >= -1


@invariant
def precedence(now: Sampler) -> bool:
    """`not` binds tighter than `and`, `and` tighter than `or`, and an `if` loosest of all."""
    flat = now.slope == 0
    return not flat and now.height < 2 or flat if now.colour is Colour.RED else now.height not in (-1, 3)  # noqa: RUF021  # the precedence is the point
