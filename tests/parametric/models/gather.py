"""A stage that goes up once for each device: bugs that need so many devices and no fewer."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Each, Range, action, invariant, require


class Device(Component):
    """One device."""

    used: bool = False


class Stairs(Component):
    """The stairs and who climbs them."""

    devices: Each[Device]
    stage: Annotated[int, Range(0, 6)] = 0

    @action(by=Actor.USERSPACE)
    def climb(self, device: Device) -> None:
        """A device that was not used yet takes the next step."""
        require(not device.used and self.stage < 6)
        device.used = True
        self.stage = self.stage + 1


@invariant(code="TDM901")
def below_one(now: Stairs) -> bool:
    """Nobody climbs."""
    return now.stage < 1


@invariant(code="TDM902")
def below_two(now: Stairs) -> bool:
    """At most one device climbs."""
    return now.stage < 2


@invariant(code="TDM903")
def below_three(now: Stairs) -> bool:
    """At most two devices climb."""
    return now.stage < 3


@invariant(code="TDM904")
def below_four(now: Stairs) -> bool:
    """At most three devices climb."""
    return now.stage < 4


@invariant(code="TDM905")
def below_five(now: Stairs) -> bool:
    """At most four devices climb."""
    return now.stage < 5


@invariant(code="TDM906")
def below_six(now: Stairs) -> bool:
    """At most five devices climb: wrong only with more devices than anybody tries."""
    return now.stage < 6


@invariant(code="TDM907")
def only_the_used_climb(now: Stairs) -> bool:
    """Above the ground somebody was used."""
    return now.stage == 0 or any(device.used for device in now.devices)


@invariant(code="TDM908")
def the_stairs_end(now: Stairs) -> bool:
    """There are six steps."""
    return now.stage <= 6
