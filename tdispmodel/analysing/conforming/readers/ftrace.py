"""ftrace, as ``/sys/kernel/tracing/trace`` and ``trace-cmd report`` print it.

A line is ``task-pid [cpu] flags time: event: fields``; ``trace-cmd`` leaves the flags out.  Given text that may be
hostile; gives what it tells.  Lines that begin with ``#`` are headers; other events are silent.
"""

from __future__ import annotations

import re

from tdispmodel.analysing.conforming.observations import Log, Source, Told
from tdispmodel.analysing.conforming.readers.lines import Reader, Row

LINE = re.compile(
    r" *(?P<task>\S.{0,40}?)-\d{1,9} +(?:\([^)]{1,12}\) +)?\[\d{1,5}\] +(?:[^\s:]{1,8} +)?"
    r"(?P<seconds>\d{1,12})\.(?P<part>\d{6})(?:\d{3})?: +(?:\w{1,32}[:/])?(?P<event>\w{1,64}): ?(?P<fields>.*)",
    re.ASCII,
)
HEADER = re.compile(r"# tracer: .*|#  +TASK-PID.*|cpus=\d+")
FATAL = re.compile(r"(?P<device>\S{1,64}) PCIe Bus Error: severity=Fatal,.*")
HOT_PLUG = re.compile(r"(?P<device>\S{1,64}) slot:[^,]{0,32}, event:(?P<what>\w{1,32}).*")
MODULE = re.compile(r"(?P<name>\S{1,64})(?: .*)?")
MARKER = re.compile(r"(?:tracing_mark_write: |0x[0-9a-f]{1,16}: )?tdisp: (?P<words>\S.*)")
PLUGS = {
    "CARD_PRESENT": "hp card present",
    "LINK_UP": "hp link up",
    "LINK_DOWN": "hp link down",
    "CARD_NOT_PRESENT": "hp card not present",
}


def is_line(text: str) -> bool:
    """Whether a line looks like one of this format."""
    return LINE.fullmatch(text.rstrip()) is not None or HEADER.fullmatch(text.rstrip()) is not None


def read(reader: Reader) -> Log:
    """Return what the trace tells.  Raises `Rejected` where time runs backwards."""
    told: list[Told] = []
    for row in reader.rows():
        if row.text.startswith("#"):
            continue
        found = LINE.fullmatch(row.text.rstrip())
        if found is None:
            continue
        time = int(found["seconds"]) * 1_000_000 + int(found["part"])
        reader.forward(row, time, found.start("seconds") + 1)
        event = told_by(found["event"], found["fields"].strip(), row, time, reader)
        if event is not None:
            told.append(event)
    return Log(reader.path, Source.FTRACE, tuple(told), reader.count)


def told_by(event: str, fields: str, row: Row, time: int, reader: Reader) -> Told | None:
    """Return what an event tells, None when it is silent."""
    form, device, detail, is_port = "", "", "", False
    if event == "aer_event" and (found := FATAL.fullmatch(fields)):
        form, device, is_port = "aer_event", found["device"], True
    elif event == "pci_hp_event" and (found := HOT_PLUG.fullmatch(fields)):
        form, device, is_port = PLUGS.get(found["what"], ""), found["device"], True
    elif event == "module_load" and (found := MODULE.fullmatch(fields)):
        form, detail = "module_load", found["name"]
    elif event in ("tracing_mark_write", "print") and (
        found := MARKER.fullmatch(fields.rpartition("() ")[2] or fields)
    ):
        form, detail = "trace marker", found["words"]
    if not form:
        return None
    return Told(form, reader.place(row), reader.shown(row), time, device, detail, is_port)
