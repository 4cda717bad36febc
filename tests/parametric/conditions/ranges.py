"""A number that leaves its range when a second device counts."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Each, Range, action, invariant, require


class Device(Component):
    """One device."""

    counted: bool = False


class Root(Component):
    """All of them."""

    devices: Each[Device]
    count: Annotated[int, Range(0, 1)] = 0

    @action(by=Actor.KERNEL)
    def take(self, one: Device) -> None:
        """A device is counted."""
        require(not one.counted)
        one.counted = True
        self.count = self.count + 1


@invariant(code="TDM901")
def small(now: Root) -> bool:
    """The count is small: of the numbers in the range all are."""
    return now.count <= 1
