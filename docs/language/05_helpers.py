"""Helpers and procedures: a name for what is written more than once.

A pure helper is a method, a property or a function of the file that returns one expression.  A procedure is a
method without `@action` that returns nothing and holds what an action holds; an action calls it as a
statement.  Both are put in place where they are used, and may not call themselves.

Figures, 1 device: 4 states, 6 transitions.  (Prepared or not times bound or not; `prepare` and `unprepare` are
each possible in 2 states, `bind` in 1, and `unbind` where bound and prepared in 1.)
Figures, 2 devices: 16 states, 48 transitions.  (Two independent copies: 4 * 4 states, 2 * 4 * 6 transitions.)
"""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Device(Component):
    """A device that is prepared, then bound."""

    prepared: bool = False
    bound: bool = False

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return self.prepared and self.bound


def is_idle(device: Device) -> bool:
    """Whether a device waits for its driver; a let may stand before the return."""
    waiting = not device.bound
    return device.prepared and waiting


class Guest(Component):
    """A guest that prepares and binds."""

    devices: Each[Device]

    def may_bind(self, device: Device) -> bool:
        """Whether the driver may be bound."""
        return is_idle(device)

    def set_prepared(self, device: Device, prepared: bool) -> None:
        """Prepare a device or undo it, whichever changes something."""
        require(device.prepared != prepared)
        device.prepared = prepared

    @action(by=Actor.KERNEL)
    def prepare(self, device: Device) -> None:
        """The kernel prepares a device."""
        self.set_prepared(device, True)

    @action(by=Actor.HOST)
    def unprepare(self, device: Device) -> None:
        """The host undoes it."""
        self.set_prepared(device, False)

    @action(by=Actor.KERNEL)
    def bind(self, device: Device) -> None:
        """The kernel binds the driver."""
        require(self.may_bind(device))
        device.bound = True

    @action(by=Actor.USERSPACE)
    def unbind(self, device: Device) -> None:
        """Userspace takes the driver away while all is settled."""
        require(device.settled)
        device.bound = False


@invariant
def idle_is_not_settled(now: Device) -> bool:
    """Helpers may be used in properties too."""
    return not (is_idle(now) and now.settled)
