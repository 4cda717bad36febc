"""bench-tdi: a state machine on which model checkers are compared; its states, transitions and depth are known.

For N devices there are 3^N + 2*47^N + 46^N states, 3^N + 47^N + 44^N + N*(4*3^(N-1) + 312*47^(N-1) + 155*46^(N-1))
transitions, and the last new state is 12*N + 3 steps away.  benchmarks/README.md says how to repeat a measurement.
"""

from enum import Enum, auto

from tdispmodel.dsl import Actor, Component, Each, action, invariant, require


class Tdi(Enum):
    """The state of a TDI."""

    CONFIG_UNLOCKED = auto()
    CONFIG_LOCKED = auto()
    RUN = auto()
    ERROR = auto()


class Driver(Enum):
    """Which driver is bound, and whether the operating one touches the device as untrusted or as trusted."""

    NONE = auto()
    PREPARE = auto()
    OPERATING_UNTRUSTED = auto()
    OPERATING_TRUSTED = auto()


class Phase(Enum):
    """How far the guest has come."""

    BOOT = auto()
    INITRD = auto()
    USERSPACE = auto()
    SECRETS = auto()


class Device(Component):
    """One device and what the guest noted about it."""

    tdi: Tdi = Tdi.CONFIG_UNLOCKED
    driver: Driver = Driver.NONE
    prepared: bool = False
    measured: bool = False
    verified: bool = False
    accepted: bool = False
    deferred: bool = False

    @action(by=Actor.KERNEL)
    def retrigger(self) -> None:
        """Deferred probes are triggered again."""
        require(self.deferred)
        self.deferred = False

    @action(by=Actor.KERNEL)
    def finish_prepare(self) -> None:
        """The prepare driver is done and unbinds."""
        require(self.driver is Driver.PREPARE)
        self.driver = Driver.NONE
        self.prepared = True

    @action(by=Actor.USERSPACE)
    def measure(self) -> None:
        """Measurements of the locked device are fetched."""
        require(self.tdi is Tdi.CONFIG_LOCKED and not self.measured)
        self.measured = True

    @action(by=Actor.RELYING_PARTY)
    def verify(self) -> None:
        """The relying party approves the measurements."""
        require(self.tdi is Tdi.CONFIG_LOCKED and self.measured and not self.verified)
        self.verified = True

    @action(by=Actor.KERNEL)
    def start(self) -> None:
        """The device is started."""
        require(self.tdi is Tdi.CONFIG_LOCKED and self.verified)
        self.tdi = Tdi.RUN

    @action(by=Actor.USERSPACE)
    def accept(self) -> None:
        """The running device is accepted."""
        require(self.tdi is Tdi.RUN and not self.accepted)
        self.accepted = True

    @action(by=Actor.USERSPACE)
    def bind_operating(self) -> None:
        """The operating driver is bound to the accepted device."""
        require(self.accepted and self.tdi is Tdi.RUN and self.driver is Driver.NONE)
        self.driver = Driver.OPERATING_TRUSTED

    @action(by=Actor.USERSPACE)
    def unbind(self) -> None:
        """The operating driver is unbound."""
        require(self.driver in (Driver.OPERATING_UNTRUSTED, Driver.OPERATING_TRUSTED))
        self.driver = Driver.NONE

    @action(by=Actor.HOST)
    def error(self) -> None:
        """The host puts the device into the error state."""
        require(self.tdi in (Tdi.CONFIG_LOCKED, Tdi.RUN))
        self.tdi = Tdi.ERROR

    @action(by=Actor.USERSPACE)
    def unlock(self) -> None:
        """The device is unlocked, and what was known of it forgotten."""
        require(self.tdi is not Tdi.CONFIG_UNLOCKED and self.driver is Driver.NONE)
        self.tdi = Tdi.CONFIG_UNLOCKED
        self.measured = False
        self.verified = False
        self.accepted = False

    @action(by=Actor.HOST)
    def reset(self) -> None:
        """The host resets the device; whether it was accepted is left as it was."""
        require(self.tdi is not Tdi.CONFIG_UNLOCKED)
        self.tdi = Tdi.CONFIG_UNLOCKED
        self.measured = False
        self.verified = False

    @action(by=Actor.KERNEL)
    def revoke(self) -> None:
        """Acceptance of a device that no longer runs is taken back."""
        require(self.accepted and self.tdi is not Tdi.RUN)
        self.accepted = False


class Machine(Component):
    """A guest with its devices."""

    devices: Each[Device]
    phase: Phase = Phase.BOOT
    autoprobe: bool = True

    @action(by=Actor.KERNEL)
    def start_initrd(self) -> None:
        """The initrd starts and turns automatic probing off."""
        require(self.phase is Phase.BOOT)
        self.phase = Phase.INITRD
        self.autoprobe = False

    @action(by=Actor.USERSPACE)
    def start_userspace(self) -> None:
        """Userspace proper starts."""
        require(self.phase is Phase.INITRD)
        self.phase = Phase.USERSPACE

    @action(by=Actor.RELYING_PARTY)
    def deploy_secrets(self) -> None:
        """Secrets come once every device has no driver or the trusted one."""
        require(self.phase is Phase.USERSPACE)
        require(all(device.driver in (Driver.NONE, Driver.OPERATING_TRUSTED) for device in self.devices))
        self.phase = Phase.SECRETS

    @action(by=Actor.KERNEL)
    def autobind(self, device: Device) -> None:
        """Automatic probing binds the operating driver to an unlocked device."""
        require(self.autoprobe and not device.deferred)
        require(device.driver is Driver.NONE and device.tdi is Tdi.CONFIG_UNLOCKED)
        device.driver = Driver.OPERATING_UNTRUSTED

    @action(by=Actor.KERNEL)
    def defer_probe(self, device: Device) -> None:
        """Automatic probing defers a device that is not accepted."""
        require(self.autoprobe and device.driver is Driver.NONE and not device.deferred and not device.accepted)
        device.deferred = True

    @action(by=Actor.USERSPACE)
    def bind_prepare(self, device: Device) -> None:
        """The prepare driver is bound."""
        require(self.phase is not Phase.BOOT and not device.prepared)
        require(device.driver is Driver.NONE and device.tdi is Tdi.CONFIG_UNLOCKED)
        device.driver = Driver.PREPARE

    @action(by=Actor.USERSPACE)
    def lock(self, device: Device) -> None:
        """A prepared device is locked."""
        require(self.phase is not Phase.BOOT and device.prepared)
        require(device.driver is Driver.NONE and device.tdi is Tdi.CONFIG_UNLOCKED)
        device.tdi = Tdi.CONFIG_LOCKED


@invariant(code="TDM801")
def verified_implies_measured(now: Machine) -> bool:
    """What is verified was measured."""
    return all(not device.verified or device.measured for device in now.devices)


@invariant(code="TDM802")
def run_implies_verified(now: Machine) -> bool:
    """A running device was verified."""
    return all(device.tdi is not Tdi.RUN or device.verified for device in now.devices)


@invariant(code="TDM803")
def operating_driver_only_in_run(now: Machine) -> bool:
    """The trusted operating driver is bound only to a running device (violated: the host may err or reset)."""
    return all(device.driver is not Driver.OPERATING_TRUSTED or device.tdi is Tdi.RUN for device in now.devices)


@invariant(code="TDM804")
def autoprobe_ends_with_boot(now: Machine) -> bool:
    """Automatic probing is on only while the guest boots; its premise is never met, so it holds vacuously."""
    is_on_later = now.autoprobe and now.phase is not Phase.BOOT
    return False if is_on_later else True  # noqa: SIM211  # an implication whose premise is the whole bad state
