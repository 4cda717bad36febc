"""A door that a genuine device opens and an impostor goes through."""

from enum import Enum

from tdispmodel.dsl import Actor, Component, Constant, Each, action, invariant, require


class Kind(Enum):
    """What a device is."""

    GENUINE = 0
    IMPOSTOR = 1
    BROKEN = 2


class Device(Component):
    """One device."""

    kind: Constant[Kind] = Kind.GENUINE
    inside: bool = False


class House(Component):
    """A house with a door."""

    devices: Each[Device]
    open: bool = False
    guarded: Constant[bool] = False

    @action(by=Actor.USERSPACE)
    def open_door(self, device: Device) -> None:
        """A genuine device opens the door."""
        require(device.kind is Kind.GENUINE and not self.open)
        self.open = True

    @action(by=Actor.HOST)
    def enter(self, device: Device) -> None:
        """A device goes through the open door, if nobody guards it."""
        require(self.open and not self.guarded and device.kind is not Kind.BROKEN)
        device.inside = True


@invariant(code="TDM901")
def no_impostor_inside(now: Device) -> bool:
    """No impostor is inside."""
    return now.kind is not Kind.IMPOSTOR or not now.inside


@invariant(code="TDM902")
def nothing_broken_inside(now: Device) -> bool:
    """Nothing broken is inside."""
    return now.kind is not Kind.BROKEN or not now.inside


@invariant(code="TDM903")
def inside_needs_the_door(now: House) -> bool:
    """Whoever is inside came through the open door."""
    return now.open or not any(device.inside for device in now.devices)
