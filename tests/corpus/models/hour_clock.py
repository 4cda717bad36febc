"""The hour clock of Lamport's Specifying Systems, chapter 2: any start, then hour by hour for ever."""

from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, anything, invariant, leads_to, never_endless


class HourClock(Component):
    """A clock that shows the hour."""

    hour: Annotated[int, Range(1, 12)] = anything()

    @action(by=Actor.KERNEL)
    def tick(self) -> None:
        """An hour passes."""
        self.hour = self.hour + 1 if self.hour < 12 else 1


@invariant
def never_noon(now: HourClock) -> bool:
    """It is never twelve (violated at the start: the clock may start at any hour)."""
    return now.hour != 12


@leads_to(after=lambda now: now.hour == 1)
def noon_comes(now: HourClock) -> bool:
    """It becomes twelve again, as the tick is fair."""
    return now.hour == 12


@never_endless
def clock_stops_ticking(now: HourClock, after: HourClock) -> bool:
    """The hour changes only finitely often (violated)."""
    return now.hour != after.hour
