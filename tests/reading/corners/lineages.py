"""Parts of derived kinds, removal in the middle, steps named through several classes."""
# ruff: noqa: I001, ARG001  # corners of the language, written as nobody should

from __future__ import annotations

from tdispmodel.dsl import (
    Actor,
    Component,
    Constant,
    Each,
    Step,
    action,
    initially,
    must_be_possible,
    needs,
    never_endless,
)
from tdispmodel.dsl import removes, replaces, require, restricts, step_property


class Thing(Component):
    """The oldest ancestor."""

    on: bool = False
    fast: Constant[bool] = False

    @action(by=Actor.HOST, fair=True)
    def toggle(self) -> None:
        """Switch it."""
        self.on = not self.on

    @action(by=Actor.HOST)
    def stop(self) -> None:
        """Taken away below."""
        self.on = False

    def good(self) -> bool:
        """Replaced below."""
        return self.on or self.fast


class Better(Thing):
    """Derives, and changes a start value."""

    on = True
    used: bool = False

    @restricts(Thing.toggle)
    def toggle(self) -> None:
        require(not self.used or self.fast)

    @replaces(Thing.good)
    def good(self) -> bool:
        """Also looks at what is new."""
        return self.on and not self.used


class Best(Better):
    """Derives again."""

    fast = True

    @restricts(Better.toggle)
    def toggle(self) -> None:
        require(self.good() or not self.on)


class Holder(Component):
    """Holds things."""

    things: Each[Thing]
    one: Thing

    @initially
    def one_is_off(self) -> bool:
        return not self.one.on or self.one.good()

    @action(by=Actor.KERNEL)
    def use(self, thing: Thing) -> None:
        """A parameter ranges over all things, those of parts too."""
        require(thing.good())
        thing.on = False

    @action(by=Actor.KERNEL)
    def copy(self, thing: Thing) -> None:
        """Reads the part, changes the parameter."""
        thing.on = self.one.on


@removes(Thing.stop, Holder.copy)
class Final(Holder):
    """All things are of one kind now."""

    things: Each[Best]
    one: Best

    @replaces(Holder.use)
    @action(by=Actor.USERSPACE, fair=False)
    def use(self, thing: Best) -> None:
        """Notes the use."""
        require(thing.good())
        thing.on = False
        thing.used = True

    @initially
    def some_are_good(self) -> bool:
        return any(thing.good() for thing in self.things)


@step_property
def toggled(now: Thing, after: Thing, step: Step) -> bool:
    """Whoever asks by the oldest name means the action of every derived class."""
    return now.on is after.on or step.is_(Thing.toggle, now) or step.is_(Holder.use, now)


@step_property
def removed_never_happens(now: Final, after: Final, step: Step) -> bool:
    """Removed actions can be named, and are never taken."""
    return not step.is_(Thing.stop) and not step.is_(Holder.copy) and step.actor in (Actor.HOST, Actor.USERSPACE)


@step_property
def parts_move_alone(now: Holder, after: Holder, step: Step) -> bool:
    """Before and after, pairwise."""
    changed = sum(a.on is not b.on for a, b in zip(now.things, after.things, strict=False))
    return changed + (1 if now.one.on != after.one.on else 0) <= 1


@never_endless
def switching(now: Final, after: Final) -> bool:
    """Steps without a name for the step."""
    return len(after.things) == len(now.things) and now.one.on is not after.one.on


@must_be_possible
def a_use(now: Final, after: Final, step: Step) -> bool:
    """A step as a witness."""
    return any(step.is_(Holder.use, thing) and after.one.on for thing in now.things)


@needs("Better.used", "Thing.good")
@must_be_possible
def all_used(now: Final, thing: Thing) -> bool:
    """A state, with an instance."""
    return thing.on or any(other is not thing and other.used for other in now.things)
