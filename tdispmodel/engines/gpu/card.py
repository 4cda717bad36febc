"""A card by CuPy, which compiles the kernels for it by NVRTC when it is first asked; needs the extra ``gpu``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, cast

import numpy as np

from tdispmodel.compiling.parts import Numbers
from tdispmodel.engines.gpu.device import SOURCE, Buffer, Call, CardFails, Words64

THREADS = 256
"""In a block."""
OPTIONS = ("-std=c++14",)


class Card:
    """The card that CuPy takes when it is not told which."""

    def __init__(self) -> None:
        """Raises `CardFails` without CuPy or a card."""
        try:
            self.cupy: Any = import_module("cupy")
        except ImportError:
            message = "it needs cupy, which is not installed: pip install 'tdispmodel[gpu]'"
            raise CardFails(message) from None
        with self._told():
            if self.cupy.cuda.runtime.getDeviceCount() == 0:
                message = "there is no card"
                raise CardFails(message)
            module = self.cupy.RawModule(code=SOURCE.read_text(encoding="utf-8"), options=OPTIONS)
            self.kernels = {name: module.get_function(name) for name in ("meet", "insert", "expand", "choose")}

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say as `CardFails` what CUDA says."""
        try:
            yield
        except (RuntimeError, MemoryError, self.cupy.cuda.compiler.CompileException) as failed:
            message = f"the card fails: {' '.join(str(failed).split())[:200]}"
            raise CardFails(message) from failed

    def sent(self, numbers: Words64 | Numbers) -> Buffer:
        """Copy numbers to the card."""
        with self._told():
            return cast("Buffer", self.cupy.asarray(numbers))

    def filled(self, words: int, value: int) -> Buffer:
        """Make room for words of 64 bits, and fill them with a value."""
        with self._told():
            return cast("Buffer", self.cupy.full(words, value, dtype=np.uint64))

    def fetched(self, buffer: Any, words: int) -> Words64:  # noqa: ANN401  # an array of CuPy
        """Copy the first words of 64 bits back, when all kernels have ended."""
        with self._told():
            return cast("Words64", self.cupy.asnumpy(buffer[:words]))

    def run(self, kernel: str, call: Call) -> None:
        """Run a kernel, one thread for each state."""
        if call.count:
            arguments = tuple(np.uint64(each) if isinstance(each, int) else each for each in call.arguments())
            with self._told():
                self.kernels[kernel]((-(-call.count // THREADS),), (THREADS,), arguments)

    def free(self) -> int:
        """Return for how many bytes there is room on the card, what CuPy keeps for later among them."""
        with self._told():
            return int(self.cupy.cuda.runtime.memGetInfo()[0]) + int(self.cupy.get_default_memory_pool().free_bytes())
