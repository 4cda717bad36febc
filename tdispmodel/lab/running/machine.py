"""A machine of QEMU, without KVM: started, spoken to over a serial line and QMP, and ended.

The host side is the adversary: it plugs devices in, pulls them out and resets the machine.  Source: QEMU Machine
Protocol Specification (docs/interop/qmp-spec.rst of QEMU).
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from tdispmodel.lab.kernels.apt import NoLab
from tdispmodel.lab.kernels.packages import Kernel
from tdispmodel.lab.running.guest import ENDED, READY, init
from tdispmodel.lab.running.initramfs import initramfs, module

QEMU = "qemu-system-x86_64"
BOOT_SECONDS = 180.0
BOOTS = 2
"""How often a machine is started at most: one that did not come up says nothing."""
WORD_SECONDS = 60.0
PORTS = 4
POWER = "/sys/power/state"
FATAL = "DLP"
"""The error that is injected: of the data link protocol, which is fatal unless somebody says otherwise."""
NO_TIMEOUT = -1
WORDS = (
    "console=ttyS0 loglevel=4 panic=-1 no_timer_check nokaslr mitigations=off apparmor=0 "
    'deferred_probe_timeout={timeout} dyndbg="file drivers/base/dd.c +p; file drivers/base/bus.c +p"'
)


class GuestLost(Exception):
    """The guest does not answer any more, or never did; the message says since when."""


@dataclass(frozen=True)
class Said:
    """How a command of the guest ended, and what it wrote."""

    status: int
    text: str


@dataclass(frozen=True)
class Setup:
    """What a machine is made of: its kernel, the modules that it can load, and what is plugged in from the start.

    ``plugged`` maps numbers of slots to QEMU's names of devices; ``first`` are the first instructions of the initrd;
    ``more`` are modules that are no part of the kernel's packages; ``timeout`` of deferred probing, in seconds;
    ``translates``: there is an IOMMU.
    """

    kernel: Kernel
    modules: tuple[str, ...]
    plugged: Mapping[int, str]
    first: tuple[str, ...] = ()
    more: Mapping[str, bytes] | None = None
    timeout: int = NO_TIMEOUT
    translates: bool = False


def address(slot: int) -> str:
    """Return the PCI address of what is plugged into a slot: bus numbers are given in the order of the ports."""
    return f"0000:{slot + 1:02x}:00.0"


HELPER = "0000:00:03.0"
"""The address of a device that is always there, whose driver is built in: its bind is somebody else's success."""


IOMMU = "intel-iommu"
BOARD = "pvpanic"
"""A device of the board, which the ACPI tables tell of."""


def arguments_of_ports(plugged: Mapping[int, str]) -> tuple[str, ...]:
    """Return the devices of the machine as QEMU's command line has them: ports, the helper, and what is plugged in."""
    ports = [
        f"pcie-root-port,id=port{slot},chassis={slot + 1},slot={slot + 1},addr={8 + slot:#x}" for slot in range(PORTS)
    ]
    devices = [f"{device},id=device{slot},bus=port{slot}" for slot, device in sorted(plugged.items())]
    return (*ports, "virtio-rng-pci,addr=0x3", *devices)


def kernel_words(setup: Setup) -> str:
    """Return the command line of the kernel."""
    return WORDS.format(timeout=setup.timeout) + " intel_iommu=on" * setup.translates


def arguments(setup: Setup, folder: Path) -> list[str]:
    """Return the command line of QEMU."""
    board = (*(IOMMU,) * setup.translates, BOARD)
    return [
        *(QEMU, "-machine", "q35", "-accel", "tcg", "-cpu", "max", "-m", "256", "-nodefaults", "-display", "none"),
        *("-no-reboot", "-kernel", str(setup.kernel.image), "-initrd", str(folder / "initramfs")),
        *("-append", kernel_words(setup)),
        *(word for device in (*board, *arguments_of_ports(setup.plugged)) for word in ("-device", device)),
        *("-serial", f"file:{folder / 'console'}"),
        *("-chardev", f"socket,id=line,path={folder / 'line'},server=on,wait=off", "-serial", "chardev:line"),
        *("-qmp", f"unix:{folder / 'qmp'},server=on,wait=off"),
    ]


class Machine:
    """A running guest; a context manager, at whose end nothing of it is left."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.recorded = 0
        """How many lines of the guest's record of uevents were read."""
        self.numbered = 0
        """The number of the last uevent among them."""

    def __enter__(self) -> Self:
        for _ in range(BOOTS - 1):
            try:
                return self._started()
            except GuestLost:  # without KVM, on a busy machine, a kernel may find that its timer does not work
                continue
        return self._started()

    def _started(self) -> Self:
        busybox = shutil.which("busybox")
        if busybox is None or shutil.which(QEMU) is None:
            message = "not here: QEMU or busybox"
            raise NoLab(message)
        self.folder = Path(tempfile.mkdtemp(prefix="lab"))
        modules = {name: module(self.setup.kernel, name) for name in self.setup.modules}
        modules |= self.setup.more or {}
        data = initramfs(init(self.setup.first), Path(busybox), modules)
        (self.folder / "initramfs").write_bytes(data)
        self.process = subprocess.Popen(  # noqa: S603  # a program of the system, by a fixed name
            arguments(self.setup, self.folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            self.qmp = self._connected("qmp")
            self.line = self._connected("line")
            self._message()
            self.host("qmp_capabilities")
            self._until(READY, BOOT_SECONDS)
            self.numbered = int(self.run("cat /sys/kernel/uevent_seqnum").text or "0")
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, trail: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """Switch the machine off, and remove its files."""
        self.process.kill()
        self.process.communicate()
        for stream in (getattr(self, "qmp", None), getattr(self, "line", None)):
            if stream is not None:
                stream.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, command: str) -> Said:
        """Have the guest run a line of shell.  Raises `GuestLost`."""
        self.line.write(command + "\n")
        self.line.flush()
        return self._until(ENDED, WORD_SECONDS)

    def host(self, command: str, **words: str) -> Mapping[str, object]:
        """Have QEMU do something, as the host; return its answer.  Raises `GuestLost`."""
        self.qmp.write(json.dumps({"execute": command, "arguments": words}) + "\n")
        self.qmp.flush()
        answer = self._message()
        while "event" in answer:
            answer = self._message()
        return answer

    def plug(self, slot: int, device: str) -> None:
        """Plug a device into a slot, and wait for it.  Raises `GuestLost` when QEMU refuses, or nothing comes of it."""
        self._done("device_add", driver=device, id=f"device{slot}", bus=f"port{slot}")
        self._wait(slot, present=True)

    def pull(self, slot: int) -> None:
        """Pull the device out of a slot, and wait.  Raises `GuestLost` when QEMU refuses, or nothing comes of it."""
        self._done("device_del", id=f"device{slot}")
        self._wait(slot, present=False)

    def inject(self, slot: int) -> None:
        """Have the port of a slot report a fatal error.  Raises `GuestLost` when QEMU refuses."""
        answer = self.host("human-monitor-command", **{"command-line": f"pcie_aer_inject_error port{slot} {FATAL}"})
        if not str(answer.get("return", "")).startswith("OK"):
            message = f"QEMU injects no error: {answer}"
            raise GuestLost(message)

    def sleep(self) -> None:
        """Have the guest suspend itself to memory, and wake it as soon as it is.  Raises `GuestLost` when it is not."""
        self.line.write(f"echo mem > {POWER}\n")
        self.line.flush()
        end = time.monotonic() + WORD_SECONDS
        while time.monotonic() < end:
            told = self.host("query-status").get("return")
            if isinstance(told, dict) and told.get("status") == "suspended":
                self._done("system_wakeup")
                if self._until(ENDED, WORD_SECONDS).status == 0:
                    return
                break
            time.sleep(0.1)
        message = "the guest was not suspended"
        raise GuestLost(message)

    def _wait(self, slot: int, *, present: bool) -> None:
        end = time.monotonic() + WORD_SECONDS
        while time.monotonic() < end:
            if (self.run(f"test -d /sys/bus/pci/devices/{address(slot)}").status == 0) is present:
                return
            time.sleep(0.1)
        message = f"the guest did not notice what was done to slot {slot}"
        raise GuestLost(message)

    def _done(self, command: str, **words: str) -> None:
        answer = self.host(command, **words)
        if "error" in answer:
            message = f"QEMU refuses {command}: {answer['error']}"
            raise GuestLost(message)

    def console(self) -> str:
        """Return what the kernel wrote to its console."""
        return (self.folder / "console").read_text(encoding="utf-8", errors="replace")

    def _connected(self, name: str) -> TextIO:
        end = time.monotonic() + WORD_SECONDS
        while time.monotonic() < end and self.process.poll() is None:
            line = socket.socket(socket.AF_UNIX)
            try:
                line.connect(str(self.folder / name))
            except OSError:
                line.close()
                time.sleep(0.05)
                continue
            line.settimeout(BOOT_SECONDS)
            with line:
                return line.makefile("rw", encoding="utf-8", errors="replace", newline="\n")
        message = f"QEMU does not start: {self._complaint()}"
        raise GuestLost(message)

    def _complaint(self) -> str:
        self.process.kill()
        _, told = self.process.communicate()
        lines = told.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else "it says nothing"

    def _message(self) -> Mapping[str, object]:
        answer = json.loads(self._read(self.qmp) or "{}")
        return answer if isinstance(answer, dict) else {}

    def _until(self, mark: str, seconds: float) -> Said:
        lines: list[str] = []
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            line = self._read(self.line)
            if not line:
                break
            text = line.rstrip("\r\n")
            if text.startswith(mark):
                return Said(int(text[len(mark) :] or "0"), "\n".join(lines))
            lines.append(text)
        last = self.console().splitlines()[-1:] or ["nothing"]
        message = f"the guest does not answer; the last line of its console: {last[0]}"
        raise GuestLost(message)

    @staticmethod
    def _read(stream: TextIO) -> str:
        try:
            return stream.readline()
        except OSError:
            return ""
