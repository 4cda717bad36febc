"""Progress: what happens sooner or later, and what does not go on for ever.

`@leads_to(after=P) f`: from every state where P holds, a state where f holds comes sooner or later.
`@never_endless f`: such steps are taken only finitely often.  Both speak of endless behaviours in which each
action of the kernel, of userspace and of the relying party that stays possible is taken some time (15), and in
which host, environment and device faults move only finitely often.

Figures, 1 device: 4 states, 6 transitions.  (`probe` where not bound: 2; `bind` where probed and not bound: 1;
`disturb` where probed: 2; `unbind` is possible in the state bound but not probed: 1.)
"""

from tdispmodel.dsl import Actor, Component, Step, action, leads_to, never_endless, require


class Guest(Component):
    """Probes, binds, and is disturbed by the host."""

    probed: bool = False
    bound: bool = False

    @action(by=Actor.KERNEL)
    def probe(self) -> None:
        """The kernel looks at the device again and again until it is bound."""
        require(not self.bound)
        self.probed = True

    @action(by=Actor.KERNEL)
    def bind(self) -> None:
        """The kernel binds what it probed."""
        require(self.probed and not self.bound)
        self.bound = True

    @action(by=Actor.HOST)
    def disturb(self) -> None:
        """The host makes the kernel forget."""
        require(self.probed)
        self.probed = False

    @action(by=Actor.USERSPACE)
    def unbind(self) -> None:
        """Userspace unbinds a device that was forgotten."""
        require(self.bound and not self.probed)
        self.bound = False


@leads_to(after=lambda now: now.probed)
def the_device_is_bound(now: Guest) -> bool:
    """After a probe the device is bound, unless the host disturbs for ever, which is not assumed of it."""
    return now.bound or not now.probed


def is_free(now: Guest) -> bool:
    """A pure helper may serve as the premise."""
    return not now.bound


@leads_to(after=is_free)
def a_free_device_is_bound(now: Guest) -> bool:
    """The same, from every state in which the device is free."""
    return now.bound


@never_endless
def unbinding(now: Guest, after: Guest, step: Step) -> bool:
    """Only a disturbance makes userspace unbind, so it does not do so for ever."""
    return now.bound and not after.bound and step.actor is Actor.USERSPACE
