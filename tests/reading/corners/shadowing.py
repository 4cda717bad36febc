"""Names that hide other names: in Python the nearest one counts, and so it does for the reader."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, leads_to, require


class Device(Component):
    """A device with a mark."""

    marked: bool = False
    ready: bool = True

    @property
    def free(self) -> bool:
        """A property whose name is used for a local value elsewhere."""
        return not self.marked


def ready(device: Device) -> bool:
    """A function whose name is that of a variable and of a local value elsewhere."""
    return device.ready


def counted(now: Device) -> bool:
    """A function that takes what it is given, whatever its parameter is called."""
    ready = now.ready
    return ready and now.free


class Table(Component):
    """Holds devices, and has a mark of its own."""

    devices: Each[Device]
    marked: bool = False

    def others_are_free(self, device: Device) -> bool:
        """The generator's name is that of the parameter outside."""
        own = device.marked
        return all(own or device.free for device in self.devices) and not own

    @action(by=Actor.HOST)
    def mark(self, device: Device) -> None:
        """A generator that hides self, and one that hides the parameter."""
        ready = device.ready
        hidden = all(ready or self.marked for self in self.devices)
        require(hidden and self.others_are_free(device))
        device.marked = any(not device.marked for device in self.devices)
        self.marked = sum(device is other for device in self.devices for other in self.devices) == 1

    @action(by=Actor.KERNEL)
    def clear(self, now: Device, after: Device) -> None:
        """Parameters may be called as in properties."""
        require(now.marked and after.ready and ready(now))
        now.marked = False
        after.ready = False

    @action(by=Actor.KERNEL)
    def restore(self) -> None:
        """The name of a generator inside a loop is that of the loop."""
        require(any(not d.ready for d in self.devices))
        all_ready = all(d.ready for d in self.devices)
        for d in self.devices:
            d.ready = not all_ready and not any(d.marked for d in self.devices)


@invariant
def some(self: Table) -> bool:
    """The parameter of a property may be called self."""
    return all(counted(self) or not self.free or not self.ready for self in self.devices)


@invariant
def pairs(x: Device, now: Device, now_2: Device) -> bool:
    """Parameters called now that are not the first."""
    return x is now or now is now_2 or x.ready or not now.marked or now_2.ready


@leads_to(after=lambda now, x: now.ready and not x.ready)
def swapped(x: Device, now: Device) -> bool:
    """A premise that calls its parameters the other way round."""
    return x.ready and not now.ready
