"""The kernel log, as ``dmesg``, a serial console or the journal prints it: one line a message, ``[    6.498163] text``.

Given text that may be hostile; gives what it tells.  Priorities (``<6>``) and what syslog writes before the time are
skipped.  Lines with the time of day alone are read and have no time: it says nothing about that of other logs.  Any
other line belongs to the one before and is silent.
"""

from __future__ import annotations

import re

from tdispmodel.analysing.conforming.observations import Log, Source, Told
from tdispmodel.analysing.conforming.readers.lines import Reader, Row

LINE = re.compile(
    r"(?:<\d{1,3}>)?(?:[^\[\]<>]{0,100}[ :])?"  # dmesg -r, -x, syslog, and what stamps a console's lines
    r"\[ {0,12}(\d{1,12})\.(\d{6})(?: <[ \d.]{1,20}>)?\](?:\[ {0,6}[TC]\d{1,9}\])? ?"  # dmesg, dmesg -d
    r"(?:[^\s:\[\]]{1,64} kernel: )?",  # journalctl -o short-monotonic
    re.ASCII,
)
CLOCK = r"\d\d:\d\d:\d\d"
TIME_OF_DAY = re.compile(
    rf"(?:<\d{{1,3}}>)?(?:\w{{3}} [ \d]?\d {CLOCK}(?:\.\d{{1,9}})?|\d{{4}}-\d\d-\d\d[T ]{CLOCK}\S{{0,20}})"
    r" \S{1,64} kernel: "  # the journal
    rf"|\[\w{{3}} \w{{3}} [ \d]\d {CLOCK} \d{{4}}\] "  # dmesg -T
    rf"|\d{{4}}-\d\d-\d\dT{CLOCK},\d{{6}}[+-]\d\d:\d\d ",  # dmesg --time-format iso
    re.ASCII,
)
BOOT = re.compile(r"-- (?:Boot [0-9a-f]{32}|Reboot) --")

WHO = r"(?P<bus>\S{1,64}) (?P<device>\S{1,64}): "
DRIVER = r"(?P<driver>\S{1,64})"
PORT = r"\S{1,64} (?P<port>\S{1,64}): "

MESSAGES: tuple[tuple[str, str], ...] = (
    ("matched", WHO + rf"bus: '\S+': __driver_probe_device: matched device with driver {DRIVER}"),
    ("probing", WHO + rf"bus: '\S+': really_probe: probing driver {DRIVER} with device"),
    ("driver bound", WHO + r"driver: '(?P<driver>[^']{1,64})': driver_bound: bound to device"),
    ("bound device", WHO + rf"bus: '\S+': really_probe: bound device to driver {DRIVER}"),
    ("failed", WHO + rf"probe with driver {DRIVER} failed with error -?\d+"),
    ("defers", WHO + rf"Driver {DRIVER} requests probe deferral"),
    ("forced deferral", WHO + rf"Driver {DRIVER} force probe deferral"),
    ("queued", WHO + r"Added to deferred list"),
    ("retried", WHO + r"Retrying from deferred list"),
    ("dequeued", WHO + r"Removed from deferred list"),
    ("still pending", WHO + r"deferred probe pending(?:: .*)?"),
    ("timeout extended", r"Extended deferred probe timeout by \d+ secs"),
    ("device added", r"bus: '[^']{1,64}': add device (?P<device>\S{1,64})"),
    ("device removed", r"bus: '[^']{1,64}': remove device (?P<device>\S{1,64})"),
    ("driver added", rf"bus: '[^']{{1,64}}': add driver {DRIVER}"),
    ("returned 0", r"probe of (?P<device>\S{1,64}) returned 0 after \d+ usecs"),
    ("returned deferral", r"probe of (?P<device>\S{1,64}) returned -?517 after \d+ usecs"),
    ("returned error", r"probe of (?P<device>\S{1,64}) returned -?\d+ after \d+ usecs"),
    ("card present", PORT + r"pciehp: Slot\([^)]{0,32}\): Card present"),
    ("link up", PORT + r"pciehp: Slot\([^)]{0,32}\): Link Up"),
    ("link down", PORT + r"pciehp: Slot\([^)]{0,32}\): Link Down"),
    ("card not present", PORT + r"pciehp: Slot\([^)]{0,32}\): Card not present"),
    ("enumerated", r"pci (?P<device>\S{1,64}): \[[0-9a-f]{4}:[0-9a-f]{4}\] type [0-9a-f]{2} class .*"),
    (
        "fatal error",
        PORT + r"AER: (?:Multiple )?Uncorrectable \(Fatal\) error message received from (?P<device>\S{1,64})",
    ),
    ("link reset", PORT + r"AER: Root Port link has been reset \(0\)"),
    ("recovery ended", PORT + r"AER: device recovery (?:failed|successful)"),
    ("unlock warning", r"(?:WARNING: .{0,200}: )?" + WHO + r"unlock attempted on driver attached device"),
    ("capability", WHO + r"TEE I/O Device capability detected \(TDISP\)"),
    ("init runs", r"Run /\S{1,200} as init process"),
    ("suspend entry", r"PM: suspend entry(?: .*)?"),
    ("suspend exit", r"PM: suspend exit"),
    ("kernel marker", r"tdisp: (?P<words>\S.*)"),
)
"""Forms of the table and the messages that have them; the first that fits counts."""

PATTERNS = tuple((form, re.compile(pattern)) for form, pattern in MESSAGES)

HINTS = (
    "driver",
    "deferr",
    "add device",
    "remove device",
    "probe of ",
    "pciehp: ",
    "] type ",
    "AER: ",
    "(TDISP)",
    " as init process",
    "PM: suspend",
    "tdisp: ",
)
"""One of these is in every message of the list, so that the others need not be tried."""


def is_line(text: str) -> bool:
    """Whether a line looks like one of this format."""
    return LINE.match(text) is not None or TIME_OF_DAY.match(text) is not None


def read(reader: Reader) -> Log:
    """Return what the log tells.  Raises `Rejected` where time runs backwards, and for a second boot."""
    told: list[Told] = []
    begun = False
    for row in reader.rows():
        time: int | None = None
        stamp = LINE.match(row.text)
        if stamp is not None:
            time = reader.forward(row, int(stamp[1]) * 1_000_000 + int(stamp[2]), stamp.start(1) + 1)
        else:
            stamp = TIME_OF_DAY.match(row.text)
        if stamp is None:
            if begun and BOOT.fullmatch(row.text.rstrip()):
                raise reader.wrong(row, "another boot begins here", "one boot a file: split the log here")
            continue
        begun = True
        found = message(row.text[stamp.end() :].rstrip(), row, time, reader)
        if found is not None:
            told.append(found)
    return Log(reader.path, Source.KERNEL, tuple(told), reader.count)


def message(text: str, row: Row, time: int | None, reader: Reader) -> Told | None:
    """Return what a message tells, None when it is silent."""
    if not any(hint in text for hint in HINTS):
        return None
    for form, pattern in PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            parts = found.groupdict()
            device = parts.get("device") or parts.get("port") or ""
            is_port = "port" in parts and parts.get("device") in (None, parts["port"])
            detail = parts.get("driver") or parts.get("words") or ""
            return Told(form, reader.place(row), reader.shown(row), time, device, detail, is_port)
    return None
