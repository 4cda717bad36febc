"""Logs of random behaviours of a proposal, in each format, and what can be done to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random

from tests.conforming.oracle import FTRACE, SOURCES, UEVENTS, Graph, Label

ADDRESSES = ("0000:01:00.0", "0000:02:00.0", "0000:03:00.0")
PORTS = ("0000:00:04.0", "0000:00:05.0", "0000:00:06.0")
ADDRESS, PORT = ADDRESSES[0], PORTS[0]
DEVICES = tuple(f"{address}@{port}" for address, port in zip(ADDRESSES, PORTS, strict=True))
"""As ``--device`` names them."""

DRIVERS = {"OPERATING": "e1000e", "PREPARE": "cc_prepare"}
FIRST, STEP = 1_000_000, 500_000
"""Microseconds: the time of the first line, and from one step to the next; lines of one step are 10 apart."""

MESSAGES = {
    "init runs": "Run /init as init process",
    "suspend entry": "PM: suspend entry (deep)",
    "suspend exit": "PM: suspend exit",
    "unlock warning": "e1000e {d}: unlock attempted on driver attached device",
    "driver added": "bus: 'pci': add driver e1000e",
    "timeout extended": "Extended deferred probe timeout by 10 secs",
    "link down": "pcieport {p}: pciehp: Slot(1): Link Down",
    "card not present": "pcieport {p}: pciehp: Slot(1): Card not present",
    "device removed": "bus: 'pci': remove device {d}",
    "card present": "pcieport {p}: pciehp: Slot(1): Card present",
    "link up": "pcieport {p}: pciehp: Slot(1): Link Up",
    "enumerated": "pci {d}: [8086:10d3] type 00 class 0x020000 PCIe Endpoint",
    "capability": "pci {d}: TEE I/O Device capability detected (TDISP)",
    "device added": "bus: 'pci': add device {d}",
    "retried": "pci {d}: Retrying from deferred list",
    "matched": "pci {d}: bus: 'pci': __driver_probe_device: matched device with driver e1000e",
    "probing": "pci {d}: bus: 'pci': really_probe: probing driver e1000e with device",
    "forced deferral": "pci {d}: Driver e1000e force probe deferral",
    "defers": "e1000e {d}: Driver e1000e requests probe deferral",
    "failed": "e1000e {d}: probe with driver e1000e failed with error -5",
    "driver bound": "{n} {d}: driver: '{n}': driver_bound: bound to device",
    "dequeued": "e1000e {d}: Removed from deferred list",
    "bound device": "{n} {d}: bus: 'pci': really_probe: bound device to driver {n}",
    "returned 0": "probe of {d} returned 0 after 135 usecs",
    "returned deferral": "probe of {d} returned -517 after 20 usecs",
    "returned error": "probe of {d} returned -5 after 21 usecs",
    "queued": "pci {d}: Added to deferred list",
    "still pending": "pci {d}: deferred probe pending: e1000e: TEE acceptance pending",
    "fatal error": "pcieport {p}: AER: Uncorrectable (Fatal) error message received from {p}",
    "link reset": "pcieport {p}: AER: Root Port link has been reset (0)",
    "recovery ended": "pcieport {p}: AER: device recovery failed",
}
DEVPATH = "/devices/pci0000:00/{p}/{d}"
EVENTS: dict[str, tuple[str, str, str, str]] = {
    "unbind uevent": ("unbind", DEVPATH, "pci", ""),
    "remove uevent": ("remove", DEVPATH, "pci", ""),
    "add uevent": ("add", DEVPATH, "pci", "PCI_ID=8086:10D3"),
    "bind uevent": ("bind", DEVPATH, "pci", "DRIVER={n}"),
    "driver uevent": ("add", "/bus/pci/drivers/e1000e", "drivers", ""),
    "module uevent": ("add", "/module/e1000e", "module", ""),
    "recovery begins uevent": ("change", DEVPATH, "pci", "ERROR_EVENT=BEGIN_RECOVERY"),
    "recovery ended uevent": ("change", DEVPATH, "pci", "ERROR_EVENT=FAILED_RECOVERY"),
    "tsm added uevent": ("add", "/devices/faux/tsm/tsm/tsm0", "tsm", ""),
    "tsm changed uevent": ("change", "/devices/faux/tsm/tsm/tsm0", "tsm", ""),
    "tsm removed uevent": ("remove", "/devices/faux/tsm/tsm/tsm0", "tsm", ""),
}
TRACES = {
    "module_load": "module_load: e1000e ",
    "aer_event": "aer_event: {p} PCIe Bus Error: severity=Fatal, Malformed TLP, TLP Header={{0x0,0x1}}",
    "hp link down": "pci_hp_event: {p} slot:1, event:LINK_DOWN",
    "hp card not present": "pci_hp_event: {p} slot:1, event:CARD_NOT_PRESENT",
    "hp card present": "pci_hp_event: {p} slot:1, event:CARD_PRESENT",
    "hp link up": "pci_hp_event: {p} slot:1, event:LINK_UP",
}
Timed = tuple[int, Label]


def text_of(lines: Sequence[Timed], source: str) -> str:
    """Return the lines of one source as the kernel or its tools print them."""
    if source == UEVENTS:
        head = "monitor will print the received events for:\nKERNEL - the kernel uevent\n\n"
        return head + "".join(uevent(time, label, number) for number, (time, label) in enumerate(lines, start=700))
    head = "# tracer: nop\n#\n" if source == FTRACE else "[    0.000000] Linux version 6.12.117\n"
    return head + "".join((trace if source == FTRACE else message)(time, label) for time, label in lines)


def words(label: Label) -> tuple[str, str]:
    """Return the form without the driver, and the driver's name in the log."""
    for driver, name in DRIVERS.items():
        if label.form.endswith(f" {driver}"):
            return label.form.removesuffix(f" {driver}"), name
    return label.form, ""


def marker(label: Label) -> str:
    """Return what userspace writes."""
    verb, device, result = label.detail.split()
    return f"tdisp: {verb} {ADDRESSES[int(device)]} {result}"


def place(label: Label) -> dict[str, str]:
    """Return the address and the port of a line's device."""
    return {"d": ADDRESSES[max(0, label.device)], "p": PORTS[max(0, label.device)]}


def message(time: int, label: Label) -> str:
    """Return a line of the kernel log."""
    form, name = words(label)
    told = marker(label) if form == "marker" else MESSAGES[form].format(n=name, **place(label))
    return f"[{time // 1_000_000:5}.{time % 1_000_000:06}] {told}\n"


def trace(time: int, label: Label) -> str:
    """Return a line of ftrace."""
    told = (
        f"tracing_mark_write: {marker(label)}" if label.form == "marker" else TRACES[label.form].format(**place(label))
    )
    return f"          insmod-114     [000] .....  {time // 1_000_000:4}.{time % 1_000_000:06}: {told}\n"


def uevent(time: int, label: Label, number: int) -> str:
    """Return a uevent as a block."""
    form, name = words(label)
    action, path, subsystem, more = EVENTS[form]
    path = path.format(**place(label))
    lines = [f"KERNEL[{time // 1_000_000}.{time % 1_000_000:06}] {action:8} {path} ({subsystem})"]
    lines += [f"ACTION={action}", f"DEVPATH={path}", f"SUBSYSTEM={subsystem}"]
    lines += [more.format(n=name)] if more else []
    return "\n".join([*lines, f"SEQNUM={number}", "", ""])


def simulated(graph: Graph, random: Random, most: int, sources: Iterable[str] = SOURCES) -> dict[str, list[Timed]]:
    """Return, by source, what a random behaviour writes, until ``most`` lines are there."""
    found: dict[str, list[Timed]] = {source: [] for source in sources}
    state = random.choice(sorted(graph.starts))
    time = FIRST
    while sum(map(len, found.values())) < most:
        for label in sorted(graph.facts[state]):
            if label.source in found and random.random() < (0.5 if time == FIRST else 0.02):
                found[label.source].append((time, label))
        edges = [edge for edge in graph.edges[state] if edge.after != state or any(edge.writes)]
        edge = random.choice(edges)
        for lines in edge.writes:
            for position, (label, surely) in enumerate(lines):
                if label.source in found and (surely or random.random() < 0.5):
                    found[label.source].append((time + 10 * position, label))
        state = edge.after
        time += STEP
    return found


def halved(lines: Sequence[Timed], random: Random) -> list[Timed]:
    """Return about half of the lines."""
    return [line for line in lines if random.random() < 0.5]


def vocabulary(graph: Graph, source: str) -> list[Label]:
    """Return all that a proposal's steps can write to one source."""
    position = SOURCES.index(source)
    return sorted({label for edges in graph.edges for edge in edges for label, _ in edge.writes[position]})


def corrupted(lines: Sequence[Timed], random: Random, alphabet: Sequence[Label]) -> list[Timed]:
    """Return the lines with a single event changed: told twice, told too early, another one instead, or one too many."""
    found = list(lines)
    position = random.randrange(len(found))
    time, label = found[position]
    match random.choice(("twice", "earlier", "other", "more")):
        case "twice":
            found.insert(position, (time, label))
        case "earlier" if position:
            found[position - 1], found[position] = (found[position - 1][0], label), (time, found[position - 1][1])
        case "other":
            found[position] = (time, random.choice(alphabet))
        case _:
            found.insert(position, (time, random.choice(alphabet)))
    return found
