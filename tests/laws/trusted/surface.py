"""Every form of expression that means something, asked in every combination of values."""

# ruff: noqa: C419, FURB171, RUF021, PLR1714  # the forms are the point

from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import (
    Actor,
    Component,
    Constant,
    Each,
    Range,
    Step,
    action,
    anything,
    invariant,
    require,
    step_property,
)


class Hue(Enum):
    """Three members."""

    RED = auto()
    GREEN = auto()
    BLUE = auto()


class Dot(Component):
    """A part."""

    lit: bool = anything()
    size: Annotated[int, Range(-1, 1)] = anything()

    @property
    def large(self) -> bool:
        """Whether the size is at its top."""
        top = 1
        return self.size == top

    def beyond(self, low: int) -> bool:
        """Whether the size is above a number."""
        return self.size > low


class Sheet(Component):
    """The root."""

    dots: Each[Dot]
    hue: Hue = anything()
    other: Hue = anything(Hue.RED, Hue.BLUE)
    level: Annotated[int, Range(-2, 2)] = anything()
    flag: bool = anything()
    gap: Constant[Annotated[int, Range(0, 3)]] = 2

    @action(by=Actor.HOST)
    def move(self) -> None:
        """Assignments before a requirement, augmented ones, names for names."""
        low = self.level
        lower = low - 1
        self.level -= 1
        self.flag = not self.flag
        require(lower >= -2)
        require(self.hue is not self.other and (low != 0 or lower == -1))

    @action(by=Actor.KERNEL)
    def turn(self, dot: Dot) -> None:
        """A name for an instance, a product, a list of values to the right of in."""
        chosen = dot
        require(chosen.lit in (self.hue is Hue.RED, self.level > 0))
        chosen.size *= -1
        self.hue = self.other


def sign(value: int) -> int:
    """A helper with an integer."""
    return 1 if value > 0 else -1 if value < 0 else 0


def between(low: int, value: int, high: int) -> bool:
    """A helper with a chain."""
    return low <= value <= high


@invariant
def chains(now: Sheet) -> bool:
    """Chains of three, of mixed operators."""
    return -1 < now.level <= 1 == sign(now.level) or now.hue is now.other is Hue.RED or 2 > now.level > -2 != now.level


@invariant
def memberships(now: Sheet) -> bool:
    """Tuples, lists and sets of members, numbers and expressions."""
    members = now.hue in (Hue.RED, Hue.GREEN) and now.other not in [Hue.BLUE] and now.hue in {now.other, Hue.GREEN}
    return members or now.level in (now.gap, -now.gap, 0) or now.flag in (True,) or now.level not in {1, now.level + 1}


@invariant
def numbers(now: Sheet) -> bool:
    """Signs, products, nested differences, and Python's precedence."""
    value = now.level
    return (
        -value - -2 * value - (3 - value) == 2 * value - 3
        and abs(value) * 2 >= max(value, -value)
        and min(value, 1) < 2
    )


@invariant
def truth_values(now: Sheet) -> bool:
    """Truth values compared with truth values."""
    up = now.level > 0
    return (
        (now.flag == up) is (up == now.flag) and (not now.flag) != now.flag and (now.flag is True or now.flag is False)
    )


@invariant
def loosest(now: Sheet) -> bool:
    """An if inside an if, in all three places."""
    inner = (
        (now.level > 0 if now.flag else now.level < 0) if now.hue is Hue.RED else now.flag if now.level == 0 else True
    )
    return inner or not inner and now.flag or now.level == 0 and not now.flag


@invariant
def quantifiers(now: Sheet) -> bool:
    """Several clauses, several conditions, quantifiers inside quantifiers, lists instead of generators."""
    pairs = sum(
        one.size * other.size for one in now.dots if one.lit for other in now.dots if other.lit if other is not one
    )
    inside = all(any(other.size >= one.size for other in now.dots) for one in now.dots)
    return inside and pairs <= len(now.dots) * (len(now.dots) - 1) and any([dot.lit or now.flag for dot in now.dots])


@invariant
def shadows(now: Sheet) -> bool:
    """A generator's name hides an outer one, and the outer one is back afterwards."""
    return all(any(dot.lit for dot in now.dots if dot.large) or not dot.large or not dot.lit for dot in now.dots)


@invariant
def helpers(now: Sheet) -> bool:
    """Helpers of parts, of the file, with numbers and with what helpers return."""
    return between(-1, sign(now.level), 1) and not any(dot.beyond(sign(now.level)) and dot.large for dot in now.dots)


@invariant
def empty_sums(now: Sheet) -> bool:
    """A sum of nothing is nothing, also in arithmetic."""
    return sum(dot.size for dot in now.dots if dot.size > 5) - 1 == -1 and sum(1 for dot in now.dots) == len(now.dots)


@invariant
def two_of_a_kind(now: Dot, other: Dot) -> bool:
    """Instances are compared by identity, however that is written."""
    return (now == other) == (now is other) and (now != other or now.size == other.size)


@step_property
def steps(now: Sheet, after: Sheet, step: Step) -> bool:
    """Before and after, of the root and of each instance, in both orders of zip."""
    sizes = all(
        late.size == -early.size or early.size == late.size for early, late in zip(now.dots, after.dots, strict=False)
    )
    lights = all(late.lit == early.lit for late, early in zip(after.dots, now.dots, strict=True))
    moved = sum(dot.size for dot in after.dots) != sum(dot.size for dot in now.dots)
    named = any(step.is_(Sheet.turn, dot) and dot.size != 0 for dot in now.dots)
    return sizes and lights and (not moved or named) and (step.actor == Actor.HOST) == (not step.is_(Sheet.turn))
