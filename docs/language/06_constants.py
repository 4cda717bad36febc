"""Constants: what differs from check to check, but not from state to state.

`kernel: Constant[Kernel] = ...` declares a constant with its default.  The command line may set it, and a
proposal may fix it.  A property that makes sense only under some values says so with `@given`.  This page is about
the constants of the root; those of a part, one for each instance, are in 14.

Figures, 1 device: 2 states, 1 transition.  (By default only `deliver` is possible, once.)
"""

from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import Actor, Component, Constant, Range, action, given, invariant, must_be_possible, require


class Kernel(Enum):
    """Which kernel runs."""

    OLD = auto()
    NEW = auto()


class Interrupts(Component):
    """Something that the old kernel allows again and again."""

    kernel: Constant[Kernel] = Kernel.NEW
    patience: Constant[Annotated[int, Range(0, 3)]] = 1
    strict: Constant[bool] = True
    delivered: Annotated[int, Range(0, 3)] = 0

    @action(by=Actor.DEVICE)
    def deliver(self) -> None:
        """The device delivers until the guest's patience ends."""
        require(self.delivered < self.patience)
        self.delivered += 1

    @action(by=Actor.DEVICE)
    def deliver_late(self) -> None:
        """The old kernel takes another one."""
        require(self.kernel is Kernel.OLD or not self.strict)
        require(self.delivered == self.patience and self.delivered < 3)
        self.delivered = 3


@invariant
def patience_is_kept(now: Interrupts) -> bool:
    """The new kernel never takes more than it should."""
    return now.delivered <= now.patience


@given(kernel=Kernel.OLD)
@must_be_possible
def the_old_kernel_takes_three(now: Interrupts) -> bool:
    """Asked with the old kernel, whatever the check says."""
    return now.delivered == 3
