"""Step properties: what is true of every step.

A step property has two or three parameters: the state before, the state after, and the step.  `step.actor` is
who acts, `step.is_(Host.swap, device)` whether it is this action with this instance.  `zip(now.devices,
after.devices)` goes through the instances before and after the step.

Figures, 1 device: 3 states, 5 transitions.  (`arm` from both states in which it is not armed, `fire` where it
is armed, `calm` where it is armed or fired.)
Figures, 2 devices: 9 states, 30 transitions.  (Two independent copies.)
"""

from enum import Enum, auto

from tdispmodel.dsl import Actor, Component, Each, Step, action, require, step_property


class Alarm(Enum):
    """What a device does."""

    CALM = auto()
    ARMED = auto()
    FIRED = auto()


class Device(Component):
    """A device with an alarm; its own action concerns itself."""

    alarm: Alarm = Alarm.CALM

    @action(by=Actor.DEVICE)
    def fire(self) -> None:
        """An armed alarm goes off."""
        require(self.alarm is Alarm.ARMED)
        self.alarm = Alarm.FIRED


class Guest(Component):
    """Arms and calms."""

    devices: Each[Device]

    @action(by=Actor.KERNEL)
    def arm(self, device: Device) -> None:
        """The kernel arms an alarm."""
        require(device.alarm is not Alarm.ARMED)
        device.alarm = Alarm.ARMED

    @action(by=Actor.USERSPACE)
    def calm(self, device: Device) -> None:
        """Userspace calms an alarm."""
        require(device.alarm in (Alarm.ARMED, Alarm.FIRED))
        device.alarm = Alarm.CALM


@step_property
def only_armed_alarms_fire(now: Device, after: Device) -> bool:
    """Without the third parameter, only the two states matter."""
    return not (now.alarm is not Alarm.FIRED and after.alarm is Alarm.FIRED) or now.alarm is Alarm.ARMED


@step_property
def kernel_and_userspace_never_fire(now: Device, after: Device, step: Step) -> bool:
    """Who acts is part of a step."""
    fires = now.alarm is not after.alarm and after.alarm is Alarm.FIRED
    return not fires or (step.actor not in (Actor.KERNEL, Actor.USERSPACE) and step.actor is Actor.DEVICE)


@step_property
def fire_concerns_its_own_device(now: Device, after: Device, step: Step) -> bool:
    """For an action of a part, the first instance is the one that has it."""
    return now.alarm is after.alarm or after.alarm is not Alarm.FIRED or step.is_(Device.fire, now)


@step_property
def arming_concerns_the_device_it_names(now: Device, after: Device, step: Step) -> bool:
    """For an action of the root, the instances are its parameters."""
    return step.is_(Guest.arm, now) == (now.alarm is not Alarm.ARMED and after.alarm is Alarm.ARMED)


@step_property
def one_device_at_a_time(now: Guest, after: Guest, step: Step) -> bool:
    """Pairs of the same instance before and after: at most one changes."""
    changed = sum(before.alarm is not later.alarm for before, later in zip(now.devices, after.devices, strict=True))
    return changed == 1 or step.is_(Guest.calm)
