"""The kernels without a card: their source as it is, built by a C++ compiler, run one after the other or by threads."""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from tdispmodel.engines.gpu.device import SOURCE, Buffer, Call, Words64
from tests.exporting.peers import needed

KERNELS = ("meet", "insert", "expand", "choose")
SHIM = Path(__file__).with_name("shim.h")
TEXT = SOURCE.read_text(encoding="utf-8")
BLOCK = 4
"""Threads in a block: few, so that there are many blocks."""


@cache
def library(text: str = TEXT) -> ctypes.CDLL:
    """Return the kernels of a source, built; without a compiler the test is skipped, or fails where one is demanded."""
    needed("g++")
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "kernels.cpp", Path(folder) / "kernels.so"
        source.write_text(text, encoding="utf-8")
        command = ["g++", "-std=c++14", "-O1", "-w", "-shared", "-fPIC", "-pthread", "-include", str(SHIM)]
        subprocess.run([*command, "-o", str(made), str(source)], check=True)
        return ctypes.CDLL(str(made))


class Built:
    """What stands for a card."""

    def __init__(self, text: str = TEXT, *, workers: int = 1, room: int = 1 << 40) -> None:
        """So many ``workers`` run blocks at once; there is ``room`` for so many bytes."""
        self.library = library(text)
        self.workers = workers
        self.room = room
        self.ran: list[tuple[str, bool]] = []
        """Which kernels were run, and whether what was visited was a table."""

    def sent(self, numbers: Buffer) -> Buffer:
        """Copy numbers."""
        assert isinstance(numbers, np.ndarray)
        assert numbers.dtype in {np.dtype(np.uint64), np.dtype(np.int32)}
        return np.ascontiguousarray(numbers).copy()

    def filled(self, words: int, value: int) -> Buffer:
        """Make room for words."""
        return np.full(words, value, np.uint64)

    def fetched(self, buffer: Buffer, words: int) -> Words64:
        """Copy words back."""
        assert isinstance(buffer, np.ndarray)
        assert words <= len(buffer)
        return buffer[:words].copy()

    def run(self, kernel: str, call: Call) -> None:
        """Run a kernel, blocks more than needed among it."""
        self.ran.append((kernel, call.mask > 0))
        self.launched(kernel, -(-call.count // BLOCK) + 1, BLOCK, call.arguments())

    def launched(self, kernel: str, grid: int, block: int, arguments: tuple[Buffer | int, ...]) -> None:
        """Run so many blocks of a kernel."""
        passed = [
            ctypes.c_void_p(each.ctypes.data) if isinstance(each, np.ndarray) else ctypes.c_uint64(int(each or 0))
            for each in arguments
        ]
        self.library.launch.restype = ctypes.c_bool
        assert self.library.launch(getattr(self.library, kernel), grid, block, self.workers, *passed)

    def free(self) -> int:
        """Return for how many bytes there is room."""
        return self.room


def made(text: str = TEXT, workers: int = 1) -> Callable[[], Built]:
    """Return what makes such a card."""
    return lambda: Built(text, workers=workers)
