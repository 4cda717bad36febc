"""Dijkstra's self-stabilising ring (1974): four machines with `modulus` values each, started anywhere."""

from typing import Annotated

from tdispmodel.dsl import (
    Actor,
    Component,
    Constant,
    Range,
    action,
    anything,
    given,
    initially,
    invariant,
    leads_to,
    require,
    stays_possible,
)


class Machine(Component):
    """A machine."""

    value: Annotated[int, Range(0, 3)] = anything()


class Ring(Component):
    """The bottom machine moves when it equals the last one, the others when they differ from the one before."""

    modulus: Constant[Annotated[int, Range(2, 4)]] = 4
    bottom: Machine
    second: Machine
    third: Machine
    last: Machine

    def privileges(self) -> int:
        """How many machines may move."""
        return (
            (1 if self.bottom.value == self.last.value else 0)
            + (1 if self.second.value != self.bottom.value else 0)
            + (1 if self.third.value != self.second.value else 0)
            + (1 if self.last.value != self.third.value else 0)
        )

    @initially
    def values_are_below_the_modulus(self) -> bool:
        """Any values below the modulus."""
        return (
            self.bottom.value < self.modulus
            and self.second.value < self.modulus
            and self.third.value < self.modulus
            and self.last.value < self.modulus
        )

    @action(by=Actor.KERNEL)
    def move_bottom(self) -> None:
        """The bottom machine counts on."""
        require(self.bottom.value == self.last.value)
        self.bottom.value = self.bottom.value + 1 if self.bottom.value + 1 < self.modulus else 0

    @action(by=Actor.KERNEL)
    def move_second(self) -> None:
        """The second machine follows the bottom one."""
        require(self.second.value != self.bottom.value)
        self.second.value = self.bottom.value

    @action(by=Actor.KERNEL)
    def move_third(self) -> None:
        """The third machine follows the second."""
        require(self.third.value != self.second.value)
        self.third.value = self.second.value

    @action(by=Actor.KERNEL)
    def move_last(self) -> None:
        """The last machine follows the third."""
        require(self.last.value != self.third.value)
        self.last.value = self.third.value


@invariant
def somebody_is_privileged(now: Ring) -> bool:
    """There is always a machine that may move."""
    return now.privileges() >= 1


@leads_to(after=lambda now: now.privileges() >= 1)
def ring_stabilises(now: Ring) -> bool:
    """From anywhere the ring comes to have one privilege."""
    return now.privileges() == 1


@leads_to(after=lambda now: now.privileges() >= 1)
@given(modulus=2)
def ring_of_two_values_stabilises(now: Ring) -> bool:
    """With two values for four machines as well (violated: the daemon can keep three privileges)."""
    return now.privileges() == 1


@stays_possible
@given(modulus=2)
def ring_of_two_values_can_stabilise(now: Ring) -> bool:
    """With two values it remains possible."""
    return now.privileges() == 1
