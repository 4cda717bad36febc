"""Two names for one instance.

The parameters of an action may stand for the same instance: write `require(source is not target)` where they
must not.  Reading a variable that was assigned before is refused also when it is read through another name that
may stand for the same instance.  When two names that are the same instance are both assigned, the later
assignment stays, as in Python.

Figures, 1 device: 2 states, 2 transitions.  (The mark goes round: `move` takes it away where source and target
are the same, and `place` puts it back.)
Figures, 2 devices: 4 states, 12 transitions.
"""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Device(Component):
    """A device with a mark."""

    marked: bool = False


class Table(Component):
    """Moves marks from device to device."""

    devices: Each[Device]

    @action(by=Actor.HOST)
    def move(self, source: Device, target: Device) -> None:
        """Move a mark; onto itself it is lost, since the later assignment stays."""
        require(source.marked)
        target.marked = True
        source.marked = False

    @action(by=Actor.HOST)
    def place(self, device: Device) -> None:
        """Put a mark where there is none."""
        require(not device.marked)
        device.marked = True


@invariant
def no_mark_at_all(now: Table) -> bool:
    """A false one: marks can be placed."""
    return not any(device.marked for device in now.devices)
