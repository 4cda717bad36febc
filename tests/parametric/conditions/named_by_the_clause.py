"""Devices are armed one by one; the clause is about two of them."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant


class Device(Component):
    """One device."""

    armed: bool = False


class Root(Component):
    """All of them."""

    devices: Each[Device]

    @action(by=Actor.KERNEL)
    def arm(self, one: Device) -> None:
        """A device is armed."""
        one.armed = True


@invariant(code="TDM901")
def one_is_armed(now: Root) -> bool:
    """At most one device is armed: wrong with two."""
    return all(one is other or not (one.armed and other.armed) for one in now.devices for other in now.devices)
