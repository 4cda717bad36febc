"""Which line of a log shows which step of the model: data, with the kernel function that prints the line.

`FORMS` are lines by name: what they tell (an `Event`), of which source, and how early they come among those that one
step writes.  `RULES` say which steps show an event, and `FACTS` in which states one may be told without a step.  Where
a model cannot tell whether a line is written, the rule lets it be.  Variables and actions are those of the base model;
a rule about a variable that a model does not have says nothing about that model.

Sources: drivers/base/dd.c, bus.c and core.c, drivers/pci (probe.c, remove.c, hotplug/pciehp_ctrl.c, pcie/aer.c,
pcie/err.c), init/main.c, kernel/power/suspend.c of Linux 6.12 and 7.2; the order of lines and uevents was observed on
both.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from tdispmodel.analysing.conforming.observations import Source
from tdispmodel.ir.expressions import Value


class Event(Enum):
    """What lines tell."""

    PROBED = "a driver's probe is tried"
    DEFERS = "a probe defers"
    FAILED = "a probe fails"
    FORCED = "a probe is deferred because the guest is suspended"
    QUEUED = "a device is put on the deferred list"
    DEQUEUED = "a device is taken off the deferred list"
    RETRIED = "the deferred-probe worker tries a device again"
    PENDING = "a device is on the deferred list"
    EXTENDED = "the deferral timeout starts anew"
    BOUND = "a driver is bound"
    UNBOUND = "a driver is unbound"
    ARRIVED = "a device appears"
    GONE = "a device disappears"
    PLUGGED = "a device is plugged in"
    UNPLUGGED = "a device is unplugged"
    FATAL = "a fatal error is reported"
    RECOVERING = "recovery from an error begins"
    RESET = "the link is reset"
    RECOVERED = "recovery from an error ends"
    REGISTERED = "the operating driver registers"
    TSM_REGISTERED = "the TSM registers"
    TSM_GONE = "the TSM goes away"
    UNLOCK_WARNED = "a device with a driver is not unlocked"
    CAPABLE = "a device shows TDISP"
    INITRD = "the first userspace instruction runs"
    SUSPENDED = "the guest is suspended"
    RESUMED = "the guest resumes"
    MARKED = "userspace says what it did"


class Form(NamedTuple):
    """A kind of line: its source, what it tells, its rank among the lines of one step, and what prints it."""

    source: Source
    event: Event
    rank: int
    origin: str


K, U, F = Source.KERNEL, Source.UEVENTS, Source.FTRACE

FORMS: dict[str, Form] = {
    # --- kernel log
    "init runs": Form(K, Event.INITRD, 1, "run_init_process"),
    "suspend entry": Form(K, Event.SUSPENDED, 2, "enter_state"),
    "suspend exit": Form(K, Event.RESUMED, 3, "enter_state"),
    "unlock warning": Form(K, Event.UNLOCK_WARNED, 4, "pci_tsm_unlock"),
    "driver added": Form(K, Event.REGISTERED, 5, "bus_add_driver"),
    "timeout extended": Form(K, Event.EXTENDED, 6, "deferred_probe_extend_timeout"),
    "link down": Form(K, Event.UNPLUGGED, 7, "pciehp_handle_presence_or_link_change"),
    "card not present": Form(K, Event.UNPLUGGED, 8, "pciehp_handle_presence_or_link_change"),
    "device removed": Form(K, Event.GONE, 10, "bus_remove_device"),
    "card present": Form(K, Event.PLUGGED, 11, "pciehp_handle_presence_or_link_change"),
    "link up": Form(K, Event.PLUGGED, 12, "pciehp_handle_presence_or_link_change"),
    "enumerated": Form(K, Event.ARRIVED, 13, "pci_setup_device"),
    "capability": Form(K, Event.CAPABLE, 14, "pci_tsm_init"),
    "device added": Form(K, Event.ARRIVED, 15, "bus_add_device"),
    "retried": Form(K, Event.RETRIED, 20, "deferred_probe_work_func"),
    "matched": Form(K, Event.PROBED, 21, "__driver_probe_device"),
    "probing": Form(K, Event.PROBED, 22, "really_probe"),
    "forced deferral": Form(K, Event.FORCED, 23, "really_probe"),
    "defers": Form(K, Event.DEFERS, 24, "call_driver_probe"),
    "failed": Form(K, Event.FAILED, 24, "call_driver_probe"),
    "driver bound": Form(K, Event.BOUND, 24, "driver_bound"),
    "dequeued": Form(K, Event.DEQUEUED, 25, "driver_deferred_probe_del"),
    "bound device": Form(K, Event.BOUND, 26, "really_probe"),
    "returned 0": Form(K, Event.BOUND, 27, "really_probe_debug"),
    "returned deferral": Form(K, Event.DEFERS, 27, "really_probe_debug"),
    "returned error": Form(K, Event.FAILED, 27, "really_probe_debug"),
    "queued": Form(K, Event.QUEUED, 28, "driver_deferred_probe_add"),
    "still pending": Form(K, Event.PENDING, 29, "deferred_probe_timeout_work_func"),
    "fatal error": Form(K, Event.FATAL, 30, "aer_isr_one_error"),
    "link reset": Form(K, Event.RESET, 32, "aer_root_reset"),
    "recovery ended": Form(K, Event.RECOVERED, 33, "pcie_do_recovery"),
    "kernel marker": Form(K, Event.MARKED, 50, "devkmsg_write"),
    # --- uevents
    "unbind uevent": Form(U, Event.UNBOUND, 1, "device_unbind_cleanup"),
    "remove uevent": Form(U, Event.GONE, 2, "device_del"),
    "add uevent": Form(U, Event.ARRIVED, 3, "device_add"),
    "bind uevent": Form(U, Event.BOUND, 4, "driver_bound"),
    "driver uevent": Form(U, Event.REGISTERED, 5, "bus_add_driver"),
    "module uevent": Form(U, Event.REGISTERED, 6, "do_init_module"),
    "recovery begins uevent": Form(U, Event.RECOVERING, 7, "pci_uevent_ers"),
    "recovery ended uevent": Form(U, Event.RECOVERED, 8, "pci_uevent_ers"),
    "tsm added uevent": Form(U, Event.TSM_REGISTERED, 1, "tsm_register"),
    "tsm changed uevent": Form(U, Event.TSM_REGISTERED, 2, "tsm_register"),
    "tsm removed uevent": Form(U, Event.TSM_GONE, 1, "tsm_unregister"),
    # --- ftrace
    "aer_event": Form(F, Event.FATAL, 9, "trace_aer_event"),
    "module_load": Form(F, Event.REGISTERED, 1, "trace_module_load"),
    "hp link down": Form(F, Event.UNPLUGGED, 2, "trace_pci_hp_event"),
    "hp card not present": Form(F, Event.UNPLUGGED, 3, "trace_pci_hp_event"),
    "hp card present": Form(F, Event.PLUGGED, 4, "trace_pci_hp_event"),
    "hp link up": Form(F, Event.PLUGGED, 5, "trace_pci_hp_event"),
    "trace marker": Form(F, Event.MARKED, 50, "tracing_mark_write"),
}


class When(NamedTuple):
    """A condition on a step: the variable (``device.``: of the device in question), its values before and after.

    None: any value.  Of a fact only ``before`` is looked at, in the state itself.
    """

    variable: str
    before: tuple[Value, ...] | None = None
    after: tuple[Value, ...] | None = None


class Rule(NamedTuple):
    """Which steps show an event: by one of ``actions`` (empty: any), none of ``never``, where all of ``when`` hold.

    ``certain``: such a step always shows it; otherwise it may.
    """

    event: Event
    when: tuple[When, ...]
    actions: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    certain: bool = True
    detail: str = ""


QUEUING = frozenset(
    {
        "attach_on_arrival",
        "attach_prepare_on_arrival",
        "load_module",
        "load_shared_module",
        "retry_deferred",
        "drivers_probe",
        "new_id",
    }
)
ASKING = frozenset({"bind", "bind_prepare"})
ATTACHING = QUEUING | ASKING
RETRY = frozenset({"retry_deferred"})
ERRORS = frozenset({"fault", "error"})
HOT_RESET = frozenset({"hot_reset"})
RECOVERY = frozenset({"recover_from_error"})

OFF, ON = (False,), (True,)
NONE = ("NONE",)
UNBOUND = When("device.driver", NONE, NONE)
FREE = (When("device.present", ON), When("device.driver", NONE))

RULES: tuple[Rule, ...] = (
    Rule(Event.PROBED, FREE, QUEUING, certain=False),
    Rule(Event.PROBED, (*FREE, When("result", None, ("DONE", "EAGAIN", "EIO"))), ASKING, certain=False),
    Rule(Event.DEFERS, (*FREE, UNBOUND, When("device.deferred", None, ON)), QUEUING),
    Rule(Event.DEFERS, (*FREE, UNBOUND, When("result", None, ("EAGAIN",))), ASKING),
    Rule(Event.FAILED, (*FREE, UNBOUND, When("device.deferred", None, OFF)), QUEUING, certain=False),
    Rule(Event.FAILED, (*FREE, UNBOUND, When("result", None, ("EIO",))), ASKING),
    Rule(Event.FORCED, (*FREE, UNBOUND, When("suspended", ON)), ATTACHING, certain=False),
    Rule(Event.QUEUED, (When("device.deferred", OFF, ON),)),
    Rule(Event.QUEUED, (When("device.deferred", ON, ON),), RETRY),
    Rule(Event.DEQUEUED, (When("device.deferred", ON, OFF),), never=RETRY, certain=False),
    Rule(Event.RETRIED, (When("device.deferred", ON),), RETRY),
    Rule(Event.BOUND, (When("device.driver", ("NONE", "PREPARE"), ("OPERATING",)),), detail="OPERATING"),
    Rule(Event.BOUND, (When("device.driver", ("NONE", "OPERATING"), ("PREPARE",)),), detail="PREPARE"),
    Rule(Event.UNBOUND, (When("device.driver", ("OPERATING", "PREPARE"), NONE),)),
    Rule(Event.ARRIVED, (When("device.present", OFF, ON),)),
    Rule(Event.ARRIVED, (When("device.present", ON, ON),), frozenset({"rescan"})),
    Rule(Event.GONE, (When("device.present", ON, OFF),)),
    Rule(Event.GONE, (When("device.present", ON, ON),), frozenset({"rescan"})),
    Rule(Event.PLUGGED, (When("device.present", OFF, ON),), frozenset({"hot_add"})),
    Rule(Event.UNPLUGGED, (When("device.present", ON, OFF),), frozenset({"remove"})),
    Rule(Event.FATAL, (When("device.present", ON),), ERRORS | HOT_RESET, certain=False),
    Rule(Event.RECOVERING, (When("device.present", ON),), RECOVERY | HOT_RESET, certain=False),
    Rule(Event.RESET, (When("device.present", ON),), RECOVERY),
    Rule(Event.RESET, (When("device.present", ON),), HOT_RESET, certain=False),
    Rule(Event.RECOVERED, (When("device.present", ON),), RECOVERY),
    Rule(Event.RECOVERED, (When("device.present", ON),), HOT_RESET, certain=False),
    Rule(Event.REGISTERED, (When("driver_loaded", OFF, ON),)),
    Rule(Event.TSM_REGISTERED, (When("tsm_registered", OFF, ON),)),
    Rule(Event.TSM_GONE, (When("tsm_registered", ON, OFF),)),
    Rule(
        Event.UNLOCK_WARNED,
        (
            When("tsm_registered", ON, OFF),
            When("device.tsm_context", ON),
            When("device.driver", ("OPERATING", "PREPARE")),
        ),
    ),
    Rule(Event.INITRD, (When("phase", ("BOOT",), ("INITRD",)),)),
    Rule(Event.SUSPENDED, (When("suspended", OFF, ON),)),
    Rule(Event.RESUMED, (When("suspended", ON, OFF),)),
)

FACTS: tuple[Rule, ...] = (
    # devices that are there at boot were announced before the first step
    Rule(Event.ARRIVED, (When("phase", ("BOOT",)), When("device.present", ON), When("device.arrived", ON))),
    Rule(Event.REGISTERED, (When("phase", ("BOOT",)), When("driver_loaded", ON))),
    Rule(Event.PENDING, (When("device.deferred", ON),)),
    # printed for whichever driver registers
    Rule(Event.EXTENDED, (When("timeout", ("RUNNING", "NEARLY_OVER")),)),
    Rule(Event.CAPABLE, (When("device.present", ON), When("device.shows_tdisp", ON))),
)

ABOUT_NO_DEVICE = frozenset(
    {
        Event.REGISTERED,
        Event.EXTENDED,
        Event.TSM_REGISTERED,
        Event.TSM_GONE,
        Event.INITRD,
        Event.SUSPENDED,
        Event.RESUMED,
        Event.MARKED,
    }
)
