"""Possibility: what can still be reached.

`@stays_possible(after=P) f`: from every reachable state in which P holds, f can be reached by moves of the
kernel, of userspace, of the relying party and of the environment; without `after`, from every reachable state.
`@must_be_possible f`: without a step of the host f becomes true in some state, or, with three parameters, on some
step.  Every proposal should have such a witness: a model in which nothing happens has no faults either.

Figures, 1 device: 3 states, 5 transitions.  (`start` from 1 state, `fail` and `recover` from 2 each.)
Figures, 2 devices: 9 states, 30 transitions.  (Two independent copies.)
"""

from enum import Enum, auto

from tdispmodel.dsl import Actor, Component, Each, Step, action, must_be_possible, require, stays_possible


class Tdi(Enum):
    """Three of the states of a TDI."""

    UNLOCKED = auto()
    RUN = auto()
    ERROR = auto()


class Device(Component):
    """A device that runs and fails."""

    tdi: Tdi = Tdi.UNLOCKED

    def runs(self) -> bool:
        """Whether the device is in its trusted state."""
        return self.tdi is Tdi.RUN


class Guest(Component):
    """Brings devices to RUN and recovers them."""

    devices: Each[Device]

    @action(by=Actor.KERNEL)
    def start(self, device: Device) -> None:
        """The kernel brings a device to RUN."""
        require(device.tdi is Tdi.UNLOCKED)
        device.tdi = Tdi.RUN

    @action(by=Actor.HOST)
    def fail(self, device: Device) -> None:
        """The host makes a device fail."""
        require(device.tdi is not Tdi.ERROR)
        device.tdi = Tdi.ERROR

    @action(by=Actor.USERSPACE)
    def recover(self, device: Device) -> None:
        """Userspace resets a device, failed or running."""
        require(device.tdi is not Tdi.UNLOCKED)
        device.tdi = Tdi.UNLOCKED


@stays_possible
def run_can_be_reached(now: Device) -> bool:
    """Whatever happened, the device can come back to RUN."""
    return now.runs()


@stays_possible(after=lambda now: now.tdi is Tdi.ERROR)
def failed_devices_can_recover(now: Device) -> bool:
    """The same question, asked only of failed devices."""
    return now.tdi is Tdi.UNLOCKED


@must_be_possible
def all_devices_run(now: Guest) -> bool:
    """The witness: some behaviour brings all devices to RUN."""
    return all(device.runs() for device in now.devices)


@must_be_possible
def a_running_device_is_reset(now: Device, after: Device, step: Step) -> bool:
    """Some step is a reset of a running device: it needs no failure, which would be the host's."""
    return now.runs() and after.tdi is Tdi.UNLOCKED and step.is_(Guest.recover, now)
