"""Uevents, as ``udevadm monitor --kernel --property`` prints them: a header, ``NAME=VALUE`` lines, an empty line.

Given text that may be hostile; gives what it tells, in the order of SEQNUM.  Where the kernel's events and udev's are
both there the kernel's count; where only udev's are they have no time, since udev tells of them when it is done.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tdispmodel.analysing.conforming.observations import Log, Source, Told
from tdispmodel.analysing.conforming.readers.lines import Reader, Row

HEADER = re.compile(r"(KERNEL|UDEV) {0,2}\[ {0,12}(\d{1,12})\.(\d{6})\] (\S{1,32}) +(/\S{0,1000}) \(([^()]{0,64})\)")
PROPERTY = re.compile(r"([A-Za-z_][A-Za-z0-9_.:-]{0,100})=(.*)")
BEGINNING = re.compile(
    r"monitor will print the received events for:|KERNEL - the kernel uevent|UDEV - the event which.*"
)
ADDRESS = re.compile(r"[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7]")
DRIVER_PATH = re.compile(r"/bus/[^/]{1,64}/drivers/([^/]{1,64})")
MODULE_PATH = re.compile(r"/module/([^/]{1,64})")
HINT = "a uevent begins with KERNEL[time] action path (subsystem)"
ACTIONS = {"add": "add uevent", "remove": "remove uevent", "bind": "bind uevent", "unbind": "unbind uevent"}
TSM = {"add": "tsm added uevent", "change": "tsm changed uevent", "remove": "tsm removed uevent"}
RECOVERY = {
    "BEGIN_RECOVERY": "recovery begins uevent",
    "SUCCESSFUL_RECOVERY": "recovery ended uevent",
    "FAILED_RECOVERY": "recovery ended uevent",
}


@dataclass
class Block:
    """One uevent: its header and its properties."""

    row: Row
    by_kernel: bool
    time: int
    action: str
    path: str
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> int | None:
        """Its SEQNUM, None where it has none that is a number."""
        words = self.properties.get("SEQNUM", "")
        return int(words) if re.fullmatch(r"[0-9]{1,18}", words) else None


def is_line(text: str) -> bool:
    """Whether a line looks like one of this format."""
    return HEADER.fullmatch(text.rstrip()) is not None or BEGINNING.fullmatch(text.rstrip()) is not None


def read(reader: Reader) -> Log:
    """Return what the events tell.  Raises `Rejected` for what is no uevent.

    A file may begin and end in the middle of one, which is then left out.
    """
    blocks: list[Block] = []
    open_block: Block | None = None
    for row in reader.rows():
        text = row.text.rstrip()
        header = HEADER.fullmatch(text)
        if header:
            time = int(header[2]) * 1_000_000 + int(header[3])
            open_block = Block(row, header[1] == "KERNEL", time, header[4], header[5])
            if open_block.by_kernel:
                reader.forward(row, time, header.start(2) + 1)
            blocks.append(open_block)
        elif not text:
            open_block = None
        elif found := PROPERTY.fullmatch(text):
            if open_block is not None:
                open_block.properties[found[1]] = found[2]
            elif blocks:
                raise reader.wrong(row, "this line belongs to no uevent", HINT)
        elif reader.is_cut_off(row):
            continue
        elif open_block is not None:
            raise reader.wrong(row, "this is no property of a uevent", "write NAME=VALUE, or an empty line between")
        elif not BEGINNING.fullmatch(text):
            raise reader.wrong(row, "this line belongs to no uevent", HINT)
    if open_block is not None and is_unfinished(open_block, blocks):
        blocks.pop()
    by_kernel = [block for block in blocks if block.by_kernel] or blocks
    told = [told for block in in_order(by_kernel, reader) if (told := event(block, reader)) is not None]
    ports = {parts[-1]: parts[-2] for block in blocks if len(parts := addresses(block.path)) > 1}
    return Log(reader.path, Source.UEVENTS, tuple(told), reader.count, ports)


def is_unfinished(last: Block, blocks: list[Block]) -> bool:
    """Whether the file ends in the middle of its last uevent: its number is missing, or has lost digits."""
    numbers = [number for block in blocks if block is not last and (number := block.number) is not None]
    return bool(numbers) and (last.number is None or len(str(last.number)) < len(str(max(numbers))))


def in_order(blocks: list[Block], reader: Reader) -> list[Block]:
    """Return the events by SEQNUM, or as they stand where none has one.  Raises `Rejected`."""
    if not any("SEQNUM" in block.properties for block in blocks):
        return blocks
    numbered: dict[int, Block] = {}
    for block in blocks:
        number = block.number
        if number is None:
            what = "has a SEQNUM that is no number" if "SEQNUM" in block.properties else "has no SEQNUM, others have"
            raise reader.wrong(block.row, f"this uevent {what}", "record with: udevadm monitor --kernel --property")
        other = numbered.setdefault(number, block)
        if other is not block:
            message = f"SEQNUM {number} is also that of line {other.row.number}"
            raise reader.wrong(block.row, message, "one boot a file: split the log here")
    return [numbered[number] for number in sorted(numbered)]


def addresses(path: str) -> list[str]:
    """Return the PCI addresses in a device's path, from the root down."""
    return [part for part in path.split("/") if ADDRESS.fullmatch(part)]


def event(block: Block, reader: Reader) -> Told | None:
    """Return what a uevent tells, None when it is silent."""
    properties = block.properties
    action = properties.get("ACTION", block.action)
    path = properties.get("DEVPATH", block.path)
    form, device, detail = "", "", ""
    if "SYNTH_UUID" in properties:
        return None
    if properties.get("SUBSYSTEM") == "tsm":
        form = TSM.get(action, "")
    elif action == "change":
        form = RECOVERY.get(properties.get("ERROR_EVENT", ""), "")
        device = path.rsplit("/", 1)[-1]
    elif found := (DRIVER_PATH.fullmatch(path) or MODULE_PATH.fullmatch(path)):
        named = "driver uevent" if path.startswith("/bus/") else "module uevent"
        form, detail = (named if action == "add" else ""), found[1]
    elif path.startswith("/devices/"):
        form, device = ACTIONS.get(action, ""), path.rsplit("/", 1)[-1]
        detail = properties.get("DRIVER", "") if action == "bind" else ""
    if not form:
        return None
    return Told(
        form, reader.place(block.row), reader.shown(block.row), block.time if block.by_kernel else None, device, detail
    )
