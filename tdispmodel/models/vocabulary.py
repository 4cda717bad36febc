"""The words of the base model: states, drivers, phases, beliefs, and the values of its constants."""

from __future__ import annotations

from enum import Enum


class Tdi(Enum):
    """The TDISP states of a TEE device interface. [PCIe 11.2]"""

    CONFIG_UNLOCKED = 0
    CONFIG_LOCKED = 1
    RUN = 2
    ERROR = 3


class Driver(Enum):
    """Which guest driver is bound: none, one that only prepares the device, or the one that operates it."""

    NONE = 0
    PREPARE = 1
    OPERATING = 2


class Mapping(Enum):
    """How the bound driver reaches the device: not at all, T=0 through shared memory, T=1 through private memory."""

    NONE = 0
    SHARED = 1
    PRIVATE = 2


class Phase(Enum):
    """How far the guest has come."""

    BOOT = 0
    INITRD = 1
    USERSPACE = 2
    SECRETS = 3


class Identity(Enum):
    """Whether the device is the one that the tenant means."""

    GENUINE = 0
    IMPOSTOR = 1


class Evidence(Enum):
    """Whose measurements userspace holds."""

    NONE = 0
    OF_GENUINE = 1
    OF_IMPOSTOR = 2


class Verdict(Enum):
    """What userspace believes that the relying party said about the evidence."""

    NONE = 0
    APPROVED = 1


class Preparation(Enum):
    """How often the T=0 prepare step ran since the device last lost its configuration."""

    NONE = 0
    ONCE = 1
    REPEATED = 2


class Result(Enum):
    """How the latest sysfs verb ended: 0, or the errno of the refusal."""

    DONE = 0
    EAGAIN = 1
    EBUSY = 2
    EINVAL = 3
    EIO = 4
    ENODEV = 5
    ENXIO = 6


class Kernel(Enum):
    """Whether drivers_autoprobe gates devices that are hot-added (v6.19: ea34511aaf75)."""

    BEFORE_6_19 = 0
    SINCE_6_19 = 1


class OperatingDriver(Enum):
    """How the operating driver comes: as a module, or built into the kernel."""

    MODULE = 0
    BUILTIN = 1


class Userspace(Enum):
    """Whom userspace binds: accepted devices; accepted devices with a verdict it believes; anything."""

    NAIVE = 0
    CAREFUL = 1
    ROGUE = 2


class Sleep(Enum):
    """Whether the guest is ever suspended, and whether devices keep their state then."""

    NEVER = 0
    KEEPS_STATE = 1
    LOSES_STATE = 2


class Initcalls(Enum):
    """How far the kernel's initcalls have come: devices attach; the late ones trigger the deferred list, twice."""

    RUNNING = 0
    RETRYING = 1
    OVER = 2


class Timeout(Enum):
    """The one-time timeout of deferred probing."""

    RUNNING = 0
    NEARLY_OVER = 1
    OVER = 2


class DeviceKind(Enum):
    """What a device is.  A topology is a list of kinds; the guest sees no more of it than a capability bit.

    TDISP: capable, genuine or an impostor, as the host likes.  NEEDS_PREPARE: capable, lockable only after a vendor
    step at T=0.  IMPOSTOR: capable, the host's own from the start.  PLAIN: without TDISP.  FAKED: without TDISP, shows
    the capability.  HIDDEN: capable, does not show it.
    """

    TDISP = 0
    NEEDS_PREPARE = 1
    IMPOSTOR = 2
    PLAIN = 3
    FAKED = 4
    HIDDEN = 5


class Bus(Enum):
    """Which bus a device is on: PCI, or one that is registered only after the initrd began."""

    PCI = 0
    LATER = 1


class SecretRule(Enum):
    """What must hold when secrets are deployed."""

    NONE = 0
    TOPOLOGY_LOCKED = 1
    PRIVATE_OR_UNBOUND = 2
