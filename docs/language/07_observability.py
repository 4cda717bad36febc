"""Observability: who can see what.

`HiddenFrom(Actor.USERSPACE)` in an annotation says that userspace cannot see a variable: a guard of userspace
that reads it, itself or through a helper, is refused.  A `Ghost` is hidden from all: it only serves properties.
What an actor believes is another variable than what is true.  A request that can be refused always happens; whether
it was refused is its result, since an actor cannot know beforehand.  Constants, of the root and of instances, are
hidden alike, around `Constant[...]`: an actor may not act on them before an effect has told it.

Figures, 1 device: 7 states, 14 transitions.  (The start, and after the first `lock` every combination of locked
or not and three results; `lock` in all 7, `unlock` in the 3 that are locked, `read_result` in the 4 with a
result.  By default the device can be locked.)
"""

from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import Actor, Component, Constant, Ghost, HiddenFrom, action, invariant, require


class Result(Enum):
    """What userspace got back."""

    NONE = auto()
    DONE = auto()
    REFUSED = auto()


class Device(Component):
    """A device that may be locked, as userspace sees it."""

    can_lock: Annotated[Constant[bool], HiddenFrom(Actor.USERSPACE)] = True
    locked: Annotated[bool, HiddenFrom(Actor.USERSPACE, Actor.RELYING_PARTY)] = False
    result: Result = Result.NONE
    was_locked_once: Annotated[bool, Ghost] = False

    @action(by=Actor.USERSPACE)
    def lock(self) -> None:
        """Userspace asks for the lock; the device refuses a second one, and some devices the first."""
        self.result = Result.DONE if self.can_lock and not self.locked else Result.REFUSED
        self.was_locked_once = True
        self.locked = self.can_lock

    @action(by=Actor.HOST)
    def unlock(self) -> None:
        """The host sees and ends the lock."""
        require(self.locked)
        self.locked = False

    @action(by=Actor.USERSPACE)
    def read_result(self) -> None:
        """Userspace reads the result, which is then gone."""
        require(self.result is not Result.NONE)
        self.result = Result.NONE


@invariant
def a_lock_was_once_asked_for(now: Device) -> bool:
    """Properties read what is true, hidden or not."""
    return not now.locked or now.was_locked_once
