"""Instances: many devices of one kind.

`devices: Each[Device]` in the root component stands for as many devices as a check asks for.  A parameter of an
action ranges over all instances of its component.  `all`, `any`, `sum` and `len` speak of all of them, and a
`for` loop that holds only assignments to its own instance changes all of them in one step.

Figures, 1 device: 2 states, 3 transitions.
Figures, 2 devices: 3 states, 6 transitions.  (With n devices: no driver, or the driver at one of n; `bind` n
ways from the first, `unbind` and `reset` from each of the others.)
"""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Device(Component):
    """A device, and whether a driver is bound to it."""

    bound: bool = False


class Bus(Component):
    """A bus on which one driver serves at most one device."""

    devices: Each[Device]

    @action(by=Actor.USERSPACE)
    def bind(self, device: Device) -> None:
        """Userspace binds the driver to a device while it is bound to none."""
        require(not any(other.bound for other in self.devices))
        device.bound = True

    @action(by=Actor.USERSPACE)
    def unbind(self, device: Device) -> None:
        """Userspace takes the driver away."""
        require(device.bound)
        device.bound = False

    @action(by=Actor.HOST)
    def reset(self) -> None:
        """The host resets the bus: every device loses its driver."""
        require(sum(device.bound for device in self.devices) == 1)
        for device in self.devices:
            device.bound = False


@invariant
def the_driver_is_at_one_device(now: Bus) -> bool:
    """At most one device is bound; with several clauses, all pairs of instances are looked at."""
    pairs = all(not (one.bound and other.bound) or one is other for one in now.devices for other in now.devices)
    return pairs and sum(1 for device in now.devices if device.bound) <= 1


@invariant
def some_device_is_free_unless_there_is_one(now: Bus) -> bool:
    """Two or more devices are never all bound."""
    return len(now.devices) == 1 or not all(device.bound for device in now.devices)


@invariant
def no_two_are_bound(now: Device, other: Device) -> bool:
    """A property of states may speak of further instances by parameters; it is asked of every combination."""
    return now is other or not now.bound or not other.bound
