"""An initramfs: an archive in the format that the kernel unpacks at boot (newc of cpio), written in plain Python.

Source: Documentation/driver-api/early-userspace/buffer-format.rst of Linux.
"""

from __future__ import annotations

import lzma
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tdispmodel.lab.kernels.apt import NoLab
from tdispmodel.lab.kernels.packages import Kernel

FOLDERS = ("bin", "dev", "proc", "sys", "tmp", "modules")
CONSOLE = (5, 1)
END = "TRAILER!!!"
LOADER = b"/ld-linux"


@dataclass(frozen=True)
class Entry:
    """A file of the archive: its name, what it is and may, what is in it, and which device it stands for."""

    name: str
    mode: int
    data: bytes = b""
    device: tuple[int, int] = (0, 0)


def archive(entries: tuple[Entry, ...]) -> bytes:
    """Return the archive of these files, with its end."""
    every = (*entries, Entry(END, 0))
    return b"".join(_record(number, entry) for number, entry in enumerate(every, 1))


def _record(number: int, entry: Entry) -> bytes:
    name = entry.name.encode() + b"\0"
    major, minor = entry.device
    numbers = (number, entry.mode, 0, 0, 1, 0, len(entry.data), 0, 0, major, minor, len(name), 0)
    head = b"070701" + b"".join(b"%08X" % value for value in numbers) + name
    return _padded(head) + _padded(entry.data)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def initramfs(init: str, busybox: Path, modules: Mapping[str, bytes]) -> bytes:
    """Return an initramfs with busybox, the text of ``/init``, and modules by their names.

    Raises `NoLab` when that busybox cannot run without libraries.
    """
    shell = busybox.read_bytes()
    if LOADER in shell[:4096]:
        message = "busybox needs libraries here; the package busybox-static has one that does not"
        raise NoLab(message)
    return archive(
        (
            *(Entry(name, stat.S_IFDIR | 0o755) for name in FOLDERS),
            Entry("dev/console", stat.S_IFCHR | 0o600, device=CONSOLE),
            Entry("bin/busybox", stat.S_IFREG | 0o755, shell),
            *(Entry(f"modules/{name}.ko", stat.S_IFREG | 0o644, data) for name, data in modules.items()),
            Entry("init", stat.S_IFREG | 0o755, init.encode()),
        )
    )


def module(kernel: Kernel, name: str) -> bytes:
    """Return a module of a kernel, as it is when it is not compressed.  Raises `NoLab` when there is no such module."""
    for path in sorted(kernel.modules.glob(f"kernel/**/{name}.ko*")):
        data = path.read_bytes()
        return lzma.decompress(data) if path.suffix == ".xz" else data
    message = f"the kernel {kernel.release} has no module {name}"
    raise NoLab(message)
