"""Procedures, loops and restrictions inside one another."""
# ruff: noqa: D202, PIE790, ARG002  # corners of the language, written as nobody should

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Each, Range, action, replaces, require, restricts


class Link(Component):
    """A part of each device."""

    up: bool = True

    def set_up(self, up: bool) -> None:
        """A procedure of a part."""
        require(self.up is not up)
        self.up = up


class Device(Component):
    """A device with a number and a link."""

    link: Link
    number: Annotated[int, Range(0, 2)] = 0
    marked: bool = False

    def reset(self, to: int) -> None:
        """A procedure of the device itself."""
        self.number = to

    @action(by=Actor.DEVICE)
    def lose(self) -> None:
        """An action of the device calls a procedure of its part."""
        self.link.set_up(False)
        self.number = min(self.number, 1)


class Base(Component):
    """The design that is changed below."""

    devices: Each[Device]
    count: Annotated[int, Range(0, 3)] = 0

    def may(self, device: Device) -> bool:
        """A helper that is replaced."""
        return device.number < 2

    def raise_it(self, device: Device, by: int, really: bool) -> None:
        """Values are those at the call."""
        new = device.number + by if really else device.number
        require(self.may(device))
        device.number = new

    def note(self, device: Device) -> None:
        """Replaced by nothing below."""
        device.marked = not device.marked

    @action(by=Actor.KERNEL)
    def step(self, device: Device) -> None:
        """A value that is known before is used after."""
        was = device.number
        self.raise_it(device, 1, not device.marked)
        self.note(device)
        self.count = was

    @action(by=Actor.HOST)
    def restart(self) -> None:
        """A loop calls procedures of its own instance; its local value is that of each round."""
        require(any(device.number > 0 for device in self.devices))
        for device in self.devices:
            half = 1 if device.number == 2 else 0
            device.reset(half)
            device.link.up = half == 1 or device.link.up
        self.count = 0

    @action(by=Actor.HOST)
    def both(self, device: Device) -> None:
        """Whoever is assigned by the loop and after it has the later value."""
        for each in self.devices:
            each.marked = True
        device.marked = False

    @action(by=Actor.HOST)
    def both_the_other_way(self, device: Device) -> None:
        """And the other way round."""
        device.marked = False
        for each in self.devices:
            each.marked = True


class Changed(Base):
    """Everything that can be patched is patched."""

    @replaces(Base.may)
    def may(self, device: Device) -> bool:
        """Only devices whose link is up."""
        return device.link.up and device.number < 2

    @replaces(Base.note)
    def note(self, device: Device) -> None:
        """Nothing is noted."""

        pass

    @restricts(Base.raise_it)
    def raise_it(self, device: Device, by: int, really: bool) -> None:
        require(really or self.count == 0)
        require(by == 1)

    @restricts(Base.both)
    def both(self, device: Device) -> None:
        marked = sum(each.marked for each in self.devices)
        require(marked < 2)
