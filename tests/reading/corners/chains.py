"""Chains, signs, and numbers: what Python computes."""
# ruff: noqa: E714, FURB171, RUF021, SIM201  # corners of the language, written as nobody should

from enum import Enum
from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, anything, invariant, require


class Colour(Enum):
    """Members written as numbers, one of them negative."""

    RED = -1
    GREEN = 0
    BLUE = 1


class Sum(Component):
    """Two numbers, a colour and two truth values."""

    low: Annotated[int, Range(-2, 2)] = anything()
    high: Annotated[int, Range(-2, 2)] = 1
    colour: Colour = anything(Colour.RED, Colour.BLUE)
    other: Colour = Colour.GREEN
    yes: bool = anything()
    no: bool = False

    @action(by=Actor.KERNEL)
    def rise(self) -> None:
        """A chain of orders is a conjunction of its pairs."""
        require(-2 <= self.low < self.high <= 2 and self.low != self.high)
        self.low += 1

    @action(by=Actor.KERNEL)
    def fall(self) -> None:
        """Subtraction groups to the left; what stands right of -= is taken as a whole."""
        require(self.high - 1 - self.low >= -1 and self.high > -2 and self.low > -3)
        self.high -= 2 - 1 if self.high > -1 else 1

    @action(by=Actor.KERNEL)
    def flip(self) -> None:
        """Chains of equality, of identity, and of both."""
        require(
            self.yes is not self.no is False
            or self.yes == self.no != self.yes
            or self.colour is self.other is Colour.RED
        )
        self.no = not self.no is True
        self.other = Colour.RED if self.low in (0, 1, 7) else self.colour

    @action(by=Actor.HOST)
    def mix(self) -> None:
        """Signs, the smaller and the larger one, the distance from zero."""
        require(abs(self.low * self.high) >= 0 and max(self.low, self.high) == self.high)
        lowest = -abs(self.low)
        self.low = min(-self.low, 2)
        self.high = max(self.high - 1, lowest)
        self.yes = self.colour not in [Colour.BLUE, Colour.GREEN] or self.other in {Colour.RED}


@invariant
def truth_tables(now: Sum) -> bool:
    """`and` binds closer than `or`, `not` closer than both, a comparison closer than `not`."""
    return not now.yes or now.no and not now.low == now.high or now.yes


@invariant
def grouped(now: Sum) -> bool:
    """Brackets, and an if-expression among operators."""
    return (now.yes or now.no) and (now.low if now.yes else now.high) + 1 > (0 if now.no else now.low * 2 - 1 - 2)


@invariant
def among(now: Sum) -> bool:
    """A list may hold expressions, and a value may be asked for twice."""
    return (
        now.low in (now.high, now.high - 1, -2, -2)
        or now.colour in (now.other, Colour.RED)
        or now.no in (now.yes, True)
    )
