"""Patches: a proposal says what it changes, with a verb.

A class that derives from a component inherits everything.  `x = value` moves a start value, or fixes a
constant. `@removes(Base.action)` above the class takes an action away, `@replaces` above a method gives it
another body, `@restricts` above a method adds conditions and nothing else.  Writing the same name again without
a verb is refused. The model of a file is the one component that no other component of the file holds or
extends: here `Careful`.

Figures, 1 device: 3 states, 2 transitions.  (Verified, then bound; nothing leads back, since `crash` is
removed.)
"""

from enum import Enum, auto

from tdispmodel.dsl import (
    Actor,
    Component,
    Constant,
    Step,
    action,
    invariant,
    removes,
    replaces,
    require,
    restricts,
    step_property,
)


class Kernel(Enum):
    """Which kernel runs."""

    OLD = auto()
    NEW = auto()


class Guest(Component):
    """Binds as soon as it can."""

    kernel: Constant[Kernel] = Kernel.NEW
    autoprobe: bool = True
    verified: bool = False
    bound: bool = False

    @action(by=Actor.KERNEL)
    def attach(self) -> None:
        """The kernel binds by itself."""
        require(self.autoprobe)
        self.bound = True

    @action(by=Actor.USERSPACE)
    def verify(self) -> None:
        """Userspace looks at the evidence."""
        require(not self.verified)
        self.verified = True

    @action(by=Actor.USERSPACE)
    def bind(self) -> None:
        """Userspace binds."""
        require(not self.bound)
        self.bound = True

    @action(by=Actor.HOST)
    def crash(self) -> None:
        """The host ends it all."""
        self.bound = False


@removes(Guest.crash)
class Careful(Guest):
    """Binds only what was verified."""

    autoprobe = False
    kernel = Kernel.OLD

    @replaces(Guest.verify)
    def verify(self) -> None:
        """Userspace looks at the evidence, on the old kernel only."""
        require(not self.verified and self.kernel is Kernel.OLD)
        self.verified = True

    @restricts(Guest.bind)
    def bind(self) -> None:
        """The text of a restricted action stays that of the base."""
        require(self.verified)


@invariant
def bound_is_verified(now: Guest) -> bool:
    """A property about the base is asked of everything that derives from it."""
    return not now.bound or now.verified


@step_property
def only_bind_binds(now: Guest, after: Guest, step: Step) -> bool:
    """An action is named by the class that declared it first, also where it was replaced or removed."""
    return now.bound or not after.bound or (step.is_(Guest.bind) and not step.is_(Guest.crash))
