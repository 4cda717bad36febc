"""Bridges and devices: what is behind which is not said, a bridge that is up lets any device through."""

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Port(Component):
    """The port of a bridge."""

    open: bool = False


class Bridge(Component):
    """A bridge."""

    up: bool = False
    port: Port


class Device(Component):
    """One device."""

    reached: bool = False
    trusted: bool = False


class Host(Component):
    """Bridges, devices, and a spare bridge."""

    bridges: Each[Bridge]
    devices: Each[Device]
    spare: Bridge
    alarm: bool = False

    @action(by=Actor.HOST)
    def bring_up(self, bridge: Bridge) -> None:
        """A bridge comes up, and opens its port."""
        bridge.up = True
        bridge.port.open = True

    @action(by=Actor.HOST)
    def close(self, port: Port) -> None:
        """A port is closed, of whichever bridge."""
        require(port.open)
        port.open = False

    @action(by=Actor.HOST)
    def reach(self, bridge: Bridge, device: Device) -> None:
        """A device is reached through an open port."""
        require(bridge.port.open)
        device.reached = True

    @action(by=Actor.KERNEL)
    def trust(self, device: Device) -> None:
        """A device that was reached is trusted, as long as every bridge is up."""
        require(device.reached and all(bridge.up for bridge in self.bridges))
        device.trusted = True

    @action(by=Actor.KERNEL)
    def warn(self) -> None:
        """A bridge is up and another one is not, and a device is trusted."""
        require(any(bridge.up for bridge in self.bridges) and any(not bridge.up for bridge in self.bridges))
        require(any(device.trusted for device in self.devices))
        self.alarm = True


@invariant(code="TDM901")
def open_ports_are_up(now: Bridge) -> bool:
    """The port of a bridge is open only when the bridge is up."""
    return not now.port.open or now.up


@invariant(code="TDM902")
def trusted_devices_were_reached(now: Device) -> bool:
    """A trusted device was reached."""
    return not now.trusted or now.reached


@invariant(code="TDM903")
def trust_needs_all_bridges(now: Host) -> bool:
    """Once a device is trusted, all bridges are up, for none goes down."""
    return not any(device.trusted for device in now.devices) or all(bridge.up for bridge in now.bridges)


@invariant(code="TDM904")
def there_is_no_alarm(now: Host) -> bool:
    """So nobody warns."""
    return not now.alarm


@invariant(code="TDM905")
def two_are_not_reached_at_once(now: Host) -> bool:
    """One device is reached at most: wrong with two."""
    return all(one is other or not (one.reached and other.reached) for one in now.devices for other in now.devices)
