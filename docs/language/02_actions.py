"""Actions: what can happen, and by whom.

A method marked `@action(by=...)` is one atomic step of an actor.  It can happen where all its `require(...)`
hold.  It changes what it assigns, all at once; everything else keeps its value.  `name = expression` gives a
value of the state before the step a name.  What was assigned may not be read again in the same action, so the
order of the lines never matters: to swap two variables, name the old value first.

Actions of the kernel, of userspace and of the relying party are weakly fair: they do not stay possible for ever
without being taken.  `fair=` and `strongly_fair=` say otherwise (15).  `to=` says whom the action addresses, for
charts.

Figures, 1 device: 6 states, 10 transitions.  (`swap` is possible in all 6, `count` in 2, `forget` in 2.)
"""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, invariant, require


class Counter(Component):
    """Two flags, of which exactly one is up, and a number."""

    left: bool = True
    right: bool = False
    counted: Annotated[int, Range(0, 2)] = 0

    @action(by=Actor.KERNEL)
    def swap(self) -> None:
        """The flags change places."""
        old = self.left
        self.left = self.right
        self.right = old

    @action(by=Actor.HOST, to=Actor.KERNEL)
    def count(self) -> None:
        """The host counts while the left flag is up. [an action's docstring ends with its source in brackets]"""
        require(self.left and self.counted < 2)
        self.counted += 1

    @action(by=Actor.USERSPACE, fair=False)
    def forget(self) -> None:
        """Userspace may start again, but need not."""
        require(self.counted == 2)
        self.counted = 0


@invariant
def exactly_one_flag_is_up(now: Counter) -> bool:
    """The swap is one step, so no state has both flags up or both down."""
    return now.left != now.right
