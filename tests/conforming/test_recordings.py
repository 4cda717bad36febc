"""Logs as people hand them in: from the journal, from other tools, cut at both ends, with noise, too large, or no logs."""

from __future__ import annotations

import time
from random import Random

import pytest

from tdispmodel.analysing.conforming.observations import Source
from tdispmodel.analysing.conforming.readers.files import log_of
from tdispmodel.source import Rejected
from tests.conforming.asking import asked_of
from tests.conforming.oracle import system_of
from tests.conforming.simulating import ADDRESS, PORT

ADDED = f"bus: 'pci': add device {ADDRESS}"
REMOVED = f"bus: 'pci': remove device {ADDRESS}"
STAMPED = [
    "[    6.498163] ",
    "kern  :info  : [    6.498163] ",
    "[    6.498163 <    0.000012>] ",
    "[    6.498163] lab kernel: ",
    "2026-11-29 10:00:01.123 [    6.498163] ",
]
TIMELESS = [
    "Nov 29 10:00:00 lab kernel: ",
    "Nov  9 10:00:00.123456 lab kernel: ",
    "2026-11-29T10:00:00+0000 lab kernel: ",
    "2026-11-29T10:00:00.123456+00:00 lab kernel: ",
    "[Sun Nov 29 19:34:30 2026] ",
    "2026-11-29T10:00:00,123456+00:00 ",
]
SYSTEM = system_of("initrd_autoprobe_off", off=("host.swap", "host.refuse", "host.error", "host.stall"))


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
@pytest.mark.parametrize("head", [*STAMPED, *TIMELESS])
def test_kernel_log(head: str, end: str) -> None:
    """A message is understood behind what dmesg, the journal or a console's recorder writes; times of day are no times."""
    (told,) = log_of(f"{head}{ADDED}{end}", "log").told
    expected = None if head in TIMELESS else 6_498_163
    assert ("device added", ADDRESS, expected) == (told.form, told.device, told.time)


@pytest.mark.parametrize("head", ["", "lab kernel: ", "[6.5] ", "sh: [    6.498163", "Nov 29 10:00:00 lab sshd: "])
def test_no_kernel_line(head: str) -> None:
    """What is cut off, or what another program wrote, tells nothing."""
    assert () == log_of(f"[    1.000000] Linux version 6.12\n{head}{ADDED}\n", "log").told


def test_second_boot() -> None:
    """Where the journal goes on with another boot the file is refused, since the guest forgot everything."""
    text = f"Nov 29 10:00:00 lab kernel: {ADDED}\n-- Boot {'0' * 32} --\nNov 29 11:00:00 lab kernel: {ADDED}\n"
    with pytest.raises(Rejected, match="another boot begins here"):
        log_of(text, "log")


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("insmod-114   [000]     6.775154: module_load:          e1000 ", "module_load"),
        ("insmod-114   [000]  6.775154123: module:module_load: e1000", "module_load"),
        ("sh-114   [000]     6.775154: print:                tracing_mark_write: tdisp: lock", "trace marker"),
        (f"irq/24-pciehp-49 [003] d..1. 6.775154: pci_hp_event:   {PORT} slot:1, event:LINK_UP", "hp link up"),
        ("<...>-1234    (-----) [001] d.h2.     6.775154: module_load: e1000 O", "module_load"),
    ],
)
def test_trace_cmd(line: str, form: str) -> None:
    """Events are understood as trace-cmd report prints them, with and without flags, and a lost-events line is silent."""
    log = log_of(f"cpus=4\nCPU:1 [LOST 12 EVENTS]\n   {line}\r\n", "log")
    assert (Source.FTRACE, [(form, 6_775_154)]) == (log.source, [(told.form, told.time) for told in log.told])


def uevent(kind: str, action: str, number: int, when: float) -> str:
    """Return a uevent as udevadm prints it."""
    path = f"/devices/pci0000:00/{PORT}/{ADDRESS}"
    head = f"{kind:6}[{when:.6f}] {action:8} {path} (pci)\n"
    return f"{head}ACTION={action}\nDEVPATH={path}\nSUBSYSTEM=pci\nSEQNUM={number}\n\n"


def test_udev_events_are_the_kernels() -> None:
    """An event of udev is that of the kernel once more: it is told once, at the kernel's time."""
    text = "".join(uevent(kind, "add", 9, when) for kind, when in (("KERNEL", 1.0), ("UDEV", 2.0)))
    assert [1_000_000] == [told.time for told in log_of(text, "log").told]


def test_udev_alone_has_no_time() -> None:
    """Udev tells of an event when it is done with it: alone, its times do not put it behind lines of another log."""
    text = uevent("UDEV", "add", 9, 30.0)
    assert [None] == [told.time for told in log_of(text, "log").told]
    kernel = f"[    1.000000] Run /init as init process\n[   20.000000] {REMOVED}\n"
    assert asked_of(SYSTEM, kernel, text + uevent("UDEV", "remove", 10, 31.0), complete=True).accepted


WHOLE = "".join(uevent("KERNEL", action, number, number) for number, action in ((100, "remove"), (101, "add")))


def test_uevents_cut_at_the_beginning() -> None:
    """A file that begins in the middle of a uevent tells the others."""
    assert ["add uevent"] == told_or_complaint(WHOLE[WHOLE.index("DEVPATH") :])


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("SEQNUM=101", ["remove uevent", "add uevent"]),
        ("SEQNUM=10", ["remove uevent"]),
        ("SUBSYS", ["remove uevent"]),
        ("ACTION=add", ["remove uevent"]),
        ("KERNEL[101.00", ["remove uevent"]),
    ],
)
def test_uevents_cut_at_the_end(end: str, told: list[str]) -> None:
    """A file that ends in the middle of a uevent, or of its number, tells the others; one without a last line end tells all."""
    assert told == told_or_complaint(WHOLE[: WHOLE.rindex(end) + len(end)])


def told_or_complaint(text: str) -> list[str] | str:
    """Return the forms that a text tells, or the complaint."""
    try:
        return [told.form for told in log_of(text, "log").told]
    except Rejected as rejected:
        return rejected.complaints[0].message


def test_noise() -> None:
    """Nine lines of ten about other things change nothing."""
    random = Random(1)  # noqa: S311  # repeatable, no secret
    noise = [
        "usb 1-1: new high-speed USB device number 2",
        "audit: type=1400 tdisp driver",
        "x: y: z: probe of",
        "[ cut here ]",
    ]
    lines = ["Run /init as init process", REMOVED, ADDED, REMOVED, ADDED]
    text, second = "", 0
    for line in lines:
        for message in (*random.choices(noise, k=9), line):
            second += 1
            text += f"[{second:5}.000000] {message}\n"
    found = asked_of(SYSTEM, text, complete=True)
    assert (True, 5) == (found.accepted, found.total)


def test_jitter_across_logs() -> None:
    """A line that was stamped before the one above it comes after it all the same, also for lines of another log."""
    kernel = f"[    1.000000] Run /init as init process\n[    9.000000] {REMOVED}\n[    8.500000] {ADDED}\n"
    events = uevent("KERNEL", "remove", 1, 8.7) + uevent("KERNEL", "add", 2, 9.3)
    assert asked_of(SYSTEM, kernel, events, complete=True).accepted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\n" * 2_000_000, "more than 1000000 lines"),
        ("x" * 50_000_000, "more than 16384 characters"),
        ("\0" * 9_000 + "\n" + "\x1b[31m" * 900, "neither"),
        ("\ufffd\n" * 1000, "neither"),
    ],
    ids=["lines", "line", "zeros", "garbage"],
)
def test_hostile_files(text: str, words: str) -> None:
    """A file that is no log is refused in seconds, in words."""
    began = time.process_time()
    with pytest.raises(Rejected, match=words):
        log_of(text, "log")
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "part",
    [
        "a: ",
        "a b: ",
        "pci ",
        "kernel: ",
        "WARNING: a: ",
        "0000:01:00.0 ",
        "bus: '",
        "driver: '",
        "tdisp: ",
        "(",
        "[",
        "<1>",
    ],
)
def test_no_line_takes_long(part: str) -> None:
    """Lines that look like the beginning of a message, over and over, are read as quickly as others."""
    line = (part * 16_000)[:16_000]
    texts = [
        f"[    1.000000] driver tdisp: {line}\n",
        f"KERNEL[1.000000] add   /{line} (x)\n",
        f"# tracer: nop\n {line}\n",
    ]
    began = time.process_time()
    for text in texts:
        told_or_complaint(text + line + "\n")
    assert time.process_time() - began < 1
