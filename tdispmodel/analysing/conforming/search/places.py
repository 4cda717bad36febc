"""What a search after lines keeps, and what it can be asked, however it keeps it.

A place is a packed state with what the step into it may still show, and which of that it must.  A step that shows
nothing, or whose lines are missing, is hidden: any number of hidden steps may come between two lines.  A `Tracker`
answers about sets of places: `Visiting` lists them, `Diagrams` keeps decision diagrams.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, TypeVar

from tdispmodel.analysing.conforming.showing import Showing
from tdispmodel.compiling.successors import Compiled

SAME_STEP, NO_STEP = -1, -2
"""How a line was explained where no new step was taken: by the latest step, or by the state."""


class At(NamedTuple):
    """A place: packed state, what the step into it may still show, what it must still show."""

    packed: int
    shows: int
    must: int


Way = tuple[At, int]
"""A place, and by which action it is come to (or `SAME_STEP`, `NO_STEP`)."""

Places = TypeVar("Places")
"""A set of places, as a tracker keeps it: equal sets are equal values, and an empty set is false."""


class Tracker(Protocol[Places]):
    """Sets of places of one system.  Everything may raise `LimitReached`."""

    @property
    def compiled(self) -> Compiled:
        """The system, ready to run."""

    @property
    def showing(self) -> Showing:
        """What its steps show."""

    def starts(self) -> Places:
        """Return the places before the first step."""

    def explained(self, places: Places, items: int) -> Places:
        """Return the places after a line that any of ``items`` explains, from ``places`` on."""

    def together(self, one: Places, other: Places) -> Places:
        """Return the places of either set."""

    def holds(self, places: Places, at: At) -> bool:
        """Whether a place is one of a set."""

    def first(self, places: Places) -> At:
        """Return one of the places, always the same one."""

    def path(self, places: Places, items: int, target: At) -> tuple[Way, ...]:
        """Return a way with few steps from ``places`` over a line to ``target``: a place of ``places`` first.

        Each place comes with the action to it (`NO_STEP` for the first one); the last one is ``target``.
        """

    def inserted(self, places: Places) -> dict[int, Places]:
        """Return the places after one step that should have been told and was not, by its action."""

    def near(self, places: Places, items: int) -> list[At]:
        """Return places that hidden steps reach in which to ask why a line cannot come: few, and near to it."""

    def keep(self, more: int) -> None:
        """Count what is remembered."""
