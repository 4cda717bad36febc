"""Variables: what a state is made of.

A component is a class that derives from `Component`.  An annotated name with a value is a variable: a truth
value, a member of an enum, or an integer between two bounds.  The value is where it starts; `anything()` means
that it may start anywhere, `anything(A, B)` that it may start as one of these.  A method marked `@initially`
says what start states satisfy.

Figures, 1 device: 24 states, 30 transitions.  (Two truth values for `genuine` and two modes start, less the one
that `plausible` rules out: 3 starts.  Each goes through 2 phases and 4 numbers of retries; `boot` is possible
in 4 of these 8 states and `retry` in 6.)
"""

from enum import Enum, auto
from typing import Annotated

from tdispmodel.dsl import Actor, Component, Range, action, anything, initially, invariant, require


class Phase(Enum):
    """Members may have any distinct values; only their names matter."""

    BOOT = auto()
    RUNNING = auto()


class Mode(Enum):
    """Three members, of which the model starts in one of two."""

    FAST = "fast"
    SAFE = "safe"
    UNKNOWN = "unknown"


class Machine(Component):
    """A machine that boots and retries."""

    phase: Phase = Phase.BOOT
    secrets: bool = False
    retries: Annotated[int, Range(0, 3)] = 0
    genuine: bool = anything()
    mode: Mode = anything(Mode.FAST, Mode.SAFE)

    @initially
    def plausible(self) -> bool:
        """An impostor never starts in the safe mode."""
        return self.genuine or self.mode is Mode.FAST

    @action(by=Actor.KERNEL)
    def boot(self) -> None:
        """The kernel comes up."""
        require(self.phase is Phase.BOOT)
        self.phase = Phase.RUNNING

    @action(by=Actor.DEVICE)
    def retry(self) -> None:
        """The device asks once more."""
        require(self.retries < 3)
        self.retries += 1


@invariant
def an_unknown_mode_is_never_seen(now: Machine) -> bool:
    """No action changes the mode, so it stays one of the two that it starts as."""
    return now.mode is not Mode.UNKNOWN and not now.secrets
