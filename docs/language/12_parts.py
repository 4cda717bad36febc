"""Parts: components that hold exactly one of another component.

`tsm: Tsm` without a value is a part, and `self.tsm.busy` one of its variables.  A part may have actions and
start conditions of its own, and parts of its own.  A subclass may say that a part is of a kind that derives
from the inherited one.

Figures, 1 device: 8 states, 14 transitions.  (Busy or not, connected or not, and the link up or down, all of
them reachable; `ask` in 2 states, `answer` and `cut` in 4 each, `mend` in 4.)
"""

from tdispmodel.dsl import Actor, Component, Step, action, invariant, require, step_property


class Link(Component):
    """A link that the host may cut."""

    up: bool = True

    @action(by=Actor.HOST)
    def cut(self) -> None:
        """The host cuts the link."""
        require(self.up)
        self.up = False

    @action(by=Actor.ENVIRONMENT)
    def mend(self) -> None:
        """Somebody mends it."""
        require(not self.up)
        self.up = True


class Tsm(Component):
    """The security manager, with its link."""

    link: Link
    busy: bool = False

    @action(by=Actor.DEVICE)
    def answer(self) -> None:
        """A busy manager answers, link or no link."""
        require(self.busy)
        self.busy = False


class Guest(Component):
    """Asks the manager, over its link."""

    tsm: Tsm
    connected: bool = False

    @action(by=Actor.KERNEL)
    def ask(self) -> None:
        """The kernel asks while the link is up; each request changes whether it is connected."""
        require(self.tsm.link.up and not self.tsm.busy)
        self.tsm.busy = True
        self.connected = not self.connected


@invariant
def the_link_is_never_lost(now: Tsm) -> bool:
    """A property may be about a part; this one is false, since the host may cut the link of a busy manager."""
    return now.link.up or not now.busy


@step_property
def requests_need_the_link(now: Guest, after: Guest, step: Step) -> bool:
    """Parts of parts are read before and after a step, too."""
    return not step.is_(Guest.ask) or (now.tsm.link.up and after.tsm.busy and after.tsm.link.up)
