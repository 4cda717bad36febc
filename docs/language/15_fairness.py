"""Fairness: what is not put off for ever.

What stays possible need not happen.  In the behaviours that properties of progress speak of (10), an action has one
of three promises, each instance for itself:

- none: it may never happen.  So it is with actions of host, environment and device, and with `fair=False`.
- weak: it is not possible all the time, from some moment on, without being taken.  So it is with actions of the
  kernel, of userspace and of the relying party, and with `fair=True`.
- strong: it is not possible again and again, for ever, without being taken again and again; that it is impossible
  in between is no excuse.  So it is with `strongly_fair=True`.

A link goes up and down for ever.  Both noticing that it is up and sending over it are possible only while it is up;
weak fairness lets the one be missed every time, strong fairness does not let the other.

Figures, 1 device: 8 states, 16 transitions.  (`go_up` and `go_down` are possible in 4 states each, `notice` and
`send` in 2 each, `forget` in 4.)
"""

from tdispmodel.dsl import Actor, Component, Step, action, leads_to, never_endless, require


class Link(Component):
    """A link, what was noticed of it, and whether something was sent over it."""

    up: bool = False
    noticed: bool = False
    sent: bool = False

    @action(by=Actor.KERNEL)
    def go_up(self) -> None:
        """The link goes up, sooner or later."""
        require(not self.up)
        self.up = True

    @action(by=Actor.KERNEL)
    def go_down(self) -> None:
        """The link goes down, sooner or later."""
        require(self.up)
        self.up = False

    @action(by=Actor.USERSPACE)
    def notice(self) -> None:
        """Userspace may look at the wrong moment every time."""
        require(self.up and not self.noticed)
        self.noticed = True

    @action(by=Actor.USERSPACE, strongly_fair=True)
    def send(self) -> None:
        """Userspace is told that the link is up, and does not miss it every time."""
        require(self.up and not self.sent)
        self.sent = True

    @action(by=Actor.USERSPACE, fair=False)
    def forget(self) -> None:
        """Userspace may forget, and need not."""
        require(self.noticed)
        self.noticed = False


@leads_to(after=lambda now: not now.sent)
def it_is_sent(now: Link) -> bool:
    """Holds: the link is up again and again, so sending is possible again and again."""
    return now.sent


@leads_to(after=lambda now: not now.noticed)
def it_is_noticed(now: Link) -> bool:
    """Violated: noticing is impossible whenever the link is down, which is excuse enough for weak fairness."""
    return now.noticed


@leads_to(after=lambda now: now.noticed)
def it_is_forgotten(now: Link) -> bool:
    """Violated: nobody promises that."""
    return not now.noticed


@never_endless
def a_chance_is_missed(now: Link, after: Link, step: Step) -> bool:
    """Holds: that the link goes down before anything is sent happens only finitely often."""
    return step.actor is Actor.KERNEL and now.up and not now.sent
