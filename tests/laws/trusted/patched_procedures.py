"""Helpers and procedures that a proposal replaces or restricts, and an action whose actor it changes."""

from tdispmodel.dsl import (
    Actor,
    Component,
    Each,
    Step,
    action,
    invariant,
    replaces,
    require,
    restricts,
    step_property,
)


class Device(Component):
    """A device."""

    ready: bool = False
    bound: bool = False

    @property
    def waits(self) -> bool:
        """Whether the device waits."""
        return self.ready and not self.bound


class Guest(Component):
    """The base."""

    devices: Each[Device]
    quiet: bool = False

    def may_bind(self, device: Device) -> bool:
        """Whether a driver may be bound."""
        return device.ready

    def set_bound(self, device: Device, bound: bool) -> None:
        """Change whether a driver is bound."""
        require(device.bound != bound)
        device.bound = bound

    @action(by=Actor.USERSPACE)
    def bind(self, device: Device) -> None:
        """Bind."""
        require(self.may_bind(device))
        self.set_bound(device, True)

    @action(by=Actor.USERSPACE)
    def unbind(self, device: Device) -> None:
        """Unbind."""
        self.set_bound(device, False)

    @action(by=Actor.HOST)
    def toggle(self, device: Device) -> None:
        """Make ready or not."""
        device.ready = not device.ready

    @action(by=Actor.HOST, fair=True)
    def hush(self) -> None:
        """Become quiet."""
        self.quiet = True


class Plan(Guest):
    """The proposal."""

    @replaces(Guest.may_bind)
    def may_bind(self, device: Device) -> bool:
        """Only one at a time."""
        return device.waits and not any(other.bound for other in self.devices)

    @replaces(Guest.set_bound)
    def set_bound(self, device: Device, bound: bool) -> None:
        """Change it, and be quiet."""
        require(not self.quiet or not bound)
        device.bound = bound
        self.quiet = True

    @restricts(Guest.toggle)
    def toggle(self, device: Device) -> None:
        require(not device.bound)

    @replaces(Guest.hush)
    @action(by=Actor.KERNEL, fair=False)
    def hush(self) -> None:
        """Speak again."""
        require(self.quiet)
        self.quiet = False


@invariant
def one_is_bound(now: Plan) -> bool:
    """The replaced helper keeps all but one from being bound."""
    return sum(device.bound for device in now.devices) <= 1


@step_property
def patched_actions_keep_their_names(now: Guest, after: Guest, step: Step) -> bool:
    """The base's names reach the proposal's actions."""
    return now.quiet is after.quiet or step.is_(Guest.hush) or step.is_(Plan.bind) or step.is_(Guest.unbind)
