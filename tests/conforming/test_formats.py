"""Lines of logs as they were recorded on unmodified kernels, or as the kernel's format strings print them, are understood."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from tdispmodel.analysing.conforming.conform import results_of
from tdispmodel.analysing.conforming.naming import Names, Vocabulary, given as names_given, observations
from tdispmodel.analysing.conforming.observations import Item, Log, Source
from tdispmodel.analysing.conforming.readers import kernel
from tdispmodel.analysing.conforming.readers.files import log_of
from tdispmodel.analysing.conforming.showing import speaks_of
from tdispmodel.analysing.conforming.table import FACTS, FORMS, RULES
from tdispmodel.source import Rejected
from tests.conforming.oracle import system_of
from tests.conforming.simulating import EVENTS, MESSAGES, TRACES

KERNEL_LINES = [
    ("pci 0000:01:00.0: bus: 'pci': __driver_probe_device: matched device with driver e1000e", "matched", "e1000e"),
    ("pci 0000:01:00.0: bus: 'pci': really_probe: probing driver e1000e with device", "probing", "e1000e"),
    ("e1000e 0000:01:00.0: driver: 'e1000e': driver_bound: bound to device", "driver bound", "e1000e"),
    ("e1000 0000:00:03.0: probe with driver e1000 failed with error -5", "failed", "e1000"),
    ("lab_defer lab_defer: Driver lab_defer requests probe deferral", "defers", "lab_defer"),
    ("platform lab_defer: Added to deferred list", "queued", ""),
    ("platform lab_defer: Retrying from deferred list", "retried", ""),
    ("platform lab_defer: deferred probe pending: lab_defer: TEE acceptance pending", "still pending", ""),
    ("Extended deferred probe timeout by 10 secs", "timeout extended", ""),
    ("bus: 'pci': add device 0000:01:00.0", "device added", ""),
    ("bus: 'pci': remove device 0000:01:00.0", "device removed", ""),
    ("bus: 'pci': add driver e1000e", "driver added", "e1000e"),
    ("probe of 0000:01:00.0 returned 0 after 135 usecs", "returned 0", ""),
    ("probe of 0000:01:00.0 returned -517 after 20 usecs", "returned deferral", ""),
    ("probe of 0000:01:00.0 returned -5 after 20 usecs", "returned error", ""),
    ("pcieport 0000:00:04.0: pciehp: Slot(1): Card present", "card present", ""),
    ("pcieport 0000:00:04.0: pciehp: Slot(1): Link Up", "link up", ""),
    ("pci 0000:01:00.0: [8086:10d3] type 00 class 0x020000 PCIe Endpoint", "enumerated", ""),
    (
        "pcieport 0000:00:04.0: AER: Uncorrectable (Fatal) error message received from 0000:00:04.0",
        "fatal error",
        "",
    ),
    ("pcieport 0000:00:04.0: AER: Root Port link has been reset (0)", "link reset", ""),
    ("pcieport 0000:00:04.0: AER: device recovery failed", "recovery ended", ""),
    ("tdisp: accept 0000:01:00.0 DONE", "kernel marker", "accept 0000:01:00.0 DONE"),
]
SILENT = [
    "pcieport 0000:00:04.0: pciehp: Slot(1): Button press: will power on in 5 sec",
    "pci 0000:01:00.0: AER: can't recover (no error_detected callback)",
    "PCIe Bus Error: severity=Uncorrectable (Fatal), type=Transaction Layer, (Receiver ID)",
    "usb 1-1: new high-speed USB device number 2",
]
MARKED_EVENT = """\
monitor will print the received events for:
KERNEL - the kernel uevent

KERNEL[8.100000] {action}      /devices/pci0000:00/0000:00:04.0/0000:01:00.0 (pci)
ACTION={action}
DEVPATH=/devices/pci0000:00/0000:00:04.0/0000:01:00.0
SUBSYSTEM=pci
SEQNUM=775
{more}
"""


@pytest.mark.parametrize(("text", "form", "detail"), KERNEL_LINES)
@pytest.mark.parametrize(
    "head", ["[    6.498163] ", "<7>[    6.498163][  T51] ", "Nov 29 10:00:00 lab kernel: [    6.498163] "]
)
def test_kernel_lines(text: str, form: str, detail: str, head: str) -> None:
    """Each message is understood, with its time, whatever dmesg or syslog writes before it."""
    (told,) = log_of(head + text + "\n", "log").told
    assert (form, detail, 6_498_163) == (told.form, told.detail, told.time)


@pytest.mark.parametrize("text", SILENT)
def test_silent_lines(text: str) -> None:
    """Messages that say nothing about the model are counted and tell nothing."""
    log = log_of(f"[    6.498163] {text}\n", "log")
    assert ((), 1) == (log.told, log.lines)


@pytest.mark.parametrize(
    ("action", "more", "form"),
    [
        ("add", "PCI_ID=8086:10D3", "add uevent"),
        ("bind", "DRIVER=e1000e", "bind uevent"),
        ("unbind", "", "unbind uevent"),
        ("remove", "", "remove uevent"),
        ("change", "ERROR_EVENT=FAILED_RECOVERY\nDEVICE_ONLINE=0", "recovery ended uevent"),
        ("change", "ERROR_EVENT=BEGIN_RECOVERY\nDEVICE_ONLINE=0", "recovery begins uevent"),
    ],
)
def test_uevents(action: str, more: str, form: str) -> None:
    """Each uevent is understood, and the port is seen from the path."""
    log = log_of(MARKED_EVENT.format(action=action, more=f"{more}\n" if more else ""), "log")
    (told,) = log.told
    assert (form, "0000:01:00.0", 8_100_000) == (told.form, told.device, told.time)
    assert {"0000:01:00.0": "0000:00:04.0"} == log.ports


def test_synthetic_uevents() -> None:
    """An event that somebody wrote to the uevent file, which carries SYNTH_UUID, tells nothing."""
    assert () == log_of(MARKED_EVENT.format(action="add", more="SYNTH_UUID=0\n"), "log").told


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (
            "irq/24-aerdrv-49 [000] .....    17.369056: aer_event: 0000:00:04.0 PCIe Bus Error: severity=Fatal, Malformed TLP",
            "aer_event",
        ),
        ("insmod-114     [000] .....     6.775154: module_load: e1000 ", "module_load"),
        ("irq/24-pciehp-49 [000] .....  9.0: pci_hp_event: x", ""),
        (
            "irq/24-pciehp-49 [000] .....  9.000000: pci_hp_event: 0000:00:04.0 slot:1, event:CARD_PRESENT",
            "hp card present",
        ),
        ("sh-114 [000] ..... 6.775154: tracing_mark_write: tdisp: lock 0000:01:00.0", "trace marker"),
    ],
)
def test_ftrace(text: str, form: str) -> None:
    """Each event of ftrace is understood; a line that is none tells nothing."""
    assert [form] * bool(form) == [told.form for told in log_of(f"# tracer: nop\n {text}\n", "log").told]


def test_every_form_is_written_by_the_simulator() -> None:
    """No form of the table is left out by the simulator, so that the laws are about all of them."""
    written = {*MESSAGES, *EVENTS, *TRACES, "kernel marker", "trace marker"}
    assert set(FORMS) == written


def test_every_kernel_form_has_a_message() -> None:
    """Every form of the kernel log has a pattern, and every pattern a form."""
    assert {form for form, _ in kernel.MESSAGES} == {
        name for name, form in FORMS.items() if form.source is Source.KERNEL
    }


def test_the_base_model_knows_every_event() -> None:
    """Every rule is about variables and actions that the base model has, or a proposal of the catalogue."""
    system = system_of("status_quo")
    assert {rule.event for rule in (*RULES, *FACTS)} == speaks_of(system)
    known = {action.template.name for action in system.actions}
    known |= {action.template.name for action in system_of("ccprepare_alias").actions}
    named = {name for rule in RULES for name in (*rule.actions, *rule.never)}
    assert {"load_shared_module", "new_id", "rescan"} == named - known


NAMES = Names(("0000:01:00.0", "0000:02:00.0"), (("0000:00:04.0", 1),), "e1000e", "cc_prep")


def items(text: str) -> frozenset[Item]:
    """Return what explains a line of the kernel log, with two devices."""
    system = system_of("status_quo")
    vocabulary = Vocabulary(frozenset({"lock(devices[1])"}), results_of(system), speaks_of(system))
    found = observations(log_of(f"[    1.000000] {text}\n", "log"), NAMES, vocabulary)
    return found[0].items if found else frozenset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bus: 'pci': add device 0000:02:00.0", {("device added", 1, "")}),
        ("bus: 'pci': add device 0000:09:00.0", set()),
        ("pcieport 0000:00:04.0: pciehp: Slot(1): Card present", {("card present", 1, "")}),
        ("pcieport 0000:00:05.0: pciehp: Slot(1): Card present", set()),
        ("bus: 'pci': add driver e1000e", {("driver added", -1, "")}),
        ("bus: 'pci': add driver igb", set()),
        ("x 0000:01:00.0: driver: 'cc-prep': driver_bound: bound to device", {("driver bound", 0, "PREPARE")}),
        (
            "x 0000:01:00.0: driver: 'igb': driver_bound: bound to device",
            {("driver bound", 0, "PREPARE"), ("driver bound", 0, "OPERATING")},
        ),
        ("tdisp: lock 0000:02:00.0 EBUSY", {("kernel marker", -1, "lock(devices[1]) EBUSY")}),
        ("tdisp: lock 0000:09:00.0 EBUSY", set()),
    ],
)
def test_names(text: str, expected: set[tuple[str, int, str]]) -> None:
    """A line is about the device, port or driver that it names; about others it says nothing; an unknown driver is either."""
    assert expected == items(text)


def test_unknown_marker() -> None:
    """A marker of an action that there is not is a complaint that names the nearest one."""
    with pytest.raises(Rejected, match=r"did you mean lock\(devices\[1\]\)"):
        items("tdisp: look 0000:02:00.0")


def test_too_many_devices() -> None:
    """A log about more devices than the model has is a complaint that lists them, unless it is said which one is meant."""
    text = "".join(f"[    1.000000] bus: 'pci': add device 0000:0{number}:00.0\n" for number in (1, 2))
    log = log_of(text, "log")
    with pytest.raises(Rejected, match=r"0000:01:00.0, 0000:02:00.0"):
        names_given((), (log,), 1, "", "")
    assert ("0000:02:00.0",) == names_given(("0000:02:00.0",), (log,), 1, "", "").devices


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "the file is empty"),
        ("hello\n", 1, "neither a kernel log nor uevents nor ftrace"),
        ("[    9.000000] a\n[    1.000000] b\n", 2, "time runs backwards"),
        ("KERNEL[1.000000] add   /x (x)\nnonsense\n", 2, "no property"),
        ("KERNEL[1.000000] add   /x (x)\n\nA=1\n", 3, "belongs to no uevent"),
        ("KERNEL[1.000000] add   /x (x)\nSEQNUM=x\n", 1, "SEQNUM that is no number"),
        (
            "KERNEL[1.000000] add   /x (x)\nSEQNUM=1\n\nKERNEL[2.000000] add   /x (x)\nSEQNUM=1\n",
            4,
            "also that of line 1",
        ),
        ("[    1.000000] a\n" + "x" * 20_000 + "\n", 2, "more than 16384 characters"),
    ],
)
def test_complaints(text: str, line: int, words: str) -> None:
    """What cannot be read is a complaint with its line and a remedy."""
    with pytest.raises(Rejected, match=words) as rejected:
        log_of(text, "log")
    (complaint,) = rejected.value.complaints
    assert ("E655", line) == (complaint.code, complaint.place.line)
    assert complaint.hint


def test_uevents_are_in_the_order_of_their_numbers() -> None:
    """Events that were printed out of order are taken by SEQNUM."""
    block = "KERNEL[{n}.000000] {a}   /devices/x (x)\nACTION={a}\nSEQNUM={n}\n\n"
    log = log_of(block.format(n=3, a="bind").replace("3.0", "2.0") + block.format(n=2, a="add"), "log")
    assert ["add uevent", "bind uevent"] == [told.form for told in log.told]


PIECES = st.sampled_from(
    [
        "[    1.000000] ",
        "KERNEL[1.000000] ",
        "add   /devices/x (x)",
        "# tracer: nop",
        "\n",
        "tdisp: ",
        "SEQNUM=9",
        "\0",
        "é",
    ]
    + [text for text, _, _ in KERNEL_LINES]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=12).map("".join)))
def test_anything_is_a_log_or_a_complaint(text: str) -> None:
    """Whatever the text is, it is a log that tells no more than it has lines, or a complaint with its place."""
    found = outcome(text)
    if isinstance(found, Log):
        assert len(found.told) <= found.lines
    else:
        assert all(complaint.place.path == "log" for complaint in found.complaints)


def outcome(text: str) -> Log | Rejected:
    """Return the log, or the complaints about it."""
    try:
        return log_of(text, "log")
    except Rejected as rejected:
        return rejected
