"""A written model that has something of everything that the judge of families writes about."""

from __future__ import annotations

from tdispmodel.ir.model import Model
from tests.reading.texts import model

TEXT = '''
class Lamp(Component):
    on: bool = False
    level: Annotated[int, Range(0, 1)] = 0


class Room(Component):
    lamps: Each[Lamp]
    busy: bool = anything()

    @initially
    def calm(self) -> bool:
        return not self.busy or any(lamp.on for lamp in self.lamps)

    @action(by=Actor.USERSPACE)
    def change(self, one: Lamp, other: Lamp) -> None:
        """One lamp is switched on, then another one off, which may be the same."""
        one.on = True
        other.on = False

    @action(by=Actor.USERSPACE)
    def brighten(self, lamp: Lamp) -> None:
        """A lamp that is on gets brighter, also where it cannot."""
        require(lamp.on)
        lamp.level = lamp.level + 1

    @action(by=Actor.USERSPACE)
    def alone(self, lamp: Lamp) -> None:
        """The only lamp that is on keeps somebody busy."""
        require(lamp.on and all(not other.on for other in self.lamps if other is not lamp))
        self.busy = True

    @action(by=Actor.USERSPACE)
    def rest(self) -> None:
        """Where some lamp is not bright, and none is too bright, somebody rests."""
        require(any(lamp.level <= 0 for lamp in self.lamps))
        self.busy = False
        for lamp in self.lamps:
            lamp.on = False


@invariant(code="TDM900")
def two(now: Room) -> bool:
    """Of two different lamps one is on."""
    return all(one is other or one.on or other.on for one in now.lamps for other in now.lamps)


@invariant(code="TDM901")
def differ(now: Room) -> bool:
    """Of two lamps one is on."""
    return all(one.on or other.on for one in now.lamps for other in now.lamps if other is not one)


@step_property(code="TDM902")
def rests_last(now: Room, after: Room, step: Step) -> bool:
    """Who rests was busy."""
    return not step.is_(Room.rest) or now.busy
'''
"""Two parameters that may be one lamp, a range that is left, instances left out, all and some, a loop, a start condition,
at most, a clause about two lamps, and a step by its name.
"""


def room() -> Model:
    """Return the model, with its properties."""
    return model(TEXT)
